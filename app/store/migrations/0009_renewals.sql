-- What people decided about failed renewals.

-- holds: reasons not to act on an invoice, or on a customer's invoices; until_on is the last day.

CREATE TABLE holds (
	subject TEXT PRIMARY KEY, reason TEXT NOT NULL, until_on INTEGER NOT NULL CHECK (until_on > 0),
	by TEXT NOT NULL, at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- consents: a customer agreed to be charged by a saved method when another one fails; how says where
-- that is written. id is the customer's id, a space and the method's credential.

CREATE TABLE consents (
	id TEXT PRIMARY KEY, customer TEXT NOT NULL, credential TEXT NOT NULL, how TEXT NOT NULL,
	by TEXT NOT NULL, at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
