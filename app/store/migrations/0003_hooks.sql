-- Webhooks that came in, once each: what happened, and not what it was about in money. They are
-- the guard against repeats, so that they stay for a while after what they told of is stored.

CREATE TABLE hooks (
	seq INTEGER PRIMARY KEY, source TEXT NOT NULL, event TEXT NOT NULL, type TEXT NOT NULL,
	at INTEGER NOT NULL, about TEXT NOT NULL, received_at INTEGER NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('waiting', 'applied')), tries INTEGER NOT NULL,
	next_at INTEGER NOT NULL, applied_at INTEGER NOT NULL,
	UNIQUE (source, event)
) STRICT;

CREATE INDEX hooks_waiting ON hooks (source, next_at) WHERE state = 'waiting';

CREATE INDEX hooks_received ON hooks (source, received_at);

-- What came in and is not kept, counted by the hour.

CREATE TABLE hook_counts (
	source TEXT NOT NULL, hour INTEGER NOT NULL, repeated INTEGER NOT NULL, refused INTEGER NOT NULL,
	PRIMARY KEY (source, hour)
) STRICT;

-- turn counts how often a source's facts were written, so that who read from the provider before
-- another one wrote can tell.

ALTER TABLE cursors ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;
