/*
 * Routes and shapes of the master itself; see route.h.
 */
#include "httpd/route.h"

#define PROGRAM \
	{ "version", SHAPE_TEXT, 0, "of this program", NULL }, \
	{ "uptime", SHAPE_NS, 0, "since it was started", NULL }
#define STAMP	{ "timestamp", SHAPE_TIME, 0, "when this was answered", NULL }
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
static const struct field status_fields[] = {
	{ "status", SHAPE_TEXT, 0, "ok or degraded", NULL },
	PROGRAM,
	{ "spool", SHAPE_OBJECT, 0, "what waits for pf-ingest", &spool },
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

const struct route routes_status[] = {
	{ .method = "GET", .path = "/api/v1/status", .call = api_status,
	    .safe = true, .cli = "pf-report status",
	    .what = "How the master is", .codes = "200", .gives = &status },
	{ .path = NULL }
};

const struct route routes_health[] = {
	{ .method = "GET", .path = "/health", .call = api_health,
	    .safe = true, .quick = true, .open = true,
	    .cli = "pf-report status",
	    .what = "Whether pf-httpd serves", .codes = "200",
	    .gives = &health },
	{ .path = NULL }
};
