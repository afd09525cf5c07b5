-- A draft of a match keeps how much of each record is taken; those before took all of each.

ALTER TABLE drafts ADD COLUMN uses TEXT NOT NULL DEFAULT '';

-- The language that a customer chose; notices are written in it.

ALTER TABLE customers ADD COLUMN language TEXT NOT NULL DEFAULT '';

-- A run asks what people decided about matches; most of a million matches are nobody's decision.

CREATE INDEX matches_decided ON matches (id) WHERE state IN ('confirmed', 'rejected');
