package money

// Marks are the marks by which a reader's locale writes amounts.
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
