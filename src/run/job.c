/*
 * A job as the master gave it, and what its options may say.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "codec/sanopt.h"
#include "run/engine/engine.h"

#define BIG	INT64_C(9007199254740992)	/* 2^53 */

static bool
file_name_ok(const char *s)
{
	return pf_text_ok(s) && strchr(s, '/') == NULL && s[0] != '.';
}

/* It becomes the name of a directory. */
static bool
kind_ok(const char *s)
{
	return strcmp(s, "target") == 0 || strcmp(s, "seed") == 0 ||
	    strcmp(s, "dict") == 0 || pf_build_kind(s);
}

static const struct pf_err *
get_blob(struct blob *b, const struct pf_json *v)
{
	const struct pf_err *err;

	b->kind = b->name = b->sha256 = "";
	b->size = -1;
	if ((err = pf_json_need(&b->kind, v, "kind")) != NULL ||
	    (err = pf_json_need(&b->name, v, "name")) != NULL ||
	    (err = pf_json_need(&b->sha256, v, "sha256")) != NULL ||
	    (err = pf_json_int(&b->size, v, "size", 1, BIG)) != NULL)
		return err;
	if (!kind_ok(b->kind))
		return pf_err(PF_DATA, "blob \"%.64s\": nothing is known "
		    "here of kind \"%.32s\"", b->name, b->kind);
	if (!pf_sha_ok(b->sha256) || !file_name_ok(b->name) || b->size < 1)
		return pf_err(PF_DATA, "blob \"%.64s\": bad name, hash or "
		    "size", b->name);
	return NULL;
}

static const struct pf_err *
get_blobs(struct job *j)
{
	const struct pf_err *err;
	const struct pf_json *list = pf_json_get(j->doc, "blobs"), *v;

	j->blobs = pf_calloc(pf_json_count(list), sizeof(*j->blobs));
	for (v = pf_json_first(list); v != NULL; v = pf_json_next(v))
		if ((err = get_blob(&j->blobs[j->nblobs++], v)) != NULL)
			return err;
	return NULL;
}

static const struct pf_err *
get_kind(struct job *j)
{
	static const char *const kinds[] = { "fuzz", "regress", "memcheck" };
	const struct pf_err *err;
	const char *kind = "fuzz";
	size_t i;

	if ((err = pf_json_str(&kind, j->doc, "kind")) != NULL)
		return err;
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kind, kinds[i]) == 0) {
			j->kind = (enum job_kind)i;
			return NULL;
		}
	return pf_err(PF_DATA, "nothing is known here of jobs of kind "
	    "\"%.32s\"", kind);
}

const struct pf_err *
job_parse(struct job *j, const char *text, size_t n)
{
	const struct pf_err *err;

	*j = (struct job){ .id = "", .name = "", .engine = "",
	    .timeout = 1000, .epoch = -1, .attempt = -1 };
	if ((err = pf_json_parse(&j->doc, text, n)) != NULL)
		return pf_err_at(err, "job");
	j->text = pf_strndup(text, n);
	if ((err = pf_json_need(&j->id, j->doc, "id")) != NULL ||
	    (err = pf_json_need(&j->name, j->doc, "name")) != NULL ||
	    (err = pf_json_need(&j->engine, j->doc, "fuzzer")) != NULL ||
	    (err = pf_json_int(&j->duration, j->doc, "duration_ms", 1, BIG))
	    != NULL || (err = pf_json_int(&j->memory, j->doc, "memory_limit",
	    0, BIG)) != NULL || (err = pf_json_int(&j->timeout, j->doc,
	    "exec_timeout_ms", 1, BIG)) != NULL || (err = pf_json_int(
	    &j->epoch, j->doc, "epoch", 0, BIG)) != NULL ||
	    (err = pf_json_int(&j->attempt, j->doc, "attempt", 0, BIG)) !=
	    NULL)
		return pf_err_at(err, "job");
	if (!pf_id_ok(j->id) || j->epoch < 0 || j->attempt < 0 ||
	    j->duration < 1)
		return pf_err(PF_DATA, "job: bad id, token or duration");
	if ((err = get_kind(j)) != NULL || (err = get_blobs(j)) != NULL)
		return pf_err_at(err, "job %s", j->id);
	return NULL;
}

void
job_free(struct job *j)
{
	pf_json_free(j->doc);
	free(j->text);
	free(j->blobs);
	*j = (struct job){ 0 };
}

const char *
job_option(const struct job *j, const char *key)
{
	return pf_json_text(pf_json_get(pf_json_get(j->doc, "options"), key));
}

const struct pf_err *
job_check_options(const struct job *j, const char *const *allowed)
{
	const struct pf_err *err;
	const struct pf_json *v;
	const char *key, *value;
	size_t i;

	for (v = pf_json_first(pf_json_get(j->doc, "options")); v != NULL;
	    v = pf_json_next(v)) {
		key = pf_json_key(v);
		value = pf_json_text(v);
		if (pf_san_option(&err, key, value)) {
			if (err != NULL)
				return err;
			continue;
		}
		for (i = 0; allowed[i] != NULL; i++)
			if (strcmp(allowed[i], key) == 0)
				break;
		if (allowed[i] == NULL)
			return pf_err(PF_DATA, "option %s is not one that "
			    "engine %s takes here", key, j->engine);
		/* Values are numbers and words, never paths or commands. */
		if (value == NULL || *value == '\0' || value[strspn(value,
		    "abcdefghijklmnopqrstuvwxyz0123456789.")] != '\0')
			return pf_err(PF_DATA, "option %s: bad value", key);
	}
	return NULL;
}
