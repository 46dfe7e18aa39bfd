/*
 * Routes and shapes of builds, what becomes of crashes on them, and buckets
 * for other programs; see route.h.
 */
#include "httpd/api/list.h"

#define ONE	"/api/v1/campaigns/{id}/"
#define NO_MORE	{ NULL, SHAPE_ANY, NULL, 0, 0 }
#define END	{ NULL, SHAPE_ANY, 0, NULL, NULL }

static const struct field file_fields[] = {
	{ "sha256", SHAPE_SHA256, FIELD_NEEDED, "of a file in the storage",
	    NULL },
	{ "name", SHAPE_TEXT, FIELD_NEEDED, "of the file", NULL },
	END
};
static const struct shape file = { "BuildFile", file_fields, true };
static const struct field new_fields[] = {
	{ "target", SHAPE_OBJECT, FIELD_NEEDED, "the program", &file },
	{ "engine", SHAPE_TEXT, 0, "it is built for: that of the newest job, "
	    "if not said", NULL },
	END
};
static const struct shape new_build = { "NewBuild", new_fields, true };
static const struct field told_fields[] = {
	{ "campaign_id", SHAPE_ID, 0, "the campaign", NULL },
	{ "build", SHAPE_INT, FIELD_NULL, "its number there; null: it would "
	    "be new", NULL },
	{ "new", SHAPE_BOOL, 0, "it was not known", NULL },
	{ "dry", SHAPE_BOOL, 0, "nothing was changed", NULL },
	{ "jobs", SHAPE_ID, FIELD_LIST, "that run crashes on it", NULL },
	{ "crashes", SHAPE_INT, 0, "that they run", NULL },
	{ "whole", SHAPE_BOOL, 0, "false: send it again for the rest", NULL },
	END
};
static const struct shape build_told = { "BuildTold", told_fields, false };
static const struct field build_fields[] = {
	{ "build", SHAPE_INT, 0, "its number in the campaign", NULL },
	{ "name", SHAPE_TEXT, 0, "of the file", NULL },
	{ "engine", SHAPE_TEXT, 0, "it is built for", NULL },
	{ "size", SHAPE_INT, 0, "of the file", NULL },
	{ "created_at", SHAPE_TIME, 0, "when it came", NULL },
	{ "crashes", SHAPE_INT, 0, "that are run on it", NULL },
	{ "target", SHAPE_SHA256, 0, "of the file", NULL },
	END
};
static const struct shape build = { "Build", build_fields, false };
static const struct field builds_fields[] = {
	{ "builds", SHAPE_OBJECT, FIELD_LIST, "the oldest first", &build },
	LIST_FIELDS,
	END
};
static const struct shape builds = { "Builds", builds_fields, false };

static const struct field fate_fields[] = {
	{ "campaign", SHAPE_TEXT, 0, "its name", NULL },
	{ "build", SHAPE_INT, 0, "number of the build", NULL },
	{ "name", SHAPE_TEXT, 0, "of the build's file", NULL },
	{ "target", SHAPE_SHA256, 0, "of that file", NULL },
	{ "newest", SHAPE_BOOL, 0, "there is no newer build", NULL },
	{ "crash", SHAPE_ID, 0, "the crash", NULL },
	{ "hash", SHAPE_SHA256, 0, "of its input", NULL },
	{ "type", SHAPE_TEXT, 0, "of the crash", NULL },
	{ "bucket", SHAPE_TEXT, 0, "where it is", NULL },
	{ "verdict", SHAPE_TEXT, 0, "fixed, still, changed, regressed or "
	    "unknown", NULL },
	{ "same", SHAPE_INT, 0, "runs that crashed as it did", NULL },
	{ "crashed", SHAPE_INT, 0, "runs that crashed", NULL },
	{ "runs", SHAPE_INT, 0, "of its input on the build", NULL },
	{ "enough", SHAPE_INT, 0, "runs that would call it fixed", NULL },
	{ "job", SHAPE_TEXT, 0, "that was to run it last", NULL },
	{ "job_status", SHAPE_TEXT, 0, "of that, or empty: it is gone",
	    NULL },
	{ "why", SHAPE_TEXT, 0, "no run of the build can tell, or empty",
	    NULL },
	END
};
static const struct shape fate = { "Regression", fate_fields, false };
static const struct field fates_fields[] = {
	{ "regressions", SHAPE_OBJECT, FIELD_LIST, "by build and input",
	    &fate },
	LIST_FIELDS,
	END
};
static const struct shape fates = { "Regressions", fates_fields, false };

static const struct param builds_query[] = { LIST_QUERY, NO_MORE };
static const struct param dry_query[] = {
	{ "dry", SHAPE_BOOL, "1: only say what it would do", 0, 0 },
	NO_MORE
};
static const struct param fates_query[] = {
	{ "build", SHAPE_INT, "only on this one", 1, INT64_MAX },
	LIST_QUERY,
	NO_MORE
};
static const struct param found_query[] = {
	{ "campaign", SHAPE_TEXT, "only of this campaign, by name or id", 0,
	    0 },
	{ "job", SHAPE_ID, "only of this job", 0, 0 },
	{ "bucket", SHAPE_ID, "only this one", 0, 0 },
	{ "type", SHAPE_TEXT, "only of this type", 0, 0 },
	{ "root", SHAPE_TEXT, "directory that paths are made relative to", 0,
	    0 },
	{ "limit", SHAPE_INT, "buckets at most, the newest; 100 if not said",
	    1, 1000 },
	NO_MORE
};

const struct route routes_builds[] = {
	{ .method = "POST", .path = ONE "builds", .call = api_build,
	    .body = BODY_JSON, .cli = "pf-sched build",
	    .what = "A new build, on which known crashes are run",
	    .codes = "201 200", .query = dry_query, .takes = &new_build,
	    .gives = &build_told },
	{ .method = "GET", .path = ONE "builds", .call = api_builds,
	    .safe = true, .cli = "pf-report builds",
	    .what = "The builds of a campaign", .codes = "200 304",
	    .query = builds_query, .gives = &builds },
	{ .method = "GET", .path = ONE "regressions",
	    .call = api_regressions, .safe = true,
	    .cli = "pf-report regressions -C",
	    .what = "What became of its crashes from build to build",
	    .codes = "200 304", .query = fates_query, .gives = &fates },
	{ .path = NULL }
};

const struct route routes_found[] = {
	{ .method = "GET", .path = "/api/v1/results/sarif",
	    .call = api_sarif, .safe = true,
	    .cli = "pf-report crashes -o sarif",
	    .what = "Buckets as SARIF 2.1.0", .codes = "200 304",
	    .query = found_query, .type = "application/sarif+json" },
	{ .method = "GET", .path = "/api/v1/results/junit",
	    .call = api_junit, .safe = true,
	    .cli = "pf-report crashes -o junit",
	    .what = "Buckets as JUnit XML", .codes = "200 304",
	    .query = found_query, .type = "application/xml" },
	{ .path = NULL }
};
