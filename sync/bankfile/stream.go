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

// inNaming is how many batches may wait for their ids or to be handed over.
const inNaming = 4

// give lets the batch be named behind those before it, and hands over what was named meanwhile.
func (s *sink) give(p *Parsed) error {
	if len(s.batch) == 0 {
		return nil
	}
	n := &naming{p, s.batch, make(chan struct{})}
	var before chan struct{}
	if k := len(s.naming); k > 0 {
		before = s.naming[k-1].done
	}
	s.naming = append(s.naming, n)
	sum := p.signing()
	go func() {
		prints := make([]fingerprint, len(n.lines))
		new(printing).of(n.lines, prints)
		if before != nil {
			<-before
		}
		s.ids.nameAll(n.lines, prints, sum)
		close(n.done)
	}()
	s.weight = 0
	if len(s.naming) <= inNaming {
		s.batch = make([]book.BankLine, 0, cap(n.lines))
		return nil
	}
	s.batch = s.naming[0].lines[:0]
	return s.handOver()
}

// handOver hands the first of the batches that are being named over.
func (s *sink) handOver() error {
	n := s.naming[0]
	s.naming = slices.Delete(s.naming, 0, 1)
	<-n.done
	if err := s.take(n.p, n.lines); err != nil {
		return &taken{err}
	}
	return nil
}

// settle waits until nothing is being named any more.
func (s *sink) settle() {
	for _, n := range s.naming {
		<-n.done
	}
	s.naming = nil
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
	for len(s.naming) > 0 {
		if err := s.handOver(); err != nil {
			return err
		}
	}
	p.plan.sign()
	return nil
}
