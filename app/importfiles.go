package app

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"countinghouse/sync/bankfile"
)

// StatementPick is what may be imported of what a person pointed at.
type StatementPick struct {
	// Files are paths, those of a folder by name.
	Files []string
	// LeftOut are files of folders that cannot be statements.
	LeftOut []LeftOutFile
}

// LeftOutFile is a file that is no statement by its looks, and why.
type LeftOutFile struct{ Path, Why string }

// StatementFiles are the files that may be statements among paths: each file that is named, whatever
// it is, and those of each folder that look like statements, not of the folders in it.
func (a *App) StatementFiles(ctx context.Context, paths []string) ([]string, error) {
	pick, err := a.PickStatements(ctx, paths)
	return pick.Files, err
}

// PickStatements is StatementFiles with what was left out.
func (a *App) PickStatements(ctx context.Context, paths []string) (StatementPick, error) {
	var pick StatementPick
	for _, path := range paths {
		if info, err := os.Stat(path); err != nil || !info.IsDir() {
			pick.add(path)
			continue
		}
		entries, err := os.ReadDir(path)
		if err != nil {
			return pick, fmt.Errorf("the folder %s cannot be read: %w", path, err)
		}
		slices.SortStableFunc(entries, func(x, y fs.DirEntry) int { return natural(x.Name(), y.Name()) })
		for _, e := range entries {
			if err := ctx.Err(); err != nil {
				return pick, err
			}
			file := filepath.Join(path, e.Name())
			if info, err := os.Stat(file); err == nil && info.IsDir() {
				continue
			}
			if why := noStatement(file); why != "" {
				pick.LeftOut = append(pick.LeftOut, LeftOutFile{file, why})
			} else {
				pick.add(file)
			}
		}
	}
	return pick, nil
}

func (p *StatementPick) add(path string) {
	if !slices.Contains(p.Files, path) {
		p.Files = append(p.Files, path)
	}
}

// sniffed is how much of a file is looked at.
const sniffed = 64 << 10

// noStatement says why a file cannot be a statement, "" where it may be one.
func noStatement(path string) string {
	if strings.HasPrefix(filepath.Base(path), ".") || strings.HasPrefix(filepath.Base(path), "~$") {
		return "it is hidden"
	}
	f, _, err := openStatement(path)
	if err != nil {
		return strings.TrimPrefix(Explain(err), "Statement cannot be opened: ")
	}
	defer f.Close()
	head, err := io.ReadAll(io.LimitReader(f, sniffed))
	if err != nil {
		return "it cannot be read"
	}
	why := bankfile.Recognise(head)
	if why == "" && !bytes.ContainsAny(head, "0123456789") && bankfile.IsText(head) {
		return "there is no number in it"
	}
	return why
}

// natural orders names as people do: "2" before "10".
func natural(a, b string) int {
	x, y := strings.ToLower(a), strings.ToLower(b)
	for x != "" && y != "" {
		n, m := digits(x), digits(y)
		if n > 0 && m > 0 {
			u, v := strings.TrimLeft(x[:n], "0"), strings.TrimLeft(y[:m], "0")
			if len(u) != len(v) {
				return len(u) - len(v)
			}
			if c := strings.Compare(u, v); c != 0 {
				return c
			}
			x, y = x[n:], y[m:]
			continue
		}
		if x[0] != y[0] {
			return int(x[0]) - int(y[0])
		}
		x, y = x[1:], y[1:]
	}
	if c := len(x) - len(y); c != 0 {
		return c
	}
	return strings.Compare(a, b)
}

// digits is how many digits a text begins with.
func digits(s string) int {
	return len(s) - len(strings.TrimLeft(s, "0123456789"))
}

// RawRow is the text of a row of a delimited file as it stands there, shortened where it is long.
// Rows count from 1.
func (a *App) RawRow(path string, row int) (string, error) {
	if row < 1 {
		return "", fmt.Errorf("there is no row %d: rows count from 1", row)
	}
	f, _, err := openStatement(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	return bankfile.RawRow(context.Background(), f, path, row)
}
