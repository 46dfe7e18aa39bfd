/*
 * fsck: the snapshot in metadata/, from which a database can be made anew:
 * each file against its row, and each row for its file; and whether jobs,
 * leases, bots and campaigns fit together.
 */
#include <sys/stat.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ingest/fsck.h"
#include "os/fs.h"
#include "store/rowjson.h"
#include "view/states.h"

#define DOC_MAX		(64 << 20)

/*
 * What is in a directory of metadata/; rows has, of one id, those columns
 * that never change, as all others may be newer than the file; ids those who
 * were there at the time of the last snapshot.
 */
struct kind {
	const char	*list;
	const char	*rows;
	const char	*ids;
};

static const struct kind jobs = { "jobs",
	"SELECT id, campaign, name, kind, target, target_hash, fuzzer, "
	    "priority, created_at, work_dir, duration, memory_limit, timeout, "
	    "dictionary, seed_corpus, output_dir, args, options, request "
	    "FROM jobs WHERE id = ?",
	"SELECT id FROM jobs WHERE id > ?1 AND created_at < ?2 "
	    "ORDER BY id LIMIT 1" };
static const struct kind bots = { "bots",
	"SELECT id, name, hostname FROM bots WHERE id = ?",
	"SELECT id FROM bots WHERE id > ?1 AND registered_at < ?2 "
	    "ORDER BY id LIMIT 1" };

/* The first member of the row that is another in the file, or NULL. */
static const char *
other(const struct pf_json *row, const struct pf_json *file)
{
	const struct pf_json *v;
	struct pf_buf a = PF_BUF_INIT, b = PF_BUF_INIT;
	bool same = true;

	for (v = pf_json_first(row); v != NULL; v = pf_json_next(v)) {
		pf_buf_reset(&a);
		pf_buf_reset(&b);
		pf_json_print(&a, v);
		if (pf_json_get(file, pf_json_key(v)) != NULL)
			pf_json_print(&b, pf_json_get(file, pf_json_key(v)));
		same = strcmp(a.data, b.data) == 0;
		if (!same)
			break;
	}
	pf_buf_free(&a);
	pf_buf_free(&b);
	return same ? NULL : pf_json_key(v);
}

static const struct pf_err *
check_row(struct fsck *f, const struct kind *k, const struct pf_json *file,
    const char *id)
{
	const struct pf_err *err;
	const struct pf_json *row;
	struct pf_buf b = PF_BUF_INIT;
	struct pf_json *doc = NULL;
	const char *key;

	pf_jw_open(&b, NULL, '{');
	err = pf_rows_json(&b, k->list, f->g->db, k->rows, id);
	pf_jw_close(&b, '}');
	if (err == NULL && (err = pf_json_parse(&doc, b.data, b.len)) ==
	    NULL) {
		row = pf_json_first(pf_json_get(doc, k->list));
		if (row == NULL)
			err = pf_err(PF_DATA, "the database has no row of it");
		else if ((key = other(row, file)) != NULL)
			err = pf_err(PF_DATA, "its %s is not that of the "
			    "database", key);
	}
	pf_json_free(doc);
	pf_buf_free(&b);
	return err;
}

/* Of a row of k, or, without, the mark of the snapshot. */
static const struct pf_err *
check_doc(struct fsck *f, const struct kind *k, const struct pf_json *doc,
    const char *id)
{
	const struct pf_err *err;
	const struct pf_json *row;
	const char *own = "";

	if (k == NULL)
		return pf_json_get(doc, "system") != NULL ? NULL :
		    pf_err(PF_DATA, "nothing of the master is in it");
	row = pf_json_first(pf_json_get(doc, k->list));
	if ((err = pf_json_need(&own, row, "id")) == NULL &&
	    strcmp(own, id) != 0)
		err = pf_err(PF_DATA, "it is of another id, %.64s", own);
	return err != NULL || !f->whole ? err : check_row(f, k, row, id);
}

/*
 * What it says that may change, to be judged by what has happened since.  A
 * snapshot writes each job and bot that had an event since the one before, and
 * its mark, which is read before the others, comes last: who has no file of
 * that moment had none up to there.
 */
static const struct pf_err *
note(struct fsck *f, const struct kind *k, const struct pf_json *doc,
    struct pf_states_doc *d)
{
	const struct pf_err *err;

	if ((err = pf_json_int(&d->epoch, doc, "epoch", 0, INT64_MAX)) !=
	    NULL || (err = pf_json_int(&d->event, doc, "event", 0,
	    INT64_MAX)) != NULL)
		return err;
	if (k == NULL) {
		f->epoch = d->epoch;
		f->event = d->event;
	}
	d->until = d->epoch == f->epoch && d->event < f->event ? f->event :
	    d->event;
	return f->whole ? pf_states_doc(f->scratch, d) : NULL;
}

static const struct pf_err *
check_file(struct fsck *f, const struct kind *k, const char *path,
    const char *id)
{
	const struct pf_err *err;
	struct pf_buf b = PF_BUF_INIT;
	struct pf_states_doc d = { .file = path, .of_bot = k == &bots };
	struct pf_json *doc = NULL;
	char why[PF_ERR_MSG];

	f->files++;
	if (fsck_is_odd(path))
		err = pf_err(PF_DATA, "it is not a regular file");
	else if ((err = pf_slurp(&b, path, DOC_MAX)) != NULL)
		err = fsck_unread(f, path, err);
	else if ((err = pf_json_parse(&doc, b.data, b.len)) == NULL &&
	    (err = check_doc(f, k, doc, id)) == NULL) {
		d.text = b.data;
		err = note(f, k, doc, &d);
	}
	if (err != NULL && err->class == PF_NOTFOUND)
		err = NULL;
	else if (err != NULL && err->class == PF_DATA) {
		snprintf(why, sizeof(why), "%s", err->msg);
		finding(f, "metadata", path, why);
		/* The next snapshot writes what is not there. */
		err = mend_aside(f, path);
	}
	pf_json_free(doc);
	pf_buf_free(&b);
	return err;
}

static const struct pf_err *
check_files(struct fsck *f, const struct kind *k)
{
	const struct pf_err *err;
	char *dir = pf_asprintf("%s/metadata/%s", f->g->conf->storage_path,
	    k->list), **names = NULL, *path, *id;
	size_t i, n = 0, len;

	err = pf_names(&names, &n, dir);
	for (i = 0; err == NULL && i < n && !stopping(); i++) {
		len = strlen(names[i]);
		if (len < 6 || strcmp(names[i] + len - 5, ".json") != 0)
			continue;
		path = pf_asprintf("%s/%s", dir, names[i]);
		id = pf_strndup(names[i], len - 5);
		err = check_file(f, k, path, id);
		free(id);
		free(path);
	}
	pf_names_free(names);
	free(dir);
	return err != NULL && err->class == PF_NOTFOUND ? NULL : err;
}

/* What was there when the last snapshot was taken, at ms, has a file. */
static const struct pf_err *
check_gone(struct fsck *f, const struct kind *k, int64_t ms)
{
	const struct pf_err *err;
	char id[PF_ID_MAX + 1] = "", *path;
	struct pf_q q;
	bool more = true;

	do {
		if ((err = pf_q(&q, f->g->db, k->ids, "si", id, ms)) == NULL)
			err = pf_q_row(&q, &more);
		if (err == NULL && more)
			pf_q_copy(&q, 0, id, sizeof(id));
		pf_q_done(&q);
		if (err != NULL || !more)
			break;
		path = pf_asprintf("%s/metadata/%s/%s.json",
		    f->g->conf->storage_path, k->list, id);
		if (!pf_exists(path))
			finding(f, "metadata", path, "it is missing");
		free(path);
	} while (!stopping());
	return err;
}

const struct pf_err *
fsck_metadata(struct fsck *f)
{
	const struct pf_err *err;
	char *path = pf_asprintf("%s/metadata/system/snapshot.json",
	    f->g->conf->storage_path);
	struct stat st;
	bool taken = f->whole && stat(path, &st) == 0;
	int64_t ms = taken ? (int64_t)st.st_mtime * 1000 - FSCK_YOUNG_S *
	    INT64_C(1000) : 0;

	if ((!f->whole || (err = pf_states_init(f->scratch)) == NULL) &&
	    (err = check_file(f, NULL, path, "")) == NULL &&
	    (err = check_files(f, &jobs)) == NULL &&
	    (err = check_files(f, &bots)) == NULL && taken &&
	    (err = check_gone(f, &jobs, ms)) == NULL)
		err = check_gone(f, &bots, ms);
	free(path);
	return err;
}

static const struct pf_err *
tell(struct fsck *f, const struct pf_err *(*ask_for)(struct pf_q *,
    struct pf_db *))
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;
	bool more = true;

	err = ask_for(&q, f->scratch);
	while (err == NULL && (err = pf_q_row(&q, &more)) == NULL && more)
		finding(f, "state", pf_q_text(&q, 0), pf_q_text(&q, 1));
	pf_q_done(&q);
	return err;
}

const struct pf_err *
fsck_states(struct fsck *f)
{
	const struct pf_err *err;

	if ((err = tell(f, pf_states_changed)) != NULL)
		return err;
	return tell(f, pf_states_apart);
}
