-- From version 12 to 13: buckets by the reports themselves and by rules.

-- The rules that were applied, a text each; before is what undo goes back to.
CREATE TABLE rules (
	n	INTEGER PRIMARY KEY,
	before	INTEGER,		-- NULL: nothing
	version	TEXT NOT NULL,		-- of what crashes were placed by
	text	TEXT NOT NULL,
	time	INTEGER NOT NULL	-- of the apply
) STRICT;
INSERT INTO rules VALUES (0, NULL, '', '', 0);

-- Which of them is in force, and which one crashes are being placed by to
-- be the next: all up to cursor are.
CREATE TABLE placing (
	one	INTEGER PRIMARY KEY CHECK (one = 1),
	rules	INTEGER NOT NULL,
	coming	INTEGER,		-- NULL: none
	cursor	TEXT NOT NULL		-- id of a crash, ~: behind them all
) STRICT;
INSERT INTO placing VALUES (1, 0, NULL, '');

-- Crashes that are not, by these rules, in the bucket of their row, where
-- those put them that were in force when it was written.
CREATE TABLE moves (
	rules		INTEGER NOT NULL,
	crash		TEXT NOT NULL,
	bucket		TEXT NOT NULL,
	timestamp	INTEGER NOT NULL,	-- of the crash, as is rid
	rid		TEXT NOT NULL,
	PRIMARY KEY (rules, crash)
) STRICT, WITHOUT ROWID;
CREATE INDEX moves_by_bucket ON moves (rules, bucket, timestamp, rid);

-- Where each crash is by the rules in force.
CREATE VIEW placed AS SELECT c.id AS id, coalesce(m.bucket, c.bucket) AS
    bucket, c.timestamp AS timestamp, c.rid AS rid, c.first_seen AS first_seen
    FROM crashes AS c LEFT JOIN moves AS m ON m.rules = (SELECT rules FROM
    placing) AND m.crash = c.id;

-- The buckets by the rules that come; columns as in buckets.
CREATE TABLE coming (
	id		TEXT PRIMARY KEY,
	campaign	TEXT NOT NULL,
	type		TEXT NOT NULL,
	tool		TEXT NOT NULL,
	frames		TEXT NOT NULL,
	first_crash	TEXT NOT NULL,
	samples		INTEGER NOT NULL,
	dropped		INTEGER NOT NULL,
	first_seen	INTEGER NOT NULL,
	last_seen	INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Reports of which the input was not kept, those that say the same as one:
-- all there is to place them by other rules.
CREATE TABLE dropped (
	id		TEXT PRIMARY KEY,	-- hash of what it says
	campaign	TEXT NOT NULL,
	type		TEXT NOT NULL,		-- these as in crashes
	tool		TEXT NOT NULL,
	stack		TEXT NOT NULL,
	output		TEXT NOT NULL,
	signal		INTEGER NOT NULL,
	overflow	INTEGER NOT NULL,	-- in the bucket of the rest
	n		INTEGER NOT NULL,
	first_seen	INTEGER NOT NULL,
	last_seen	INTEGER NOT NULL,
	bucket		TEXT NOT NULL,
	coming		TEXT			-- NULL: not placed yet
) STRICT, WITHOUT ROWID;
CREATE INDEX dropped_by_bucket ON dropped (bucket);
CREATE INDEX dropped_by_campaign ON dropped (campaign);
CREATE INDEX dropped_unplaced ON dropped (id) WHERE coming IS NULL;
INSERT INTO dropped SELECT b.id, b.campaign, coalesce(c.type, b.type),
    coalesce(c.tool, b.tool), coalesce(c.stack, b.frames),
    coalesce(c.output, ''), coalesce(c.signal, 0),
    b.type = 'overflow' AND b.tool = 'pf-ingest', b.dropped, b.first_seen,
    b.last_seen, b.id, NULL FROM buckets AS b LEFT JOIN crashes AS c ON c.id =
    b.first_crash WHERE b.dropped > 0;
