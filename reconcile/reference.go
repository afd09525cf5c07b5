package reconcile

import (
	"strings"

	"countinghouse/app/book"
)

// aliasIndex finds the transactions of one gateway by any id under which billing may know them.
// Only ids that some payment quotes are kept.
type aliasIndex struct {
	// quoted holds each quoted reference, with the first transaction of that alias or none.
	quoted map[string]int32
	// more holds the further transactions of an alias that several share, as attempts do with one
	// intent.
	more map[string][]int32
	// folded does the same for references that match no alias as they are written: letter case,
	// blanks, line ends and words around the id taken away.
	folded map[string][]int32
	// tails marks the ends of the folded references.
	tails []bool
}

// wanted collects what payments quote, by gateway.
func (e *engine) wanted() {
	for _, s := range e.in.Sources {
		if s.Role == Gateway {
			e.aliases[s.Name] = &aliasIndex{quoted: map[string]int32{}, more: map[string][]int32{},
				folded: map[string][]int32{}, tails: make([]bool, 1<<16)}
		}
	}
	for i, p := range e.pays {
		if x := e.aliases[e.behind[i]]; x != nil && p.Reference != "" {
			x.quoted[p.Reference] = none
		}
	}
}

// note takes up one alias of a transaction, if any payment quotes it.
func (x *aliasIndex) note(alias string, t int32) {
	first, ok := x.quoted[alias]
	if !ok || alias == "" || first == t {
		return
	}
	if first == none {
		x.quoted[alias] = t
		return
	}
	x.more[alias] = appendNew(x.more[alias], t)
}

// foldLost looks again, folded, for references that no alias equals as written.
func (x *aliasIndex) foldLost(e *engine) {
	for ref, t := range x.quoted {
		if t == none {
			for _, key := range foldedKeys(ref) {
				x.folded[key] = nil
			}
		}
	}
	if len(x.folded) == 0 {
		return
	}
	for key := range x.folded {
		x.tails[tail(key)] = true
	}
	for i, t := range e.txs {
		if e.aliases[t.Source] != x {
			continue
		}
		x.noteFolded(t.ID.Native(), int32(i))
		for _, a := range t.Aliases {
			x.noteFolded(a, int32(i))
		}
	}
}

func (x *aliasIndex) noteFolded(alias string, t int32) {
	if !x.tails[tail(alias)] {
		return
	}
	key := fold(alias)
	if had, ok := x.folded[key]; ok && key != "" {
		x.folded[key] = appendNew(had, t)
	}
}

// tail is the end of a text as fold would leave it: its last three characters as a small number. It
// lets all but a few aliases be passed over without folding them.
func tail(s string) uint16 {
	n, left := uint16(0), 3
	for i := len(s) - 1; i >= 0 && left > 0; i-- {
		c := s[i]
		if c >= 'a' && c <= 'z' {
			c -= 'a' - 'A'
		}
		if keeps(c) {
			n = n*40 + uint16(c-'0')%40
			left--
		}
	}
	return n
}

// resolve finds all transactions that a payment's reference stands for, by id.
func (x *aliasIndex) resolve(reference string) []int32 {
	if first, ok := x.quoted[reference]; ok && first != none {
		return append([]int32{first}, x.more[reference]...)
	}
	var out []int32
	for _, key := range foldedKeys(reference) {
		for _, t := range x.folded[key] {
			out = appendNew(out, t)
		}
	}
	return out
}

func appendNew(all []int32, t int32) []int32 {
	for _, o := range all {
		if o == t {
			return all
		}
	}
	return append(all, t)
}

// foldedKeys are the forms in which a reference may hide an id: the whole of it without blanks, and
// each of its words of six characters or more.
func foldedKeys(reference string) []string {
	whole := fold(reference)
	if len(whole) < 6 {
		return nil
	}
	out := []string{whole}
	for _, word := range strings.FieldsFunc(reference, isNoise) {
		if w := fold(word); len(w) >= 6 && w != whole {
			out = append(out, w)
		}
	}
	return out
}

// isNoise reports whether a rune cannot be part of a gateway's id.
func isNoise(r rune) bool {
	switch {
	case r >= '0' && r <= '9', r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r == '_', r == '-':
		return false
	}
	return true
}

// fold writes a text in upper case with letters, digits and underscores of ASCII only, so that
// blanks, line ends and punctuation make no difference.
func fold(s string) string {
	plain := true
	for i := range len(s) {
		if !keeps(s[i]) {
			plain = false
			break
		}
	}
	if plain {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := range len(s) {
		c := s[i]
		if c >= 'a' && c <= 'z' {
			c -= 'a' - 'A'
		}
		if keeps(c) {
			b = append(b, c)
		}
	}
	return string(b)
}

func keeps(c byte) bool { return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c == '_' }

// isGateway reports whether a gateway of this name is configured.
func (e *engine) isGateway(name book.SourceName) bool {
	s := e.sources[name]
	return s != nil && s.Role == Gateway
}

// sourceOf is the source with a name, or an empty one.
func (e *engine) sourceOf(name book.SourceName) Source {
	if s := e.sources[name]; s != nil {
		return *s
	}
	return Source{Name: name, Role: Gateway}
}
