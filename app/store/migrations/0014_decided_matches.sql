-- A run asks what people decided about matches; most of a million matches are nobody's decision.

CREATE INDEX matches_decided ON matches (id) WHERE state IN ('confirmed', 'rejected');
