/*
 * pf-sched snapshot: bots, jobs and the master itself as JSON files under
 * metadata/, enough to make the database without the database.
 *
 * A file a job and a bot, its rows as they are.  Only what has an event since
 * the last snapshot is written again: everything else is as it was.  Each
 * says as of which moment it is, see newest.c.  Files
 * are written beside, synced together, then renamed, bots before the jobs whose
 * leases name them; the mark that says how far this went comes last.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "model/system.h"
#include "os/clock.h"
#include "os/fs.h"
#include "os/lock.h"
#include "sched/remake.h"
#include "sched/sched.h"
#include "store/rowjson.h"

#define AT_ONCE	500	/* files between two syncs */
#define FEW	8	/* that are synced one by one */

struct snapshot {
	struct pf_db	*db;
	const char	*dir;		/* <storage>/metadata */
	const char	*tmp;		/* what is written beside ends so */
	struct moment	 now;		/* what is written is as of this */
	char		 master[PF_ID_MAX + 1];	/* whose it is */
	char		*paths[AT_ONCE];
	size_t		 n;
	int64_t		 written;
};

/* A few files are no reason to wait for all that others have written. */
static const struct pf_err *
sync_few(const struct snapshot *s)
{
	const struct pf_err *err = NULL;
	char *tmp;
	size_t i;

	for (i = 0; i < s->n && err == NULL; i++) {
		tmp = pf_asprintf("%s%s", s->paths[i], s->tmp);
		err = pf_sync_dir(tmp);
		free(tmp);
	}
	return err;
}

/* The directories of files that have taken their places. */
static const struct pf_err *
sync_places(const struct snapshot *s, const char *const kinds[])
{
	const struct pf_err *err = NULL;
	char *path;

	for (; *kinds != NULL && err == NULL; kinds++) {
		path = pf_asprintf("%s/%s", s->dir, *kinds);
		err = pf_sync_dir(path);
		free(path);
	}
	return err;
}

/* What was written beside is made durable, then takes its place. */
static const struct pf_err *
settle(struct snapshot *s)
{
	static const char *const kinds[] = { "jobs", "bots", NULL };
	const struct pf_err *err = NULL;
	bool few = s->n <= FEW;
	char *tmp;
	size_t i;
	int fd;

	if (s->n == 0)
		return NULL;
	if ((fd = open(s->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) == -1)
		return pf_errno("open %s", s->dir);
	if (few)
		err = sync_few(s);
	else if (syncfs(fd) == -1)
		err = pf_errno("sync %s", s->dir);
	for (i = 0; i < s->n; i++) {
		tmp = pf_asprintf("%s%s", s->paths[i], s->tmp);
		if (err == NULL && rename(tmp, s->paths[i]) == -1)
			err = pf_errno("rename %s", tmp);
		free(tmp);
		free(s->paths[i]);
	}
	s->written += (int64_t)s->n;
	s->n = 0;
	if (err == NULL && few)
		err = sync_places(s, kinds);
	else if (err == NULL && syncfs(fd) == -1)
		err = pf_errno("sync %s", s->dir);
	close(fd);
	return err;
}

static const struct pf_err *
put(struct snapshot *s, const char *kind, const char *id,
    const struct pf_buf *b)
{
	const struct pf_err *err;
	char *tmp = pf_asprintf("%s/%s/%s.json%s", s->dir, kind, id, s->tmp);

	if ((err = pf_file_write(tmp, b)) == NULL)
		s->paths[s->n++] = pf_strndup(tmp, strlen(tmp) -
		    strlen(s->tmp));
	free(tmp);
	return err == NULL && s->n == AT_ONCE ? settle(s) : err;
}

static void
open_doc(const struct snapshot *s, struct pf_buf *b)
{
	pf_jw_open(b, NULL, '{');
	pf_jw_int(b, "v", 1);
	pf_jw_str(b, "master", s->master);
	pf_jw_int(b, "epoch", s->now.epoch);
	pf_jw_int(b, "event", s->now.event);
}

/* What a job is to run again, and the build it runs it on. */
static const struct pf_err *
put_regress(struct pf_buf *b, struct pf_db *db, const char *id)
{
	const struct pf_err *err;

	if ((err = pf_rows_json(b, "builds", db, "SELECT * FROM builds WHERE "
	    "(campaign, seq) IN (SELECT campaign, seq FROM regressions WHERE "
	    "job = ?)", id)) != NULL)
		return err;
	return pf_rows_json(b, "regressions", db, "SELECT * FROM regressions "
	    "WHERE job = ? ORDER BY hash", id);
}

static const struct pf_err *
put_job(struct snapshot *s, const char *id)
{
	const struct pf_err *err;
	struct pf_buf b = PF_BUF_INIT;

	open_doc(s, &b);
	if ((err = pf_rows_json(&b, "jobs", s->db, "SELECT * FROM jobs WHERE "
	    "id = ?", id)) == NULL && (err = pf_rows_json(&b, "job_blobs",
	    s->db, "SELECT * FROM job_blobs WHERE job = ? ORDER BY n", id)) ==
	    NULL && (err = pf_rows_json(&b, "campaigns", s->db, "SELECT * "
	    "FROM campaigns WHERE id = (SELECT campaign FROM jobs WHERE "
	    "id = ?)", id)) == NULL && (err = pf_rows_json(&b, "assignments",
	    s->db, "SELECT * FROM assignments WHERE job_id = ? "
	    "ORDER BY epoch, attempt", id)) == NULL &&
	    (err = put_regress(&b, s->db, id)) == NULL) {
		pf_jw_close(&b, '}');
		pf_buf_addc(&b, '\n');
		err = put(s, "jobs", id, &b);
	}
	pf_buf_free(&b);
	return err;
}

static const struct pf_err *
put_bot(struct snapshot *s, const char *id)
{
	const struct pf_err *err;
	struct pf_buf b = PF_BUF_INIT;

	open_doc(s, &b);
	if ((err = pf_rows_json(&b, "bots", s->db, "SELECT * FROM bots WHERE "
	    "id = ?", id)) == NULL) {
		pf_jw_close(&b, '}');
		pf_buf_addc(&b, '\n');
		err = put(s, "bots", id, &b);
	}
	pf_buf_free(&b);
	return err;
}

/* All subjects of events after the mark; all there are the first time. */
static const struct pf_err *
each(struct snapshot *s, const char *sql, int64_t mark,
    const struct pf_err *(*one)(struct snapshot *, const char *))
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;
	bool more = true;

	err = pf_q(&q, s->db, sql, "i", mark);
	while (err == NULL && (err = pf_q_row(&q, &more)) == NULL && more)
		err = one(s, pf_q_text(&q, 0));
	pf_q_done(&q);
	return err;
}

/* One that nobody changed, but whose file is gone. */
static const struct pf_err *
put_if_gone(struct snapshot *s, const char *kind, const char *id,
    const struct pf_err *(*one)(struct snapshot *, const char *))
{
	char *path = pf_asprintf("%s/%s/%s.json", s->dir, kind, id);
	bool gone = !pf_exists(path);

	free(path);
	return gone ? one(s, id) : NULL;
}

static const struct pf_err *
again_job(struct snapshot *s, const char *id)
{
	return put_if_gone(s, "jobs", id, put_job);
}

static const struct pf_err *
again_bot(struct snapshot *s, const char *id)
{
	return put_if_gone(s, "bots", id, put_bot);
}

static const struct pf_err *
changed(struct snapshot *s, int64_t mark)
{
	const struct pf_err *err;

	if (mark == 0)
		err = each(s, "SELECT id FROM bots WHERE ?1 = 0", 0, put_bot);
	else if ((err = each(s, "SELECT DISTINCT subject FROM events WHERE "
	    "id > ? AND kind = 'bot'", mark, put_bot)) == NULL &&
	    (err = settle(s)) == NULL)
		err = each(s, "SELECT id FROM bots WHERE ?1 <> 0", mark,
		    again_bot);
	/* Jobs name bots in their leases: those are there before. */
	if (err != NULL || (err = settle(s)) != NULL)
		return err;
	if (mark == 0)
		err = each(s, "SELECT id FROM jobs WHERE ?1 = 0", 0, put_job);
	else if ((err = each(s, "SELECT DISTINCT subject FROM events WHERE "
	    "id > ? AND kind = 'job'", mark, put_job)) == NULL &&
	    (err = settle(s)) == NULL)
		err = each(s, "SELECT id FROM jobs WHERE ?1 <> 0", mark,
		    again_job);
	return err == NULL ? settle(s) : err;
}

/* How far the last snapshot came; 0 if there is none that counts. */
static int64_t
read_mark(struct snapshot *s, const char *path)
{
	struct pf_buf b = PF_BUF_INIT;
	struct pf_json *j = NULL;
	int64_t mark = 0, epoch = 0, last = 0;

	if (pf_slurp(&b, path, 1 << 26) == NULL &&
	    pf_json_parse(&j, b.data, b.len) == NULL) {
		(void)pf_json_int(&mark, j, "event", 0, INT64_MAX);
		(void)pf_json_int(&epoch, j, "epoch", 0, INT64_MAX);
	}
	/* Events of another database, or swept since: all of it then. */
	if (pf_db_int(s->db, &last, NULL, "SELECT coalesce(max(id), 0) FROM "
	    "events WHERE id <= ?", "i", mark) != NULL || last != mark ||
	    epoch != s->now.epoch)
		mark = 0;
	pf_json_free(j);
	pf_buf_free(&b);
	return mark;
}

static const struct pf_err *
put_mark(struct snapshot *s, const char *path)
{
	const struct pf_err *err;
	struct pf_buf b = PF_BUF_INIT;

	open_doc(s, &b);
	pf_jw_int(&b, "time", pf_wall_ms());
	if ((err = pf_rows_json(&b, "system", s->db, "SELECT * FROM system",
	    NULL)) == NULL && (err = pf_rows_json(&b, "campaigns", s->db,
	    "SELECT * FROM campaigns", NULL)) == NULL &&
	    (err = pf_rows_json(&b, "builds", s->db, "SELECT * FROM builds",
	    NULL)) == NULL && (err = pf_rows_json(&b, "ears", s->db,
	    "SELECT * FROM ears", NULL)) == NULL &&
	    (err = totals_put(&b, s->db)) == NULL) {
		pf_jw_close(&b, '}');
		pf_buf_addc(&b, '\n');
		err = pf_file_put(path, NULL, b.data, b.len, 0640);
	}
	pf_buf_free(&b);
	return err;
}

/* What each of its files says of itself. */
static const struct pf_err *
begin(struct snapshot *s)
{
	const struct pf_err *err;

	if ((err = remake_moment(&s->now, s->db)) != NULL)
		return err;
	return pf_system_get(s->master, sizeof(s->master), s->db,
	    "master_id");
}

static const struct pf_err *
take(struct snapshot *s)
{
	const struct pf_err *err;
	char *path = pf_asprintf("%s/system/snapshot.json", s->dir);

	/* One state of all tables, whatever the writer does meanwhile. */
	if ((err = pf_db_run(s->db, NULL, "BEGIN", "")) == NULL &&
	    (err = begin(s)) == NULL &&
	    (err = changed(s, read_mark(s, path))) == NULL)
		err = put_mark(s, path);
	free(path);
	return err;
}

/*
 * Its temporary names are its own: a snapshot may be at the same job.  Which
 * of them is later does not matter, as nobody but the caller changes it.
 */
const struct pf_err *
snapshot_jobs(struct pf_db *db, const struct pf_conf *conf, const char *ids)
{
	const struct pf_err *err;
	char *dir = pf_asprintf("%s/metadata", conf->storage_path);
	struct snapshot s = { .db = db, .dir = dir, .tmp = ".new.tmp" };
	const char *nl;
	char *id;

	err = begin(&s);
	for (; (nl = strchr(ids, '\n')) != NULL && err == NULL; ids = nl + 1) {
		id = pf_strndup(ids, (size_t)(nl - ids));
		err = put_job(&s, id);
		free(id);
	}
	if (err == NULL)
		err = settle(&s);
	while (s.n > 0)
		free(s.paths[--s.n]);
	free(dir);
	return err;
}

const struct pf_err *
verb_snapshot(struct options *o, const struct pf_conf *conf, int argc,
    char *argv[])
{
	const struct pf_err *err;
	char *dir = pf_asprintf("%s/metadata", conf->storage_path);
	char *lockfile = pf_asprintf("%s/system/snapshot.lock", dir);
	struct snapshot s = { .dir = dir, .tmp = ".tmp" };
	int lock = -1;

	(void)argv;
	if (argc != 1 || o->dry)
		usage();
	if ((err = pf_db_open_conf(&s.db, conf)) == NULL &&
	    (err = pf_lock(&lock, lockfile)) == NULL)
		err = take(&s);
	if (err == NULL && !o->quiet)
		printf("%" PRId64 "\t%s\n", s.written, dir);
	close_read(s.db, conf);
	if (lock != -1)
		close(lock);
	free(lockfile);
	free(dir);
	return err;
}
