-- What statements say beyond an amount and a text: the reference that the payer was asked to quote, and
-- the payments of a batch that is booked as one line, in JSON.

ALTER TABLE bank_lines ADD COLUMN structured TEXT NOT NULL DEFAULT '';

ALTER TABLE bank_lines ADD COLUMN details TEXT NOT NULL DEFAULT '';

-- Who imported, how much was replaced and taken in, and when and by whom the import was undone.
-- journal = 1 where import_changes holds all that it did, so that it can be undone.

ALTER TABLE imports ADD COLUMN by TEXT NOT NULL DEFAULT '';

ALTER TABLE imports ADD COLUMN replaced INTEGER NOT NULL DEFAULT 0;

ALTER TABLE imports ADD COLUMN settled INTEGER NOT NULL DEFAULT 0;

ALTER TABLE imports ADD COLUMN journal INTEGER NOT NULL DEFAULT 0;

ALTER TABLE imports ADD COLUMN undone_at INTEGER NOT NULL DEFAULT 0;

ALTER TABLE imports ADD COLUMN undone_by TEXT NOT NULL DEFAULT '';

-- What an import did, one thing a row. A changed one is as it was before in JSON, NULL where it was
-- not there; of one that is seen the file says the same as the books did already, so that it stays
-- while this import does. says is the statement that a line has in this import's file, and what a
-- profile was made to say.

CREATE TABLE import_changes (
	import INTEGER NOT NULL,
	kind TEXT NOT NULL CHECK (kind IN ('bank_line', 'statement', 'reject', 'profile')),
	item TEXT NOT NULL, role TEXT NOT NULL CHECK (role IN ('changed', 'seen')),
	says TEXT NOT NULL, before TEXT,
	PRIMARY KEY (kind, item, import)
) STRICT, WITHOUT ROWID;

CREATE INDEX import_changes_import ON import_changes (import);

-- Rows of statements that could not be read, once for each file: open until they are taken in by an
-- import of the same file, or dropped by a person.

CREATE TABLE quarantine (
	seq INTEGER PRIMARY KEY, account TEXT NOT NULL, file TEXT NOT NULL, digest TEXT NOT NULL,
	place TEXT NOT NULL, raw TEXT NOT NULL, reason TEXT NOT NULL, at INTEGER NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('open', 'taken in', 'dropped', 'undone')),
	by TEXT NOT NULL DEFAULT '', ended_at INTEGER NOT NULL DEFAULT 0,
	UNIQUE (account, digest, place)
) STRICT;

INSERT INTO quarantine (account, file, digest, place, raw, reason, at, state)
	SELECT origin, '', '', place, raw, reason, at, 'open' FROM rejects WHERE kind = 'bank_line';

-- Files in watched folders as they were at the last look: seen for the first time or changed, taken,
-- waiting for somebody (why says what for), or no statement.

CREATE TABLE watched_files (
	path TEXT PRIMARY KEY, size INTEGER NOT NULL, modified INTEGER NOT NULL, digest TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('seen', 'taken', 'waits', 'other')), why TEXT NOT NULL,
	at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
