/*
 * Listeners to events; see live.h.
 *
 * Events are read a page at a time from where a listener is.  All that are at
 * the same place share the page, and who keeps up is at the same place as all
 * others.  What is read becomes text once; a listener who takes it slowly
 * stays behind, and gets pages of his own when there is room.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "httpd/live/live.h"
#include "view/known.h"
#include "view/view.h"

#define ROWS	256

/* Columns of the view */
enum { ID = 0, KIND = 2, SUBJECT = 3, WHO = 6, JOB = 8 };

struct row {
	int64_t	 id;
	size_t	 at, len;		/* of its text */
	char	 kind[16];
	char	 subject[PF_ID_MAX + 1], who[PF_ID_MAX + 1];
	char	 job[PF_ID_MAX + 1];
};

struct page {
	int64_t		 after;		/* what it begins behind */
	size_t		 n;
	struct row	 rows[ROWS];
	struct pf_buf	 text;
};

void
events_done(struct look *k)
{
	if (k->page != NULL)
		pf_buf_free(&k->page->text);
	free(k->page);
	k->page = NULL;
}

/* Numbers alone, as an event has in lists, are of any database. */
bool
events_begin(struct listener *l, const char *id)
{
	size_t n = strspn(id, "0123456789abcdef");

	if (id[n] == '.') {
		if (n != PF_KNOWN_TAG)
			return false;
		memcpy(l->tag, id, PF_KNOWN_TAG);
		id += n + 1;
	}
	return pf_num(&l->after, id, 0, INT64_MAX);
}

/* Something was committed: what is the last event now? */
void
events_look(struct look *k)
{
	int64_t newest = 0;

	if (k->page == NULL) {
		k->page = pf_calloc(1, sizeof(*k->page));
		k->page->text = (struct pf_buf)PF_BUF_INIT;
	}
	k->page->after = -1;
	if (pf_db_int(k->db, &newest, NULL, "SELECT coalesce(max(id), 0) "
	    "FROM events", "") == NULL &&
	    pf_known_database(k->tag, k->db) == NULL)
		k->newest = newest;
	else
		k->broken = true;
}

static void
put_row(struct page *p, const struct pf_q *q, const char *tag)
{
	struct row *r = &p->rows[p->n++];
	struct pf_buf json = PF_BUF_INIT;

	r->id = pf_q_int(q, ID);
	snprintf(r->kind, sizeof(r->kind), "%s", pf_q_text(q, KIND));
	snprintf(r->subject, sizeof(r->subject), "%s", pf_q_text(q, SUBJECT));
	snprintf(r->who, sizeof(r->who), "%s", pf_q_text(q, WHO));
	snprintf(r->job, sizeof(r->job), "%s", pf_q_null(q, JOB) ? "" :
	    pf_q_text(q, JOB));
	r->at = p->text.len;
	pf_view_json(&json, &pf_view_events, q);
	pf_buf_addf(&p->text, "id: %s.%lld\nevent: %s\ndata: ", tag,
	    (long long)r->id, r->kind);
	pf_buf_add(&p->text, json.data, json.len);
	pf_buf_adds(&p->text, "\n\n");
	r->len = p->text.len - r->at;
	pf_buf_free(&json);
}

static const struct pf_err *
read_page(struct look *k, int64_t after)
{
	const struct pf_err *err;
	struct page *p = k->page;
	struct pf_q q = PF_Q_INIT;
	bool more = false;
	char key[24];

	p->after = -1;
	p->n = 0;
	pf_buf_reset(&p->text);
	snprintf(key, sizeof(key), "%lld", (long long)after);
	if ((err = pf_view_open(&q, k->db, &pf_view_events, key, ROWS)) ==
	    NULL)
		while ((err = pf_q_row(&q, &more)) == NULL && more &&
		    p->n < ROWS)
			put_row(p, &q, k->tag);
	pf_q_done(&q);
	if (err == NULL)
		p->after = after;
	else
		k->broken = true;
	return err;
}

static bool
wants(const struct listener *l, const struct row *r)
{
	return (l->job[0] == '\0' || strcmp(l->job, r->job) == 0) &&
	    (l->type[0] == '\0' || strcmp(l->type, r->kind) == 0) &&
	    (l->bot[0] == '\0' || strcmp(l->bot, r->subject) == 0 ||
	    strcmp(l->bot, r->who) == 0);
}

/* As much of the page as there is room for. */
static void
offer(struct listener *l, const struct page *p, size_t room)
{
	struct pf_buf b = PF_BUF_INIT;
	size_t i;

	for (i = 0; i < p->n && b.len < room; i++) {
		if (wants(l, &p->rows[i]))
			pf_buf_add(&b, p->text.data + p->rows[i].at,
			    p->rows[i].len);
		l->after = p->rows[i].id;
	}
	live_put(l, &b);
	pf_buf_free(&b);
}

/* Where he begins, or begins anew with another database. */
static void
begin(struct look *k, struct listener *l)
{
	struct pf_buf b = PF_BUF_INIT;

	if (l->after == -1) {
		l->after = k->newest;
		pf_buf_addf(&b, "id: %s.%lld\n\n", k->tag,
		    (long long)l->after);
	} else {
		l->after = 0;
		pf_buf_addf(&b, "id: %s.0\nevent: reset\ndata: {}\n\n",
		    k->tag);
	}
	live_put(l, &b);
	pf_buf_free(&b);
}

void
events_serve(struct look *k, struct listener *l)
{
	size_t room;

	if (k->db == NULL || k->newest < 0)
		return;
	if (l->after == -1 || l->after > k->newest ||
	    (l->life != 0 && l->life != k->life) ||
	    (l->tag[0] != '\0' && strcmp(l->tag, k->tag) != 0))
		begin(k, l);
	l->life = k->life;
	memcpy(l->tag, k->tag, sizeof(l->tag));
	if (l->after == k->newest || (room = live_room(l, k)) == 0)
		return;
	if (k->page->after != l->after && read_page(k, l->after) != NULL)
		return;
	offer(l, k->page, room);
	/* None above it: the last ones are gone, as with another database. */
	if (k->page->n == 0)
		l->after = k->newest;
	if (l->after < k->newest)
		k->more = true;
}
