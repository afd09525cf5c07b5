-- What a billing system says besides: where credit came from, what a customer wants to be left out of,
-- the payment methods that are saved with it, and how its automation is set.

ALTER TABLE credits ADD COLUMN origin TEXT NOT NULL DEFAULT '';

ALTER TABLE customers ADD COLUMN no_capture INTEGER NOT NULL DEFAULT 0;

ALTER TABLE customers ADD COLUMN no_overdue_notices INTEGER NOT NULL DEFAULT 0;

CREATE TABLE saved_methods (
	seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, source TEXT NOT NULL,
	customer_id TEXT NOT NULL, kind TEXT NOT NULL, title TEXT NOT NULL, method TEXT NOT NULL,
	brand TEXT NOT NULL, ending TEXT NOT NULL, expires_on INTEGER NOT NULL,
	revision TEXT NOT NULL, gone INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE settings (
	seq INTEGER PRIMARY KEY, source TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,
	gone INTEGER NOT NULL DEFAULT 0, UNIQUE (source, name)
) STRICT;
