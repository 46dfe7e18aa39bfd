-- From version 5 to 6: jobs that wait for files to be uploaded.

-- How many of its files are not in the storage yet; no bot gets it before.
ALTER TABLE jobs ADD COLUMN waiting INTEGER NOT NULL DEFAULT 0;
DROP INDEX jobs_pending;
CREATE INDEX jobs_pending ON jobs (fuzzer, campaign, priority DESC,
    created_at, id) WHERE status = 'pending' AND waiting = 0;

ALTER TABLE job_blobs ADD COLUMN missing INTEGER NOT NULL DEFAULT 0
    CHECK (missing = 0 OR missing = 1);
CREATE INDEX job_blobs_missing ON job_blobs (sha256) WHERE missing = 1;

-- A job counts as pending in its campaign once it can be given.
DROP TRIGGER count_job_new;
CREATE TRIGGER count_job_new AFTER INSERT ON jobs BEGIN
	INSERT INTO counters VALUES ('jobs_' || new.status, '', 1)
	    ON CONFLICT (name, scope) DO UPDATE SET value = value + 1;
	UPDATE campaigns SET pending = pending + 1 WHERE id = new.campaign
	    AND new.status = 'pending' AND new.waiting = 0;
END;

-- Records of kind blob that were filed.
CREATE TABLE uploads (
	rid	TEXT PRIMARY KEY,
	sha256	TEXT NOT NULL,
	size	INTEGER NOT NULL,
	time	INTEGER NOT NULL	-- when, the master's clock
) STRICT, WITHOUT ROWID;
