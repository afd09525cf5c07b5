-- What was charged, and why not: dunning counts attempts by instrument and reads the codes.

ALTER TABLE transactions ADD COLUMN instrument_id TEXT NOT NULL DEFAULT '';

ALTER TABLE transactions ADD COLUMN instrument_mandate TEXT NOT NULL DEFAULT '';

ALTER TABLE transactions ADD COLUMN instrument_fingerprint TEXT NOT NULL DEFAULT '';

ALTER TABLE transactions ADD COLUMN instrument_kind TEXT NOT NULL DEFAULT '';

ALTER TABLE transactions ADD COLUMN instrument_brand TEXT NOT NULL DEFAULT '';

ALTER TABLE transactions ADD COLUMN instrument_ending TEXT NOT NULL DEFAULT '';

ALTER TABLE transactions ADD COLUMN instrument_region TEXT NOT NULL DEFAULT '';

ALTER TABLE transactions ADD COLUMN decline_code TEXT NOT NULL DEFAULT '';

ALTER TABLE transactions ADD COLUMN decline_error TEXT NOT NULL DEFAULT '';

ALTER TABLE transactions ADD COLUMN decline_network TEXT NOT NULL DEFAULT '';

ALTER TABLE transactions ADD COLUMN decline_advice TEXT NOT NULL DEFAULT '';

ALTER TABLE transactions ADD COLUMN decline_outcome TEXT NOT NULL DEFAULT '';
