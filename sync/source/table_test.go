package source

import (
	"errors"
	"io"
	"strings"
	"testing"

	"countinghouse/app/money"
)

func TestTables(t *testing.T) {
	for name, text := range map[string]string{
		"comma":     "\xef\xbb\xbf Id , Name\n1,Ärger\n\n 2,\"a \"\"b\"\"\"\n",
		"semicolon": "Id;Name\r\n1;Ärger\r\n;\r\n\"2\";\"a \"\"b\"\"\"\r\n",
		"tab":       "Id\tName\n1\t\xc4rger\n2\ta \"b\"\n",
		"utf-16": "\xff\xfeI\x00d\x00,\x00N\x00a\x00m\x00e\x00\n\x00" + "1\x00,\x00\xc4\x00r\x00g\x00" +
			"e\x00r\x00\n\x002\x00,\x00a\x00 \x00\"\x00b\x00\"\x00\n\x00",
	} {
		table, err := NewTable(strings.NewReader(text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got := strings.Join(table.Header, "|")
		for {
			cells, _, err := table.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			got += "/" + strings.Join(cells, "|")
		}
		if got != `Id|Name/1|Ärger/2|a "b"` {
			t.Errorf("%s: %s", name, got)
		}
	}
	for _, text := range []string{"", " \n", "PK\x03\x04\x00\x00"} {
		if _, err := NewTable(strings.NewReader(text)); err == nil {
			t.Errorf("%q was read", text)
		}
	}
	letters := strings.Repeat("x", 1<<20)
	endless := &sizeLimit{r: strings.NewReader(letters), left: 1000}
	if _, err := io.ReadAll(endless); !errors.Is(err, ErrReportSize) {
		t.Errorf("too large: %v", err)
	}
}

func TestAmountsOfReports(t *testing.T) {
	for _, c := range []struct {
		text, currency string
		want           int64
	}{{"1,234.56", "EUR", 123456}, {"-1.234,56", "EUR", -123456}, {"12,30", "EUR", 1230},
		{"12.3", "EUR", 1230}, {"-0.5", "EUR", -50}, {"1,234", "JPY", 1234}, {"1200.00", "JPY", 1200},
		{"1,234.567", "KWD", 1234567}, {"1.234,567", "KWD", 1234567}, {"1.234", "KWD", 1234},
		{"(75.00)", "EUR", -7500}} {
		if got, err := Amount(c.text, money.Currency(c.currency)); err != nil || got != c.want {
			t.Errorf("%s %s: %d, %v", c.text, c.currency, got, err)
		}
	}
	for _, c := range [][2]string{{"1,234", "KWD"}, {"1,234", "EUR"}, {"1.234", "JPY"},
		{"1,2,34", "EUR"}, {"12.345", "EUR"}, {"", "EUR"}, {"x", "EUR"}, {"1", "XXX"}} {
		if got, err := Amount(c[0], money.Currency(c[1])); err == nil {
			t.Errorf("%s %s was read as %d", c[0], c[1], got)
		}
	}
}
