/*
 * A new job: what a client says becomes the op submit; see newjob.h.  The
 * names on the wire are the API's, so what the writer has to say of a member
 * is put into them.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "httpd/api/newjob.h"
#include "httpd/reply.h"
#include "httpd/route.h"
#include "store/writer.h"

#define NS_MS	1000000		/* nanoseconds of a millisecond */

/* Members of the op, what they are called here, and what helps. */
static const struct {
	const char	*op, *wire, *hint;
} words[] = {
	{ "engine", "fuzzer", NULL },
	{ "duration_ms", "duration", "a second to 30 days: text such as "
	    "\"90s\" or \"1h30m\", or a number of nanoseconds" },
	{ "exec_timeout_ms", "config.timeout", "a millisecond to a day: text "
	    "such as \"500ms\", or a number of nanoseconds" },
	{ "memory_limit", "config.memory_limit", "it counts bytes: 512 MiB "
	    "are 536870912; 0 is none" },
	{ "target", "target", "POST /api/v1/jobs/upload brings the files of "
	    "a job with it" },
	{ "dictionary", "config.dictionary", NULL },
	{ "seeds", "config.seed_corpus", NULL },
	{ "request", "id", "choose another id for another job" },
};

#define NWORDS	(sizeof(words) / sizeof(words[0]))

/* The writer's refusal becomes the reply. */
static void
refuse(struct req *r, const struct pf_err *err)
{
	const char *msg = err->msg, *hint = NULL;
	size_t i, n;

	for (i = 0; i < NWORDS && strcmp(err->field, words[i].op) != 0; i++)
		;
	if (i < NWORDS) {
		n = strlen(words[i].op);
		hint = words[i].hint;
		if (strncmp(msg, words[i].op, n) == 0)
			err = pf_err_field(err->class, words[i].wire, "%s%s",
			    words[i].wire, msg + n);
		else
			err = pf_err_field(err->class, words[i].wire, "%s",
			    msg);
	}
	reply_error(r, 0, err, hint);
}

/* A duration as Go writes it or as people do, into ms; 0 says nothing. */
static const struct pf_err *
put_dur(struct pf_buf *line, const char *op, const char *wire,
    const struct pf_json *j, const char *key)
{
	const struct pf_err *err;
	const char *text = pf_json_text(pf_json_get(j, key));
	int64_t ns = 0, ms;

	if (text != NULL && pf_dur(&ms, text)) {
		pf_jw_int(line, op, ms);
		return NULL;
	}
	if (text != NULL && !pf_num(&ns, text, 0, INT64_MAX))
		return pf_err_field(PF_DATA, wire, "%s: \"%.40s\" is no "
		    "duration such as \"90s\" or \"1h30m\"", wire, text);
	if (text == NULL && (err = pf_json_int(&ns, j, key, 0, INT64_MAX)) !=
	    NULL)
		return pf_err_field(PF_DATA, wire, "%s: not a number of "
		    "nanoseconds, nor text such as \"90s\"", wire);
	if (ns > 0 && ns < NS_MS)
		return pf_err_field(PF_DATA, wire, "%s: numbers are "
		    "nanoseconds, and %lld of them less than a millisecond; "
		    "for seconds say \"%llds\"", wire, (long long)ns,
		    (long long)ns);
	if (ns > 0)
		pf_jw_int(line, op, ns / NS_MS);
	return NULL;
}

static void
put_blob(struct pf_buf *line, const char *op, const char *name,
    const char *sha)
{
	pf_jw_open(line, op, '{');
	pf_jw_str(line, "sha256", sha);
	pf_jw_str(line, "name", name);
	pf_jw_close(line, '}');
}

/* One that came along: it is on its way to the storage. */
static void
put_file(struct pf_buf *line, const char *op, const struct newjob_file *f)
{
	pf_jw_open(line, op, '{');
	pf_jw_str(line, "sha256", f->sha);
	pf_jw_str(line, "name", f->name);
	pf_jw_int(line, "size", f->size);
	pf_jw_bool(line, "upload", true);
	pf_jw_close(line, '}');
}

/*
 * One in the storage, by its hash; or an object {sha256, name}, which may
 * say with size and upload that it will come.
 */
static const struct pf_err *
put_ref(struct pf_buf *line, const char *op, const char *wire,
    const struct pf_json *v, const char *name)
{
	static const struct field fields[] = {
		{ "sha256", SHAPE_SHA256, FIELD_NEEDED, "", NULL },
		{ "name", SHAPE_TEXT, 0, "", NULL },
		{ "size", SHAPE_INT, 0, "", NULL },
		{ "upload", SHAPE_BOOL, 0, "", NULL },
		{ NULL, SHAPE_ANY, 0, NULL, NULL }
	};
	static const struct shape blob = { "Blob", fields, true };
	const char *sha = pf_json_text(v);
	const struct pf_err *err;
	int64_t size = -1;
	bool upload = false;

	if (sha != NULL && pf_sha_ok(sha)) {
		put_blob(line, op, name, sha);
		return NULL;
	}
	if (!pf_json_is_object(v))
		return pf_err_field(PF_DATA, wire, "%s: not the SHA-256 of a "
		    "file in the storage, nor an object {sha256, name}; POST "
		    "/api/v1/jobs/upload takes the files themselves", wire);
	if ((err = shape_check(&blob, v)) != NULL)
		return shape_below(err, wire);
	(void)pf_json_str(&sha, v, "sha256");
	(void)pf_json_str(&name, v, "name");
	(void)pf_json_int(&size, v, "size", 0, INT64_MAX);
	(void)pf_json_bool(&upload, v, "upload");
	pf_jw_open(line, op, '{');
	pf_jw_str(line, "sha256", sha);
	pf_jw_str(line, "name", name);
	if (size >= 0)
		pf_jw_int(line, "size", size);
	if (upload)
		pf_jw_bool(line, "upload", true);
	pf_jw_close(line, '}');
	return NULL;
}

/* Go programs write "" for none. */
static const struct pf_json *
said(const struct pf_json *j, const char *key)
{
	const struct pf_json *v = pf_json_get(j, key);
	const char *text = pf_json_text(v);

	return text != NULL && *text == '\0' ? NULL : v;
}

static const struct pf_err *
put_target(struct pf_buf *line, const struct pf_json *j,
    const struct newjob_files *files)
{
	const char *name = pf_json_text(pf_json_get(j, "target"));

	if (files != NULL && files->target.size > 0) {
		put_file(line, "target", &files->target);
		return NULL;
	}
	if (files != NULL && (name == NULL || !pf_sha_ok(name)) &&
	    !pf_json_is_object(pf_json_get(j, "target")))
		return pf_err_field(PF_DATA, "target_binary", "target_binary "
		    "is missing: the part with the target");
	return put_ref(line, "target", "target", said(j, "target"), "target");
}

static const struct pf_err *
put_dict(struct pf_buf *line, const struct pf_json *config,
    const struct newjob_files *files)
{
	const struct pf_json *v = said(config, "dictionary");

	if (files != NULL && files->dict.size > 0)
		put_file(line, "dictionary", &files->dict);
	else if (v != NULL)
		return put_ref(line, "dictionary", "config.dictionary", v,
		    "dictionary");
	return NULL;
}

/* Of each kind the one that came, or else the one that is there. */
static const struct pf_err *
put_builds(struct pf_buf *line, const struct pf_json *j,
    const struct newjob_files *files)
{
	const struct pf_err *err = NULL;
	const struct pf_json *list = pf_json_get(j, "builds"), *v;
	const char *kind;
	char *wire;
	size_t i;

	for (v = pf_json_first(list); v != NULL; v = pf_json_next(v))
		if (!pf_build_kind(pf_json_key(v)))
			return pf_err_field(PF_DATA, "builds", "builds: "
			    "\"%.32s\" is none of " PF_BUILD_KINDS,
			    pf_json_key(v));
	pf_jw_open(line, "builds", '{');
	for (i = 0; (kind = pf_build_kinds[i]) != NULL && err == NULL; i++) {
		wire = pf_asprintf("builds.%s", kind);
		if (files != NULL && files->builds != NULL &&
		    files->builds[i].size > 0)
			put_file(line, kind, &files->builds[i]);
		else if ((v = said(list, kind)) != NULL)
			err = put_ref(line, kind, wire, v, kind);
		free(wire);
	}
	pf_jw_close(line, '}');
	return err;
}

/* Those that came, then those that are there. */
static const struct pf_err *
put_seeds(struct pf_buf *line, const struct pf_json *config,
    const struct newjob_files *files)
{
	const struct pf_err *err = NULL;
	const struct pf_json *list = pf_json_get(config, "seed_corpus"), *v;
	size_t i, n = 0;
	char *name;

	pf_jw_open(line, "seeds", '[');
	for (i = 0; files != NULL && i < files->nseeds; i++)
		put_file(line, NULL, &files->seeds[i]);
	for (v = pf_json_first(list); v != NULL && err == NULL;
	    v = pf_json_next(v)) {
		name = pf_asprintf("seed-%zu", ++n);
		err = put_ref(line, NULL, "config.seed_corpus", v, name);
		free(name);
	}
	pf_jw_close(line, ']');
	return err;
}

/* The sender's id of it, so that a request sent twice submits once. */
static const struct pf_err *
put_request(struct pf_buf *line, const struct req *r, const struct pf_json *j)
{
	const char *key = pf_json_text(said(j, "id"));
	char text[PF_SHA_TEXT];

	if (key != NULL && !pf_id_ok(key))
		return pf_err_field(PF_DATA, "id", "id is not an id: 1 to 64 "
		    "of a-z, 0-9, dot, underscore and dash");
	route_key(text, r, key);
	pf_jw_str(line, "request", text);
	return NULL;
}

static const struct pf_err *
put_engine(struct pf_buf *line, const struct pf_json *j)
{
	const char *given = pf_json_text(pf_json_get(j, "fuzzer"));
	char name[33];

	if (!pf_engine_name(name, given))
		return pf_err_field(PF_DATA, "fuzzer", "fuzzer: \"%.32s\" is "
		    "not a name of an engine such as afl++, libfuzzer or "
		    "honggfuzz", given);
	pf_jw_str(line, "engine", name);
	return NULL;
}

/* By its name, or by its id, which the writer turns into the name. */
static const struct pf_err *
put_campaign(struct worker *w, struct pf_buf *line, const struct pf_json *j)
{
	const struct pf_err *err = NULL;
	const char *name = pf_json_text(said(j, "campaign"));
	const char *id = pf_json_text(said(j, "campaign_id"));
	struct pf_buf ask = PF_BUF_INIT;
	struct pf_json *reply = NULL;

	if (name != NULL && id != NULL)
		return pf_err_field(PF_DATA, "campaign_id", "campaign and "
		    "campaign_id exclude each other");
	if (id != NULL) {
		pf_jw_open(&ask, NULL, '{');
		pf_jw_str(&ask, "op", "campaign");
		pf_jw_str(&ask, "do", "set");
		pf_jw_str(&ask, "campaign", id);
		pf_jw_close(&ask, '}');
		if ((err = worker_op(w, &reply, &ask)) == NULL)
			err = pf_json_need(&name, reply, "campaign");
		else if (*err->field != '\0')
			err = pf_err_field(err->class, "campaign_id", "%s",
			    err->msg);
	}
	if (err == NULL && name != NULL)
		pf_jw_str(line, "campaign", name);
	pf_json_free(reply);
	pf_buf_free(&ask);
	return err;
}

/* What goes as it is. */
static void
put_same(struct pf_buf *line, const struct pf_json *j, const char *key)
{
	const struct pf_json *v = pf_json_get(j, key);
	struct pf_buf text = PF_BUF_INIT;

	if (v != NULL) {
		pf_json_print(&text, v);
		pf_jw_raw(line, key, text.data);
	}
	pf_buf_free(&text);
}

const struct pf_err *
newjob_line(struct worker *w, struct pf_buf *line, const struct req *r,
    const struct pf_json *j, const struct newjob_files *files)
{
	static const char *const same[] = { "name", "priority", "args",
	    "options" };
	const struct pf_err *err;
	const struct pf_json *config = pf_json_get(j, "config");
	const struct pf_json *own = pf_json_get(j, "duration");
	size_t i;

	pf_jw_open(line, NULL, '{');
	pf_jw_str(line, "op", "submit");
	for (i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		put_same(line, j, same[i]);
	put_same(line, config, "memory_limit");
	if ((err = put_engine(line, j)) != NULL ||
	    (err = put_request(line, r, j)) != NULL ||
	    (err = put_dur(line, "duration_ms", own != NULL ? "duration" :
	    "config.duration", own != NULL ? j : config, "duration")) !=
	    NULL || (err = put_dur(line, "exec_timeout_ms", "config.timeout",
	    config, "timeout")) != NULL ||
	    (err = put_target(line, j, files)) != NULL ||
	    (err = put_dict(line, config, files)) != NULL ||
	    (err = put_builds(line, j, files)) != NULL ||
	    (err = put_seeds(line, config, files)) != NULL ||
	    (err = put_campaign(w, line, j)) != NULL)
		return err;
	pf_jw_close(line, '}');
	if (line->len >= PF_OP_MAX)
		return pf_err(PF_DATA, "the job's description is %zu bytes "
		    "for the writer, at most %d: fewer seeds or shorter names",
		    line->len, PF_OP_MAX);
	return NULL;
}

/* Where a file that came with it will lie. */
static void
put_path(struct pf_buf *b, const char *key, const struct newjob_file *f)
{
	char *path = pf_asprintf("targets/%s/data", f->sha);

	pf_jw_str(b, key, path);
	free(path);
}

static void
put_uploaded(struct pf_buf *b, const struct newjob_files *files)
{
	size_t i;

	if (files->target.size > 0) {
		pf_jw_open(b, "uploaded_binary", '{');
		put_path(b, "path", &files->target);
		pf_jw_int(b, "size", files->target.size);
		pf_jw_close(b, '}');
	}
	pf_jw_open(b, "uploaded_corpus", '{');
	pf_jw_int(b, "count", (int64_t)files->nseeds);
	pf_jw_open(b, "paths", '[');
	for (i = 0; i < files->nseeds; i++)
		put_path(b, NULL, &files->seeds[i]);
	pf_jw_close(b, ']');
	pf_jw_close(b, '}');
}

void
newjob_submit(struct worker *w, struct req *r, const struct pf_buf *line,
    const struct newjob_files *files)
{
	const struct pf_err *err;
	struct pf_json *op = NULL;
	const char *id;
	bool replay = false;

	if ((err = worker_op(w, &op, line)) == NULL &&
	    (id = pf_json_text(pf_json_first(pf_json_get(op, "jobs")))) ==
	    NULL)
		err = pf_err(PF_BUG, "the writer's answer has no job");
	if (err == NULL)
		err = pf_json_bool(&replay, op, "replay");
	if (err != NULL)
		refuse(r, err);
	else {
		reply_open(r, replay ? 200 : 201, NULL);
		/* What is known of it, if nobody can say how it is by now. */
		if (!reply_row(w, r, &pf_view_jobs, id)) {
			pf_jw_str(&r->reply.body, "id", id);
			pf_jw_str(&r->reply.body, "status", "pending");
		}
		if (files != NULL)
			put_uploaded(&r->reply.body, files);
		reply_end(r);
	}
	pf_json_free(op);
}
