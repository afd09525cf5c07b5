// Package early owns what the toolkit reads from the environment while the program starts, before
// main can say anything. gui.go imports it for its effect. Go initialises packages in the order of
// their paths as soon as what they import is ready, so this one, which imports os only, comes before
// Fyne's.
package early

import "os"

// textsKept is how long Fyne keeps the pictures of texts that are no longer shown. Its own minute lets
// hundreds of megabytes pile up while somebody scrolls through a long list.
const textsKept = "10s"

func init() {
	if _, set := os.LookupEnv("FYNE_CACHE"); !set {
		_ = os.Setenv("FYNE_CACHE", textsKept)
	}
	language()
}

// language sees to it that Fyne finds a language where the environment names none: for C and POSIX it
// writes three lines of error to stderr, also for commands that open no window.
func language() {
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
