-- What statements say beyond an amount and a text: the reference that the payer was asked to quote, and
-- the payments of a batch that is booked as one line, in JSON.

ALTER TABLE bank_lines ADD COLUMN structured TEXT NOT NULL DEFAULT '';

ALTER TABLE bank_lines ADD COLUMN details TEXT NOT NULL DEFAULT '';
