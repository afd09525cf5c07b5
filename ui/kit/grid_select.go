package kit

// Selection is a set of record ids, never of positions, so it outlives sorting and filtering.
// "All" is kept as all except these.
type Selection struct {
	all bool
	ids map[string]bool
}

// Has says whether the record is selected.
func (s *Selection) Has(id string) bool { return s.ids[id] != s.all }

// Set selects or unselects one record.
func (s *Selection) Set(id string, on bool) {
	if s.ids == nil {
		s.ids = map[string]bool{}
	}
	if on == s.all {
		delete(s.ids, id)
	} else {
		s.ids[id] = true
	}
}

// All selects every record of the filter, also those that come later.
func (s *Selection) All() { s.all, s.ids = true, nil }

// Clear selects nothing.
func (s *Selection) Clear() { s.all, s.ids = false, nil }

// IsAll says whether the selection is "all except".
func (s *Selection) IsAll() bool { return s.all }

// IDs returns the selected ids, or with IsAll the excepted ones; the order is not defined.
func (s *Selection) IDs() []string {
	ids := make([]string, 0, len(s.ids))
	for id := range s.ids {
		ids = append(ids, id)
	}
	return ids
}

// Count is how many of total records are selected.
func (s *Selection) Count(total int) int {
	if s.all {
		return total - len(s.ids)
	}
	return len(s.ids)
}
