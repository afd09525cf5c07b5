PRAGMA application_id = 1131366511;
CREATE TABLE schema_versions (version INTEGER PRIMARY KEY,
			name TEXT NOT NULL, program TEXT NOT NULL, at INTEGER NOT NULL) STRICT;
CREATE TABLE customers (
	seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, source TEXT NOT NULL, name TEXT NOT NULL,
	company TEXT NOT NULL, email TEXT NOT NULL, country TEXT NOT NULL, currency TEXT NOT NULL,
	status TEXT NOT NULL, credit INTEGER NOT NULL, no_notices INTEGER NOT NULL,
	revision TEXT NOT NULL, gone INTEGER NOT NULL DEFAULT 0
, no_capture INTEGER NOT NULL DEFAULT 0, no_overdue_notices INTEGER NOT NULL DEFAULT 0, language TEXT NOT NULL DEFAULT '') STRICT;
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
, origin TEXT NOT NULL DEFAULT '') STRICT;
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
, asked TEXT NOT NULL DEFAULT '', paid TEXT NOT NULL DEFAULT '', instrument_id TEXT NOT NULL DEFAULT '', instrument_mandate TEXT NOT NULL DEFAULT '', instrument_fingerprint TEXT NOT NULL DEFAULT '', instrument_kind TEXT NOT NULL DEFAULT '', instrument_brand TEXT NOT NULL DEFAULT '', instrument_ending TEXT NOT NULL DEFAULT '', instrument_region TEXT NOT NULL DEFAULT '', decline_code TEXT NOT NULL DEFAULT '', decline_error TEXT NOT NULL DEFAULT '', decline_network TEXT NOT NULL DEFAULT '', decline_advice TEXT NOT NULL DEFAULT '', decline_outcome TEXT NOT NULL DEFAULT '') STRICT;
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
, structured TEXT NOT NULL DEFAULT '', details TEXT NOT NULL DEFAULT '') STRICT;
CREATE TABLE rejects (
	seq INTEGER PRIMARY KEY, origin TEXT NOT NULL, place TEXT NOT NULL, kind TEXT NOT NULL,
	raw TEXT NOT NULL, reason TEXT NOT NULL, at INTEGER NOT NULL,
	UNIQUE (origin, place, kind)
) STRICT;
CREATE TABLE cursors (
	source TEXT PRIMARY KEY, cursor TEXT NOT NULL, at INTEGER NOT NULL
, turn INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE source_runs (
	id INTEGER PRIMARY KEY, source TEXT NOT NULL, at INTEGER NOT NULL, result TEXT NOT NULL,
	message TEXT NOT NULL, created INTEGER NOT NULL, changed INTEGER NOT NULL,
	same INTEGER NOT NULL, rejected INTEGER NOT NULL
) STRICT;
CREATE TABLE imports (
	id INTEGER PRIMARY KEY, account TEXT NOT NULL, at INTEGER NOT NULL, files TEXT NOT NULL,
	created INTEGER NOT NULL, same INTEGER NOT NULL, rejected INTEGER NOT NULL
, by TEXT NOT NULL DEFAULT '', replaced INTEGER NOT NULL DEFAULT 0, settled INTEGER NOT NULL DEFAULT 0, journal INTEGER NOT NULL DEFAULT 0, undone_at INTEGER NOT NULL DEFAULT 0, undone_by TEXT NOT NULL DEFAULT '') STRICT;
CREATE TABLE import_profiles (
	shape TEXT PRIMARY KEY, profile TEXT NOT NULL, at INTEGER NOT NULL
) STRICT;
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
CREATE TABLE allocations (
	item TEXT NOT NULL, leg TEXT NOT NULL, match INTEGER NOT NULL, amount INTEGER NOT NULL,
	currency TEXT NOT NULL, live INTEGER NOT NULL CHECK (live IN (0, 1)),
	side INTEGER NOT NULL DEFAULT 0 CHECK (side IN (0, 1)), -- 0 left, 1 right
	PRIMARY KEY (item, leg, match)
) STRICT, WITHOUT ROWID;
CREATE TABLE exceptions (
	seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, class TEXT NOT NULL, flags TEXT NOT NULL,
	leg TEXT NOT NULL, amount INTEGER NOT NULL, amount_currency TEXT NOT NULL,
	items TEXT NOT NULL, "on" INTEGER NOT NULL, detected_at INTEGER NOT NULL,
	clears_on INTEGER NOT NULL, owner TEXT NOT NULL, status TEXT NOT NULL, why TEXT NOT NULL,
	run INTEGER NOT NULL, sum INTEGER NOT NULL,
	ended_at INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE alterations (
	seq INTEGER PRIMARY KEY, item TEXT NOT NULL, kind TEXT NOT NULL,
	at INTEGER, -- set by the page's own transaction
	what TEXT NOT NULL -- one field a line: field, tab, old, tab, new
) STRICT;
CREATE TABLE hooks (
	seq INTEGER PRIMARY KEY, source TEXT NOT NULL, event TEXT NOT NULL, type TEXT NOT NULL,
	at INTEGER NOT NULL, about TEXT NOT NULL, received_at INTEGER NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('waiting', 'applied')), tries INTEGER NOT NULL,
	next_at INTEGER NOT NULL, applied_at INTEGER NOT NULL,
	UNIQUE (source, event)
) STRICT;
CREATE TABLE hook_counts (
	source TEXT NOT NULL, hour INTEGER NOT NULL, repeated INTEGER NOT NULL, refused INTEGER NOT NULL,
	PRIMARY KEY (source, hour)
) STRICT;
CREATE TABLE saved_methods (
	seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, source TEXT NOT NULL,
	customer_id TEXT NOT NULL, kind TEXT NOT NULL, title TEXT NOT NULL, method TEXT NOT NULL,
	brand TEXT NOT NULL, ending TEXT NOT NULL, expires_on INTEGER NOT NULL,
	revision TEXT NOT NULL, gone INTEGER NOT NULL DEFAULT 0
, payer TEXT NOT NULL DEFAULT '', fingerprint TEXT NOT NULL DEFAULT '', added_at INTEGER NOT NULL DEFAULT 0, updated_at INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE settings (
	seq INTEGER PRIMARY KEY, source TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,
	gone INTEGER NOT NULL DEFAULT 0, UNIQUE (source, name)
) STRICT;
CREATE TABLE import_changes (
	import INTEGER NOT NULL,
	kind TEXT NOT NULL CHECK (kind IN ('bank_line', 'statement', 'reject', 'profile')),
	item TEXT NOT NULL, role TEXT NOT NULL CHECK (role IN ('changed', 'seen')),
	says TEXT NOT NULL, before TEXT,
	PRIMARY KEY (kind, item, import)
) STRICT, WITHOUT ROWID;
CREATE TABLE quarantine (
	seq INTEGER PRIMARY KEY, account TEXT NOT NULL, file TEXT NOT NULL, digest TEXT NOT NULL,
	place TEXT NOT NULL, raw TEXT NOT NULL, reason TEXT NOT NULL, at INTEGER NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('open', 'taken in', 'dropped', 'undone')),
	by TEXT NOT NULL DEFAULT '', ended_at INTEGER NOT NULL DEFAULT 0,
	UNIQUE (account, digest, place)
) STRICT;
CREATE TABLE watched_files (
	path TEXT PRIMARY KEY, size INTEGER NOT NULL, modified INTEGER NOT NULL, digest TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('seen', 'taken', 'waits', 'other')), why TEXT NOT NULL,
	at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE events (
	id INTEGER PRIMARY KEY, batch INTEGER NOT NULL, at INTEGER NOT NULL, by TEXT NOT NULL,
	kind TEXT NOT NULL, subject TEXT NOT NULL, what TEXT NOT NULL, why TEXT NOT NULL,
	"before" TEXT NOT NULL, "after" TEXT NOT NULL, evidence TEXT NOT NULL,
	undoes INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE work (
	exception TEXT PRIMARY KEY, owner TEXT NOT NULL, due_on INTEGER NOT NULL,
	resolution TEXT NOT NULL, code TEXT NOT NULL, status TEXT NOT NULL, until_on INTEGER NOT NULL,
	basis TEXT NOT NULL, by TEXT NOT NULL, at INTEGER NOT NULL, why TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE drafts (
	id INTEGER PRIMARY KEY, title TEXT NOT NULL, "left" TEXT NOT NULL, "right" TEXT NOT NULL,
	by TEXT NOT NULL, at INTEGER NOT NULL
, uses TEXT NOT NULL DEFAULT '') STRICT;
CREATE TABLE intents (
	id TEXT PRIMARY KEY, kind TEXT NOT NULL, target TEXT NOT NULL, exception TEXT NOT NULL,
	provider TEXT NOT NULL, account TEXT NOT NULL, live INTEGER NOT NULL CHECK (live IN (0, 1)),
	amount_minor INTEGER NOT NULL CHECK (amount_minor >= 0), currency TEXT NOT NULL,
	idem_key TEXT NOT NULL UNIQUE, request TEXT NOT NULL, request_hash TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('draft', 'awaiting_approval', 'ready', 'sent',
		'succeeded', 'refused', 'unknown', 'needs_person', 'cancelled')),
	version INTEGER NOT NULL, lease_token TEXT, lease_until INTEGER, first_sent_at INTEGER,
	next_try_at INTEGER, attempts INTEGER NOT NULL DEFAULT 0, last_error TEXT NOT NULL DEFAULT '',
	evidence TEXT, requested_by TEXT NOT NULL, requested_at INTEGER NOT NULL,
	approved_by TEXT NOT NULL DEFAULT '' CHECK (approved_by <> requested_by OR approved_by = ''),
	what TEXT NOT NULL, why TEXT NOT NULL
, call TEXT NOT NULL DEFAULT '', call_hash TEXT NOT NULL DEFAULT '', second INTEGER NOT NULL DEFAULT 0 CHECK (second IN (0, 1)), object TEXT NOT NULL DEFAULT '', charge TEXT NOT NULL DEFAULT '', parent TEXT NOT NULL DEFAULT '', looks INTEGER NOT NULL DEFAULT 0, expires_at INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE rule_allowances (
	seq INTEGER PRIMARY KEY, rule TEXT NOT NULL, hash TEXT NOT NULL, by TEXT NOT NULL,
	at INTEGER NOT NULL, "from" INTEGER NOT NULL, "to" INTEGER NOT NULL,
	acted INTEGER NOT NULL CHECK (acted > 0), agreed INTEGER NOT NULL, new INTEGER NOT NULL,
	CHECK (agreed >= 0 AND new >= 0 AND agreed + new = acted)
) STRICT;
CREATE TABLE holds (
	subject TEXT PRIMARY KEY, reason TEXT NOT NULL, until_on INTEGER NOT NULL CHECK (until_on > 0),
	by TEXT NOT NULL, at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE consents (
	id TEXT PRIMARY KEY, customer TEXT NOT NULL, credential TEXT NOT NULL, how TEXT NOT NULL,
	by TEXT NOT NULL, at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE approvals (
	intent TEXT NOT NULL REFERENCES intents (id), hash TEXT NOT NULL, by TEXT NOT NULL,
	at INTEGER NOT NULL, until INTEGER NOT NULL, PRIMARY KEY (intent, hash, at)
) STRICT, WITHOUT ROWID;
CREATE TABLE sending (
	id INTEGER PRIMARY KEY CHECK (id = 1), paused TEXT NOT NULL, by TEXT NOT NULL, at INTEGER NOT NULL
) STRICT;
CREATE TABLE chain (event INTEGER PRIMARY KEY, hash TEXT NOT NULL) STRICT;
INSERT INTO schema_versions VALUES (1, 'books', '1.0.0', 0);
INSERT INTO schema_versions VALUES (2, 'quantities', '1.0.0', 0);
INSERT INTO schema_versions VALUES (3, 'hooks', '1.0.0', 0);
INSERT INTO schema_versions VALUES (4, 'billing', '1.0.0', 0);
INSERT INTO schema_versions VALUES (5, 'statements', '1.0.0', 0);
INSERT INTO schema_versions VALUES (6, 'work', '1.0.0', 0);
INSERT INTO schema_versions VALUES (7, 'rules', '1.0.0', 0);
INSERT INTO schema_versions VALUES (8, 'declines', '1.0.0', 0);
INSERT INTO schema_versions VALUES (9, 'renewals', '1.0.0', 0);
INSERT INTO schema_versions VALUES (10, 'queue', '1.0.0', 0);
INSERT INTO schema_versions VALUES (11, 'audit', '1.0.0', 0);
INSERT INTO schema_versions VALUES (12, 'saved_methods', '1.0.0', 0);
INSERT INTO schema_versions VALUES (13, 'work_decides', '1.0.0', 0);
INSERT INTO schema_versions VALUES (14, 'drafts_and_languages', '1.0.0', 0);
INSERT INTO customers VALUES (1, 'text-4', 'text-5', 'text-6', 'text-7', 'text-8', 'text-9', 'text-11', 'text-12', 13, 1, 'text-17', 0, 1, 1, 'text-10');
INSERT INTO customers VALUES (2, 'text-479', 'text-480', 'text-481', '', '', '', 'text-482', '', 0, 0, '', 0, 0, 0, '');
INSERT INTO services VALUES (1, 'text-35', 'text-36', 'text-37', 'text-38', 'text-39', 'text-40', 'text-41', 'text-42', 44, 'text-45', 46, 'text-47', 0);
INSERT INTO services VALUES (2, 'text-483', 'text-484', '', 'text-485', '', '', '', '', 0, '', 0, '', 0);
INSERT INTO invoices VALUES (1, 'text-64', 'text-65', 'text-66', 'text-67', 'text-68', 'text-69', 70, 71, 72, 73, 'text-74', 75, 76, 77, 'text-78', '[{"kind":"text-81","text":"text-82","amount":83,"about":"text-84"},{"kind":"text-86","text":"text-87","amount":88,"about":"text-89"}]', 'text-90', 0);
INSERT INTO invoices VALUES (2, 'text-486', 'text-487', '', '', '', '', 0, 0, 0, 0, 'text-488', 0, 0, 0, '', '', '', 0);
INSERT INTO payments VALUES (1, 'text-121', 'text-122', 'text-123', 'text-124', 125, 127, 'text-128', 129, 'text-130', 'text-131', 'text-132', 'text-133', 'text-134', 0);
INSERT INTO payments VALUES (2, 'text-489', 'text-490', '', '', 0, 0, '', 0, '', '', '', '', '', 0);
INSERT INTO payments VALUES (3, 'b:payment/1', 'b', '', '', 0, 1001, 'EUR', 0, '', '', '', '', '', 0);
INSERT INTO credits VALUES (1, 'text-152', 'text-153', 'text-154', 155, 157, 'text-158', 'text-159', 'text-161', 'text-162', 0, 'text-160');
INSERT INTO credits VALUES (2, 'text-491', 'text-492', '', 0, 0, '', '', '', '', 0, '');
INSERT INTO credits VALUES (3, 'b:credit/1', 'b', '', 0, 0, 'EUR', '', '', '', 0, '');
INSERT INTO methods VALUES (1, 'text-177', 'text-178', 'text-179', 0);
INSERT INTO methods VALUES (2, 'text-493', 'text-494', '', 0);
INSERT INTO rates VALUES (1, 'text-186', 'text-187', 'text-188', 0);
INSERT INTO rates VALUES (2, 'text-495', 'text-496', '', 0);
INSERT INTO transactions VALUES (1, 'text-235', 'text-236', 'text-237', 'text-238', 239, 240, 'text-241', 242, 243, 244, 245, 247, 'text-248', 'text-249', 'text-252', 'text-253', 'text-255
text-256', 'text-257', 'text-258', 'text-259', 'text-260', 'text-261', 'text-262', 277, 'text-278', 0, 'text-250', 'text-251', 'text-264', 'text-265', 'text-266', 'text-267', 'text-268', 'text-269', 'text-270', 'text-272', 'text-273', 'text-274', 'text-275', 'text-276');
INSERT INTO transactions VALUES (2, 'text-501', 'text-502', '', '', 0, 0, 'text-503', 0, 0, 0, 0, 0, '', '', '', '', '', '', '', '', '', '', '', 0, '', 0, '', '', '', '', '', '', '', '', '', '', '', '', '', '');
INSERT INTO payouts VALUES (1, 'text-326', 'text-327', 'text-328', 330, 'text-331', 332, 333, 'text-334', 'text-335', 'text-336', 337, 'text-338', 'text-340
text-341', 'text-342', 0);
INSERT INTO payouts VALUES (2, 'text-504', 'text-505', '', 0, '', 0, 0, '', '', '', 0, '', '', '', 0);
INSERT INTO balances VALUES (1, 'text-363', 'text-364', 365, 366, 367, 0);
INSERT INTO balances VALUES (2, 'text-506', 'text-507', 0, 0, 0, 0);
INSERT INTO statements VALUES (1, 'text-376', 'text-377', 'text-378', 'text-379', 'text-380', 381, 382, 384, 386, 'text-387', 'text-388', 'text-389', 0);
INSERT INTO statements VALUES (2, 'text-508', '', '', '', 'text-509', 0, 0, NULL, NULL, '', '', '', 0);
INSERT INTO bank_lines VALUES (1, 'text-407', 'text-408', 'text-409', 410, 411, 413, 'text-414', 'text-415', 'text-416', 'text-417', 'text-419', 'text-420', 1, 422, 423, 0, 'text-418', '[{"Amount":{"amount":426,"currency":"EUR"},"Counterparty":"text-427","CounterpartyAccount":"text-428","Reference":"text-429","Structured":"text-430","Text":"text-431","BankID":"text-432"},{"Amount":{"amount":434,"currency":"EUR"},"Counterparty":"text-435","CounterpartyAccount":"text-436","Reference":"text-437","Structured":"text-438","Text":"text-439","BankID":"text-440"}]');
INSERT INTO bank_lines VALUES (2, 'text-510', '', '', 0, 0, 0, '', '', '', '', '', '', 0, 0, 0, 0, '', '');
INSERT INTO rejects VALUES (1, 'b', 'x', '', '', '', 1);
INSERT INTO cursors VALUES ('src', 'c', 1, 2);
INSERT INTO cursors VALUES ('b', 'c', 1, 1);
INSERT INTO source_runs VALUES (1, 'b', 4, 'ok', '', 0, 0, 0, 0);
INSERT INTO imports VALUES (1, 'a', 2, 'a.csv', 0, 0, 1, 'ann', 0, 0, 1, 0, '');
INSERT INTO import_profiles VALUES ('h', '{}', 2);
INSERT INTO runs VALUES (1, 1, 1, '', '');
INSERT INTO matches VALUES (1, 'm1', 'P1', 'billing-gateway', 'auto', 'P1 v1', 'b:payment/1', 'b:credit/1', '900 EUR
0 EUR
', 0, '', 'amount	900	0
', 1, -4427713390580233788, 1, '', 0, '');
INSERT INTO matches VALUES (2, 'm2', 'P1', 'billing-gateway', 'confirmed', 'P1 v1', 'b:payment/1', 'b:credit/1', '50 EUR
0 EUR
', 0, '', 'amount	50	0
', 0, 5737552593944615736, 1, 'ann', 3, 'why');
INSERT INTO allocations VALUES ('b:credit/1', 'billing-gateway', 1, 0, 'EUR', 1, 1);
INSERT INTO allocations VALUES ('b:credit/1', 'billing-gateway', 2, 0, 'EUR', 1, 1);
INSERT INTO allocations VALUES ('b:payment/1', 'billing-gateway', 1, 900, 'EUR', 1, 0);
INSERT INTO allocations VALUES ('b:payment/1', 'billing-gateway', 2, 50, 'EUR', 1, 0);
INSERT INTO exceptions VALUES (1, 'e1', 'M1', '', '', 0, '', 'b:payment/1', 0, 1, 0, '', '', '', 1, 3065925294224479870, 0);
INSERT INTO alterations VALUES (1, 'b:payment/1', 'payment', 1, 'amount	1000	1001
');
INSERT INTO hooks VALUES (1, 'b', 'evt_1', 'charge.failed', 1, 'charge/ch_1', 2, 'waiting', 0, 2, 0);
INSERT INTO hook_counts VALUES ('b', 0, 1, 2);
INSERT INTO saved_methods VALUES (1, 'text-195', 'text-196', 'text-197', 'text-198', 'text-199', 'text-200', 'text-201', 'text-202', 203, 'text-208', 0, 'text-204', 'text-205', 206, 207);
INSERT INTO saved_methods VALUES (2, 'text-497', 'text-498', '', '', '', '', '', '', 0, '', 0, '', '', 0, 0);
INSERT INTO settings VALUES (1, 'text-226', 'text-227', 'text-228', 0);
INSERT INTO settings VALUES (2, 'text-499', 'text-500', '', 0);
INSERT INTO import_changes VALUES (1, 'profile', 'h', 'changed', '{}', NULL);
INSERT INTO import_changes VALUES (1, 'reject', '1', 'changed', 'open', NULL);
INSERT INTO quarantine VALUES (1, 'a', 'a.csv', 'd', 'row 3', '', 'no date', 2, 'open', '', 0);
INSERT INTO watched_files VALUES ('st/a.csv', 9, 0, '', 'taken', '', 0);
INSERT INTO events VALUES (1, 1, 7, 'ann', 'explain', 'e1', 'Explained', 'a gift', '{"work/e1":null}', '{"work/e1":{"\"at\"":7,"\"basis\"":"M1","\"by\"":"ann","\"code\"":"goodwill","\"due_on\"":5,"\"exception\"":"e1","\"owner\"":"bob","\"resolution\"":"explain","\"status\"":"explained","\"until_on\"":9,"\"why\"":"a gift"}}', '[{"digest":"d","name":"mail.txt","size":4}]', 0);
INSERT INTO events VALUES (2, 1, 7, 'ann', 'draft', 'draft/1', 'Kept a draft', '', '{"draft/1":null}', '{"draft/1":{"\"at\"":7,"\"by\"":"ann","\"id\"":1,"\"left\"":"b:payment/1","\"right\"":"","\"title\"":"t","\"uses\"":""}}', '', 0);
INSERT INTO events VALUES (3, 1, 7, 'ann', 'remove-posting', 'e2', 'Filed', '', '{"intent/i1":null}', '{"intent/i1":{"\"account\"":"","\"amount_minor\"":900,"\"approved_by\"":"","\"attempts\"":0,"\"call\"":"","\"call_hash\"":"","\"charge\"":"","\"currency\"":"EUR","\"evidence\"":"","\"exception\"":"e2","\"expires_at\"":0,"\"first_sent_at\"":0,"\"id\"":"i1","\"idem_key\"":"k-i1","\"kind\"":"remove-posting","\"last_error\"":"","\"lease_token\"":"","\"lease_until\"":0,"\"live\"":1,"\"looks\"":0,"\"next_try_at\"":0,"\"object\"":"","\"parent\"":"","\"provider\"":"b","\"request\"":"{}","\"request_hash\"":"44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","\"requested_at\"":7,"\"requested_by\"":"ann","\"second\"":1,"\"state\"":"awaiting_approval","\"target\"":"b:payment/1","\"version\"":1,"\"what\"":"Remove payment 1","\"why\"":"twice"}}', '', 0);
INSERT INTO events VALUES (4, 1, 7, 'ann', 'hold', 'b:invoice/7', 'Held', '', '{"consent/b:customer/3 fp 1":null,"hold/b:invoice/7":null}', '{"consent/b:customer/3 fp 1":{"\"at\"":7,"\"by\"":"ann","\"credential\"":"fp 1","\"customer\"":"b:customer/3","\"how\"":"ticket 12","\"id\"":"b:customer/3 fp 1"},"hold/b:invoice/7":{"\"at\"":7,"\"by\"":"ann","\"reason\"":"promised","\"subject\"":"b:invoice/7","\"until_on\"":20800}}', '', 0);
INSERT INTO events VALUES (5, 5, 8, 'bob', 'approve', 'e2', 'Approved', '', '{"intent/i1":{"state":"awaiting_approval","version":1}}', '{"intent/i1":{"state":"ready","version":2}}', '', 0);
INSERT INTO work VALUES ('e1', 'bob', 5, 'explain', 'goodwill', 'explained', 9, 'M1', 'ann', 7, 'a gift');
INSERT INTO drafts VALUES (1, 't', 'b:payment/1', '', 'ann', 7, '');
INSERT INTO intents VALUES ('i1', 'remove-posting', 'b:payment/1', 'e2', 'b', '', 1, 900, 'EUR', 'k-i1', '{}', '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a', 'ready', 2, '', 0, 0, 0, 0, '', '', 'ann', 7, 'bob', 'Remove payment 1', 'twice', '', '', 1, '', '', '', 0, 0);
INSERT INTO rule_allowances VALUES (1, 'orders', 'ab12', 'ann', 7, 24321, 24323, 4, 3, 1);
INSERT INTO holds VALUES ('b:invoice/7', 'promised', 20800, 'ann', 7);
INSERT INTO consents VALUES ('b:customer/3 fp 1', 'b:customer/3', 'fp 1', 'ticket 12', 'ann', 7);
INSERT INTO approvals VALUES ('i1', '14a01293bfe74e16fc8adf1b6f01dbc1cf7b54e12d10f934432910b0d90724fc', 'bob', 8, 99);
INSERT INTO sending VALUES (1, '', '', 0);
INSERT INTO chain VALUES (1, '7ecbb2cb1e83442249c8a7c3a8935653c58223d87f29492db35cc249f507b4d1');
INSERT INTO chain VALUES (2, '14fe70caedc97455c57190f1d2ab119d7fc5c6578b8f5d8087691358c03b2329');
INSERT INTO chain VALUES (3, 'd103570ff39810473e31f42d05d9c54da3f40652008184199f4758a648c81d29');
INSERT INTO chain VALUES (4, '0067412fb3ee5e25120e91dabd91d2dad660d90b0978f0394b244c08a8910464');
INSERT INTO chain VALUES (5, 'ee19400d2cfd7d92e0aadcce00e9158fb726e81fa02e645aabdae61c085d3ed3');
CREATE INDEX invoices_number ON invoices (number);
CREATE INDEX invoices_open ON invoices (source)
	WHERE status IN ('draft', 'unpaid', 'payment_pending', 'collections');
CREATE INDEX transactions_at ON transactions (source, at);
CREATE INDEX transactions_pending ON transactions (source) WHERE state = 'pending';
CREATE INDEX bank_lines_on ON bank_lines (account, "on");
CREATE INDEX source_runs_source ON source_runs (source, id);
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
CREATE INDEX hooks_waiting ON hooks (source, next_at) WHERE state = 'waiting';
CREATE INDEX hooks_received ON hooks (source, received_at);
CREATE INDEX import_changes_import ON import_changes (import);
CREATE INDEX events_subject ON events (subject, id);
CREATE INDEX events_by ON events (by, id);
CREATE UNIQUE INDEX events_undone_once ON events (undoes) WHERE undoes <> 0;
CREATE TRIGGER events_update BEFORE UPDATE ON events
BEGIN
	SELECT RAISE(ABORT, 'events are never changed');
END;
CREATE TRIGGER events_delete BEFORE DELETE ON events
BEGIN
	SELECT RAISE(ABORT, 'events are never deleted');
END;
CREATE UNIQUE INDEX one_open_intent ON intents (kind, target)
	WHERE state IN ('draft', 'awaiting_approval', 'ready', 'sent', 'unknown', 'needs_person');
CREATE INDEX intents_exception ON intents (exception);
CREATE TRIGGER rule_allowances_update BEFORE UPDATE ON rule_allowances
BEGIN
	SELECT RAISE(ABORT, 'allowances are never changed');
END;
CREATE TRIGGER rule_allowances_delete BEFORE DELETE ON rule_allowances
BEGIN
	SELECT RAISE(ABORT, 'allowances are never deleted');
END;
CREATE UNIQUE INDEX once_ever ON intents (kind, target)
	WHERE kind IN ('record-payment', 'record-refund', 'book-reversal', 'notice')
	AND state NOT IN ('refused', 'cancelled');
CREATE INDEX intents_due ON intents (state, next_try_at);
CREATE TRIGGER approvals_by_another BEFORE INSERT ON approvals
WHEN NEW.by = (SELECT requested_by FROM intents WHERE id = NEW.intent)
BEGIN
	SELECT RAISE(ABORT, 'who filed it cannot approve it');
END;
CREATE TRIGGER approvals_update BEFORE UPDATE ON approvals
BEGIN
	SELECT RAISE(ABORT, 'an approval is never changed');
END;
CREATE TRIGGER intents_stay BEFORE UPDATE ON intents
WHEN OLD.idem_key <> NEW.idem_key OR OLD.kind <> NEW.kind OR OLD.target <> NEW.target
	OR OLD.amount_minor <> NEW.amount_minor OR OLD.currency <> NEW.currency
	OR OLD.requested_by <> NEW.requested_by OR OLD.request <> NEW.request
	OR OLD.call <> '' AND OLD.call <> NEW.call
	OR OLD.first_sent_at > 0 AND OLD.first_sent_at <> NEW.first_sent_at
		AND NOT (OLD.state = 'sent' AND NEW.state = 'ready' AND NEW.first_sent_at = 0)
	OR OLD.state IN ('succeeded', 'refused')
	OR NEW.first_sent_at > 0 AND NEW.state IN ('draft', 'awaiting_approval', 'ready', 'cancelled')
BEGIN
	SELECT RAISE(ABORT, 'what was filed or sent is not changed');
END;
CREATE TRIGGER intents_kept BEFORE DELETE ON intents
BEGIN
	SELECT RAISE(ABORT, 'an action is never deleted');
END;
CREATE TRIGGER chain_update BEFORE UPDATE ON chain
BEGIN
	SELECT RAISE(ABORT, 'the chain is never changed');
END;
CREATE TRIGGER chain_delete BEFORE DELETE ON chain
BEGIN
	SELECT RAISE(ABORT, 'the chain is never cut');
END;
CREATE INDEX matches_decided ON matches (id) WHERE state IN ('confirmed', 'rejected');
