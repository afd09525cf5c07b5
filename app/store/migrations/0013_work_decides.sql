-- What a person decides about an exception stands in their work; a run's sighting of it says only what
-- the run found.

ALTER TABLE exceptions DROP COLUMN decided;
ALTER TABLE exceptions DROP COLUMN decided_by;
ALTER TABLE exceptions DROP COLUMN decided_at;
ALTER TABLE exceptions DROP COLUMN decided_why;
