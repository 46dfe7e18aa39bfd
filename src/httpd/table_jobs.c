/*
 * Routes and shapes of jobs; see route.h.
 */
#include "httpd/list.h"

#define JOBS	"/api/v1/jobs/"
#define END	{ NULL, SHAPE_ANY, 0, NULL, NULL }

static const struct field input_fields[] = {
	{ "hash", SHAPE_SHA256, 0, "of its bytes", NULL },
	{ "size", SHAPE_INT, 0, "of them", NULL },
	{ "job_id", SHAPE_ID, 0, "who has filed it", NULL },
	{ "cursor", SHAPE_INT, 0, "what to go on after", NULL },
	END
};
static const struct shape input = { "SharedInput", input_fields, false };
static const struct field shared_fields[] = {
	{ "inputs", SHAPE_OBJECT, FIELD_LIST, "in the order of filing",
	    &input },
	{ "cursor", SHAPE_INT, 0, "what to go on after", NULL },
	{ "more", SHAPE_BOOL, 0, "whether there is more now", NULL },
	{ "timestamp", SHAPE_TIME, 0, "when this was answered", NULL },
	END
};
static const struct shape shared = { "SharedInputs", shared_fields, false };
static const struct param shared_query[] = {
	{ "after", SHAPE_INT, "the cursor of the answer before", 0,
	    INT64_MAX },
	{ "limit", SHAPE_INT, "how many are looked at", 1, 1024 },
	{ "own", SHAPE_BOOL, "those it has filed itself as well", 0, 0 },
	{ NULL, SHAPE_ANY, NULL, 0, 0 }
};

static const struct field list_fields[] = {
	{ "jobs", SHAPE_OBJECT, FIELD_LIST, "the newest first", &shape_job },
	LIST_FIELDS,
	{ "page", SHAPE_INT, FIELD_NULL, "number of this one", NULL },
	{ "limit", SHAPE_INT, 0, "as it was asked", NULL },
	{ "total", SHAPE_INT, FIELD_NULL, "in that state, or in all", NULL },
	END
};
static const struct shape list = { "Jobs", list_fields, false };
static const struct param list_query[] = {
	{ "status", SHAPE_TEXT, "pending, assigned, running, completed, "
	    "failed, timed_out or cancelled", 0, 0 },
	{ "fuzzer", SHAPE_TEXT, "the engine", 0, 0 },
	{ "campaign", SHAPE_TEXT, "its name or id", 0, 0 },
	{ "page", SHAPE_INT, "in the place of a cursor, up to row 10000", 1,
	    INT64_MAX },
	LIST_QUERY,
	{ NULL, SHAPE_ANY, NULL, 0, 0 }
};

const struct route routes_jobs[] = {
	{ .method = "GET", .path = "/api/v1/jobs", .call = api_jobs_list,
	    .safe = true, .cli = "pf-report jobs",
	    .what = "Jobs by state, engine, campaign",
	    .codes = "200 304", .query = list_query, .gives = &list },
	{ .method = "GET", .path = JOBS "{id}", .call = api_job_get,
	    .safe = true, .cli = "pf-report job", .what = "A job",
	    .codes = "200 304", .gives = &shape_job },
	{ .method = "GET", .path = JOBS "{id}/shared", .call = api_shared,
	    .safe = true, .cli = "pf-report corpus",
	    .what = "Inputs that the other jobs of its campaign have filed",
	    .codes = "200 304", .query = shared_query, .gives = &shared },
	{ .method = "GET", .path = JOBS "{id}/corpus/{sha256}",
	    .call = api_input, .safe = true, .cli = "cat corpus/JOB/SHA256",
	    .what = "The bytes of an input of its corpus",
	    .codes = "200 304", .type = "application/octet-stream" },
	{ .path = NULL }
};
