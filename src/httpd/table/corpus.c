/*
 * Routes and shapes of corpora; see route.h.
 */
#include "httpd/api/list.h"

#define JOB	"/api/v1/jobs/{id}/corpus"
#define NO_MORE	{ NULL, SHAPE_ANY, NULL, 0, 0 }
#define END	{ NULL, SHAPE_ANY, 0, NULL, NULL }

static const struct field file_fields[] = {
	{ "id", SHAPE_SHA256, 0, "rid of the report it came with", NULL },
	{ "hash", SHAPE_SHA256, 0, "of its bytes", NULL },
	{ "total_size", SHAPE_INT, 0, "of them", NULL },
	{ "engine", SHAPE_TEXT, 0, "that found it", NULL },
	{ "name", SHAPE_TEXT, 0, "what the engine called it", NULL },
	{ "timestamp", SHAPE_TIME, 0, "by the bot's clock", NULL },
	{ "files", SHAPE_SHA256, FIELD_LIST, "its hash", NULL },
	{ "job_id", SHAPE_ID, 0, "the job", NULL },
	{ "bot_id", SHAPE_TEXT, 0, "who found it first", NULL },
	{ "size", SHAPE_INT, 0, "of its bytes", NULL },
	{ "uploaded_at", SHAPE_TIME, 0, "when it was filed", NULL },
	END
};
static const struct shape file = { "CorpusFile", file_fields, false };
static const struct field files_fields[] = {
	{ "files", SHAPE_OBJECT, FIELD_LIST, "in the order of their hashes",
	    &file },
	LIST_FIELDS,
	{ "job_id", SHAPE_ID, 0, "the job", NULL },
	END
};
static const struct shape files = { "CorpusFiles", files_fields, false };
static const struct field stats_fields[] = {
	{ "total_files", SHAPE_INT, 0, "inputs", NULL },
	{ "total_size", SHAPE_INT, 0, "their bytes", NULL },
	{ "last_updated", SHAPE_TIME, FIELD_NULL, "when the last was filed",
	    NULL },
	{ "unique_hashes", SHAPE_INT, FIELD_NULL, "different ones; null of "
	    "several jobs", NULL },
	END
};
static const struct shape stats = { "CorpusStats", stats_fields, false };

static const struct param files_query[] = { LIST_QUERY, NO_MORE };
static const struct param stats_query[] = {
	{ "job", SHAPE_ID, "only of this job", 0, 0 },
	NO_MORE
};
static const struct param download_query[] = {
	{ "job", SHAPE_ID, "whose corpus; needed", 0, 0 },
	NO_MORE
};

const struct route routes_job_corpus[] = {
	{ .method = "GET", .path = JOB, .call = api_corpus_list, .safe = true,
	    .cli = "pf-report corpus", .what = "The inputs of a job",
	    .codes = "200 304", .query = files_query, .gives = &files },
	{ .method = "GET", .path = JOB "/stats",
	    .call = api_job_corpus_stats, .safe = true,
	    .cli = "pf-report corpus", .what = "What they amount to",
	    .codes = "200 304", .gives = &stats },
	{ .method = "GET", .path = JOB "/download",
	    .call = api_job_download, .safe = true, .cli = "tar -c corpus/JOB",
	    .what = "All of them in one archive; its seeds if X-Bot-ID is "
	    "there", .codes = "200",
	    .type = "application/x-tar|application/zip" },
	{ .path = NULL }
};

const struct route routes_corpus[] = {
	{ .method = "GET", .path = "/api/v1/corpus/stats",
	    .call = api_corpus_stats, .safe = true, .cli = "pf-report corpus",
	    .what = "What the inputs of all jobs, or of one, amount to",
	    .codes = "200 304", .query = stats_query, .gives = &stats },
	{ .method = "GET", .path = "/api/v1/corpus/download",
	    .call = api_download, .safe = true, .cli = "tar -c corpus/JOB",
	    .what = "All inputs of a job in one archive", .codes = "200",
	    .query = download_query, .type = "application/x-tar" },
	{ .path = NULL }
};
