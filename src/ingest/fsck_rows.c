/*
 * fsck: the rows of results against the ledger, both ways, and what is
 * counted of them.
 *
 * A page of rows at a time: the state of the database is taken first, then
 * the ledger read on, so that each row has its line there; then they are
 * compared.  A line younger than ten minutes may still wait for its row.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ingest/fsck.h"
#include "os/fs.h"
#include "os/clock.h"

/* The rows of a page that are wrong, and where the next one begins. */
struct page {
	struct bad_row	*bad;
	size_t		 n, seen;
	char		 k1[sizeof(((struct bad_row *)NULL)->k1)];
	char		 k2[PF_SHA_TEXT];
	bool		 disorder;
};

static void
note(struct page *p, enum pf_audit a, const struct pf_q *q)
{
	const char *verdict = pf_q_text(q, 3);
	size_t n = strcspn(verdict, "\t");
	struct bad_row *b;

	p->bad = pf_reallocarray(p->bad, p->n + 1, sizeof(*p->bad));
	b = &p->bad[p->n++];
	*b = (struct bad_row){ .audit = a,
	    .why = pf_strdup(verdict + n + (verdict[n] == '\t' ? 1 : 0)) };
	snprintf(b->what, sizeof(b->what), "%.*s", (int)n, verdict);
	b->place = pf_strdup(pf_q_text(q, 2));
	pf_q_copy(q, 0, b->k1, sizeof(b->k1));
	pf_q_copy(q, 1, b->k2, sizeof(b->k2));
	pf_q_copy(q, 4, b->rid, sizeof(b->rid));
	pf_q_copy(q, 5, b->job, sizeof(b->job));
	pf_q_copy(q, 6, b->hash, sizeof(b->hash));
}

/* Keys only grow, or a page would come again and again. */
static void
step(struct page *p, enum pf_audit a, const struct pf_q *q)
{
	char k1[sizeof(p->k1)], k2[sizeof(p->k2)];
	int order;

	pf_q_copy(q, 0, k1, sizeof(k1));
	pf_q_copy(q, 1, k2, sizeof(k2));
	if (a != PF_AUDIT_LOST) {
		order = strcmp(k1, p->k1);
		if (order < 0 || (order == 0 && strcmp(k2, p->k2) < 0))
			p->disorder = true;
	}
	memcpy(p->k1, k1, sizeof(k1));
	memcpy(p->k2, k2, sizeof(k2));
	p->seen++;
}

static const struct pf_err *
read_page(struct fsck *f, enum pf_audit a, struct page *p)
{
	const struct pf_err *err;
	const int64_t now = pf_wall_ms(), keep = f->g->conf->keep_numbers;
	struct pf_audit_from from = { .young = now - FSCK_YOUNG_S * 1000,
	    .kept = keep > 0 ? now - keep : 0 };
	char k1[sizeof(p->k1)], k2[sizeof(p->k2)];
	struct pf_q q = PF_Q_INIT;
	bool more = true;

	memcpy(k1, p->k1, sizeof(k1));
	memcpy(k2, p->k2, sizeof(k2));
	from.k1 = k1;
	from.k2 = k2;
	p->seen = 0;
	if ((err = pf_audit_begin(f->scratch)) != NULL)
		return err;
	if ((err = ledger_load(f)) == NULL &&
	    (err = pf_audit_page(&q, f->scratch, a, &from)) == NULL)
		while ((err = pf_q_row(&q, &more)) == NULL && more) {
			step(p, a, &q);
			if (!pf_q_null(&q, 3))
				note(p, a, &q);
		}
	pf_q_done(&q);
	return err != NULL ? err : pf_audit_end(f->scratch);
}

/* What was refused has a line, but never a row. */
static bool
was_refused(const struct fsck *f, const struct bad_row *b)
{
	char *path;
	bool there;

	if (b->audit != PF_AUDIT_LOST)
		return false;
	path = pf_asprintf("%s/bad/%s.rec", f->g->conf->spool_path, b->rid);
	there = pf_exists(path);
	free(path);
	return there;
}

static const struct pf_err *
tell(struct fsck *f, struct page *p)
{
	const struct pf_err *err = NULL;
	struct bad_row *b;
	size_t i, n = 0;

	for (i = 0; i < p->n; i++) {
		b = &p->bad[i];
		if (was_refused(f, b)) {
			free(b->place);
			free(b->why);
			continue;
		}
		finding(f, b->what, b->place, b->why);
		p->bad[n++] = *b;
	}
	if (f->mend)
		err = mend_rows(f, p->bad, n);
	for (i = 0; i < n; i++) {
		free(p->bad[i].place);
		free(p->bad[i].why);
	}
	p->n = 0;
	return err;
}

static const struct pf_err *
check_all(struct fsck *f, enum pf_audit a)
{
	const struct pf_err *err;
	struct page p = { .seen = 0 };

	do {
		if ((err = read_page(f, a, &p)) == NULL)
			err = tell(f, &p);
	} while (err == NULL && p.seen == PF_AUDIT_PAGE && !p.disorder &&
	    !stopping());
	if (err == NULL && p.disorder)
		finding(f, "database", "data/pandafuzz.db", "rows are not in "
		    "the order of their keys");
	free(p.bad);
	return err;
}

/* Whether its first crash, by its report, is what the bucket says. */
static const char *
misnamed(struct fsck *f, const struct pf_q *q)
{
	const struct pf_given t = { .type = pf_q_text(q, 4),
	    .tool = pf_q_text(q, 5), .stack = pf_q_text(q, 6),
	    .output = pf_q_text(q, 7), .signal = pf_q_int(q, 8) };
	struct pf_live *l = &f->g->live;
	struct pf_bucket b;
	struct pf_sign s;

	if (!pf_live_sound(l))
		return NULL;
	pf_rules_sign(&s, l->gen[0].rules, &t);
	pf_bucket_of(&b, pf_q_text(q, 2), s.key);
	if (strcmp(b.id, pf_q_text(q, 3)) != 0)
		return "its id is not that of its first crash";
	return strcmp(s.type, pf_q_text(q, 9)) != 0 ||
	    strcmp(s.tool, pf_q_text(q, 10)) != 0 ||
	    strcmp(s.frames, pf_q_text(q, 11)) != 0 ?
	    "it is not as its first crash" : NULL;
}

static const struct pf_err *
check_buckets(struct fsck *f)
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;
	bool more = true;
	const char *why;

	if ((err = pf_audit_drops(f->scratch)) == NULL)
		err = pf_audit_buckets(&q, f->scratch);
	while (err == NULL && (err = pf_q_row(&q, &more)) == NULL && more) {
		why = pf_q_null(&q, 1) ? NULL : pf_q_text(&q, 1);
		if (why == NULL && !pf_q_null(&q, 4) && f->g->live.n > 0)
			why = misnamed(f, &q);
		if (why == NULL)
			continue;
		finding(f, "bucket", pf_q_text(&q, 0), why);
		f->recount = true;
	}
	pf_q_done(&q);
	return err;
}

static const struct pf_err *
check_counters(struct fsck *f, const struct pf_err *(*ask_for)(struct pf_q *,
    struct pf_db *))
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;
	bool more = true;

	err = ask_for(&q, f->scratch);
	while (err == NULL && (err = pf_q_row(&q, &more)) == NULL && more) {
		finding(f, "counter", pf_q_text(&q, 0), pf_q_text(&q, 1));
		f->recount = true;
		/* What was answered of its samples is of the job's rows. */
		if (strncmp(pf_q_text(&q, 0), "coverage/", 9) == 0)
			mend_later(f, pf_q_text(&q, 2));
	}
	pf_q_done(&q);
	return err;
}

static const struct pf_err *
check_corpora(struct fsck *f)
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;
	char why[200], *path;
	bool more = true;

	err = pf_audit_corpora(&q, f->scratch);
	while (err == NULL && (err = pf_q_row(&q, &more)) == NULL && more) {
		snprintf(why, sizeof(why), "corpus_meta has %lld files, %lld "
		    "bytes%s; the rows have %lld, %lld",
		    (long long)pf_q_int(&q, 1), (long long)pf_q_int(&q, 2),
		    pf_q_int(&q, 5) != 0 ? " and another time" : "",
		    (long long)pf_q_int(&q, 3), (long long)pf_q_int(&q, 4));
		path = pf_asprintf("%s/corpus/%s", f->g->conf->storage_path,
		    pf_q_text(&q, 0));
		finding(f, "sums", path, why);
		mend_later(f, pf_q_text(&q, 0));
		free(path);
	}
	pf_q_done(&q);
	return err;
}

/*
 * Before rows are mended: one made anew is shared once more, and the count
 * that follows takes the older number away.
 */
static const struct pf_err *
check_shared(struct fsck *f)
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;
	char why[120], *path;
	bool more = true;

	err = pf_audit_shared(&q, f->scratch);
	while (err == NULL && (err = pf_q_row(&q, &more)) == NULL && more) {
		snprintf(why, sizeof(why), "%lld of its inputs are not shared,"
		    " %lld more than once", (long long)pf_q_int(&q, 1),
		    (long long)pf_q_int(&q, 2));
		path = pf_asprintf("shared/%s", pf_q_text(&q, 0));
		finding(f, "shared", path, why);
		f->recount = true;
		free(path);
	}
	pf_q_done(&q);
	return err;
}

/* Of one state, for the counters are kept with what they count. */
static const struct pf_err *
check_sums(struct fsck *f)
{
	const struct pf_err *err;

	if ((err = pf_audit_begin(f->scratch)) != NULL ||
	    (err = ledger_load(f)) != NULL ||
	    (err = check_corpora(f)) != NULL ||
	    (!f->blind && (err = check_buckets(f)) != NULL) ||
	    (!f->blind && (err = check_counters(f, pf_audit_counters)) !=
	    NULL) || (err = check_counters(f, pf_audit_given)) != NULL)
		return err;
	return pf_audit_end(f->scratch);
}

const struct pf_err *
fsck_rows(struct fsck *f)
{
	const struct pf_err *err;
	int a;

	err = check_shared(f);
	if (f->blind)
		pf_warn("the ledger cannot be read as a whole: rows are not "
		    "compared with it, nor buckets and counters counted anew");
	for (a = 0; err == NULL && a < PF_AUDIT_MAX && !stopping(); a++)
		if (!f->blind || a == PF_AUDIT_LOST)
			err = check_all(f, (enum pf_audit)a);
	if (err == NULL && !stopping())
		err = check_sums(f);
	return err;
}
