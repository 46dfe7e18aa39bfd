/*
 * pf-sched backup: a consistent copy of the database while it is in use.
 */
#include <sys/stat.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "codec/json.h"
#include "os/clock.h"
#include "os/fs.h"
#include "os/lock.h"
#include "sched/sched.h"

/* Opens the copy as any reader would, and looks all of it over. */
const struct pf_err *
backup_verify(const char *dir, int64_t *jobs)
{
	const struct pf_err *err;
	struct pf_db *db = NULL;
	struct pf_q q = PF_Q_INIT;
	bool more = false;

	if ((err = pf_db_open_old(&db, dir)) == NULL &&
	    (err = pf_q(&q, db, "PRAGMA integrity_check(1)", "")) == NULL &&
	    (err = pf_q_row(&q, &more)) == NULL && more &&
	    strcmp(pf_q_text(&q, 0), "ok") != 0)
		err = pf_err(PF_DATA, "%s: the copy is damaged: %.200s", dir,
		    pf_q_text(&q, 0));
	pf_q_done(&q);
	if (err == NULL)
		err = pf_db_int(db, jobs, NULL, "SELECT count(*) FROM jobs",
		    "");
	pf_db_close(db);
	return err;
}

/* Copy into <dir>/new, verify it there, then put it in place. */
static const struct pf_err *
copy(const struct pf_conf *conf, const char *dir, int64_t *jobs)
{
	const struct pf_err *err;
	struct pf_db *db = NULL;
	char *fresh = pf_asprintf("%s/new", dir);
	char *lock = pf_asprintf("%s/backup.lock", dir);
	char *data = pf_asprintf("%s/data", fresh);
	char *to = pf_asprintf("%s/pandafuzz.db", data);
	char *place = pf_asprintf("%s/data", dir);
	char *final = pf_asprintf("%s/pandafuzz.db", place);
	int fd = -1;

	if ((err = pf_mkdirs(dir, 0750)) == NULL &&
	    (err = pf_lock(&fd, lock)) != NULL && err->class == PF_BUSY)
		err = pf_err(PF_BUSY, "another backup into %s is under way",
		    dir);
	if (err == NULL && (err = pf_db_open_conf(&db, conf)) == NULL &&
	    (err = pf_rmtree(fresh)) == NULL &&
	    (err = pf_mkdirs(data, 0750)) == NULL &&
	    (err = pf_mkdirs(place, 0750)) == NULL &&
	    (err = pf_db_run(db, NULL, "VACUUM INTO ?", "s", to)) == NULL &&
	    (err = backup_verify(fresh, jobs)) == NULL &&
	    chmod(to, 0640) == -1)
		err = pf_errno("chmod %s", to);
	if (err == NULL && (err = pf_sync_dir(to)) == NULL) {
		if (rename(to, final) == -1)
			err = pf_errno("rename %s", to);
		else
			err = pf_sync_dir(place);
	}
	/* Half a copy is of no use to anybody and takes room. */
	if (err == NULL)
		err = pf_rmtree(fresh);
	else if (fd != -1)
		(void)pf_rmtree(fresh);
	close_read(db, conf);
	if (fd != -1)
		close(fd);
	free(lock);
	free(final);
	free(place);
	free(to);
	free(data);
	free(fresh);
	return err;
}

/* Over the database itself it would be no copy but its end. */
static const struct pf_err *
check_place(const char *dir, const struct pf_conf *conf)
{
	const struct pf_err *err;
	bool in = false;

	if (*dir == '\0')
		return pf_err(PF_USAGE, "the directory has no name");
	if ((err = pf_within(&in, dir, conf->storage_path)) == NULL && in)
		err = pf_err(PF_USAGE, "%s lies in the storage itself", dir);
	return err;
}

/*
 * The mark of a backup that was verified: what was filed before it began, and
 * the newest event of the copy, by which an older database is known.  For
 * pf-ingest thin.
 */
static const struct pf_err *
leave_mark(const struct pf_conf *conf, const char *dir, int64_t begun)
{
	const struct pf_err *err;
	struct pf_buf b = PF_BUF_INIT;
	struct pf_db *db = NULL;
	char *path = pf_asprintf("%s/metadata/system/backup.json",
	    conf->storage_path);
	int64_t event = 0;

	if ((err = pf_db_open(&db, dir)) == NULL)
		err = pf_db_int(db, &event, NULL, "SELECT coalesce(max(id), "
		    "0) FROM events", "");
	pf_db_close(db);
	pf_jw_open(&b, NULL, '{');
	pf_jw_int(&b, "v", 1);
	pf_jw_int(&b, "time", begun);
	pf_jw_int(&b, "event", event);
	pf_jw_close(&b, '}');
	pf_buf_addc(&b, '\n');
	if (err == NULL)
		err = pf_file_put(path, NULL, b.data, b.len, 0640);
	pf_buf_free(&b);
	free(path);
	return err;
}

const struct pf_err *
verb_backup(struct options *o, const struct pf_conf *conf, int argc,
    char *argv[])
{
	const struct pf_err *err;
	int64_t jobs = 0, begun = pf_wall_ms();

	if (argc != 2)
		usage();
	if ((err = check_place(argv[1], conf)) != NULL)
		return err;
	if (o->dry) {
		printf("would copy %s/data/pandafuzz.db to %s/data\n",
		    conf->storage_path, argv[1]);
		return NULL;
	}
	if ((err = copy(conf, argv[1], &jobs)) == NULL)
		err = leave_mark(conf, argv[1], begun);
	if (err == NULL && !o->quiet)
		printf("%s/data/pandafuzz.db\t%" PRId64 " jobs\n", argv[1],
		    jobs);
	return err;
}
