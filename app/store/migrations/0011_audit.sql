-- chain: each event's hash is over all that the event says and the hash of the one before it, so that no
-- entry can be changed, put in, taken out or moved unseen. Events of before are chained when the books
-- are opened; from then on in the transaction that writes them.

CREATE TABLE chain (event INTEGER PRIMARY KEY, hash TEXT NOT NULL) STRICT;

CREATE TRIGGER chain_update BEFORE UPDATE ON chain
BEGIN
	SELECT RAISE(ABORT, 'the chain is never changed');
END;

CREATE TRIGGER chain_delete BEFORE DELETE ON chain
BEGIN
	SELECT RAISE(ABORT, 'the chain is never cut');
END;
