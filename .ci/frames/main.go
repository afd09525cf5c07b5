// Command frames measures the grid in a real window: a million rows of twelve columns at 1440 by
// 900, scrolled in several ways, beside a bare list of the toolkit that writes the same texts. It
// prints the processor time of the whole process for each painted frame, the part of it that the
// threads of a software OpenGL take, the time to the first frame and the memory. It is no part of
// the program: it lies here because only gui.go may open a window.
//
//	xvfb-run -a -s "-screen 0 1600x1000x24" env LIBGL_ALWAYS_SOFTWARE=1 FYNE_SCALE=1 \
//	    go run ./.ci/frames
//
// With -what bare only the bare list is measured, with -what grid only the grid, with -what ground
// the grid that paints a ground of its own; the others show the window's. -limit 20 fails when a
// wheel step of the grid takes more milliseconds than that.
package main

import (
	"flag"
	"fmt"
	"image/color"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/pprof"
	"strconv"
	"strings"
	"syscall"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"countinghouse/ui/kit"
)

var (
	started = time.Now()
	what    = flag.String("what", "all", "bare, grid, ground or all")
	rows    = flag.Int("rows", 1_000_000, "rows of data")
	frames  = flag.Int("frames", 300, "frames for each way of scrolling")
	only    = flag.String("only", "", "one way of scrolling, by its name")
	limit   = flag.Float64("limit", 0, "most milliseconds for a wheel step of the grid; 0: any")
	profile = flag.String("profile", "", "file for a processor profile")
)

func main() {
	flag.Parse()
	if *what == "all" { // each in a process of its own, or they would share caches and memory
		for _, one := range []string{"bare", "grid", "ground"} {
			cmd := exec.Command(os.Args[0], os.Args[1:]...)
			cmd.Args = append(cmd.Args, "-what", one)
			cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
			if err := cmd.Run(); err != nil {
				fail(err)
			}
		}
		return
	}
	a := app.NewWithID("example.countinghouse.frames")
	a.Settings().SetTheme(kit.LightTheme())
	w := a.NewWindow("Frames")
	w.SetPadded(false)
	m := newMeasure(w)
	w.SetContent(container.NewStack(m.show(), m.eye))
	w.Resize(fyne.NewSize(1440, 900))
	m.start()
	w.ShowAndRun()
	if m.wheel > *limit && *limit > 0 {
		fail(fmt.Errorf("a wheel step takes %.1f ms, more than %.1f", m.wheel, *limit))
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "frames:", err)
	os.Exit(1)
}

// way is one way of scrolling; step is done before each frame.
type way struct {
	name string
	step func(frame int)
}

// measure scrolls in all ways, one after the other, a step before each frame.
type measure struct {
	window fyne.Window
	eye    *eye
	wheel  float64

	ways   []way
	at     int // the present way
	done   int // its painted frames
	from   use
	scroll fyne.Scrollable
}

func newMeasure(w fyne.Window) *measure { return &measure{window: w, eye: newEye(), at: -1} }

// show makes what is measured, and the ways to scroll it.
func (m *measure) show() fyne.CanvasObject {
	wheel := func(by float32) func(int) {
		return func(int) {
			m.scroll.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, -by)})
		}
	}
	m.ways = []way{
		{"still", func(int) { canvas.Refresh(m.eye) }}, // the whole window is painted each time
		{"wheel", wheel(25)}, {"three rows", wheel(96)}, {"page", wheel(26 * 32)},
	}
	if *what == "bare" {
		return bareList()
	}
	g := kit.NewGrid(gridColumns(), synthetic{})
	g.OnSurface = *what == "grid"
	key := func(name fyne.KeyName) func(int) {
		return func(int) { g.TypedKey(&fyne.KeyEvent{Name: name}) }
	}
	m.ways = append(m.ways, way{"key Home, Down", func(i int) {
		if i%26 == 0 {
			key(fyne.KeyHome)(i)
			return
		}
		key(fyne.KeyDown)(i)
	}}, way{"key PageDown", key(fyne.KeyPageDown)})
	return g
}

// start has the measuring begin with the first frame.
func (m *measure) start() {
	fmt.Printf("%s, %d rows\n", *what, *rows)
	a := fyne.NewAnimation(time.Hour, func(float32) { m.tick() })
	a.RepeatCount = fyne.AnimationRepeatForever
	a.Start()
	m.eye.painted = false
}

// tick runs before each frame.
func (m *measure) tick() {
	if !m.eye.painted || m.window.Canvas().Size().Width < 1400 || m.at == len(m.ways) {
		return
	}
	m.eye.painted = false
	if m.at < 0 {
		fmt.Printf("  first frame %.2f s after the start, %d MB\n",
			time.Since(started).Seconds(), memory("VmRSS"))
		m.scroll = deepest(m.window.Content())
		m.next()
		return
	}
	m.done++
	if m.done == *frames {
		m.report()
		m.next()
		return
	}
	m.ways[m.at].step(m.done)
}

func (m *measure) next() {
	m.at++
	for *only != "" && m.at < len(m.ways) && m.ways[m.at].name != *only {
		m.at++
	}
	if m.at == len(m.ways) {
		pprof.StopCPUProfile()
		fmt.Printf("  memory %d MB, at most %d MB\n", memory("VmRSS"), memory("VmHWM"))
		fyne.CurrentApp().Quit()
		return
	}
	if m.from.cpu == 0 && *profile != "" {
		f, err := os.Create(*profile)
		if err == nil {
			err = pprof.StartCPUProfile(f)
		}
		if err != nil {
			fail(err)
		}
	}
	m.done, m.from = 0, used()
	m.ways[m.at].step(0)
}

func (m *measure) report() {
	to, n := used(), float64(m.done)
	each := func(from, to time.Duration) float64 {
		return (to - from).Seconds() * 1000 / n
	}
	cpu := each(m.from.cpu, to.cpu)
	fmt.Printf("  %-15s %4d frames  %5.1f ms CPU a frame, of it %4.1f in the driver's threads"+
		"  (%.1f ms on the clock)\n", m.ways[m.at].name, m.done, cpu,
		each(m.from.driver, to.driver), to.at.Sub(m.from.at).Seconds()*1000/n)
	if m.ways[m.at].name == "wheel" && *what == "grid" {
		m.wheel = cpu
	}
}

// use is what the process has used so far.
type use struct {
	at          time.Time
	cpu, driver time.Duration // all threads, and those of a software OpenGL
}

func used() use {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		fail(err)
	}
	u := use{at: time.Now(), cpu: time.Duration(r.Utime.Nano() + r.Stime.Nano())}
	threads, err := filepath.Glob("/proc/self/task/*/stat")
	if err != nil {
		fail(err)
	}
	for _, path := range threads {
		line, err := os.ReadFile(path)
		if err != nil {
			continue // the thread has ended
		}
		name, rest, _ := strings.Cut(string(line), ") ")
		if fields := strings.Fields(rest); strings.Contains(name, "llvmpipe") && len(fields) > 12 {
			for _, field := range fields[11:13] { // in ticks of 10 ms
				ticks, _ := strconv.Atoi(field)
				u.driver += time.Duration(ticks) * 10 * time.Millisecond
			}
		}
	}
	return u
}

// memory reads a line of the process's status, in MB.
func memory(name string) int {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		fail(err)
	}
	for _, line := range strings.Split(string(text), "\n") {
		if value, ok := strings.CutPrefix(line, name+":"); ok {
			kb, _ := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(value, "kB")))
			return kb / 1024
		}
	}
	return 0
}

// eye sees whether a frame was painted: the toolkit asks a widget for its objects when it paints.
type eye struct {
	widget.BaseWidget
	painted bool
}

func newEye() *eye {
	e := &eye{}
	e.ExtendBaseWidget(e)
	return e
}

// CreateRenderer answers the toolkit.
func (e *eye) CreateRenderer() fyne.WidgetRenderer { return &eyeRenderer{e} }

type eyeRenderer struct{ e *eye }

func (r *eyeRenderer) Destroy()           {}
func (r *eyeRenderer) Layout(fyne.Size)   {}
func (r *eyeRenderer) MinSize() fyne.Size { return fyne.Size{} }
func (r *eyeRenderer) Refresh()           {}
func (r *eyeRenderer) Objects() []fyne.CanvasObject {
	r.e.painted = true
	return nil
}

// deepest finds the innermost object that scrolls: the list's own scroller.
func deepest(o fyne.CanvasObject) fyne.Scrollable {
	var inside []fyne.CanvasObject
	switch o := o.(type) {
	case *fyne.Container:
		inside = o.Objects
	case fyne.Widget:
		inside = test.WidgetRenderer(o).Objects()
	}
	for _, child := range inside {
		if s := deepest(child); s != nil {
			return s
		}
	}
	s, _ := o.(fyne.Scrollable)
	return s
}

// synthetic makes up invoices: half of the columns differ in every row, the others repeat.
type synthetic struct{}

var titles = []string{"Invoice", "Customer", "Country", "Issued", "Due", "Method", "Reference",
	"State", "Net", "Tax", "Total", "Open"}

func gridColumns() []kit.Column {
	list := make([]kit.Column, len(titles))
	for i, title := range titles {
		list[i] = kit.Column{ID: title, Title: title, Width: 100}
		if i >= 8 {
			list[i].Align = kit.AlignRight
		}
	}
	return list
}

func (synthetic) Len() int           { return *rows }
func (synthetic) RowID(i int) string { return strconv.Itoa(i) }
func (synthetic) Row(int) kit.Row    { return kit.Row{Revision: 1} }
func (synthetic) IndexOf(id string) (int, bool) {
	i, err := strconv.Atoi(id)
	return i, err == nil && i < *rows
}

func (synthetic) Cell(i, column int) kit.Cell {
	cell := kit.Cell{Text: text(i, column)}
	switch {
	case column == 7:
		cell.Look, cell.Status = kit.LookState, kit.StatusOK
	case column >= 8:
		cell.Look = kit.LookAmount
	}
	return cell
}

func text(i, column int) string {
	amount := func(minor int) string { return fmt.Sprintf("%d.%02d", minor/100, minor%100) }
	net := (i * 7919) % 9_000_000
	switch column {
	case 0:
		return fmt.Sprintf("INV-%07d", i)
	case 1:
		return fmt.Sprintf("Customer %d Ltd", (i*31)%200_000)
	case 2:
		return []string{"Germany", "India", "Lithuania", "Spain"}[i%4]
	case 3, 4:
		return fmt.Sprintf("2026-%02d-%02d", 1+(i/3000)%12, 1+(i/100+column)%28)
	case 5:
		return []string{"Card", "Bank transfer", "PayPal"}[i%3]
	case 6:
		return fmt.Sprintf("ch_%08x", uint32(i)*2654435761)
	case 7:
		return "Settled"
	case 8:
		return amount(net)
	case 9:
		return amount(net / 5)
	case 10:
		return amount(net + net/5)
	}
	return "0.00"
}

// bareList is the least that the toolkit can do for such a table: a list, and a text for each
// column in a container without a layout.
func bareList() fyne.CanvasObject {
	ink := theme.Color(theme.ColorNameForeground)
	list := widget.NewList(func() int { return *rows },
		func() fyne.CanvasObject {
			c := container.New(plain{})
			for range titles {
				t := canvas.NewText("", ink)
				t.TextSize = 13
				c.Objects = append(c.Objects, t)
			}
			ground := canvas.NewRectangle(color.NRGBA{0xe6, 0xe8, 0xec, 0xff})
			c.Objects = append(c.Objects, ground)
			return c
		},
		func(i widget.ListItemID, o fyne.CanvasObject) {
			objects := o.(*fyne.Container).Objects
			for column := range titles {
				objects[column].(*canvas.Text).Text = text(i, column)
			}
		})
	list.HideSeparators = true
	return container.NewThemeOverride(list, dense{theme.DefaultTheme()})
}

// plain places a row's texts and its line.
type plain struct{}

func (plain) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(100, 32) }

func (plain) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for i, o := range objects {
		o.Move(fyne.NewPos(float32(16+112*i), 8))
		o.Resize(fyne.NewSize(100, 16))
	}
	line := objects[len(objects)-1]
	line.Move(fyne.NewPos(0, size.Height-1))
	line.Resize(fyne.NewSize(size.Width, 1))
}

type dense struct{ fyne.Theme }

func (d dense) Size(name fyne.ThemeSizeName) float32 {
	if name == theme.SizeNamePadding {
		return 0
	}
	return d.Theme.Size(name)
}
