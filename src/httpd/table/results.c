/*
 * Routes and shapes of results and of what jobs are made of; see route.h.
 */
#include "httpd/route.h"

#define RESULTS	"/api/v1/results/"
#define END	{ NULL, SHAPE_ANY, 0, NULL, NULL }

static const struct field verdict_fields[] = {
	{ "rid", SHAPE_SHA256, 0, "of the record", NULL },
	{ "verdict", SHAPE_TEXT, 0, "accepted, refused or later", NULL },
	{ "error", SHAPE_TEXT, FIELD_MAYBE, "why it is not accepted", NULL },
	END
};
static const struct shape verdict = { "Verdict", verdict_fields, false };
static const struct field processed_fields[] = {
	{ "crashes", SHAPE_INT, 0, "of them", NULL },
	{ "coverage", SHAPE_INT, 0, "of them", NULL },
	{ "corpus", SHAPE_INT, 0, "of them", NULL },
	END
};
static const struct shape processed = { "Processed", processed_fields, false };
static const struct field verdicts_fields[] = {
	{ "status", SHAPE_TEXT, 0, "accepted, or processed if it was JSON",
	    NULL },
	{ "results", SHAPE_OBJECT, FIELD_LIST | FIELD_MAYBE, "of a pack: one "
	    "for each record, in its order", &verdict },
	{ "bot_id", SHAPE_ID, FIELD_MAYBE, "of JSON: the bot", NULL },
	{ "job_id", SHAPE_ID, FIELD_MAYBE, "of JSON: the job", NULL },
	{ "processed", SHAPE_OBJECT, FIELD_MAYBE, "of JSON: how many were "
	    "taken", &processed },
	{ "partial_success", SHAPE_BOOL, FIELD_MAYBE, "of JSON: some were "
	    "not", NULL },
	{ "failed", SHAPE_INT, FIELD_MAYBE, "how many", NULL },
	{ "errors", SHAPE_TEXT, FIELD_LIST | FIELD_MAYBE, "which, and why",
	    NULL },
	{ "timestamp", SHAPE_TIME, 0, "when this was answered", NULL },
	END
};
static const struct shape verdicts = { "Verdicts", verdicts_fields, false };

const struct route routes_results[] = {
	{ .method = "POST", .path = RESULTS "batch",
	    .call = api_batch, .feed = feed_batch,
	    .body = BODY_PACK | BODY_JSON, .bulky = true, .cli = "pf-ingest",
	    .what = "Results in a pack, see pf-spool(5), or in JSON",
	    .codes = "200", .takes = &shape_batch, .gives = &verdicts },
	{ .method = "POST", .path = RESULTS "crash",
	    .call = api_crash, .feed = feed_form,
	    .body = BODY_JSON | BODY_FORM, .bulky = true, .cli = "pf-ingest",
	    .what = "A crash: in JSON, or as parts metadata and input",
	    .codes = "200", .takes = &shape_crash, .form = &shape_crash_form,
	    .gives = &shape_crash_told },
	{ .method = "POST", .path = RESULTS "coverage", .call = api_coverage,
	    .body = BODY_JSON, .cli = "pf-ingest",
	    .what = "How far the coverage of a job is", .codes = "200",
	    .takes = &shape_coverage, .gives = &shape_coverage_told },
	{ .method = "POST", .path = RESULTS "corpus", .call = api_corpus,
	    .feed = feed_form, .body = BODY_JSON | BODY_FORM, .bulky = true,
	    .cli = "pf-ingest",
	    .what = "Inputs: in JSON, or as files beside a part metadata",
	    .codes = "200", .takes = &shape_corpus,
	    .form = &shape_corpus_form,
	    .gives = &shape_corpus_told },
	{ .method = "POST", .path = RESULTS "status", .call = api_numbers,
	    .body = BODY_JSON, .cli = "pf-ingest",
	    .what = "Numbers of an engine", .codes = "200",
	    .takes = &shape_numbers, .gives = &shape_numbers_told },
	{ .path = NULL }
};

static const struct field blob_fields[] = {
	{ "sha256", SHAPE_SHA256, 0, "of the file, as builds name it", NULL },
	{ "size", SHAPE_INT, 0, "of it", NULL },
	{ "filed", SHAPE_BOOL, 0, "it is in the storage; false: pf-ingest "
	    "files it", NULL },
	{ NULL, SHAPE_ANY, 0, NULL, NULL }
};
static const struct shape blob_told = { "BlobTold", blob_fields, false };

const struct route routes_blobs[] = {
	{ .method = "POST", .path = "/api/v1/blobs", .call = api_blob_new,
	    .feed = feed_blob, .body = BODY_BYTES, .large = true,
	    .cli = "pf-ingest",
	    .what = "A file for jobs and builds, as it is",
	    .codes = "202 200", .gives = &blob_told },
	{ .method = "GET", .path = "/api/v1/blobs/{sha256}",
	    .call = api_blob, .safe = true, .cli = "cat targets/SHA256/data",
	    .what = "The bytes of a target, seed, dictionary or crash",
	    .codes = "200 206 304 416", .type = "application/octet-stream" },
	{ .path = NULL }
};
