-- From version 1 to 2: campaigns with a state and turns, archived jobs,
-- crashes found again in another job of a campaign, who hears for the master.

ALTER TABLE campaigns ADD COLUMN status TEXT NOT NULL DEFAULT 'active'
    CHECK (status IN ('active', 'paused', 'finished'));
-- Jobs given, each counted 1/weight: between equals the least has the turn.
ALTER TABLE campaigns ADD COLUMN turns REAL NOT NULL DEFAULT 0;
ALTER TABLE campaigns ADD COLUMN ended_at INTEGER;
DROP INDEX campaigns_waiting;
CREATE INDEX campaigns_waiting ON campaigns (id)
    WHERE pending > 0 AND status = 'active';

ALTER TABLE jobs ADD COLUMN archived_at INTEGER;
DROP INDEX jobs_by_time;
CREATE INDEX jobs_by_time ON jobs (created_at, id) WHERE archived_at IS NULL;
CREATE INDEX jobs_ended ON jobs (completed_at)
    WHERE completed_at IS NOT NULL AND archived_at IS NULL;
CREATE INDEX jobs_of_campaign ON jobs (campaign, id);

CREATE INDEX crashes_by_hash ON crashes (hash);

-- Programs through which bots reach the master (op hearing).  While some are
-- known and none of them is there, no tick is counted.
CREATE TABLE ears (
	name	TEXT PRIMARY KEY,
	since	INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
