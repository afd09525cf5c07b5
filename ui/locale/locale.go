// Package locale owns one thing: that the toolkit finds a language where the environment names none.
// gui.go imports it for its effect. Fyne reads the language while the program starts and writes three
// lines of error to stderr where it is C or POSIX, also for commands that open no window; Go
// initialises packages in the order of their paths as soon as what they import is ready, so this
// one, which imports os only, comes before Fyne's.
package locale

import "os"

func init() {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		switch v, set := os.LookupEnv(name); v {
		case "C", "POSIX", "C.UTF-8", "C.utf8":
			_ = os.Setenv(name, "en_US.UTF-8")
			return
		case "":
			if name == "LANG" && !set {
				_ = os.Setenv(name, "en_US.UTF-8")
			}
		default:
			return
		}
	}
}
