package bankfile

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"countinghouse/app/book"
)

// numberKind is what the number format of a cell makes of its number.
type numberKind byte

const (
	plainNumber numberKind = iota
	dateNumber
	timeNumber
)

// readStyles reads what the numbers of each style are.
func (w *workbook) readStyles(name string) error {
	formats := map[string]numberKind{}
	return w.each(name, func(p *xlsxPart) error {
		n := len(p.path)
		switch {
		case p.x.name.local == "numFmt" && len(formats) < maxStyles:
			formats[p.attr("numFmtId")] = kindOfFormat(p.attr("formatCode"))
		case p.x.name.local == "xf" && n > 1 && p.path[n-2] == "cellXfs" && len(w.kinds) < maxStyles:
			id := p.attr("numFmtId")
			kind, own := formats[id]
			if !own {
				kind = builtIn(id)
			}
			w.kinds = append(w.kinds, kind)
		}
		return nil
	})
}

// maxStyles is how many styles a workbook may use, by Excel's own limits.
const maxStyles = 1 << 16

// builtIn is what the formats are that every workbook has without stating them (ECMA-376 part 1,
// 18.8.30); those above 26 are dates and times of East Asian editions.
func builtIn(id string) numberKind {
	n, _ := strconv.Atoi(id)
	switch {
	case n >= 14 && n <= 17, n == 22, n >= 27 && n <= 31, n == 36, n >= 50 && n <= 54, n == 57, n == 58:
		return dateNumber
	case n >= 18 && n <= 21, n >= 32 && n <= 35, n >= 45 && n <= 47, n == 55, n == 56:
		return timeNumber
	}
	return plainNumber
}

// kindOfFormat reads a format's code, "dd\-mmm\-yy", as far as to know what it shows: letters that
// stand for parts of a date count only outside of quotes, brackets and escapes.
func kindOfFormat(code string) numberKind {
	var date, month, clock, digits bool
	for i := 0; i < len(code) && code[i] != ';'; i++ {
		switch c := code[i] | 0x20; {
		case code[i] == '"':
			i += 1 + max(0, strings.IndexByte(code[i+1:], '"'))
		case code[i] == '\\', code[i] == '_', code[i] == '*':
			i++
		case code[i] == '[':
			end := strings.IndexByte(code[i:], ']')
			if end < 0 {
				return plainNumber
			}
			inside := strings.ToLower(code[i+1 : i+end])
			clock = clock || inside != "" && strings.Trim(inside, "hms") == ""
			i += end
		case code[i] == '#' || code[i] == '?' || code[i] == '0' && !clock:
			digits = true
		case c == 'y' || c == 'd':
			date = true
		case c == 'm':
			month = true
		case c == 'h' || c == 's':
			clock = true
		}
	}
	switch {
	case digits:
		return plainNumber
	case date || month && !clock:
		return dateNumber
	case clock:
		return timeNumber
	}
	return plainNumber
}

// decimal is a number as a workbook writes it: 0.digits times ten to the point.
type decimal struct {
	negative bool
	digits   []byte
	point    int
}

// significant is how many digits of a number a spreadsheet keeps and shows.
const significant = 15

// maxExponent is as far as numbers of a spreadsheet go.
const maxExponent = 400

// readDecimal reads "-20.399999999999999" or "1.2E+19"; false where it is no number.
func readDecimal(b []byte) (decimal, bool) {
	var d decimal
	if len(b) > 0 && (b[0] == '-' || b[0] == '+') {
		d.negative = b[0] == '-'
		b = b[1:]
	}
	mantissa, exponent := b, 0
	if i := bytes.IndexAny(b, "eE"); i >= 0 {
		var err error
		exponent, err = strconv.Atoi(string(b[i+1:]))
		if err != nil || max(exponent, -exponent) > maxExponent {
			return d, false
		}
		mantissa = b[:i]
	}
	whole, places, _ := bytes.Cut(mantissa, []byte("."))
	d.digits = append(append(d.digits, whole...), places...)
	if !digitsOnly(d.digits) || len(d.digits) > maxExponent {
		return d, false
	}
	d.point = len(whole) + exponent
	for len(d.digits) > 0 && d.digits[0] == '0' {
		d.digits = d.digits[1:]
		d.point--
	}
	d.trim()
	return d, true
}

// trim takes off zeros at the end.
func (d *decimal) trim() {
	d.digits = bytes.TrimRight(d.digits, "0")
	if len(d.digits) == 0 {
		d.point, d.negative = 0, false
	}
}

// round rounds to n digits, half away from zero.
func (d *decimal) round(n int) {
	if n >= len(d.digits) {
		return
	}
	if n < 0 {
		d.digits = nil
		d.trim()
		return
	}
	up := d.digits[n] >= '5'
	d.digits = d.digits[:n]
	for i := n - 1; up && i >= 0; i-- {
		if up = d.digits[i] == '9'; up {
			d.digits[i] = '0'
		} else {
			d.digits[i]++
		}
	}
	if up {
		d.digits = append([]byte{'1'}, d.digits...)
		d.point++
	}
	d.trim()
}

// exact reports whether all digits of the number are sure to be what the bank wrote: whole numbers
// of more than 15, like the numbers of accounts, have lost some.
func (d *decimal) exact() bool { return d.point <= significant }

// artefactPlaces is where the noise of binary fractions is cut off: four places more than any
// currency has, so that an amount that is not meant to have its currency's places keeps too many.
const artefactPlaces = 8

// text writes the number without the noise of binary fractions: 15.310000000000015 is 15.31, because
// a spreadsheet keeps 15 digits, and 0.010000000009 is 0.01. Fractions have two places or four and
// more, never one or three, so that none can be read as thousands, whatever the column's mark is.
func (d *decimal) text(point byte) string {
	d.round(significant)
	d.round(d.point + artefactPlaces)
	var b strings.Builder
	if d.negative {
		b.WriteByte('-')
	}
	whole, places := "0", ""
	digits := string(d.digits)
	switch {
	case d.point <= 0:
		places = strings.Repeat("0", -d.point) + digits
	case d.point >= len(digits):
		whole = digits + strings.Repeat("0", d.point-len(digits))
	default:
		whole, places = digits[:d.point], digits[d.point:]
	}
	b.WriteString(whole)
	if digits != "" && places != "" {
		b.WriteByte(point)
		b.WriteString(places)
		if n := len(places); n == 1 || n == 3 {
			b.WriteByte('0')
		}
	}
	return b.String()
}

// The days of the epochs of spreadsheets before 1970-01-01. Day 60 of the older one is a 29 February
// 1900 that never was: days before it are one further on.
const (
	epoch1900 = 25569
	epoch1904 = 24107
	leapDay   = 60
	lastDay   = 2958465
)

// day is the date of a day's number, whatever the time of day behind its point; false for no date.
func (d *decimal) day(from1904 bool) (book.Date, bool) {
	d.round(significant)
	n := 0
	for i := range max(0, d.point) {
		n *= 10
		if i < len(d.digits) {
			n += int(d.digits[i] - '0')
		}
		if n > lastDay {
			return 0, false
		}
	}
	switch {
	case d.negative:
		return 0, false
	case from1904:
		return book.Date(n - epoch1904), true
	case n == 0 || n == leapDay:
		return 0, false
	case n < leapDay:
		n++
	}
	return book.Date(n - epoch1900), true
}

// clock is the time of day of a number below 1, to the second.
func (d *decimal) clock() (string, bool) {
	if d.negative || d.point > 0 {
		return "", false
	}
	d.round(d.point + 9)
	nano := int64(0)
	for i := range 9 {
		nano *= 10
		if at := i + d.point; at >= 0 && at < len(d.digits) {
			nano += int64(d.digits[at] - '0')
		}
	}
	seconds := (nano*86400 + 500_000_000) / 1_000_000_000
	return fmt.Sprintf("%02d:%02d:%02d", seconds/3600, seconds/60%60, seconds%60), seconds < 86400
}
