-- From version 2 to 3: what a claim, a start or a completion costs.
--
-- Counts of states are added up in memory and written with the transaction
-- (they were triggers).  The indexes of what is live change only where it
-- ends.  Three tables are made anew: CHECK (x IN (a, b, c)) builds a table of
-- its own at every change of a row, which cost more than the change; and that
-- a job's bot and a bot's job are there is said by assignments already.

DROP TRIGGER count_job_new;
DROP TRIGGER count_job_state;
DROP TRIGGER count_bot_new;
DROP TRIGGER count_bot_state;

CREATE TABLE new_bots (
	id		TEXT PRIMARY KEY,
	name		TEXT NOT NULL,
	hostname	TEXT NOT NULL,
	status		TEXT NOT NULL CHECK (status = 'registering' OR
			    status = 'idle' OR status = 'busy' OR
			    status = 'timed_out' OR status = 'failed'),
	inc		TEXT NOT NULL,	-- incarnation of its work directory
	capabilities	TEXT NOT NULL,	-- JSON array of engine names
	current_job	TEXT,
	registered_at	INTEGER NOT NULL,
	last_seen	INTEGER NOT NULL,
	timeout_at	INTEGER NOT NULL,	-- for people; leases count ticks
	is_online	INTEGER NOT NULL CHECK (is_online IN (0, 1)),
	failure_count	INTEGER NOT NULL DEFAULT 0,
	drain		INTEGER NOT NULL DEFAULT 0 CHECK (drain IN (0, 1)),
	gone_at		INTEGER,		-- when it was deregistered
	lease_tick	INTEGER NOT NULL	-- tick of the last sign of life
) STRICT;
INSERT INTO new_bots SELECT * FROM bots;
DROP TABLE bots;
ALTER TABLE new_bots RENAME TO bots;
CREATE UNIQUE INDEX bots_by_name ON bots (hostname, name)
    WHERE gone_at IS NULL;

CREATE TABLE new_jobs (
	id		TEXT PRIMARY KEY,
	campaign	TEXT NOT NULL REFERENCES campaigns (id),
	name		TEXT NOT NULL,
	kind		TEXT NOT NULL CHECK (kind = 'fuzz'),
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
	archived_at	INTEGER
) STRICT;
INSERT INTO new_jobs SELECT * FROM jobs;
DROP TABLE jobs;
ALTER TABLE new_jobs RENAME TO jobs;
CREATE INDEX jobs_pending ON jobs (fuzzer, campaign, priority DESC,
    created_at, id) WHERE status = 'pending';
CREATE INDEX jobs_open ON jobs (campaign) WHERE completed_at IS NULL;
CREATE INDEX jobs_of_campaign ON jobs (campaign, id);
CREATE INDEX jobs_by_time ON jobs (created_at, id) WHERE archived_at IS NULL;
CREATE INDEX jobs_ended ON jobs (completed_at)
    WHERE completed_at IS NOT NULL AND archived_at IS NULL;
CREATE INDEX jobs_by_request ON jobs (request) WHERE request IS NOT NULL;

CREATE TABLE new_assignments (
	job_id		TEXT NOT NULL REFERENCES jobs (id),
	epoch		INTEGER NOT NULL,
	attempt		INTEGER NOT NULL,
	bot_id		TEXT NOT NULL REFERENCES bots (id),
	inc		TEXT NOT NULL,
	timestamp	INTEGER NOT NULL,	-- when it was given
	status		TEXT NOT NULL CHECK (status = 'assigned' OR
			    status = 'started' OR status = 'completed' OR
			    status = 'expired'),
	lease_tick	INTEGER NOT NULL,	-- tick of the last renewal
	start_tick	INTEGER,		-- tick of the start
	progress	INTEGER NOT NULL DEFAULT 0 CHECK (progress IN (0, 1)),
	ended_at	INTEGER,
	result		TEXT NOT NULL DEFAULT '',	-- how it ended
	PRIMARY KEY (job_id, epoch, attempt)
) STRICT, WITHOUT ROWID;
INSERT INTO new_assignments SELECT * FROM assignments;
DROP TABLE assignments;
ALTER TABLE new_assignments RENAME TO assignments;
UPDATE assignments SET ended_at = timestamp
    WHERE ended_at IS NULL AND (status = 'completed' OR status = 'expired');
CREATE UNIQUE INDEX assignments_job ON assignments (job_id)
    WHERE ended_at IS NULL;
CREATE UNIQUE INDEX assignments_bot ON assignments (bot_id)
    WHERE ended_at IS NULL;
CREATE INDEX assignments_lease ON assignments (lease_tick)
    WHERE ended_at IS NULL;

-- The newest event is never swept away: so ids only grow without a table that
-- says which was the last.
CREATE TABLE new_events (
	id	INTEGER PRIMARY KEY,
	time	INTEGER NOT NULL,
	kind	TEXT NOT NULL,	-- bot, job, crash, campaign, system
	subject	TEXT NOT NULL,	-- its id
	was	TEXT NOT NULL,
	now	TEXT NOT NULL,
	who	TEXT NOT NULL,	-- the op or the bot
	why	TEXT NOT NULL
) STRICT;
INSERT INTO new_events SELECT * FROM events;
DROP TABLE events;
ALTER TABLE new_events RENAME TO events;

CREATE TRIGGER count_job_new AFTER INSERT ON jobs BEGIN
	INSERT INTO counters VALUES ('jobs_' || new.status, '', 1)
	    ON CONFLICT (name, scope) DO UPDATE SET value = value + 1;
	UPDATE campaigns SET pending = pending + 1
	    WHERE id = new.campaign AND new.status = 'pending';
END;

CREATE TRIGGER count_bot_new AFTER INSERT ON bots BEGIN
	INSERT INTO counters VALUES ('bots_' || new.status, '', 1)
	    ON CONFLICT (name, scope) DO UPDATE SET value = value + 1;
END;
