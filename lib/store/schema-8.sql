-- From version 7 to 8: lists page by page.

-- What has ended, by how; the index changes once in the life of a job.
CREATE INDEX jobs_over ON jobs (status, created_at, id)
    WHERE completed_at IS NOT NULL AND archived_at IS NULL;
CREATE INDEX bots_by_time ON bots (registered_at, id) WHERE gone_at IS NULL;

-- How many of jobs_STATUS are in no list any more.
INSERT INTO counters SELECT 'archived_' || status, '', count(*) FROM jobs
    WHERE archived_at IS NOT NULL GROUP BY status;

-- The crashes of a job and the buckets of a campaign, page by page.
CREATE INDEX crashes_by_job ON crashes (job_id, first_seen, id);
CREATE INDEX buckets_by_campaign ON buckets (campaign, first_seen, id);
