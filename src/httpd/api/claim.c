/*
 * GET bots/{id}/job: the claim, and a job in the form of the API.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/time.h"
#include "codec/header.h"
#include "httpd/reply.h"
#include "httpd/route.h"
#include "os/clock.h"

#define NS_MS		1000000
#define TIME_LAST	(INT64_C(1) << 52)	/* ms that are told */

/* A member of the job as it is, under the API's name. */
static void
copy(struct pf_buf *b, const struct pf_json *job, const char *key,
    const char *as)
{
	const struct pf_json *v = pf_json_get(job, key);
	struct pf_buf text = PF_BUF_INIT;

	if (v == NULL)
		pf_jw_null(b, as);
	else {
		pf_json_print(&text, v);
		pf_jw_raw(b, as, text.data);
	}
	pf_buf_free(&text);
}

static void
put_ns(struct pf_buf *b, const struct pf_json *job, const char *key,
    const char *as)
{
	int64_t ms = 0;

	if (pf_json_int(&ms, job, key, 0, INT64_MAX / NS_MS) == NULL)
		pf_jw_int(b, as, ms * NS_MS);
}

/* Names of the blobs of a kind: all as an array, or the first as a string. */
static void
put_blobs(struct pf_buf *b, const struct pf_json *job, const char *kind,
    const char *as, bool all)
{
	const struct pf_json *v;
	const char *k, *name;

	if (all)
		pf_jw_open(b, as, '[');
	for (v = pf_json_first(pf_json_get(job, "blobs")); v != NULL;
	    v = pf_json_next(v)) {
		k = pf_json_text(pf_json_get(v, "kind"));
		name = pf_json_text(pf_json_get(v, "name"));
		if (k == NULL || name == NULL || strcmp(k, kind) != 0)
			continue;
		pf_jw_str(b, all ? NULL : as, name);
		if (!all)
			return;
	}
	if (all)
		pf_jw_close(b, ']');
	else
		pf_jw_str(b, as, "");
}

static void
put_config(struct pf_buf *b, const struct pf_json *job)
{
	const char *id = pf_json_text(pf_json_get(job, "id"));
	char *dir = pf_asprintf("corpus/%s", id != NULL ? id : "");

	pf_jw_open(b, "config", '{');
	put_ns(b, job, "duration_ms", "duration");
	copy(b, job, "memory_limit", "memory_limit");
	put_ns(b, job, "exec_timeout_ms", "timeout");
	put_blobs(b, job, "dict", "dictionary", false);
	put_blobs(b, job, "seed", "seed_corpus", true);
	pf_jw_str(b, "output_dir", dir);
	pf_jw_close(b, '}');
	free(dir);
}

/*
 * Its times, and how much of them is over.  A bot that looks at timeout_at
 * gives the job up then: after its engine ended by itself, and before the
 * master takes it away.
 */
static void
put_times(struct req *r, const struct pf_json *job)
{
	struct pf_buf *b = &r->reply.body;
	char text[PF_TIME_TEXT];
	int64_t now = pf_wall_ms(), created = 0, duration = 0, start = -1;
	int64_t ran;

	if (pf_json_int(&created, job, "created_at", 0, TIME_LAST) == NULL)
		pf_jw_str(b, "created_at", pf_time_text(text, created));
	if (pf_json_int(&duration, job, "duration_ms", 0, TIME_LAST) != NULL)
		return;
	if (pf_json_int(&start, job, "started_at", 0, TIME_LAST) == NULL &&
	    start != -1)
		pf_jw_str(b, "started_at", pf_time_text(text, start));
	else
		pf_jw_null(b, "started_at");
	start = start == -1 ? now : start;
	pf_jw_null(b, "completed_at");
	pf_jw_str(b, "timeout_at", pf_time_text(text, start + duration +
	    r->h->conf.job_grace / 2));
	ran = now < start ? 0 : now - start < duration ? now - start :
	    duration;
	pf_jw_int(b, "progress", ran < TIME_LAST / 100 && duration > 0 ?
	    ran * 100 / duration : 0);
}

/*
 * What its bot is to do with it.  Older bots hear of a cancel in no other way:
 * they ask for the job that they run every ten seconds.
 */
static const char *
status_of(const struct pf_json *job)
{
	const char *status = pf_json_text(pf_json_get(job, "status"));
	bool cancel = false;

	if (pf_json_bool(&cancel, job, "cancel") == NULL && cancel)
		return "cancelled";
	return status != NULL ? status : "assigned";
}

static void
put_job(struct req *r, const struct pf_json *op, const struct pf_json *job)
{
	static const char *const same[] = { "id", "name", "kind", "campaign",
	    "priority", "duration_ms", "memory_limit", "exec_timeout_ms",
	    "args", "options", "blobs", "work_dir" };
	static const char *const token[] = { "epoch", "attempt", "lease_ms",
	    "again" };
	struct pf_buf *b = &r->reply.body;
	size_t i;

	reply_open(r, 200, status_of(job));
	for (i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		copy(b, job, same[i], same[i]);
	if (pf_json_get(job, "crashes") != NULL)
		copy(b, job, "crashes", "crashes");
	copy(b, job, "engine", "fuzzer");
	put_blobs(b, job, "target", "target", false);
	pf_jw_str(b, "assigned_bot", r->id);
	put_times(r, job);
	put_config(b, job);
	for (i = 0; i < sizeof(token) / sizeof(token[0]); i++)
		copy(b, op, token[i], token[i]);
	reply_close(r);
}

const struct pf_err *
ask_claim(struct req *r, struct pf_buf *line)
{
	const char *inc = route_text(r, "inc");

	pf_jw_open(line, NULL, '{');
	pf_jw_str(line, "op", "claim");
	pf_jw_str(line, "bot", r->id);
	pf_jw_str(line, "inc", inc != NULL ? inc : "");
	pf_jw_close(line, '}');
	return NULL;
}

const struct pf_err *
tell_claim(struct req *r, const struct pf_json *op)
{
	const struct pf_err *err;
	const struct pf_json *job = pf_json_get(op, "job");
	const char *why = "no job waits";

	if (job != NULL) {
		put_job(r, op, job);
		return NULL;
	}
	if ((err = pf_json_str(&why, op, "why")) != NULL)
		return err;
	if (pf_header_minimal(req_header(r, "Prefer"))) {
		r->reply.status = 204;
		return NULL;
	}
	reply_open(r, 200, "no_jobs_available");
	pf_jw_str(&r->reply.body, "message", why);
	reply_close(r);
	return NULL;
}
