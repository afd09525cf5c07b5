package bankfile

import (
	"slices"
	"strings"
	"testing"
)

// TestBalanceProvesColumnsWithoutNames gives two columns of numbers whose names nobody knows: where
// one is the balance after the other's amount, that is proved and not asked.
func TestBalanceProvesColumnsWithoutNames(t *testing.T) {
	const oldest = "Posting;Details;Sum;Running\n03/04/2026;ALPHA;120.50;1120.50\n14/04/2026;BETA;-20.00;1100.50\n" +
		"15/04/2026;FEE;-1.25;1099.25\n"
	lines := strings.SplitAfter(strings.TrimSuffix(oldest, "\n")+"\n", "\n")
	newest := lines[0] + lines[3] + lines[2] + lines[1]
	for name, text := range map[string]string{"oldest first": oldest, "newest first": newest,
		"balance first": strings.NewReplacer("120.50;1120.50", "1120.50;120.50", "-20.00;1100.50", "1100.50;-20.00",
			"-1.25;1099.25", "1099.25;-1.25").Replace(oldest)} {
		f := mustRead(t, text, "a.csv", operating)
		got := amounts(f)
		slices.Sort(got)
		if !slices.Equal(got, []int64{-2000, -125, 12050}) || !f.Statements[0].Proof.Holds || len(f.Notes) == 0 {
			t.Errorf("%s: %v, %+v, %q", name, got, f.Statements[0].Proof, f.Notes)
		}
	}
	// A file of one row proves nothing, and is known by the profile of the one before.
	known := mustRead(t, oldest, "a.csv", operating).Profile
	o := operating
	o.Known = func(shape string) *Profile {
		if shape != known.Shape {
			return nil
		}
		return &known
	}
	if f := mustRead(t, lines[0]+"16/05/2026;GAMMA;10.00;1109.25\n", "b.csv", o); !f.Recognised || amounts(f)[0] != 1000 {
		t.Errorf("the next file: %+v", f)
	}
	for name, text := range map[string]string{
		"a balance that leaps":    strings.Replace(oldest, "1100.50", "1100.00", 1),
		"two rows":                lines[0] + lines[1] + lines[2],
		"nothing moves":           "a;b;c;d\n03/04/2026;x;0.00;5.00\n14/04/2026;x;0.00;5.00\n15/04/2026;x;0.00;5.00\n",
		"numbers without meaning": strings.NewReplacer("1120.50", "7", "1100.50", "8", "1099.25", "9").Replace(oldest),
	} {
		_, err := Read(ctx, strings.NewReader(text), "a.csv", operating)
		if ask, ok := err.(*Ask); !ok || ask.Questions[0].Topic != AskColumns {
			t.Errorf("%s: %v", name, err)
		}
	}
}
