-- What people do with exceptions. Every step is one transaction with its events, and nothing is ever
-- deleted: to undo is a new event.

-- events: what happened to whom; before and after are JSON by the key of what was changed.

CREATE TABLE events (
	id INTEGER PRIMARY KEY, batch INTEGER NOT NULL, at INTEGER NOT NULL, by TEXT NOT NULL,
	kind TEXT NOT NULL, subject TEXT NOT NULL, what TEXT NOT NULL, why TEXT NOT NULL,
	"before" TEXT NOT NULL, "after" TEXT NOT NULL, evidence TEXT NOT NULL,
	undoes INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX events_subject ON events (subject, id);

CREATE INDEX events_by ON events (by, id);

CREATE UNIQUE INDEX events_undone_once ON events (undoes) WHERE undoes <> 0;

CREATE TRIGGER events_update BEFORE UPDATE ON events
BEGIN
	SELECT RAISE(ABORT, 'events are never changed');
END;

CREATE TRIGGER events_delete BEFORE DELETE ON events
BEGIN
	SELECT RAISE(ABORT, 'events are never deleted');
END;

-- work: where each exception stands with people. basis is what a decision rests on: it stands while
-- the exception's class, amount, items and leg are the same.

CREATE TABLE work (
	exception TEXT PRIMARY KEY, owner TEXT NOT NULL, due_on INTEGER NOT NULL,
	resolution TEXT NOT NULL, code TEXT NOT NULL, status TEXT NOT NULL, until_on INTEGER NOT NULL,
	basis TEXT NOT NULL, by TEXT NOT NULL, at INTEGER NOT NULL, why TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- drafts: half-finished manual matches.

CREATE TABLE drafts (
	id INTEGER PRIMARY KEY, title TEXT NOT NULL, "left" TEXT NOT NULL, "right" TEXT NOT NULL,
	by TEXT NOT NULL, at INTEGER NOT NULL
) STRICT;

-- intents: decisions to change something outside. They are written before anything is sent; request
-- is exactly what will be sent. One target has one open intent of a kind, and the database says so.

CREATE TABLE intents (
	id TEXT PRIMARY KEY, kind TEXT NOT NULL, target TEXT NOT NULL, exception TEXT NOT NULL,
	provider TEXT NOT NULL, account TEXT NOT NULL, live INTEGER NOT NULL CHECK (live IN (0, 1)),
	amount_minor INTEGER NOT NULL CHECK (amount_minor >= 0), currency TEXT NOT NULL,
	idem_key TEXT NOT NULL UNIQUE, request TEXT NOT NULL, request_hash TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('draft', 'awaiting_approval', 'ready', 'sent',
		'succeeded', 'refused', 'unknown', 'needs_person', 'cancelled')),
	version INTEGER NOT NULL, lease_token TEXT, lease_until INTEGER, first_sent_at INTEGER,
	next_try_at INTEGER, attempts INTEGER NOT NULL DEFAULT 0, last_error TEXT NOT NULL DEFAULT '',
	evidence TEXT, requested_by TEXT NOT NULL, requested_at INTEGER NOT NULL,
	approved_by TEXT NOT NULL DEFAULT '' CHECK (approved_by <> requested_by OR approved_by = ''),
	what TEXT NOT NULL, why TEXT NOT NULL
) STRICT;

CREATE UNIQUE INDEX one_open_intent ON intents (kind, target)
	WHERE state IN ('draft', 'awaiting_approval', 'ready', 'sent', 'unknown', 'needs_person');

CREATE UNIQUE INDEX once_ever ON intents (kind, target)
	WHERE kind IN ('record-payment') AND state NOT IN ('refused', 'cancelled');

CREATE INDEX intents_exception ON intents (exception);
