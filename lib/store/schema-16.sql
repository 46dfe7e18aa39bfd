-- From version 15 to 16: buckets by the number of their rules.

-- Buckets by each of the rules: those in force, those that come, and what is
-- not removed yet of others; so that one number puts others in force.
CREATE TABLE bucket_rows (
	rules		INTEGER NOT NULL,
	id		TEXT NOT NULL,		-- hash of campaign and key
	campaign	TEXT NOT NULL REFERENCES campaigns (id),
	type		TEXT NOT NULL,
	tool		TEXT NOT NULL,
	frames		TEXT NOT NULL,		-- the top three
	first_crash	TEXT NOT NULL,		-- its id
	samples		INTEGER NOT NULL,	-- inputs that were kept
	dropped		INTEGER NOT NULL,	-- reports whose input was not
	first_seen	INTEGER NOT NULL,	-- the master's clock
	last_seen	INTEGER NOT NULL,
	PRIMARY KEY (rules, id)
) STRICT, WITHOUT ROWID;
INSERT INTO bucket_rows SELECT (SELECT rules FROM placing), id, campaign,
    type, tool, frames, first_crash, samples, dropped, first_seen, last_seen
    FROM buckets;
INSERT INTO bucket_rows SELECT (SELECT coming FROM placing), id, campaign,
    type, tool, frames, first_crash, samples, dropped, first_seen, last_seen
    FROM coming WHERE (SELECT coming FROM placing) IS NOT NULL;
DROP TABLE buckets;
DROP TABLE coming;
CREATE INDEX buckets_by_time ON bucket_rows (rules, first_seen, id);
CREATE INDEX buckets_by_campaign ON bucket_rows (rules, campaign, first_seen,
    id);

CREATE VIEW buckets AS SELECT id, campaign, type, tool, frames, first_crash,
    samples, dropped, first_seen, last_seen FROM bucket_rows
    WHERE rules = (SELECT rules FROM placing);
CREATE VIEW coming AS SELECT id, campaign, type, tool, frames, first_crash,
    samples, dropped, first_seen, last_seen FROM bucket_rows
    WHERE rules = (SELECT coming FROM placing);

-- Limits are held by those in force.
CREATE TRIGGER count_bucket AFTER INSERT ON bucket_rows
    WHEN new.rules = (SELECT rules FROM placing) BEGIN
	INSERT INTO counters VALUES ('buckets', '', 1),
	    ('buckets', new.campaign, 1)
	    ON CONFLICT (name, scope) DO UPDATE SET value = value + 1;
END;
CREATE TRIGGER count_bucket_gone AFTER DELETE ON bucket_rows
    WHEN old.rules = (SELECT rules FROM placing) BEGIN
	UPDATE counters SET value = value - 1
	    WHERE name = 'buckets' AND scope IN ('', old.campaign);
END;
