/*
 * Shapes of results that are sent in JSON or as files, and of what is
 * answered; their routes are in table_results.c and table_jobs.c.
 */
#include "httpd/route.h"

#define WHO \
	{ "id", SHAPE_TEXT, 0, "the sender's own name for it", NULL }, \
	{ "job_id", SHAPE_ID, 0, "the job", NULL }, \
	{ "bot_id", SHAPE_ID, 0, "the bot, if no header tells", NULL }, \
	{ "inc", SHAPE_TEXT, 0, "the process of the bot, as it registered", \
	    NULL }, \
	{ "seq", SHAPE_INT, 0, "grows with each result of the process; the " \
	    "timestamp if it is left out", NULL }, \
	{ "epoch", SHAPE_INT, 0, "of the job's token", NULL }, \
	{ "attempt", SHAPE_INT, 0, "of the job's token", NULL }, \
	{ "timestamp", SHAPE_TIME, 0, "by the bot's clock", NULL }
#define STAMP	{ "timestamp", SHAPE_TIME, 0, "when this was answered", NULL }
#define DONE \
	{ "status", SHAPE_TEXT, 0, "processed: it is on disk", NULL }
#define END	{ NULL, SHAPE_ANY, 0, NULL, NULL }

static const struct field crash_fields[] = {
	WHO,
	{ "input", SHAPE_BASE64, 0, "what crashes it", NULL },
	{ "hash", SHAPE_TEXT, 0, "SHA-256 of the input; needed if that is "
	    "not sent", NULL },
	{ "size", SHAPE_INT, 0, "bytes of the input", NULL },
	{ "type", SHAPE_TEXT, 0, "segfault, assertion, timeout ...", NULL },
	{ "signal", SHAPE_INT, 0, "that ended it, 0 to 128", NULL },
	{ "exit_code", SHAPE_SIGNED, 0, "of it, -1 to 65535", NULL },
	{ "output", SHAPE_TEXT, 0, "what it printed", NULL },
	{ "stack_trace", SHAPE_TEXT, 0, "frames, the innermost first", NULL },
	{ "stack", SHAPE_TEXT, 0, "the same, as \"f < g < h\"", NULL },
	{ "tool", SHAPE_TEXT, 0, "asan, ubsan ...", NULL },
	{ "command", SHAPE_TEXT, 0, "that runs it again", NULL },
	{ "engine", SHAPE_TEXT, 0, "that found it", NULL },
	{ "target_hash", SHAPE_TEXT, 0, "SHA-256 of what crashed", NULL },
	{ "run_seed", SHAPE_INT, 0, "of the engine's random numbers", NULL },
	END
};
const struct shape shape_crash = { "CrashResult", crash_fields, false };

static const struct field coverage_fields[] = {
	WHO,
	{ "edges", SHAPE_INT, 0, "hit so far", NULL },
	{ "new_edges", SHAPE_INT, 0, "not used: the master counts", NULL },
	{ "exec_count", SHAPE_INT, 0, "executions so far", NULL },
	{ "execs_per_sec", SHAPE_REAL, 0, "of them", NULL },
	{ "corpus_count", SHAPE_INT, 0, "inputs it has", NULL },
	{ "crash_count", SHAPE_INT, 0, "crashes it has", NULL },
	END
};
const struct shape shape_coverage = {
	"CoverageResult", coverage_fields, false
};

static const struct field new_file_fields[] = {
	{ "name", SHAPE_TEXT, 0, "as the engine calls it", NULL },
	{ "data", SHAPE_BASE64, FIELD_NEEDED, "its bytes", NULL },
	END
};
static const struct shape new_file = { "NewFile", new_file_fields, false };
static const struct field corpus_fields[] = {
	WHO,
	{ "files", SHAPE_ANY, FIELD_LIST, "in JSON they are needed",
	    &new_file },
	{ "total_size", SHAPE_INT, 0, "not used: the master counts", NULL },
	{ "engine", SHAPE_TEXT, 0, "that found them", NULL },
	END
};
const struct shape shape_corpus = { "CorpusUpdate", corpus_fields, false };

/* The same as forms: what is a file there comes as it is. */
static const struct field crash_form_fields[] = {
	{ "metadata", SHAPE_OBJECT, 0, "all but the input", &shape_crash },
	{ "input", SHAPE_FILE, 0, "what crashes it", NULL },
	END
};
const struct shape shape_crash_form = {
	"CrashForm", crash_form_fields, false
};
static const struct field corpus_about_fields[] = {
	WHO,
	{ "files", SHAPE_ANY, FIELD_LIST, "names, not used; what has data is "
	    "refused", NULL },
	{ "total_size", SHAPE_INT, 0, "not used: the master counts", NULL },
	{ "engine", SHAPE_TEXT, 0, "that found them", NULL },
	END
};
static const struct shape corpus_about = {
	"CorpusAbout", corpus_about_fields, false
};
static const struct field corpus_form_fields[] = {
	{ "metadata", SHAPE_OBJECT, 0, "whose they are", &corpus_about },
	{ "files", SHAPE_FILE, FIELD_LIST, "inputs, whatever their parts are "
	    "called", NULL },
	END
};
const struct shape shape_corpus_form = {
	"CorpusForm", corpus_form_fields, false
};

static const struct field status_fields[] = {
	WHO,
	{ "type", SHAPE_TEXT, 0, "fuzzer_stats; others are not kept", NULL },
	{ "state", SHAPE_TEXT, 0, "of the engine", NULL },
	{ "executions", SHAPE_INT, 0, "so far", NULL },
	{ "exec_per_second", SHAPE_REAL, 0, "of them", NULL },
	{ "execs_per_sec", SHAPE_REAL, 0, "the same", NULL },
	{ "covered_edges", SHAPE_INT, 0, "hit so far", NULL },
	{ "edges", SHAPE_INT, 0, "the same", NULL },
	{ "total_edges", SHAPE_INT, 0, "there are", NULL },
	{ "corpus_size", SHAPE_INT, 0, "inputs it has", NULL },
	{ "corpus_count", SHAPE_INT, 0, "the same", NULL },
	{ "total_crashes", SHAPE_INT, 0, "it has met", NULL },
	{ "crash_count", SHAPE_INT, 0, "the same", NULL },
	{ "hang_count", SHAPE_INT, 0, "it has met", NULL },
	{ "peak_rss_mb", SHAPE_INT, 0, "memory it took, MiB", NULL },
	{ "stability", SHAPE_REAL, 0, "percent", NULL },
	{ "health", SHAPE_TEXT, 0, "verdicts, each name or name@since (ms), "
	    "with blanks between", NULL },
	END
};
const struct shape shape_numbers = { "FuzzerStats", status_fields, false };

static const struct field batch_fields[] = {
	WHO,
	{ "crashes", SHAPE_ANY, FIELD_LIST, "each taken or refused by itself",
	    &shape_crash },
	{ "coverage", SHAPE_ANY, FIELD_LIST, "likewise", &shape_coverage },
	{ "corpus", SHAPE_ANY, FIELD_LIST, "likewise", &shape_corpus },
	END
};
const struct shape shape_batch = { "ResultBatch", batch_fields, false };

static const struct field log_fields[] = {
	WHO,
	{ "content", SHAPE_TEXT, FIELD_NEEDED, "the text, as it is", NULL },
	{ "offset", SHAPE_INT, 0, "where it belongs in the log of the "
	    "attempt", NULL },
	END
};
const struct shape shape_log = { "LogText", log_fields, false };

static const struct field crash_told_fields[] = {
	DONE,
	{ "crash_id", SHAPE_ID, FIELD_NULL, "of this input of the job; null "
	    "if the input was not sent", NULL },
	{ "is_unique", SHAPE_BOOL, FIELD_NULL, "null: not known before it is "
	    "filed", NULL },
	{ "rid", SHAPE_SHA256, 0, "of its record", NULL },
	STAMP,
	END
};
const struct shape shape_crash_told = {
	"CrashProcessed", crash_told_fields, false
};

static const struct field coverage_told_fields[] = {
	DONE,
	{ "coverage_id", SHAPE_SHA256, 0, "rid of its record", NULL },
	STAMP,
	END
};
const struct shape shape_coverage_told = {
	"CoverageProcessed", coverage_told_fields, false
};

static const struct field status_told_fields[] = {
	{ "status", SHAPE_TEXT, 0, "received: it is on disk", NULL },
	{ "rid", SHAPE_SHA256, 0, "of its record", NULL },
	STAMP,
	END
};
const struct shape shape_numbers_told = {
	"StatsReceived", status_told_fields, false
};

static const struct field file_fields[] = {
	{ "name", SHAPE_TEXT, 0, "as it was sent, or empty", NULL },
	{ "hash", SHAPE_SHA256, 0, "of its bytes", NULL },
	{ "size", SHAPE_INT, 0, "of them", NULL },
	{ "rid", SHAPE_SHA256, 0, "of its record", NULL },
	END
};
static const struct shape file = { "TakenFile", file_fields, false };
static const struct field corpus_told_fields[] = {
	DONE,
	{ "corpus_id", SHAPE_TEXT, FIELD_NULL, "the id that was sent", NULL },
	{ "files", SHAPE_OBJECT, FIELD_LIST, "in the order sent", &file },
	STAMP,
	END
};
const struct shape shape_corpus_told = {
	"CorpusProcessed", corpus_told_fields, false
};
static const struct field uploaded_fields[] = {
	{ "job_id", SHAPE_ID, 0, "the job", NULL },
	{ "uploaded_files", SHAPE_TEXT, FIELD_LIST, "their names, or hashes "
	    "if they have none", NULL },
	{ "count", SHAPE_INT, 0, "of them", NULL },
	{ "files", SHAPE_OBJECT, FIELD_LIST, "in the same order", &file },
	STAMP,
	END
};
const struct shape shape_uploaded = {
	"CorpusUploaded", uploaded_fields, false
};

static const struct field log_told_fields[] = {
	{ "status", SHAPE_TEXT, 0, "success: it is on disk", NULL },
	{ "job_id", SHAPE_ID, 0, "the job", NULL },
	{ "size", SHAPE_INT, 0, "bytes that were taken", NULL },
	{ "offset", SHAPE_INT, 0, "where the next belongs", NULL },
	STAMP,
	END
};
const struct shape shape_log_told = { "LogTaken", log_told_fields, false };
