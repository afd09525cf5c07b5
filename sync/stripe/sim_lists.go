package stripe

import (
	"math"
	"net/http"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
)

// collection is a list of objects, oldest first, with what is needed to page through it from any
// object on without looking at the others.
type collection struct {
	noun   string
	length int
	id     func(i int) string
	at     func(i int) int64
	render func(i int, expand map[string]bool) any
	// filters are the parameters that must equal a key of the object.
	filters map[string]func(i int) string
	// expandable are the fields that can be expanded.
	expandable []string

	places map[string]int
	mu     sync.Mutex
	// groups are the places of the objects by parameter and key, made when first asked for.
	groups map[string]map[string][]int
}

// settle makes the index by id.
func (c *collection) settle() *collection {
	c.places, c.groups = make(map[string]int, c.length), map[string]map[string][]int{}
	for i := range c.length {
		c.places[c.id(i)] = i
	}
	return c
}

func (c *collection) find(id string) (int, bool) {
	i, ok := c.places[id]
	return i, ok
}

// group are the places of the objects with a key, oldest first.
func (c *collection) group(param, key string) []int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.groups[param] == nil {
		groups := map[string][]int{}
		for i := range c.length {
			k := c.filters[param](i)
			groups[k] = append(groups[k], i)
		}
		c.groups[param] = groups
	}
	return c.groups[param][key]
}

// params are the parameters of a request.
type params struct {
	limit         int
	after, before string
	from, to      int64
	expand        map[string]bool
	filters       map[string]string
	types         []string
}

var (
	nested  = regexp.MustCompile(`^(\w+)\[(\w*)\]$`)
	numbers = regexp.MustCompile(`^[0-9]+$`)
)

// parseParams reads the query for a list (nil for none) or for one object of it.
func parseParams(r *http.Request, list *collection, single bool) (params, *simError) {
	p := params{limit: 10, from: math.MinInt64, to: math.MaxInt64, expand: map[string]bool{},
		filters: map[string]string{}}
	for key, values := range r.URL.Query() {
		name, inner := key, ""
		if m := nested.FindStringSubmatch(key); m != nil {
			name, inner = m[1], m[2]
		}
		for _, v := range values {
			var err *simError
			switch {
			case name == "expand" && name != key:
				err = p.addExpand(v, list, single)
			case list == nil || single:
				err = unknown(key)
			default:
				err = p.add(list, key, name, inner, v)
			}
			if err != nil {
				return p, err
			}
		}
	}
	if p.after != "" && p.before != "" {
		return p, invalid("", "ending_before", "You can only use one of starting_after and "+
			"ending_before.")
	}
	return p, nil
}

func unknown(key string) *simError {
	return invalid("parameter_unknown", key, "Received unknown parameter: %s", key)
}

func (p *params) addExpand(v string, list *collection, single bool) *simError {
	field := v
	if !single {
		field = strings.TrimPrefix(v, "data.")
	}
	if list == nil || !slices.Contains(list.expandable, field) || !single && field == v {
		return invalid("", "expand", "This property cannot be expanded (%s).", v)
	}
	p.expand[field] = true
	return nil
}

func (p *params) add(list *collection, key, name, inner, v string) *simError {
	switch {
	case key == "limit":
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 || n > 100 {
			return invalid("parameter_invalid_integer", "limit", "Invalid integer: %s", v)
		}
		p.limit = n
	case key == "starting_after":
		p.after = v
	case key == "ending_before":
		p.before = v
	case name == "created":
		return p.addCreated(key, inner, v)
	case name == "types" && name != key && list.noun == "event":
		if p.types = append(p.types, v); len(p.types) > 20 {
			return invalid("", "types", "Array types exceeded maximum 20 allowed elements.")
		}
	case list.filters[key] != nil:
		p.filters[key] = v
	default:
		return unknown(key)
	}
	return nil
}

func (p *params) addCreated(key, inner, v string) *simError {
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil || !numbers.MatchString(v) {
		return invalid("parameter_invalid_integer", key, "Invalid integer: %s", v)
	}
	switch inner {
	case "gte":
		p.from = max(p.from, n)
	case "gt":
		p.from = max(p.from, n+1)
	case "lte":
		p.to = min(p.to, n)
	case "lt":
		p.to = min(p.to, n-1)
	case "":
		p.from, p.to = n, n
	default:
		return unknown(key)
	}
	return nil
}

// page answers a list request: newest first, from behind starting_after or up to ending_before.
func (c *collection) page(url string, p params) (any, *simError) {
	places, match := c.choose(p)
	// at(k) is the place of the kth candidate, oldest first; low and high bound k.
	at := func(k int) int { return k }
	high := c.length
	if places != nil {
		at, high = func(k int) int { return places[k] }, len(places)
	}
	size := high
	behind := func(id, param string) (int, *simError) {
		place, ok := c.find(id)
		if !ok {
			return 0, invalid("resource_missing", param, "No such %s: '%s'", c.noun, id)
		}
		return sort.Search(size, func(k int) bool { return at(k) >= place }), nil
	}
	low := sort.Search(size, func(k int) bool { return c.at(at(k)) >= p.from })
	if p.to != math.MaxInt64 {
		high = sort.Search(size, func(k int) bool { return c.at(at(k)) > p.to })
	}
	if p.after != "" {
		k, err := behind(p.after, "starting_after")
		if err != nil {
			return nil, err
		}
		high = min(high, k)
	}
	var found []int
	if p.before != "" {
		k, err := behind(p.before, "ending_before")
		if err != nil {
			return nil, err
		}
		for k = max(k+1, low); k < high && len(found) <= p.limit; k++ {
			if match(at(k)) {
				found = append(found, at(k))
			}
		}
	} else {
		for k := high - 1; k >= low && len(found) <= p.limit; k-- {
			if match(at(k)) {
				found = append(found, at(k))
			}
		}
	}
	more := len(found) > p.limit
	found = found[:min(len(found), p.limit)]
	if p.before != "" {
		slices.Reverse(found)
	}
	data := make([]any, len(found))
	for i, place := range found {
		data[i] = c.render(place, p.expand)
	}
	return map[string]any{"object": "list", "url": url, "has_more": more, "data": data}, nil
}

// choose gives the smallest group among the filters, nil for all objects, and what else must hold.
func (c *collection) choose(p params) ([]int, func(int) bool) {
	var places []int
	for param, key := range p.filters {
		if g := c.group(param, key); places == nil || len(g) < len(places) {
			places = g
			if places == nil {
				places = []int{}
			}
		}
	}
	return places, func(i int) bool {
		for param, key := range p.filters {
			if c.filters[param](i) != key {
				return false
			}
		}
		return p.types == nil || slices.Contains(p.types, c.filters["type"](i))
	}
}

// amounts are Stripe's lines of a balance, by currency.
func amounts(of map[string]int64) []any {
	var codes []string
	for c := range of {
		codes = append(codes, c)
	}
	slices.Sort(codes)
	out := []any{}
	for _, c := range codes {
		out = append(out, map[string]any{"amount": of[c], "currency": c,
			"source_types": map[string]any{"card": of[c]}})
	}
	return out
}
