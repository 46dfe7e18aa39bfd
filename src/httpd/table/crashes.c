/*
 * Routes and shapes of crashes and coverage; see route.h.
 */
#include "httpd/api/list.h"

#define NO_MORE	{ NULL, SHAPE_ANY, NULL, 0, 0 }
#define END	{ NULL, SHAPE_ANY, 0, NULL, NULL }

#define CRASH_FIELDS \
	{ "id", SHAPE_ID, 0, "of the crash", NULL }, \
	{ "type", SHAPE_TEXT, 0, "segfault, heap-buffer-overflow ...", NULL }, \
	{ "tool", SHAPE_TEXT, 0, "that told: asan, ubsan ...; or empty", \
	    NULL }, \
	{ "signal", SHAPE_INT, 0, "0: none", NULL }, \
	{ "exit_code", SHAPE_INT, 0, "of the target, -1: not known", NULL }, \
	{ "hash", SHAPE_SHA256, 0, "of the input", NULL }, \
	{ "size", SHAPE_INT, 0, "of the input", NULL }, \
	{ "job_name", SHAPE_TEXT, 0, "name of the job", NULL }, \
	{ "first_seen", SHAPE_TIME, 0, "by the master", NULL }, \
	{ "last_seen", SHAPE_TIME, 0, "by the master", NULL }, \
	{ "count", SHAPE_INT, 0, "reports of this input", NULL }, \
	{ "is_unique", SHAPE_BOOL, 0, "no other job of the campaign had the " \
	    "input before", NULL }, \
	{ "job_id", SHAPE_ID, 0, "the job", NULL }, \
	{ "bot_id", SHAPE_TEXT, 0, "who found it first", NULL }, \
	{ "engine", SHAPE_TEXT, 0, "that found it", NULL }, \
	{ "target_hash", SHAPE_TEXT, 0, "SHA-256 of what crashed", NULL }, \
	{ "run_seed", SHAPE_INT, FIELD_NULL, "of the engine's random numbers", \
	    NULL }, \
	{ "file_path", SHAPE_TEXT, 0, "of the input in the storage", NULL }, \
	{ "timestamp", SHAPE_TIME, 0, "first report, by the bot's clock", \
	    NULL }, \
	{ "stack", SHAPE_TEXT, 0, "the top frames, innermost first", NULL }, \
	{ "stack_trace", SHAPE_TEXT, 0, "the same", NULL }, \
	{ "bucket", SHAPE_TEXT, 0, "of those that look alike", NULL }, \
	{ "runs", SHAPE_INT, FIELD_NULL, "again on what it was found with", \
	    NULL }, \
	{ "reproduced", SHAPE_INT, FIELD_NULL, "how often it crashed alike", \
	    NULL }

#define SEVERITY \
	{ "severity", SHAPE_TEXT, 0, "critical, high, medium, low or info", \
	    NULL }

static const struct field crash_fields[] = { CRASH_FIELDS, SEVERITY, END };
static const struct shape crash = { "FiledCrash", crash_fields, false };
static const struct field crashes_fields[] = {
	{ "crashes", SHAPE_OBJECT, FIELD_LIST, "the newest first", &crash },
	LIST_FIELDS,
	{ "offset", SHAPE_INT, 0, "as it was asked", NULL },
	END
};
static const struct shape crashes = { "Crashes", crashes_fields, false };
static const struct field job_crashes_fields[] = {
	{ "crashes", SHAPE_OBJECT, FIELD_LIST, "the newest first", &crash },
	LIST_FIELDS,
	{ "job_id", SHAPE_ID, 0, "the job", NULL },
	END
};
static const struct shape job_crashes = {
	"JobCrashes", job_crashes_fields, false
};
static const struct field finder_fields[] = {
	{ "bot", SHAPE_TEXT, 0, "its id", NULL },
	{ "count", SHAPE_INT, 0, "its reports", NULL },
	{ "first_seen", SHAPE_TIME, 0, "by the master", NULL },
	{ "last_seen", SHAPE_TIME, 0, "by the master", NULL },
	END
};
static const struct shape finder = { "CrashBot", finder_fields, false };
static const struct field checked_fields[] = {
	{ "build", SHAPE_TEXT, 0, "target, asan, ubsan, msan, tsan or "
	    "valgrind", NULL },
	{ "target", SHAPE_SHA256, 0, "of what was run", NULL },
	{ "name", SHAPE_TEXT, 0, "of the campaign's build, or empty", NULL },
	{ "seq", SHAPE_INT, 0, "of that, or 0", NULL },
	{ "runs", SHAPE_INT, 0, "in all", NULL },
	{ "crashed", SHAPE_INT, 0, "of them", NULL },
	{ "same", SHAPE_INT, 0, "of those, as the crash did", NULL },
	{ "low", SHAPE_REAL, 0, "of the rate's 95 % interval", NULL },
	{ "high", SHAPE_REAL, 0, "of it", NULL },
	{ "reproducible", SHAPE_TEXT, 0, "reproduced, flaky or not "
	    "reproduced", NULL },
	{ "type", SHAPE_TEXT, 0, "by the report that tells most", NULL },
	{ "tool", SHAPE_TEXT, 0, "that wrote it", NULL },
	{ "stack", SHAPE_TEXT, 0, "its top frames", NULL },
	{ "report", SHAPE_TEXT, 0, "where it lies in the storage, or empty",
	    NULL },
	END
};
static const struct shape checked = { "CrashCheck", checked_fields, false };
static const struct field best_fields[] = {
	{ "report", SHAPE_TEXT, 0, "where it lies in the storage", NULL },
	{ "type", SHAPE_TEXT, 0, "what it says", NULL },
	{ "stack", SHAPE_TEXT, 0, "its frames by the rules in force", NULL },
	{ "output", SHAPE_TEXT, 0, "the report", NULL },
	END
};
static const struct shape best = { "BetterReport", best_fields, false };
static const struct field origin_fields[] = {
	{ "name", SHAPE_TEXT, 0, "of the engine's file", NULL },
	{ "op", SHAPE_TEXT, 0, "its word for what it did to parent", NULL },
	{ "found_ms", SHAPE_INT, FIELD_NULL, "after the engine began", NULL },
	{ "found_execs", SHAPE_INT, FIELD_NULL, "likewise", NULL },
	{ "parent", SHAPE_TEXT, 0, "SHA-256 of the input it was made of",
	    NULL },
	END
};
static const struct shape origin = { "CrashOrigin", origin_fields, false };
static const struct field smaller_fields[] = {
	{ "hash", SHAPE_SHA256, 0, "of it", NULL },
	{ "size", SHAPE_INT, 0, "of it", NULL },
	{ "how", SHAPE_TEXT, 0, "libfuzzer, afl-tmin or ddmin", NULL },
	{ "runs", SHAPE_INT, 0, "to see whether it does the same", NULL },
	{ "same", SHAPE_INT, 0, "how often it did", NULL },
	{ "input", SHAPE_TEXT, 0, "where it lies on the master", NULL },
	END
};
static const struct shape smaller = { "SmallerInput", smaller_fields, false };
static const struct field full_fields[] = {
	CRASH_FIELDS,
	{ "output", SHAPE_TEXT, 0, "the report, as far as it is kept", NULL },
	{ "command", SHAPE_TEXT, 0, "as the bot told, with %TARGET% and "
	    "%INPUT%", NULL },
	{ "bots", SHAPE_OBJECT, FIELD_LIST, "that found it, 1000 at most",
	    &finder },
	{ "checks", SHAPE_OBJECT, FIELD_LIST, "what became of it when it was "
	    "run again, by build", &checked },
	{ "small", SHAPE_OBJECT, FIELD_NULL, "a smaller input that does the "
	    "same", &smaller },
	{ "best", SHAPE_OBJECT, FIELD_NULL, "a report of it run again that "
	    "tells more than output", &best },
	{ "origin", SHAPE_OBJECT, FIELD_NULL, "how the engine came upon it, "
	    "as far as it tells", &origin },
	SEVERITY,
	{ "casr", SHAPE_TEXT, 0, "the class in the words of CASR", NULL },
	{ "severity_rule", SHAPE_TEXT, 0, "the rule that says so", NULL },
	{ "severity_lowered", SHAPE_BOOL, 0, "by one, for it was never seen "
	    "again", NULL },
	{ "input", SHAPE_TEXT, 0, "where it lies on the master", NULL },
	{ "reproduce", SHAPE_TEXT, FIELD_NULL, "the command for a shell on "
	    "the master", NULL },
	END
};
static const struct shape full = { "CrashRecord", full_fields, false };
static const struct field sample_fields[] = {
	{ "id", SHAPE_SHA256, 0, "rid of the report", NULL },
	{ "timestamp", SHAPE_TIME, 0, "by the bot's clock", NULL },
	{ "edges", SHAPE_INT, 0, "covered", NULL },
	{ "new_edges", SHAPE_INT, 0, "beyond all earlier ones of the job",
	    NULL },
	{ "exec_count", SHAPE_INT, 0, "executions", NULL },
	{ "execs_per_sec", SHAPE_REAL, FIELD_NULL, "of them", NULL },
	{ "corpus_count", SHAPE_INT, FIELD_NULL, "by the engine", NULL },
	{ "crash_count", SHAPE_INT, FIELD_NULL, "by the engine", NULL },
	{ "job_id", SHAPE_ID, 0, "the job", NULL },
	{ "bot_id", SHAPE_TEXT, 0, "the bot", NULL },
	END
};
static const struct shape sample = { "CoverageSample", sample_fields, false };
static const struct field coverage_fields[] = {
	{ "coverage", SHAPE_OBJECT, FIELD_LIST, "by job, the oldest first",
	    &sample },
	LIST_FIELDS,
	END
};
static const struct shape coverage = {
	"CoverageResults", coverage_fields, false
};

#define LIKE_QUERY \
	{ "bucket", SHAPE_ID, "only of this bucket", 0, 0 }, \
	{ "type", SHAPE_TEXT, "only of this type", 0, 0 }
static const struct param crashes_query[] = {
	{ "job", SHAPE_ID, "only of this job", 0, 0 },
	{ "campaign", SHAPE_TEXT, "only of this campaign, by name or id", 0,
	    0 },
	LIKE_QUERY,
	LIST_QUERY,
	{ "offset", SHAPE_INT, "rows to pass over, for those who know no "
	    "cursor", 0, PF_PAGE_SKIP },
	NO_MORE
};
static const struct param job_crashes_query[] = {
	LIKE_QUERY,
	LIST_QUERY,
	NO_MORE
};
static const struct param coverage_query[] = {
	{ "job", SHAPE_ID, "only of this job", 0, 0 },
	LIST_QUERY,
	NO_MORE
};

const struct route routes_crashes[] = {
	{ .method = "GET", .path = "/api/v1/results/crashes",
	    .call = api_crashes, .safe = true, .cli = "pf-report crashes",
	    .what = "Crashing inputs, the newest first", .codes = "200 304",
	    .query = crashes_query, .gives = &crashes },
	{ .method = "GET", .path = "/api/v1/results/crashes/{id}",
	    .call = api_crash_get, .safe = true, .cli = "pf-report crash",
	    .what = "All that is known of a crash", .codes = "200 304",
	    .gives = &full },
	{ .method = "GET", .path = "/api/v1/results/crashes/{id}/input",
	    .call = api_crash_input, .safe = true,
	    .cli = "cat crashes/JOB/SHA256",
	    .what = "The bytes that make it happen", .codes = "200 206 304",
	    .type = "application/octet-stream" },
	{ .method = "GET", .path = "/api/v1/results/coverage",
	    .call = api_coverage_list, .safe = true,
	    .cli = "pf-report coverage",
	    .what = "Samples of coverage, by job", .codes = "200 304",
	    .query = coverage_query, .gives = &coverage },
	{ .path = NULL }
};

const struct route routes_job_crashes[] = {
	{ .method = "GET", .path = "/api/v1/jobs/{id}/crashes",
	    .call = api_job_crashes, .safe = true,
	    .cli = "pf-report crashes -J",
	    .what = "Crashing inputs of a job, the newest first",
	    .codes = "200 304", .query = job_crashes_query,
	    .gives = &job_crashes },
	{ .path = NULL }
};
