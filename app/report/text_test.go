package report

import (
	"bytes"
	"strings"
	"testing"

	"countinghouse/app/book"
)

func TestBridgeText(t *testing.T) {
	b := bridgeOf("EUR", map[book.Step][]int64{book.StepBillingReceipts: {12345678, 100},
		book.StepFees: {-123456}}, map[book.Step][]book.Class{book.StepFees: {book.A5}})
	var buf bytes.Buffer
	period, _ := book.ParseMonth("2026-10")
	if err := WriteBridge(&buf, period, []book.Bridge{b}, 80); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(buf.String(), "\n")
	for i, want := range map[int]string{
		0:  "From billing to bank, 2026-10, EUR",
		1:  "Step                           Class  Items         EUR",
		3:  "Paid in billing                           2  123,457.78",
		11: "  Fees                         A5         1   −1,234.56",
		18: "Payouts sent                             31  122,223.22",
		26: "Unexplained                                        0.00",
	} {
		if lines[i] != want {
			t.Errorf("line %d: got  %q\nwant %q", i, lines[i], want)
		}
	}
}

func TestExceptionsTextFitsTheTerminal(t *testing.T) {
	p := month()
	p.Exceptions[0].Why = "escape \x1b[31m red\nand \u202eturned " + strings.Repeat("long ", 50)
	for _, columns := range []int{0, 200, 120, 101} {
		var buf bytes.Buffer
		if err := WriteExceptions(&buf, p, columns); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(buf.String()), "\n")
		if columns == 0 && len(lines) != 2+2+len(p.Exceptions) {
			t.Errorf("%d lines, want one for each exception", len(lines))
		}
		if got := strings.Count(buf.String(), "long"); got != 50 {
			t.Errorf("%d columns: %d words of the reason are left of 50", columns, got)
		}
		if !strings.Contains(buf.String(), p.Exceptions[0].ID) {
			t.Errorf("%d columns: the exception's id is missing", columns)
		}
		if strings.ContainsAny(buf.String(), "\x1b\u202e") {
			t.Errorf("%d columns: a control character came through", columns)
		}
		for _, l := range lines {
			if columns > 0 && width(l) > columns {
				t.Errorf("%d columns: %d in %q", columns, width(l), l)
			}
		}
	}
}

func TestSummaryText(t *testing.T) {
	var buf bytes.Buffer
	if err := WriteSummary(&buf, month()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"98.8 % (2,951 of 2,984)", "4 of 4 hold", "1,064,800 JPY, unexplained 0",
		"M1     Unrecorded receipt", "Total",
	} {
		if !strings.Contains(buf.String(), want) {
			t.Errorf("%q is missing in\n%s", want, buf.String())
		}
	}
}

func TestTableTextTotals(t *testing.T) {
	var buf bytes.Buffer
	if err := WriteTableText(&buf, tricky(), 0); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(buf.String()), "\n")
	if last := lines[len(lines)-1]; !strings.HasPrefix(last, "Total") ||
		!strings.HasSuffix(last, "−1,234,567") {
		t.Errorf("got %q", last)
	}
}
