package app

import "path/filepath"

// Options are those by which the profile was opened, with the folder filled in.
func (a *App) Options() Options {
	o := a.options
	o.Dir = a.folder
	return o
}

// ConfigPath is the configuration file of the options' profile, whether or not it is there.
func ConfigPath(o Options) string {
	dir, err := ProfileDir(o)
	if err != nil {
		return ConfigName
	}
	return o.configPath(dir)
}

// BooksPath is the database file of the options' profile.
func BooksPath(o Options) string {
	if o.DB != "" {
		return o.DB
	}
	dir, err := ProfileDir(o)
	if err != nil {
		return booksName
	}
	return filepath.Join(dir, booksName)
}
