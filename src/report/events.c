/*
 * pf-report events: what has happened, and with -f what happens.  Who
 * follows outlives the database: one that was restored or made anew is
 * another file, in which events begin anew.
 */
#include <sys/stat.h>

#include <inttypes.h>
#include <stdio.h>

#include "base/mem.h"
#include "os/clock.h"
#include "report/report.h"

#define FOLLOW_MS	500

/* The file that is read; as long as it is open its number is its own. */
struct file {
	dev_t	 dev;
	ino_t	 ino;
};

static bool
look(struct file *f, const struct pf_conf *conf)
{
	struct pf_buf path = PF_BUF_INIT;
	struct stat st;
	bool there;

	pf_db_path(&path, conf->storage_path);
	there = stat(path.data, &st) == 0;
	pf_buf_free(&path);
	if (there)
		*f = (struct file){ st.st_dev, st.st_ino };
	return there;
}

/*
 * Opens what has the name now.  One that is put there meanwhile is noticed the
 * next time.
 */
static const struct pf_err *
reopen(struct report *r)
{
	pf_db_close(r->show.db);
	r->show.db = NULL;
	return pf_db_open_conf(&r->show.db, &r->conf);
}

/* While there is none of that name, the one that was there is kept. */
static const struct pf_err *
follow(struct report *r, struct file *f, int64_t *last)
{
	const struct pf_err *err;
	struct file now = *f;
	char after[32];

	if (look(&now, &r->conf) &&
	    (now.dev != f->dev || now.ino != f->ino)) {
		if ((err = reopen(r)) != NULL)
			return err;
		*f = now;
		*last = 0;
		pf_note("the database was replaced: events begin anew");
	}
	snprintf(after, sizeof(after), "%" PRId64, *last);
	return pf_show_list(&r->show, &pf_view_events, after, last);
}

const struct pf_err *
report_events(struct report *r, const char *arg)
{
	const struct pf_err *err = NULL;
	struct file f = { 0, 0 };
	int64_t last = 0;

	(void)arg;
	/* Columns cannot be aligned with rows that are not there yet. */
	if (r->follow && r->show.format == PF_FORMAT_ALIGNED)
		r->show.format = PF_FORMAT_TSV;
	if (r->follow && look(&f, &r->conf))
		err = reopen(r);
	if (err == NULL)
		err = pf_show_list(&r->show, &pf_view_events, NULL, &last);
	r->show.max = PF_VIEW_ALL;
	r->show.header = false;
	while (err == NULL && r->follow) {
		fflush(stdout);
		if (reader_gone())
			break;
		pf_sleep_ms(FOLLOW_MS);
		err = follow(r, &f, &last);
	}
	return err;
}
