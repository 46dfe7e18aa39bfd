/*
 * Routes and shapes of results and of what jobs are made of; see route.h.
 */
#include "httpd/route.h"

#define END	{ NULL, SHAPE_ANY, 0, NULL, NULL }

static const struct field verdict_fields[] = {
	{ "rid", SHAPE_SHA256, 0, "of the record", NULL },
	{ "verdict", SHAPE_TEXT, 0, "accepted, refused or later", NULL },
	{ "error", SHAPE_TEXT, FIELD_MAYBE, "why it is not accepted", NULL },
	END
};
static const struct shape verdict = { "Verdict", verdict_fields, false };
static const struct field verdicts_fields[] = {
	{ "status", SHAPE_TEXT, 0, "accepted", NULL },
	{ "results", SHAPE_OBJECT, FIELD_LIST, "one for each record, in the "
	    "order of the pack", &verdict },
	{ "timestamp", SHAPE_TIME, 0, "when this was answered", NULL },
	END
};
static const struct shape verdicts = { "Verdicts", verdicts_fields, false };

const struct route routes_results[] = {
	{ .method = "POST", .path = "/api/v1/results/batch",
	    .call = api_batch, .feed = feed_batch, .body = BODY_PACK,
	    .cli = "pf-ingest", .what = "Results in a pack, see pf-spool(5)",
	    .codes = "200", .gives = &verdicts },
	{ .path = NULL }
};

const struct route routes_blobs[] = {
	{ .method = "GET", .path = "/api/v1/blobs/{sha256}",
	    .call = api_blob, .safe = true, .cli = "cat targets/SHA256/data",
	    .what = "The bytes of a target, seed or dictionary",
	    .codes = "200 206 304 416", .type = "application/octet-stream" },
	{ .path = NULL }
};
