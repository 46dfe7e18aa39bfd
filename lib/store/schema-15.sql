-- From version 14 to 15: what a check's report says, as exactly as buckets do.

-- Version of the built-in rules, a colon and the major hash by them, '' if
-- there is no report or it was filed before.
ALTER TABLE check_records ADD COLUMN major TEXT NOT NULL DEFAULT '';
