package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/app/money"
)

// The documents below are the outside contract: their names are fixed.

// errorDoc stands where a command failed before it had a document: what was said on stderr.
type errorDoc struct {
	Error string `json:"error"`
}

type matchDoc struct {
	Pass     book.Pass       `json:"pass"`
	Leg      book.Leg        `json:"leg"`
	State    book.MatchState `json:"state"`
	Left     []book.ItemID   `json:"left"`
	Right    []book.ItemID   `json:"right"`
	Residual money.Money     `json:"residual"`
}

type exceptionDoc struct {
	ID            string               `json:"id"`
	Class         book.Class           `json:"class"`
	Flags         []book.Flag          `json:"flags"`
	Leg           book.Leg             `json:"leg"`
	Amount        money.Money          `json:"amount"`
	Items         []book.ItemID        `json:"items"`
	Detected      book.Instant         `json:"detected"`
	ExpectedClear book.Date            `json:"expected_clear"`
	Owner         *string              `json:"owner"`
	Due           book.Date            `json:"due"`
	Status        book.ExceptionStatus `json:"status"`
	Why           string               `json:"why"`
}

type stepDoc struct {
	Step   book.Step `json:"step"`
	Amount int64     `json:"amount"`
	Items  int       `json:"items"`
}

type bridgeDoc struct {
	Currency    money.Currency `json:"currency"`
	Steps       []stepDoc      `json:"steps"`
	Unexplained int64          `json:"unexplained"`
}

type proofDoc struct {
	Kind            book.ProofKind `json:"kind"`
	Source          string         `json:"source"`
	Currency        money.Currency `json:"currency"`
	AsOf            book.Instant   `json:"as_of"`
	Opening         int64          `json:"opening"`
	Movement        int64          `json:"movement"`
	Payouts         int64          `json:"payouts"`
	Closing         int64          `json:"closing"`
	ProviderClosing *int64         `json:"provider_closing"`
	Derived         bool           `json:"derived"`
	Holds           bool           `json:"holds"`
}

type autoRateDoc struct {
	BankLines float64 `json:"gateway_bank_lines"`
	Payments  float64 `json:"gateway_payments"`
}

type reconcileDoc struct {
	Period     book.Month     `json:"period"`
	Items      book.Counts    `json:"items"`
	Matches    []matchDoc     `json:"matches,omitzero"`
	Exceptions []exceptionDoc `json:"exceptions"`
	Bridge     []bridgeDoc    `json:"bridge"`
	Proofs     []proofDoc     `json:"proofs"`
	AutoRate   autoRateDoc    `json:"auto_rate"`
	// Marks is what the user's rules say of bank lines that match nothing, left out where there are none.
	Marks []markDoc `json:"marks,omitempty"`
}

type markDoc struct {
	Item   book.ItemID `json:"item"`
	Rule   string      `json:"rule"`
	Action string      `json:"action"`
	Reason string      `json:"reason"`
	Posted bool        `json:"posted"`
}

func reconcileDocument(m *app.Month, withMatches bool) reconcileDoc {
	d := reconcileDoc{Period: m.Period, Items: m.Counts,
		Exceptions: exceptionDocuments(m, m.Exceptions), Bridge: bridgeDocuments(m.Bridges),
		Proofs:   make([]proofDoc, 0, len(m.Proofs)),
		AutoRate: autoRateDoc{m.AutoLines.Share(), m.AutoPayments.Share()}}
	for _, p := range m.Proofs {
		d.Proofs = append(d.Proofs, proofDocument(p))
	}
	for _, x := range m.Marks {
		if m.Period.Has(m.ItemOn(x.Item)) {
			d.Marks = append(d.Marks, markDoc{x.Item, x.Rule, string(x.Action), x.Reason, x.Posted})
		}
	}
	if withMatches {
		d.Matches = make([]matchDoc, 0, len(m.Matches))
		for _, x := range m.MatchesInPeriod() {
			d.Matches = append(d.Matches, matchDoc{x.Pass, x.Leg, x.State, x.Left, x.Right,
				m.Residual(x)})
		}
	}
	return d
}

func proofDocument(p book.Proof) proofDoc {
	return proofDoc{p.Kind, p.Source, p.Currency, p.AsOf, p.Opening, p.Movement, p.Payouts,
		p.Closing, p.ProviderClosing, p.Derived, p.Holds}
}

func exceptionDocuments(m *app.Month, list []book.Exception) []exceptionDoc {
	out := make([]exceptionDoc, 0, len(list))
	for _, e := range list {
		d := exceptionDoc{ID: e.ID, Class: e.Class, Flags: e.Flags, Leg: e.Leg, Amount: e.Amount,
			Items: e.Items, Detected: e.DetectedAt, ExpectedClear: e.ClearsOn, Status: e.Status,
			Due: m.Work[e.ID].DueOn,
			Why: e.Why}
		if d.Flags == nil {
			d.Flags = []book.Flag{}
		}
		if e.Owner != "" {
			d.Owner = &e.Owner
		}
		out = append(out, d)
	}
	return out
}

func bridgeDocuments(list []book.Bridge) []bridgeDoc {
	out := make([]bridgeDoc, 0, len(list))
	for _, b := range list {
		d := bridgeDoc{Currency: b.Currency, Unexplained: b.Unexplained}
		for _, s := range b.Steps {
			if s.Step != book.StepUnexplained {
				d.Steps = append(d.Steps, stepDoc{s.Step, s.Amount, s.Items})
			}
		}
		out = append(out, d)
	}
	return out
}

type rowDoc struct {
	ID                  book.ItemID    `json:"id"`
	Row                 int            `json:"row"`
	Date                book.Date      `json:"date"`
	ValueDate           book.Date      `json:"value_date"`
	Amount              money.Money    `json:"amount"`
	Currency            money.Currency `json:"currency"`
	Reference           string         `json:"reference"`
	Structured          string         `json:"structured"`
	Counterparty        string         `json:"counterparty"`
	CounterpartyAccount string         `json:"counterparty_account"`
	Text                string         `json:"text"`
	BankID              string         `json:"bank_id"`
	Pending             bool           `json:"pending"`
	Duplicate           bool           `json:"duplicate"`
	// Details are the payments of a batch that is booked as one line.
	Details []detailDoc `json:"details"`
}

type detailDoc struct {
	// Amount is null where the bank states none.
	Amount              *money.Money `json:"amount"`
	Reference           string       `json:"reference"`
	Structured          string       `json:"structured"`
	Counterparty        string       `json:"counterparty"`
	CounterpartyAccount string       `json:"counterparty_account"`
	Text                string       `json:"text"`
	BankID              string       `json:"bank_id"`
}

func rowDocument(row app.ImportRow) rowDoc {
	l := row.Line
	d := rowDoc{l.ID, l.Row, l.On, l.ValueOn, l.Amount, l.Amount.Currency, l.Reference, l.Structured,
		l.Counterparty, l.CounterpartyAccount, l.Text, l.BankID, l.Pending, row.Duplicate,
		make([]detailDoc, 0, len(l.Details))}
	for _, x := range l.Details {
		d.Details = append(d.Details, detailDoc{x.Amount, x.Reference, x.Structured, x.Counterparty,
			x.CounterpartyAccount, x.Text, x.BankID})
	}
	return d
}

type quarantineDoc struct {
	// Row is nil where the place is not a row.
	Row    *int   `json:"row"`
	Place  string `json:"place"`
	Reason string `json:"reason"`
}

type questionDoc struct {
	Topic   app.Topic   `json:"topic"`
	Text    string      `json:"text"`
	Answers []answerDoc `json:"answers"`
}

type answerDoc struct {
	Value string `json:"value"`
	Means string `json:"means"`
}

type fileDoc struct {
	// Import is the import's number, by which it can be undone; null where nothing was stored.
	Import       *app.ImportID    `json:"import"`
	File         string           `json:"file"`
	Format       string           `json:"format"`
	Account      book.AccountName `json:"account"`
	Lines        int              `json:"lines"`
	New          int              `json:"new"`
	Duplicates   int              `json:"duplicates"`
	Replaced     int              `json:"replaced"`
	TakenIn      int              `json:"taken_in"`
	Quarantined  []quarantineDoc  `json:"quarantined"`
	Opening      *money.Money     `json:"opening"`
	Closing      *money.Money     `json:"closing"`
	BalanceHolds *bool            `json:"balance_holds"`
	Warnings     []string         `json:"warnings,omitempty"`
	Error        string           `json:"error,omitempty"`
	Questions    []questionDoc    `json:"questions,omitempty"`
	Rows         []rowDoc         `json:"rows"`
}

type importDoc struct {
	Files []fileDoc `json:"files"`
}

func importDocument(r app.ImportReport) importDoc {
	d := importDoc{Files: make([]fileDoc, 0, len(r.Files))}
	for _, f := range r.Files {
		x := fileDoc{File: f.Name, Format: f.Format, Account: f.Account, Lines: len(f.Rows),
			New: f.New, Duplicates: f.Duplicates, Replaced: f.Replaced, TakenIn: f.TakenIn,
			Quarantined: []quarantineDoc{},
			Opening:     f.Opening, Closing: f.Closing, BalanceHolds: f.BalanceHolds,
			Warnings: f.Warnings, Rows: make([]rowDoc, 0, len(f.Rows))}
		if f.Err != nil {
			x.Error = app.Explain(f.Err)
		}
		for _, q := range f.Quarantined {
			x.Quarantined = append(x.Quarantined, quarantineDoc{rowOf(q.Place), q.Place, q.Reason})
		}
		if f.ID != 0 {
			x.Import = &f.ID
		}
		x.Questions = questionDocuments(f.Questions)
		for _, row := range f.Rows {
			x.Rows = append(x.Rows, rowDocument(row))
		}
		d.Files = append(d.Files, x)
	}
	return d
}

// rowOf is the number in "row 6".
func rowOf(place string) *int {
	digits, ok := strings.CutPrefix(place, "row ")
	row, err := strconv.Atoi(digits)
	if !ok || err != nil {
		return nil
	}
	return &row
}

func questionDocuments(list []app.Question) []questionDoc {
	var out []questionDoc
	for _, q := range list {
		d := questionDoc{q.Topic, q.Text, make([]answerDoc, 0, len(q.Answers))}
		for _, x := range q.Answers {
			d.Answers = append(d.Answers, answerDoc{x.Value, x.Means})
		}
		out = append(out, d)
	}
	return out
}

func writeJSON(w io.Writer, document any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	if err := e.Encode(document); err != nil {
		return fmt.Errorf("write the document: %w", err)
	}
	return nil
}
