package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

const module = "countinghouse/"

// goFile is a parsed Go file of the project.
type goFile struct {
	path    string // slash path from the root
	dir     string // "." for the root
	test    bool
	imports []string
	syntax  *ast.File
	fset    *token.FileSet
	text    string
}

func goFiles(t *testing.T) []goFile {
	t.Helper()
	var out []goFile
	err := filepath.WalkDir(".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && p != ".") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(p, ".go") {
			return nil
		}
		text, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		f := goFile{path: filepath.ToSlash(p), test: strings.HasSuffix(p, "_test.go"),
			fset: token.NewFileSet(), text: string(text)}
		f.dir = path.Dir(f.path)
		if f.syntax, err = parser.ParseFile(f.fset, p, text, parser.ParseComments); err != nil {
			return err
		}
		for _, i := range f.syntax.Imports {
			f.imports = append(f.imports, strings.Trim(i.Path.Value, `"`))
		}
		out = append(out, f)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) < 50 {
		t.Fatalf("only %d Go files found: run the tests in the project's own folder", len(out))
	}
	return out
}

func under(dir, root string) bool { return dir == root || strings.HasPrefix(dir, root+"/") }

// TestImportRules checks that dependencies run one way.
func TestImportRules(t *testing.T) {
	for _, f := range goFiles(t) {
		if f.test {
			continue
		}
		for _, imp := range f.imports {
			if to, ours := strings.CutPrefix(imp, module); ours {
				if why := forbidden(f.dir, to); why != "" {
					t.Errorf("%s imports %s: %s", f.path, to, why)
				}
			}
		}
	}
}

// forbidden says why a folder may not import another one of ours, "" where it may.
func forbidden(from, to string) string {
	source := func(dir string) bool {
		return under(dir, "sync") && !slices.Contains([]string{"sync/source", "sync/sourcetest",
			"sync/world", "sync/sandbox", "sync/bankfile"}, dir)
	}
	switch {
	case to == "sync/sourcetest":
		return "only tests import the contract suite"
	case from == "app/money" || from == "app/secret" || from == "assets":
		return "it imports nothing of ours"
	case from == "app/book" && to != "app/money":
		return "the vocabulary imports money only"
	case under(from, "reconcile") || under(from, "dunning"):
		if to != "app/book" && to != "app/money" {
			return "the engines import book and money only"
		}
	case from == "app/queue":
		if !slices.Contains([]string{"app/book", "app/money", "app/store", "sync/source"}, to) {
			return "the queue knows the books, the store and what an actor is, and no provider"
		}
	case from == "app/store" || from == "app/report":
		if to != "app/book" && to != "app/money" {
			return "the store and the reports know value types only"
		}
	case source(from):
		if source(to) || to == "app" || to == "app/store" {
			return "a source imports sync/source, sync/world for its simulator, and book"
		}
	case under(from, "sync"):
		if to == "app" || to == "app/store" || from != "sync/sandbox" && source(to) {
			return "what is under sync knows neither the store nor app"
		}
	case from == "app":
		if under(to, "ui") {
			return "app is below ui"
		}
	case from == "ui/kit" || from == "ui/kit/kittest":
		if !under(to, "assets") && !under(to, "ui/kit") && to != "app/money" {
			return "the kit knows nothing of the books"
		}
	case under(from, "ui"):
		if to == "app/store" || under(to, "sync") || to == "reconcile" || to == "dunning" {
			return "ui never reaches past app"
		}
	}
	return ""
}

// doors are the outside packages that open a door, and the only folders or files that may.
var doors = []struct {
	imported string // an import path, or its beginning with a slash at the end
	allowed  []string
	why      string
}{
	{"net/http", []string{"sync"}, "the network opens in sync"},
	{"net", []string{"sync"}, "the network opens in sync"},
	{"database/sql", []string{"app/store"}, "the database opens in app/store"},
	{"gorm.io/", []string{"app/store"}, "the database opens in app/store"},
	{"github.com/mattn/", []string{"app/store"}, "the database opens in app/store"},
	{"github.com/emersion/", []string{"sync/email"}, "mail is sent in sync/email"},
	{"github.com/zalando/go-keyring", []string{"app/secret"}, "the keychain opens in app/secret"},
	{"github.com/xuri/", []string{"app/report", "sync/profile"},
		"workbooks are written in app/report, and billing's exports read in sync/profile"},
	{"github.com/stripe/stripe-go/", []string{"sync/stripe"}, "Stripe is spoken in sync/stripe"},
	{"fyne.io/fyne/v2/app", []string{"gui.go"}, "the window opens in gui.go"},
	{"fyne.io/", []string{"ui", "gui.go"}, "Fyne appears in ui, ui/kit and gui.go only"},
}

func TestDoors(t *testing.T) {
	for _, f := range goFiles(t) {
		if f.test {
			continue
		}
		for _, imp := range f.imports {
			for _, d := range doors {
				if imp != d.imported && !(strings.HasSuffix(d.imported, "/") &&
					strings.HasPrefix(imp, d.imported)) {
					continue
				}
				open := slices.ContainsFunc(d.allowed, func(a string) bool {
					return f.path == a || under(f.dir, a)
				})
				if !open || strings.HasPrefix(imp, "fyne.io/") &&
					(under(f.dir, "ui/present") || under(f.dir, "ui/cli")) {
					t.Errorf("%s imports %s: %s", f.path, imp, d.why)
				}
				break
			}
		}
	}
}

// TestClock checks that the wall clock is read in main only.
func TestClock(t *testing.T) {
	for _, f := range goFiles(t) {
		if f.test || f.path == "main.go" {
			continue
		}
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			s, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			x, ok := s.X.(*ast.Ident)
			if ok && x.Name == "time" && slices.Contains([]string{"Now", "Since", "Until"},
				s.Sel.Name) {
				t.Errorf("%s: time.%s: the wall clock is read in main and passed on",
					f.fset.Position(s.Pos()), s.Sel.Name)
			}
			return true
		})
	}
}

// floatAllowed are the folders' files that may speak of floats: none of them holds an amount.
var floatAllowed = map[string]string{
	"app/book/outcome.go": "a share from 0 to 1",
}

// TestNoFloats checks that no float is on the path of money.
func TestNoFloats(t *testing.T) {
	for _, f := range goFiles(t) {
		if f.test || floatAllowed[f.path] != "" || strings.HasPrefix(path.Base(f.path), "sim") {
			continue
		}
		exact := under(f.dir, "app/money") || under(f.dir, "app/book") || under(f.dir, "app/store") ||
			under(f.dir, "reconcile") || under(f.dir, "sync") && !under(f.dir, "sync/world")
		if !exact {
			continue
		}
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			if x, ok := n.(*ast.Ident); ok && (x.Name == "float64" || x.Name == "float32") {
				t.Errorf("%s: a float on the path of money", f.fset.Position(x.Pos()))
			}
			return true
		})
	}
}

// TestNames checks that packages have names that say what they own.
func TestNames(t *testing.T) {
	bad := []string{"util", "utils", "common", "helpers", "helper", "base", "misc", "sync", "time",
		"log", "errors", "context", "plugin", "html", "image", "net", "text", "path", "sort"}
	for _, f := range goFiles(t) {
		if name := strings.TrimSuffix(f.syntax.Name.Name, "_test"); slices.Contains(bad, name) {
			t.Errorf("%s: package %s: the name is a standard one or says nothing", f.path, name)
		}
	}
}

// TestComments checks that packages and exported names are documented.
func TestComments(t *testing.T) {
	documented := map[string]bool{}
	folders := map[string]bool{}
	for _, f := range goFiles(t) {
		if f.test {
			continue
		}
		folders[f.dir] = true
		if f.syntax.Doc != nil {
			documented[f.dir] = true
		}
		for _, d := range f.syntax.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Doc == nil && d.Name.IsExported() && (d.Recv == nil || exportedReceiver(d)) {
					t.Errorf("%s: %s has no comment", f.fset.Position(d.Pos()), d.Name.Name)
				}
			case *ast.GenDecl:
				for _, s := range d.Specs {
					if s, ok := s.(*ast.TypeSpec); ok && s.Name.IsExported() && s.Doc == nil &&
						d.Doc == nil {
						t.Errorf("%s: %s has no comment", f.fset.Position(s.Pos()), s.Name.Name)
					}
				}
			}
		}
	}
	for dir := range folders {
		if !documented[dir] {
			t.Errorf("%s: the package has no comment", dir)
		}
	}
}

func exportedReceiver(d *ast.FuncDecl) bool {
	x := d.Recv.List[0].Type
	if s, ok := x.(*ast.StarExpr); ok {
		x = s.X
	}
	if g, ok := x.(*ast.IndexExpr); ok {
		x = g.X
	}
	id, ok := x.(*ast.Ident)
	return ok && id.IsExported()
}

// TestSizes checks that a function fits a screen and a file can be read in one go.
func TestSizes(t *testing.T) {
	for _, f := range goFiles(t) {
		lines := strings.Split(f.text, "\n")
		if !f.test && len(lines) > 451 {
			t.Errorf("%s has %d lines; 450 at most", f.path, len(lines)-1)
		}
		for i, l := range lines {
			// A sentence for people is better read in one piece.
			limit := 108
			if strings.ContainsAny(l, "\"`") {
				limit = 160
			}
			if w := utf8.RuneCountInString(strings.ReplaceAll(l, "\t", "    ")); w > limit && !f.test {
				t.Errorf("%s:%d is %d columns wide; about 100 at most", f.path, i+1, w)
			}
		}
		if f.test {
			continue
		}
		for _, d := range f.syntax.Decls {
			if d, ok := d.(*ast.FuncDecl); ok {
				from, to := f.fset.Position(d.Pos()).Line, f.fset.Position(d.End()).Line
				if to-from+1 > 70 {
					t.Errorf("%s:%d: %s has %d lines; 70 at most", f.path, from, d.Name.Name,
						to-from+1)
				}
			}
		}
	}
}

// TestNothingLeftOpen checks that no work is left open and no test is skipped.
func TestNothingLeftOpen(t *testing.T) {
	marks := []string{"TO" + "DO", "FIX" + "ME", "// X" + "XX", "not " + "implemented", "t." + "Skip"}
	for _, f := range goFiles(t) {
		for i, l := range strings.Split(f.text, "\n") {
			for _, m := range marks {
				if strings.Contains(l, m) {
					t.Errorf("%s: left open: %s", fmt.Sprint(f.path, ":", i+1), strings.TrimSpace(l))
				}
			}
		}
	}
}
