-- From version 16 to 17: campaigns say what they are for.

-- For people, some lines; and a JSON array of words.
ALTER TABLE campaigns ADD COLUMN description TEXT NOT NULL DEFAULT '';
ALTER TABLE campaigns ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';
