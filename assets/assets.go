// Package assets owns the files that the program carries inside itself: the faces of its text, its
// icons and what explains the classes of exceptions. ui, ui/kit and ui/present read them; nothing here
// draws or knows a toolkit.
package assets

import (
	"embed"
	"fmt"
)

//go:embed fonts/*.otf icons/*.svg icon.png help.md
var files embed.FS

// Regular returns Inter Regular (OpenType, tabular digits).
func Regular() []byte { return mustRead("fonts/Inter-Regular.otf") }

// Medium returns Inter Medium (OpenType, tabular digits).
func Medium() []byte { return mustRead("fonts/Inter-Medium.otf") }

// SemiBold returns Inter SemiBold (OpenType, tabular digits); the window's bold.
func SemiBold() []byte { return mustRead("fonts/Inter-SemiBold.otf") }

// AppIcon returns the program's icon, a PNG of 512 by 512 pixels.
func AppIcon() []byte { return mustRead("icon.png") }

// Help returns what explains the classes of exceptions: Markdown, a head line for each class.
func Help() string { return string(mustRead("help.md")) }

// Icon returns the SVG of that name: grid 24, one colour, written as currentColor in strokes
// and fills. It fails when there is no such icon.
func Icon(name string) ([]byte, error) {
	data, err := files.ReadFile("icons/" + name + ".svg")
	if err != nil {
		return nil, fmt.Errorf("assets: icon %q: %w", name, err)
	}
	return data, nil
}

// IconNames lists all icons, sorted.
func IconNames() []string {
	entries, err := files.ReadDir("icons")
	if err != nil {
		panic(fmt.Sprintf("assets: list icons: %v", err)) // embedded: cannot happen
	}
	names := make([]string, 0, len(entries))
	for _, entry := range entries {
		names = append(names, entry.Name()[:len(entry.Name())-len(".svg")])
	}
	return names
}

func mustRead(path string) []byte {
	data, err := files.ReadFile(path)
	if err != nil {
		panic(fmt.Sprintf("assets: %s: %v", path, err)) // embedded: cannot happen
	}
	return data
}
