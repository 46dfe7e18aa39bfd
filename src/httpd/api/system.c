/*
 * How the master is: health for machines that poll, status for people.
 */
#include <unistd.h>

#include "base/time.h"
#include "httpd/reply.h"
#include "httpd/route.h"
#include "os/clock.h"
#include "os/fs.h"
#include "os/sock.h"
#include "store/spool.h"
#include "view/detail.h"

#define NS_MS	1000000

static void
put_program(struct req *r)
{
	pf_jw_str(&r->reply.body, "version", PF_VERSION);
	pf_jw_int(&r->reply.body, "uptime",
	    (pf_boot_ms() - r->h->started) * NS_MS);
}

const struct pf_err *
api_health(struct worker *w, struct req *r)
{
	(void)w;
	reply_open(r, 200, "ok");
	put_program(r);
	reply_close(r);
	return NULL;
}

static bool
put_spool(struct pf_buf *b, const char *dir)
{
	const struct pf_err *err;
	int64_t packs = 0, bytes = 0, bad = 0, space = 0, inodes = 0;

	err = pf_spool_depth(dir, &packs, &bytes, &bad);
	if (err == NULL)
		err = pf_disk_free(&space, &inodes, dir);
	pf_jw_open(b, "spool", '{');
	if (err != NULL)
		pf_jw_str(b, "error", err->msg);
	else {
		pf_jw_int(b, "packs", packs);
		pf_jw_int(b, "bytes", bytes);
		pf_jw_int(b, "bad", bad);
		pf_jw_int(b, "disk_free", space);
	}
	pf_jw_close(b, '}');
	return err == NULL;
}

/* The master as its database has it, else nothing of it. */
static const struct pf_err *
put_state(struct pf_buf *b, struct worker *w)
{
	const struct pf_err *err;
	struct pf_buf state = PF_BUF_INIT;
	struct pf_db *db;
	bool found;

	if ((err = worker_db(&db, w)) != NULL)
		return err;
	pf_jw_open(&state, NULL, '{');
	if ((err = pf_detail_states(&state, db)) == NULL) {
		pf_jw_open(&state, "master", '{');
		err = pf_detail_members(&state, &found, db, &pf_view_master,
		    NULL);
		pf_jw_close(&state, '}');
	}
	if (err == NULL) {
		pf_buf_addc(b, ',');
		pf_buf_add(b, state.data + 1, state.len - 1);
	} else
		worker_forget(w);
	pf_buf_free(&state);
	return err;
}

/* Whether pf-sched listens, and the database can be read. */
static bool
put_parts(struct pf_buf *b, struct worker *w)
{
	const struct pf_err *sched, *err;
	int fd;

	if ((sched = pf_sock_connect_unix(&fd,
	    w->h->conf.sched_socket)) == NULL)
		close(fd);
	err = put_state(b, w);
	pf_jw_bool(b, "writer", sched == NULL);
	pf_jw_bool(b, "database", err == NULL);
	if (sched != NULL)
		pf_jw_str(b, "writer_error", sched->msg);
	if (err != NULL)
		pf_jw_str(b, "database_error", err->msg);
	return sched == NULL && err == NULL;
}

const struct pf_err *
api_status(struct worker *w, struct req *r)
{
	struct pf_buf b = PF_BUF_INIT;
	bool spool, parts;

	pf_jw_open(&b, NULL, '{');
	spool = put_spool(&b, w->h->conf.spool_path);
	parts = put_parts(&b, w);
	reply_open(r, 200, spool && parts ? "ok" : "degraded");
	put_program(r);
	pf_buf_addc(&r->reply.body, ',');
	pf_buf_add(&r->reply.body, b.data + 1, b.len - 1);
	reply_close(r);
	pf_buf_free(&b);
	return NULL;
}
