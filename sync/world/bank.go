package world

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

const (
	operatingName    book.AccountName = "operating"
	operatingUSDName book.AccountName = "operating-usd"
	operatingINRName book.AccountName = "operating-inr"
)

// line is a bank line with its place.
type line struct {
	BankLine
	account int
	seq     int
}

func (m *maker) makeAccounts() {
	n := int64(len(m.clients))
	m.w.Accounts = []Account{
		{Name: operatingName, Currency: "EUR", IBAN: "LT121000011101001000",
			Settles: []book.SourceName{StripeName}, Calendar: "target",
			Aliases: []string{"STRIPE", "STRIPE PAYMENTS EUROPE"}, Opening: 4_120_411 + n*900},
		{Name: operatingUSDName, Currency: "USD", IBAN: iban("LT", "1000011101002000"),
			Settles: []book.SourceName{StripeName}, Calendar: "us",
			Aliases: []string{"STRIPE"}, Opening: 950_000},
	}
	for _, g := range m.gateways[1:] {
		m.settleTo(g.own().name)
	}
}

// settleTo lets a gateway settle to the accounts, under the names that the business knows it by.
func (m *maker) settleTo(name book.SourceName) {
	euro, dollar := &m.w.Accounts[0], &m.w.Accounts[1]
	switch name {
	case PayPalName:
		euro.Settles, dollar.Settles = append(euro.Settles, name), append(dollar.Settles, name)
		euro.Aliases = append(euro.Aliases, payPalSender)
		dollar.Aliases = append(dollar.Aliases, "PAYPAL")
	case SpectroCoinName:
		euro.Settles = append(euro.Settles, name)
		euro.Aliases = append(euro.Aliases, spectroSender)
	case RazorpayName:
		m.w.Accounts = append(m.w.Accounts, Account{Name: operatingINRName, Currency: "INR",
			IBAN: "50200091774410", Settles: []book.SourceName{name}, Calendar: "in",
			Aliases: []string{razorpaySender}, Opening: 41_250_000})
	}
}

// bookLine adds a line to an account. Lines of today are on no statement yet: they are left out, and
// the result is nil.
func (m *maker) bookLine(account int, l BankLine) *line {
	if l.On >= m.today || l.On < m.w.OpeningOn {
		return nil
	}
	m.bankID++
	l.BankID = m.bankReference(l.On)
	l.ValueOn = cmp.Or(l.ValueOn, l.On)
	l.Amount.Currency = m.w.Accounts[account].Currency
	entry := &line{l, account, m.bankID}
	m.lines = append(m.lines, entry)
	return entry
}

// account is the place of an account among the business's.
func (m *maker) account(name book.AccountName) int {
	return slices.IndexFunc(m.w.Accounts, func(a Account) bool { return a.Name == name })
}

func (m *maker) itemOf(l *line) book.ItemID {
	return l.BankLine.Item(m.w.Accounts[l.account].Name)
}

// bankReference is the bank's own reference: the day, and a count that looks like none.
func (m *maker) bankReference(d book.Date) string {
	t := d.Time()
	n := uint32(m.bankID) * 0x9e3779b1 & (1<<30 - 1)
	var code [6]byte
	for i := range code {
		code[i] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[n&31]
		n >>= 5
	}
	return fmt.Sprintf("FT%02d%03d%s", t.Year()%100, t.YearDay(), code[:])
}

func (m *maker) finishLines() {
	slices.SortFunc(m.lines, func(a, b *line) int {
		return cmp.Or(cmp.Compare(a.account, b.account), cmp.Compare(a.On, b.On),
			cmp.Compare(a.seq, b.seq))
	})
	for _, l := range m.lines {
		a := &m.w.Accounts[l.account]
		a.Lines = append(a.Lines, l.BankLine)
	}
}

// beginTransfer lets an ordinary client pay by bank transfer, or not.
func (m *maker) beginTransfer(b *bill) {
	if m.chance(40) {
		return
	}
	amount := b.due()
	first := book.MonthOf(b.IssuedOn) < m.w.Options.Month
	if b.client.habit == overpayer && first {
		amount += int64(m.between(1, 9)) * 100
	}
	m.transfer(b, nextBusiness(b.IssuedOn+book.Date(m.between(1, 12))), amount)
}

// transfer pays an invoice at the bank. Somebody books it in billing on that day or a bit later;
// what is not booked by Now, or never, is for the matching to find.
func (m *maker) transfer(b *bill, d book.Date, amount int64) {
	forgotten := m.chance(30) && amount == b.due() && b.client.tale == nil
	m.at(m.clock(d, 7*hour), func() {
		l := m.bookLine(0, m.transferLine(b, d, amount, m.disguise(b)))
		if l == nil {
			return
		}
		m.pair(book.BankBilling, b.Item(), m.itemOf(l))
		if forgotten {
			return
		}
		wait := book.Date(m.between(0, 3))
		office := book.Instant(m.between(9*3600, 16*3600)) * second
		m.at(m.clock(nextBusiness(d+wait), office), func() {
			p := m.receipt(b, Payment{In: amount, Method: "banktransfer", TransID: m.note(l),
				Text: "Bank transfer"})
			m.pair(book.BankBilling, p.Item(), m.itemOf(l))
		})
	})
}

// note is what the clerk typed as the reference of a transfer.
func (m *maker) note(l *line) string {
	switch x := m.r.IntN(10); {
	case x < 6:
		return l.BankID
	case x < 9:
		return "SEPA " + l.On.String()
	}
	return ""
}

func (m *maker) transferLine(b *bill, d book.Date, amount int64, text string) BankLine {
	l := BankLine{On: d, Amount: money.New(amount, ""), CounterpartyAccount: b.client.iban,
		Counterparty: strings.ToUpper(b.client.title()), Text: text}
	if m.chance(500) {
		l.Counterparty = b.client.title()
	}
	if m.chance(250) {
		l.Reference = "NOTPROVIDED"
	}
	return l
}

var disguises = []string{"RE %s", "INV %s", "Invoice %s", "INVOICE NO. %s", "Rechnung %s",
	"RG-NR %s", "inv#%s", "Sąskaita %s", "%s", "Northwind Hosting %s thank you", "RNR:%s KD", "%s/HOSTING",
	"PAYMENT FOR INVOICE (%s)", "Rg. %s vielen Dank", "HOSTING, INV. %s"}

// disguise is how a customer quotes an invoice: by its id or its printed number.
func (m *maker) disguise(b *bill) string {
	quoted := strconv.Itoa(b.ID)
	if b.Number != "" && m.chance(500) {
		quoted = b.Number
	}
	return fmt.Sprintf(pick(m, disguises), quoted)
}

// overheads enters what a business pays besides: wages, rent, machines, bank charges; and on one
// day two lines that are equal in all but the bank's reference.
func (m *maker) overheads() {
	n := len(m.clients)
	landlord, centre := m.iban("LT"), m.iban("DE")
	var staff []string
	for range 1 + min(n/400, 11) {
		staff = append(staff, m.iban("LT"))
	}
	parking := m.iban("LT")
	for month := m.w.OpeningOn; month <= m.today; month = (book.MonthOf(month) + 1).First() {
		name := strings.ToUpper(month.Time().Format("Jan 2006"))
		m.debitLine(nextBusiness(month+1), 0, 118_000, "Baltic Offices UAB", landlord, "RENT "+name)
		m.debitLine(nextBusiness(month+4), 0, 40_000+int64(n)*70, "Frankfurt Racks GmbH", centre,
			"COLOCATION "+name)
		for i, account := range staff {
			m.debitLine(nextBusiness(month+9), 0, 185_000+int64(i*7_919%90_000),
				"EMPLOYEE "+strconv.Itoa(i+1), account, "SALARY "+name)
		}
		m.debitLine(nextBusiness(month), 1, 500, "Bank", "", "ACCOUNT FEE "+name)
		if rupees := m.account(operatingINRName); rupees > 0 {
			m.debitLine(nextBusiness(month), rupees, 29_500, "Bank", "", "SMS AND ACCOUNT CHGS "+name)
		}
		last := nextBusiness(book.MonthOf(month).Last() - 2)
		charge := last.Time().Format("01/2006")
		m.debitLine(last, 0, 1_240, "Bank", "", "GEBUEHR "+charge)
		m.debitLine(last, 1, 850, "Bank", "", "GEBUEHR "+charge)
		twins := nextBusiness(month + 15)
		for range 2 {
			m.debitLine(twins, 0, 490, "Parking City Centre", parking, "CARD PAYMENT "+name)
		}
	}
}

func (m *maker) debitLine(d book.Date, account int, amount int64, to, iban, text string) {
	m.at(m.clock(d, 6*hour), func() {
		m.bookLine(account, BankLine{On: d, Amount: money.New(-amount, ""), Counterparty: to,
			CounterpartyAccount: iban, Text: text})
	})
}

// ibanParts are what follows the check digits: the letters of a bank where the country's numbers
// have them, and how many digits.
var ibanParts = map[string]struct {
	bank   string
	digits int
}{
	"LT": {"", 16}, "LV": {"UNLA", 13}, "EE": {"", 16}, "DE": {"", 18}, "AT": {"", 16},
	"FI": {"", 14}, "NL": {"INGB", 10}, "FR": {"", 23}, "IE": {"AIBK", 14}, "ES": {"", 20},
	"IT": {"X", 22}, "GB": {"BARC", 14},
}

// iban makes an account number with right check digits; a plain number where there are no IBANs.
func (m *maker) iban(country string) string {
	part, ok := ibanParts[country]
	if !ok {
		return m.digits(12)
	}
	return iban(country, part.bank+m.digits(part.digits))
}

// iban puts the country and the check digits (ISO 7064, 97-10) before an account.
func iban(country, account string) string {
	rest := 0
	for _, r := range account + country + "00" {
		switch {
		case r >= 'A' && r <= 'Z':
			rest = (rest*100 + int(r-'A') + 10) % 97
		default:
			rest = (rest*10 + int(r-'0')) % 97
		}
	}
	return fmt.Sprintf("%s%02d%s", country, 98-rest, account)
}
