-- A draft of a match keeps how much of each record is taken; those before took all of each.

ALTER TABLE drafts ADD COLUMN uses TEXT NOT NULL DEFAULT '';
