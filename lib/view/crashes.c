/*
 * Crashes and buckets, as lists, as records and by what they have in common;
 * see crashes.h.
 */
#include "view/checked.h"
#include "view/columns.h"
#include "view/crashes.h"
#include "view/find.h"
#include "view/place.h"

/* PF_TIME_UNTOLD of wire.h: then it was found by the time it was filed. */
#define UNTOLD	"253402300799998"

/* stack_trace is what other programs of this API call the stack. */
#define CRASH_COLS \
	{ "id",		"id",			TEXT }, \
	{ "type",	"type",			TEXT }, \
	{ "tool",	NULL,			TEXT }, \
	{ NULL,		"tool",			TEXT }, \
	{ NULL,		"signal",		INT }, \
	{ NULL,		"exit_code",		INT }, \
	{ "hash",	"hash",			TEXT }, \
	{ "size",	"size",			SIZE }, \
	{ "job",	"job_name",		TEXT }, \
	{ "first seen",	"first_seen",		TIME }, \
	{ NULL,		"last_seen",		TIME }, \
	{ "times",	"count",		INT }, \
	{ "unique",	"is_unique",		BOOL }, \
	{ "job id",	"job_id",		TEXT }, \
	{ NULL,		"bot_id",		TEXT }, \
	{ NULL,		"engine",		TEXT }, \
	{ NULL,		"target_hash",		TEXT }, \
	{ NULL,		"run_seed",		INT }, \
	{ NULL,		"file_path",		TEXT }, \
	{ NULL,		"timestamp",		TIME }, \
	{ NULL,		"stack",		TEXT }, \
	{ NULL,		"stack_trace",		TEXT }, \
	{ NULL,		"bucket",		TEXT }, \
	{ NULL,		"runs",			INT }, \
	{ NULL,		"reproduced",		INT }, \
	{ "again",	NULL,			TEXT }
#define CRASHES \
	"SELECT c.id, c.type, CASE WHEN c.tool IN ('', 'signal') AND " \
	"c.signal > 0 THEN 'signal ' || c.signal ELSE c.tool END, c.tool, " \
	"c.signal, c.exit_code, c.hash, c.size, j.name, c.first_seen, " \
	"c.last_seen, c.count, c.is_unique, c.job_id, c.bot_id, c.engine, " \
	"c.target_hash, c.run_seed, c.file_path, " \
	"iif(c.timestamp >= " UNTOLD ", c.first_seen, c.timestamp), c.stack, " \
	"c.stack, coalesce((SELECT bucket FROM moves WHERE rules = (SELECT " \
	"rules FROM placing) AND crash = c.id), c.bucket), k.runs, k.same, " \
	"k.same || '/' || k.runs || CASE " \
	"WHEN k.same = 0 THEN ' not reproduced' WHEN k.same < k.runs THEN " \
	"' flaky' ELSE '' END"
/* Which no rows make NULL, and that is no step. */
#define STR(n)	#n
#define NUMBER(n)	STR(n)
#define SEVERITY \
	", severity(c.type, c.tool, c.output, c.signal, (SELECT sum(s.runs) " \
	">= " NUMBER(PF_JUDGED_RUNS) " AND sum(s.crashed) = 0 FROM checks AS " \
	"s WHERE s.campaign = j.campaign AND s.hash = c.hash AND s.target IN " \
	"(SELECT sha256 FROM job_blobs WHERE job = c.job_id)))"
/* Run again on what it was found with, and so. */
#define CRASHES_JOIN \
	" AS c JOIN jobs AS j ON j.id = c.job_id LEFT JOIN checks AS k ON " \
	"k.campaign = j.campaign AND k.hash = c.hash AND k.target = " \
	"c.target_hash AND k.build = " PF_CHECKED_BY("c.tool") " "

static const struct pf_view_col crashes_cols[] = {
	CRASH_COLS,
	{ "severity",	"severity",		TEXT },
};
VIEW(crashes,
    CRASHES SEVERITY " FROM (SELECT * FROM crashes ORDER BY first_seen DESC, "
    "id DESC LIMIT ?1)" CRASHES_JOIN "ORDER BY c.first_seen, c.id",
    CRASHES SEVERITY " FROM crashes" CRASHES_JOIN
    "WHERE c.id = ?1 LIMIT ?2");

/* The last two are for who makes the command line out of them. */
static const struct pf_view_col crash_cols[] = {
	CRASH_COLS,
	{ NULL,		"output",		TEXT },
	{ NULL,		"command",		TEXT },
};
VIEW(crash, NULL,
    CRASHES ", c.output, c.command FROM crashes" CRASHES_JOIN
    "WHERE c.id = ?1 LIMIT ?2");

static const struct pf_view_col crash_bots_cols[] = {
	{ "bot",	"bot",			TEXT },
	{ "times",	"count",		INT },
	{ "first seen",	"first_seen",		TIME },
	{ "last seen",	"last_seen",		TIME },
};
VIEW(crash_bots, NULL,
    "SELECT bot, count, first_seen, last_seen FROM crash_bots WHERE "
    "crash = ?1 ORDER BY first_seen, bot LIMIT ?2");

/* From campaign_id on in words of the Go program's API. */
static const struct pf_view_col buckets_cols[] = {
	{ "id",		"id",			TEXT },
	{ "type",	"type",			TEXT },
	{ "tool",	"tool",			TEXT },
	{ "kept",	"samples",		INT },
	{ "dropped",	"dropped",		INT },
	{ "first seen",	"first_seen",		TIME },
	{ "last seen",	"last_seen",		TIME },
	{ "campaign",	"campaign",		TEXT },
	{ "crash",	"first_crash",		TEXT },
	{ "frames",	"frames",		TEXT },
	{ NULL,		"campaign_id",		TEXT },
	{ NULL,		"stack_hash",		TEXT },
	{ NULL,		"count",		INT },
	{ NULL,		"stack_frames",		JSON },
	{ NULL,		"example_crash",	TEXT },
};
#define BUCKETS \
	"SELECT b.id, b.type, b.tool, b.samples, b.dropped, b.first_seen, " \
	"b.last_seen, k.name, b.first_crash, b.frames, b.campaign, b.id, " \
	"b.samples + b.dropped, iif(b.frames = '', '[]', " \
	"'[{\"function\":' || replace(json_quote(b.frames), ' < ', " \
	"'\"},{\"function\":\"') || '}]'), b.first_crash"
#define BUCKETS_JOIN	" AS b CROSS JOIN campaigns AS k ON k.id = b.campaign "
VIEW(buckets,
    BUCKETS " FROM (SELECT * FROM buckets ORDER BY first_seen DESC, id DESC "
    "LIMIT ?1)" BUCKETS_JOIN "ORDER BY b.first_seen, b.id",
    BUCKETS " FROM buckets" BUCKETS_JOIN "WHERE b.id = ?1 LIMIT ?2");

#define KEY	"SELECT first_seen, id, "
#define BEFORE	"(first_seen, id) < (?1, ?2) "
#define NEWEST	"ORDER BY first_seen DESC, id DESC"
#define MATCH \
	"(?3 IS NULL OR type = ?3) AND (?4 IS NULL OR ?4 = (SELECT campaign " \
	"FROM jobs WHERE jobs.id = job_id)) AND (?5 IS NULL OR job_id = ?5) " \
	"AND (?6 IS NULL OR ?6 = (SELECT bucket FROM placed WHERE placed.id =" \
	" crashes.id)) FROM crashes WHERE "

static const struct pf_walk by_time = { 'x', &pf_view_crashes,
    KEY MATCH BEFORE NEWEST, 4 };
static const struct pf_walk by_job = { 'x', &pf_view_crashes,
    KEY MATCH "job_id = ?5 AND " BEFORE NEWEST, 4 };
/* Few enough are kept of a bucket to be put in order. */
static const struct pf_walk by_bucket = { 'x', &pf_view_crashes,
    KEY MATCH "id IN " PF_IN_BUCKET("?6") "AND " BEFORE NEWEST, 4 };

const struct pf_walk pf_walk_buckets = { 'k', &pf_view_buckets,
    KEY "1 FROM buckets WHERE campaign = ?3 AND " BEFORE NEWEST, 1 };

const struct pf_err *
pf_pick_crashes(struct pf_crash_pick *pick, struct pf_page *p,
    struct pf_db *db)
{
	const struct pf_err *err;

	if (pick->campaign != NULL && (err = pf_find_campaign(pick->id, db,
	    pick->campaign)) != NULL)
		return err;
	p->want[0] = pick->type;
	p->want[1] = pick->campaign != NULL ? pick->id : NULL;
	p->want[2] = pick->job;
	p->want[3] = pick->bucket;
	pick->walk = pick->bucket != NULL ? &by_bucket :
	    pick->job != NULL ? &by_job : &by_time;
	return NULL;
}
