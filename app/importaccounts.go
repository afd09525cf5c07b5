package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/sync/bankfile"
)

// hit is an account that a file is of, and the number by which the file names it, or by which it is
// to be compared.
type hit struct {
	AccountConfig
	number string
}

// AccountsFor are the configured accounts that a statement file may be of, the best first: those that
// it names by IBAN or number, else those in its currency. An import without an account takes the
// named ones, and one by its currency where it is the only one. The answers are those to the file's
// questions so far. An error says why the file cannot be read, or that it is of another account.
func (a *App) AccountsFor(ctx context.Context, path string, answers ...string) ([]book.AccountName,
	error) {
	file, _, err := openStatement(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	found, err := a.candidates(ctx, file, path, ImportRequest{Answers: answers})
	var out []book.AccountName
	for _, h := range found.hits {
		out = append(out, h.Name)
	}
	return out, err
}

// accountsOf are the accounts to import a file into.
func (a *App) accountsOf(ctx context.Context, file io.ReadSeeker, path string,
	q ImportRequest) ([]hit, error) {
	if x, ok := a.Config().Account(q.Account); ok {
		return []hit{unnumbered(x)}, nil
	}
	found, err := a.candidates(ctx, file, path, q)
	hits := found.hits
	switch {
	case err != nil:
		return nil, err
	case found.byNumber, len(hits) == 1 && found.unknown == "":
		return hits, nil
	case found.unknown != "":
		return nil, notConfigured(path, found.unknown)
	case len(hits) == 0:
		return nil, fmt.Errorf("%s is in a currency of which no account is configured: add an "+
			"[[account]] to %s, or name its account with --account", baseName(path), ConfigName)
	}
	names := make([]string, len(hits))
	for i, h := range hits {
		names[i] = string(h.Name)
	}
	return nil, fmt.Errorf("%s does not say of which account it is: name one of %s with --account",
		baseName(path), strings.Join(names, ", "))
}

// unnumbered is an account with the number that is compared where nothing says which.
func unnumbered(x AccountConfig) hit {
	if x.IBAN != "" {
		return hit{x, x.IBAN}
	}
	return hit{x, x.Number}
}

// candidates are the accounts that a file may be of.
type candidates struct {
	hits []hit
	// byNumber says that the file names them itself; unknown is a number that it names and none of
	// ours has.
	byNumber bool
	unknown  string
}

// notConfigured is the refusal of a file of an account that we do not have.
func notConfigured(path, number string) error {
	return fmt.Errorf("%s is a statement of account %s, which is none in %s: add an [[account]] with "+
		"this number, or name its account with --account", baseName(path), number, ConfigName)
}

// candidates are the accounts that a file may be of. One that names a number which none of ours has
// may be of one whose number is not configured.
func (a *App) candidates(ctx context.Context, file io.ReadSeeker, path string,
	q ImportRequest) (out candidates, err error) {
	f, err := a.survey(ctx, file, path, q)
	if err != nil {
		return out, err
	}
	unnamed := 0
	for _, p := range f.Statements {
		if p.AccountNumber == "" {
			unnamed++
			continue
		}
		found := false
		for _, x := range a.Config().Accounts {
			number, ok := x.namedBy(p.AccountNumber)
			if !ok || !x.holds(p.Currency) {
				continue
			}
			found = true
			if !slices.ContainsFunc(out.hits, func(h hit) bool { return h.Name == x.Name }) {
				out.hits = append(out.hits, hit{x, number})
			}
		}
		if !found {
			out.unknown = p.AccountNumber
		}
	}
	switch out.byNumber = len(out.hits) > 0; {
	case len(out.hits) > 1 && unnamed > 0:
		return out, fmt.Errorf("%s has statements of several accounts, and some that name none: "+
			"name the account with --account", f.Name)
	case out.byNumber:
		return out, nil
	}
	for _, x := range a.Config().Accounts {
		if f.mayBeOf(x) && (out.unknown == "" || x.IBAN == "" && x.Number == "") {
			out.hits = append(out.hits, unnumbered(x))
		}
	}
	if len(out.hits) == 0 && out.unknown != "" {
		return out, notConfigured(f.Name, out.unknown)
	}
	return out, nil
}

// namedBy reports whether a number in a file is the account's, and by which of its own.
func (x AccountConfig) namedBy(number string) (string, bool) {
	for _, own := range []string{x.IBAN, x.Number} {
		if bankfile.SameNumber(own, number) {
			return own, true
		}
	}
	return "", false
}

// holds reports whether a statement in a currency may be of the account; "" is not known.
func (x AccountConfig) holds(c money.Currency) bool { return c == "" || c == x.Currency }

// keepOwn leaves out the statements of another account with the same number: a bank may keep one
// number in several currencies.
func (h hit) keepOwn(f *bankfile.File, hits []hit) {
	shared := slices.ContainsFunc(hits, func(x hit) bool {
		return x.Name != h.Name && bankfile.SameNumber(x.number, h.number)
	})
	if !shared {
		return
	}
	f.Statements = slices.DeleteFunc(f.Statements, func(p bankfile.Parsed) bool {
		return !h.holds(p.Currency)
	})
}

// surveyed is a file of which it is to be found out whose it is.
type surveyed struct{ bankfile.File }

// mayBeOf reports whether the file's statements are in the account's currency, as far as they say.
func (f surveyed) mayBeOf(x AccountConfig) bool {
	for _, p := range f.Statements {
		if !x.holds(p.Currency) {
			return false
		}
	}
	return true
}

// survey reads a file for what it says of its account. Whose it is does not depend on what it asks,
// so that open questions are answered anyhow; where that does not do, nothing is known of it.
func (a *App) survey(ctx context.Context, file io.ReadSeeker, path string,
	q ImportRequest) (surveyed, error) {
	o, err := a.importOptions(ctx, hit{}, q)
	if err != nil {
		return surveyed{}, err
	}
	for range len(Topics) + 1 {
		f, err := readAgain(ctx, file, path, o, bankfile.Survey)
		var ask *bankfile.Ask
		if !errors.As(err, &ask) {
			return surveyed{f}, err
		}
		p, _, err := answered(f.Profile, func(Topic) bool { return true }, q.Answers)
		if err != nil {
			return surveyed{f}, err
		}
		for _, x := range ask.Questions {
			if len(x.Answers) == 0 {
				return surveyed{f}, nil
			}
			if p, err = p.With(x.Topic, x.Answers[0].Value); err != nil {
				return surveyed{f}, nil
			}
		}
		o.Profile = &p
	}
	return surveyed{}, nil
}
