package store

import (
	"context"
	"reflect"
	"testing"
)

func TestRuleAllowances(t *testing.T) {
	s, ctx := fresh(t), context.Background()
	first := RuleAllowance{"orders", "ab12", "ann", 7, 24321, 24323, 4, 3, 1}
	second := RuleAllowance{"orders", "cd34", "bob", 9, 24321, 24324, 5, 5, 0}
	for _, r := range []RuleAllowance{first, second} {
		if err := s.AllowRule(ctx, r); err != nil {
			t.Fatal(err)
		}
	}
	got, err := s.RuleAllowances(ctx)
	if err != nil || !reflect.DeepEqual(got, []RuleAllowance{first, second}) {
		t.Errorf("got %+v, %v", got, err)
	}
	for _, bad := range []RuleAllowance{
		{"idle", "ef56", "ann", 7, 24321, 24323, 0, 0, 0},
		{"contradicted", "ef56", "ann", 7, 24321, 24323, 4, 2, 1},
	} {
		if s.AllowRule(ctx, bad) == nil {
			t.Errorf("%s: stored", bad.Rule)
		}
	}
	for _, query := range []string{"UPDATE rule_allowances SET hash = 'ef56'", "DELETE FROM rule_allowances"} {
		if raw(s, query) == nil {
			t.Errorf("%s: went through", query)
		}
	}
}
