/*
 * Routes and shapes of bots; see route.h.
 */
#include "httpd/api/list.h"

#define BOTS	"/api/v1/bots/"
#define TOKEN \
	{ "inc", SHAPE_TEXT, 0, "the process of the bot, as it registered", \
	    NULL }, \
	{ "epoch", SHAPE_INT, 0, "of the job's token", NULL }, \
	{ "attempt", SHAPE_INT, 0, "of the job's token", NULL }, \
	{ "job_id", SHAPE_ID, 0, "the job", NULL }, \
	{ "current_job", SHAPE_ID, 0, "the job, by its older name", NULL }
#define LEASE \
	{ "lease_ms", SHAPE_MS, 0, "how long the bot is taken for alive", \
	    NULL }, \
	{ "timeout", SHAPE_TIME, 0, "until when, from now", NULL }
#define STAMP	{ "timestamp", SHAPE_TIME, 0, "when this was answered", NULL }
#define END	{ NULL, SHAPE_ANY, 0, NULL, NULL }

static const struct field register_fields[] = {
	{ "hostname", SHAPE_TEXT, FIELD_NEEDED, "the machine", NULL },
	{ "name", SHAPE_TEXT, 0, "tells several bots of a machine apart, which "
	    "are one without it", NULL },
	{ "capabilities", SHAPE_TEXT, FIELD_NEEDED | FIELD_LIST,
	    "engines that it can run", NULL },
	{ "inc", SHAPE_TEXT, 0, "another one says that the bot was started "
	    "anew; without one it needs no tokens", NULL },
	END
};
static const struct field registered_fields[] = {
	{ "status", SHAPE_TEXT, 0, "registered", NULL },
	{ "bot_id", SHAPE_ID, 0, "the bot's from now on", NULL },
	{ "name", SHAPE_TEXT, 0, "as it is shown", NULL },
	{ "created", SHAPE_BOOL, 0, "whether it was not known", NULL },
	{ "heartbeat_ms", SHAPE_MS, 0, "how often to send one", NULL },
	{ "master", SHAPE_TEXT, 0, "another one is another storage", NULL },
	LEASE,
	STAMP,
	END
};
static const struct field heartbeat_fields[] = { TOKEN, END };
static const struct field beaten_fields[] = {
	{ "status", SHAPE_TEXT, 0, "ok", NULL },
	{ "bot_status", SHAPE_TEXT, 0, "what the master has it for", NULL },
	{ "cancel", SHAPE_BOOL, FIELD_MAYBE, "end the job, it is cancelled",
	    NULL },
	{ "drain", SHAPE_BOOL, FIELD_MAYBE, "take no other job", NULL },
	LEASE,
	STAMP,
	END
};
static const struct field about_fields[] = {
	TOKEN,
	{ "message", SHAPE_TEXT, 0, "why, for the reader", NULL },
	END
};
static const struct field complete_fields[] = {
	TOKEN,
	{ "success", SHAPE_BOOL, 0, "completed or failed", NULL },
	{ "result", SHAPE_TEXT, 0, "completed, failed, timed_out or "
	    "cancelled, where success says too little", NULL },
	{ "message", SHAPE_TEXT, 0, "why, for the reader", NULL },
	END
};
static const struct field told_fields[] = {
	{ "status", SHAPE_TEXT, 0, "what the job is now", NULL },
	{ "acknowledged", SHAPE_BOOL, 0, "true: it is on disk", NULL },
	{ "job_id", SHAPE_ID, 0, "the job", NULL },
	{ "replay", SHAPE_BOOL, FIELD_MAYBE, "this was said before", NULL },
	STAMP,
	END
};
static const struct field again_fields[] = {
	{ "hash", SHAPE_SHA256, 0, "of the input, a blob", NULL },
	{ "size", SHAPE_INT, 0, "of it", NULL },
	{ "runs", SHAPE_INT, 0, "how often to run it", NULL },
	{ "under", SHAPE_TEXT, FIELD_MAYBE, "valgrind: it is to be run under "
	    "that", NULL },
	{ "key", SHAPE_TEXT, FIELD_MAYBE, "then what is looked for among what "
	    "a run shows: major hash with the version of its rules, or empty",
	    NULL },
	END
};
static const struct shape again = { "CrashAgain", again_fields, false };
static const struct field given_fields[] = {
	{ "status", SHAPE_TEXT, 0, "assigned, running, "
	    "cancelled (end it) or no_jobs_available", NULL },
	{ "message", SHAPE_TEXT, FIELD_MAYBE, "why there is none", NULL },
	{ "id", SHAPE_ID, FIELD_MAYBE, "the job", NULL },
	{ "name", SHAPE_TEXT, FIELD_MAYBE, "its name", NULL },
	{ "kind", SHAPE_TEXT, FIELD_MAYBE | FIELD_NULL, "what is to be done",
	    NULL },
	{ "campaign", SHAPE_TEXT, FIELD_MAYBE | FIELD_NULL, "its name",
	    NULL },
	{ "fuzzer", SHAPE_TEXT, FIELD_MAYBE, "the engine", NULL },
	{ "target", SHAPE_TEXT, FIELD_MAYBE, "name of the target's blob",
	    NULL },
	{ "assigned_bot", SHAPE_ID, FIELD_MAYBE, "who asked", NULL },
	{ "created_at", SHAPE_TIME, FIELD_MAYBE, "when it was submitted",
	    NULL },
	{ "started_at", SHAPE_TIME, FIELD_MAYBE | FIELD_NULL, "since when it "
	    "runs", NULL },
	{ "completed_at", SHAPE_TIME, FIELD_MAYBE | FIELD_NULL, "never of "
	    "one that is given", NULL },
	{ "timeout_at", SHAPE_TIME, FIELD_MAYBE, "when its bot is to give it "
	    "up, half of timeouts.job_grace after its duration; of one that "
	    "has not started as if it did now", NULL },
	{ "progress", SHAPE_INT, FIELD_MAYBE, "how much of its duration is "
	    "over, percent", NULL },
	{ "work_dir", SHAPE_TEXT, FIELD_MAYBE | FIELD_NULL, "on the bot, "
	    "below its own", NULL },
	{ "blobs", SHAPE_OBJECT, FIELD_LIST | FIELD_MAYBE | FIELD_NULL,
	    "files to fetch", NULL },
	{ "crashes", SHAPE_OBJECT, FIELD_LIST | FIELD_MAYBE, "of the kind "
	    "regress: what to run again", &again },
	{ "config", SHAPE_OBJECT, FIELD_MAYBE, "as Go programs read it",
	    &shape_job_config },
	{ "args", SHAPE_TEXT, FIELD_LIST | FIELD_MAYBE, "of the target", NULL },
	{ "options", SHAPE_OBJECT, FIELD_MAYBE, "of the engine", NULL },
	{ "priority", SHAPE_INT, FIELD_MAYBE, "higher ones first", NULL },
	{ "duration_ms", SHAPE_MS, FIELD_MAYBE, "how long it may run", NULL },
	{ "memory_limit", SHAPE_INT, FIELD_MAYBE, "bytes, 0 for none", NULL },
	{ "exec_timeout_ms", SHAPE_MS, FIELD_MAYBE, "of one execution", NULL },
	{ "epoch", SHAPE_INT, FIELD_MAYBE, "of the token", NULL },
	{ "attempt", SHAPE_INT, FIELD_MAYBE, "of the token", NULL },
	{ "lease_ms", SHAPE_MS, FIELD_MAYBE, "how long it is held without a "
	    "heartbeat", NULL },
	{ "again", SHAPE_BOOL, FIELD_MAYBE | FIELD_NULL, "it had been given "
	    "already", NULL },
	STAMP,
	END
};
static const struct shape register_in = {
	"Registration", register_fields, false
};
static const struct shape registered = {
	"Registered", registered_fields, false
};
static const struct shape heartbeat_in = {
	"Heartbeat", heartbeat_fields, false
};
static const struct shape beaten = { "Beaten", beaten_fields, false };
static const struct shape about_in = { "AboutJob", about_fields, false };
static const struct shape complete_in = {
	"Completion", complete_fields, false
};
static const struct shape told = { "Acknowledged", told_fields, false };
static const struct shape given = { "GivenJob", given_fields, false };

static const struct field list_fields[] = {
	{ "bots", SHAPE_OBJECT, FIELD_LIST, "the newest first", &shape_bot },
	LIST_FIELDS,
	{ "total", SHAPE_INT, 0, "in that state, or in all", NULL },
	END
};
static const struct shape list = { "Bots", list_fields, false };
static const struct param list_query[] = {
	{ "status", SHAPE_TEXT, "registering, idle, busy, timed_out or "
	    "failed", 0, 0 },
	LIST_QUERY,
	{ NULL, SHAPE_ANY, NULL, 0, 0 }
};

static const struct param claim_query[] = {
	{ "inc", SHAPE_TEXT, "the process of the bot, as it registered", 0,
	    0 },
	{ NULL, SHAPE_ANY, NULL, 0, 0 }
};

const struct route routes_bots[] = {
	{ .method = "POST", .path = BOTS "register",
	    .ask = ask_register, .tell = tell_register,
	    .body = BODY_JSON, .cli = "pf-registry register",
	    .what = "A bot signs on", .codes = "201 200",
	    .takes = &register_in, .gives = &registered },
	{ .method = "GET", .path = "/api/v1/bots", .call = api_bots_list,
	    .safe = true, .cli = "pf-report bots", .what = "Bots by state",
	    .codes = "200 304", .query = list_query, .gives = &list },
	{ .method = "GET", .path = BOTS "{id}", .call = api_bot_get,
	    .safe = true, .cli = "pf-registry show", .what = "A bot",
	    .codes = "200 304", .gives = &shape_bot },
	{ .method = "DELETE", .path = BOTS "{id}",
	    .ask = ask_delete, .tell = tell_delete,
	    .cli = "pf-registry deregister", .what = "A bot leaves",
	    .codes = "204" },
	{ .method = "POST", .path = BOTS "{id}/heartbeat",
	    .ask = ask_heartbeat, .tell = tell_heartbeat, .body = BODY_JSON,
	    .cli = "pf-registry heartbeat",
	    .what = "A bot, and the job that it holds, are alive",
	    .codes = "200", .takes = &heartbeat_in, .gives = &beaten },
	{ .method = "GET", .path = BOTS "{id}/job",
	    .ask = ask_claim, .tell = tell_claim,
	    .cli = "pf-sched apply",
	    .what = "A job for the bot: the same one as long as it holds it; "
	    "204 for none, with Prefer: return=minimal",
	    .codes = "200 204", .query = claim_query, .gives = &given },
	{ .method = "POST", .path = BOTS "{id}/job/start",
	    .ask = ask_start, .tell = tell_start,
	    .body = BODY_JSON, .cli = "pf-sched apply",
	    .what = "The bot has begun with its job", .codes = "200",
	    .takes = &about_in, .gives = &told },
	{ .method = "POST", .path = BOTS "{id}/job/complete",
	    .ask = ask_complete, .tell = tell_complete,
	    .body = BODY_JSON, .cli = "pf-sched apply",
	    .what = "The bot's job has ended", .codes = "200",
	    .takes = &complete_in, .gives = &told },
	{ .method = "POST", .path = BOTS "{id}/job/handback",
	    .ask = ask_handback, .tell = tell_handback,
	    .body = BODY_JSON, .cli = "pf-sched apply",
	    .what = "The bot gives its job back unfinished", .codes = "200",
	    .takes = &about_in, .gives = &told },
	{ .path = NULL }
};
