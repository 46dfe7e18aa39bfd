-- From version 9 to 10: how jobs that run are.

-- Verdicts on a job's health as its bot told them last, each with its time
-- ("unstable@1732645000000"), see codec/verdict.h; and which of them events
-- have told of, when, and how often in this attempt.
ALTER TABLE job_stats ADD COLUMN health TEXT NOT NULL DEFAULT '';
ALTER TABLE job_stats ADD COLUMN told TEXT NOT NULL DEFAULT '';
ALTER TABLE job_stats ADD COLUMN told_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE job_stats ADD COLUMN told_n INTEGER NOT NULL DEFAULT 0;
