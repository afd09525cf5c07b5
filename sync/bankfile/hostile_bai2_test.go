package bankfile

import (
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
)

func TestHostileBAI2IsReadOrRefusedWithFlatMemory(t *testing.T) {
	const head = "01,B,US,261001,0600,1,,,2/\n02,US,B,1,261016,,,2/\n03,111,USD/\n"
	const mb = 1 << 20
	for _, c := range []struct {
		name   string
		r      io.ReadSeeker
		want   string
		mostMB uint64
	}{
		{"a text without end", &endless{head: head + "16,195,1,,,,", body: "x", left: 100 * mb}, "a record is larger than 256 KB", 8},
		{"blanks without end", &endless{head: head + "16,195,1,,,,/", body: " ", left: 100 * mb}, "a record is larger than 256 KB", 8},
		{"slashes without end", &endless{head: head + "16,195,1,,,,/", body: "/", left: 100 * mb}, "a record is larger than 256 KB", 8},
		{"continued without end", &endless{head: head + "16,195,1,,,,x\n", body: "88,x\n", left: 100 * mb}, "a record is larger than 256 KB", 8},
		{"wrapped without end", &endless{head: head + "16,195,1,,,,x\n", body: "x\n", left: 100 * mb}, "a record is larger than 256 KB", 8},
		{"balances without end", &endless{head: head[:len(head)-2], body: ",010,1,,", left: 100 * mb}, "a record is larger than 256 KB", 8},
		{"entries without end", &endless{head: head, body: "16,195,1,,,,x\n", left: 100 * mb}, "larger than 1 MB", 256},
		{"days without end", &endless{head: head, body: "16,195,1,D,99999999,x\n", left: mb / 8}, "", 256},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := operating
			if strings.Contains(c.want, "1 MB") {
				o.Limits.Bytes = mb
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := Read(ctx, c.r, "hostile", o)
			runtime.ReadMemStats(&after)
			e, ok := errors.AsType[*Error](err)
			if ok != (c.want != "") || ok && !strings.Contains(e.Reason, c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if got := (after.TotalAlloc - before.TotalAlloc) / mb; got > c.mostMB {
				t.Errorf("took %d MB in all, %d at most", got, c.mostMB)
			}
		})
	}
}
