package present

import (
	"strings"
	"testing"

	"countinghouse/app"
)

// TestProfileTrial says first what nobody can do without, and marks the fields that failed.
func TestProfileTrial(t *testing.T) {
	v := NewProfileTrial(app.Trial{From: "https://x.example/invoices", Listed: 3, Read: 2,
		Missing: []string{"total"}, Unmapped: []string{"odd"}, Unused: []string{"tags"},
		Warnings: []string{"Sums differ."},
		Rows: []app.RowTrial{{ID: "x:invoice/1", Error: "total: bad", Fields: []app.FieldTrial{
			{Field: "issued_on", Path: "date", Raw: "2026-10-05", Result: "2026-10-05"},
			{Field: "total", Path: "sum", Raw: "x", Error: "bad"}, {Field: "paid_at", Path: "paid"}}}}})
	if v.Verdict != "2 of 3 rows can be read" || v.Status != Attention || len(v.Notes) != 4 ||
		v.Notes[0].Status != Break || !strings.HasSuffix(v.Notes[0].Text, "total") ||
		!strings.Contains(v.Notes[1].Text, "odd") || v.Notes[2].Text != "Sums differ." ||
		v.Notes[3].Status != Neutral {
		t.Errorf("%+v", v)
	}
	s := v.Samples[0]
	want := []ProfileField{{"Issued on", "date", "2026-10-05", "2026-10-05", OK},
		{"Total", "sum", "x", "bad", Break}, {"Paid at", "paid", None, None, Neutral}}
	if s.Title != "1" || s.Status != Break || s.Sentence != "Cannot be read: total: bad" ||
		len(s.Fields) != 3 || s.Fields[0] != want[0] || s.Fields[1] != want[1] || s.Fields[2] != want[2] {
		t.Errorf("%+v", s)
	}
	for _, c := range []struct {
		trial app.Trial
		want  Status
	}{{app.Trial{}, Attention}, {app.Trial{Listed: 2}, Break}, {app.Trial{Listed: 2, Read: 2}, OK},
		{app.Trial{Listed: 2, Read: 2, Unmapped: []string{"odd"}}, Attention}} {
		if got := NewProfileTrial(c.trial).Status; got != c.want {
			t.Errorf("%+v is %v, want %v", c.trial, got, c.want)
		}
	}
}

func TestProfileFaults(t *testing.T) {
	got := ProfileFaults([]app.ProfileFault{{Line: 7, Text: "unknown setting \"x\""},
		{Text: "there is no [invoices]"}})
	if len(got) != 2 || got[0] != `Line 7: unknown setting "x"` || got[1] != "There is no [invoices]" {
		t.Errorf("%q", got)
	}
}
