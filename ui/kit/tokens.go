package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
)

// Token names a colour by its use. The table below is the only place that knows the values.
type Token string

// The tokens, as the design notes list them.
const (
	Bg          Token = "bg"
	Surface     Token = "surface"
	Sunken      Token = "sunken"
	CardLine    Token = "line"
	RowLine     Token = "grid"
	ButtonLine  Token = "line2"
	Ctl         Token = "ctl"
	Text        Token = "text"
	Text2       Token = "text2"
	Muted       Token = "muted"
	Accent      Token = "accent"
	AccentHover Token = "accentHover"
	AccentText  Token = "accentText"
	AccentTint  Token = "accentTint"
	AccentLine  Token = "accentLine"
	Hover       Token = "hover"
	RailBg      Token = "rail"
	RailSel     Token = "railSel"
	RailText    Token = "railText"
	RailMuted   Token = "railMuted"
	RailStrong  Token = "railStrong"
	Mark        Token = "mark"
	BarTotal    Token = "barTotal"
	BarUp       Token = "barUp"
	BarDown     Token = "barDown"
	BarZero     Token = "barZero"
	Scrim       Token = "scrim"
	Clear       Token = "clear"
)

// Status is what a thing's state means. Every status has its own colour, icon shape and words.
type Status string

// The statuses; StatusNone draws plain text without icon.
const (
	StatusNone      Status = ""
	StatusOK        Status = "ok"
	StatusTiming    Status = "timing"
	StatusAttention Status = "attention"
	StatusBreak     Status = "break"
	StatusUnknown   Status = "unknown"
	StatusNeutral   Status = "neutral"
)

// Statuses lists all statuses but none, in the order of the design notes.
var Statuses = []Status{
	StatusOK, StatusTiming, StatusAttention, StatusBreak, StatusUnknown, StatusNeutral,
}

// Ink is the token of the status's text colour; Text for none.
func (s Status) Ink() Token {
	if s == StatusNone {
		return Text
	}
	return Token("status " + s)
}

// Tint is the token of the ground under the status's text; Clear for none.
func (s Status) Tint() Token {
	if s == StatusNone {
		return Clear
	}
	return Token("status " + s + " tint")
}

// Icon is the name of the status's icon, empty for none. No two statuses share a shape.
func (s Status) Icon() string {
	return map[Status]string{
		StatusOK: "ok", StatusTiming: "clock", StatusAttention: "triangle",
		StatusBreak: "octagon", StatusUnknown: "unknown", StatusNeutral: "neutral",
	}[s]
}

// shades are a token's two values.
type shades struct{ light, dark color.Color }

var palette = map[Token]shades{
	Bg:          {rgb(0xF5F6F8), rgb(0x11181D)},
	Surface:     {rgb(0xFFFFFF), rgb(0x19232A)},
	Sunken:      {rgb(0xEEF1F4), rgb(0x141D23)},
	CardLine:    {rgb(0xDDE2E8), rgb(0x2C3942)},
	RowLine:     {rgb(0xE7EBEF), rgb(0x243038)},
	ButtonLine:  {rgb(0xC5CDD6), rgb(0x42525D)},
	Ctl:         {rgb(0x8491A0), rgb(0x6C7D89)},
	Text:        {rgb(0x17222D), rgb(0xE6EDF2)},
	Text2:       {rgb(0x414F5D), rgb(0xB3C0CA)},
	Muted:       {rgb(0x5A6876), rgb(0x97A5B0)},
	Accent:      {rgb(0x0E5A66), rgb(0x5FB7C2)},
	AccentHover: {rgb(0x0D535E), rgb(0x57A8B2)}, // accent, darker by 8 %
	AccentText:  {rgb(0xFFFFFF), rgb(0x08191D)},
	AccentTint:  {rgb(0xE2F0F1), rgb(0x1B3A41)},
	AccentLine:  {rgb(0x8DBDC3), rgb(0x397680)},
	Hover:       {rgb(0xF1F8F8), rgb(0x1A2F36)}, // accentTint at half strength on surface
	RailBg:      {rgb(0x12262C), rgb(0x0C1316)},
	RailSel:     {rgb(0x1F3E46), rgb(0x1B3138)},
	RailText:    {rgb(0xB9C9CD), rgb(0xA9BABF)},
	RailMuted:   {rgb(0x86999F), rgb(0x788A90)},
	RailStrong:  {rgb(0xFFFFFF), rgb(0xFFFFFF)},
	Mark:        {rgb(0x2D8C97), rgb(0x2D8C97)},
	BarTotal:    {rgb(0x2F4A57), rgb(0x7E96A4)},
	BarUp:       {rgb(0x2459A8), rgb(0x6FA0E8)},
	BarDown:     {rgb(0xC26A2E), rgb(0xDE8B4F)},
	BarZero:     {rgb(0x9AA6B2), rgb(0x5F6E79)},
	Scrim:       {color.NRGBA{0x0E, 0x1C, 0x1E, 0x6B}, color.NRGBA{0x0E, 0x1C, 0x1E, 0x6B}},
	Clear:       {color.NRGBA{}, color.NRGBA{}},

	StatusOK.Ink():         {rgb(0x14714F), rgb(0x86DDBB)},
	StatusOK.Tint():        {rgb(0xE3F3EA), rgb(0x16352B)},
	StatusTiming.Ink():     {rgb(0x1B4B94), rgb(0x75A0EB)},
	StatusTiming.Tint():    {rgb(0xE6EEFA), rgb(0x1B2E4B)},
	StatusAttention.Ink():  {rgb(0x826000), rgb(0xF7C244)},
	StatusAttention.Tint(): {rgb(0xFDF1D8), rgb(0x3A2D13)},
	StatusBreak.Ink():      {rgb(0x8E1B1B), rgb(0xF38C6D)},
	StatusBreak.Tint():     {rgb(0xFBE6E3), rgb(0x42231A)},
	StatusUnknown.Ink():    {rgb(0x8238BC), rgb(0xD2A9DA)},
	StatusUnknown.Tint():   {rgb(0xF3E9FA), rgb(0x38294A)},
	StatusNeutral.Ink():    {rgb(0x556371), rgb(0xA3B1BC)},
	StatusNeutral.Tint():   {rgb(0xE9EDF1), rgb(0x26323A)},
}

func rgb(v uint32) color.Color {
	return color.NRGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), 0xFF}
}

// Color returns the token's colour in the variant that is shown now.
func Color(t Token) color.Color { return t.In(Variant()) }

// In returns the token's colour in one variant. An unknown token is the text colour.
func (t Token) In(variant fyne.ThemeVariant) color.Color {
	pair, ok := palette[t]
	if !ok {
		pair = palette[Text]
	}
	if variant == variantDark {
		return pair.dark
	}
	return pair.light
}
