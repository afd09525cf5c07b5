// Package kittest owns the pictures that tests take of widgets and screens: it draws them
// without a display and compares them with the golden files. Tests of ui and ui/kit call it;
// the program never does.
package kittest

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"flag"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"countinghouse/ui/kit"
)

var update = flag.Bool("update", false, "rewrite the golden pictures")

// Window opens a window of that size in a fresh test app with the theme set, and shows what
// build returns. It belongs to the test and goes away with it.
func Window(
	t testing.TB, size fyne.Size, theme *kit.Theme, build func(fyne.Window) fyne.CanvasObject,
) fyne.Window {
	t.Helper()
	app := test.NewTempApp(t)
	app.Settings().SetTheme(theme)
	w := test.NewTempWindow(t, nil)
	w.SetPadded(false)
	w.SetContent(build(w))
	w.Resize(size)
	return w
}

// Shot draws what build returns in both themes at scale 1 and compares the pictures with
// path-light.png and path-dark.png.
func Shot(
	t *testing.T, path string, size fyne.Size, build func(fyne.Window) fyne.CanvasObject,
) {
	t.Helper()
	for name, theme := range map[string]*kit.Theme{
		"light": kit.LightTheme(), "dark": kit.DarkTheme(),
	} {
		t.Run(name, func(t *testing.T) {
			w := Window(t, size, theme, build)
			Golden(t, path+"-"+name+".png", w.Canvas().Capture())
		})
	}
}

// tolerance is how far a channel may be off, out of 255: rounding differs between processors.
const tolerance = 3

// Golden compares a picture with a file. On a difference it writes the picture and the
// difference beside the file (.actual.png, .diff.png) and fails. With -update it writes the
// file instead.
func Golden(t testing.TB, path string, got image.Image) {
	t.Helper()
	if *update {
		write(t, path, got)
		return
	}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("%s is missing; run the test with -update and look at it", path)
	}
	if err != nil {
		t.Fatalf("read %s: %v", path, err)
	}
	want, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatalf("decode %s: %v", path, err)
	}
	diff, count := Compare(want, got)
	if count == 0 {
		return
	}
	base := strings.TrimSuffix(path, ".png")
	write(t, base+".actual.png", got)
	write(t, base+".diff.png", diff)
	t.Errorf("%s: %d pixels differ, see %s.diff.png", path, count, base)
}

// Compare returns a picture with the differing pixels in red over the faded wanted one, and how
// many differ. Pictures of different sizes differ in every pixel outside the common part.
func Compare(want, got image.Image) (diff image.Image, count int) {
	bounds := want.Bounds().Union(got.Bounds())
	out := image.NewNRGBA(bounds)
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			a := color.NRGBAModel.Convert(want.At(x, y)).(color.NRGBA)
			b := color.NRGBAModel.Convert(got.At(x, y)).(color.NRGBA)
			if near(a.R, b.R) && near(a.G, b.G) && near(a.B, b.B) && near(a.A, b.A) {
				out.SetNRGBA(x, y, color.NRGBA{a.R/4 + 190, a.G/4 + 190, a.B/4 + 190, 255})
				continue
			}
			out.SetNRGBA(x, y, color.NRGBA{R: 255, A: 255})
			count++
		}
	}
	return out, count
}

func near(a, b uint8) bool {
	if a < b {
		a, b = b, a
	}
	return a-b <= tolerance
}

func write(t testing.TB, path string, img image.Image) {
	t.Helper()
	data, err := encode(img)
	if err != nil {
		t.Fatalf("encode %s: %v", path, err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatalf("make folder of %s: %v", path, err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatalf("write %s: %v", path, err)
	}
}

// encode writes a picture as PNG: an opaque one without row filters, as flat screens then come out a
// sixth smaller than with those that the standard encoder chooses.
func encode(img image.Image) ([]byte, error) {
	b := img.Bounds()
	var rows bytes.Buffer
	if o, ok := img.(interface{ Opaque() bool }); !ok || !o.Opaque() {
		err := png.Encode(&rows, img)
		return rows.Bytes(), err
	}
	z, err := zlib.NewWriterLevel(&rows, zlib.BestCompression)
	if err != nil {
		return nil, err
	}
	row := make([]byte, 1+3*b.Dx())
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			c := color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA)
			copy(row[1+3*(x-b.Min.X):], []byte{c.R, c.G, c.B})
		}
		if _, err := z.Write(row); err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	head := binary.BigEndian.AppendUint32(nil, uint32(b.Dx()))
	head = binary.BigEndian.AppendUint32(head, uint32(b.Dy()))
	out := []byte("\x89PNG\r\n\x1a\n")
	out = chunk(out, "IHDR", append(head, 8, 2, 0, 0, 0)) // 8 bits, red, green and blue
	out = chunk(out, "IDAT", rows.Bytes())
	return chunk(out, "IEND", nil), nil
}

func chunk(out []byte, name string, data []byte) []byte {
	out = binary.BigEndian.AppendUint32(out, uint32(len(data)))
	body := append([]byte(name), data...)
	return binary.BigEndian.AppendUint32(append(out, body...), crc32.ChecksumIEEE(body))
}
