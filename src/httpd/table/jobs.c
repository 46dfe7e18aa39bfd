/*
 * Routes and shapes of jobs; see route.h.
 */
#include "codec/rec.h"
#include "httpd/api/list.h"

#define TOKEN_MAX	(INT64_C(1) << 53)
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
	{ "epoch", SHAPE_INT, 0, "of the database that cursors are of", NULL },
	{ "more", SHAPE_BOOL, 0, "whether there is more now", NULL },
	{ "timestamp", SHAPE_TIME, 0, "when this was answered", NULL },
	END
};
static const struct shape shared = { "SharedInputs", shared_fields, false };
static const struct param shared_query[] = {
	{ "after", SHAPE_INT, "the cursor of the answer before", 0,
	    INT64_MAX },
	{ "epoch", SHAPE_INT, "the epoch of that answer", 0, TOKEN_MAX },
	{ "limit", SHAPE_INT, "how many are looked at", 1, 1024 },
	{ "own", SHAPE_BOOL, "those it has filed itself as well", 0, 0 },
	{ NULL, SHAPE_ANY, NULL, 0, 0 }
};

static const struct param inputs_query[] = {
	{ "want", SHAPE_TEXT, "their cursors, with commas, 1024 at most", 0,
	    0 },
	{ "epoch", SHAPE_INT, "of the answer that told them", 0, TOKEN_MAX },
	{ NULL, SHAPE_ANY, NULL, 0, 0 }
};

static const struct field line_fields[] = {
	{ "timestamp", SHAPE_TIME, FIELD_NULL, "not known", NULL },
	{ "level", SHAPE_TEXT, 0, "info, or warning of a remark", NULL },
	{ "source", SHAPE_TEXT, 0, "the engine, or pandafuzz", NULL },
	{ "message", SHAPE_TEXT, 0, "the line, cut to 4096 bytes", NULL },
	{ "epoch", SHAPE_INT, 0, "of the token it was printed under", NULL },
	{ "attempt", SHAPE_INT, 0, "of the same", NULL },
	END
};
static const struct shape line = { "LogLine", line_fields, false };
static const struct field logs_fields[] = {
	{ "status", SHAPE_TEXT, 0, "of the job", NULL },
	{ "job_id", SHAPE_ID, 0, "the job", NULL },
	{ "job_name", SHAPE_TEXT, 0, "its name", NULL },
	{ "logs", SHAPE_OBJECT, FIELD_LIST, "in order", &line },
	{ "count", SHAPE_INT, 0, "of them", NULL },
	{ "total_lines", SHAPE_INT, FIELD_NULL, "that are kept; null with a "
	    "cursor", NULL },
	{ "has_more", SHAPE_BOOL, 0, "whether there are more now", NULL },
	{ "next_offset", SHAPE_INT, FIELD_NULL, "of those, without a cursor",
	    NULL },
	{ "cursor", SHAPE_TEXT, FIELD_NULL, "the place behind the last line",
	    NULL },
	END
};
static const struct shape logs = { "Logs", logs_fields, false };
static const struct param logs_query[] = {
	{ "limit", SHAPE_INT, "lines at most, 1000 if not said", 1, 10000 },
	{ "offset", SHAPE_INT, "lines that are passed over", 0, INT64_MAX },
	{ "cursor", SHAPE_TEXT, "of the answer before", 0, 0 },
	{ NULL, SHAPE_ANY, NULL, 0, 0 }
};
static const struct field has_fields[] = {
	{ "job_id", SHAPE_ID, 0, "the job", NULL },
	{ "exists", SHAPE_BOOL, 0, "whether anything is kept", NULL },
	{ "path", SHAPE_TEXT, 0, "where, in the storage", NULL },
	{ "bytes", SHAPE_INT, 0, "how much", NULL },
	END
};
static const struct shape has_logs = { "HasLogs", has_fields, false };

static const struct field list_fields[] = {
	{ "jobs", SHAPE_OBJECT, FIELD_LIST, "the newest first", &shape_job },
	LIST_FIELDS,
	{ "page", SHAPE_INT, FIELD_NULL, "number of this one", NULL },
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
static const struct param stream_query[] = {
	{ "after", SHAPE_TEXT, "the id of the last part that is known", 0,
	    0 },
	{ NULL, SHAPE_ANY, NULL, 0, 0 }
};

static const struct param upload_query[] = {
	{ "name", SHAPE_TEXT, "of the file, if it is the body", 0, 0 },
	{ NULL, SHAPE_ANY, NULL, 0, 0 }
};
static const struct param log_query[] = {
	{ "offset", SHAPE_INT, "where the text belongs in the log", 0,
	    PF_LOG_MAX },
	{ "inc", SHAPE_ID, "the process of the bot, as it registered", 0, 0 },
	{ "epoch", SHAPE_INT, "of the job's token", 0, TOKEN_MAX },
	{ "attempt", SHAPE_INT, "of the job's token", 0, TOKEN_MAX },
	{ NULL, SHAPE_ANY, NULL, 0, 0 }
};
static const struct field job_config_fields[] = {
	{ "duration", SHAPE_ANY, 0, "if it does not stand above", NULL },
	{ "memory_limit", SHAPE_INT, 0, "bytes, 0 is none", NULL },
	{ "timeout", SHAPE_ANY, 0, "of one execution, as duration", NULL },
	{ "dictionary", SHAPE_ANY, 0, "its SHA-256, or a blob object", NULL },
	{ "seed_corpus", SHAPE_ANY, FIELD_LIST, "likewise", NULL },
	{ "output_dir", SHAPE_TEXT, 0, "is the master's to say", NULL },
	END
};
static const struct shape job_config = {
	"NewJobConfig", job_config_fields, true
};
#define NEW_JOB(target_flags, target_what) \
	{ "name", SHAPE_TEXT, FIELD_NEEDED, "for people", NULL }, \
	{ "fuzzer", SHAPE_TEXT, FIELD_NEEDED, "the engine: " \
	    "afl++, libfuzzer or one that bots offer", NULL }, \
	{ "target", SHAPE_ANY, target_flags, target_what, NULL }, \
	{ "id", SHAPE_TEXT, 0, "the sender's own of this request: with the " \
	    "same one it submits once", NULL }, \
	{ "duration", SHAPE_ANY, 0, "text such as 90s or nanoseconds", \
	    NULL }, \
	{ "config", SHAPE_OBJECT, 0, "how it runs", &job_config }, \
	{ "campaign", SHAPE_TEXT, 0, "name of one, made if there is none", \
	    NULL }, \
	{ "campaign_id", SHAPE_ID, 0, "of one that is there", NULL }, \
	{ "priority", SHAPE_ANY, 0, "from -100 to 100", NULL }, \
	{ "args", SHAPE_TEXT, FIELD_LIST, "the target's arguments", NULL }, \
	{ "options", SHAPE_OBJECT, 0, "the engine's options", NULL }, \
	{ "builds", SHAPE_OBJECT, 0, "what comes beside the target, by its " \
	    "kind (asan, ubsan, msan, tsan, cmplog, cov, mutator, grammar): " \
	    "a SHA-256 or a blob object each", NULL }
static const struct field new_job_fields[] = {
	NEW_JOB(FIELD_NEEDED, "its SHA-256, or a blob object"),
	END
};
static const struct shape new_job = { "NewJob", new_job_fields, true };
static const struct field upload_fields[] = {
	NEW_JOB(0, "name of the target that comes along; or one in the "
	    "storage, as for POST /jobs"),
	END
};
const struct shape shape_upload = { "UploadedJob", upload_fields, true };
static const struct field form_fields[] = {
	{ "job_metadata", SHAPE_OBJECT, FIELD_NEEDED, "what it is; the first "
	    "part", &shape_upload },
	{ "target_binary", SHAPE_FILE, 0, "what is fuzzed", NULL },
	{ "dictionary", SHAPE_FILE, 0, "of its words", NULL },
	{ "build_asan", SHAPE_FILE, 0, "the target built otherwise, or what "
	    "an engine works with; likewise build_ubsan and the other kinds "
	    "of builds", NULL },
	{ "seed_corpus", SHAPE_FILE, FIELD_LIST, "inputs to begin with",
	    NULL },
	END
};
static const struct shape form = { "JobForm", form_fields, true };
static const struct field cancelled_fields[] = {
	{ "status", SHAPE_TEXT, 0, "cancelled", NULL },
	{ "job_id", SHAPE_ID, 0, "the job", NULL },
	{ "job_status", SHAPE_TEXT, 0, "cancelled; or cancelling, until its "
	    "bot has heard of it", NULL },
	{ "timestamp", SHAPE_TIME, 0, "when this was answered", NULL },
	END
};
static const struct shape cancelled = {
	"Cancelled", cancelled_fields, false
};
static const struct param cancel_query[] = {
	{ "message", SHAPE_TEXT, "why, for the reader", 0, 0 },
	{ NULL, SHAPE_ANY, NULL, 0, 0 }
};
#define CANCEL(how) \
	{ .method = how, .path = JOBS "{id}/cancel", .call = api_cancel, \
	    .cli = "pf-sched cancel", .what = "Ends a job", \
	    .codes = "200", .query = cancel_query, .gives = &cancelled }

const struct route routes_jobs[] = {
	{ .method = "GET", .path = "/api/v1/jobs", .call = api_jobs_list,
	    .safe = true, .cli = "pf-report jobs",
	    .what = "Jobs by state, engine, campaign",
	    .codes = "200 304", .query = list_query, .gives = &list },
	{ .method = "POST", .path = "/api/v1/jobs", .call = api_submit,
	    .body = BODY_JSON, .cli = "pf-sched submit",
	    .what = "A new job, of files that are in the storage",
	    .codes = "201 200", .takes = &new_job, .gives = &shape_job },
	{ .method = "POST", .path = JOBS "upload",
	    .call = api_job_upload, .feed = feed_upload, .body = BODY_FORM,
	    .large = true, .cli = "pf-sched submit",
	    .what = "A new job with its files, as a form of several parts",
	    .codes = "201 200", .form = &form, .gives = &shape_job },
	{ .method = "GET", .path = JOBS "{id}", .call = api_job_get,
	    .safe = true, .cli = "pf-report job", .what = "A job",
	    .codes = "200 304", .gives = &shape_job },
	{ .method = "GET", .path = JOBS "{id}/logs", .call = api_job_logs,
	    .safe = true, .cli = "pf-report log",
	    .what = "What the engine of a job printed, line by line",
	    .codes = "200 304", .query = logs_query, .gives = &logs },
	{ .method = "GET", .path = JOBS "{id}/logs/exists",
	    .call = api_job_has_logs, .safe = true, .cli = "pf-report log",
	    .what = "Whether that is kept", .codes = "200 304",
	    .gives = &has_logs },
	{ .method = "GET", .path = JOBS "{id}/binary/download",
	    .call = api_job_binary, .safe = true,
	    .cli = "cat targets/SHA256/data",
	    .what = "The program that a job fuzzes",
	    .codes = "200 206 304 416", .type = "application/octet-stream" },
	CANCEL("PUT"),
	CANCEL("POST"),
	{ .method = "DELETE", .path = JOBS "{id}", .call = api_archive,
	    .cli = "pf-sched apply",
	    .what = "Takes a job that has ended out of the lists",
	    .codes = "204" },
	{ .method = "GET", .path = JOBS "{id}/shared", .call = api_shared,
	    .safe = true, .cli = "pf-report corpus",
	    .what = "Inputs that the other jobs of its campaign have filed",
	    .codes = "200 304", .query = shared_query, .gives = &shared },
	{ .method = "GET", .path = JOBS "{id}/shared/inputs",
	    .call = api_shared_inputs, .safe = true,
	    .cli = "cat corpus/JOB/SHA256",
	    .what = "The bytes of several of them",
	    .codes = "200", .query = inputs_query,
	    .type = "application/octet-stream" },
	{ .method = "GET", .path = JOBS "{id}/shared/bytes",
	    .call = api_shared_bytes, .safe = true,
	    .cli = "cat corpus/JOB/SHA256",
	    .what = "The same bytes and nothing else, if all are there",
	    .codes = "200", .query = inputs_query,
	    .type = "application/octet-stream" },
	{ .method = "GET", .path = JOBS "{id}/corpus/{sha256}",
	    .call = api_input, .safe = true, .cli = "cat corpus/JOB/SHA256",
	    .what = "The bytes of an input of its corpus",
	    .codes = "200 206 304 416", .type = "application/octet-stream" },
	{ .method = "GET", .path = JOBS "{id}/progress", .call = api_progress,
	    .safe = true, .cli = "pf-report job",
	    .what = "How far a job is, as it goes on", .codes = "200",
	    .type = "text/event-stream" },
	{ .method = "GET", .path = JOBS "{id}/logs/stream",
	    .call = api_log_stream, .safe = true, .cli = "pf-report log -f",
	    .what = "What its engine prints, as it comes", .codes = "200",
	    .query = stream_query, .type = "text/event-stream" },
	{ .method = "POST", .path = JOBS "{id}/corpus", .call = api_upload,
	    .feed = feed_form, .body = BODY_FORM | BODY_BYTES,
	    .cli = "pf-ingest", .what = "Inputs for the job, as files",
	    .codes = "200", .query = upload_query, .takes = &shape_corpus,
	    .form = &shape_corpus_form,
	    .gives = &shape_uploaded },
	{ .method = "POST", .path = JOBS "{id}/logs/push", .call = api_log,
	    .body = BODY_JSON | BODY_TEXT, .bulky = true, .cli = "pf-ingest",
	    .what = "What the engine of the job printed", .codes = "201",
	    .query = log_query, .takes = &shape_log,
	    .gives = &shape_log_told },
	{ .path = NULL }
};
