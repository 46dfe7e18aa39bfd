-- From version 10 to 11: all jobs of a campaign share, whatever their engine.

-- In which pool a job's inputs are.  Each engine has a build of its own of
-- what a campaign fuzzes; what has no campaign has nothing but its target in
-- common.
CREATE VIEW job_pools AS SELECT j.id AS job, j.campaign AS campaign,
    CASE WHEN c.name = 'default' THEN j.target_hash ELSE '' END AS target_hash
    FROM jobs AS j JOIN campaigns AS c ON c.id = j.campaign;

-- Pools of one campaign become one.  Its numbers begin behind all those there
-- were: who has a cursor is offered everything again, and knows it by hash.
INSERT INTO pools (campaign, target_hash) SELECT DISTINCT p.campaign, ''
    FROM pools AS p JOIN campaigns AS c ON c.id = p.campaign
    WHERE c.name <> 'default';
INSERT INTO shared SELECT n.id, (SELECT max(seq) FROM shared) + row_number()
    OVER (PARTITION BY n.id ORDER BY s.seq, s.pool), s.job_id, s.hash
    FROM pools AS n JOIN pools AS o ON o.campaign = n.campaign AND
    o.id <> n.id JOIN shared AS s ON s.pool = o.id WHERE n.target_hash = '';
DELETE FROM shared WHERE pool IN (SELECT o.id FROM pools AS o JOIN pools AS n
    ON n.campaign = o.campaign WHERE n.target_hash = '' AND
    o.target_hash <> '');
DELETE FROM pools WHERE target_hash <> '' AND campaign IN (SELECT campaign
    FROM pools WHERE target_hash = '');

DROP TRIGGER share_corpus;
CREATE TRIGGER share_corpus AFTER INSERT ON corpus BEGIN
	INSERT INTO pools (campaign, target_hash)
	    SELECT campaign, target_hash FROM job_pools WHERE job = new.job_id
	    ON CONFLICT (campaign, target_hash) DO NOTHING;
	INSERT INTO shared SELECT p.id, 1 + coalesce((SELECT max(seq) FROM
	    shared WHERE pool = p.id), 0), new.job_id, new.hash
	    FROM job_pools AS j JOIN pools AS p ON p.campaign = j.campaign
	    AND p.target_hash = j.target_hash WHERE j.job = new.job_id;
END;
