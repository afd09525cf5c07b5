package report

import (
	"strings"

	"github.com/xuri/excelize/v2"
)

// The look of a workbook: one restrained family, slate heads, the window's colours for states.
const (
	fontName   = "Arial"
	inkText    = "17222D"
	inkMuted   = "5A6876"
	inkZero    = "8491A0"
	inkHead    = "FFFFFF"
	fillHead   = "2F4A57"
	fillTotal  = "EEF1F4"
	lineRow    = "E7EBEF"
	lineTotal  = "8491A0"
	inkOK      = "14714F"
	fillOK     = "E3F3EA"
	inkBreak   = "8E1B1B"
	fillBreak  = "FBE6E3"
	textFormat = "@"
)

// role is what a cell is for.
type role int

const (
	roleRow role = iota
	roleTitle
	roleNote
	roleHead
	roleTotal
	roleLead
	roleState
)

// look is all that decides a cell's style.
type look struct {
	role   role
	format string
	align  Align
	wrap   bool
	indent int
	// top keeps cells at the top of a row that others make higher.
	top bool
}

// style is the number of a look's style, made when it is first asked for.
func (b *workbook) style(l look) (int, error) {
	if id, ok := b.styles[l]; ok {
		return id, nil
	}
	s := &excelize.Style{
		Font:      &excelize.Font{Family: fontName, Size: 9, Color: inkText},
		Alignment: &excelize.Alignment{Vertical: "center", WrapText: l.wrap, Indent: l.indent},
	}
	if l.top {
		s.Alignment.Vertical = "top"
	}
	s.Alignment.Horizontal = map[Align]string{AlignLeft: "left", AlignCenter: "center",
		AlignRight: "right"}[l.align]
	edge := func(kind, color string) {
		s.Border = append(s.Border, excelize.Border{Type: kind, Color: color, Style: 1})
	}
	fill := func(color string) {
		s.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{color}}
	}
	switch l.role {
	case roleRow:
		edge("bottom", lineRow)
	case roleTitle:
		s.Font.Size, s.Font.Bold = 15, true
	case roleNote:
		s.Font.Color = inkMuted
	case roleHead:
		s.Font.Bold, s.Font.Color = true, inkHead
		fill(fillHead)
	case roleTotal:
		s.Font.Bold = true
		fill(fillTotal)
		edge("top", lineTotal)
	case roleLead:
		s.Font.Size, s.Font.Bold = 11, true
	case roleState:
		s.Font.Size, s.Font.Bold = 12, true
	}
	if l.format != "" {
		s.CustomNumFmt = &l.format
	}
	id, err := b.file.NewStyle(s)
	if err != nil {
		return 0, err
	}
	b.styles[l] = id
	return id, nil
}

// amountFormat shows a currency's decimals, with U+2212 before negative amounts.
func amountFormat(exp int) string {
	f := "#,##0"
	if exp > 0 {
		f += "." + strings.Repeat("0", exp)
	}
	return f + `;"−"` + f
}

// format is the number format of a column's cells.
func (c Column) format(exp int) string {
	switch c.Kind {
	case KindInteger:
		return `#,##0;"−"#,##0`
	case KindMoney:
		return amountFormat(exp)
	case KindDate:
		return "yyyy-mm-dd"
	case KindInstant:
		return "yyyy-mm-dd hh:mm"
	case KindBool:
		return ""
	}
	return textFormat
}

// look is the look of a column's cells in the rows.
func (c Column) look(r role, exp int) look {
	l := look{role: r, format: c.format(exp), align: c.Align, wrap: c.Wrap}
	if c.right() {
		l.align = AlignRight
	} else if l.align == AlignKind {
		l.align = AlignLeft
	}
	if l.align == AlignLeft {
		l.indent = 1
	}
	if r == roleHead {
		l.format, l.wrap = "", false
	}
	return l
}

// chars is the column's width in a workbook.
func (c Column) chars() float64 {
	if c.Width > 0 {
		return float64(c.Width)
	}
	return float64(max(map[Kind]int{KindText: 24, KindInteger: 9, KindMoney: 15, KindDate: 11,
		KindInstant: 16, KindCode: 9, KindBool: 8}[c.Kind], width(c.head())+3))
}
