-- From version 17 to 18: what a build that crashes were run on can see.

-- Sanitizers of the program that was run, words with blanks between them, or
-- none; '' if the bot did not tell.
ALTER TABLE check_records ADD COLUMN sanitizers TEXT NOT NULL DEFAULT '';
