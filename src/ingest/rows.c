/*
 * Rows to pf-sched, the kinds one after the other, and its verdicts back.
 */
#include <stdio.h>
#include <string.h>

#include "codec/json.h"
#include "ingest/ingest.h"

#define LINE_MAX_ROWS	(PF_OP_MAX - 64)	/* room for the op around */

void
writer_close(struct ingest *g)
{
	pf_writer_close(g->writer);
	g->writer = NULL;
}

/* No way to the writer is never the fault of a record. */
static const struct pf_err *
reach(struct ingest *g)
{
	const struct pf_err *err = NULL;

	if (g->writer == NULL)
		err = pf_writer_open(&g->writer, g->conf->sched_socket, true,
		    g->conf_path);
	return err != NULL && refuses(err) ? pf_err(PF_BUSY, "%s", err->msg) :
	    err;
}

const struct pf_err *
ask(struct ingest *g, struct pf_json **reply, const char *line)
{
	const struct pf_err *err;

	*reply = NULL;
	if ((err = reach(g)) == NULL)
		err = pf_writer_op(g->writer, reply, line, g->conf->request);
	return err;
}

/* The reply row of one item. */
static const struct pf_err *
verdict(struct ingest *g, struct item *it, const struct pf_json *row)
{
	const struct pf_err *err;
	const char *rid = "", *text = NULL, *class = "data", *id = "-";
	bool fresh = false, unique = true, dropped = false, foreign = false;

	if ((err = pf_json_str(&rid, row, "rid")) != NULL ||
	    (err = pf_json_str(&text, row, "error")) != NULL ||
	    (err = pf_json_str(&class, row, "class")) != NULL ||
	    (err = pf_json_str(&id, row, "id")) != NULL ||
	    (err = pf_json_bool(&fresh, row, "new")) != NULL ||
	    (err = pf_json_bool(&unique, row, "unique")) != NULL ||
	    (err = pf_json_bool(&dropped, row, "dropped")) != NULL ||
	    (err = pf_json_bool(&foreign, row, "foreign")) != NULL ||
	    (err = pf_json_bool(&it->chosen, row, "chosen")) != NULL)
		return pf_err(PF_BUG, "reply of the writer: %s", err->msg);
	if (strcmp(rid, it->rid) != 0)
		return pf_err(PF_BUG, "reply of the writer: row of %.16s "
		    "where %.16s was sent", rid, it->rid);
	if (text != NULL) {
		err = pf_err(pf_class_find(class), "%s", text);
		return refuses(err) ? refuse_item(g, it, text) : err;
	}
	it->what = !fresh ? "again" : foreign ? "foreign" : dropped ?
	    "dropped" : unique ? "new" : "duplicate";
	snprintf(it->id, sizeof(it->id), "%s",
	    it->rec.kind == PF_KIND_CRASH ? id : "-");
	it->state = ITEM_FILED;
	g->filed++;
	return NULL;
}

/* Takes what is next of a kind, as many as fit into a line. */
static size_t
next_line(struct item **line, struct item *it, size_t n, int kind, size_t *at)
{
	size_t k = 0, len = 0;

	for (; *at < n; ++*at) {
		if (it[*at].state != ITEM_TODO ||
		    (int)it[*at].rec.kind != kind)
			continue;
		if (k > 0 && len + it[*at].row.len > LINE_MAX_ROWS)
			break;
		line[k++] = &it[*at];
		len += it[*at].row.len + 1;
	}
	return k;
}

static void
make_line(struct pf_buf *b, struct item **it, size_t n)
{
	size_t i;

	pf_buf_reset(b);
	pf_buf_addf(b, "{\"v\":1,\"op\":\"%s\",\"rows\":[",
	    pf_kind_name(it[0]->rec.kind));
	for (i = 0; i < n; i++) {
		pf_buf_adds(b, i > 0 ? "," : "");
		pf_buf_add(b, it[i]->row.data, it[i]->row.len);
	}
	pf_buf_adds(b, "]}");
}

/* What is too long for a line stays without one, and is sent alone. */
static const struct pf_err *
make_lines(struct pf_buf *lines, struct item *it, size_t n)
{
	const struct pf_err *err = NULL;
	struct pf_buf one = PF_BUF_INIT;
	struct item *line[SLICE];
	size_t at, i, k;
	int kind, number = 0;

	for (i = 0; i < n; i++)
		it[i].line = 0;
	for (kind = 0; err == NULL && kind < PF_KIND_MAX; kind++) {
		at = 0;
		while (err == NULL && (k = next_line(line, it, n, kind,
		    &at)) > 0) {
			make_line(&one, line, k);
			err = pf_writer_line(lines, one.data);
			if (err != NULL && refuses(err)) {
				err = NULL;
				continue;
			}
			number++;
			for (i = 0; i < k; i++)
				line[i]->line = number;
		}
	}
	pf_buf_free(&one);
	return err;
}

const struct pf_err *
send_rows(struct ingest *g, struct item *it, size_t n)
{
	const struct pf_err *err;
	struct pf_buf lines = PF_BUF_INIT;

	if ((err = make_lines(&lines, it, n)) == NULL && lines.len > 0 &&
	    (err = reach(g)) == NULL)
		err = pf_writer_send(g->writer, &lines, g->conf->request);
	pf_buf_free(&lines);
	return err;
}

/* The verdicts on the items of a line. */
static const struct pf_err *
verdicts(struct ingest *g, struct item **it, size_t n,
    const struct pf_json *reply)
{
	const struct pf_err *err = NULL;
	const struct pf_json *rows = pf_json_get(reply, "rows"), *row;
	size_t i;

	if (rows == NULL || pf_json_count(rows) != n)
		return pf_err(PF_BUG, "reply of the writer: not %zu rows", n);
	row = pf_json_first(rows);
	for (i = 0; err == NULL && i < n; i++, row = pf_json_next(row))
		if ((err = verdict(g, it[i], row)) == NULL && it[i]->chosen)
			err = it[i]->rec.kind == PF_KIND_SMALL ?
			    settle_small(g, it[i]) : settle_report(g, it[i]);
	return err;
}

static const struct pf_err *
take_line(struct ingest *g, struct item **it, size_t n)
{
	const struct pf_err *err;
	struct pf_json *reply;

	err = pf_writer_reply(g->writer, &reply, g->conf->request);
	if (err == NULL)
		err = verdicts(g, it, n, reply);
	else if (refuses(err))
		err = NULL;	/* which of its rows is it? */
	pf_json_free(reply);
	return err;
}

/* It went in no line, or its line was refused as a whole. */
static const struct pf_err *
send_alone(struct ingest *g, struct item *it)
{
	const struct pf_err *err;
	struct pf_buf line = PF_BUF_INIT;
	struct pf_json *reply;

	make_line(&line, &it, 1);
	if ((err = ask(g, &reply, line.data)) == NULL)
		err = verdicts(g, &it, 1, reply);
	else if (refuses(err))
		err = refuse_item(g, it, err->msg);
	pf_json_free(reply);
	pf_buf_free(&line);
	return err;
}

const struct pf_err *
take_rows(struct ingest *g, struct item *it, size_t n)
{
	const struct pf_err *err = NULL;
	struct item *line[SLICE];
	size_t i, k = 1;
	int number;

	for (number = 1; err == NULL && k > 0; number++) {
		for (i = k = 0; i < n; i++)
			if (it[i].line == number)
				line[k++] = &it[i];
		if (k > 0)
			err = take_line(g, line, k);
	}
	/* What is still on its way would be taken for other replies. */
	if (err != NULL)
		writer_close(g);
	for (i = 0; err == NULL && i < n; i++)
		if (it[i].state == ITEM_TODO)
			err = send_alone(g, &it[i]);
	return err;
}

void
count_refusal(struct ingest *g, int kind, const char *job)
{
	struct refusals *r = g->refusals;
	const size_t last = sizeof(g->refusals) / sizeof(*r) - 1;
	size_t i;

	for (i = 0; i < last && r[i].n > 0; i++)
		if (r[i].kind == kind && strcmp(r[i].job, job) == 0)
			break;
	/* What is one too many is counted without its kind and job. */
	if (r[i].n == 0) {
		r[i].kind = i == last ? PF_KIND_MAX : kind;
		snprintf(r[i].job, sizeof(r[i].job), "%s", i == last ? "" :
		    job);
	}
	r[i].n++;
}

static const struct pf_err *
tell(struct ingest *g, const struct refusals *r)
{
	const struct pf_err *err;
	struct pf_buf line = PF_BUF_INIT;
	struct pf_json *reply;

	pf_jw_open(&line, NULL, '{');
	pf_jw_str(&line, "op", "refused");
	pf_jw_str(&line, "kind", r->kind == PF_KIND_MAX ? "other" :
	    pf_kind_name((enum pf_kind)r->kind));
	pf_jw_str(&line, "job", r->job);
	pf_jw_int(&line, "n", r->n);
	pf_jw_close(&line, '}');
	err = ask(g, &reply, line.data);
	pf_json_free(reply);
	pf_buf_free(&line);
	return err;
}

const struct pf_err *
tell_refusals(struct ingest *g)
{
	const struct pf_err *err;
	size_t i = sizeof(g->refusals) / sizeof(g->refusals[0]);

	/* From the end, so that those left stand together. */
	while (i-- > 0) {
		if (g->refusals[i].n == 0)
			continue;
		if ((err = tell(g, &g->refusals[i])) != NULL)
			return err;
		g->refusals[i].n = 0;
	}
	return NULL;
}
