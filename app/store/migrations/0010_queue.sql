-- What the queue needs to carry out what was filed. request is the order in our words, with its hash;
-- call is what is sent, to the byte.

ALTER TABLE intents ADD COLUMN call TEXT NOT NULL DEFAULT '';

ALTER TABLE intents ADD COLUMN call_hash TEXT NOT NULL DEFAULT '';

ALTER TABLE intents ADD COLUMN second INTEGER NOT NULL DEFAULT 0 CHECK (second IN (0, 1));

ALTER TABLE intents ADD COLUMN object TEXT NOT NULL DEFAULT '';

ALTER TABLE intents ADD COLUMN charge TEXT NOT NULL DEFAULT '';

ALTER TABLE intents ADD COLUMN parent TEXT NOT NULL DEFAULT '';

ALTER TABLE intents ADD COLUMN looks INTEGER NOT NULL DEFAULT 0;

ALTER TABLE intents ADD COLUMN expires_at INTEGER NOT NULL DEFAULT 0;

UPDATE intents SET second = 1 WHERE state = 'awaiting_approval';

DROP INDEX once_ever;

CREATE UNIQUE INDEX once_ever ON intents (kind, target)
	WHERE kind IN ('record-payment', 'record-refund', 'book-reversal', 'notice')
	AND state NOT IN ('refused', 'cancelled');

CREATE INDEX intents_due ON intents (state, next_try_at);

-- approvals: a second person's yes to exactly one intent as it was: hash is over all that matters of it,
-- and an edit makes it void.

CREATE TABLE approvals (
	intent TEXT NOT NULL REFERENCES intents (id), hash TEXT NOT NULL, by TEXT NOT NULL,
	at INTEGER NOT NULL, until INTEGER NOT NULL, PRIMARY KEY (intent, hash, at)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER approvals_by_another BEFORE INSERT ON approvals
WHEN NEW.by = (SELECT requested_by FROM intents WHERE id = NEW.intent)
BEGIN
	SELECT RAISE(ABORT, 'who filed it cannot approve it');
END;

CREATE TRIGGER approvals_update BEFORE UPDATE ON approvals
BEGIN
	SELECT RAISE(ABORT, 'an approval is never changed');
END;

-- sending: one row; paused says why nothing is sent, '' where things are sent.

CREATE TABLE sending (
	id INTEGER PRIMARY KEY CHECK (id = 1), paused TEXT NOT NULL, by TEXT NOT NULL, at INTEGER NOT NULL
) STRICT;

INSERT INTO sending (id, paused, by, at) VALUES (1, '', '', 0);

-- What was sent is never unsent, and its bytes and its key never change.

CREATE TRIGGER intents_stay BEFORE UPDATE ON intents
WHEN OLD.idem_key <> NEW.idem_key OR OLD.kind <> NEW.kind OR OLD.target <> NEW.target
	OR OLD.amount_minor <> NEW.amount_minor OR OLD.currency <> NEW.currency
	OR OLD.requested_by <> NEW.requested_by OR OLD.request <> NEW.request
	OR OLD.call <> '' AND OLD.call <> NEW.call
	OR OLD.first_sent_at > 0 AND OLD.first_sent_at <> NEW.first_sent_at
		AND NOT (OLD.state = 'sent' AND NEW.state = 'ready' AND NEW.first_sent_at = 0)
	OR OLD.state IN ('succeeded', 'refused')
	OR NEW.first_sent_at > 0 AND NEW.state IN ('draft', 'awaiting_approval', 'ready', 'cancelled')
BEGIN
	SELECT RAISE(ABORT, 'what was filed or sent is not changed');
END;

CREATE TRIGGER intents_kept BEFORE DELETE ON intents
BEGIN
	SELECT RAISE(ABORT, 'an action is never deleted');
END;
