package app

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"countinghouse/app/store"
)

// headName is the name of the file that keeps the signed end of the audit chain beside the books.
const headName = "audit.head"

// signedHead is the end of the audit chain as it is kept outside the books.
type signedHead struct {
	store.Head
	// MAC is over the head with the profile's key, "" where there is no place for a key.
	MAC string `json:"mac,omitempty"`
}

// auditKey is the profile's key for the head, nil where there is none; see SignAudit.
func (a *App) auditKey() []byte {
	text, err := a.secrets.Find("audit", "key")
	if err != nil {
		return nil
	}
	key, err := hex.DecodeString(text)
	if err != nil {
		return nil
	}
	return key
}

// SignAudit makes a key where secrets are kept and signs the head of the audit chain with it, now and from
// now on. It returns where the key is kept.
func (a *App) SignAudit(ctx context.Context) (string, error) {
	if err := a.Config().May(a.User(), RightConfigure); err != nil {
		return "", err
	}
	if a.auditKey() != nil {
		return "where it was", a.keepHead(ctx)
	}
	key := make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		return "", err
	}
	place, err := a.secrets.Set("audit", "key", hex.EncodeToString(key))
	if err != nil {
		return "", err
	}
	return string(place), a.keepHead(ctx)
}

func macOf(key []byte, h store.Head) string {
	m := hmac.New(sha256.New, key)
	fmt.Fprintf(m, "%d %s", h.Count, h.Hash)
	return hex.EncodeToString(m.Sum(nil))
}

// keepHead writes the end of the audit chain beside the books. What cannot be written now is written the
// next time: the chain may be longer than the head says, never shorter.
func (a *App) keepHead(ctx context.Context) error {
	h, err := a.store.AuditHead(ctx)
	if err != nil || h.Count == 0 || a.store.Broken() {
		return err
	}
	kept := signedHead{Head: h}
	if key := a.auditKey(); key != nil {
		kept.MAC = macOf(key, h)
	}
	b, err := json.Marshal(kept)
	if err != nil {
		return err
	}
	return writeConfig(filepath.Join(a.folder, headName), append(b, '\n'))
}

// AuditReport is what verifying the audit chain found.
type AuditReport struct {
	Entries int64 `json:"entries"`
	// Signed is how many of them the head that is kept beside the books has signed; Sealed says that its
	// signature was made with the profile's key.
	Signed int64 `json:"signed"`
	Sealed bool  `json:"sealed"`
	// Fault is the first thing that does not hold, nil where all does.
	Fault *store.Fault `json:"fault"`
}

// VerifyAudit reads the whole history and says whether anything was changed, put in, taken out or cut
// behind the program.
func (a *App) VerifyAudit(ctx context.Context) (AuditReport, error) {
	var r AuditReport
	var kept signedHead
	b, err := os.ReadFile(filepath.Join(a.folder, headName))
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return r, fmt.Errorf("the head of the audit chain cannot be read: %w", err)
	default:
		if err := json.Unmarshal(b, &kept); err != nil {
			r.Fault = &store.Fault{Why: "The file " + headName + " is damaged."}
		}
	}
	head, err := a.store.AuditHead(ctx)
	if err != nil {
		return r, err
	}
	r.Entries, r.Signed = head.Count, kept.Count
	if key := a.auditKey(); key != nil && kept.MAC != "" {
		if r.Sealed = hmac.Equal([]byte(kept.MAC), []byte(macOf(key, kept.Head))); !r.Sealed &&
			r.Fault == nil {
			r.Fault = &store.Fault{Why: "The file " + headName + " was not signed by this profile."}
		}
	}
	fault, err := a.store.VerifyAudit(ctx, kept.Head)
	if err == nil && r.Fault == nil {
		r.Fault = fault
	}
	return r, err
}

// ExportAudit writes the whole history, an entry a line in JSON: who did what, when and why, with what it
// was before and after.
func (a *App) ExportAudit(ctx context.Context, w io.Writer) (int, error) {
	events, err := a.store.Events(ctx, nil)
	if err != nil {
		return 0, err
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	for _, x := range events {
		if err := e.Encode(struct {
			Event   EventID         `json:"event"`
			At      string          `json:"at"`
			By      string          `json:"by"`
			Kind    string          `json:"kind"`
			Subject string          `json:"subject"`
			What    string          `json:"what"`
			Why     string          `json:"why,omitempty"`
			Before  json.RawMessage `json:"before,omitempty"`
			After   json.RawMessage `json:"after,omitempty"`
			Undoes  EventID         `json:"undoes,omitempty"`
		}{x.ID, x.At.String(), x.By, string(x.Kind), x.Subject, x.What, x.Why, raw(x.Before),
			raw(x.After), x.Undoes}); err != nil {
			return 0, err
		}
	}
	return len(events), nil
}

func raw(s string) json.RawMessage {
	if s == "" {
		return nil
	}
	return json.RawMessage(s)
}
