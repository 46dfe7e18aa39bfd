/*
 * Shapes of things that several routes tell of, in the words of lib/view;
 * see route.h.
 */
#include "httpd/route.h"

#define FIELD(name, kind, flags, what) \
	{ name, SHAPE_##kind, flags, what, NULL }
#define END	FIELD(NULL, ANY, 0, NULL)
#define ORNULL	FIELD_NULL

static const struct field bot_fields[] = {
	FIELD("id", ID, 0, "the bot"),
	FIELD("name", TEXT, 0, "as it is shown"),
	FIELD("hostname", TEXT, 0, "its machine"),
	FIELD("status", TEXT, 0, "registering, idle, busy, timed_out or "
	    "failed"),
	FIELD("capabilities", TEXT, FIELD_LIST, "engines that it can run"),
	FIELD("current_job", ID, ORNULL, "the job that it holds"),
	FIELD("last_seen", TIME, 0, "its last sign of life"),
	FIELD("registered_at", TIME, 0, "when it first came"),
	FIELD("timeout_at", TIME, 0, "when it is taken for dead"),
	FIELD("is_online", BOOL, 0, "whether it was heard in time"),
	FIELD("failure_count", INT, 0, "jobs that it failed in a row"),
	FIELD("drain", BOOL, 0, "whether it gets no other job"),
	FIELD("inc", TEXT, 0, "its process, as it registered"),
	FIELD("gone_at", TIME, ORNULL, "when it left"),
	END
};
const struct shape shape_bot = { "Bot", bot_fields, false };

static const struct field config_fields[] = {
	FIELD("duration", NS, FIELD_MAYBE, "how long it may run"),
	FIELD("memory_limit", INT, ORNULL, "bytes"),
	FIELD("timeout", NS, FIELD_MAYBE, "of one execution"),
	FIELD("dictionary", TEXT, ORNULL, "of the engine's, or none"),
	FIELD("seed_corpus", TEXT, FIELD_LIST, "names of blobs"),
	FIELD("output_dir", TEXT, 0, "of its corpus in the storage"),
	END
};
const struct shape shape_job_config = { "JobConfig", config_fields, false };

/* What is null was not told. */
static const struct field progress_fields[] = {
	FIELD("executions", INT, ORNULL, "of the target"),
	FIELD("execs_per_sec", REAL, ORNULL, "of late"),
	FIELD("edges", INT, ORNULL, "of the target that were reached"),
	FIELD("total_edges", INT, ORNULL, "that it has"),
	FIELD("corpus_count", INT, ORNULL, "inputs that the engine has"),
	FIELD("crash_count", INT, ORNULL, "crashes that it counts"),
	FIELD("hang_count", INT, ORNULL, "executions that took too long"),
	FIELD("peak_rss_mb", INT, ORNULL, "most memory it had, MiB"),
	FIELD("stability", REAL, ORNULL, "of what inputs reach, percent"),
	FIELD("state", TEXT, ORNULL, "of the engine, in its words"),
	FIELD("time", TIME, ORNULL, "when all this was told"),
	FIELD("corpus_files", INT, 0, "inputs that the master has"),
	FIELD("crashes", INT, 0, "inputs that crash which it has"),
	END
};
static const struct shape progress = {
	"JobProgress", progress_fields, false
};

static const struct field dropped_fields[] = {
	FIELD("crash", INT, 0, "inputs of crashes"),
	FIELD("corpus", INT, 0, "inputs"),
	FIELD("log", INT, 0, "bytes of logs"),
	END
};
static const struct shape dropped = { "JobDropped", dropped_fields, false };

static const struct field refused_fields[] = {
	FIELD("crash", INT, 0, "records"),
	FIELD("corpus", INT, 0, "records"),
	FIELD("coverage", INT, 0, "records"),
	FIELD("status", INT, 0, "records"),
	FIELD("log", INT, 0, "records"),
	END
};
static const struct shape refused = { "JobRefused", refused_fields, false };

static const struct field blob_fields[] = {
	FIELD("kind", TEXT, 0, "target, seed, dict or a build's"),
	FIELD("name", TEXT, 0, "of the file"),
	FIELD("sha256", SHA256, 0, "of its bytes, see blobs"),
	FIELD("size", INT, 0, "of them"),
	END
};
static const struct shape blob = { "JobBlob", blob_fields, false };

static const struct field assignment_fields[] = {
	FIELD("job_id", ID, 0, "the job"),
	FIELD("epoch", INT, 0, "of the token"),
	FIELD("attempt", INT, 0, "of the token"),
	FIELD("bot_id", ID, 0, "who had it"),
	FIELD("timestamp", TIME, 0, "since when"),
	FIELD("status", TEXT, 0, "assigned, started, completed or expired"),
	FIELD("ended_at", TIME, ORNULL, "until when"),
	FIELD("result", TEXT, 0, "how it ended"),
	END
};
static const struct shape assignment = {
	"JobAssignment", assignment_fields, false
};

static const struct field verdict_fields[] = {
	FIELD("verdict", TEXT, 0, "its name"),
	FIELD("since", TIME, 0, "by the bot's clock"),
	FIELD("means", TEXT, 0, "in words"),
	FIELD("todo", TEXT, 0, "what may help"),
	END
};
static const struct shape verdict = { "JobVerdict", verdict_fields, false };

static const struct field job_fields[] = {
	FIELD("id", ID, 0, "the job"),
	FIELD("name", TEXT, 0, "as it is shown"),
	FIELD("target", TEXT, 0, "name of what is fuzzed"),
	FIELD("fuzzer", TEXT, 0, "the engine"),
	FIELD("status", TEXT, 0, "pending, assigned, running, completed, "
	    "failed, timed_out or cancelled"),
	FIELD("assigned_bot", ID, ORNULL, "who has it"),
	FIELD("bot_name", TEXT, ORNULL, "its name"),
	{ "progress", SHAPE_OBJECT, 0, "how far it is", &progress },
	FIELD("created_at", TIME, 0, "when it was submitted"),
	FIELD("started_at", TIME, ORNULL, "when its engine ran first"),
	FIELD("completed_at", TIME, ORNULL, "when it ended"),
	FIELD("timeout_at", TIME, ORNULL, "when it has run long enough"),
	FIELD("work_dir", TEXT, 0, "on the bot"),
	{ "config", SHAPE_OBJECT, 0, "what it was submitted with",
	    &shape_job_config },
	FIELD("kind", TEXT, 0, "what is to be done: fuzz, regress or memcheck"),
	FIELD("campaign", TEXT, ORNULL, "name of its campaign"),
	FIELD("priority", INT, 0, "the higher the earlier"),
	FIELD("target_hash", SHA256, 0, "of what is fuzzed"),
	FIELD("args", TEXT, FIELD_LIST, "of what is fuzzed"),
	FIELD("options", OBJECT, 0, "of the engine"),
	FIELD("epoch", INT, 0, "of its token"),
	FIELD("attempt", INT, 0, "of its token"),
	FIELD("strikes", INT, 0, "leases lost in a row"),
	FIELD("cancel", BOOL, 0, "whether its bot is to end it"),
	FIELD("waiting", INT, 0, "files that are still to be uploaded"),
	FIELD("message", TEXT, 0, "why it ended"),
	FIELD("archived_at", TIME, ORNULL, "when it was put away"),
	{ "dropped", SHAPE_OBJECT, 0, "reported, and not kept", &dropped },
	{ "refused", SHAPE_OBJECT, 0, "reported, and not right", &refused },
	{ "health", SHAPE_OBJECT, FIELD_LIST, "what its bot finds wrong with "
	    "it, nothing if it is well", &verdict },
	{ "blobs", SHAPE_OBJECT, FIELD_LIST | FIELD_MAYBE, "its files, of a "
	    "single job only", &blob },
	{ "assignments", SHAPE_OBJECT, FIELD_LIST | FIELD_MAYBE, "its "
	    "leases, likewise", &assignment },
	FIELD("uploaded_binary", OBJECT, FIELD_MAYBE, "path and size, when "
	    "it has just come"),
	FIELD("uploaded_corpus", OBJECT, FIELD_MAYBE, "count and paths, "
	    "likewise"),
	END
};
const struct shape shape_job = { "Job", job_fields, false };
