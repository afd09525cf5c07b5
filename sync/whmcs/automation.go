package whmcs

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"countinghouse/app/book"
	"countinghouse/sync/source"
)

// automation are the settings of what WHMCS does by itself, which are asked for by name. Only
// AutoSuspensionDays is named in public documentation; the others are as modules use them, and one
// that an installation does not know is left out.
var automation = []string{
	"CCProcessDaysBefore", "CCAttemptOnlyOnce", "CCRetryEveryWeekFor", "CCDaySendExpiryNotices",
	"AutoSuspension", "AutoSuspensionDays", "AutoTermination", "AutoTerminationDays",
	"AutoUnsuspend", "SendReminder", "SendInvoiceReminderDays", "SendFirstOverdueInvoiceReminder",
	"SendSecondOverdueInvoiceReminder", "SendThirdOverdueInvoiceReminder", "AddLateFeeDays",
	"CreateInvoiceDaysBefore", "NoAutoApplyCredit",
}

// readSettings reads the automation's settings in their order; nothing where the role does not allow
// it, or the version has no such call.
func (s *WHMCS) readSettings(ctx context.Context) ([]book.Setting, error) {
	var out []book.Setting
	for _, name := range automation {
		n, err := s.call(ctx, getConfigurationValue(name))
		switch {
		case errors.Is(err, errRole), source.KindOf(err) == source.KindUnsupported:
			return nil, nil
		case source.KindOf(err) == source.KindRefused, errors.Is(err, errUTF8):
			continue
		case err != nil:
			return nil, err
		}
		if !strings.EqualFold(n.word("setting"), name) {
			continue // it answers something else than what was asked
		}
		out = append(out, book.Setting{Source: s.options.Name, Name: name, Value: n.text("value")})
	}
	return out, nil
}

// settingsDue says that it is time to read the settings, which seldom change.
func (p *pull) settingsDue() bool { return p.cursor.Full || p.cursor.Pulls%turns == 0 }

// cautions says what the settings, and the version, do that a person should know of.
func cautions(settings []book.Setting, version string) []string {
	set := map[string]string{}
	for _, s := range settings {
		set[s.Name] = s.Value
	}
	var out []string
	days := func(name string) (int, bool) {
		n, err := strconv.Atoi(set[name])
		return n, err == nil && n > 0
	}
	if set["CCRetryEveryWeekFor"] == "0" && !on(set["CCAttemptOnlyOnce"]) {
		out = append(out, "WHMCS tries a failed card every day until it is paid (Retry Every Week "+
			"For: 0, which retries daily until paid). Card networks limit how often a card may be "+
			"tried: set it to some weeks under Automation Settings.")
	}
	if n, ok := days("AutoSuspensionDays"); ok && on(set["AutoSuspension"]) {
		out = append(out, fmt.Sprintf("WHMCS suspends overdue services by itself, %d days after the "+
			"due date (Suspend Days: %[1]d).", n))
	}
	if n, ok := days("AutoTerminationDays"); ok && on(set["AutoTermination"]) {
		out = append(out, fmt.Sprintf("WHMCS terminates overdue services by itself, %d days after the "+
			"due date (Termination Days: %[1]d).", n))
	}
	if major(version) >= 9 {
		out = append(out, "WHMCS 9 corrects invoices by credit and debit notes, which its API does not "+
			"show: what an invoice still owes is taken as WHMCS states it.")
	}
	return out
}

func on(value string) bool { return node{"v": value}.flag("v") }

// major is the first number of a version, 0 where it has none.
func major(version string) int {
	first, _, _ := strings.Cut(version, ".")
	n, err := strconv.Atoi(first)
	if err != nil {
		return 0
	}
	return n
}

// readSaved reads the payment methods that a client has saved: what they are and until when they are
// good, and no number and no token. They are left out where the role does not allow it, or the
// version has no such call.
func (p *pull) readSaved(ctx context.Context, client int64) error {
	if p.noSaved {
		p.doubt(book.KindSavedMethod)
		return nil
	}
	r := getPayMethods(client)
	n, err := p.call(ctx, r)
	switch {
	case errors.Is(err, errRole), source.KindOf(err) == source.KindUnsupported:
		p.noSaved = true
		p.doubt(book.KindSavedMethod)
		return nil
	case unreadable(err):
		p.doubt(book.KindSavedMethod)
		return nil
	case err != nil:
		return err
	}
	rows, err := n.list("paymethods", "paymethod")
	if err == nil {
		err = p.answers(r, n, client, "clientid")
	}
	if err != nil {
		return p.malformed(r, err.Error(), err)
	}
	for _, row := range rows {
		saved, err := p.saved(row, client)
		p.met(book.KindSavedMethod, row)
		if err != nil {
			p.reject(book.KindSavedMethod, "saved_method "+row.word("id"), row, err)
			continue
		}
		was, err := p.stored(ctx, saved.ID)
		if err != nil {
			return err
		}
		if was != saved.Revision || p.cursor.Full {
			p.page.Records.SavedMethods = append(p.page.Records.SavedMethods, saved)
		}
	}
	return nil
}

// saved is a saved payment method. Some builds nest a card's or bank's details one level deeper.
func (t translator) saved(n node, client int64) (book.SavedMethod, error) {
	r := reader{node: n}
	detail := func(key string) string {
		for _, at := range []node{n, n.object("payment"), n.object("card"), n.object("bank")} {
			if v := at.text(key); v != "" {
				return v
			}
		}
		return ""
	}
	out := book.SavedMethod{ID: t.id(book.KindSavedMethod, r.id("id")), Source: t.name,
		CustomerID: t.id(book.KindCustomer, client), Kind: n.word("type"),
		Title: n.text("description"), Method: n.word("gateway_name"), Brand: detail("card_type"),
		Ending: detail("card_last_four")}
	if out.Brand == "" {
		out.Brand = detail("bank_name")
	}
	if len(out.Ending) > 4 {
		out.Ending = "" // more than the ending is nothing to keep
	}
	if expiry := detail("expiry_date"); expiry != "" {
		month, err := time.Parse("01/06", expiry)
		if err != nil {
			month, err = time.Parse("01/2006", expiry)
		}
		if err != nil {
			r.fail("expiry_date", "a month")
			return out, r.err
		}
		out.ExpiresOn = book.DateOf(month.AddDate(0, 1, -1))
	}
	out.Revision = revision(out)
	return out, r.err
}
