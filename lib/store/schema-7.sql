-- From version 6 to 7: jobs of one campaign share their inputs.

-- Jobs of a campaign that fuzz the same target.
CREATE TABLE pools (
	id		INTEGER PRIMARY KEY,
	campaign	TEXT NOT NULL,
	target_hash	TEXT NOT NULL,
	UNIQUE (campaign, target_hash)
) STRICT;

-- Inputs of a pool in the order they were filed: a reader goes on from the
-- number it saw last.  Nothing is removed here, so no number is used twice;
-- what is gone from corpus is passed over.
CREATE TABLE shared (
	pool	INTEGER NOT NULL REFERENCES pools (id),
	seq	INTEGER NOT NULL,	-- 1, 2, ... in its pool
	job_id	TEXT NOT NULL,
	hash	TEXT NOT NULL,
	PRIMARY KEY (pool, seq)
) STRICT, WITHOUT ROWID;

INSERT INTO pools (campaign, target_hash)
    SELECT DISTINCT campaign, target_hash FROM jobs
    WHERE id IN (SELECT job_id FROM corpus) ORDER BY 1, 2;
INSERT INTO shared SELECT p.id, row_number() OVER (PARTITION BY p.id
    ORDER BY c.filed, c.job_id, c.hash), c.job_id, c.hash FROM corpus AS c
    JOIN jobs AS j ON j.id = c.job_id JOIN pools AS p ON
    p.campaign = j.campaign AND p.target_hash = j.target_hash;

CREATE TRIGGER share_corpus AFTER INSERT ON corpus BEGIN
	INSERT INTO pools (campaign, target_hash)
	    SELECT campaign, target_hash FROM jobs WHERE id = new.job_id
	    ON CONFLICT (campaign, target_hash) DO NOTHING;
	INSERT INTO shared SELECT p.id, 1 + coalesce((SELECT max(seq) FROM
	    shared WHERE pool = p.id), 0), new.job_id, new.hash
	    FROM jobs AS j JOIN pools AS p ON p.campaign = j.campaign AND
	    p.target_hash = j.target_hash WHERE j.id = new.job_id;
END;
