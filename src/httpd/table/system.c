/*
 * Routes and shapes of the master itself; see route.h.
 */
#include "codec/prom.h"
#include "httpd/api/list.h"

#define PROGRAM \
	{ "version", SHAPE_TEXT, 0, "of this program", NULL }, \
	{ "uptime", SHAPE_NS, 0, "since it was started", NULL }
#define STAMP	{ "timestamp", SHAPE_TIME, 0, "when this was answered", NULL }
#define UNWELL	"jobs that run and are not well, and by verdict"
#define END	{ NULL, SHAPE_ANY, 0, NULL, NULL }

static const struct field spool_fields[] = {
	{ "error", SHAPE_TEXT, FIELD_MAYBE, "why nothing is known", NULL },
	{ "packs", SHAPE_INT, FIELD_MAYBE, "that wait", NULL },
	{ "bytes", SHAPE_INT, FIELD_MAYBE, "of them", NULL },
	{ "bad", SHAPE_INT, FIELD_MAYBE, "records set aside", NULL },
	{ "disk_free", SHAPE_INT, FIELD_MAYBE, "bytes", NULL },
	END
};
static const struct shape spool = { "Spool", spool_fields, false };
static const struct field bots_fields[] = {
	{ "registering", SHAPE_INT, 0, "known, and not heard yet", NULL },
	{ "idle", SHAPE_INT, 0, "without a job", NULL },
	{ "busy", SHAPE_INT, 0, "with one", NULL },
	{ "timed_out", SHAPE_INT, 0, "not heard in time", NULL },
	{ "failed", SHAPE_INT, 0, "that failed too often", NULL },
	{ "total", SHAPE_INT, 0, "of them all", NULL },
	END
};
static const struct shape bots = { "BotCounts", bots_fields, false };
static const struct field jobs_fields[] = {
	{ "pending", SHAPE_INT, 0, "that wait", NULL },
	{ "assigned", SHAPE_INT, 0, "that a bot has", NULL },
	{ "running", SHAPE_INT, 0, "whose engine runs", NULL },
	{ "completed", SHAPE_INT, 0, "that ended well", NULL },
	{ "failed", SHAPE_INT, 0, "that did not", NULL },
	{ "timed_out", SHAPE_INT, 0, "that were not ended in time", NULL },
	{ "cancelled", SHAPE_INT, 0, "that nobody wanted any more", NULL },
	{ "total", SHAPE_INT, 0, "of them all, without archived ones", NULL },
	END
};
static const struct shape jobs = { "JobCounts", jobs_fields, false };
#define MASTER \
	{ "master_id", SHAPE_TEXT, 0, "of this storage", NULL }, \
	{ "created_at", SHAPE_TIME, 0, "when it was made", NULL }, \
	{ "epoch", SHAPE_INT, 0, "grows when the database is made anew", \
	    NULL }, \
	{ "schema_version", SHAPE_INT, 0, "of the database", NULL }, \
	{ "tick", SHAPE_INT, FIELD_NULL, "of the reaper's clock", NULL }, \
	{ "tick_time", SHAPE_TIME, FIELD_NULL, "when that was", NULL }, \
	{ "ears", SHAPE_INT, 0, "programs that hear bots", NULL }, \
	{ "deaf_since", SHAPE_TIME, FIELD_NULL, "none of them does", NULL }, \
	{ "hooks_waiting", SHAPE_INT, 0, "crashes to tell of", NULL }, \
	{ "hooks_tries", SHAPE_INT, 0, "to tell of the worst", NULL }
static const struct field master_fields[] = { MASTER, END };
static const struct shape master = { "Master", master_fields, false };
static const struct field status_fields[] = {
	{ "status", SHAPE_TEXT, 0, "ok or degraded", NULL },
	PROGRAM,
	{ "spool", SHAPE_OBJECT, 0, "what waits for pf-ingest", &spool },
	{ "bots", SHAPE_OBJECT, FIELD_MAYBE, "by state", &bots },
	{ "jobs", SHAPE_OBJECT, FIELD_MAYBE, "by state", &jobs },
	{ "unwell", SHAPE_OBJECT, FIELD_MAYBE, UNWELL, NULL },
	{ "master", SHAPE_OBJECT, FIELD_MAYBE, "itself", &master },
	{ "writer", SHAPE_BOOL, 0, "whether pf-sched listens", NULL },
	{ "database", SHAPE_BOOL, 0, "whether it can be read", NULL },
	{ "writer_error", SHAPE_TEXT, FIELD_MAYBE, "why not", NULL },
	{ "database_error", SHAPE_TEXT, FIELD_MAYBE, "why not", NULL },
	STAMP,
	END
};
static const struct shape status = { "Status", status_fields, false };
static const struct field health_fields[] = {
	{ "status", SHAPE_TEXT, 0, "ok", NULL },
	PROGRAM,
	STAMP,
	END
};
static const struct shape health = { "Health", health_fields, false };

static const struct field server_fields[] = {
	PROGRAM,
	{ "requests", SHAPE_INT, 0, "that it is at", NULL },
	{ "connections", SHAPE_INT, 0, "that are open", NULL },
	{ "body_bytes", SHAPE_INT, 0, "of bodies in memory", NULL },
	{ "answer_bytes", SHAPE_INT, 0, "of large answers there", NULL },
	END
};
static const struct shape server = { "Server", server_fields, false };
static const struct field state_fields[] = {
	{ "bots", SHAPE_OBJECT, 0, "by state", &bots },
	{ "jobs", SHAPE_OBJECT, 0, "by state", &jobs },
	{ "unwell", SHAPE_OBJECT, 0, UNWELL, NULL },
	{ "counters", SHAPE_OBJECT, 0, "numbers by name, as pf-report status "
	    "shows them", NULL },
	END
};
static const struct shape state = { "State", state_fields, false };
static const struct field limits_fields[] = {
	{ "bot", SHAPE_NS, 0, "after which it is taken for dead", NULL },
	{ "job", SHAPE_NS, 0, "that it may run if it does not say", NULL },
	{ "job_grace", SHAPE_NS, 0, "that it may take to end", NULL },
	{ "heartbeat_interval", SHAPE_NS, 0, "between two", NULL },
	{ "request", SHAPE_NS, 0, "that it may take", NULL },
	END
};
static const struct shape limits = { "Timeouts", limits_fields, false };
static const struct field database_fields[] = {
	{ "bytes", SHAPE_INT, 0, "of its file", NULL },
	{ "wal_bytes", SHAPE_INT, 0, "of what is not in it yet", NULL },
	MASTER,
	END
};
static const struct shape database = { "Database", database_fields, false };
static const struct field stats_fields[] = {
	{ "server", SHAPE_OBJECT, 0, "this program", &server },
	{ "state", SHAPE_OBJECT, 0, "what there is", &state },
	{ "timeouts", SHAPE_OBJECT, 0, "as they are set", &limits },
	{ "database", SHAPE_OBJECT, 0, "and the master it is of", &database },
	STAMP,
	END
};
static const struct shape stats = { "Stats", stats_fields, false };
static const struct field over_fields[] = {
	{ "bot_timeouts", SHAPE_OBJECT, 0, "times by ids of bots", NULL },
	{ "job_timeouts", SHAPE_OBJECT, 0, "times by ids of their jobs",
	    NULL },
	LIST_FIELDS,
	STAMP,
	END
};
static const struct shape over = { "RunningTimeouts", over_fields, false };
static const struct param over_query[] = {
	LIST_QUERY,
	{ NULL, SHAPE_ANY, NULL, 0, 0 }
};

const struct route routes_system[] = {
	{ .method = "GET", .path = "/api/v1/system/stats", .call = api_stats,
	    .safe = true, .cli = "pf-report status",
	    .what = "The master in numbers", .codes = "200",
	    .gives = &stats },
	{ .path = NULL }
};

const struct route routes_timeouts[] = {
	{ .method = "GET", .path = "/api/v1/timeouts", .call = api_timeouts,
	    .safe = true, .cli = "pf-report timeouts",
	    .what = "When bots and their jobs are over",
	    .codes = "200 304", .query = over_query, .gives = &over },
	{ .path = NULL }
};

const struct route routes_status[] = {
	{ .method = "GET", .path = "/api/v1/status", .call = api_status,
	    .safe = true, .cli = "pf-report status",
	    .what = "How the master is", .codes = "200", .gives = &status },
	{ .method = "GET", .path = "/status", .call = api_status,
	    .safe = true, .cli = "pf-report status",
	    .what = "The same", .codes = "200", .gives = &status },
	{ .path = NULL }
};

const struct route routes_metrics[] = {
	{ .method = "GET", .path = "/api/v1/metrics", .call = api_metrics,
	    .safe = true, .cli = "pf-report metrics",
	    .what = "Numbers for Prometheus", .codes = "200",
	    .type = PF_PROM_TYPE },
	{ .method = "GET", .path = "/metrics", .call = api_metrics,
	    .safe = true, .aside = true, .cli = "pf-report metrics",
	    .what = "The same, where it looks for them", .codes = "200",
	    .type = PF_PROM_TYPE },
	{ .path = NULL }
};

const struct route routes_openapi[] = {
	{ .method = "GET", .path = "/api/v1/openapi.json",
	    .call = api_openapi, .safe = true, .cli = "man pf-api",
	    .what = "What can be asked here, as OpenAPI 3.1",
	    .codes = "200 304", .type = "application/json" },
	{ .path = NULL }
};

const struct route routes_health[] = {
	{ .method = "GET", .path = "/health", .call = api_health,
	    .safe = true, .quick = true, .open = true, .aside = true,
	    .cli = "pf-report status",
	    .what = "Whether pf-httpd serves", .codes = "200",
	    .gives = &health },
	{ .path = NULL }
};
