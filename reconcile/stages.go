package reconcile

import (
	"fmt"

	"countinghouse/app/book"
)

// stage is one pass of a run.
type stage struct {
	pass book.Pass
	name string
	run  func(*engine) error
}

// stages are the passes in the order in which they run.
var stages = []stage{
	{book.P0, "Reading references", (*engine).hygiene},
	{book.PHand, "Keeping decisions", (*engine).decisions},
	{book.P1, "Matching payments by id", (*engine).identity},
	{book.P2, "Matching charges by invoice", (*engine).metadata},
	{book.P3, "Linking refunds and disputes", (*engine).hardLinks},
	{book.P4, "Adding up payouts", (*engine).composition},
	{book.P5, "Finding payouts in the bank", (*engine).payoutIdentity},
	{book.P6, "Finding payouts by amount", (*engine).payoutAmount},
	{book.P7, "Matching bank transfers", (*engine).transfers},
	{book.P8, "Matching batches", (*engine).batches},
	{book.P9, "Allocating part payments", (*engine).partPayments},
	{book.P12, "Adding up open invoices", (*engine).sums},
	{book.P13, "Balancing what is connected", (*engine).balanced},
	{book.P14, "Offering what is likely", (*engine).weakTransfers},
	{book.P15, "Naming what is left", (*engine).residual},
}

// stage runs one pass and checks the invariants of what it added; done of all are behind it.
func (e *engine) stage(s stage, done, all int) error {
	if err := e.ctx.Err(); err != nil {
		return fmt.Errorf("reconcile: %s: %w", s.pass, err)
	}
	if e.in.Progress != nil {
		e.in.Progress(s.name, done, all)
	}
	if err := s.run(e); err != nil {
		return fmt.Errorf("reconcile: %s: %w", s.pass, err)
	}
	return e.check(s.pass)
}

// plan is the passes of a run with the user's rules in their places. Rules behind one pass run in the
// order in which they stand.
func (e *engine) plan() []stage {
	if len(e.in.Rules) == 0 {
		return stages
	}
	var out []stage
	for _, s := range stages {
		out = append(out, s)
		for i := range e.in.Rules {
			if r := &e.in.Rules[i]; r.After == s.pass {
				out = append(out, stage{book.PRule, "Applying rule " + r.Name, func(e *engine) error {
					e.applyRule(r)
					return nil
				}})
			}
		}
	}
	return out
}
