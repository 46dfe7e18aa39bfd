-- The schema of pandafuzz.db, version 1; pf-db(5) is its manual page.
-- Times are milliseconds since 1970 UTC; hashes are 64 lower-case hex digits.

-- What the master knows of itself: master_id, epoch, created, deaf_since; and,
-- as of the last start of the writer, SystemConfig: bot_timeout, job_timeout,
-- heartbeat_interval (ms), max_concurrent_jobs, storage_path.
CREATE TABLE system (
	key	TEXT PRIMARY KEY,
	value	TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The reaper's clock: one row.
CREATE TABLE clock (
	id	INTEGER PRIMARY KEY CHECK (id = 1),
	tick	INTEGER NOT NULL,	-- grows by at most one an interval
	boot	TEXT NOT NULL,		-- boot id of the last tick
	boot_ms	INTEGER NOT NULL,	-- CLOCK_BOOTTIME of the last tick
	time	INTEGER NOT NULL	-- wall time of the last tick
) STRICT;

-- A group of jobs on one target; jobs without one are in 'default'.
CREATE TABLE campaigns (
	id		TEXT PRIMARY KEY,
	name		TEXT NOT NULL UNIQUE,
	weight		INTEGER NOT NULL DEFAULT 1 CHECK (weight > 0),
	created_at	INTEGER NOT NULL,
	pending		INTEGER NOT NULL DEFAULT 0,	-- jobs, by trigger
	running		INTEGER NOT NULL DEFAULT 0	-- assigned or running
) STRICT;
CREATE INDEX campaigns_waiting ON campaigns (id) WHERE pending > 0;

-- One row a slot of a bot machine.
CREATE TABLE bots (
	id		TEXT PRIMARY KEY,
	name		TEXT NOT NULL,
	hostname	TEXT NOT NULL,
	status		TEXT NOT NULL CHECK (status IN ('registering', 'idle',
			    'busy', 'timed_out', 'failed')),
	inc		TEXT NOT NULL,	-- incarnation of its work directory
	capabilities	TEXT NOT NULL,	-- JSON array of engine names
	current_job	TEXT REFERENCES jobs (id),
	registered_at	INTEGER NOT NULL,
	last_seen	INTEGER NOT NULL,
	timeout_at	INTEGER NOT NULL,	-- for people; leases count ticks
	is_online	INTEGER NOT NULL CHECK (is_online IN (0, 1)),
	failure_count	INTEGER NOT NULL DEFAULT 0,
	drain		INTEGER NOT NULL DEFAULT 0 CHECK (drain IN (0, 1)),
	gone_at		INTEGER,		-- when it was deregistered
	lease_tick	INTEGER NOT NULL	-- tick of the last sign of life
) STRICT;
CREATE UNIQUE INDEX bots_by_name ON bots (hostname, name)
    WHERE gone_at IS NULL;

-- Job and JobConfig.
CREATE TABLE jobs (
	id		TEXT PRIMARY KEY,
	campaign	TEXT NOT NULL REFERENCES campaigns (id),
	name		TEXT NOT NULL,
	kind		TEXT NOT NULL CHECK (kind IN ('fuzz')),
	target		TEXT NOT NULL,	-- file name of the target
	target_hash	TEXT NOT NULL,	-- its SHA-256, see job_blobs
	fuzzer		TEXT NOT NULL,	-- engine: afl++, libfuzzer, ...
	status		TEXT NOT NULL CHECK (status IN ('pending', 'assigned',
			    'running', 'completed', 'failed', 'timed_out',
			    'cancelled')),
	assigned_bot	TEXT REFERENCES bots (id),
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
	message		TEXT NOT NULL DEFAULT ''	-- why it ended
) STRICT;
CREATE INDEX jobs_pending ON jobs (fuzzer, campaign, priority DESC,
    created_at, id) WHERE status = 'pending';
CREATE INDEX jobs_live ON jobs (campaign)
    WHERE status IN ('assigned', 'running');
CREATE INDEX jobs_by_time ON jobs (created_at, id);
CREATE INDEX jobs_by_request ON jobs (request) WHERE request IS NOT NULL;

-- What a job needs; the bytes lie in targets/<sha256>/data.
CREATE TABLE job_blobs (
	job	TEXT NOT NULL REFERENCES jobs (id),
	n	INTEGER NOT NULL,	-- order of submission
	kind	TEXT NOT NULL CHECK (kind IN ('target', 'seed', 'dict')),
	name	TEXT NOT NULL,
	sha256	TEXT NOT NULL,
	size	INTEGER NOT NULL,
	PRIMARY KEY (job, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX job_blobs_by_hash ON job_blobs (sha256);

-- JobAssignment: every lease ever given; never deleted while its job is there.
CREATE TABLE assignments (
	job_id		TEXT NOT NULL REFERENCES jobs (id),
	epoch		INTEGER NOT NULL,
	attempt		INTEGER NOT NULL,
	bot_id		TEXT NOT NULL REFERENCES bots (id),
	inc		TEXT NOT NULL,
	timestamp	INTEGER NOT NULL,	-- when it was given
	status		TEXT NOT NULL CHECK (status IN ('assigned', 'started',
			    'completed', 'expired')),
	lease_tick	INTEGER NOT NULL,	-- tick of the last renewal
	start_tick	INTEGER,		-- tick of the start
	progress	INTEGER NOT NULL DEFAULT 0 CHECK (progress IN (0, 1)),
	ended_at	INTEGER,
	result		TEXT NOT NULL DEFAULT '',	-- how it ended
	PRIMARY KEY (job_id, epoch, attempt)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX assignments_job ON assignments (job_id)
    WHERE status IN ('assigned', 'started');
CREATE UNIQUE INDEX assignments_bot ON assignments (bot_id)
    WHERE status IN ('assigned', 'started');
CREATE INDEX assignments_lease ON assignments (lease_tick)
    WHERE status IN ('assigned', 'started');

-- Which results were counted: the rid makes each count once.
CREATE TABLE results (
	rid	TEXT PRIMARY KEY,
	kind	TEXT NOT NULL,
	job	TEXT NOT NULL REFERENCES jobs (id),
	bot	TEXT NOT NULL,
	time	INTEGER NOT NULL,	-- the bot's clock
	late	INTEGER NOT NULL CHECK (late IN (0, 1)),
	reply	TEXT NOT NULL		-- JSON: what was answered, for replays
) STRICT, WITHOUT ROWID;

-- CrashResult: one row an input of a job.
CREATE TABLE crashes (
	id		TEXT PRIMARY KEY,
	job_id		TEXT NOT NULL REFERENCES jobs (id),
	bot_id		TEXT NOT NULL,		-- who found it first
	hash		TEXT NOT NULL,		-- SHA-256 of the input
	file_path	TEXT NOT NULL,		-- below the storage tree
	type		TEXT NOT NULL,		-- segfault, heap-buffer-overflow
	signal		INTEGER NOT NULL,	-- 0: none
	exit_code	INTEGER NOT NULL,
	timestamp	INTEGER NOT NULL,	-- first report, the bot's clock
	size		INTEGER NOT NULL,
	is_unique	INTEGER NOT NULL CHECK (is_unique IN (0, 1)),
	tool		TEXT NOT NULL,	-- asan, ubsan, libfuzzer, signal ...
	stack		TEXT NOT NULL,	-- top frames, "a < b < c"
	output		TEXT NOT NULL,	-- report of the tool, cut
	command		TEXT NOT NULL,	-- what reproduces it, %INPUT% for the file
	engine		TEXT NOT NULL,
	count		INTEGER NOT NULL,	-- times reported
	first_seen	INTEGER NOT NULL,	-- the master's clock
	last_seen	INTEGER NOT NULL,
	UNIQUE (job_id, hash)
) STRICT;
CREATE INDEX crashes_by_time ON crashes (first_seen, id);

-- CorpusUpdate, one row an input; CorpusMetadata is corpus_meta.
CREATE TABLE corpus (
	job_id		TEXT NOT NULL REFERENCES jobs (id),
	hash		TEXT NOT NULL,
	size		INTEGER NOT NULL,
	bot_id		TEXT NOT NULL,		-- who found it first
	engine		TEXT NOT NULL,
	name		TEXT NOT NULL,		-- what the engine called it
	timestamp	INTEGER NOT NULL,
	rid		TEXT NOT NULL,		-- the report it came with
	PRIMARY KEY (job_id, hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE corpus_meta (
	job_id		TEXT PRIMARY KEY REFERENCES jobs (id),
	file_count	INTEGER NOT NULL,
	total_size	INTEGER NOT NULL,
	last_updated	INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- CoverageResult: samples over time.
CREATE TABLE coverage (
	id		TEXT PRIMARY KEY,	-- the rid
	job_id		TEXT NOT NULL REFERENCES jobs (id),
	bot_id		TEXT NOT NULL,
	edges		INTEGER NOT NULL,
	new_edges	INTEGER NOT NULL,	-- more than the job had before
	timestamp	INTEGER NOT NULL,
	exec_count	INTEGER NOT NULL,
	execs_per_sec	REAL,
	corpus_count	INTEGER,
	crash_count	INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX coverage_by_job ON coverage (job_id, timestamp);

-- The latest that a bot told of its job's engine.
CREATE TABLE job_stats (
	job_id		TEXT PRIMARY KEY REFERENCES jobs (id),
	bot_id		TEXT NOT NULL,
	time		INTEGER NOT NULL,
	seq		INTEGER NOT NULL,	-- of the report, within its attempt
	attempt		INTEGER NOT NULL,
	executions	INTEGER,
	execs_per_sec	REAL,
	edges		INTEGER,
	total_edges	INTEGER,
	corpus_count	INTEGER,
	crash_count	INTEGER,
	hang_count	INTEGER,
	peak_rss_mb	INTEGER,
	stability	REAL,
	state		TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;

-- Every change of state, in the transaction that made it.
CREATE TABLE events (
	id	INTEGER PRIMARY KEY AUTOINCREMENT,
	time	INTEGER NOT NULL,
	kind	TEXT NOT NULL,	-- bot, job, crash, system
	subject	TEXT NOT NULL,	-- its id
	was	TEXT NOT NULL,
	now	TEXT NOT NULL,
	who	TEXT NOT NULL,	-- the op or the bot
	why	TEXT NOT NULL
) STRICT;

-- Counts that reports and metrics need, kept by the same transactions.
CREATE TABLE counters (
	name	TEXT NOT NULL,		-- jobs_pending, crashes, corpus_files ...
	scope	TEXT NOT NULL,		-- '' for all, or a job's id
	value	INTEGER NOT NULL,
	PRIMARY KEY (name, scope)
) STRICT, WITHOUT ROWID;

-- The triggers keep the counters, so that no writer can forget one.
CREATE TRIGGER count_job_new AFTER INSERT ON jobs BEGIN
	INSERT INTO counters VALUES ('jobs_' || new.status, '', 1)
	    ON CONFLICT (name, scope) DO UPDATE SET value = value + 1;
	UPDATE campaigns SET pending = pending + 1
	    WHERE id = new.campaign AND new.status = 'pending';
END;
CREATE TRIGGER count_job_state AFTER UPDATE OF status ON jobs
    WHEN old.status <> new.status BEGIN
	INSERT INTO counters VALUES ('jobs_' || new.status, '', 1)
	    ON CONFLICT (name, scope) DO UPDATE SET value = value + 1;
	UPDATE counters SET value = value - 1
	    WHERE name = 'jobs_' || old.status AND scope = '';
	UPDATE campaigns SET
	    pending = pending + (new.status = 'pending')
		- (old.status = 'pending'),
	    running = running + (new.status IN ('assigned', 'running'))
		- (old.status IN ('assigned', 'running'))
	    WHERE id = new.campaign;
END;
CREATE TRIGGER count_bot_new AFTER INSERT ON bots BEGIN
	INSERT INTO counters VALUES ('bots_' || new.status, '', 1)
	    ON CONFLICT (name, scope) DO UPDATE SET value = value + 1;
END;
CREATE TRIGGER count_bot_state AFTER UPDATE OF status, gone_at ON bots BEGIN
	UPDATE counters SET value = value - 1
	    WHERE old.gone_at IS NULL AND name = 'bots_' || old.status
	    AND scope = '';
	INSERT INTO counters SELECT 'bots_' || new.status, '', 1
	    WHERE new.gone_at IS NULL
	    ON CONFLICT (name, scope) DO UPDATE SET value = value + 1;
END;
CREATE TRIGGER count_crash AFTER INSERT ON crashes BEGIN
	INSERT INTO counters VALUES ('crashes', '', 1), ('crashes', new.job_id, 1)
	    ON CONFLICT (name, scope) DO UPDATE SET value = value + 1;
END;
CREATE TRIGGER count_corpus AFTER INSERT ON corpus BEGIN
	INSERT INTO counters VALUES ('corpus_files', '', 1),
	    ('corpus_bytes', '', new.size)
	    ON CONFLICT (name, scope) DO UPDATE SET value = value + excluded.value;
	INSERT INTO corpus_meta VALUES (new.job_id, 1, new.size, new.timestamp)
	    ON CONFLICT (job_id) DO UPDATE SET file_count = file_count + 1,
	    total_size = total_size + new.size,
	    last_updated = max(last_updated, new.timestamp);
END;
CREATE TRIGGER count_result AFTER INSERT ON results BEGIN
	INSERT INTO counters VALUES ('results_' || new.kind, '', 1)
	    ON CONFLICT (name, scope) DO UPDATE SET value = value + 1;
END;
