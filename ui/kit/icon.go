package kit

import (
	"bytes"
	"fmt"
	"image/color"

	"fyne.io/fyne/v2"

	"countinghouse/assets"
)

type iconKey struct {
	name  string
	color color.NRGBA
}

// icons caches the recoloured icons. Only the UI goroutine touches it.
var icons = map[iconKey]fyne.Resource{}

// Icon returns the named icon in one colour. The toolkit recolours fills only, so the colour
// is written into the SVG here. An unknown name is a programming error and gives a blank.
func Icon(name string, c color.Color) fyne.Resource {
	n := color.NRGBAModel.Convert(c).(color.NRGBA)
	key := iconKey{name, n}
	if res, ok := icons[key]; ok {
		return res
	}
	hex := fmt.Sprintf("#%02x%02x%02x", n.R, n.G, n.B)
	svg, err := assets.Icon(name)
	if err != nil {
		fyne.LogError("kit: icon", err)
		svg = []byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"></svg>`)
	}
	svg = bytes.ReplaceAll(svg, []byte("currentColor"), []byte(hex))
	res := fyne.NewStaticResource(name+hex+".svg", svg)
	icons[key] = res
	return res
}
