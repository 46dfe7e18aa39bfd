-- From version 4 to 5: leases that never start, a clock that cannot jump.

-- Tick of the grant: a lease that its bot asks for again and again without
-- starting it ends.  NULL in leases given before.
ALTER TABLE assignments ADD COLUMN given_tick INTEGER;

-- Wall time as far as the ticks bear it out; what is old is judged by it.
ALTER TABLE clock ADD COLUMN trusted INTEGER NOT NULL DEFAULT 0;

-- How many results were forgotten, by kind, so that results_KIND can be
-- counted anew: what is there and what was.
INSERT INTO counters SELECT 'swept_' || substr(name, 9), '', value -
    (SELECT count(*) FROM results WHERE kind = substr(name, 9))
    FROM counters WHERE name LIKE 'results\_%' ESCAPE '\' AND scope = ''
    AND value > (SELECT count(*) FROM results WHERE kind = substr(name, 9));
CREATE TRIGGER count_result_gone AFTER DELETE ON results BEGIN
	INSERT INTO counters VALUES ('swept_' || old.kind, '', 1)
	    ON CONFLICT (name, scope) DO UPDATE SET value = value + 1;
END;

-- What limits are held by: buckets by campaign, bytes of crashes by job.
CREATE TRIGGER count_bucket AFTER INSERT ON buckets BEGIN
	INSERT INTO counters VALUES ('buckets', '', 1),
	    ('buckets', new.campaign, 1)
	    ON CONFLICT (name, scope) DO UPDATE SET value = value + 1;
END;
CREATE TRIGGER count_bucket_gone AFTER DELETE ON buckets BEGIN
	UPDATE counters SET value = value - 1
	    WHERE name = 'buckets' AND scope IN ('', old.campaign);
END;
INSERT INTO counters SELECT 'buckets', campaign, count(*) FROM buckets
    GROUP BY campaign;
INSERT INTO counters SELECT 'buckets', '', count(*) FROM buckets;
INSERT INTO counters SELECT 'crash_bytes', job_id, sum(size) FROM crashes
    GROUP BY job_id;
INSERT INTO counters SELECT 'dropped_' || kind, job, count(*) FROM results
    WHERE reply LIKE '%"dropped":true%' GROUP BY kind, job;

-- Bytes of the report beside it, which crash_bytes has; of older ones not.
ALTER TABLE crashes ADD COLUMN report INTEGER NOT NULL DEFAULT 0;

-- Of several reports of an input the row tells of the least by the bot's
-- clock, then by rid, whichever came first.
ALTER TABLE crashes ADD COLUMN rid TEXT NOT NULL DEFAULT '';
DROP INDEX crashes_by_bucket;
CREATE INDEX crashes_by_bucket ON crashes (bucket, timestamp, rid);
UPDATE buckets SET first_crash = coalesce((SELECT id FROM crashes WHERE
    bucket = buckets.id ORDER BY timestamp, rid, id LIMIT 1), first_crash);

-- Which bots reported a crash; of older ones the times are those of the crash.
CREATE TABLE crash_bots (
	crash		TEXT NOT NULL,
	bot		TEXT NOT NULL,
	first_seen	INTEGER NOT NULL,	-- the master's clock
	last_seen	INTEGER NOT NULL,
	count		INTEGER NOT NULL,	-- reports
	PRIMARY KEY (crash, bot)
) STRICT, WITHOUT ROWID;
INSERT INTO crash_bots
    SELECT c.id, r.bot, c.first_seen, c.last_seen, r.n
    FROM (SELECT json_extract('{' || reply || '}', '$.id') AS crash, bot,
	count(*) AS n FROM results WHERE kind = 'crash' AND
	(json_extract('{' || reply || '}', '$.dropped') IS NULL OR
	json_extract('{' || reply || '}', '$.count') > 1) GROUP BY 1, 2) AS r
    JOIN crashes AS c ON c.id = r.crash;

-- What a sample adds to those before it follows from their times when it is
-- read; what was kept here followed from their order of arrival.
ALTER TABLE coverage DROP COLUMN new_edges;
DROP INDEX coverage_by_job;
CREATE INDEX coverage_by_job ON coverage (job_id, timestamp, id, edges);

-- What crashed, and the random seed the engine had, if it tells.
ALTER TABLE crashes ADD COLUMN target_hash TEXT NOT NULL DEFAULT '';
UPDATE crashes SET target_hash = (SELECT target_hash FROM jobs
    WHERE jobs.id = crashes.job_id);
ALTER TABLE crashes ADD COLUMN run_seed INTEGER;

-- When an input was filed: a corpus is as new as that, whatever a bot's clock
-- says.  Of older ones only that is known.
ALTER TABLE corpus ADD COLUMN filed INTEGER NOT NULL DEFAULT 0;
UPDATE corpus SET filed = min(timestamp,
    CAST(strftime('%s', 'now') AS INTEGER) * 1000);
UPDATE corpus_meta SET last_updated = coalesce((SELECT max(filed) FROM corpus
    WHERE corpus.job_id = corpus_meta.job_id), 0);
DROP TRIGGER count_corpus;
CREATE TRIGGER count_corpus AFTER INSERT ON corpus BEGIN
	INSERT INTO counters VALUES ('corpus_files', '', 1),
	    ('corpus_bytes', '', new.size)
	    ON CONFLICT (name, scope) DO UPDATE SET value = value + excluded.value;
	INSERT INTO corpus_meta VALUES (new.job_id, 1, new.size, new.filed)
	    ON CONFLICT (job_id) DO UPDATE SET file_count = file_count + 1,
	    total_size = total_size + new.size,
	    last_updated = max(last_updated, new.filed);
END;

-- Reports of numbers follow one another by the whole token; and how far the
-- log of an attempt has come, kept or not.
ALTER TABLE job_stats ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;
ALTER TABLE assignments ADD COLUMN log_end INTEGER NOT NULL DEFAULT 0;
