package bankfile

import "errors"

// portion is the rows of one piece of a text, with the error or end behind them.
type portion struct {
	rows  []row
	cells []string
	err   error
}

// fill reads the next rows, up to where the scanner needs more of the text.
func (p *portion) fill(s *rowScanner) {
	p.rows, s.cells, s.from = p.rows[:0], p.cells[:0], 0
	for p.err == nil {
		p.rows = s.plain(p.rows)
		r, err := s.row()
		switch {
		case err == nil:
			p.rows = append(p.rows, r)
			s.from = len(s.cells)
			continue
		case !errors.Is(err, errMore):
			p.err = err
		default:
			p.err = s.more()
		}
		if len(p.rows) > 0 {
			break
		}
	}
	p.cells = s.cells
}

// inFlight is how many portions there are: one that is used, others that are filled meanwhile.
const inFlight = 4

// ahead gives the rows of a scanner, which reads beside those who use them. They come in their order,
// and an error comes where it would have come without.
type ahead struct {
	// full are to be used, spare to be filled; each has room for all, so that nobody waits to give one.
	full, spare chan *portion
	stop        chan struct{}
	now         *portion
	at          int
}

// readAhead begins to read; close ends it.
func readAhead(s *rowScanner) *ahead {
	a := &ahead{full: make(chan *portion, inFlight), spare: make(chan *portion, inFlight),
		stop: make(chan struct{}), now: new(portion)}
	for range inFlight - 1 {
		a.spare <- new(portion)
	}
	go a.read(s)
	return a
}

func (a *ahead) read(s *rowScanner) {
	defer close(a.full)
	for {
		select {
		case <-a.stop:
			return
		case p := <-a.spare:
			p.fill(s)
			a.full <- p
			if p.err != nil {
				return
			}
		}
	}
}

// next is the next row. Its cells are good until the next call.
func (a *ahead) next() (row, error) {
	for a.at == len(a.now.rows) {
		if a.now.err != nil {
			return row{}, a.now.err
		}
		a.spare <- a.now
		a.now, a.at = <-a.full, 0
	}
	a.at++
	return a.now.rows[a.at-1], nil
}

// some are the next rows, at least one. They are good until the next call.
func (a *ahead) some() ([]row, error) {
	if _, err := a.next(); err != nil {
		return nil, err
	}
	rows := a.now.rows[a.at-1:]
	a.at = len(a.now.rows)
	return rows, nil
}

// close returns when nothing is read any more.
func (a *ahead) close() {
	close(a.stop)
	for range a.full {
	}
}
