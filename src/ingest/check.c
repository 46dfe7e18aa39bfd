/*
 * One record: is it whole, of a job we know, within the limits, of the right
 * types?  Then its row.  Must not write anything.
 */
#include <stdio.h>
#include <string.h>

#include "codec/check.h"
#include "codec/recfield.h"
#include "codec/trace.h"
#include "ingest/ingest.h"
#include "os/clock.h"
#include "view/known.h"

void
drop_item(struct item *it)
{
	if (it->dropped)
		return;
	it->dropped = true;
	it->row.len--;		/* its bracket */
	pf_buf_adds(&it->row, ",\"stored\":false}");
}

void
add_to_row(struct item *it, const char *key, int64_t value)
{
	it->row.len--;
	pf_jw_int(&it->row, key, value);
	pf_jw_close(&it->row, '}');
}

bool
refuses(const struct pf_err *err)
{
	switch (err->class) {
	case PF_DATA:
	case PF_NOTFOUND:
	case PF_STALE:
	case PF_CONFLICT:
		return true;
	default:
		return false;
	}
}

/*
 * Numbers and logs replace one another by their token, so it has to be one
 * that was given.  Others are counted only.
 */
static const struct pf_err *
check_token(struct ingest *g, struct item *it)
{
	const struct pf_err *err;
	bool given = false;

	if (it->rec.kind != PF_KIND_STATUS && it->rec.kind != PF_KIND_LOG)
		return NULL;
	if ((err = pf_known_token(&given, g->db, &it->rec)) != NULL)
		return err;
	it->foreign = !given;
	return NULL;
}

void
blob_row(struct item *it)
{
	struct pf_buf *b = &it->row;

	pf_jw_open(b, NULL, '{');
	pf_jw_str(b, "rid", it->rid);
	pf_jw_str(b, "sha256", it->rec.sha256);
	pf_jw_int(b, "size", it->rec.len);
	pf_jw_int(b, "filed", pf_wall_ms());
	pf_jw_close(b, '}');
}

/*
 * What was told at no time was found by the time it is filed; numbers without
 * a seq as well are the newest so far.  (A crash tells one, if the last of
 * all.)
 */
static void
make_times(struct pf_buf *b, const struct pf_rec *r)
{
	int64_t now = pf_wall_ms();
	bool told = r->time != 0 || r->kind == PF_KIND_CRASH;

	pf_jw_int(b, "seq", told || r->seq != 0 ? r->seq : now);
	pf_jw_int(b, "time", told ? r->time : now);
	pf_jw_int(b, "filed", now);
}

/* Of the report of a check: what it says is read here, not by the bot.  That
 * of the crash was cut: of many leaks the one that counts may have come later,
 * so only as much of this one is compared with it. */
static void
add_report(struct pf_buf *b, const struct pf_rec *r)
{
	struct pf_trace t, sent;
	char major[PF_TRACE_MAJOR];
	size_t n = (size_t)r->len;

	if (r->len == 0)
		return;
	pf_trace_parse(&t, r->body, n);
	pf_trace_parse(&sent, r->body, pf_rec_cut(r->body, n,
	    PF_TRACE_SENT));
	pf_jw_str(b, "report", r->sha256);
	pf_jw_int(b, "size", r->len);
	pf_jw_str(b, "type", t.type);
	pf_jw_str(b, "tool", t.tool);
	pf_jw_str(b, "stack", t.stack);
	pf_jw_str(b, "major", pf_trace_major(major, &sent));
}

/* Enough of a crash to place it, should nothing else be known. */
static const struct pf_err *
brief_fields(struct pf_buf *b, const struct pf_json *j, size_t output)
{
	static const char *const names[] = { "type", "signal", "tool" };
	const struct pf_err *err = NULL;
	const char *stack = "", *said = "";
	size_t i;

	for (i = 0; err == NULL && i < sizeof(names) / sizeof(*names); i++)
		err = pf_rec_field(b, PF_KIND_CRASH, names[i], j, names[i]);
	if (err == NULL && (err = pf_json_str(&stack, j, "stack")) == NULL &&
	    *stack != '\0')
		pf_jw_strn(b, "stack", stack, pf_rec_cut(stack, strlen(stack),
		    SHORT_STACK));
	if (err == NULL && output > 0 &&
	    (err = pf_json_str(&said, j, "output")) == NULL)
		pf_jw_strn(b, "output", said, pf_rec_cut(said, strlen(said),
		    output));
	return err;
}

static const struct pf_err *
make_row(struct item *it)
{
	const struct pf_rec *r = &it->rec;
	const struct pf_err *err;
	struct pf_buf *b = &it->row;

	pf_jw_open(b, NULL, '{');
	pf_jw_str(b, "rid", r->rid);
	pf_jw_str(b, "job", r->job);
	pf_jw_str(b, "bot", r->bot);
	pf_jw_str(b, "inc", r->inc);
	pf_jw_int(b, "epoch", r->epoch);
	pf_jw_int(b, "attempt", r->attempt);
	make_times(b, r);
	if ((r->kind == PF_KIND_STATUS || r->kind == PF_KIND_LOG) &&
	    !it->foreign)
		pf_jw_bool(b, "given", true);
	if (r->kind == PF_KIND_CRASH || r->kind == PF_KIND_CORPUS) {
		pf_jw_str(b, "hash", r->sha256);
		pf_jw_int(b, "size", it->absent ? it->absent_size : r->len);
	}
	if (r->kind == PF_KIND_LOG)
		pf_jw_int(b, "size", r->len);
	if (r->kind == PF_KIND_CRASH)
		pf_jw_int(b, "v", 2);	/* named after its input */
	if (r->kind == PF_KIND_CRASH && !it->brief) {
		pf_buf_addf(b, ",\"file_path\":\"crashes/%s/%s\"", r->job,
		    r->sha256);
	}
	if (r->kind == PF_KIND_CHECK)
		add_report(b, r);
	if (r->kind == PF_KIND_SMALL) {
		pf_jw_str(b, "hash", r->sha256);
		pf_jw_int(b, "size", r->len);
	}
	err = it->brief ? brief_fields(b, r->fields, it->output) :
	    pf_rec_fields(b, r->kind, r->fields);
	pf_jw_close(b, '}');
	return err;
}

const struct pf_err *
brief_item(struct item *it, const char *drop, size_t output)
{
	const struct pf_err *err;
	struct pf_buf *b = &it->row;

	it->brief = true;
	it->output = output;
	pf_buf_reset(b);
	if ((err = make_row(it)) != NULL)
		return err;
	b->len--;		/* its bracket */
	pf_jw_bool(b, "brief", true);
	if (drop != NULL)
		pf_jw_str(b, "drop", drop);
	if (it->dropped)
		pf_jw_bool(b, "stored", false);
	pf_jw_close(b, '}');
	return NULL;
}

const struct pf_err *
check_size(const struct pf_rec *r, const struct pf_conf *c)
{
	int64_t max = 0;

	if (r->kind == PF_KIND_BLOB && r->len == 0)
		return pf_err(PF_DATA, "the blob is empty");
	if (r->kind == PF_KIND_BLOB && r->len > c->target_size)
		return pf_err(PF_DATA, "%lld bytes are over target_size = "
		    "%lld in [limits]", (long long)r->len,
		    (long long)c->target_size);
	if (r->kind == PF_KIND_BLOB)
		return NULL;

	if (r->kind == PF_KIND_CRASH)
		max = c->crash_size;
	if (r->kind == PF_KIND_CORPUS)
		max = c->corpus_size;
	if (r->kind == PF_KIND_LOG)
		max = PF_LOG_CHUNK;
	if (r->kind == PF_KIND_CHECK)
		max = PF_CHECK_BODY;
	if (r->kind == PF_KIND_SMALL)
		max = c->crash_size;
	if (r->kind == PF_KIND_SMALL && r->len == 0)
		return pf_err(PF_DATA, "the smaller input is empty");
	if (r->len <= max)
		return NULL;
	if (max == 0)
		return pf_err(PF_DATA, "a %s record has no body, this one "
		    "has %lld bytes", pf_kind_name(r->kind),
		    (long long)r->len);
	if (r->kind == PF_KIND_LOG || r->kind == PF_KIND_CHECK)
		return pf_err(PF_DATA, "%lld bytes are over the %lld that a "
		    "%s record may have", (long long)r->len,
		    (long long)max, pf_kind_name(r->kind));
	return pf_err(PF_DATA, "%lld bytes are over %s_size = %lld in "
	    "[limits]", (long long)r->len, r->kind == PF_KIND_CORPUS ?
	    "corpus" : "crash", (long long)max);
}

/* Records come in runs of one job: the last one is remembered. */
static const struct pf_err *
check_job(struct ingest *g, const char *job)
{
	const struct pf_err *err;
	bool known = false;

	if (strcmp(g->known_job, job) == 0)
		return NULL;
	g->known_job[0] = '\0';
	if ((err = pf_known_job(&known, g->campaign, g->db, job)) != NULL)
		return err;
	if (!known)
		return pf_err_field(PF_NOTFOUND, "job", "there is no job %s",
		    job);
	snprintf(g->known_job, sizeof(g->known_job), "%s", job);
	return NULL;
}

/*
 * A crash whose sender has not sent the input, only what it is called: it is
 * counted, as one whose bytes were given up.
 */
static const struct pf_err *
check_absent(struct item *it)
{
	const struct pf_err *err;
	const char *hash = NULL;

	if (it->rec.kind != PF_KIND_CRASH || it->rec.len != 0)
		return NULL;
	if ((err = pf_json_str(&hash, it->rec.fields, "input_hash")) != NULL ||
	    hash == NULL)
		return err;
	if (!pf_sha_ok(hash))
		return pf_err_field(PF_DATA, "input_hash",
		    "input_hash is not a SHA-256");
	memcpy(it->rec.sha256, hash, PF_SHA_TEXT);
	it->absent = true;
	return pf_json_int(&it->absent_size, it->rec.fields, "input_size", 0,
	    INT64_C(1) << 53);
}

/* What the writer would refuse is to leave no file. */
static const struct pf_err *
check_own(const struct pf_rec *r)
{
	struct pf_check c;
	struct pf_small s;

	if (r->kind == PF_KIND_CHECK)
		return pf_check_read(&c, r->fields);
	if (r->kind == PF_KIND_SMALL)
		return pf_small_read(&s, r->fields);
	return NULL;
}

const struct pf_err *
check_item(struct ingest *g, struct item *it)
{
	const struct pf_err *err = NULL;

	if (!it->parsed)
		err = pf_rec_parse(&it->rec, it->raw, it->rawlen, it->rid);
	else if (it->fault != NULL)
		err = pf_err_field(it->fault->class, it->fault->field, "%s",
		    it->fault->msg);
	if (err != NULL)
		return err;
	if ((err = check_size(&it->rec, g->conf)) != NULL)
		return err;
	/* A file belongs to whoever names its hash. */
	if (it->rec.kind == PF_KIND_BLOB) {
		blob_row(it);
		return NULL;
	}
	if ((err = check_job(g, it->rec.job)) != NULL)
		return err;
	snprintf(it->campaign, sizeof(it->campaign), "%s", g->campaign);
	if ((err = check_absent(it)) != NULL ||
	    (err = check_own(&it->rec)) != NULL ||
	    (err = check_token(g, it)) != NULL || (err = make_row(it)) != NULL)
		return err;
	if (it->absent || (it->foreign && it->rec.kind == PF_KIND_LOG))
		drop_item(it);
	return NULL;
}
