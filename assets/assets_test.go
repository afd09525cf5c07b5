package assets

import (
	"bytes"
	"image/png"
	"strings"
	"testing"

	"github.com/go-text/typesetting/font"
)

var faces = map[string][]byte{"Regular": Regular(), "Medium": Medium(), "SemiBold": SemiBold()}

func parse(t *testing.T, name string) *font.Face {
	t.Helper()
	face, err := font.ParseTTF(bytes.NewReader(faces[name]))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return face
}

func TestDigitsHaveOneWidth(t *testing.T) {
	for name := range faces {
		face := parse(t, name)
		widths := map[float32]bool{}
		for _, digit := range "0123456789" {
			glyph, ok := face.NominalGlyph(digit)
			if !ok {
				t.Fatalf("%s lacks %c", name, digit)
			}
			widths[face.HorizontalAdvance(glyph)] = true
		}
		if len(widths) != 1 {
			t.Errorf("%s: the digits have the widths %v", name, widths)
		}
	}
}

// A glyph that a face lacks would come from the machine's fonts, so every character that the
// program writes must be here.
func TestFacesHaveEveryCharacter(t *testing.T) {
	const text = "−1,234.56 ≠ = ± × ÷ … — – · • % ‰ € £ ¥ ₹ $ ¢ ₽ ₺ ₿ “ ” „ ‘ ’ « » " +
		"← → ↑ ↓ ⌘ ✓ # / ? @ & § © ž Ž ą č ę ė į š ų ū ß ä ö ü ñ ç ø å ł ő ğ İ " +
		"Ω λ π Д ж я ѣ "
	for name := range faces {
		face := parse(t, name)
		for _, r := range text {
			if _, ok := face.NominalGlyph(r); !ok {
				t.Errorf("%s lacks %c (%U)", name, r, r)
			}
		}
	}
}

func TestFacesStaySmall(t *testing.T) {
	for name, data := range faces {
		if len(data) > 300<<10 {
			t.Errorf("%s has %d bytes, want 300 KB at most", name, len(data))
		}
	}
}

// The toolkit recolours and scales fills only.
func TestIconsAreFilledOutlines(t *testing.T) {
	names := IconNames()
	if len(names) < 40 {
		t.Fatalf("only %d icons: %v", len(names), names)
	}
	for _, name := range names {
		svg, err := Icon(name)
		if err != nil {
			t.Fatal(err)
		}
		s := string(svg)
		if strings.Contains(s, "stroke") || !strings.Contains(s, `fill="currentColor"`) ||
			!strings.Contains(s, `viewBox="0 0 24 24"`) {
			t.Errorf("%s is not a filled outline on the grid of 24", name)
		}
	}
	if _, err := Icon("no such icon"); err == nil {
		t.Error("an unknown icon is no error")
	}
}

func TestAppIcon(t *testing.T) {
	config, err := png.DecodeConfig(bytes.NewReader(AppIcon()))
	if err != nil {
		t.Fatal(err)
	}
	if config.Width != 512 || config.Height != 512 {
		t.Errorf("the icon has %d by %d pixels", config.Width, config.Height)
	}
}
