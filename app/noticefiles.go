package app

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"countinghouse/dunning"
)

// noticeFolder is the folder of the profile that holds a business's own notices, "add_funds.en.txt": a
// line "Subject: ..." and the text, with fields in braces.
const noticeFolder = "notices"

// noticeMax is how many bytes a notice's file may have.
const noticeMax = 64 << 10

// noticeFields are what a notice can say of a renewal.
var noticeFields = []string{"name", "amount", "invoice", "service", "reason", "link", "business", "legal"}

// noticeNames are the names of templates and languages, which are parts of file names.
var (
	noticeNames    = regexp.MustCompile(`^[a-z][a-z0-9_]{0,40}$`)
	noticeLanguage = regexp.MustCompile(`^[a-z]{2}$`)
	// lineEnds are those of a file, with the blanks before them.
	lineEnds = regexp.MustCompile(`[ \t]*\r?\n`)
)

// noticeTemplate is a notice before its fields are filled; place is the file that it stands in, "" for one
// that the program brings along, and line the first line of its text there.
type noticeTemplate struct {
	language      string
	subject, text string
	place         string
	line          int
}

// noticeFor is the template of a notice in a language: the business's own in that language, else the
// program's, else the business's own in English, else the program's in English.
func (a *App) noticeFor(template, language string) (noticeTemplate, error) {
	if !noticeNames.MatchString(template) {
		return noticeTemplate{}, fmt.Errorf("%q is no name of a notice: use small letters and _, as in add_funds", template)
	}
	for _, l := range []string{language, "en"} {
		if !noticeLanguage.MatchString(l) {
			continue
		}
		t, err := a.ownNotice(template, l)
		if !errors.Is(err, fs.ErrNotExist) {
			return t, err
		}
		if own, ok := noticeTexts[l]; ok {
			return own.template(l, template), nil
		}
	}
	return noticeTexts["en"].template("en", template), nil
}

// ownNotice reads a notice of the business; fs.ErrNotExist where there is none.
func (a *App) ownNotice(template, language string) (noticeTemplate, error) {
	place := noticeFolder + "/" + template + "." + language + ".txt"
	info, err := os.Stat(filepath.Join(a.folder, filepath.FromSlash(place)))
	if err != nil {
		return noticeTemplate{}, err
	}
	if info.Size() > noticeMax {
		return noticeTemplate{}, fmt.Errorf("%s is larger than %d KB", place, noticeMax>>10)
	}
	text, err := os.ReadFile(filepath.Join(a.folder, filepath.FromSlash(place)))
	if err != nil {
		return noticeTemplate{}, err
	}
	t, err := parseNotice(place, string(text))
	t.language = language
	return t, err
}

// parseNotice reads a notice's file and looks at its fields.
func parseNotice(place, text string) (noticeTemplate, error) {
	if !utf8.ValidString(text) {
		return noticeTemplate{}, fmt.Errorf("%s is no UTF-8 text: save it as UTF-8", place)
	}
	text = lineEnds.ReplaceAllString(strings.TrimPrefix(text, "\ufeff"), "\n")
	first, rest, _ := strings.Cut(text, "\n")
	subject, ok := strings.CutPrefix(first, "Subject:")
	if subject = strings.TrimSpace(subject); !ok || subject == "" {
		return noticeTemplate{}, fmt.Errorf("%s, line 1: write \"Subject: ...\" there, and the text below", place)
	}
	body := strings.TrimLeft(rest, "\n")
	t := noticeTemplate{subject: subject, text: strings.TrimRight(body, "\n \t"), place: place,
		line: 2 + len(rest) - len(body)}
	if t.text == "" {
		return t, fmt.Errorf("%s has no text below its subject", place)
	}
	_, _, err := t.fill(nil)
	return t, err
}

// fill puts values in the place of fields. A paragraph with a field that has no value is left out.
func (t *noticeTemplate) fill(values map[string]string) (subject, text string, err error) {
	subject, _, err = fillFields(t.subject, values)
	if err != nil {
		return "", "", t.wrong(1, err)
	}
	var out []string
	line := t.line
	for _, part := range strings.Split(t.text, "\n\n") {
		filled, whole, err := fillFields(part, values)
		var f *unknownField
		if errors.As(err, &f) {
			return "", "", t.wrong(line+f.line, err)
		}
		if whole && strings.TrimSpace(filled) != "" {
			out = append(out, strings.Trim(filled, "\n"))
		}
		line += strings.Count(part, "\n") + 2
	}
	return strings.Join(strings.Fields(subject), " "), strings.Join(out, "\n\n"), nil
}

func (t *noticeTemplate) wrong(line int, err error) error {
	return fmt.Errorf("%s, line %d: %w", t.place, line, err)
}

// unknownField is the error of braces with something else than a field, or of one that is not closed; line
// counts from 0.
type unknownField struct {
	name string
	open bool
	line int
}

func (e *unknownField) Error() string {
	if e.open {
		return "a { is not closed: fields stand as {name}"
	}
	return fmt.Sprintf("{%s} is no field of a notice: there are {%s}", e.name, strings.Join(noticeFields, "}, {"))
}

// fillFields fills one text; whole is false where a field has no value. Values are not filled again.
func fillFields(text string, values map[string]string) (filled string, whole bool, err error) {
	var b strings.Builder
	whole = true
	for at := 0; at < len(text); {
		open := strings.IndexByte(text[at:], '{')
		if open < 0 {
			b.WriteString(text[at:])
			break
		}
		b.WriteString(text[at : at+open])
		at += open + 1
		name, _, closed := strings.Cut(text[at:], "}")
		if !closed || !slices.Contains(noticeFields, name) {
			name, _, _ = strings.Cut(name, "\n")
			return "", false, &unknownField{name[:min(len(name), 40)], !closed, strings.Count(text[:at], "\n")}
		}
		b.WriteString(values[name])
		whole = whole && values[name] != ""
		at += len(name) + 1
	}
	return b.String(), whole, nil
}

// NoticeFile is a notice of the business or of the program.
type NoticeFile struct {
	Template, Language string
	// Place is its file in the profile, Own says that it is there; Problem is what is wrong with it.
	Place   string
	Own     bool
	Problem string
}

// Notices lists the notices of the policy in each language, and all files of the folder, with what is wrong
// with them.
func (a *App) Notices() ([]NoticeFile, error) {
	p, err := a.policy()
	if err != nil {
		return nil, err
	}
	found := map[string]NoticeFile{}
	for _, template := range policyNotices(p) {
		for l := range noticeTexts {
			place := noticeFolder + "/" + template + "." + l + ".txt"
			found[place] = NoticeFile{Template: template, Language: l, Place: place}
		}
	}
	entries, err := os.ReadDir(filepath.Join(a.folder, noticeFolder))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for _, e := range entries {
		n := NoticeFile{Place: noticeFolder + "/" + e.Name(), Own: true}
		name, ok := strings.CutSuffix(e.Name(), ".txt")
		n.Template, n.Language, _ = strings.Cut(name, ".")
		if !ok || !noticeNames.MatchString(n.Template) || !noticeLanguage.MatchString(n.Language) {
			n.Problem = n.Place + " is no notice: name it as add_funds.en.txt, by template and language"
		} else if _, err := a.ownNotice(n.Template, n.Language); err != nil {
			n.Problem = err.Error()
		}
		found[n.Place] = n
	}
	var out []NoticeFile
	for _, place := range slices.Sorted(maps.Keys(found)) {
		out = append(out, found[place])
	}
	return out, nil
}

// policyNotices are the templates that a policy uses.
func policyNotices(p dunning.Policy) []string {
	names := map[string]bool{}
	for _, c := range dunning.Classes {
		for _, n := range p.Ladder(c, dunning.Segment{}).Notices {
			names[n.Template] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// WriteNotices writes the program's own notices into the profile, to be changed there, and returns the
// files that it wrote. A file that is there stays as it is.
func (a *App) WriteNotices() ([]string, error) {
	if err := a.Config().May(a.User(), RightConfigure); err != nil {
		return nil, err
	}
	list, err := a.Notices()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Join(a.folder, noticeFolder), 0o700); err != nil {
		return nil, err
	}
	var out []string
	for _, n := range list {
		if n.Own {
			continue
		}
		t := noticeTexts[n.Language].template(n.Language, n.Template)
		path := filepath.Join(a.folder, filepath.FromSlash(n.Place))
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if errors.Is(err, fs.ErrExist) {
			continue
		} else if err != nil {
			return out, err
		}
		_, err = f.WriteString("Subject: " + t.subject + "\n\n" + t.text + "\n")
		if err = errors.Join(err, f.Close()); err != nil {
			return out, err
		}
		out = append(out, n.Place)
	}
	return out, nil
}

// noticeFault is what is wrong with the business's own notices.
func (a *App) noticeFault() error {
	list, err := a.Notices()
	for _, n := range list {
		if n.Problem != "" {
			err = errors.Join(err, errors.New(n.Problem))
		}
	}
	return err
}
