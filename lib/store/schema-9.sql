-- From version 8 to 9: what a job may bring beside its target.

CREATE TABLE job_blobs_9 (
	job	TEXT NOT NULL REFERENCES jobs (id),
	n	INTEGER NOT NULL,	-- order of submission
	kind	TEXT NOT NULL CHECK (kind IN ('target', 'seed', 'dict', 'asan',
		    'ubsan', 'msan', 'tsan', 'cmplog', 'cov', 'mutator',
		    'grammar')),
	name	TEXT NOT NULL,
	sha256	TEXT NOT NULL,
	size	INTEGER NOT NULL,
	missing	INTEGER NOT NULL DEFAULT 0 CHECK (missing = 0 OR missing = 1),
	PRIMARY KEY (job, n)
) STRICT, WITHOUT ROWID;
INSERT INTO job_blobs_9 SELECT job, n, kind, name, sha256, size, missing
    FROM job_blobs;
DROP TABLE job_blobs;
ALTER TABLE job_blobs_9 RENAME TO job_blobs;
CREATE INDEX job_blobs_by_hash ON job_blobs (sha256);
CREATE INDEX job_blobs_missing ON job_blobs (sha256) WHERE missing = 1;
