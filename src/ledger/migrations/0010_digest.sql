-- The daily digest: one mail a day, on however many gateways.

-- The days whose digest is written: one, on however many gateways.
CREATE TABLE digest (
    day  date PRIMARY KEY,
    at   timestamptz NOT NULL
);
ALTER TABLE mail DROP CONSTRAINT mail_kind_check;
ALTER TABLE mail ADD CONSTRAINT mail_kind_check CHECK (kind IN ('raised', 'recovered', 'digest')) NOT VALID;
