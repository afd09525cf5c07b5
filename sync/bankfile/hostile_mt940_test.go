package bankfile

import (
	"errors"
	"runtime"
	"strings"
	"testing"
)

// TestHostileMT940IsRefusedWithFlatMemory reads MT940 files that have no end, of each kind of thing
// that may repeat.
func TestHostileMT940IsRefusedWithFlatMemory(t *testing.T) {
	const mb = 1 << 20
	const head = ":20:A\r\n:25:1\r\n:28C:1\r\n:60F:C250101EUR0,\r\n"
	const entry = ":61:2501010101C1,NTRFNONREF\r\n"
	for _, c := range []struct {
		name, head, body, want string
		mostMB                 uint64
	}{
		{"one line", head + entry + ":86:", "x", "a line is longer than 256 KB", 4},
		{"one line of an entry", head + ":61:", "1", "a line is longer than 256 KB", 4},
		{"a text of many lines", head + entry + ":86:", "xxxxxxxx\r\n", "the text of an entry is larger than 256 KB", 4},
		{"many texts", head + entry, ":86:xxxxxxxx\r\n", "the text of an entry is larger", 4},
		{"numbered lines", head + entry + ":NS:01x\r\n", "02y\n", "the text of an entry is larger", 4},
		{"dashes", head + entry + ":86:x\r\n", "-\r\n", "the text of an entry is larger", 4},
		{"an entry of many lines", head + entry, "x\r\n", "the text of an entry is larger", 4},
		{"entries", head, entry, "more than 50000 entries", 96},
		{"entries that cannot be read", head, ":61:x\r\n", "more than 5000 entries cannot be read", 64},
		{"big entries that cannot be read", head,
			":61:" + strings.Repeat("x", 200_000) + "\r\n", "larger than 8 MB", 64},
		{"heads", head, ":20:A\r\n", "larger than 8 MB", 2},
		{"blocks", head, "{1:F01}{2:O940}{4:\r\n", "larger than 8 MB", 2},
		{"blocks on one line", head, "{4:", "a line is longer", 4},
		{"accounts", head, ":25:1234\r\n", "larger than 8 MB", 32},
		{"closing balances", head, ":62F:C250101EUR0,\r\n", "larger than 8 MB", 64},
		{"statements", "", head, "more than 20000 statements", 64},
		{"counts", ":20:A\r\n:34F:EUR0,\r\n", ":90C:1EUR1,\r\n", "larger than 8 MB", 64},
		{"blank lines", head, "\r\n", "larger than 8 MB", 2},
		{"control bytes", head, "\x01\x02\x03", "a line is longer", 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := operating
			o.Limits.Rows = 50_000
			if strings.Contains(c.want, "8 MB") {
				o.Limits.Bytes = 8 * mb
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := Read(ctx, &endless{head: c.head, body: c.body, left: 100 * mb}, "hostile", o)
			runtime.ReadMemStats(&after)
			e, ok := errors.AsType[*Error](err)
			if !ok || !strings.Contains(e.Reason, c.want) || e.Hint == "" {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if got := (after.TotalAlloc - before.TotalAlloc) / mb; got > c.mostMB+raceMB {
				t.Errorf("took %d MB in all, %d at most", got, c.mostMB)
			}
		})
	}
}
