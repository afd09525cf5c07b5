-- Gateways tell of saved methods too: of whom by their own id, and since when.

ALTER TABLE saved_methods ADD COLUMN payer TEXT NOT NULL DEFAULT '';
ALTER TABLE saved_methods ADD COLUMN fingerprint TEXT NOT NULL DEFAULT '';
ALTER TABLE saved_methods ADD COLUMN added_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE saved_methods ADD COLUMN updated_at INTEGER NOT NULL DEFAULT 0;
