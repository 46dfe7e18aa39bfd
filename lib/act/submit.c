/*
 * New jobs: submit.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "act/common.h"
#include "base/mem.h"
#include "base/num.h"
#include "model/campaign.h"
#include "model/event.h"
#include "store/blob.h"

#define SEEDS_MAX	10000
#define ARGS_MAX	64
#define ARG_LEN		1024
#define DAY		INT64_C(86400000)
#define MEMORY_MIN	(INT64_C(16) << 20)
#define MEMORY_MAX	(INT64_C(1) << 40)
#define DEF_TIMEOUT	1000		/* ms of one execution */

/* A file name and no path, as the bot will use it. */
static bool
name_ok(const char *s)
{
	return pf_text_ok(s) && strchr(s, '/') == NULL && s[0] != '.';
}

/* Its bytes are to come by upload; what can be known of them is checked. */
static const struct pf_err *
await(const struct pf_act *a, const struct pf_json *v, const char *key,
    const char *sha, int64_t size)
{
	const struct pf_err *err;
	bool upload = false;

	if ((err = pf_json_bool(&upload, v, "upload")) != NULL)
		return pf_err_at(err, "%s", key);
	if (!upload)
		return pf_err_field(PF_NOTFOUND, key, "%s: blob %.16s... is "
		    "not in the storage", key, sha);
	if (size == -1)
		return pf_err_field(PF_DATA, key, "%s: size is missing, which "
		    "an upload needs", key);
	if (size > a->conf->target_size)
		return pf_err_field(PF_DATA, key, "%s: %" PRId64 " bytes are "
		    "over target_size = %" PRId64 " in [limits]", key, size,
		    a->conf->target_size);
	return NULL;
}

/*
 * Checks a blob object and that its bytes lie in the storage tree or are to
 * be uploaded: a 0 or a 1 is added to missing.  out is name and hash.
 */
static const struct pf_err *
get_blob(struct pf_act *a, struct pf_buf *missing, const struct pf_json *v,
    const char *key, const char *out[2])
{
	const struct pf_err *err;
	const char **name = &out[0], **sha = &out[1];
	int64_t size = -1, there = 0;
	bool here;

	if (!pf_json_is_object(v))
		return pf_err_field(PF_DATA, key, "%s: not a blob object "
		    "{sha256, name, size}", key);
	if ((err = pf_json_need(sha, v, "sha256")) != NULL ||
	    (err = pf_json_need(name, v, "name")) != NULL ||
	    (err = pf_json_int(&size, v, "size", 1, PF_INT_MAX)) != NULL)
		return pf_err_at(err, "%s", key);
	if (!pf_sha_ok(*sha))
		return pf_err_field(PF_DATA, key, "%s: sha256 is not a hash",
		    key);
	if (!name_ok(*name))
		return pf_err_field(PF_DATA, key, "%s: name is not a file "
		    "name", key);
	here = pf_blob_has(a->conf->storage_path, *sha, &there);
	pf_buf_addc(missing, here ? '0' : '1');
	if (!here)
		return await(a, v, key, *sha, size);
	if (size != -1 && size != there)
		return pf_err_field(PF_DATA, key, "%s: size %" PRId64 ", the "
		    "blob has %" PRId64, key, size, there);
	/* Whoever brought it, others may have waited for it. */
	return pf_blob_arrived(a, NULL, *sha, there);
}

/* A word for a command line: of any bytes a person can see, and blanks. */
static bool
word_ok(const char *s)
{
	if (s == NULL || strlen(s) > ARG_LEN)
		return false;
	for (; *s != '\0'; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			return false;
	return true;
}

/* Arguments: an array of strings, as JSON text. */
static const struct pf_err *
get_args(struct pf_buf *out, const struct pf_json *req)
{
	const struct pf_json *list = pf_json_get(req, "args"), *v;
	const char *s;
	size_t n = 0;

	if (list != NULL && !pf_json_is_array(list))
		return pf_err_field(PF_DATA, "args", "args: not an array");
	pf_jw_open(out, NULL, '[');
	for (v = pf_json_first(list); v != NULL; v = pf_json_next(v)) {
		if (!word_ok(s = pf_json_text(v)) || ++n > ARGS_MAX)
			return pf_err_field(PF_DATA, "args", "args: not at "
			    "most %d strings of at most %d bytes, none of "
			    "them a control character", ARGS_MAX, ARG_LEN);
		pf_jw_str(out, NULL, s);
	}
	pf_jw_close(out, ']');
	return NULL;
}

/* Options: an object of strings, as JSON text. */
static const struct pf_err *
get_options(struct pf_buf *out, const struct pf_json *req)
{
	const struct pf_json *list = pf_json_get(req, "options"), *v;
	char key[33];
	size_t n = 0;

	if (list != NULL && !pf_json_is_object(list))
		return pf_err_field(PF_DATA, "options",
		    "options: not an object");
	pf_jw_open(out, NULL, '{');
	for (v = pf_json_first(list); v != NULL; v = pf_json_next(v)) {
		if (!word_ok(pf_json_text(v)) || ++n > ARGS_MAX ||
		    !pf_engine_name(key, pf_json_key(v)))
			return pf_err_field(PF_DATA, "options", "options: not "
			    "at most %d names with strings", ARGS_MAX);
		pf_jw_str(out, pf_json_key(v), pf_json_text(v));
	}
	pf_jw_close(out, '}');
	return NULL;
}

/* Everything but the blobs of a job. */
static const struct pf_err *
get_fields(struct pf_act *a, struct pf_job_new *n, char engine[33],
    const struct pf_json *req)
{
	const struct pf_err *err;
	const char *given = "";
	size_t i;

	n->duration = a->conf->job;
	n->timeout = DEF_TIMEOUT;
	n->now = a->now;
	if ((err = pf_json_need(&n->name, req, "name")) != NULL ||
	    (err = pf_json_need(&given, req, "engine")) != NULL ||
	    (err = pf_json_int(&n->priority, req, "priority", -100, 100)) !=
	    NULL || (err = pf_get_dur(&n->duration, req, "duration_ms", 1000,
	    30 * DAY)) != NULL || (err = pf_get_dur(&n->timeout, req,
	    "exec_timeout_ms", 1, DAY)) != NULL || (err = pf_json_int(
	    &n->memory, req, "memory_limit", 0, MEMORY_MAX)) != NULL ||
	    (err = pf_json_str(&n->request, req, "request")) != NULL ||
	    (err = pf_json_str(&n->kind, req, "kind")) != NULL)
		return err;
	/* Jobs that run crashes again are made by the op build. */
	if (n->kind != NULL && strcmp(n->kind, "fuzz") != 0 &&
	    strcmp(n->kind, "memcheck") != 0)
		return pf_err_field(PF_DATA, "kind", "kind: \"%.32s\" is not "
		    "fuzz or memcheck", n->kind);
	if (!pf_text_ok(n->name))
		return pf_err_field(PF_DATA, "name", "name: not a name of 1 "
		    "to 128 printable bytes");
	if (n->memory > 0 && n->memory < MEMORY_MIN)
		return pf_err_field(PF_DATA, "memory_limit", "memory_limit: "
		    "%" PRId64 " bytes, less than 16 MiB", n->memory);
	if (!pf_engine_name(engine, given))
		return pf_err_field(PF_DATA, "engine",
		    "engine: \"%.32s\" is not an engine name", given);
	/* Bots say of these that they can do them, beside their engines. */
	for (i = 0; i < PF_JOB_KINDS; i++)
		if (strcmp(engine, pf_job_kinds[i]) == 0)
			return pf_err_field(PF_DATA, "engine", "engine: %s is "
			    "a kind of job", engine);
	if (n->request != NULL && !pf_id_ok(n->request))
		return pf_err_field(PF_DATA, "request",
		    "request: not an id");
	n->engine = engine;
	return NULL;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* On the bot they lie in one directory. */
static const struct pf_err *
names_differ(const struct pf_json *list)
{
	const struct pf_err *err = NULL;
	size_t i, n = 0;
	const char **names = pf_calloc(pf_json_count(list) + 1,
	    sizeof(*names));
	const struct pf_json *v;

	for (v = pf_json_first(list); v != NULL; v = pf_json_next(v))
		names[n++] = pf_json_text(pf_json_get(v, "name"));
	qsort(names, n, sizeof(*names), by_name);
	for (i = 1; i < n && err == NULL; i++)
		if (strcmp(names[i - 1], names[i]) == 0)
			err = pf_err_field(PF_DATA, "seeds", "seeds: the name "
			    "%.64s twice", names[i]);
	free(names);
	return err;
}

/* Its blobs, checked once, and what is known of them. */
struct blobs {
	struct pf_buf	 seeds;		/* names as a JSON array */
	struct pf_buf	 missing;	/* a 0 or 1 for each, in order */
};

/* What comes beside the target: {"asan":{...},"mutator":{...}}. */
static const struct pf_err *
get_builds(struct pf_act *a, struct pf_buf *missing,
    const struct pf_json *req)
{
	const struct pf_err *err = NULL;
	const struct pf_json *list = pf_json_get(req, "builds"), *v;
	const char *two[2];

	if (list != NULL && !pf_json_is_object(list))
		return pf_err_field(PF_DATA, "builds", "builds: not an "
		    "object of kinds with blob objects");
	for (v = pf_json_first(list); v != NULL && err == NULL;
	    v = pf_json_next(v))
		if (!pf_build_kind(pf_json_key(v)))
			err = pf_err_field(PF_DATA, "builds", "builds: "
			    "\"%.32s\" is none of " PF_BUILD_KINDS,
			    pf_json_key(v));
		else
			err = get_blob(a, missing, v, "builds", two);
	return err;
}

static const struct pf_err *
get_blobs(struct pf_act *a, struct pf_job_new *n, struct blobs *b,
    const struct pf_json *req)
{
	const struct pf_err *err;
	const struct pf_json *list = pf_json_get(req, "seeds"), *v;
	struct pf_buf *seeds = &b->seeds;
	const char *two[2] = { "", "" };
	size_t count = 0, i;

	if ((err = get_blob(a, &b->missing, pf_json_get(req, "target"),
	    "target", two)) != NULL)
		return err;
	n->target = two[0];
	n->target_hash = two[1];
	if (pf_json_get(req, "dictionary") != NULL) {
		if ((err = get_blob(a, &b->missing, pf_json_get(req,
		    "dictionary"), "dictionary", two)) != NULL)
			return err;
		n->dictionary = two[1];
	}
	if ((err = get_builds(a, &b->missing, req)) != NULL)
		return err;
	if (list != NULL && !pf_json_is_array(list))
		return pf_err_field(PF_DATA, "seeds", "seeds: not an array");
	pf_jw_open(seeds, NULL, '[');
	for (v = pf_json_first(list); v != NULL; v = pf_json_next(v)) {
		if (++count > SEEDS_MAX)
			return pf_err_field(PF_DATA, "seeds",
			    "seeds: more than %d", SEEDS_MAX);
		if ((err = get_blob(a, &b->missing, v, "seeds", two)) != NULL)
			return err;
		pf_jw_str(seeds, NULL, two[0]);
	}
	pf_jw_close(seeds, ']');
	for (i = 0; i < b->missing.len; i++)
		n->waiting += b->missing.data[i] == '1';
	return names_differ(list);
}

static const struct pf_err *
add_blob(struct pf_act *a, struct pf_job_blob *b, const char *missing,
    const struct pf_json *v)
{
	const struct pf_err *err;

	b->size = 0;
	b->missing = missing[b->n] == '1';
	if ((err = pf_json_need(&b->name, v, "name")) != NULL ||
	    (err = pf_json_need(&b->sha, v, "sha256")) != NULL ||
	    (b->missing && (err = pf_json_int(&b->size, v, "size", 1,
	    PF_INT_MAX)) != NULL))
		return err;
	if (!b->missing)
		(void)pf_blob_has(a->conf->storage_path, b->sha, &b->size);
	err = pf_job_blob(a->db, b);
	b->n++;
	return err;
}

/* One job of the submission with its blobs. */
static const struct pf_err *
add_job(struct pf_act *a, const struct pf_job_new *n, const char *missing,
    const struct pf_json *req)
{
	const struct pf_err *err;
	const struct pf_json *v;
	struct pf_event e = { .time = a->now, .kind = "job",
	    .subject = n->id, .was = "", .now = "pending", .who = "submit",
	    .why = n->name };
	struct pf_job_blob b = { .job = n->id, .kind = "target" };

	if ((err = pf_job_insert(a->db, n)) != NULL ||
	    (err = pf_event_add(a->db, &e)) != NULL ||
	    (err = add_blob(a, &b, missing, pf_json_get(req, "target"))) !=
	    NULL)
		return err;
	v = pf_json_get(req, "dictionary");
	b.kind = "dict";
	if (v != NULL && (err = add_blob(a, &b, missing, v)) != NULL)
		return err;
	for (v = pf_json_first(pf_json_get(req, "builds")); v != NULL;
	    v = pf_json_next(v)) {
		b.kind = pf_json_key(v);
		if ((err = add_blob(a, &b, missing, v)) != NULL)
			return err;
	}
	b.kind = "seed";
	for (v = pf_json_first(pf_json_get(req, "seeds")); v != NULL;
	    v = pf_json_next(v))
		if ((err = add_blob(a, &b, missing, v)) != NULL)
			return err;
	return NULL;
}

/* A job made it by naming it. */
static const struct pf_err *
note_campaign(struct pf_act *a, const char *id, const char *name)
{
	struct pf_event e = { .time = a->now, .kind = "campaign",
	    .subject = id, .was = "",
	    .now = pf_campaign_state_name(PF_CAMPAIGN_ACTIVE),
	    .who = "submit", .why = name };

	return pf_event_add(a->db, &e);
}

/*
 * Asked for again: as whoever made them may have been killed before he could
 * describe them, that is done again too.
 */
static const struct pf_err *
replay(struct pf_act *a, const struct pf_buf *jobs, struct pf_buf *out)
{
	const struct pf_err *err;
	const struct pf_json *v;
	struct pf_buf text = PF_BUF_INIT;
	struct pf_json *j = NULL;

	pf_buf_addf(&text, "{%s}", jobs->data);
	if ((err = pf_json_parse(&j, text.data, text.len)) == NULL)
		for (v = pf_json_first(pf_json_get(j, "jobs")); v != NULL;
		    v = pf_json_next(v))
			pf_note_job(a, pf_json_text(v));
	pf_json_free(j);
	pf_buf_free(&text);
	pf_buf_addf(out, ",%s", jobs->data);
	pf_jw_bool(out, "replay", true);
	return err;
}

static const struct pf_err *
add_jobs(struct pf_act *a, const struct pf_job_new *common,
    const char *missing, const struct pf_json *req, struct pf_buf *out)
{
	const struct pf_err *err;
	struct pf_job_new n = *common;
	const char *campaign = PF_CAMPAIGN_DEFAULT;
	char group[PF_ID_MAX + 1], id[PF_ID_MAX + 1];
	int64_t copies = 1, i;
	bool made;

	if ((err = pf_json_int(&copies, req, "copies", 1, 1000)) != NULL ||
	    (err = pf_json_str(&campaign, req, "campaign")) != NULL)
		return err;
	if (!pf_text_ok(campaign))
		return pf_err_field(PF_DATA, "campaign", "campaign: not a "
		    "name of 1 to 128 printable bytes");
	if ((err = pf_campaign_need(group, &made, a->db, campaign, a->now)) !=
	    NULL || (made && (err = note_campaign(a, group, campaign)) !=
	    NULL) ||
	    (err = pf_campaign_join(a->db, group)) != NULL)
		return err;
	n.campaign = group;
	n.id = id;
	pf_jw_open(out, "jobs", '[');
	for (i = 0; i < copies; i++) {
		pf_uuid7(id, a->now);
		if ((err = add_job(a, &n, missing, req)) != NULL)
			return err;
		pf_jw_str(out, NULL, id);
		pf_note_job(a, id);
	}
	pf_jw_close(out, ']');
	return NULL;
}

const struct pf_err *
pf_act_submit(struct pf_act *a, const struct pf_json *req, struct pf_buf *out)
{
	const struct pf_err *err;
	struct pf_job_new n = { .target_hash = "" };
	struct pf_buf args = PF_BUF_INIT, options = PF_BUF_INIT;
	struct pf_buf before = PF_BUF_INIT;
	struct blobs blobs = { PF_BUF_INIT, PF_BUF_INIT };
	char engine[33];
	int64_t known = 0;

	if ((err = get_fields(a, &n, engine, req)) != NULL)
		goto done;
	if (n.request != NULL && ((err = pf_json_str(&n.target_hash,
	    pf_json_get(req, "target"), "sha256")) != NULL ||
	    (err = pf_job_of_request(&before, &known, a->db, &n)) != NULL))
		goto done;
	if (known > 0) {
		err = replay(a, &before, out);
		goto done;
	}
	if ((err = get_blobs(a, &n, &blobs, req)) != NULL ||
	    (err = get_args(&args, req)) != NULL ||
	    (err = get_options(&options, req)) != NULL)
		goto done;
	n.seeds = blobs.seeds.data;
	n.args = args.data;
	n.options = options.data;
	err = add_jobs(a, &n, blobs.missing.data, req, out);
done:
	pf_buf_free(&args);
	pf_buf_free(&options);
	pf_buf_free(&blobs.seeds);
	pf_buf_free(&blobs.missing);
	pf_buf_free(&before);
	return err;
}
