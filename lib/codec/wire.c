/*
 * JSON results into records; see wire.h.
 */
#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "codec/base64.h"
#include "codec/recfield.h"
#include "codec/wire.h"

#define BIG	INT64_C(9007199254740992)	/* 2^53 */
#define NEVER	"0001-01-01T00:00:00Z"		/* Go's time of none */

_Static_assert(PF_TIME_UNTOLD + 1 < BIG, "it is a time of a record");

/* A record's field and what requests call it; the first that is there. */
static const struct alias {
	enum pf_kind	 kind;
	const char	*name;
	const char	*keys[3];
} aliases[] = {
	{ PF_KIND_CRASH, "type", { "type" } },
	{ PF_KIND_CRASH, "signal", { "signal" } },
	{ PF_KIND_CRASH, "exit_code", { "exit_code" } },
	{ PF_KIND_CRASH, "tool", { "tool" } },
	{ PF_KIND_CRASH, "stack", { "stack", "stack_trace" } },
	{ PF_KIND_CRASH, "output", { "output" } },
	{ PF_KIND_CRASH, "command", { "command" } },
	{ PF_KIND_CRASH, "engine", { "engine" } },
	{ PF_KIND_CRASH, "target_hash", { "target_hash" } },
	{ PF_KIND_CRASH, "run_seed", { "run_seed" } },
	{ PF_KIND_CORPUS, "engine", { "engine" } },
	{ PF_KIND_COVERAGE, "edges", { "edges" } },
	{ PF_KIND_COVERAGE, "exec_count", { "exec_count" } },
	{ PF_KIND_COVERAGE, "execs_per_sec", { "execs_per_sec" } },
	{ PF_KIND_COVERAGE, "corpus_count", { "corpus_count" } },
	{ PF_KIND_COVERAGE, "crash_count", { "crash_count" } },
	{ PF_KIND_STATUS, "executions", { "executions" } },
	{ PF_KIND_STATUS, "execs_per_sec",
	    { "execs_per_sec", "exec_per_second" } },
	{ PF_KIND_STATUS, "edges", { "edges", "covered_edges" } },
	{ PF_KIND_STATUS, "total_edges", { "total_edges" } },
	{ PF_KIND_STATUS, "corpus_count", { "corpus_count", "corpus_size" } },
	{ PF_KIND_STATUS, "crash_count", { "crash_count", "total_crashes" } },
	{ PF_KIND_STATUS, "hang_count", { "hang_count" } },
	{ PF_KIND_STATUS, "peak_rss_mb", { "peak_rss_mb" } },
	{ PF_KIND_STATUS, "stability", { "stability" } },
	{ PF_KIND_STATUS, "state", { "state" } },
	{ PF_KIND_STATUS, "health", { "health" } },
};
#define ALIASES	(sizeof(aliases) / sizeof(aliases[0]))

/* A checked id; "" and none at all leave what stands there. */
static const struct pf_err *
read_id(char out[PF_ID_MAX + 1], const struct pf_json *j, const char *key)
{
	const struct pf_err *err;
	const char *s = "";

	if ((err = pf_json_str(&s, j, key)) != NULL || *s == '\0')
		return err;
	if (!pf_id_ok(s))
		return pf_err_field(PF_DATA, key, "%s: \"%.64s\" is not an id",
		    key, s);
	snprintf(out, PF_ID_MAX + 1, "%s", s);
	return NULL;
}

static const struct pf_err *
read_time(int64_t *ms, const struct pf_json *j)
{
	const struct pf_err *err;
	const char *s = "";

	if ((err = pf_json_str(&s, j, "timestamp")) != NULL || *s == '\0' ||
	    strcmp(s, NEVER) == 0)
		return err;
	if (!pf_time_parse(ms, s) || *ms < 0 || *ms > BIG) {
		*ms = 0;
		return pf_err_field(PF_DATA, "timestamp", "timestamp: "
		    "\"%.40s\" is not a time of RFC 3339 since 1970", s);
	}
	return NULL;
}

/* Whose it is, under which token, and what makes it differ from others. */
static const struct pf_err *
read_who(struct pf_wire *w, const struct pf_json *j)
{
	struct pf_rec *r = &w->rec;
	const struct pf_err *err;

	if ((err = read_id(r->job, j, "job_id")) != NULL ||
	    (err = read_id(r->bot, j, "bot_id")) != NULL ||
	    (err = read_id(r->inc, j, "inc")) != NULL ||
	    (err = read_time(&r->time, j)) != NULL ||
	    (err = pf_json_int(&r->epoch, j, "epoch", 0, BIG)) != NULL ||
	    (err = pf_json_int(&r->attempt, j, "attempt", 0, BIG)) != NULL ||
	    (err = pf_json_str(&w->id, j, "id")) != NULL)
		return err;
	/* Numbers of a job replace those of a smaller seq. */
	r->seq = r->time;
	if ((err = pf_json_int(&r->seq, j, "seq", 0, BIG)) != NULL)
		return err;
	if (r->job[0] == '\0')
		return pf_err_field(PF_DATA, "job_id", "job_id is missing");
	if (r->bot[0] == '\0')
		return pf_err_field(PF_DATA, "bot_id", "bot_id is missing");
	if (*w->id != '\0' && !pf_text_ok(w->id))
		return pf_err_field(PF_DATA, "id", "id is not a text of at "
		    "most 128 bytes");
	return NULL;
}

static const struct pf_err *
read_own(struct pf_wire *w, const struct pf_json *j, size_t *n)
{
	const struct pf_err *err = NULL;
	const struct alias *a;
	size_t i;

	for (a = aliases; err == NULL && a < aliases + ALIASES; a++) {
		for (i = 0; a->kind == w->rec.kind && a->keys[i] != NULL; i++)
			if (pf_json_get(j, a->keys[i]) != NULL)
				break;
		if (a->kind != w->rec.kind || a->keys[i] == NULL)
			continue;
		++*n;
		err = pf_rec_field(&w->fields, a->kind, a->name, j,
		    a->keys[i]);
	}
	return err;
}

static void
start_fields(struct pf_wire *w)
{
	pf_buf_reset(&w->fields);
	pf_buf_addc(&w->fields, '{');
	if (*w->id != '\0')
		pf_jw_str(&w->fields, "sender_id", w->id);
}

/* Decodes a member; w->rec has it as its body. */
static const struct pf_err *
decode(struct pf_wire *w, const struct pf_json *j, const char *key)
{
	const struct pf_err *err;
	const char *s = NULL;

	if ((err = pf_json_str(&s, j, key)) != NULL || s == NULL)
		return err;
	pf_buf_reset(&w->input);
	if (!pf_base64(&w->input, s, strlen(s)))
		return pf_err_field(PF_DATA, key, "%s is not base64 with its "
		    "padding", key);
	w->rec.body = w->input.data;
	w->rec.len = (int64_t)w->input.len;
	w->given = true;
	return NULL;
}

/* What the result says of its input must be so. */
static const struct pf_err *
check_input(const struct pf_wire *w, const char *sha256, int64_t len)
{
	if (w->size != 0 && w->size != len)
		return pf_err_field(PF_DATA, "size", "size is %lld, the input "
		    "has %lld bytes", (long long)w->size, (long long)len);
	if (*w->hash != '\0' && strcmp(w->hash, sha256) != 0)
		return pf_err_field(PF_DATA, "hash", "hash is not the SHA-256 "
		    "of the input");
	return NULL;
}

static const struct pf_err *
read_crash(struct pf_wire *w, const struct pf_json *j)
{
	const struct pf_err *err;
	const char *stack = "", *output = "";
	char sha[PF_SHA_TEXT];

	if ((err = pf_json_str(&stack, j, "stack_trace")) != NULL ||
	    (err = pf_json_str(&stack, j, "stack")) != NULL ||
	    (err = pf_json_str(&output, j, "output")) != NULL)
		return err;
	w->bare = *stack == '\0' && *output == '\0';
	if ((err = pf_json_str(&w->hash, j, "hash")) != NULL ||
	    (err = pf_json_int(&w->size, j, "size", 0, BIG)) != NULL ||
	    (err = decode(w, j, "input")) != NULL || !w->given)
		return err;
	pf_sha256(sha, w->input.data, w->input.len);
	return check_input(w, sha, w->rec.len);
}

/* Others are not numbers that the master keeps; it must not seem so. */
static const struct pf_err *
check_status(const struct pf_json *j, size_t n)
{
	const struct pf_err *err;
	const char *type = "fuzzer_stats";

	if ((err = pf_json_str(&type, j, "type")) != NULL)
		return err;
	if (strcmp(type, "fuzzer_stats") != 0)
		return pf_err_field(PF_DATA, "type", "numbers of type "
		    "\"%.40s\" are not kept: send fuzzer_stats", type);
	if (n == 0)
		return pf_err_field(PF_DATA, "executions", "there is nothing "
		    "in it that is kept: send executions, edges or other "
		    "numbers of the engine");
	return NULL;
}

const struct pf_err *
pf_wire_read(struct pf_wire *w, enum pf_kind kind, const struct pf_json *j,
    const struct pf_rec *outer)
{
	static const struct pf_buf empty = PF_BUF_INIT;
	const struct pf_err *err;
	size_t n = 0;

	*w = (struct pf_wire)PF_WIRE_INIT;
	w->rec = *outer;
	w->rec.kind = kind;
	w->rec.body = empty.data;
	w->rec.len = 0;
	w->rec.fields = NULL;
	if ((err = read_who(w, j)) != NULL)
		return err;
	start_fields(w);
	if ((err = read_own(w, j, &n)) != NULL)
		return err;
	w->common = w->fields.len;
	if (kind == PF_KIND_CRASH)
		return read_crash(w, j);
	return kind == PF_KIND_STATUS ? check_status(j, n) : NULL;
}

void
pf_wire_latest(struct pf_wire *w, int64_t latest)
{
	if (w->rec.time <= latest)
		return;
	if (w->rec.seq == w->rec.time)
		w->rec.seq = 0;
	w->rec.time = 0;
}

const struct pf_err *
pf_wire_input(struct pf_wire *w, const char sha256[PF_SHA_TEXT], int64_t len)
{
	if (w->given)
		return pf_err_field(PF_DATA, "input", "the input comes twice");
	w->given = true;
	w->rec.len = len;
	memcpy(w->rec.sha256, sha256, PF_SHA_TEXT);
	return check_input(w, sha256, len);
}

void
pf_wire_named(struct pf_wire *w, const char *name)
{
	w->fields.len = w->common;
	w->fields.data[w->common] = '\0';
	if (*name != '\0')
		pf_jw_str(&w->fields, "name", name);
	w->given = true;
}

const struct pf_err *
pf_wire_file(struct pf_wire *w, const struct pf_json *v)
{
	const struct pf_err *err;
	const char *name = "";

	if (!pf_json_is_object(v))
		return pf_err(PF_DATA, "a name alone brings "
		    "the master nothing: send files as objects of name and "
		    "data (base64), or as multipart/form-data");
	w->given = false;
	if ((err = pf_json_str(&name, v, "name")) != NULL ||
	    (err = decode(w, v, "data")) != NULL)
		return err;
	if (!w->given)
		return pf_err_field(PF_DATA, "data", "data is missing");
	if (*name != '\0' && !pf_text_ok(name))
		return pf_err_field(PF_DATA, "name", "name is not a text of "
		    "at most 128 bytes");
	pf_wire_named(w, name);
	return NULL;
}

void
pf_wire_piece(struct pf_wire *w, const char *p, size_t n, int64_t offset)
{
	start_fields(w);
	pf_jw_int(&w->fields, "offset", offset);
	w->rec.body = p;
	w->rec.len = (int64_t)n;
	w->given = true;
}

const struct pf_err *
pf_wire_ready(struct pf_wire *w)
{
	if (w->rec.kind == PF_KIND_CRASH && w->rec.time == 0)
		w->rec.time = PF_TIME_UNTOLD + w->bare;
	if (w->rec.kind != PF_KIND_CRASH || w->given)
		return NULL;
	if (*w->hash == '\0')
		return pf_err_field(PF_DATA, "input", "input is missing: send "
		    "its bytes in base64, or at least its SHA-256 as hash");
	if (!pf_sha_ok(w->hash))
		return pf_err_field(PF_DATA, "hash", "hash is not the 64 hex "
		    "digits of a SHA-256");
	pf_jw_str(&w->fields, "input_hash", w->hash);
	pf_jw_int(&w->fields, "input_size", w->size);
	w->given = w->absent = true;
	return NULL;
}

void
pf_wire_frame(struct pf_buf *out, struct pf_wire *w)
{
	pf_rec_frame(out, &w->rec, w->fields.data + 1);
}

void
pf_wire_free(struct pf_wire *w)
{
	pf_buf_free(&w->fields);
	pf_buf_free(&w->input);
}
