-- The books, schema 1. Statements are parted by blank lines. Instants are whole UTC milliseconds
-- and dates days since 1970-01-01, 0 where not set; amounts are minor units with their currency
-- beside.
-- A released file is never edited: what changes comes as the next number.

-- Facts: what sources and banks state. They can be thrown away and pulled again.

CREATE TABLE customers (
	seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, source TEXT NOT NULL, name TEXT NOT NULL,
	company TEXT NOT NULL, email TEXT NOT NULL, country TEXT NOT NULL, currency TEXT NOT NULL,
	status TEXT NOT NULL, credit INTEGER NOT NULL, no_notices INTEGER NOT NULL,
	revision TEXT NOT NULL, gone INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE services (
	seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, source TEXT NOT NULL,
	customer_id TEXT NOT NULL, name TEXT NOT NULL, domain TEXT NOT NULL, status TEXT NOT NULL,
	cycle TEXT NOT NULL, method TEXT NOT NULL, recurring INTEGER NOT NULL,
	recurring_currency TEXT NOT NULL, next_due_on INTEGER NOT NULL,
	revision TEXT NOT NULL, gone INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE invoices (
	seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, source TEXT NOT NULL,
	customer_id TEXT NOT NULL, number TEXT NOT NULL, status TEXT NOT NULL, kind TEXT NOT NULL,
	issued_on INTEGER NOT NULL, due_on INTEGER NOT NULL, paid_at INTEGER NOT NULL,
	updated_at INTEGER NOT NULL, currency TEXT NOT NULL, total INTEGER NOT NULL,
	credit INTEGER NOT NULL, balance INTEGER NOT NULL, method TEXT NOT NULL,
	lines TEXT NOT NULL, -- a list in JSON, '' for none
	revision TEXT NOT NULL, gone INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX invoices_number ON invoices (number);

CREATE INDEX invoices_open ON invoices (source)
	WHERE status IN ('draft', 'unpaid', 'payment_pending', 'collections');

CREATE TABLE payments (
	seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, source TEXT NOT NULL,
	invoice_id TEXT NOT NULL, customer_id TEXT NOT NULL, at INTEGER NOT NULL,
	amount INTEGER NOT NULL, amount_currency TEXT NOT NULL, fee INTEGER NOT NULL,
	method TEXT NOT NULL, reference TEXT NOT NULL, refund_of TEXT NOT NULL, text TEXT NOT NULL,
	revision TEXT NOT NULL, gone INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE credits (
	seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, source TEXT NOT NULL,
	customer_id TEXT NOT NULL, "on" INTEGER NOT NULL, amount INTEGER NOT NULL,
	amount_currency TEXT NOT NULL, text TEXT NOT NULL, invoice_id TEXT NOT NULL,
	revision TEXT NOT NULL, gone INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE methods (
	seq INTEGER PRIMARY KEY, source TEXT NOT NULL, name TEXT NOT NULL, title TEXT NOT NULL,
	gone INTEGER NOT NULL DEFAULT 0, UNIQUE (source, name)
) STRICT;

CREATE TABLE rates (
	seq INTEGER PRIMARY KEY, source TEXT NOT NULL, currency TEXT NOT NULL, rate TEXT NOT NULL,
	gone INTEGER NOT NULL DEFAULT 0, UNIQUE (source, currency)
) STRICT;

CREATE TABLE transactions (
	seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, source TEXT NOT NULL, kind TEXT NOT NULL,
	state TEXT NOT NULL, at INTEGER NOT NULL, available_at INTEGER NOT NULL,
	currency TEXT NOT NULL, gross INTEGER NOT NULL, fee INTEGER NOT NULL, tax INTEGER NOT NULL,
	net INTEGER NOT NULL, charged INTEGER NOT NULL, charged_currency TEXT NOT NULL,
	rate TEXT NOT NULL, parent TEXT NOT NULL, payout_id TEXT NOT NULL,
	aliases TEXT NOT NULL, -- one a line
	invoice_ref TEXT NOT NULL, customer_ref TEXT NOT NULL, payer TEXT NOT NULL,
	payer_name TEXT NOT NULL, text TEXT NOT NULL, reason TEXT NOT NULL, due_on INTEGER NOT NULL,
	revision TEXT NOT NULL, gone INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX transactions_at ON transactions (source, at);

CREATE INDEX transactions_pending ON transactions (source) WHERE state = 'pending';

CREATE TABLE payouts (
	seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, source TEXT NOT NULL, state TEXT NOT NULL,
	amount INTEGER NOT NULL, amount_currency TEXT NOT NULL, sent_at INTEGER NOT NULL,
	arrives_on INTEGER NOT NULL, members TEXT NOT NULL, trace TEXT NOT NULL,
	descriptor TEXT NOT NULL, failed_at INTEGER NOT NULL, reason TEXT NOT NULL,
	aliases TEXT NOT NULL, -- one a line
	revision TEXT NOT NULL, gone INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE balances (
	seq INTEGER PRIMARY KEY, source TEXT NOT NULL, currency TEXT NOT NULL, at INTEGER NOT NULL,
	amount INTEGER NOT NULL, ledger_from INTEGER NOT NULL,
	gone INTEGER NOT NULL DEFAULT 0, UNIQUE (source, currency, at)
) STRICT;

CREATE TABLE statements (
	seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, account TEXT NOT NULL,
	account_number TEXT NOT NULL, number TEXT NOT NULL, currency TEXT NOT NULL,
	from_on INTEGER NOT NULL, to_on INTEGER NOT NULL,
	opening INTEGER, closing INTEGER, -- NULL where the file states none
	file TEXT NOT NULL, digest TEXT NOT NULL, format TEXT NOT NULL,
	gone INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE bank_lines (
	seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, account TEXT NOT NULL,
	statement_id TEXT NOT NULL, "on" INTEGER NOT NULL, value_on INTEGER NOT NULL,
	amount INTEGER NOT NULL, amount_currency TEXT NOT NULL, counterparty TEXT NOT NULL,
	counterparty_account TEXT NOT NULL, reference TEXT NOT NULL, text TEXT NOT NULL,
	bank_id TEXT NOT NULL, pending INTEGER NOT NULL, row INTEGER NOT NULL,
	ordinal INTEGER NOT NULL, gone INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX bank_lines_on ON bank_lines (account, "on");

-- Records that could not be read; the same one is kept once.

CREATE TABLE rejects (
	seq INTEGER PRIMARY KEY, origin TEXT NOT NULL, place TEXT NOT NULL, kind TEXT NOT NULL,
	raw TEXT NOT NULL, reason TEXT NOT NULL, at INTEGER NOT NULL,
	UNIQUE (origin, place, kind)
) STRICT;

-- How far each source was pulled, and what its runs came to.

CREATE TABLE cursors (
	source TEXT PRIMARY KEY, cursor TEXT NOT NULL, at INTEGER NOT NULL
) STRICT;

CREATE TABLE source_runs (
	id INTEGER PRIMARY KEY, source TEXT NOT NULL, at INTEGER NOT NULL, result TEXT NOT NULL,
	message TEXT NOT NULL, created INTEGER NOT NULL, changed INTEGER NOT NULL,
	same INTEGER NOT NULL, rejected INTEGER NOT NULL
) STRICT;

CREATE INDEX source_runs_source ON source_runs (source, id);

CREATE TABLE imports (
	id INTEGER PRIMARY KEY, account TEXT NOT NULL, at INTEGER NOT NULL, files TEXT NOT NULL,
	created INTEGER NOT NULL, same INTEGER NOT NULL, rejected INTEGER NOT NULL
) STRICT;

CREATE TABLE import_profiles (
	shape TEXT PRIMARY KEY, profile TEXT NOT NULL, at INTEGER NOT NULL
) STRICT;

-- Decisions: what was concluded here. Pulls never write below this line, except alterations.

CREATE TABLE runs (
	id INTEGER PRIMARY KEY, period INTEGER NOT NULL, at INTEGER NOT NULL, digest TEXT NOT NULL,
	rules TEXT NOT NULL
) STRICT;

CREATE TABLE matches (
	seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, pass TEXT NOT NULL, leg TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('auto', 'suggested', 'confirmed', 'rejected')),
	rule TEXT NOT NULL, "left" TEXT NOT NULL, "right" TEXT NOT NULL, uses TEXT NOT NULL,
	residual INTEGER NOT NULL, residual_currency TEXT NOT NULL, facts TEXT NOT NULL,
	run INTEGER NOT NULL, sum INTEGER NOT NULL,
	live INTEGER NOT NULL CHECK (live = 0 OR state IN ('auto', 'confirmed')),
	decided_by TEXT NOT NULL DEFAULT '', decided_at INTEGER NOT NULL DEFAULT 0,
	decided_why TEXT NOT NULL DEFAULT ''
) STRICT;

-- How much of each item each match takes, in the item's own sign and currency. What it takes counts
-- while live = 1: while the match is automatic, or confirmed and not contradicted by the last run.

CREATE TABLE allocations (
	item TEXT NOT NULL, leg TEXT NOT NULL, match INTEGER NOT NULL, amount INTEGER NOT NULL,
	currency TEXT NOT NULL, live INTEGER NOT NULL CHECK (live IN (0, 1)),
	side INTEGER NOT NULL DEFAULT 0 CHECK (side IN (0, 1)), -- 0 left, 1 right
	PRIMARY KEY (item, leg, match)
) STRICT, WITHOUT ROWID;

-- The rule that money is used once: the live allocations of an item on a leg have its currency and
-- its sign and never add up to more than it holds. It holds an invoice's total, a payment's, a
-- credit's, a payout's or a bank line's amount; a transaction holds its net on the payout leg and
-- elsewhere what the customer was charged, or its gross where that is not set. An item of zero can
-- be taken with zero only. Between gateway and gateway the sides count apart: a refund is the child
-- of its charge and the parent of its own failure.
--
-- The rule is checked when an allocation is written, not when a fact changes: facts are pulled
-- again and must never be refused for what was concluded here. A fact that changes below its
-- allocations leaves an alteration (see the triggers further down), and the next run writes
-- allocations that fit.

CREATE VIEW capacities (item, currency, holds, payout_currency, payout_holds) AS
	SELECT id, iif(charged_currency = '', currency, charged_currency),
		iif(charged_currency = '', gross, charged), currency, net FROM transactions
	UNION ALL SELECT id, amount_currency, amount, amount_currency, amount FROM payments
	UNION ALL SELECT id, amount_currency, amount, amount_currency, amount FROM payouts
	UNION ALL SELECT id, currency, total, currency, total FROM invoices
	UNION ALL SELECT id, amount_currency, amount, amount_currency, amount FROM bank_lines
	UNION ALL SELECT id, amount_currency, amount, amount_currency, amount FROM credits;

CREATE TRIGGER allocations_insert AFTER INSERT ON allocations
WHEN NEW.live = 1 AND NOT EXISTS (
	SELECT 1 FROM capacities c
	WHERE c.item = NEW.item
	AND NEW.currency = iif(NEW.leg = 'gateway-payout', c.payout_currency, c.currency)
	AND (NEW.amount = 0
		OR (NEW.amount > 0) = (iif(NEW.leg = 'gateway-payout', c.payout_holds, c.holds) > 0))
	AND (SELECT sum(abs(a.amount)) FROM allocations a
		WHERE a.item = NEW.item AND a.leg = NEW.leg AND a.live = 1
		AND (a.side = NEW.side OR NEW.leg <> 'gateway-gateway'))
		<= abs(iif(NEW.leg = 'gateway-payout', c.payout_holds, c.holds)))
BEGIN
	SELECT RAISE(ABORT, 'allocation exceeds its item, or differs in sign or currency');
END;

CREATE TRIGGER allocations_update AFTER UPDATE ON allocations
WHEN NEW.live = 1 AND NOT EXISTS (
	SELECT 1 FROM capacities c
	WHERE c.item = NEW.item
	AND NEW.currency = iif(NEW.leg = 'gateway-payout', c.payout_currency, c.currency)
	AND (NEW.amount = 0
		OR (NEW.amount > 0) = (iif(NEW.leg = 'gateway-payout', c.payout_holds, c.holds) > 0))
	AND (SELECT sum(abs(a.amount)) FROM allocations a
		WHERE a.item = NEW.item AND a.leg = NEW.leg AND a.live = 1
		AND (a.side = NEW.side OR NEW.leg <> 'gateway-gateway'))
		<= abs(iif(NEW.leg = 'gateway-payout', c.payout_holds, c.holds)))
BEGIN
	SELECT RAISE(ABORT, 'allocation exceeds its item, or differs in sign or currency');
END;

CREATE TABLE exceptions (
	seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, class TEXT NOT NULL, flags TEXT NOT NULL,
	leg TEXT NOT NULL, amount INTEGER NOT NULL, amount_currency TEXT NOT NULL,
	items TEXT NOT NULL, "on" INTEGER NOT NULL, detected_at INTEGER NOT NULL,
	clears_on INTEGER NOT NULL, owner TEXT NOT NULL, status TEXT NOT NULL, why TEXT NOT NULL,
	run INTEGER NOT NULL, sum INTEGER NOT NULL,
	ended_at INTEGER NOT NULL DEFAULT 0, -- when a run no longer found it
	decided TEXT NOT NULL DEFAULT '', -- the status that a person gave it
	decided_by TEXT NOT NULL DEFAULT '', decided_at INTEGER NOT NULL DEFAULT 0,
	decided_why TEXT NOT NULL DEFAULT ''
) STRICT;

-- What changed in a record that a live match rests on. Only what a match rests on counts: amounts,
-- currencies, parties and links, not states that move on in the ordinary course of things.

CREATE TABLE alterations (
	seq INTEGER PRIMARY KEY, item TEXT NOT NULL, kind TEXT NOT NULL,
	at INTEGER, -- set by the page's own transaction
	what TEXT NOT NULL -- one field a line: field, tab, old, tab, new
) STRICT;

CREATE INDEX alterations_new ON alterations (seq) WHERE at IS NULL;

CREATE TRIGGER invoices_altered AFTER UPDATE ON invoices
WHEN (
	OLD.customer_id IS NOT NEW.customer_id
	OR OLD.kind IS NOT NEW.kind
	OR OLD.currency IS NOT NEW.currency
	OR OLD.total IS NOT NEW.total
	OR OLD.gone IS NOT NEW.gone)
AND EXISTS (SELECT 1 FROM allocations WHERE item = OLD.id AND live = 1)
BEGIN
	INSERT INTO alterations (item, kind, what) VALUES (OLD.id, 'invoice',
		iif(OLD.customer_id IS NOT NEW.customer_id,
		'customer_id' || char(9) || OLD.customer_id || char(9) || NEW.customer_id || char(10), '')
		|| iif(OLD.kind IS NOT NEW.kind,
		'kind' || char(9) || OLD.kind || char(9) || NEW.kind || char(10), '')
		|| iif(OLD.currency IS NOT NEW.currency,
		'currency' || char(9) || OLD.currency || char(9) || NEW.currency || char(10), '')
		|| iif(OLD.total IS NOT NEW.total,
		'total' || char(9) || OLD.total || char(9) || NEW.total || char(10), '')
		|| iif(OLD.gone IS NOT NEW.gone,
		'gone' || char(9) || OLD.gone || char(9) || NEW.gone || char(10), ''));
END;

CREATE TRIGGER payments_altered AFTER UPDATE ON payments
WHEN (
	OLD.invoice_id IS NOT NEW.invoice_id
	OR OLD.customer_id IS NOT NEW.customer_id
	OR OLD.amount IS NOT NEW.amount
	OR OLD.amount_currency IS NOT NEW.amount_currency
	OR OLD.reference IS NOT NEW.reference
	OR OLD.refund_of IS NOT NEW.refund_of
	OR OLD.gone IS NOT NEW.gone)
AND EXISTS (SELECT 1 FROM allocations WHERE item = OLD.id AND live = 1)
BEGIN
	INSERT INTO alterations (item, kind, what) VALUES (OLD.id, 'payment',
		iif(OLD.invoice_id IS NOT NEW.invoice_id,
		'invoice_id' || char(9) || OLD.invoice_id || char(9) || NEW.invoice_id || char(10), '')
		|| iif(OLD.customer_id IS NOT NEW.customer_id,
		'customer_id' || char(9) || OLD.customer_id || char(9) || NEW.customer_id || char(10), '')
		|| iif(OLD.amount IS NOT NEW.amount,
		'amount' || char(9) || OLD.amount || char(9) || NEW.amount || char(10), '')
		|| iif(OLD.amount_currency IS NOT NEW.amount_currency,
		'amount_currency' || char(9) || OLD.amount_currency
		|| char(9) || NEW.amount_currency || char(10), '')
		|| iif(OLD.reference IS NOT NEW.reference,
		'reference' || char(9) || replace(OLD.reference, char(9), ' ')
		|| char(9) || replace(NEW.reference, char(9), ' ') || char(10), '')
		|| iif(OLD.refund_of IS NOT NEW.refund_of,
		'refund_of' || char(9) || OLD.refund_of || char(9) || NEW.refund_of || char(10), '')
		|| iif(OLD.gone IS NOT NEW.gone,
		'gone' || char(9) || OLD.gone || char(9) || NEW.gone || char(10), ''));
END;

CREATE TRIGGER credits_altered AFTER UPDATE ON credits
WHEN (
	OLD.customer_id IS NOT NEW.customer_id
	OR OLD.amount IS NOT NEW.amount
	OR OLD.amount_currency IS NOT NEW.amount_currency
	OR OLD.invoice_id IS NOT NEW.invoice_id
	OR OLD.gone IS NOT NEW.gone)
AND EXISTS (SELECT 1 FROM allocations WHERE item = OLD.id AND live = 1)
BEGIN
	INSERT INTO alterations (item, kind, what) VALUES (OLD.id, 'credit',
		iif(OLD.customer_id IS NOT NEW.customer_id,
		'customer_id' || char(9) || OLD.customer_id || char(9) || NEW.customer_id || char(10), '')
		|| iif(OLD.amount IS NOT NEW.amount,
		'amount' || char(9) || OLD.amount || char(9) || NEW.amount || char(10), '')
		|| iif(OLD.amount_currency IS NOT NEW.amount_currency,
		'amount_currency' || char(9) || OLD.amount_currency
		|| char(9) || NEW.amount_currency || char(10), '')
		|| iif(OLD.invoice_id IS NOT NEW.invoice_id,
		'invoice_id' || char(9) || OLD.invoice_id || char(9) || NEW.invoice_id || char(10), '')
		|| iif(OLD.gone IS NOT NEW.gone,
		'gone' || char(9) || OLD.gone || char(9) || NEW.gone || char(10), ''));
END;

CREATE TRIGGER transactions_altered AFTER UPDATE ON transactions
WHEN (
	OLD.kind IS NOT NEW.kind
	OR OLD.state = 'succeeded' AND OLD.state IS NOT NEW.state
	OR OLD.currency IS NOT NEW.currency
	OR OLD.state <> 'pending' AND OLD.gross IS NOT NEW.gross
	OR OLD.state <> 'pending' AND OLD.fee IS NOT NEW.fee
	OR OLD.state <> 'pending' AND OLD.tax IS NOT NEW.tax
	OR OLD.state <> 'pending' AND OLD.net IS NOT NEW.net
	OR OLD.charged IS NOT NEW.charged
	OR OLD.charged_currency IS NOT NEW.charged_currency
	OR OLD.parent IS NOT NEW.parent
	OR OLD.payout_id <> '' AND OLD.payout_id IS NOT NEW.payout_id
	OR OLD.gone IS NOT NEW.gone)
AND EXISTS (SELECT 1 FROM allocations WHERE item = OLD.id AND live = 1)
BEGIN
	INSERT INTO alterations (item, kind, what) VALUES (OLD.id, 'transaction',
		iif(OLD.kind IS NOT NEW.kind,
		'kind' || char(9) || OLD.kind || char(9) || NEW.kind || char(10), '')
		|| iif(OLD.state = 'succeeded' AND OLD.state IS NOT NEW.state,
		'state' || char(9) || OLD.state || char(9) || NEW.state || char(10), '')
		|| iif(OLD.currency IS NOT NEW.currency,
		'currency' || char(9) || OLD.currency || char(9) || NEW.currency || char(10), '')
		|| iif(OLD.state <> 'pending' AND OLD.gross IS NOT NEW.gross,
		'gross' || char(9) || OLD.gross || char(9) || NEW.gross || char(10), '')
		|| iif(OLD.state <> 'pending' AND OLD.fee IS NOT NEW.fee,
		'fee' || char(9) || OLD.fee || char(9) || NEW.fee || char(10), '')
		|| iif(OLD.state <> 'pending' AND OLD.tax IS NOT NEW.tax,
		'tax' || char(9) || OLD.tax || char(9) || NEW.tax || char(10), '')
		|| iif(OLD.state <> 'pending' AND OLD.net IS NOT NEW.net,
		'net' || char(9) || OLD.net || char(9) || NEW.net || char(10), '')
		|| iif(OLD.charged IS NOT NEW.charged,
		'charged' || char(9) || OLD.charged || char(9) || NEW.charged || char(10), '')
		|| iif(OLD.charged_currency IS NOT NEW.charged_currency,
		'charged_currency' || char(9) || OLD.charged_currency
		|| char(9) || NEW.charged_currency || char(10), '')
		|| iif(OLD.parent IS NOT NEW.parent,
		'parent' || char(9) || OLD.parent || char(9) || NEW.parent || char(10), '')
		|| iif(OLD.payout_id <> '' AND OLD.payout_id IS NOT NEW.payout_id,
		'payout_id' || char(9) || OLD.payout_id || char(9) || NEW.payout_id || char(10), '')
		|| iif(OLD.gone IS NOT NEW.gone,
		'gone' || char(9) || OLD.gone || char(9) || NEW.gone || char(10), ''));
END;

CREATE TRIGGER payouts_altered AFTER UPDATE ON payouts
WHEN (
	OLD.amount IS NOT NEW.amount
	OR OLD.amount_currency IS NOT NEW.amount_currency
	OR OLD.gone IS NOT NEW.gone)
AND EXISTS (SELECT 1 FROM allocations WHERE item = OLD.id AND live = 1)
BEGIN
	INSERT INTO alterations (item, kind, what) VALUES (OLD.id, 'payout',
		iif(OLD.amount IS NOT NEW.amount,
		'amount' || char(9) || OLD.amount || char(9) || NEW.amount || char(10), '')
		|| iif(OLD.amount_currency IS NOT NEW.amount_currency,
		'amount_currency' || char(9) || OLD.amount_currency
		|| char(9) || NEW.amount_currency || char(10), '')
		|| iif(OLD.gone IS NOT NEW.gone,
		'gone' || char(9) || OLD.gone || char(9) || NEW.gone || char(10), ''));
END;

CREATE TRIGGER bank_lines_altered AFTER UPDATE ON bank_lines
WHEN (
	OLD.account IS NOT NEW.account
	OR OLD."on" IS NOT NEW."on"
	OR OLD.amount IS NOT NEW.amount
	OR OLD.amount_currency IS NOT NEW.amount_currency
	OR OLD.gone IS NOT NEW.gone)
AND EXISTS (SELECT 1 FROM allocations WHERE item = OLD.id AND live = 1)
BEGIN
	INSERT INTO alterations (item, kind, what) VALUES (OLD.id, 'bank_line',
		iif(OLD.account IS NOT NEW.account,
		'account' || char(9) || OLD.account || char(9) || NEW.account || char(10), '')
		|| iif(OLD."on" IS NOT NEW."on",
		'on' || char(9) || OLD."on" || char(9) || NEW."on" || char(10), '')
		|| iif(OLD.amount IS NOT NEW.amount,
		'amount' || char(9) || OLD.amount || char(9) || NEW.amount || char(10), '')
		|| iif(OLD.amount_currency IS NOT NEW.amount_currency,
		'amount_currency' || char(9) || OLD.amount_currency
		|| char(9) || NEW.amount_currency || char(10), '')
		|| iif(OLD.gone IS NOT NEW.gone,
		'gone' || char(9) || OLD.gone || char(9) || NEW.gone || char(10), ''));
END;
