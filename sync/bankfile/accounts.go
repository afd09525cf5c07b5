package bankfile

import "fmt"

// accounts are the statements of a file that comes back to an account which it has left: its lines
// go on in the statement that it has already. They are told apart by what the format says of them.
type accounts struct {
	s     *sink
	named map[string]*Parsed
	all   []*Parsed
}

// maxStatements is how many statements a file may hold.
const maxStatements = 10_000

// maxRejects is how many entries of a file may be kept aside.
const maxRejects = 10_000

func newAccounts(s *sink) *accounts { return &accounts{s: s, named: map[string]*Parsed{}} }

// to opens the statement of an account, or goes on in it; fresh says which.
func (a *accounts) to(key string) (p *Parsed, fresh bool, err error) {
	if err := a.leave(); err != nil {
		return nil, false, err
	}
	if p := a.named[key]; p != nil {
		a.s.cur = p
		return p, false, nil
	}
	if len(a.all) >= maxStatements {
		return nil, false, refuse(fmt.Sprintf("more than %d statements", maxStatements),
			"export fewer accounts")
	}
	p = a.s.begin()
	a.named[key] = p
	a.all = append(a.all, p)
	return p, true, nil
}

// leave hands over what waits of the open statement, so that a batch is of one statement.
func (a *accounts) leave() error {
	cur := a.s.cur
	a.s.cur = nil
	if a.s.pass != handing || cur == nil || cur.plan == nil {
		return nil
	}
	return a.s.give(cur.plan)
}

// end closes all statements, in the order in which the file began them.
func (a *accounts) end() error {
	if err := a.leave(); err != nil {
		return err
	}
	for _, p := range a.all {
		a.s.cur = p
		if err := a.s.end(); err != nil {
			return err
		}
	}
	return nil
}

// aside keeps an entry of the open statement aside; a file of nothing but such entries is refused.
func (a *accounts) aside(place, field, reason string, raw []byte) error {
	n := 0
	for _, p := range a.all {
		n += len(p.Rejects)
	}
	if n >= maxRejects {
		return &Error{Place: place, Field: field, Reason: reason + "; ten thousand entries before it are unreadable too",
			Hint: "ask the bank for the file in another format"}
	}
	a.s.cur.reject(place, field, reason, string(raw[:min(len(raw), 8<<10)]))
	return nil
}
