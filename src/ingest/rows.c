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

const struct pf_err *
ask(struct ingest *g, struct pf_json **reply, const char *line)
{
	const struct pf_err *err = NULL;

	*reply = NULL;
	if (g->writer == NULL)
		err = pf_writer_open(&g->writer, g->conf->sched_socket, true,
		    g->conf_path);
	/* No way to the writer is never the fault of a record. */
	if (err != NULL && refuses(err))
		err = pf_err(PF_BUSY, "%s", err->msg);
	if (err == NULL)
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

/* Sends the items of a line and takes their verdicts. */
static const struct pf_err *
send_line(struct ingest *g, struct item **it, size_t n)
{
	const struct pf_err *err;
	struct pf_buf line = PF_BUF_INIT;
	const struct pf_json *rows, *row;
	struct pf_json *reply = NULL;
	size_t i;

	pf_buf_addf(&line, "{\"v\":1,\"op\":\"%s\",\"rows\":[",
	    pf_kind_name(it[0]->rec.kind));
	for (i = 0; i < n; i++) {
		pf_buf_adds(&line, i > 0 ? "," : "");
		pf_buf_add(&line, it[i]->row.data, it[i]->row.len);
	}
	pf_buf_adds(&line, "]}");
	if ((err = ask(g, &reply, line.data)) != NULL)
		goto done;
	rows = pf_json_get(reply, "rows");
	if (rows == NULL || pf_json_count(rows) != n) {
		err = pf_err(PF_BUG, "reply of the writer: not %zu rows", n);
		goto done;
	}
	row = pf_json_first(rows);
	for (i = 0; err == NULL && i < n; i++, row = pf_json_next(row))
		if ((err = verdict(g, it[i], row)) == NULL && it[i]->chosen)
			err = it[i]->rec.kind == PF_KIND_SMALL ?
			    settle_small(g, it[i]) : settle_report(g, it[i]);
done:
	pf_json_free(reply);
	pf_buf_free(&line);
	return err;
}

/* The line as a whole was refused: which of its rows is it? */
static const struct pf_err *
send_each(struct ingest *g, struct item **it, size_t n)
{
	const struct pf_err *err = NULL;
	size_t i;

	for (i = 0; err == NULL && i < n; i++) {
		err = send_line(g, &it[i], 1);
		if (err != NULL && refuses(err))
			err = refuse_item(g, it[i], err->msg);
	}
	return err;
}

static const struct pf_err *
send_some(struct ingest *g, struct item **it, size_t n)
{
	const struct pf_err *err;

	if (n == 0)
		return NULL;
	err = send_line(g, it, n);
	return err != NULL && refuses(err) ? send_each(g, it, n) : err;
}

const struct pf_err *
send_rows(struct ingest *g, struct item *it, size_t n)
{
	const struct pf_err *err = NULL;
	struct item *line[SLICE];
	size_t i, k, len;
	int kind;

	for (kind = 0; err == NULL && kind < PF_KIND_MAX; kind++) {
		k = len = 0;
		for (i = 0; err == NULL && i < n; i++) {
			if (it[i].state != ITEM_TODO ||
			    (int)it[i].rec.kind != kind)
				continue;
			if (k > 0 && len + it[i].row.len > LINE_MAX_ROWS) {
				err = send_some(g, line, k);
				k = len = 0;
			}
			line[k++] = &it[i];
			len += it[i].row.len + 1;
		}
		if (err == NULL)
			err = send_some(g, line, k);
	}
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
