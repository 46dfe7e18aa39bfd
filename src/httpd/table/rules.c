/*
 * Routes and shapes of what crashes are told apart by, and of why a thing is
 * as it is; see route.h.
 */
#include "httpd/route.h"

#define RULES	"/api/v1/rules"
#define NO_MORE	{ NULL, SHAPE_ANY, NULL, 0, 0 }
#define END	{ NULL, SHAPE_ANY, 0, NULL, NULL }

static const struct field coming_fields[] = {
	{ "rules", SHAPE_INT, 0, "their number", NULL },
	{ "version", SHAPE_TEXT, 0, "of them", NULL },
	END
};
static const struct shape coming = { "ComingRules", coming_fields, false };
static const struct field in_force_fields[] = {
	{ "rules", SHAPE_INT, 0, "number of those in force", NULL },
	{ "version", SHAPE_TEXT, 0, "of the built-in rules, and a sum of the "
	    "text", NULL },
	{ "text", SHAPE_TEXT, 0, "as it was applied", NULL },
	{ "applied_at", SHAPE_TIME, FIELD_NULL, "when that was", NULL },
	{ "before", SHAPE_TEXT, FIELD_NULL, "version that undo goes back to",
	    NULL },
	{ "coming", SHAPE_OBJECT, FIELD_NULL, "that crashes are being placed "
	    "by", &coming },
	END
};
static const struct shape in_force = { "Rules", in_force_fields, false };

static const struct field way_fields[] = {
	{ "change", SHAPE_TEXT, 0, "split, merge, both or rename", NULL },
	{ "bucket", SHAPE_TEXT, 0, "as it is", NULL },
	{ "becomes", SHAPE_TEXT, 0, "as it would be", NULL },
	{ "crashes", SHAPE_INT, 0, "that go this way", NULL },
	{ "type", SHAPE_TEXT, 0, "of the bucket", NULL },
	{ "frames", SHAPE_TEXT, 0, "of the bucket", NULL },
	{ "crash", SHAPE_ID, 0, "one of them", NULL },
	END
};
static const struct shape way = { "Rebucket", way_fields, false };
static const struct field told_fields[] = {
	{ "version", SHAPE_TEXT, 0, "of what was sent, or undo goes back to",
	    NULL },
	{ "in_force", SHAPE_TEXT, FIELD_MAYBE, "the version that is", NULL },
	{ "dry", SHAPE_BOOL, 0, "nothing was changed", NULL },
	{ "changes", SHAPE_OBJECT, FIELD_LIST | FIELD_MAYBE, "what they would "
	    "do, the first thousand", &way },
	{ "crashes", SHAPE_INT, FIELD_MAYBE, "that were looked at", NULL },
	{ "whole", SHAPE_BOOL, FIELD_MAYBE, "those are all there are, and all "
	    "changes are here", NULL },
	END
};
static const struct shape told = { "RulesTold", told_fields, false };

static const struct field apply_fields[] = {
	{ "text", SHAPE_TEXT, FIELD_NEEDED, "the rules, pf-rules(5)", NULL },
	END
};
static const struct shape apply = { "NewRules", apply_fields, true };
static const struct field undo_fields[] = {
	{ "version", SHAPE_TEXT, FIELD_NEEDED, "of the rules that are to go, "
	    "in force or coming", NULL },
	END
};
static const struct shape undo = { "UndoRules", undo_fields, true };
static const struct param dry_query[] = {
	{ "dry", SHAPE_BOOL, "1: only say what it would do", 0, 0 },
	NO_MORE
};

const struct route routes_rules[] = {
	{ .method = "GET", .path = RULES, .call = api_rules, .safe = true,
	    .cli = "pf-report rules",
	    .what = "The rules that crashes are told apart by",
	    .codes = "200 304", .gives = &in_force },
	{ .method = "PUT", .path = RULES, .call = api_rules_apply,
	    .body = BODY_JSON | BODY_TEXT, .cli = "pf-sched rules apply",
	    .what = "Other rules come into force", .codes = "202 200",
	    .query = dry_query, .takes = &apply, .gives = &told },
	{ .method = "POST", .path = RULES "/undo", .call = api_rules_undo,
	    .body = BODY_JSON, .cli = "pf-sched rules undo",
	    .what = "Takes back the rules that were applied last",
	    .codes = "202 200", .query = dry_query, .takes = &undo,
	    .gives = &told },
	{ .path = NULL }
};

static const struct field frame_fields[] = {
	{ "stack", SHAPE_TEXT, 0, "crash, free, alloc or other", NULL },
	{ "is", SHAPE_TEXT, 0, "counts, ignored or entry", NULL },
	{ "function", SHAPE_TEXT, 0, "its name, or empty", NULL },
	{ "file", SHAPE_TEXT, 0, "of the source, or empty", NULL },
	{ "module", SHAPE_TEXT, 0, "file that it was loaded from, or empty",
	    NULL },
	{ "rule", SHAPE_TEXT, 0, "that it is ignored by, or empty", NULL },
	END
};
static const struct shape frame = { "PlacedFrame", frame_fields, false };
static const struct field placed_fields[] = {
	{ "crash", SHAPE_ID, 0, "the crash", NULL },
	{ "bucket", SHAPE_TEXT, 0, "where it is", NULL },
	{ "by", SHAPE_TEXT, 0, "why there", NULL },
	{ "glob", SHAPE_TEXT, 0, "of the rule that split, or empty", NULL },
	{ "rules", SHAPE_TEXT, 0, "version of those in force", NULL },
	{ "read", SHAPE_TEXT, 0, "the report, or what the sender told",
	    NULL },
	{ "type", SHAPE_TEXT, 0, "by that", NULL },
	{ "tool", SHAPE_TEXT, 0, "by that", NULL },
	{ "state", SHAPE_TEXT, 0, "the frames that count", NULL },
	{ "major", SHAPE_TEXT, 0, "hash of type and state", NULL },
	{ "minor", SHAPE_TEXT, 0, "hash of all frames", NULL },
	{ "key", SHAPE_TEXT, 0, "that it is filed under", NULL },
	{ "frames", SHAPE_OBJECT, FIELD_LIST, "of the report", &frame },
	END
};
static const struct shape placed = { "PlacedCrash", placed_fields, false };
static const struct field why_bot_fields[] = {
	{ "bot", SHAPE_ID, 0, "the bot", NULL },
	{ "why", SHAPE_TEXT, 0, "a line for people", NULL },
	END
};
static const struct shape why_bot = {
	"WhyBot", why_bot_fields, false
};
static const struct field why_job_fields[] = {
	{ "job", SHAPE_ID, 0, "the job", NULL },
	{ "why", SHAPE_TEXT, 0, "a line for people", NULL },
	END
};
static const struct shape why_job = {
	"WhyJob", why_job_fields, false
};

const struct route routes_bot_why[] = {
	{ .method = "GET", .path = "/api/v1/bots/{id}/explain",
	    .call = api_explain_bot, .safe = true,
	    .cli = "pf-report explain bot",
	    .what = "Why the bot runs, or does not", .codes = "200 304",
	    .gives = &why_bot },
	{ .path = NULL }
};

const struct route routes_job_why[] = {
	{ .method = "GET", .path = "/api/v1/jobs/{id}/explain",
	    .call = api_explain_job, .safe = true,
	    .cli = "pf-report explain job",
	    .what = "Why the job runs, or does not", .codes = "200 304",
	    .gives = &why_job },
	{ .path = NULL }
};

const struct route routes_crash_why[] = {
	{ .method = "GET", .path = "/api/v1/results/crashes/{id}/explain",
	    .call = api_explain_crash, .safe = true,
	    .cli = "pf-report explain crash",
	    .what = "Why a crash is in its bucket", .codes = "200 304",
	    .gives = &placed },
	{ .path = NULL }
};
