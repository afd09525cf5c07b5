-- rule_allowances: who let which version of a rule of the user's own post by itself, on which figures of
-- its back-test. Only a back-test that contradicted nothing is kept, and no row is ever changed.

CREATE TABLE rule_allowances (
	seq INTEGER PRIMARY KEY, rule TEXT NOT NULL, hash TEXT NOT NULL, by TEXT NOT NULL,
	at INTEGER NOT NULL, "from" INTEGER NOT NULL, "to" INTEGER NOT NULL,
	acted INTEGER NOT NULL CHECK (acted > 0), agreed INTEGER NOT NULL, new INTEGER NOT NULL,
	CHECK (agreed >= 0 AND new >= 0 AND agreed + new = acted)
) STRICT;

CREATE TRIGGER rule_allowances_update BEFORE UPDATE ON rule_allowances
BEGIN
	SELECT RAISE(ABORT, 'allowances are never changed');
END;

CREATE TRIGGER rule_allowances_delete BEFORE DELETE ON rule_allowances
BEGIN
	SELECT RAISE(ABORT, 'allowances are never deleted');
END;
