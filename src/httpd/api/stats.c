/*
 * The master in numbers, and when whom is taken for dead.
 */
#include <sys/stat.h>

#include "base/time.h"
#include "httpd/api/list.h"
#include "httpd/reply.h"
#include "os/clock.h"
#include "view/detail.h"
#include "view/pick.h"

#define NS_MS	1000000

static void
put_server(struct pf_buf *b, struct httpd *h)
{
	pf_jw_open(b, "server", '{');
	pf_jw_str(b, "version", PF_VERSION);
	pf_jw_int(b, "uptime", (pf_boot_ms() - h->started) * NS_MS);
	pf_jw_int(b, "requests", atomic_load(&h->requests));
	pf_jw_int(b, "connections", atomic_load(&h->connections));
	pf_jw_int(b, "body_bytes", atomic_load(&h->bodies));
	pf_jw_int(b, "answer_bytes", atomic_load(&h->answers));
	pf_jw_close(b, '}');
}

/* What the configuration says. */
static void
put_timeouts(struct pf_buf *b, const struct pf_conf *conf)
{
	pf_jw_open(b, "timeouts", '{');
	pf_jw_int(b, "bot", conf->bot * NS_MS);
	pf_jw_int(b, "job", conf->job * NS_MS);
	pf_jw_int(b, "job_grace", conf->job_grace * NS_MS);
	pf_jw_int(b, "heartbeat_interval", conf->heartbeat_interval * NS_MS);
	pf_jw_int(b, "request", conf->request * NS_MS);
	pf_jw_close(b, '}');
}

/* Bytes of the database's file, or of one beside it. */
static int64_t
size_of(const struct req *r, const char *beside)
{
	struct pf_buf path = PF_BUF_INIT;
	struct stat st;
	int64_t n;

	pf_db_path(&path, r->h->conf.storage_path);
	pf_buf_adds(&path, beside);
	n = stat(path.data, &st) == 0 ? (int64_t)st.st_size : 0;
	pf_buf_free(&path);
	return n;
}

static const struct pf_err *
read_stats(struct pf_db *db, struct req *r)
{
	const struct pf_err *err;
	struct pf_buf *b = &r->reply.body;
	bool found;

	reply_open(r, 200, NULL);
	put_server(b, r->h);
	pf_jw_open(b, "state", '{');
	if ((err = pf_detail_states(b, db)) != NULL)
		return err;
	pf_jw_open(b, "counters", '{');
	if ((err = pf_detail_counters(b, db)) != NULL)
		return err;
	pf_jw_close(b, '}');
	pf_jw_close(b, '}');
	put_timeouts(b, &r->h->conf);
	pf_jw_open(b, "database", '{');
	pf_jw_int(b, "bytes", size_of(r, ""));
	pf_jw_int(b, "wal_bytes", size_of(r, "-wal"));
	err = pf_detail_members(b, &found, db, &pf_view_master, NULL);
	pf_jw_close(b, '}');
	reply_close(r);
	return err;
}

const struct pf_err *
api_stats(struct worker *w, struct req *r)
{
	return worker_read(w, r, read_stats);
}

static const struct pf_err *
read_timeouts(struct pf_db *db, struct req *r)
{
	const struct pf_err *err;
	struct pf_buf bots = PF_BUF_INIT, jobs = PF_BUF_INIT;
	struct pf_page p;

	list_page(&p, r);
	pf_jw_open(&bots, NULL, '{');
	pf_jw_open(&jobs, NULL, '{');
	if ((err = pf_pick_timeouts(&p, db, &bots, &jobs)) == NULL) {
		pf_jw_close(&bots, '}');
		pf_jw_close(&jobs, '}');
		reply_open(r, 200, NULL);
		pf_jw_raw(&r->reply.body, "bot_timeouts", bots.data);
		pf_jw_raw(&r->reply.body, "job_timeouts", jobs.data);
		list_next(r, &p);
		reply_close(r);
	}
	pf_buf_free(&bots);
	pf_buf_free(&jobs);
	return err;
}

const struct pf_err *
api_timeouts(struct worker *w, struct req *r)
{
	return worker_read(w, r, read_timeouts);
}
