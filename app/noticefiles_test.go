package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"countinghouse/app/book"
)

func writeNotice(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Join(dir, noticeFolder), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, noticeFolder, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestNoticeTemplates takes a business's own text before the program's, by language, fills it, leaves out
// paragraphs that would say nothing, and names file and line of what is wrong.
func TestNoticeTemplates(t *testing.T) {
	a := &App{folder: t.TempDir()}
	writeNotice(t, a.folder, "add_funds.en.txt", "\ufeffSubject:  About {invoice} \r\n\r\nHello {name},\r\n\r\npay {amount} here: {link}\r\n\r\nLast line \r\n  \r\n{legal}\r\n")
	writeNotice(t, a.folder, "call_us.en.txt", "Subject: Call us\n\nCall us, {name}.")
	writeNotice(t, a.folder, "add_funds.fr.txt", "Subject: Facture {invoice}\n\nBonjour {name}")
	values := map[string]string{"name": "Ona {link}", "amount": "12.00 EUR", "invoice": "2026-1\nBcc: x@example.com"}
	for _, c := range []struct{ template, language, subject, text string }{
		{"add_funds", "en", "About 2026-1 Bcc: x@example.com", "Hello Ona {link},\n\nLast line"},
		{"add_funds", "fr", "Facture 2026-1 Bcc: x@example.com", "Bonjour Ona {link}"},
		{"add_funds", "xx", "About 2026-1 Bcc: x@example.com", "Hello Ona {link},\n\nLast line"},
		{"call_us", "en", "Call us", "Call us, Ona {link}."},
		{"call_us", "pl", "Call us", "Call us, Ona {link}."},
		{"add_funds", "lt", "Jūsų mokėjimas už sąskaitą 2026-1 Bcc: x@example.com", ""},
	} {
		n, err := a.noticeFor(c.template, c.language)
		if err != nil {
			t.Fatal(err)
		}
		subject, text, err := n.fill(values)
		if err != nil || subject != c.subject || c.text != "" && text != c.text || strings.Contains(text, "\n\n\n") {
			t.Errorf("%s in %s is %q, %q, %v", c.template, c.language, subject, text, err)
		}
	}

	for name, c := range map[string]struct{ text, want string }{
		"unknown field": {"Subject: Invoice {invoice}\n\nDear {name},\n\nyou owe\n{amuont}.", "line 6: {amuont} is no field of a notice: there are {name}"},
		"open brace":    {"Subject: x\n\nDear {name", "line 3: a { is not closed"},
		"in subject":    {"Subject: {nummer}\n\nx", "line 1: {nummer}"},
		"no subject":    {"Dear {name},\n\nx", "line 1: write \"Subject: ...\""},
		"empty subject": {"Subject:\n\nx", "line 1"},
		"no text":       {"Subject: x\n\n \n", "has no text"},
		"empty":         {"", "line 1"},
		"latin-1":       {"Subject: x\n\nGr\xfc\xdfe", "UTF-8"},
		"huge":          {"Subject: x\n\n" + strings.Repeat("x", noticeMax), "larger than 64 KB"},
	} {
		writeNotice(t, a.folder, "bad.en.txt", c.text)
		_, err := a.noticeFor("bad", "en")
		if err == nil || !strings.Contains(err.Error(), "notices/bad.en.txt") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, name := range []string{"../secret", "a/b", "", "Add Funds", "a.b"} {
		if _, err := a.noticeFor(name, "en"); err == nil {
			t.Errorf("%q was taken for a notice", name)
		}
	}
	if n, err := a.noticeFor("add_funds", "../en"); err != nil || n.place != "notices/add_funds.en.txt" {
		t.Errorf("a language that is a path: %+v, %v", n, err)
	}
}

// TestANoticeIsInTheCustomersLanguage writes to a customer in the language that they chose in billing, else
// in that of their country.
func TestANoticeIsInTheCustomersLanguage(t *testing.T) {
	for _, c := range []struct{ chosen, country, want string }{
		{"german", "LT", "de"}, {"", "LT", "lt"}, {"english", "DE", "en"}, {"", "US", "en"},
		{"klingon", "DE", "de"}, {"portuguese-br", "DE", "en"},
	} {
		h := newHouse(t)
		for i := range h.w.Customers {
			h.w.Customers[i].Language, h.w.Customers[i].Country = c.chosen, c.country
		}
		a := h.open("ann")
		h.sync(a)
		p, err := a.ProposeRenewal(t.Context(), h.renewal(a, "").Invoice, "notice")
		if err != nil || p.Order.Message == nil || p.Order.Message.Language != c.want {
			t.Errorf("%+v: %+v, %v", c, p.Order.Message, err)
		}
		if c.want == "de" {
			continue
		}
		// What was chosen later is known when the client is read again.
		for i := range h.w.Customers {
			h.w.Customers[i].Language = "german"
		}
		h.pass(time.Hour)
		if _, err := a.Sync(t.Context(), SyncRequest{Full: true}, func(Progress) {}); err != nil {
			t.Fatal(err)
		}
		p, err = a.ProposeRenewal(t.Context(), h.renewal(a, "").Invoice, "notice")
		if err != nil || p.Order.Message == nil || p.Order.Message.Language != "de" {
			t.Errorf("%+v, and German later: %+v, %v", c, p.Order.Message, err)
		}
	}
}

// TestOwnNotices writes the program's texts out, changes one, sends it, and sends nothing while one of them
// cannot be filled in.
func TestOwnNotices(t *testing.T) {
	h := newHouse(t)
	a := h.open("ann")
	h.sync(a)
	id := h.renewal(a, "").Invoice
	before, err := a.ProposeRenewal(t.Context(), id, "notice")
	if err != nil || before.Order.Message == nil {
		t.Fatalf("%+v, %v", before, err)
	}
	template, language := before.Order.Message.Template, before.Order.Message.Language
	if _, err := a.WriteNotices(); err == nil {
		t.Error("finance changed what the business writes")
	}
	admin := h.open("adi")
	written, err := admin.WriteNotices()
	if err != nil || len(written) != 7*3 {
		t.Fatalf("%v, %v", written, err)
	}
	same, err := a.ProposeRenewal(t.Context(), id, "notice")
	if err != nil || same.Order.Message.Text != before.Order.Message.Text || same.Order.Message.Subject != before.Order.Message.Subject {
		t.Errorf("the texts that were written out say\n%s\nand not\n%s", same.Order.Message.Text, before.Order.Message.Text)
	}

	writeNotice(t, h.dir, template+"."+language+".txt", "Subject: Still open: {invoice}\n\nHello {name}, {amount} is open.")
	writeNotice(t, h.dir, "notes.md", "not a notice")
	if again, err := admin.WriteNotices(); err != nil || len(again) != 0 {
		t.Errorf("written again: %v, %v", again, err)
	}
	i, err := a.ProposeRenewal(t.Context(), id, "notice")
	if err != nil {
		t.Fatal(err)
	}
	if done, err := a.DoOrder(t.Context(), i.Order, "asked"); err != nil || done.State != book.IntentSucceeded {
		t.Fatalf("%+v, %v", done, err)
	}
	mails := h.billing.Mails()
	if len(mails) != 1 || !strings.HasPrefix(mails[0].Subject, "Still open: ") {
		t.Errorf("sent were %+v", mails)
	}
	if fault := a.noticeFault(); fault == nil || !strings.Contains(fault.Error(), "no notice: name it as") {
		t.Errorf("the doctor says %v", fault)
	}

	list, err := a.Renewals(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range written {
		writeNotice(t, h.dir, filepath.Base(n), "Subject: x\n\n{legal}")
	}
	if p, err := a.ProposeRenewal(t.Context(), list.List[0].Invoice, "notice"); err == nil ||
		!strings.Contains(err.Error(), "nothing is left") {
		t.Errorf("an empty notice: %+v, %v", p, err)
	}
	for _, n := range written {
		writeNotice(t, h.dir, filepath.Base(n), "Subject: x\n\n{nobody}")
	}
	if p, err := a.ProposeRenewal(t.Context(), list.List[0].Invoice, "notice"); err == nil ||
		!strings.Contains(err.Error(), "{nobody} is no field") {
		t.Fatalf("%+v, %v", p, err)
	}
	if _, err := a.RunRenewals(t.Context(), RenewalRun{}, func(Progress) {}); err != nil {
		t.Error(err)
	}
	if n := len(h.billing.Mails()); n != 1 {
		t.Errorf("%d mails went out with texts that cannot be filled in", n)
	}
}
