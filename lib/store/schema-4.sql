-- From version 3 to 4: buckets of crashes, hooks that are due.

-- Crashes that look alike; a rough measure that keeps a storm small.
CREATE TABLE buckets (
	id		TEXT PRIMARY KEY,	-- hash of the next three and frames
	campaign	TEXT NOT NULL REFERENCES campaigns (id),
	type		TEXT NOT NULL,
	tool		TEXT NOT NULL,
	frames		TEXT NOT NULL,		-- the top three
	first_crash	TEXT NOT NULL,		-- its id
	samples		INTEGER NOT NULL,	-- inputs that were kept
	dropped		INTEGER NOT NULL,	-- reports whose input was not
	first_seen	INTEGER NOT NULL,	-- the master's clock
	last_seen	INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX buckets_by_time ON buckets (first_seen, id);
ALTER TABLE crashes ADD COLUMN bucket TEXT NOT NULL DEFAULT '';
CREATE INDEX crashes_by_bucket ON crashes (bucket);

-- New buckets that [ingest] on_new_crash has not been told of.
CREATE TABLE hooks (
	crash	TEXT PRIMARY KEY REFERENCES crashes (id),
	due	INTEGER NOT NULL,		-- not before
	tries	INTEGER NOT NULL DEFAULT 0	-- that failed
) STRICT, WITHOUT ROWID;
CREATE INDEX hooks_due ON hooks (due);

-- Reports that newer ones replace are remembered for a while only.
CREATE INDEX results_passing ON results (time)
    WHERE kind = 'status' OR kind = 'log';
