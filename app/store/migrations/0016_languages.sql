-- The language that a customer chose; notices are written in it.

ALTER TABLE customers ADD COLUMN language TEXT NOT NULL DEFAULT '';
