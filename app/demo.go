package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"countinghouse/app/book"
	"countinghouse/sync/world"
)

// DemoRequest says which demo month to make.
type DemoRequest struct {
	// Options are the global ones; an empty Dir takes a folder that Close removes.
	Options   Options
	Seed      uint64
	Customers int
	Month     book.Month
	// Gateways are those that the business uses beside Stripe; see DemoGateways.
	Gateways []book.SourceName
	// Judge says that Options.Now was chosen by a person; otherwise the business's own moment is
	// taken.
	Judge bool
	// Out is the folder for the workbook and pictures, "" for countinghouse-demo.
	Out string
}

// DemoRun is a demo month that was made.
type DemoRun struct {
	App   *App
	Month *Month
	// Out is the folder for what it leaves.
	Out     string
	world   *world.World
	sandbox *Sandbox
	tempDir string
}

// Demo makes a pretend business, serves it on loopback, pulls it with the real clients, imports its
// bank's statement files, and reconciles the month. The caller closes the run.
func Demo(ctx context.Context, q DemoRequest, show func(Progress)) (_ *DemoRun, err error) {
	passed := elapsed(q.Options.Wall)
	s, err := StartSandbox(ctx, SandboxRequest{Listen: "127.0.0.1:0", Seed: q.Seed,
		Customers: q.Customers, Month: q.Month, Gateways: q.Gateways,
		Clock: func(now book.Instant) book.Instant { return now + passed() }})
	if err != nil {
		return nil, err
	}
	now := s.Now()
	q.Options.Wall = func() time.Time { return (now + passed()).Time() }
	d := &DemoRun{Out: q.Out, world: s.serving.World, sandbox: s}
	if d.Out == "" {
		d.Out = "countinghouse-demo"
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.Close())
		}
	}()
	if err := d.open(ctx, q, s); err != nil {
		return nil, err
	}
	report, err := d.App.Sync(ctx, SyncRequest{}, show)
	if err != nil {
		return nil, err
	}
	for _, r := range report.Sources {
		if r.Rejects > 0 {
			return nil, fmt.Errorf("demo: %d records of %s could not be read", r.Rejects, r.Name)
		}
	}
	if err := d.importStatements(ctx, s, show); err != nil {
		return nil, err
	}
	d.Month, err = d.App.Reconcile(ctx, q.Month, show)
	if err != nil {
		return nil, err
	}
	return d, nil
}

// elapsed tells how much of a clock's time has passed since it was called.
func elapsed(wall Clock) func() book.Instant {
	begin := book.At(wall())
	return func() book.Instant { return book.At(wall()) - begin }
}

// open makes a profile that points at the sandbox and opens it.
func (d *DemoRun) open(ctx context.Context, q DemoRequest, s *Sandbox) error {
	o := q.Options
	if o.Dir == "" {
		dir, err := os.MkdirTemp("", "countinghouse-demo-")
		if err != nil {
			return fmt.Errorf("demo: a folder for the profile: %w", err)
		}
		d.tempDir, o.Dir = dir, dir
	}
	o.Config, o.DB = "", ""
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	path := filepath.Join(o.Dir, ConfigName)
	if err := replaceable(o.Dir); err != nil {
		return err
	}
	for _, f := range []string{"statements", booksName, booksName + "-wal", booksName + "-shm"} {
		if err := os.RemoveAll(filepath.Join(o.Dir, f)); err != nil {
			return fmt.Errorf("demo: %w", err)
		}
	}
	if err := os.WriteFile(filepath.Join(o.Dir, demoMark), nil, 0o600); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	if err := s.Config().Save(path); err != nil {
		return err
	}
	o.Secrets = s.Environment()
	if !q.Judge {
		at := s.serving.World.Now.Time()
		o.Now = func() time.Time { return at }
	}
	a, err := Open(ctx, o)
	d.App = a
	return err
}

// demoMark is the name of the empty file by which a demo knows its own folder again.
const demoMark = ".countinghouse-demo"

// replaceable refuses to put a demo in the place of books that are not one: a demo left its mark in
// the folder, and its sources are all on this computer.
func replaceable(dir string) error {
	config := filepath.Join(dir, ConfigName)
	_, booksErr := os.Stat(filepath.Join(dir, booksName))
	_, markErr := os.Stat(filepath.Join(dir, demoMark))
	c, bad := LoadConfig(config)
	switch {
	case errors.Is(bad, fs.ErrNotExist) && (markErr == nil || errors.Is(booksErr, fs.ErrNotExist)):
		return nil
	case bad == nil && markErr == nil && !slices.ContainsFunc(c.Sources, func(s SourceConfig) bool {
		return !strings.HasPrefix(s.URL, "http://127.0.0.1:")
	}):
		return nil
	}
	return fmt.Errorf("demo: folder %q holds the books of another profile; name an empty folder with --data",
		dir)
}

// importStatements writes the bank's statement files and imports them as a person would.
func (d *DemoRun) importStatements(ctx context.Context, s *Sandbox, show func(Progress)) error {
	dir := filepath.Join(d.App.dir(), "statements")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	files, err := s.WriteStatements(dir)
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	for _, account := range d.world.Accounts {
		report, err := d.App.Import(ctx, ImportRequest{Files: files[account.Name],
			Account: account.Name}, show)
		if err != nil {
			return err
		}
		for _, f := range report.Files {
			if f.Err != nil {
				return f.Err
			}
			if len(f.Quarantined) > 0 || f.BalanceHolds == nil || !*f.BalanceHolds {
				return fmt.Errorf("demo: statement %s was not read whole", f.Name)
			}
		}
	}
	return nil
}

// Workbook is the file of the close pack.
func (d *DemoRun) Workbook() string {
	return filepath.Join(d.Out, fmt.Sprintf("countinghouse-%s.xlsx", d.Month.Period))
}

// WritePack writes the close pack into the run's folder.
func (d *DemoRun) WritePack(ctx context.Context, show func(Progress)) error {
	if err := os.MkdirAll(d.Out, 0o755); err != nil {
		return fmt.Errorf("demo: folder for the workbook: %w", err)
	}
	return d.App.Export(ctx, d.Month, "xlsx", d.Workbook(), show)
}

// Close closes the profile and the sandbox, and removes the profile where it was made for the run
// alone.
func (d *DemoRun) Close() error {
	err := d.sandbox.Close()
	if d.App != nil {
		err = errors.Join(err, d.App.Close())
	}
	if d.tempDir != "" {
		err = errors.Join(err, os.RemoveAll(d.tempDir))
	}
	return err
}
