package bankfile

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
	"pgregory.net/rapid"
)

func TestProfileGoesToJSONAndBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Profile{Name: cellOf(t), Shape: shapeOf([]string{cellOf(t)}), Delimiter: rapid.SampledFrom([]string{"", ";", "\t"}).Draw(t, "delimiter"),
			Encoding: rapid.SampledFrom([]string{"", "UTF-8", "UTF-16LE", "windows-1250", "IBM852", "gb18030"}).Draw(t, "encoding"),
			Header:   rapid.Bool().Draw(t, "header"), Dates: rapid.SampledFrom([]Order{Unordered, DayFirst, MonthOne}).Draw(t, "dates"),
			Sign: rapid.SampledFrom([]Sign{Undecided, PositiveIn, PositiveOut}).Draw(t, "sign"), Currency: "EUR",
			Columns: []Column{{0, cellOf(t), Booked, "", "DD.MM.YYYY"}, {2, cellOf(t), Amount, ",", "1.234,56"}, {3, "", Unused, "", ""}}}
		b, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		got, err := ParseProfile(b)
		if err != nil || !reflect.DeepEqual(got, p) {
			t.Fatalf("%+v came back as %+v, %v", p, got, err)
		}
	})
}

// TestEveryLearnedProfileIsSound reads the corpus: what is learned passes the check and, given again,
// leaves nothing to ask.
func TestEveryLearnedProfileIsSound(t *testing.T) {
	for _, m := range manifest(t) {
		if formatOf(m) != CSV || m["outcome"] == "reject" {
			continue
		}
		first, err := readAnswered(t, m)
		if err != nil {
			t.Fatal(err)
		}
		b, err := json.Marshal(first.Profile)
		if err != nil {
			t.Fatal(err)
		}
		p, err := ParseProfile(b)
		if err != nil {
			t.Errorf("%s: %v", m["file"], err)
			continue
		}
		o := optionsFor(m)
		o.Known = func(shape string) *Profile {
			if shape == p.Shape {
				return &p
			}
			return nil
		}
		second, err := readCorpus(t, m["file"], o)
		if err != nil || !second.Recognised || !reflect.DeepEqual(allLines(first), allLines(second)) {
			t.Errorf("%s: the second time: recognised %v, %v", m["file"], second.Recognised, err)
		}
	}
}

func TestWrongProfilesAreNamed(t *testing.T) {
	for _, c := range []struct{ json, want string }{
		{``, "line 1: this is no profile"},
		{"{\n\"dates\": 5}", "line 2: this is no profile"},
		{`{"date": "dmy"}`, `unknown field "date"`},
		{`{} {}`, "something follows"},
		{`{"dates": "ymd"}`, `order of dates "ymd" is neither "dmy" nor "mdy"`},
		{`{"sign": "plus"}`, `sign "plus"`},
		{`{"encoding": "klingon"}`, `encoding "klingon" is not known`},
		{`{"delimiter": "\n"}`, "delimiter"},
		{`{"delimiter": ";;"}`, "delimiter"},
		{`{"shape": "zz"}`, "16 hexadecimal digits"},
		{`{"currency": "EURO"}`, `currency "EURO"`},
		{`{"columns": [{"index": 0, "means": "booked"}, {"index": 0, "means": "amount"}]}`, "column 1 is there twice"},
		{`{"columns": [{"index": -1, "means": "booked"}, {"index": 1, "means": "amount"}]}`, "index -1"},
		{`{"columns": [{"index": 0, "means": "booked"}, {"index": 1, "means": "sum"}]}`, `column 2 means "sum"`},
		{`{"columns": [{"index": 0, "means": "booked"}, {"index": 1, "means": "amount", "point": ";"}]}`, "decimal mark"},
		{`{"columns": [{"index": 0, "means": "amount"}, {"index": 1, "means": "amount"}]}`,
			`2 columns mean "amount"; no column means "booked"`},
		{`{"columns": [{"index": 0, "means": "booked"}]}`, `no column means "amount", "debit" or "credit"`},
		{`{"name": "` + strings.Repeat("x", mostProfile) + `"}`, "at most 1024 KB"},
	} {
		_, err := ParseProfile([]byte(c.json))
		if e, ok := errors.AsType[*Error](err); !ok || !strings.Contains(e.Error(), c.want) || e.Hint == "" {
			t.Errorf("%.60s: got %v, want %s", c.json, err, c.want)
		}
	}
}

// TestWhatTheFileProvesIsBelieved gives profiles that are wrong: the file's own proof counts.
func TestWhatTheFileProvesIsBelieved(t *testing.T) {
	const text = "Date,Text,Amount,Balance\n25/04/2025,a,-1.50,10.50\n26/04/2025,b,2.00,12.50\n"
	right := mustRead(t, text, "a.csv", operating)
	for name, change := range map[string]func(p *Profile){
		"dates": func(p *Profile) { p.Dates = MonthOne },
		"sign":  func(p *Profile) { p.Sign = PositiveOut },
		"point": func(p *Profile) { p.Columns[2].Point, p.Columns[3].Point = ",", "," },
		"roles": func(p *Profile) { p.Columns[0].Means, p.Columns[1].Means = Text, Booked },
	} {
		p := *throughJSON(t, right.Profile)
		change(&p)
		if err := p.Check(); err != nil {
			t.Fatal(err)
		}
		o := operating
		o.Profile = &p
		f := mustRead(t, text, "a.csv", o)
		if f.Outcome() != "warn" || inShort(f, nil) != inShort(right, nil) || !f.Statements[0].Proof.Holds {
			t.Errorf("%s: %s, %v", name, inShort(f, nil), f.Warnings)
		}
	}
}

// TestSecondMonthAsksNothing answers what a bank's first file leaves open; its second asks nothing,
// and is read in the letters that are remembered.
func TestSecondMonthAsksNothing(t *testing.T) {
	const march = "Datum,Poplatek,Částka\n03/04/2025,Žižkov,1.00\n05/04/2025,Šeď,2.00\n"
	const april = "Datum,Poplatek,Částka\n03/05/2025,Žižkov,1.00\n"
	encode := func(s string) string {
		raw, err := charmap.CodePage852.NewEncoder().String(s)
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	f, err := readBoth(t, encode(march), operating)
	if inShort(f, err) != "asks about dates" {
		t.Fatal(inShort(f, err))
	}
	p, err := f.Profile.With(AskDates, "dmy")
	if err != nil {
		t.Fatal(err)
	}
	p.Encoding = "IBM852"
	o := operating
	o.Known = func(shape string) *Profile {
		if shape != p.Shape {
			return nil
		}
		return throughJSON(t, p)
	}
	f, err = readBoth(t, encode(april), o)
	if inShort(f, err) != "2025-05-03 1.00" || f.Encoding != "IBM852" || !f.Recognised {
		t.Errorf("%s in %s, %v", inShort(f, err), f.Encoding, f.Notes)
	}
}
