package kit_test

import (
	"image/color"
	"math"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"countinghouse/ui/kit"
	"countinghouse/ui/kit/kittest"
)

var variants = map[string]fyne.ThemeVariant{
	"light": theme.VariantLight, "dark": theme.VariantDark,
}

// linear returns a colour's channels as amounts of light, 0 to 1.
func linear(c color.Color) [3]float64 {
	n := color.NRGBAModel.Convert(c).(color.NRGBA)
	var out [3]float64
	for i, v := range []uint8{n.R, n.G, n.B} {
		s := float64(v) / 255
		if s <= 0.04045 {
			out[i] = s / 12.92
		} else {
			out[i] = math.Pow((s+0.055)/1.055, 2.4)
		}
	}
	return out
}

// contrast is the ratio of WCAG 2.1, 1 to 21.
func contrast(a, b color.Color) float64 {
	light := func(c color.Color) float64 {
		l := linear(c)
		return 0.2126*l[0] + 0.7152*l[1] + 0.0722*l[2]
	}
	x, y := light(a), light(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func TestContrast(t *testing.T) {
	for _, claim := range []struct {
		ink, ground kit.Token
		light, dark float64
	}{
		{kit.ButtonLine, kit.Surface, 1.6, 2.0},
		{kit.Ctl, kit.Surface, 3.2, 3.8},
		{kit.Text, kit.Surface, 16.1, 13.5},
		{kit.Text2, kit.Surface, 8.4, 8.6},
		{kit.Muted, kit.Surface, 5.7, 6.3},
		{kit.Accent, kit.Surface, 7.9, 6.9},
		{kit.AccentText, kit.Accent, 7.9, 7.7},
		{kit.Text, kit.AccentTint, 13.8, 10.3},
		{kit.RailText, kit.RailBg, 9.2, 9.3},
		{kit.RailMuted, kit.RailBg, 5.3, 5.2},
		{kit.BarTotal, kit.Surface, 9.4, 5.2},
		{kit.BarUp, kit.Surface, 6.8, 6.0},
		{kit.BarDown, kit.Surface, 3.9, 6.0},
		{kit.BarZero, kit.Surface, 2.5, 3.0},
		{kit.StatusOK.Ink(), kit.StatusOK.Tint(), 5.2, 8.3},
		{kit.StatusTiming.Ink(), kit.StatusTiming.Tint(), 7.2, 5.2},
		{kit.StatusAttention.Ink(), kit.StatusAttention.Tint(), 5.2, 8.2},
		{kit.StatusBreak.Ink(), kit.StatusBreak.Tint(), 7.5, 5.9},
		{kit.StatusUnknown.Ink(), kit.StatusUnknown.Tint(), 5.5, 6.6},
		{kit.StatusNeutral.Ink(), kit.StatusNeutral.Tint(), 5.2, 6.0},
	} {
		for name, want := range map[string]float64{"light": claim.light, "dark": claim.dark} {
			v := variants[name]
			got := contrast(claim.ink.In(v), claim.ground.In(v))
			if math.Abs(got-want) > 0.051 {
				t.Errorf("%s: %s on %s is %.2f to 1, the table says %.1f",
					name, claim.ink, claim.ground, got, want)
			}
		}
	}
}

// Text must be readable on every ground that it is put on, not only on its own.
func TestContrastAtWorst(t *testing.T) {
	for _, ground := range []kit.Token{kit.Surface, kit.Bg, kit.Sunken, kit.AccentTint} {
		for name, v := range variants {
			for _, ink := range []kit.Token{kit.Text, kit.Text2, kit.Muted} {
				if got := contrast(ink.In(v), ground.In(v)); got < 4.5 {
					t.Errorf("%s: %s on %s is %.2f to 1, want 4.5", name, ink, ground, got)
				}
			}
		}
	}
}

// The matrices of Machado, Oliveira and Fernandes (2009) for full severity, on linear light.
var deficiencies = map[string][3][3]float64{
	"protan": {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216},
		{-0.003882, -0.048116, 1.051998}},
	"deutan": {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413},
		{-0.011820, 0.042940, 0.968881}},
	"tritan": {{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602},
		{0.004733, 0.691367, 0.303900}},
}

// lab converts linear light to CIE L*a*b*, white D65.
func lab(c [3]float64) [3]float64 {
	f := func(v float64) float64 {
		if v > 0.008856 {
			return math.Cbrt(v)
		}
		return 7.787*v + 16.0/116
	}
	x := f((0.4124564*c[0] + 0.3575761*c[1] + 0.1804375*c[2]) / 0.95047)
	y := f(0.2126729*c[0] + 0.7151522*c[1] + 0.0721750*c[2])
	z := f((0.0193339*c[0] + 0.1191920*c[1] + 0.9503041*c[2]) / 1.08883)
	return [3]float64{116*y - 16, 500 * (x - y), 200 * (y - z)}
}

// distance is CIE 76 between two colours as somebody with the deficiency sees them.
func distance(a, b color.Color, m [3][3]float64) float64 {
	see := func(c color.Color) [3]float64 {
		in, out := linear(c), [3]float64{}
		for i := range out {
			for j := range in {
				out[i] += m[i][j] * in[j]
			}
			out[i] = max(0, min(1, out[i]))
		}
		return lab(out)
	}
	x, y := see(a), see(b)
	return math.Sqrt((x[0]-y[0])*(x[0]-y[0]) + (x[1]-y[1])*(x[1]-y[1]) + (x[2]-y[2])*(x[2]-y[2]))
}

func TestStatusColoursStayApart(t *testing.T) {
	for name, least := range map[string]float64{"light": 12, "dark": 19} {
		v := variants[name]
		for kind, m := range deficiencies {
			for i, a := range kit.Statuses {
				for _, b := range kit.Statuses[i+1:] {
					want := least
					if b == kit.StatusNeutral { // grey, and no call to do anything
						want = 10
					}
					if got := distance(a.Ink().In(v), b.Ink().In(v), m); got < want-0.5 {
						t.Errorf("%s, %s: %s and %s are %.1f apart, want %v",
							name, kind, a, b, got, want)
					}
				}
			}
			if got := distance(kit.BarUp.In(v), kit.BarDown.In(v), m); got < 79.5 {
				t.Errorf("%s, %s: adds and takes away are %.1f apart, want 80", name, kind, got)
			}
		}
	}
}

func TestStatusesDifferInShape(t *testing.T) {
	seen := map[string]kit.Status{}
	for _, s := range kit.Statuses {
		icon := s.Icon()
		if other, ok := seen[icon]; ok || icon == "" {
			t.Errorf("%s has the icon %q, as %q has", s, icon, other)
		}
		seen[icon] = s
	}
}

func TestThemeVariants(t *testing.T) {
	build := func(fyne.Window) fyne.CanvasObject { return kit.NewKeyCap("A") }
	kittest.Window(t, fyne.NewSize(20, 20), kit.DarkTheme(), build)
	if kit.Color(kit.Bg) != kit.Bg.In(theme.VariantDark) {
		t.Error("the fixed dark theme is not dark")
	}
	got := kit.DarkTheme().Color(theme.ColorNameBackground, theme.VariantLight)
	if got != kit.Bg.In(theme.VariantDark) {
		t.Error("the fixed dark theme follows the variant it is asked for")
	}
	system := kit.SystemTheme()
	for _, v := range variants {
		if system.Color(theme.ColorNameForeground, v) != kit.Text.In(v) {
			t.Errorf("the system theme ignores the variant %v", v)
		}
	}
}

// A switch of the theme must show everywhere, also inside the parts of the toolkit.
func TestThemeSwitch(t *testing.T) {
	build := func(fyne.Window) fyne.CanvasObject {
		e := kit.NewEntry("")
		e.SetText("typed")
		return at(placed{payouts(), 0, 0, 600, 200}, placed{e, 0, 210, 200, 0})
	}
	size := fyne.NewSize(600, 250)
	want := kittest.Window(t, size, kit.DarkTheme(), build).Canvas().Capture()
	w := kittest.Window(t, size, kit.LightTheme(), build)
	light := w.Canvas().Capture()
	fyne.CurrentApp().Settings().SetTheme(kit.DarkTheme())
	w.Content().Refresh()
	dark := w.Canvas().Capture()
	if _, count := kittest.Compare(light, dark); count == 0 {
		t.Error("the window stayed light")
	}
	if _, count := kittest.Compare(want, dark); count != 0 {
		t.Errorf("%d pixels differ from a window that was dark from the start", count)
	}
}

// Figures stand under each other only if all digits are as wide.
func TestDigitsAreTabular(t *testing.T) {
	kittest.Window(t, fyne.NewSize(20, 20), kit.LightTheme(),
		func(fyne.Window) fyne.CanvasObject { return kit.NewKeyCap("A") })
	for _, style := range []fyne.TextStyle{{}, {Bold: true}} {
		want := fyne.MeasureText("0", 100, style).Width
		for _, digit := range "123456789" {
			if got := fyne.MeasureText(string(digit), 100, style).Width; got != want {
				t.Errorf("%+v: %c is %v wide, 0 is %v", style, digit, got, want)
			}
		}
	}
	for _, w := range []kit.Weight{kit.Regular, kit.Medium, kit.SemiBold} {
		ink := kit.Ink{Size: 100, Weight: w}
		if a, b := kit.TextWidth("1,111.11", ink), kit.TextWidth("9,084.27", ink); a != b {
			t.Errorf("%q: two amounts of as many digits are %v and %v wide", w, a, b)
		}
	}
}
