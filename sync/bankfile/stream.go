package bankfile

import (
	"context"
	"errors"
	"io"
	"slices"

	"countinghouse/app/book"
)

// Stream reads a statement file like Read and hands its lines over in batches instead of keeping
// them, so that memory does not grow with them but for 8 to 24 bytes a line, by which equal lines
// are told apart. The file is read twice: what is decided by the whole of it is known before the
// first line comes. take gets the statement as the whole file describes it, without Lines, and lines
// of it that it may keep but not the slice; their StatementID is empty, because it is the
// fingerprint of all of them: the File has it in the end. An error of take ends the reading and
// comes back as it is.
func Stream(ctx context.Context, r io.ReadSeeker, name string, o Options,
	take func(p *Parsed, lines []book.BankLine) error) (File, error) {
	in, f, s := open(ctx, r, name, o, surveying)
	if err := f.finish(in, s); err != nil {
		return *f, err
	}
	if err := in.rewind(); err != nil {
		return *f, f.named(err)
	}
	again := &File{Name: f.Name}
	s.ids.equal.reserve(s.entries)
	s = &sink{f: again, o: s.o, pass: handing, ids: s.ids, plan: f, take: take, memo: s.memo,
		batch: make([]book.BankLine, 0, min(batchSize, s.entries))}
	defer s.settle()
	if err := again.read(in, s); err != nil {
		if t, ok := errors.AsType[*taken](err); ok {
			return *f, t.err
		}
		return *f, f.named(err)
	}
	return *f, nil
}

// Survey reads a file once, like Read, and keeps no lines: what it is, of which accounts, and what
// it asks.
func Survey(ctx context.Context, r io.ReadSeeker, name string, o Options) (File, error) {
	in, f, s := open(ctx, r, name, o, surveying)
	err := f.finish(in, s)
	return *f, err
}

// taken is the error of the function that takes the lines.
type taken struct{ err error }

func (t *taken) Error() string { return t.err.Error() }

// planned is the statement of the survey that is being read again, nil for one that is left out.
func (s *sink) planned(p *Parsed) *Parsed {
	all := s.plan.Statements
	i, ok := slices.BinarySearchFunc(all, p.at, func(a Parsed, at int) int { return a.at - at })
	if !ok {
		return nil
	}
	return &all[i]
}

// hand gives a line its amount and id and puts it into the batch.
func (s *sink) hand(l *book.BankLine, reversal bool) error {
	if s.cur.plan == nil {
		if s.cur.plan = s.planned(s.cur); s.cur.plan == nil {
			return nil
		}
	}
	if reversal && s.cur.plan.turned && l.Amount.Currency == s.cur.plan.Currency {
		turnRound(l)
	}
	s.batch = append(s.batch, *l)
	s.weight += len(l.Text) + 512*len(l.Details)
	if len(s.batch) < batchSize && s.weight < batchWeight {
		return nil
	}
	return s.give(s.cur.plan)
}

// naming is a batch of a statement's lines that get their ids while the next ones are read.
type naming struct {
	p     *Parsed
	lines []book.BankLine
	done  chan struct{}
}

// give lets the batch be named, and hands over the one that was named meanwhile.
func (s *sink) give(p *Parsed) error {
	if len(s.batch) == 0 {
		return nil
	}
	before := s.settle()
	n := &naming{p, s.batch, make(chan struct{})}
	s.naming, s.batch, s.weight = n, nil, 0
	sum := p.signing()
	go func() {
		s.ids.name(n.lines, sum)
		close(n.done)
	}()
	if before == nil {
		s.batch = make([]book.BankLine, 0, cap(n.lines))
		return nil
	}
	s.batch = before.lines[:0]
	return s.handOver(before)
}

// settle waits for the batch that is being named; nil where there is none.
func (s *sink) settle() *naming {
	n := s.naming
	if n != nil {
		<-n.done
	}
	s.naming = nil
	return n
}

func (s *sink) handOver(n *naming) error {
	if err := s.take(n.p, n.lines); err != nil {
		return &taken{err}
	}
	return nil
}

// flush hands over what is left of a statement and signs it.
func (s *sink) flush(p *Parsed) error {
	if p.plan == nil {
		p.plan = s.planned(p)
	}
	if p.plan == nil {
		return nil
	}
	if err := s.give(p.plan); err != nil {
		return err
	}
	if last := s.settle(); last != nil {
		if err := s.handOver(last); err != nil {
			return err
		}
	}
	p.plan.sign()
	return nil
}
