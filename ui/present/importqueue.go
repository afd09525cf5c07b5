package present

import (
	"strings"

	"countinghouse/app"
)

// QueueState is where a file of an import stands.
type QueueState string

// The states of a file.
const (
	QueueWaiting  QueueState = "waiting"
	QueueReading  QueueState = "reading"
	QueueReady    QueueState = "ready"
	QueueLook     QueueState = "look"
	QueueAsks     QueueState = "asks"
	QueueProblem  QueueState = "problem"
	QueueNothing  QueueState = "nothing"
	QueueImported QueueState = "imported"
	QueueReport   QueueState = "report"
)

// QueueRow is one file of an import that has several.
type QueueRow struct {
	ID, Name, Account, Period, New, Known, Kept, Balance, Result string
	Status                                                       Status
	Icon                                                         string
	State                                                        QueueState
}

// StateOf is where a file stands, by its preview.
func (p *ImportPreview) StateOf() QueueState {
	switch {
	case p.Question != nil:
		return QueueAsks
	case p.Problem != "":
		return QueueProblem
	case p.New == 0 && p.Kept == 0:
		return QueueNothing
	case p.Ready():
		return QueueReady
	}
	return QueueLook
}

// NewQueueRow lays out a file of the queue; p is nil as long as nothing is known of it, and said is what
// came of it or why it is none.
func NewQueueRow(id, name, account string, state QueueState, p *ImportPreview, said string) QueueRow {
	r := QueueRow{ID: id, Name: name, Account: account, State: state, Period: None, New: None, Known: None,
		Kept: None}
	if p != nil && p.Question == nil && p.Problem == "" {
		r.Period, r.Balance = orNone(p.Period), p.Verdict
		r.New, r.Known, r.Kept = Count(p.New), Count(p.Known), Count(p.Kept)
	}
	switch state {
	case QueueWaiting:
		r.Result, r.Status = "Waits to be read", Neutral
	case QueueReading:
		r.Result, r.Status = "Being read", TimingStatus
	case QueueReady:
		r.Result, r.Status = "Ready", OK
	case QueueLook:
		r.Result, r.Status = "Look at it: "+p.why(), Attention
	case QueueAsks:
		r.Result, r.Status, r.Icon = "Asks: "+p.Question.Text, Unknown, ""
	case QueueProblem:
		r.Result, r.Status = said, Break
		if p != nil && p.Problem != "" {
			r.Result = p.Problem
		}
	case QueueNothing:
		r.Result, r.Status = "Nothing new", Neutral
	case QueueImported:
		r.Result, r.Status = said, OK
	case QueueReport:
		r.Result, r.Status = said, TimingStatus
	}
	return r
}

// why says in a few words what a person should look at.
func (p *ImportPreview) why() string {
	var parts []string
	if p.Kept > 0 {
		parts = append(parts, Count(p.Kept)+" not readable")
	}
	if p.ChainStatus == Attention {
		parts = append(parts, "a gap or an overlap")
	}
	if p.Status == Attention {
		parts = append(parts, "the balance differs")
	}
	if p.Status == Neutral {
		parts = append(parts, "no balances to prove it")
	}
	if len(p.Warnings) > 0 {
		parts = append(parts, Plural(len(p.Warnings), "warning"))
	}
	return strings.Join(parts, ", ")
}

// QueueSummary says how many files stand where: "5 files: 2 ready, 1 asks".
func QueueSummary(rows []QueueRow) string {
	words := []struct {
		state QueueState
		word  string
	}{{QueueReady, "ready"}, {QueueAsks, "with a question"}, {QueueLook, "to look at"},
		{QueueReport, "gateway reports"}, {QueueProblem, "not read"}, {QueueNothing, "with nothing new"},
		{QueueImported, "imported"}, {QueueReading, "being read"}, {QueueWaiting, "waiting"}}
	var parts []string
	for _, w := range words {
		n := 0
		for _, r := range rows {
			if r.State == w.state {
				n++
			}
		}
		if n > 0 {
			word := w.word
			if n == 1 {
				word = strings.Replace(word, "reports", "report", 1)
			}
			parts = append(parts, Count(n)+" "+word)
		}
	}
	return Plural(len(rows), "file") + ": " + strings.Join(parts, ", ") + "."
}

// ImportAllButton is the button that imports all files that are ready.
func ImportAllButton(ready int) string {
	if ready == 1 {
		return "Import the one that is ready"
	}
	return "Import all " + Count(ready) + " that are ready"
}

// QueueResult says what an import of a file came to, in the few words of a list.
func QueueResult(f app.ImportedFile) string {
	text := "Imported " + Plural(f.New, "line")
	if n := len(f.Quarantined); n > 0 {
		text += ", " + Count(n) + " kept aside"
	}
	return text
}

// QueueHint says beside the button what it does, or waits for.
func QueueHint(ready int, busy bool) string {
	switch {
	case busy:
		return "The files are being read, one after the other. Nothing is stored yet."
	case ready == 0:
		return "Enter opens a file. No file is ready to be imported as it is."
	}
	return "Ready are files without a question, a warning or an unreadable row, whose balance holds."
}

// NoStatement says that a file of a folder is no statement, and why.
func NoStatement(why string) string { return "No statement: " + why + "." }
