-- From version 11 to 12: crashes that are run again, and what becomes of them
-- from build to build.

-- Records of kind check, as they came.
CREATE TABLE check_records (
	rid		TEXT PRIMARY KEY,
	job_id		TEXT NOT NULL REFERENCES jobs (id),
	bot_id		TEXT NOT NULL,
	campaign	TEXT NOT NULL,		-- of the job
	hash		TEXT NOT NULL,		-- SHA-256 of the input
	target		TEXT NOT NULL,		-- SHA-256 of what was run
	build		TEXT NOT NULL,		-- target, asan ... valgrind
	runs		INTEGER NOT NULL,
	crashed		INTEGER NOT NULL,	-- of them
	same		INTEGER NOT NULL,	-- of those
	signal		INTEGER NOT NULL,	-- of the run that is told
	exit_code	INTEGER NOT NULL,
	type		TEXT NOT NULL,		-- by its report
	tool		TEXT NOT NULL,
	stack		TEXT NOT NULL,
	rank		INTEGER NOT NULL,	-- how much the report tells
	report		TEXT NOT NULL,		-- its SHA-256, '' if there is none
	size		INTEGER NOT NULL,	-- of it
	timestamp	INTEGER NOT NULL,	-- the bot's clock
	filed		INTEGER NOT NULL	-- the master's
) STRICT, WITHOUT ROWID;
CREATE INDEX check_records_by_input ON check_records (campaign, hash, target,
    build);
CREATE INDEX check_records_report ON check_records (job_id, report)
    WHERE report <> '';

-- Their sums, a row an input, campaign and build.
CREATE TABLE checks (
	campaign	TEXT NOT NULL,
	hash		TEXT NOT NULL,
	target		TEXT NOT NULL,
	build		TEXT NOT NULL,
	runs		INTEGER NOT NULL,
	crashed		INTEGER NOT NULL,
	same		INTEGER NOT NULL,
	records		INTEGER NOT NULL,
	best		TEXT NOT NULL,		-- rid of the one that tells most
	first_filed	INTEGER NOT NULL,
	last_filed	INTEGER NOT NULL,
	PRIMARY KEY (campaign, hash, target, build)
) STRICT, WITHOUT ROWID;

-- The smallest input that does what a crash's does; its bytes lie beside that
-- as <of>.min.
CREATE TABLE smalls (
	job_id		TEXT NOT NULL REFERENCES jobs (id),
	of		TEXT NOT NULL,		-- SHA-256 of the crash's
	hash		TEXT NOT NULL,		-- of this one
	size		INTEGER NOT NULL,
	how		TEXT NOT NULL,
	runs		INTEGER NOT NULL,
	same		INTEGER NOT NULL,	-- of them
	bot_id		TEXT NOT NULL,
	rid		TEXT NOT NULL,
	timestamp	INTEGER NOT NULL,	-- the bot's clock
	filed		INTEGER NOT NULL,	-- the master's
	PRIMARY KEY (job_id, of)
) STRICT, WITHOUT ROWID;

-- Bytes of both.
CREATE TRIGGER count_check AFTER INSERT ON check_records
    WHEN new.report <> '' BEGIN
	INSERT INTO counters VALUES ('check_bytes', '', new.size),
	    ('check_bytes', new.job_id, new.size)
	    ON CONFLICT (name, scope) DO UPDATE SET value = value + excluded.value;
END;
CREATE TRIGGER count_small AFTER INSERT ON smalls BEGIN
	INSERT INTO counters VALUES ('check_bytes', '', new.size),
	    ('check_bytes', new.job_id, new.size)
	    ON CONFLICT (name, scope) DO UPDATE SET value = value + excluded.value;
END;
CREATE TRIGGER count_smaller AFTER UPDATE OF size ON smalls BEGIN
	UPDATE counters SET value = value + new.size - old.size
	    WHERE name = 'check_bytes' AND scope IN ('', new.job_id);
END;

-- Builds of what a campaign fuzzes, one after the other.
CREATE TABLE builds (
	campaign	TEXT NOT NULL REFERENCES campaigns (id),
	seq		INTEGER NOT NULL,	-- 1, 2, ... in its campaign
	target		TEXT NOT NULL,		-- SHA-256
	name		TEXT NOT NULL,
	size		INTEGER NOT NULL,
	fuzzer		TEXT NOT NULL,		-- engine it is built for
	time		INTEGER NOT NULL,	-- the master's clock
	PRIMARY KEY (campaign, seq),
	UNIQUE (campaign, target)
) STRICT, WITHOUT ROWID;

-- Which crashes are run on a build, and by which job.
CREATE TABLE regressions (
	campaign	TEXT NOT NULL,
	seq		INTEGER NOT NULL,	-- of the build
	hash		TEXT NOT NULL,		-- of the crash's input
	crash		TEXT NOT NULL,		-- its id
	size		INTEGER NOT NULL,
	runs		INTEGER NOT NULL,	-- that are asked for
	job		TEXT NOT NULL,		-- the last that was to do it
	PRIMARY KEY (campaign, seq, hash),
	FOREIGN KEY (campaign, seq) REFERENCES builds (campaign, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX regressions_by_job ON regressions (job);

-- Kinds of jobs besides fuzz: the table is made anew for its check.
DROP VIEW job_pools;
DROP TRIGGER share_corpus;
CREATE TABLE new_jobs (
	id		TEXT PRIMARY KEY,
	campaign	TEXT NOT NULL REFERENCES campaigns (id),
	name		TEXT NOT NULL,
	kind		TEXT NOT NULL CHECK (kind = 'fuzz' OR
			    kind = 'regress' OR kind = 'memcheck'),
	target		TEXT NOT NULL,	-- file name of the target
	target_hash	TEXT NOT NULL,	-- its SHA-256, see job_blobs
	fuzzer		TEXT NOT NULL,	-- engine: afl++, libfuzzer, ...
	status		TEXT NOT NULL CHECK (status = 'pending' OR
			    status = 'assigned' OR status = 'running' OR
			    status = 'completed' OR status = 'failed' OR
			    status = 'timed_out' OR status = 'cancelled'),
	assigned_bot	TEXT,
	priority	INTEGER NOT NULL,	-- higher first
	created_at	INTEGER NOT NULL,
	started_at	INTEGER,
	completed_at	INTEGER,
	timeout_at	INTEGER,		-- for people; limits count ticks
	work_dir	TEXT NOT NULL,		-- on the bot, below its own
	duration	INTEGER NOT NULL,	-- ms the engine may run
	memory_limit	INTEGER NOT NULL,	-- bytes, 0: none
	timeout		INTEGER NOT NULL,	-- ms one execution may take
	dictionary	TEXT,			-- its SHA-256
	seed_corpus	TEXT NOT NULL,		-- JSON array of names
	output_dir	TEXT NOT NULL,		-- of results: corpus/<id>
	args		TEXT NOT NULL,		-- JSON array: target's arguments
	options		TEXT NOT NULL,		-- JSON object: engine's options
	request		TEXT,			-- sender's id of the submission
	epoch		INTEGER NOT NULL DEFAULT 0,
	attempt		INTEGER NOT NULL DEFAULT 0,	-- only grows
	strikes		INTEGER NOT NULL DEFAULT 0,	-- leases lost in a row
	cancel		INTEGER NOT NULL DEFAULT 0 CHECK (cancel IN (0, 1)),
	message		TEXT NOT NULL DEFAULT '',	-- why it ended
	archived_at	INTEGER,
	waiting		INTEGER NOT NULL DEFAULT 0	-- files not here yet
) STRICT;
INSERT INTO new_jobs SELECT id, campaign, name, kind, target, target_hash,
    fuzzer, status, assigned_bot, priority, created_at, started_at,
    completed_at, timeout_at, work_dir, duration, memory_limit, timeout,
    dictionary, seed_corpus, output_dir, args, options, request, epoch,
    attempt, strikes, cancel, message, archived_at, waiting FROM jobs;
DROP TABLE jobs;
ALTER TABLE new_jobs RENAME TO jobs;
CREATE INDEX jobs_pending ON jobs (fuzzer, campaign, kind, priority DESC,
    created_at, id) WHERE status = 'pending' AND waiting = 0;
CREATE INDEX jobs_open ON jobs (campaign) WHERE completed_at IS NULL;
CREATE INDEX jobs_of_campaign ON jobs (campaign, id);
CREATE INDEX jobs_of_fuzzer ON jobs (campaign, fuzzer, id)
    WHERE kind = 'fuzz';
CREATE INDEX jobs_by_time ON jobs (created_at, id) WHERE archived_at IS NULL;
CREATE INDEX jobs_ended ON jobs (completed_at)
    WHERE completed_at IS NOT NULL AND archived_at IS NULL;
CREATE INDEX jobs_by_request ON jobs (request) WHERE request IS NOT NULL;
CREATE INDEX jobs_over ON jobs (status, created_at, id)
    WHERE completed_at IS NOT NULL AND archived_at IS NULL;
CREATE TRIGGER count_job_new AFTER INSERT ON jobs BEGIN
	INSERT INTO counters VALUES ('jobs_' || new.status, '', 1)
	    ON CONFLICT (name, scope) DO UPDATE SET value = value + 1;
	UPDATE campaigns SET pending = pending + 1 WHERE id = new.campaign
	    AND new.status = 'pending' AND new.waiting = 0;
END;
CREATE VIEW job_pools AS SELECT j.id AS job, j.campaign AS campaign,
    CASE WHEN c.name = 'default' THEN j.target_hash ELSE '' END AS target_hash
    FROM jobs AS j JOIN campaigns AS c ON c.id = j.campaign;
CREATE TRIGGER share_corpus AFTER INSERT ON corpus BEGIN
	INSERT INTO pools (campaign, target_hash)
	    SELECT campaign, target_hash FROM job_pools WHERE job = new.job_id
	    ON CONFLICT (campaign, target_hash) DO NOTHING;
	INSERT INTO shared SELECT p.id, 1 + coalesce((SELECT max(seq) FROM
	    shared WHERE pool = p.id), 0), new.job_id, new.hash
	    FROM job_pools AS j JOIN pools AS p ON p.campaign = j.campaign
	    AND p.target_hash = j.target_hash WHERE j.job = new.job_id;
END;
