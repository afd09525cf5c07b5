package book

// EventID numbers events from 1 in the order in which they happened; 0 is none.
type EventID int64

// EventKind says what sort of thing happened: a Resolution's word, or one of these.
type EventKind string

// The kinds of event beside the resolutions.
const (
	// EventRecord is a date of a record itself, EventDetected an exception's first sighting; neither is
	// stored as an event.
	EventRecord   EventKind = "record"
	EventDetected EventKind = "detected"
	EventAssigned EventKind = "assign"
	EventNote     EventKind = "note"
	// EventApproved is a second person's yes to what a first one prepared.
	EventApproved  EventKind = "approve"
	EventCancelled EventKind = "cancel"
	EventDraft     EventKind = "draft"
	EventUndo      EventKind = "undo"
	// EventHold is a hold on renewals or its end, EventConsent a customer's word about a saved method.
	// EventMended says that what the last decline left open is settled: our own fault, an earlier attempt.
	EventHold    EventKind = "hold"
	EventConsent EventKind = "consent"
	EventMended  EventKind = "mended"
	// EventSending is a pause of all sending or its end. The others are what the queue does: an action
	// is made ready, sent, answered, looked up.
	EventSending  EventKind = "sending"
	EventReady    EventKind = "ready"
	EventSent     EventKind = "sent"
	EventOutcome  EventKind = "outcome"
	EventLookedUp EventKind = "look-up"
)

// Event is one thing that happened to a subject. Events are never changed or deleted.
type Event struct {
	ID EventID
	// Batch is the first event of the step that this one belongs to: a step is undone as a whole.
	Batch EventID
	At    Instant
	// By is who did it; "sync" or "reconcile" for what nobody did.
	By   string
	Kind EventKind
	// Subject is the exception's id, the item, the intent or the draft that it happened to.
	Subject string
	// What is one line for people, Why the reason that was given, "" for none.
	What, Why string
	// Before and After hold what was changed, in JSON by key; "" where nothing was.
	Before, After string
	Evidence      []Evidence
	// Undoes is the event that this one takes back, UndoneBy the one that took this one back; 0 for
	// none. An undone note is shown struck.
	Undoes, UndoneBy EventID
}

// Evidence is a file that proves something; it lies in the profile's folder under its digest.
type Evidence struct {
	// Digest is the SHA-256 of its bytes in hex, Name the file's name without its folder.
	Digest string `json:"digest"`
	Name   string `json:"name"`
	Size   int64  `json:"size"`
}
