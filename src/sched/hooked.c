/*
 * metadata/system/hooked: which buckets [ingest] on_new_crash was told of, or
 * that nobody wanted to be told of then; a line has the crash that stood for
 * it and the bucket, those of before version 14 of the schema only the crash.
 *
 * Written after the commit and not synced: a line that is lost costs a second
 * telling of that bucket by a rebuild, never silence.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "act/announce.h"
#include "base/mem.h"
#include "codec/bucket.h"
#include "os/clock.h"
#include "os/fs.h"
#include "sched/remake.h"

static char *
path_of(const struct pf_conf *conf)
{
	return pf_asprintf("%s/metadata/system/hooked", conf->storage_path);
}

const struct pf_err *
hooked_add(const struct pf_conf *conf, const struct pf_buf *ids)
{
	const struct pf_err *err;
	char *path = path_of(conf);
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);

	if (fd == -1)
		err = pf_errno("open %s", path);
	else {
		err = pf_write_all(fd, ids->data, ids->len, path);
		close(fd);
	}
	free(path);
	return err;
}

const struct pf_err *
hooked_begin(struct pf_db *db, const struct pf_conf *conf)
{
	const struct pf_err *err = NULL;
	char *path = path_of(conf);
	struct pf_buf b = PF_BUF_INIT;
	struct pf_q q = PF_Q_INIT;
	bool more = true;

	if (!pf_exists(path)) {
		err = pf_q(&q, db, "SELECT crash, bucket FROM told WHERE crash "
		    "NOT IN (SELECT crash FROM hooks)", "");
		while (err == NULL && (err = pf_q_row(&q, &more)) == NULL &&
		    more)
			pf_buf_addf(&b, "%s %s\n", pf_q_text(&q, 0),
			    pf_q_text(&q, 1));
		pf_q_done(&q);
		if (err == NULL)
			err = pf_file_put(path, NULL, b.data, b.len, 0640);
	}
	pf_buf_free(&b);
	free(path);
	return err;
}

/* A line that was cut off, or of no form of ours, says nothing. */
static const struct pf_err *
read_list(struct remake *r, FILE *f, const char *path)
{
	const struct pf_err *err = NULL;
	char line[PF_ID_MAX + PF_BUCKET_TEXT + 2], *bucket;

	while (err == NULL && fgets(line, sizeof(line), f) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if ((bucket = strchr(line, ' ')) != NULL)
			*bucket++ = '\0';
		/* An id of a crash is that of no bucket. */
		if (pf_id_ok(line) && (bucket == NULL ||
		    (strlen(bucket) == PF_BUCKET_TEXT - 1 &&
		    pf_id_ok(bucket))))
			err = pf_db_run(r->act.db, NULL, "INSERT INTO listed "
			    "(bucket, crash) VALUES (?1, ?2) ON CONFLICT DO "
			    "NOTHING", "ss", bucket == NULL ? line : bucket,
			    line);
	}
	if (err == NULL && ferror(f))
		err = pf_errno("read %s", path);
	return err;
}

const struct pf_err *
remake_told(struct remake *r)
{
	const struct pf_err *err;
	char *path = path_of(r->conf);
	FILE *f = fopen(path, "re");

	r->listed = f != NULL;
	if ((err = pf_db_run(r->act.db, NULL, "CREATE TEMP TABLE listed ("
	    "bucket TEXT PRIMARY KEY, crash TEXT NOT NULL) WITHOUT ROWID",
	    "")) == NULL && f != NULL)
		err = read_list(r, f, path);
	else if (err == NULL && errno != ENOENT)
		err = pf_errno("open %s", path);
	if (f != NULL)
		fclose(f);
	free(path);
	return err;
}

/* What waited when the backup was made and has been told since. */
static const struct pf_err *
drop_hooks(struct pf_db *db)
{
	return pf_db_run(db, NULL, "DELETE FROM hooks WHERE EXISTS (SELECT 1 "
	    "FROM told AS t JOIN listed AS l ON l.bucket = t.bucket WHERE "
	    "t.crash = hooks.crash) OR EXISTS (SELECT 1 FROM placed AS c JOIN "
	    "listed AS l ON l.bucket = l.crash JOIN placed AS o ON o.id = "
	    "l.crash AND o.bucket = c.bucket WHERE c.id = hooks.crash)", "");
}

const struct pf_err *
remake_hooks(struct remake *r)
{
	const struct pf_err *err;

	if ((err = pf_db_run(r->act.db, NULL, "INSERT INTO told (bucket, "
	    "crash) SELECT bucket, crash FROM listed WHERE true ON CONFLICT "
	    "(bucket) DO NOTHING", "")) != NULL ||
	    (err = drop_hooks(r->act.db)) != NULL)
		return err;
	r->act.now = pf_wall_ms();
	return pf_announce_rest(&r->act, r->listed ||
	    r->conf->on_new_crash[0] != '\0');
}
