/*
 * pf-report status, metrics and config: the master as a whole.
 */
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "os/fs.h"
#include "os/sock.h"
#include "report/report.h"
#include "store/conffile.h"
#include "store/spool.h"
#include "view/health.h"
#include "view/metrics.h"

/* Fields as they come, in either form. */
struct fields {
	struct pf_buf	 b;
	struct pf_table	 t;
	bool		 json;
};

static void
put_int(struct fields *f, const char *name, int64_t v)
{
	char text[32];

	if (f->json) {
		pf_jw_int(&f->b, name, v);
		return;
	}
	snprintf(text, sizeof(text), "%" PRId64, v);
	pf_table_text(&f->t, name);
	pf_table_text(&f->t, text);
}

static void
put_null(struct fields *f, const char *name)
{
	if (f->json) {
		pf_jw_null(&f->b, name);
		return;
	}
	pf_table_text(&f->t, name);
	pf_table_null(&f->t);
}

static void
put_bool(struct fields *f, const char *name, bool v)
{
	if (f->json) {
		pf_jw_bool(&f->b, name, v);
		return;
	}
	pf_table_text(&f->t, name);
	pf_table_text(&f->t, v ? "yes" : "no");
}

static const struct pf_err *
put_database(struct fields *f, struct pf_db *db)
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;
	bool more = false;

	if ((err = pf_view_open(&q, db, &pf_view_master, NULL, 1)) == NULL &&
	    (err = pf_q_row(&q, &more)) == NULL && more) {
		if (f->json)
			pf_view_members(&f->b, &pf_view_master, &q);
		else
			pf_view_record(&f->t, &pf_view_master, &q);
	}
	pf_q_done(&q);
	if (err != NULL || (err = pf_view_open(&q, db, &pf_view_counters,
	    NULL, PF_VIEW_ALL)) != NULL)
		return err;
	while ((err = pf_q_row(&q, &more)) == NULL && more)
		put_int(f, pf_q_text(&q, 0), pf_q_int(&q, 1));
	pf_q_done(&q);
	return err;
}

static const struct pf_err *
put_health(struct fields *f, struct pf_db *db)
{
	const struct pf_err *err;
	struct pf_health h;
	char name[64];
	enum pf_verdict i;

	if ((err = pf_health_count(&h, db)) != NULL)
		return err;
	put_int(f, "unwell_jobs", h.jobs);
	for (i = 0; i < PF_VERDICT_MAX; i++) {
		snprintf(name, sizeof(name), "unwell_%s", pf_verdict_name(i));
		put_int(f, name, h.n[i]);
	}
	return NULL;
}

static const struct pf_err *
put_spool(struct fields *f, const char *dir)
{
	const struct pf_err *err;
	int64_t packs = 0, bytes = 0, bad = 0;

	if ((err = pf_spool_depth(dir, &packs, &bytes, &bad)) != NULL) {
		put_null(f, "spool_packs");
		put_null(f, "spool_bytes");
		put_null(f, "spool_bad");
		return err;
	}
	put_int(f, "spool_packs", packs);
	put_int(f, "spool_bytes", bytes);
	put_int(f, "spool_bad", bad);
	return NULL;
}

static const struct pf_err *
put_disk(struct fields *f, const char *name, const char *path)
{
	const struct pf_err *err;
	int64_t bytes = 0, inodes = 0;

	if ((err = pf_disk_free(&bytes, &inodes, path)) != NULL)
		put_null(f, name);
	else
		put_int(f, name, bytes);
	return err;
}

static void
put_writer(struct fields *f, const char *socket)
{
	int fd = -1;

	put_bool(f, "writer", pf_sock_connect_unix(&fd, socket) == NULL);
	if (fd != -1)
		close(fd);
}

const struct pf_err *
report_status(struct report *r, const char *arg)
{
	const struct pf_err *err, *more;
	struct fields f = { .b = PF_BUF_INIT };

	(void)arg;
	f.json = r->show.format == PF_FORMAT_JSON;
	if (f.json)
		pf_jw_open(&f.b, NULL, '{');
	else
		pf_show_fields(&f.t, &f.b, &r->show);
	if ((err = put_database(&f, r->show.db)) == NULL)
		err = put_health(&f, r->show.db);
	if ((more = put_spool(&f, r->conf.spool_path)) != NULL && err == NULL)
		err = more;
	if ((more = put_disk(&f, "disk_free", r->conf.storage_path)) != NULL
	    && err == NULL)
		err = more;
	if ((more = put_disk(&f, "spool_disk_free", r->conf.spool_path)) !=
	    NULL && err == NULL)
		err = more;
	put_writer(&f, r->conf.sched_socket);
	if (f.json) {
		pf_jw_close(&f.b, '}');
		pf_buf_addc(&f.b, '\n');
	} else
		pf_table_end(&f.t);
	pf_show_flush(&r->show, &f.b);
	pf_buf_free(&f.b);
	return err;
}

const struct pf_err *
report_metrics(struct report *r, const char *arg)
{
	struct pf_buf b = PF_BUF_INIT;

	(void)arg;
	pf_metrics(&b, &r->conf);
	pf_show_flush(&r->show, &b);
	pf_buf_free(&b);
	return NULL;
}

const struct pf_err *
report_config(struct report *r, const char *arg)
{
	static const struct pf_column columns[] = {
		{ "section", PF_CELL_TEXT }, { "key", PF_CELL_TEXT },
		{ "value", PF_CELL_TEXT }, { "from", PF_CELL_TEXT } };
	const char *file = pf_conf_path(r->conf_path);
	struct pf_buf b = PF_BUF_INIT, text = PF_BUF_INIT;
	struct pf_table t;
	size_t i;

	(void)arg;
	pf_table_begin(&t, &b, r->show.format, columns, 4);
	if (r->show.header)
		pf_table_header(&t);
	for (i = 0; i < pf_conf_count(); i++) {
		pf_table_text(&t, pf_conf_section(i));
		pf_table_text(&t, pf_conf_key(i));
		pf_buf_reset(&text);
		pf_conf_value(&text, &r->conf, i);
		pf_table_text(&t, text.data);
		pf_buf_reset(&text);
		if (r->lines[i] > 0)
			pf_buf_addf(&text, "%s:%d", file, r->lines[i]);
		else
			pf_buf_adds(&text, "default");
		pf_table_text(&t, text.data);
	}
	pf_table_end(&t);
	pf_show_flush(&r->show, &b);
	pf_buf_free(&text);
	pf_buf_free(&b);
	return NULL;
}
