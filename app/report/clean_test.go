package report

import (
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"
)

func TestNeutral(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"", ""},
		{"Orrery Nine", "Orrery Nine"},
		{"=cmd()", "'=cmd()"},
		{"+49 30 1", "'+49 30 1"},
		{"-1", "'-1"},
		{"@SUM(A1)", "'@SUM(A1)"},
		{"\t=1", "'\t=1"},
		{"\r=1", "'\n=1"},
		{"\x00=1", "'=1"},
		{"\x00plain", "'plain"},
		{"   =1", "'   =1"},
		{"\u00a0=1", "'\u00a0=1"},
		{"\ufeff=1", "'\ufeff=1"},
		{"＝1", "'＝1"},
		{"＋1", "'＋1"},
		{"－1", "'－1"},
		{"＠a", "'＠a"},
		{"'=1", "''=1"},
		{"'t Hooft", "'t Hooft"},
		{"−1", "−1"},
		{"a=b", "a=b"},
		{"a\x01b\x1fc\x7f", "abc"},
		{"a\r\nb\rc", "a\nb\nc"},
		{"a\xffb", "a\ufffdb"},
		{"\uffff", ""},
		{"𝄞 😀", "𝄞 😀"},
	} {
		if got := Neutral(test.in); got != test.want {
			t.Errorf("Neutral(%q) = %q, want %q", test.in, got, test.want)
		}
	}
}

func FuzzNeutral(f *testing.F) {
	for _, s := range []string{"=1", " '=1", "\t", "a", "'\x00=", "＝", "\ufeff@", "\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Neutral(s)
		if !utf8.ValidString(got) {
			t.Fatalf("%q is no UTF-8", got)
		}
		if begins(got) && !strings.HasPrefix(got, "'") {
			t.Fatalf("%q may be a formula", got)
		}
		if want := clean(s, false); Plain(got) != want && got != "'"+want {
			t.Fatalf("%q came back as %q", want, Plain(got))
		}
		if begins(s) == false && begins(got) == false && got != clean(s, false) {
			t.Fatalf("harmless %q became %q", s, got)
		}
	})
}

func TestCutCountsUTF16(t *testing.T) {
	for _, s := range []string{strings.Repeat("x", cellLimit+1), strings.Repeat("😀", cellLimit)} {
		got := cut(s)
		n := len(utf16.Encode([]rune(got)))
		if n > cellLimit || n < cellLimit-1 || !strings.HasSuffix(got, "…") {
			t.Errorf("%d units, ends in %q", n, got[len(got)-4:])
		}
	}
	if s := strings.Repeat("ß", cellLimit); cut(s) != s {
		t.Error("a text of the limit was cut")
	}
}
