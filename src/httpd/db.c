/*
 * The database as workers read it, see httpd.h.  To open it costs more than
 * most answers, so a worker keeps it open; one that was restored or made anew
 * is another file and seen as such.
 */
#include <sys/stat.h>

#include "httpd/reply.h"

#define CACHE	512	/* KiB a worker */

void
worker_forget(struct worker *w)
{
	pf_db_close(w->db);
	w->db = NULL;
}

/* What keeps us from the database is nothing that the client can mend. */
static const struct pf_err *
unavailable(const struct pf_err *err)
{
	return err->class == PF_NOTFOUND || err->class == PF_DENIED ?
	    pf_err(PF_UNAVAIL, "%s", err->msg) : err;
}

/*
 * As long as a file is open its number is not given to another.  One that is
 * put in its place while it is being opened is noticed the next time.
 */
const struct pf_err *
worker_db(struct pf_db **db, struct worker *w)
{
	const struct pf_err *err;
	const char *storage = w->h->conf.storage_path;
	struct pf_buf path = PF_BUF_INIT;
	struct stat st = { 0 };
	bool there;

	pf_db_path(&path, storage);
	there = stat(path.data, &st) == 0;
	pf_buf_free(&path);
	if (w->db != NULL && (!there || st.st_dev != w->dev ||
	    st.st_ino != w->ino))
		worker_forget(w);
	w->dev = st.st_dev;
	w->ino = st.st_ino;
	*db = NULL;
	if (w->db == NULL) {
		if ((err = pf_db_open(&w->db, storage)) != NULL)
			return unavailable(err);
		(void)pf_db_cache(w->db, CACHE);	/* as well as can be */
	}
	*db = w->db;
	return NULL;
}

/* One state of the database for all that is asked. */
static const struct pf_err *
ask(struct pf_db *db, struct req *r, reader *fn)
{
	const struct pf_err *err, *end;

	pf_buf_reset(&r->reply.body);
	if ((err = pf_db_hold(db)) != NULL)
		return err;
	err = fn(db, r);
	end = pf_db_release(db);
	if (err == NULL)
		err = end;
	if (err != NULL && r->reply.fd != -1) {
		reply_free(&r->reply);
		r->reply.file = false;
		r->reply.etag[0] = '\0';
	}
	return err;
}

/* The database answered, but not with what was asked for. */
static bool
is_answer(const struct pf_err *err)
{
	return err->class == PF_NOTFOUND || err->class == PF_DATA ||
	    err->class == PF_USAGE;
}

const struct pf_err *
worker_read(struct worker *w, struct req *r, reader *fn)
{
	const struct pf_err *err;
	struct pf_db *db;
	bool old = w->db != NULL;

	for (;; old = false) {
		if ((err = worker_db(&db, w)) != NULL ||
		    (err = ask(db, r, fn)) == NULL || is_answer(err))
			return err;
		/* It may have been brought up to date under our hands. */
		worker_forget(w);
		if (!old || err->class == PF_BUSY)
			return unavailable(err);
	}
}
