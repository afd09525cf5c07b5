package money

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Marks are the marks by which a reader's locale, or a column of a bank's file, writes amounts.
type Marks struct {
	// Point stands before the decimals.
	Point string
	// Group stands between thousands; empty for none.
	Group string
	// Minus stands before a negative amount.
	Minus string
	// Lakh groups as 12,34,567: three digits, then twos.
	Lakh bool
}

// Plain are the marks of the window and of reports in English: −1,234.56 with U+2212.
var Plain = Marks{Point: ".", Group: ",", Minus: "\u2212"}

// Format is the amount with the currency's places and without its code: "−1,234.50".
func (k Marks) Format(m Money) string {
	exp, _ := m.Currency.Exponent()
	return k.decimal(m.Minor, exp)
}

func (k Marks) decimal(minor int64, exp int) string {
	u := uint64(minor)
	if minor < 0 {
		u = -u
	}
	s := fmt.Sprintf("%0*d", exp+1, u)
	whole, frac := s[:len(s)-exp], s[len(s)-exp:]
	var b strings.Builder
	if minor < 0 {
		b.WriteString(k.Minus)
	}
	for i, r := range whole {
		if left := len(whole) - i; i > 0 && k.groupsAt(left) {
			b.WriteString(k.Group)
		}
		b.WriteRune(r)
	}
	if exp > 0 {
		b.WriteString(k.Point + frac)
	}
	return b.String()
}

// groupsAt reports whether a mark stands before the last left digits.
func (k Marks) groupsAt(left int) bool {
	if k.Lakh && left > 3 {
		return left%2 == 1
	}
	return left%3 == 0
}

// Parse reads an amount as people and banks write it: "1.234,56", "12 345,67", "11'373.94",
// "12,50,000.75", "(75.00)", "1,034.50-", "- $12.01", "USD 9.126,07", "75.00 DR". Of the marks only
// Point and Minus are used: whatever else stands between the digits must be one kind of mark and
// part them into thousands or lakhs. Around the digits it takes one sign, CR or DR, and the symbol
// or code of a currency. It returns ErrAmount for everything else ("12..34", a word, two signs),
// ErrCurrency where a code is another currency's, and never rounds.
func (k Marks) Parse(s string, c Currency) (Money, error) {
	first := strings.IndexAny(s, "0123456789")
	last := strings.LastIndexAny(s, "0123456789")
	if first < 0 {
		return Money{}, wrap(ErrAmount, s)
	}
	pre, core, post := s[:first], s[first:last+1], s[last+1:]
	if before, ok := strings.CutSuffix(pre, k.Point); ok && k.Point != "" && !endsInLetter(before) {
		pre, core = before, k.Point+core
	} else if k.Point != "" && strings.HasPrefix(post, k.Point) {
		post = post[len(k.Point):]
	}
	neg, err := k.around(pre, post, c)
	if err != nil {
		return Money{}, fmt.Errorf("money: %w: %q", err, s)
	}
	whole, frac := core, ""
	if k.Point != "" {
		whole, frac, _ = strings.Cut(core, k.Point)
	}
	whole, ok := ungroup(whole)
	if !ok {
		return Money{}, wrap(ErrAmount, s)
	}
	return fromDigits(neg, whole, frac, c, s)
}

func endsInLetter(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return unicode.IsLetter(r)
}

// around reads what stands before and after the digits: at most one sign, and currencies.
func (k Marks) around(pre, post string, c Currency) (neg bool, err error) {
	signs, open, closed := 0, 0, 0
	for _, word := range words(pre, post) {
		switch up := strings.ToUpper(strings.Trim(word, ".")); {
		case word == "(":
			open++
		case word == ")":
			closed++
		case word == "+" || up == "CR":
			signs++
		case isMinus(word) || word == k.Minus || up == "DR":
			neg = true
			signs++
		case symbols[strings.ToLower(word)] || arabic(word):
		case Currency(up).Known():
			if Currency(up) != c {
				return false, ErrCurrency
			}
		default:
			return false, ErrAmount
		}
	}
	if open != closed || open > 1 || open+signs > 1 ||
		open == 1 && (!strings.Contains(pre, "(") || !strings.Contains(post, ")")) {
		return false, ErrAmount
	}
	return neg || open == 1, nil
}

// words parts the text around an amount into signs and words; blanks and direction marks go.
func words(pre, post string) []string {
	var out []string
	inWord := false
	for _, r := range pre + "\x00" + post {
		switch {
		case r == 0 || unicode.IsSpace(r) || unicode.Is(unicode.Cf, r):
			inWord = false
		case unicode.IsLetter(r) || unicode.IsMark(r) || unicode.Is(unicode.Sc, r) || r == '.':
			if !inWord {
				out = append(out, "")
			}
			out[len(out)-1] += string(r)
			inWord = true
		default:
			out = append(out, string(r))
			inWord = false
		}
	}
	return out
}

func isMinus(s string) bool {
	return s == "-" || s == "\u2212" || s == "\u2013" || s == "\u2010" || s == "\u2011"
}

// symbols are what banks print for a currency beside its code, in lower case.
var symbols = func() map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(`$ € £ ¥ ₹ ₽ ₩ ₪ ₫ ₺ ₴ ₦ ₱ ฿ ₡ ₲ ₵ ₸ ₼ ₾ ¢ us$ a$ au$ c$ ca$ nz$ s$ hk$
		nt$ r$ mx$ rs rs. ₨ kr kr. kč zł ft lei lv лв лв. руб руб. грн грн. fr fr. sfr sfr. rm rp 元 円 원
		rmb дин дин. ден kn din din. km`) {
		out[w] = true
	}
	return out
}()

func arabic(word string) bool {
	for _, r := range word {
		if !unicode.Is(unicode.Arabic, r) && r != '.' {
			return false
		}
	}
	return strings.Trim(word, ".") != ""
}

// ungroup takes the marks out of the digits before the point. There may be one kind of mark, and
// it must part the digits into thousands, 1.234.567, or lakhs, 12,34,567.
func ungroup(s string) (string, bool) {
	at := strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' })
	if at < 0 {
		return s, true
	}
	r, _ := utf8.DecodeRuneInString(s[at:])
	if !isGroup(r) {
		return "", false
	}
	parts := strings.Split(s, string(r))
	last := len(parts) - 1
	if len(parts[last]) != 3 {
		return "", false
	}
	size := 3
	if last > 1 {
		size = len(parts[1])
	}
	for _, p := range parts[1:last] {
		if len(p) != size || size < 2 || size > 3 {
			return "", false
		}
	}
	return strings.Join(parts, ""), len(parts[0]) >= 1 && len(parts[0]) <= size
}

func isGroup(r rune) bool {
	switch r {
	case '.', ',', '\'', '\u2019', '\u00b4', '`', '_', ' ', '\u00a0', '\u202f', '\u2009', '\u2008',
		'\u066c':
		return true
	}
	return false
}
