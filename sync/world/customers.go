package world

import (
	"cmp"
	"strconv"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// client is a customer with what only the maker knows.
type client struct {
	*Customer
	gate gateway
	// taxBPS is the tax on its invoices in hundredths of a percent.
	taxBPS int64
	// day is the day of the month on which its invoices are made.
	day      int
	services []*service
	domain   string
	iban     string
	debit    bool
	habit    habit
	// tale is the fault that will happen to it, nil for an ordinary client.
	tale *tale
	// owed are unpaid invoices that a later mass payment collects.
	owed []*bill
}

// habit is something that an ordinary client does besides paying its invoices.
type habit int

const (
	plain habit = iota
	massPayer
	fundsAdder
	overpayer
	drafted
)

// service is a service with how its cycle falls: it is due in months whose number plus offset is a
// multiple of step.
type service struct {
	*Service
	step, offset int
}

func (s *service) dueIn(month book.Month) bool { return (int(month)+s.offset)%s.step == 0 }

func (c *client) title() string {
	if c.Company != "" {
		return c.Company
	}
	return c.First + " " + c.Last
}

func (m *maker) makeCustomers() {
	n := m.w.Options.Customers
	m.w.Customers = make([]Customer, n)
	m.clients = make([]*client, n)
	room := make([]client, n)
	lots := m.drawLots(n)
	for i := range n {
		c := &room[i]
		c.gate = m.stripe
		c.Customer = &m.w.Customers[i]
		c.ID = 101 + i
		c.Currency = "EUR"
		if x := m.r.IntN(100); i > 0 && x < 12 {
			c.Currency = "USD"
		} else if i > 0 && x < 20 {
			c.Currency = "GBP"
		}
		if lots != nil {
			c.gate, c.Currency = lots[i].gate, cmp.Or(lots[i].currency, c.Currency)
		}
		m.person(c)
		m.clients[i] = c
	}
	m.planFaults()
	for _, c := range m.clients {
		m.ways(c)
		m.billed[c.day] = append(m.billed[c.day], c)
	}
}

// person gives a client its name, address and tax.
func (m *maker) person(c *client) {
	home := m.country(string(c.Currency))
	c.Country, c.taxBPS = home.code, home.taxBPS
	c.First, c.Last = pick(m, firstNames), pick(m, lastNames)
	name := c.Last
	if m.chance(600) {
		name = pick(m, firmFronts) + " " + pick(m, firmBacks)
		c.Company = name + " " + pick(m, firmForms[home.code])
		if home.code != "LT" {
			c.taxBPS = 0
		}
	}
	c.domain = m.domainName(slug(name))
	c.Email = slug(c.First) + "@" + c.domain
	c.Status = "Active"
	c.CreatedOn = m.w.OpeningOn - book.Date(m.between(20, 1500))
	c.GatewayID = c.gate.payer(c)
	c.NoNotices = m.chance(30)
	c.iban = m.iban(home.code)
	c.day = m.between(1, 28)
}

// domainName is a domain that nobody else has.
func (m *maker) domainName(name string) string {
	m.domains[name]++
	if n := m.domains[name]; n > 1 {
		name += "-" + strconv.Itoa(n)
	}
	return name + ".example"
}

// ways decides how a client pays and what it is in the habit of.
func (m *maker) ways(c *client) {
	c.Method = c.gate.own().module
	if c.tale != nil {
		c.Method = c.tale.method
		return
	}
	if c.gate != m.stripe {
		return
	}
	x := m.r.IntN(1000)
	switch {
	case c.Currency != "EUR":
	case x < 100:
		c.Method = "banktransfer"
		if m.chance(60) {
			c.habit = overpayer
		}
		return
	case x < 200:
		c.debit = true
		return
	}
	switch {
	case x >= 985:
		c.habit = massPayer
	case x >= 970:
		c.habit = fundsAdder
	case x >= 960:
		c.habit = drafted
	}
}

// product is something to rent: its price for a month by currency, in minor units.
type product struct {
	name          string
	eur, usd, gbp int64
}

var products = []product{
	{"Web Hosting Starter", 499, 549, 429}, {"Web Hosting Business", 999, 1099, 849},
	{"Web Hosting Pro", 1990, 2190, 1690}, {"Managed WordPress", 2450, 2690, 2090},
	{"VPS S", 1490, 1590, 1290}, {"VPS M", 2900, 3100, 2500}, {"VPS L", 4900, 5300, 4200},
	{"Backup Space 500 GB", 790, 850, 690}, {"Dedicated Server", 14900, 15900, 12900},
	{"Dedicated Server Max", 23020, 24900, 19900},
}

func (p product) price(c money.Currency, step int) int64 {
	monthly := p.eur
	switch c {
	case "USD":
		monthly = p.usd
	case "GBP":
		monthly = p.gbp
	case "INR", "JPY", "KWD":
		monthly = foreignPrice(p.eur, c)
	}
	switch step {
	case 3:
		return monthly*3 - monthly/10
	case 12:
		return monthly * 10
	}
	return monthly
}

var cycles = map[int]string{1: "Monthly", 3: "Quarterly", 12: "Annually"}

func (m *maker) makeServices() {
	for _, c := range m.clients {
		if c.tale != nil || c.habit != plain {
			p := products[m.between(1, 6)]
			if c.tale != nil && c.tale.product != nil {
				p = *c.tale.product
				c.taxBPS = 0
			}
			m.addService(c, p, 1)
			continue
		}
		n := 1
		if x := m.r.IntN(100); x >= 92 {
			n = 3
		} else if x >= 70 {
			n = 2
		}
		for range n {
			step := 1
			if x := m.r.IntN(100); x >= 85 {
				step = 12
			} else if x >= 65 {
				step = 3
			}
			// Small products are rented more often than large ones.
			p := products[min(m.r.IntN(len(products)), m.r.IntN(len(products)))]
			m.addService(c, p, step)
		}
	}
}

func (m *maker) addService(c *client, p product, step int) {
	m.serviceID++
	domain := c.domain
	if len(c.services) > 0 {
		domain = "s" + strconv.Itoa(len(c.services)+1) + "." + c.domain
	}
	s := &service{step: step, offset: m.r.IntN(step), Service: m.services.add(Service{
		ID: m.serviceID, CustomerID: c.ID, Product: p.name, Domain: domain, Status: "Active",
		Cycle: cycles[step], Method: c.Method,
		Recurring:    money.New(p.price(c.Currency, step), c.Currency),
		RegisteredOn: c.CreatedOn + book.Date(m.between(0, 15)),
	})}
	month := book.MonthOf(m.today)
	for !s.dueIn(month) || month.First()+book.Date(c.day-1) <= m.today {
		month++
	}
	s.NextDueOn = month.First() + book.Date(c.day-1) + termDays
	c.services = append(c.services, s)
}
