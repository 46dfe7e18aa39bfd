-- From version 13 to 14: which buckets have been announced; uploads by hash.

-- Each bucket that the hook was told of, or is due to be (hooks), or that
-- nobody wanted to be told of when it arose.  A row outlives its bucket: one
-- that arises again, or what rules make of it, is not news.
-- So there are as many as buckets were by any rules that were in force, and of
-- a campaign by some rules no more than [limits] crash_buckets, and the rest.
CREATE TABLE told (
	bucket	TEXT PRIMARY KEY,
	crash	TEXT NOT NULL		-- what stood for it; id in crashes,
					-- or in dropped
) STRICT, WITHOUT ROWID;
CREATE INDEX told_by_crash ON told (crash);
INSERT INTO told SELECT b.id, coalesce((SELECT h.crash FROM hooks AS h JOIN
    placed AS p ON p.id = h.crash WHERE p.bucket = b.id LIMIT 1),
    iif(b.samples > 0, b.first_crash, (SELECT min(d.id) FROM dropped AS d
    WHERE d.bucket = b.id)), b.first_crash) FROM buckets AS b;

-- The crash may be one whose input was not kept.
CREATE TABLE new_hooks (
	crash	TEXT PRIMARY KEY,		-- as in told
	due	INTEGER NOT NULL,		-- not before
	tries	INTEGER NOT NULL DEFAULT 0	-- that failed
) STRICT, WITHOUT ROWID;
INSERT INTO new_hooks SELECT crash, due, tries FROM hooks;
DROP TABLE hooks;
ALTER TABLE new_hooks RENAME TO hooks;
CREATE INDEX hooks_due ON hooks (due);

-- Jobs whose files are to come, and when the last of them did.
CREATE INDEX jobs_waiting ON jobs (created_at)
    WHERE waiting > 0 AND status = 'pending';
CREATE INDEX uploads_by_hash ON uploads (sha256, time);
