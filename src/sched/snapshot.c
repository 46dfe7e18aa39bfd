/*
 * pf-sched snapshot: bots, jobs and the master itself as JSON files under
 * metadata/, enough to make the database without the database.
 *
 * A file a job and a bot, its rows as they are.  Only what has an event since
 * the last snapshot is written again: everything else is as it was.  Files
 * are written beside, synced together, then renamed; the mark that says how
 * far this went comes last.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/clock.h"
#include "os/fs.h"
#include "os/lock.h"
#include "sched/sched.h"
#include "store/rowjson.h"

#define AT_ONCE	500	/* files between two syncs */

struct snapshot {
	struct pf_db	*db;
	const char	*dir;		/* <storage>/metadata */
	char		*paths[AT_ONCE];
	size_t		 n;
	int64_t		 written;
};

/* What was written beside is made durable, then takes its place. */
static const struct pf_err *
settle(struct snapshot *s)
{
	const struct pf_err *err = NULL;
	int fd = open(s->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char *tmp;
	size_t i;

	if (fd == -1)
		return pf_errno("open %s", s->dir);
	if (s->n > 0 && syncfs(fd) == -1)
		err = pf_errno("sync %s", s->dir);
	for (i = 0; i < s->n; i++) {
		tmp = pf_asprintf("%s.tmp", s->paths[i]);
		if (err == NULL && rename(tmp, s->paths[i]) == -1)
			err = pf_errno("rename %s", tmp);
		free(tmp);
		free(s->paths[i]);
	}
	s->written += (int64_t)s->n;
	s->n = 0;
	if (err == NULL && syncfs(fd) == -1)
		err = pf_errno("sync %s", s->dir);
	close(fd);
	return err;
}

static const struct pf_err *
put(struct snapshot *s, const char *kind, const char *id,
    const struct pf_buf *b)
{
	const struct pf_err *err;
	char *tmp = pf_asprintf("%s/%s/%s.json.tmp", s->dir, kind, id);

	if ((err = pf_file_write(tmp, b)) == NULL)
		s->paths[s->n++] = pf_strndup(tmp, strlen(tmp) - 4);
	free(tmp);
	return err == NULL && s->n == AT_ONCE ? settle(s) : err;
}

static const struct pf_err *
put_job(struct snapshot *s, const char *id)
{
	const struct pf_err *err;
	struct pf_buf b = PF_BUF_INIT;

	pf_jw_open(&b, NULL, '{');
	pf_jw_int(&b, "v", 1);
	if ((err = pf_rows_json(&b, "jobs", s->db, "SELECT * FROM jobs WHERE "
	    "id = ?", id)) == NULL && (err = pf_rows_json(&b, "job_blobs",
	    s->db, "SELECT * FROM job_blobs WHERE job = ? ORDER BY n", id)) ==
	    NULL && (err = pf_rows_json(&b, "campaigns", s->db, "SELECT * "
	    "FROM campaigns WHERE id = (SELECT campaign FROM jobs WHERE "
	    "id = ?)", id)) == NULL && (err = pf_rows_json(&b, "assignments",
	    s->db, "SELECT * FROM assignments WHERE job_id = ? "
	    "ORDER BY epoch, attempt", id)) == NULL) {
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

	pf_jw_open(&b, NULL, '{');
	pf_jw_int(&b, "v", 1);
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

	if (mark == 0) {
		if ((err = each(s, "SELECT id FROM jobs WHERE ?1 = 0", 0,
		    put_job)) == NULL)
			err = each(s, "SELECT id FROM bots WHERE ?1 = 0", 0,
			    put_bot);
	} else if ((err = each(s, "SELECT DISTINCT subject FROM events WHERE "
	    "id > ? AND kind = 'job'", mark, put_job)) == NULL)
		err = each(s, "SELECT DISTINCT subject FROM events WHERE "
		    "id > ? AND kind = 'bot'", mark, put_bot);
	if (err == NULL && (err = settle(s)) == NULL && mark != 0 &&
	    (err = each(s, "SELECT id FROM jobs WHERE ?1 <> 0", mark,
	    again_job)) == NULL && (err = each(s, "SELECT id FROM bots WHERE "
	    "?1 <> 0", mark, again_bot)) == NULL)
		err = settle(s);
	return err;
}

/* How far the last snapshot came; 0 if there is none that counts. */
static int64_t
read_mark(struct snapshot *s, const char *path)
{
	struct pf_buf b = PF_BUF_INIT;
	struct pf_json *j = NULL;
	int64_t mark = 0, last = 0;

	if (pf_slurp(&b, path, 1 << 26) == NULL &&
	    pf_json_parse(&j, b.data, b.len) == NULL)
		(void)pf_json_int(&mark, j, "event", 0, INT64_MAX);
	/* Events of another database, or swept since: all of it then. */
	if (pf_db_int(s->db, &last, NULL, "SELECT coalesce(max(id), 0) FROM "
	    "events WHERE id <= ?", "i", mark) != NULL || last != mark)
		mark = 0;
	pf_json_free(j);
	pf_buf_free(&b);
	return mark;
}

static const struct pf_err *
put_mark(struct snapshot *s, const char *path, int64_t mark)
{
	const struct pf_err *err;
	struct pf_buf b = PF_BUF_INIT;

	pf_jw_open(&b, NULL, '{');
	pf_jw_int(&b, "v", 1);
	pf_jw_int(&b, "time", pf_wall_ms());
	pf_jw_int(&b, "event", mark);
	if ((err = pf_rows_json(&b, "system", s->db, "SELECT * FROM system",
	    NULL)) == NULL && (err = pf_rows_json(&b, "campaigns", s->db,
	    "SELECT * FROM campaigns", NULL)) == NULL &&
	    (err = pf_rows_json(&b, "ears", s->db, "SELECT * FROM ears",
	    NULL)) == NULL) {
		pf_jw_close(&b, '}');
		pf_buf_addc(&b, '\n');
		err = pf_file_put(path, NULL, b.data, b.len, 0640);
	}
	pf_buf_free(&b);
	return err;
}

static const struct pf_err *
take(struct snapshot *s)
{
	const struct pf_err *err;
	char *path = pf_asprintf("%s/system/snapshot.json", s->dir);
	int64_t now = 0, mark;

	/* One state of all tables, whatever the writer does meanwhile. */
	if ((err = pf_db_run(s->db, NULL, "BEGIN", "")) == NULL &&
	    (err = pf_db_int(s->db, &now, NULL, "SELECT coalesce(max(id), 0) "
	    "FROM events", "")) == NULL) {
		mark = read_mark(s, path);
		if ((err = changed(s, mark)) == NULL)
			err = put_mark(s, path, now);
	}
	free(path);
	return err;
}

const struct pf_err *
snapshot_jobs(const struct pf_conf *conf, char *const ids[], size_t n)
{
	const struct pf_err *err;
	char *dir = pf_asprintf("%s/metadata", conf->storage_path);
	struct snapshot s = { .dir = dir };
	size_t i;

	if ((err = pf_db_open_conf(&s.db, conf)) == NULL)
		for (i = 0; i < n && err == NULL; i++)
			err = put_job(&s, ids[i]);
	if (err == NULL)
		err = settle(&s);
	close_read(s.db, conf);
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
	struct snapshot s = { .dir = dir };
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
