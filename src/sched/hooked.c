/*
 * metadata/system/hooked: which buckets [ingest] on_new_crash was told of, or
 * that nobody wanted to be told of then; a line a crash that stood for its
 * bucket.
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

#include "base/mem.h"
#include "os/clock.h"
#include "os/fs.h"
#include "sched/remake.h"
#include "store/placing.h"

/* What does not wait has been told. */
#define NOT_WAITING \
	"FROM buckets AS b WHERE NOT EXISTS (SELECT 1 FROM hooks AS h JOIN " \
	"placed AS c ON c.id = h.crash WHERE c.bucket = b.id)"

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
		err = pf_q(&q, db, "SELECT first_crash " NOT_WAITING, "");
		while (err == NULL && (err = pf_q_row(&q, &more)) == NULL &&
		    more)
			pf_buf_addf(&b, "%s\n", pf_q_text(&q, 0));
		pf_q_done(&q);
		if (err == NULL)
			err = pf_file_put(path, NULL, b.data, b.len, 0640);
	}
	pf_buf_free(&b);
	free(path);
	return err;
}

static const struct pf_err *
read_list(struct remake *r, FILE *f, const char *path)
{
	const struct pf_err *err = NULL;
	char line[PF_ID_MAX + 2];

	while (err == NULL && fgets(line, sizeof(line), f) != NULL) {
		/* What is no id in this form is no line of ours. */
		line[strcspn(line, "\n")] = '\0';
		if (pf_id_ok(line))
			err = pf_db_run(r->act.db, NULL, "INSERT INTO told "
			    "VALUES (?) ON CONFLICT DO NOTHING", "s", line);
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
	if ((err = pf_db_run(r->act.db, NULL, "CREATE TEMP TABLE told (crash "
	    "TEXT PRIMARY KEY) WITHOUT ROWID", "")) == NULL &&
	    (err = pf_db_run(r->act.db, NULL, "INSERT OR IGNORE INTO told "
	    "SELECT first_crash " NOT_WAITING, "")) == NULL && f != NULL)
		err = read_list(r, f, path);
	else if (err == NULL && errno != ENOENT)
		err = pf_errno("open %s", path);
	if (f != NULL)
		fclose(f);
	free(path);
	return err;
}

const struct pf_err *
remake_hooks(struct remake *r)
{
	const struct pf_err *err;

	if ((err = pf_db_run(r->act.db, NULL, "DELETE FROM hooks WHERE EXISTS"
	    " (SELECT 1 FROM placed AS c JOIN told AS t JOIN placed AS o ON "
	    "o.id = t.crash AND o.bucket = c.bucket WHERE c.id = "
	    "hooks.crash)", "")) != NULL || (!r->listed &&
	    r->conf->on_new_crash[0] == '\0'))
		return err;
	return pf_db_run(r->act.db, NULL, "INSERT INTO hooks (crash, due) "
	    "SELECT crash, ?1 FROM (SELECT id, (SELECT id FROM crashes WHERE "
	    "id IN " PF_IN_BUCKET("buckets.id") "ORDER BY timestamp, rid "
	    "LIMIT 1) AS crash FROM buckets) AS b WHERE crash IS NOT NULL AND "
	    "NOT EXISTS (SELECT 1 FROM crashes AS c WHERE c.id IN "
	    PF_IN_BUCKET("b.id") "AND (c.id IN (SELECT crash FROM told) OR "
	    "c.id IN (SELECT crash FROM hooks)))",
	    "i", pf_wall_ms());
}
