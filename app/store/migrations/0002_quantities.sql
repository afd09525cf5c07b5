-- What a payer was asked and what came in a crypto currency: exact decimals with their unit, as text,
-- '' where the money was of this world.

ALTER TABLE transactions ADD COLUMN asked TEXT NOT NULL DEFAULT '';

ALTER TABLE transactions ADD COLUMN paid TEXT NOT NULL DEFAULT '';
