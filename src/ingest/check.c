/*
 * One record: is it whole, of a job we know, within the limits, of the right
 * types?  Then its row.  Must not write anything.
 */
#include <stdio.h>
#include <string.h>

#include "codec/json.h"
#include "ingest/ingest.h"
#include "os/clock.h"
#include "view/known.h"

#define BIG	INT64_C(9007199254740992)	/* 2^53 */

enum type { T_TEXT, T_INT, T_REAL };

/* The kinds' own fields; max is the longest text or the largest number. */
static const struct field {
	const char	*name;
	enum pf_kind	 kind;
	enum type	 type;
	int64_t		 min;
	int64_t		 max;
} fields[] = {
	{ "type", PF_KIND_CRASH, T_TEXT, 0, 128 },
	{ "signal", PF_KIND_CRASH, T_INT, 0, 128 },
	{ "exit_code", PF_KIND_CRASH, T_INT, -1, 65535 },
	{ "tool", PF_KIND_CRASH, T_TEXT, 0, 128 },
	{ "stack", PF_KIND_CRASH, T_TEXT, 0, 4096 },
	{ "output", PF_KIND_CRASH, T_TEXT, 0, 8192 },
	{ "command", PF_KIND_CRASH, T_TEXT, 0, 4096 },
	{ "engine", PF_KIND_CRASH, T_TEXT, 0, 64 },
	{ "target_hash", PF_KIND_CRASH, T_TEXT, 0, 64 },
	{ "run_seed", PF_KIND_CRASH, T_INT, 0, BIG },
	{ "name", PF_KIND_CORPUS, T_TEXT, 0, 512 },
	{ "engine", PF_KIND_CORPUS, T_TEXT, 0, 64 },
	{ "edges", PF_KIND_COVERAGE, T_INT, 0, BIG },
	{ "exec_count", PF_KIND_COVERAGE, T_INT, 0, BIG },
	{ "execs_per_sec", PF_KIND_COVERAGE, T_REAL, 0, 0 },
	{ "corpus_count", PF_KIND_COVERAGE, T_INT, 0, BIG },
	{ "crash_count", PF_KIND_COVERAGE, T_INT, 0, BIG },
	{ "executions", PF_KIND_STATUS, T_INT, 0, BIG },
	{ "execs_per_sec", PF_KIND_STATUS, T_REAL, 0, 0 },
	{ "edges", PF_KIND_STATUS, T_INT, 0, BIG },
	{ "total_edges", PF_KIND_STATUS, T_INT, 0, BIG },
	{ "corpus_count", PF_KIND_STATUS, T_INT, 0, BIG },
	{ "crash_count", PF_KIND_STATUS, T_INT, 0, BIG },
	{ "hang_count", PF_KIND_STATUS, T_INT, 0, BIG },
	{ "peak_rss_mb", PF_KIND_STATUS, T_INT, 0, BIG },
	{ "stability", PF_KIND_STATUS, T_REAL, 0, 0 },
	{ "state", PF_KIND_STATUS, T_TEXT, 0, 64 },
	{ "offset", PF_KIND_LOG, T_INT, 0, PF_LOG_MAX },
};

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

/* Adds a text, cut so that it takes at most max bytes when quoted. */
static void
add_cut(struct pf_buf *b, const char *key, const char *s, size_t max)
{
	struct pf_buf quoted = PF_BUF_INIT;
	size_t n = strlen(s);

	if (n > max)
		n = max;
	for (;;) {
		/* Not in the middle of a character. */
		while (n > 0 && ((unsigned char)s[n] & 0xc0) == 0x80)
			n--;
		pf_buf_reset(&quoted);
		pf_jw_strn(&quoted, NULL, s, n);
		if (quoted.len <= max + 2 || n == 0)
			break;
		n = n * max / quoted.len;
	}
	pf_jw_strn(b, key, s, n);
	pf_buf_free(&quoted);
}

static const struct pf_err *
add_field(struct pf_buf *b, const struct pf_json *j, const struct field *f)
{
	const struct pf_err *err = NULL;
	const char *s = NULL;
	double real = 0;
	int64_t num = 0;

	if (pf_json_get(j, f->name) == NULL)
		return NULL;
	switch (f->type) {
	case T_TEXT:
		if ((err = pf_json_str(&s, j, f->name)) == NULL)
			add_cut(b, f->name, s, (size_t)f->max);
		break;
	case T_INT:
		err = pf_json_int(&num, j, f->name, f->min, f->max);
		if (err == NULL)
			pf_jw_int(b, f->name, num);
		break;
	case T_REAL:
		if ((err = pf_json_real(&real, j, f->name)) == NULL)
			pf_jw_real(b, f->name, real);
		break;
	}
	return err;
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
	if ((err = pf_known_token(&given, &it->log_end, g->db, &it->rec)) !=
	    NULL)
		return err;
	it->foreign = !given;
	return NULL;
}

static const struct pf_err *
make_row(struct item *it)
{
	const struct pf_rec *r = &it->rec;
	const struct pf_err *err = NULL;
	struct pf_buf *b = &it->row;
	size_t i;

	pf_jw_open(b, NULL, '{');
	pf_jw_str(b, "rid", r->rid);
	pf_jw_str(b, "job", r->job);
	pf_jw_str(b, "bot", r->bot);
	pf_jw_str(b, "inc", r->inc);
	pf_jw_int(b, "seq", r->seq);
	pf_jw_int(b, "epoch", r->epoch);
	pf_jw_int(b, "attempt", r->attempt);
	pf_jw_int(b, "time", r->time);
	pf_jw_int(b, "filed", pf_wall_ms());
	if ((r->kind == PF_KIND_STATUS || r->kind == PF_KIND_LOG) &&
	    !it->foreign)
		pf_jw_bool(b, "given", true);
	if (r->kind == PF_KIND_CRASH || r->kind == PF_KIND_CORPUS) {
		pf_jw_str(b, "hash", r->sha256);
		pf_jw_int(b, "size", r->len);
	}
	if (r->kind == PF_KIND_LOG)
		pf_jw_int(b, "size", r->len);
	if (r->kind == PF_KIND_CRASH) {
		pf_jw_int(b, "v", 2);	/* named after its input */
		pf_buf_addf(b, ",\"file_path\":\"crashes/%s/%s\"", r->job,
		    r->sha256);
	}
	for (i = 0; err == NULL && i < sizeof(fields) / sizeof(*fields); i++)
		if (fields[i].kind == r->kind)
			err = add_field(b, r->fields, &fields[i]);
	pf_jw_close(b, '}');
	return err;
}

static const struct pf_err *
check_size(const struct pf_rec *r, const struct pf_conf *c)
{
	int64_t max = 0;

	if (r->kind == PF_KIND_CRASH)
		max = c->crash_size;
	if (r->kind == PF_KIND_CORPUS)
		max = c->corpus_size;
	if (r->kind == PF_KIND_LOG)
		max = PF_LOG_CHUNK;
	if (r->len <= max)
		return NULL;
	if (max == 0)
		return pf_err(PF_DATA, "a %s record has no body, this one "
		    "has %lld bytes", pf_kind_name(r->kind),
		    (long long)r->len);
	if (r->kind == PF_KIND_LOG)
		return pf_err(PF_DATA, "%lld bytes are over the %d that a "
		    "record of a log may have", (long long)r->len,
		    PF_LOG_CHUNK);
	return pf_err(PF_DATA, "%lld bytes are over %s_size = %lld in "
	    "[limits]", (long long)r->len, pf_kind_name(r->kind),
	    (long long)max);
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

const struct pf_err *
check_item(struct ingest *g, struct item *it)
{
	const struct pf_err *err;

	err = pf_rec_parse(&it->rec, it->raw, it->rawlen, it->rid);
	if (err != NULL)
		return err;
	if ((err = check_size(&it->rec, g->conf)) != NULL)
		return err;
	if ((err = check_job(g, it->rec.job)) != NULL)
		return err;
	snprintf(it->campaign, sizeof(it->campaign), "%s", g->campaign);
	if ((err = check_token(g, it)) != NULL || (err = make_row(it)) != NULL)
		return err;
	if (it->foreign && it->rec.kind == PF_KIND_LOG)
		drop_item(it);
	return NULL;
}
