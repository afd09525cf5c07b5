// Package app owns the use cases: one method for each thing that a person can ask for. The commands
// and the window call it; it loads and saves through the store, pulls through the sources, and hands
// values to the engines. It draws nothing and reads no clock of its own.
package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/secret"
	"countinghouse/app/store"
)

// Clock tells a moment.
type Clock = func() time.Time

// booksName is the name of the database in a profile folder.
const booksName = "cache.db"

// Options say which profile to open and by which moment to judge.
type Options struct {
	// Dir is the profile's folder, "" for the usual one of this user.
	Dir string
	// Config and DB override the configuration file and the database in it.
	Config, DB string
	// User is who acts, "" for the user of this computer.
	User      string
	LookupEnv func(string) (string, bool)
	// Now is the moment to judge by (--at), Wall the real clock; never nil. Where On is set, the
	// beginning of that date in the business's zone stands for Now.
	Now, Wall Clock
	On        book.Date
	Version   string
	Log       *slog.Logger
	// Secrets stand before all other places, by secret.EnvName: those of a sandbox.
	Secrets map[string]string
	// AskPassphrase asks a person for the passphrase of the encrypted file of keys, fresh for one that
	// is to be made; nil where nobody can be asked, as in the window, which calls Unlock.
	AskPassphrase func(fresh bool) (string, error)
}

// App is an open profile. Its methods may be called from several goroutines; those that store wait
// for each other.
type App struct {
	options Options
	folder  string
	config  atomic.Pointer[Config]
	store   *store.Store
	secrets *secret.Store
	// changing is held while the configuration is changed, looking while watched folders are looked at.
	// sending is held while actions are carried out.
	changing, looking, sending sync.Mutex
	// tests are the last tests of the connections since the profile was opened.
	tests sync.Map // book.SourceName -> Test
	now   Clock
	wall  Clock
	log   *slog.Logger
	// reading gives one at a time the right to read from a source and to store what it says.
	reading turns
}

// Progress says how far long work is. Done never runs backwards within a stage; Total 0 is unknown.
type Progress struct {
	Source          string
	Stage           string
	StageOf, Stages int
	Done, Total     int
}

// ProfileDir is the folder of the options' profile.
func ProfileDir(o Options) (string, error) {
	if o.Dir != "" {
		return o.Dir, nil
	}
	base, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("no folder for the profile: %w; name one with --data", err)
	}
	return filepath.Join(base, "countinghouse"), nil
}

func (o Options) configPath(dir string) string {
	if o.Config != "" {
		return o.Config
	}
	return filepath.Join(dir, ConfigName)
}

// HasProfile reports whether there is a configuration to open.
func HasProfile(o Options) bool {
	dir, err := ProfileDir(o)
	if err != nil {
		return false
	}
	_, err = os.Stat(o.configPath(dir))
	return err == nil
}

// Open opens a profile: its configuration, and its books, which are made where there are none. The
// caller closes it.
func Open(ctx context.Context, o Options) (*App, error) {
	dir, err := ProfileDir(o)
	if err != nil {
		return nil, err
	}
	c, err := LoadConfig(o.configPath(dir))
	if errors.Is(err, fs.ErrNotExist) && o.Config == "" {
		return nil, fmt.Errorf("there is no profile in %s yet: write its %s, or see one at work "+
			"with countinghouse demo", dir, ConfigName)
	}
	if err != nil {
		return nil, err
	}
	if strings.Contains(o.DB, "://") {
		return nil, fmt.Errorf("--db %s: shared databases are not supported by this version; name "+
			"a file on a local disk", scheme(o.DB))
	}
	db := o.DB
	if db == "" {
		db = filepath.Join(dir, booksName)
	}
	s, err := store.Open(ctx, db, store.Options{Program: o.Version, Clock: o.Wall})
	if err != nil {
		return nil, err
	}
	log := o.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	lookup := o.LookupEnv
	if lookup == nil {
		lookup = os.LookupEnv
	}
	now := o.Now
	if o.On != 0 {
		at := o.On.Start(c.Zone()).Time()
		now = func() time.Time { return at }
	}
	a := &App{options: o, folder: dir, store: s, now: now, wall: o.Wall, log: log,
		secrets: &secret.Store{Env: lookup, Fixed: o.Secrets, File: &secret.File{
			Path: filepath.Join(dir, secret.FileName), Env: lookup, Ask: o.AskPassphrase}}}
	a.config.Store(&c)
	return a, nil
}

// scheme hides everything of a DSN but its beginning: the rest may hold a password.
func scheme(dsn string) string {
	s, _, _ := strings.Cut(dsn, "://")
	return s + "://..."
}

// Close closes the books.
func (a *App) Close() error {
	if err := a.keepHead(context.Background()); err != nil {
		a.log.Warn("the head of the audit chain was not kept; the next time keeps it", "error", err)
	}
	return a.store.Close()
}

// dir is the profile's folder.
func (a *App) dir() string { return a.folder }

// Config is the profile's configuration as it is now; it is not to be changed. A change of the
// connections puts another one in its place.
func (a *App) Config() *Config { return a.config.Load() }

// Now is the moment by which the app judges.
func (a *App) Now() book.Instant { return book.At(a.now()) }

// UsualMonth is the month that people mean when they name none: the last full one.
func (a *App) UsualMonth() book.Month {
	return book.MonthOf(a.Now().In(a.Config().Zone())) - 1
}

// User is who acts: as the options say, else the user of this computer.
func (a *App) User() string {
	if a.options.User != "" {
		return a.options.User
	}
	if u, err := user.Current(); err == nil {
		return u.Username[strings.LastIndexByte(u.Username, '\\')+1:]
	}
	return "unknown"
}
