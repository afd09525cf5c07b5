package bankfile

import (
	"errors"
	"runtime"
	"strings"
	"testing"

	"countinghouse/app/book"
)

// TestHostileTables are tables that are made to take memory or time: they are refused, or read, with
// little of both.
func TestHostileTables(t *testing.T) {
	const mb = 1 << 20
	const head = "Date,Text,Amount,Balance\n"
	for _, c := range []struct {
		name string
		r    *endless
		want string
	}{
		{"quotes without end", &endless{head: head + "2025-01-02,\"", body: `""`, left: 8 * mb}, "a cell is larger"},
		{"quotes that end nothing", &endless{head: head + "2025-01-02,\"", body: `"x`, left: 8 * mb}, "a cell is larger"},
		{"line ends without rows", &endless{head: head, body: "\r\r\n\n\r", left: 8 * mb}, "no lines"},
		{"CR only", &endless{head: head, body: "\r", left: 8 * mb}, "no lines"},
		{"cells without end", &endless{head: head + "\"\"", body: ",\"\"", left: 8 * mb}, "more than 512 cells"},
		{"rows that are no lines", &endless{head: head, body: "Total,,,\n", left: 8 * mb}, "needs an answer"},
		{"columns of amounts only", &endless{head: "2025-01-02" + strings.Repeat(",1.00", 511), body: "\n2025-01-02,1.00",
			left: 8 * mb}, ""},
		{"a balance that always jumps", &endless{head: head, body: "2025-01-02,x,-1.00,5.00\n2025-01-03,x,-1.00,5.00\n", left: 2 * mb}, ""},
		{"text that goes on", &endless{head: head + "2025-01-02,x,-1.00,1.00\n", body: ",y,,\n", left: 8 * mb}, "goes on over"},
		{"days without end", &endless{head: head, body: "2025-01-02 23:59:59.1234,x,-1.00,\n", left: 2 * mb}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			most, handed := uint64(0), 0
			before := heap(true)
			_, err := Stream(ctx, &again{*c.r, c.r}, "hostile", operating,
				func(_ *Parsed, lines []book.BankLine) error {
					handed += len(lines)
					return nil
				})
			runtime.GC()
			if most = heap(false); most > before+24*mb {
				t.Errorf("%d MB are left", (most-before)/mb)
			}
			_, asks := errors.AsType[*Ask](err)
			if c.want == "" && (err != nil && !asks || err == nil && handed == 0) ||
				c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("%d lines and %v, want %q", handed, err, c.want)
			}
		})
	}
}

// again is an endless reader that can be read again from its beginning.
type again struct {
	first endless
	*endless
}

func (a *again) Seek(int64, int) (int64, error) {
	*a.endless = a.first
	return 0, nil
}
