package stripe

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// moneyFields must stand in an object once at most, and in lower case: the standard library takes
// other letters too, and the last of two.
var moneyFields = []string{"amount", "amount_captured", "currency", "fee", "net", "exchange_rate"}

// decode reads one object strictly.
func decode(body []byte, v any) error {
	if err := json.Unmarshal(body, v); err != nil {
		return err
	}
	var seen []string
	for key := range fields(body) {
		if !slices.ContainsFunc(moneyFields, func(f string) bool {
			return strings.EqualFold(f, key)
		}) {
			continue
		}
		if slices.Contains(seen, key) || strings.ToLower(key) != key {
			return fmt.Errorf("field %q stands twice or in other letters", key)
		}
		seen = append(seen, key)
	}
	return nil
}

// fields yields the names of an object's own fields; the text is valid JSON.
func fields(body []byte) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		depth := 0
		for i := 0; i < len(body); i++ {
			switch body[i] {
			case '{', '[':
				depth++
			case '}', ']':
				depth--
			case '"':
				end := i + 1
				for ; body[end] != '"'; end++ {
					if body[end] == '\\' {
						end++
					}
				}
				after := bytes.TrimLeft(body[end+1:], " \t\r\n")
				if depth == 1 && len(after) > 0 && after[0] == ':' {
					var name string
					if json.Unmarshal(body[i:end+1], &name) != nil || !yield(name) {
						return
					}
				}
				i = end
			}
		}
	}
}
