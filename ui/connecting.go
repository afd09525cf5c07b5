package ui

import (
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/ui/kit"
	"countinghouse/ui/present"
)

// kindAccount is the choice of a bank account among the kinds of source.
const kindAccount = "account"

// connectionForm adds a connection: first its kind is chosen, then it is filled in, tested and saved.
// Where there is no profile it asks for the business too.
type connectionForm struct {
	x *connectionsTab
	s *shell
	// kind is what is added, "" while it is chosen.
	kind  string
	kinds *kit.PickList
	known []app.MethodChoice

	business []formField // of a new profile
	fields   []formField // name and address
	secrets  []formField
	methods  []linkBox
	accounts []linkBox
	other    *kit.Entry // names of methods that are not in the books

	tested           *app.Test
	testing, saving  bool
	fault            string
	result, said     *fyne.Container
	test, save, quit *kit.Button
	why              *kit.Label // why the save is not a plain one
}

// formField is one field with what it is called in the configuration.
type formField struct {
	name, label, hint string
	entry             *kit.Entry
}

// linkBox is a choice of something that leads to a connection.
type linkBox struct {
	id  string
	box *kit.CheckBox
}

func newConnectionForm(x *connectionsTab) *connectionForm {
	f := &connectionForm{x: x, s: x.s, kinds: kit.NewPickList(), result: stacked(0, 0),
		said: stacked(0, 0), why: kit.NewLabel("", kit.Second)}
	var rows []kit.PickRow
	for _, k := range app.SourceKinds() {
		row := kit.PickRow{ID: k.Kind, Icon: "card", Title: k.Title, Note: "Gateway: moves the money"}
		if k.Role == app.RoleBilling {
			row.Icon, row.Note = "receipt", present.BillingNote(k)
		}
		rows = append(rows, row)
	}
	if f.s.profile != nil {
		rows = append(rows, kit.PickRow{ID: kindAccount, Icon: "payouts", Title: "Bank account",
			Note: "Holds the money; its statements are imported from files"})
	}
	f.kinds.Set(rows...)
	f.kinds.Select(rows[0].ID)
	f.kinds.OnOpen = f.choose
	f.kinds.OnCursor = func(top, bottom float32) { f.x.detail.revealIn(f.kinds, top-20, bottom+40) }
	f.loadMethods()
	return f
}

// loadMethods reads the payment methods that are in the books.
func (f *connectionForm) loadMethods() {
	a := f.s.profile
	if a == nil {
		return
	}
	f.s.work.start(f.s.work.ctx, func(ctx context.Context) func() {
		list, err := a.Methods(ctx)
		return func() {
			if err != nil {
				f.say(app.Explain(err))
				return
			}
			f.known = list
		}
	})
}

// first is where the keyboard begins.
func (f *connectionForm) first() fyne.Focusable {
	switch {
	case f.kind == "":
		return f.kinds
	case len(f.business) > 0:
		return f.business[0].entry.Focusable()
	}
	return f.fields[0].entry.Focusable()
}

// back goes back to the choice of the kind, and says whether it was further.
func (f *connectionForm) back() bool {
	if f.kind == "" || f.testing || f.saving {
		return f.testing || f.saving
	}
	f.kind, f.tested, f.fault = "", nil, ""
	f.show()
	return true
}

// show lays the form out and gives it the keyboard.
func (f *connectionForm) show() {
	if f.kind == "" {
		f.x.detail.set(stacked(14, 24, kit.NewLabel("What do you want to connect?", kit.Heading.At(17)),
			kit.NewProse("The billing system first, then the gateways, then the bank accounts into which "+
				"they pay out. Everything is only read.", kit.Body.In(kit.Text2), 640),
			kit.NewCard("", "", nil, f.kinds, 0)))
	} else {
		f.x.detail.set(f.page())
	}
	if f.s.shows(atSettings) {
		f.s.canvas.Focus(f.first())
	}
}

// choose begins to add a kind.
func (f *connectionForm) choose(kind string) {
	f.kind, f.tested, f.fault = kind, nil, ""
	f.business, f.secrets, f.methods, f.accounts, f.other = nil, nil, nil, nil, nil
	if f.s.profile == nil {
		f.business = businessFields()
	}
	if kind == kindAccount {
		f.fields = accountFields(f.s.profile.Config())
		for _, c := range f.x.known {
			if c.Role == app.RoleGateway {
				f.accounts = append(f.accounts, linkBox{string(c.Name), kit.NewCheckBox(c.Title, "")})
			}
		}
	} else {
		f.sourceFields(kind)
	}
	for _, l := range [][]formField{f.business, f.fields, f.secrets} {
		for _, field := range l {
			field.entry.OnChanged = func(string) { f.edited() }
		}
	}
	f.test = kit.NewButton(kit.ButtonSpec{})
	f.save = kit.NewButton(kit.ButtonSpec{})
	f.quit = kit.NewButton(kit.ButtonSpec{Label: "Back", Key: "Esc", OnTap: func() { f.s.escape() }})
	f.update()
	f.show()
}

func field(name, label, placeholder, hint, value string) formField {
	out := formField{name, label, hint, kit.NewEntry(placeholder)}
	out.entry.SetText(value)
	return out
}

func businessFields() []formField {
	return []formField{
		field("name", "Business", "Northwind Hosting", "", ""),
		field("currency", "Base currency", "EUR", "What you report in.", "EUR"),
		field("zone", "Time zone", "Europe/Vilnius", "Days and months are counted in it.", "UTC"),
		field("opening", "Opening date", "2026-01-01", "Nothing before it is reconciled.", ""),
	}
}

func accountFields(c *app.Config) []formField {
	return []formField{
		field("name", "Name", "operating", "Small letters, digits and -.", ""),
		field("currency", "Currency", "EUR", "", string(c.Business.BaseCurrency)),
		field("number", "IBAN or number", "LT12 1000 0111 0100 1000", "", ""),
		field("calendar", "Calendar", "target",
			"Its business days: target, us, gb, in, or none.", "target"),
	}
}

func (f *connectionForm) sourceFields(kind string) {
	all := app.SourceKinds()
	k := all[slices.IndexFunc(all, func(k app.SourceKind) bool { return k.Kind == kind })]
	c := &app.Config{}
	if f.s.profile != nil {
		c = f.s.profile.Config()
	}
	address := field("url", "Address", "https://billing.example.com", "The system URL of your "+k.Title+".", "")
	if !k.URLRequired {
		address = field("url", "Address", "the live address of "+k.Title, "Only for a proxy or a sandbox.", "")
	}
	f.fields = []formField{field("name", "Name", kind, "Small letters, digits and -.", string(c.SuggestName(kind))),
		address}
	if k.Mapped {
		hint := "A file in the profile folder, where the one that comes along does not fit."
		if k.Unmapped {
			hint = "The file in the profile folder that describes your billing system; left empty, one is " +
				"begun that you change and try under Profile."
		}
		f.fields = append(f.fields, field("profile", "Billing profile", "billing.toml", hint, ""))
	}
	for _, x := range k.Secrets {
		placeholder := "not shown while you type"
		if x.Optional {
			placeholder = "optional"
		}
		f.secrets = append(f.secrets, formField{x.Name, present.KeyTitle(x.Name),
			x.Title, kit.NewSecretField(placeholder)})
	}
	if k.Role == app.RoleGateway {
		f.links(c, kind)
	}
}

// links offer what leads to a gateway, with those that look like it chosen.
func (f *connectionForm) links(c *app.Config, kind string) {
	f.methods, f.other = methodBoxes(f.known, func(m app.MethodChoice) bool {
		return m.Behind == "" && app.SuggestedMethod(kind, m.Name)
	})
	if len(c.Sources) > 0 && !slices.ContainsFunc(f.known, func(m app.MethodChoice) bool {
		return m.Stated || m.Name == kind
	}) {
		// Nothing is known of the billing system yet: its modules mostly have the gateway's name.
		f.other.SetText(kind)
	}
	for _, a := range c.Accounts {
		b := linkBox{string(a.Name), kit.NewCheckBox(string(a.Name), string(a.Currency))}
		b.box.SetChecked(len(c.Accounts) == 1)
		f.accounts = append(f.accounts, b)
	}
}

func methodBoxes(known []app.MethodChoice, on func(app.MethodChoice) bool) ([]linkBox, *kit.Entry) {
	var out []linkBox
	for _, m := range known {
		title := m.Title
		if m.Title != m.Name {
			title += " (" + m.Name + ")"
		}
		text := "leads nowhere yet"
		if m.Behind != "" {
			text = "leads to " + m.Behind
		}
		b := linkBox{m.Name, kit.NewCheckBox(title, text)}
		b.box.SetChecked(on(m))
		out = append(out, b)
	}
	return out, kit.NewEntry("names as the billing system has them, with commas between")
}

func ticked(list []linkBox) []string {
	var out []string
	for _, b := range list {
		if b.box.Checked() {
			out = append(out, b.id)
		}
	}
	return out
}

// linksOf are the links that boxes and the field beside them say.
func linksOf(methods, accounts []linkBox, other *kit.Entry) app.Links {
	l := app.Links{Methods: ticked(methods)}
	if other != nil {
		for name := range strings.SplitSeq(other.Text(), ",") {
			if name = strings.TrimSpace(name); name != "" && !slices.Contains(l.Methods, name) {
				l.Methods = append(l.Methods, name)
			}
		}
	}
	for _, id := range ticked(accounts) {
		l.Settles = append(l.Settles, book.AccountName(id))
	}
	return l
}

func value(list []formField, name string) string {
	for _, f := range list {
		if f.name == name {
			return strings.TrimSpace(f.entry.Text())
		}
	}
	return ""
}

// request is what the form says.
func (f *connectionForm) request() app.ConnectionRequest {
	r := app.ConnectionRequest{Name: book.SourceName(value(f.fields, "name")), Kind: f.kind,
		URL: value(f.fields, "url"), Profile: value(f.fields, "profile"), Secrets: map[string]app.Secret{},
		Links: linksOf(f.methods, f.accounts, f.other)}
	for _, s := range f.secrets {
		r.Secrets[s.name] = app.Secret(s.entry.Text())
	}
	return r
}

func (f *connectionForm) account() app.AccountRequest {
	r := app.AccountRequest{Name: book.AccountName(value(f.fields, "name")),
		Currency: money.Currency(value(f.fields, "currency")), Number: value(f.fields, "number"),
		Calendar: value(f.fields, "calendar")}
	for _, id := range ticked(f.accounts) {
		r.Settles = append(r.Settles, book.SourceName(id))
	}
	return r
}

func (f *connectionForm) newBusiness() app.Business {
	return app.Business{Name: value(f.business, "name"), Timezone: value(f.business, "zone"),
		BaseCurrency: money.Currency(value(f.business, "currency")),
		OpeningDate:  value(f.business, "opening")}
}

// edited takes back what a test or a save said of older values.
func (f *connectionForm) edited() {
	if f.tested == nil && f.fault == "" {
		return
	}
	f.tested, f.fault = nil, ""
	f.update()
}

// say shows what is wrong, "" nothing.
func (f *connectionForm) say(text string) {
	f.fault = text
	if f.kind != "" {
		f.update()
	}
}
