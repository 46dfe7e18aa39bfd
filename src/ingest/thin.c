/*
 * pf-ingest thin: old days of the ledger without the lines that tell nothing
 * any more, because their results were superseded and are not known as filed:
 * samples that were thinned out, old reports of numbers.
 *
 * A database put back from an old copy does not know the newer ones either,
 * and of those the ledger is the only record.  So only days before the last
 * verified backup are touched, by a database that is not older than it.
 *
 * A day is rewritten beside itself, a line at a time, and renamed; nobody
 * appends to it by then.
 */
#include <sys/stat.h>

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/time.h"
#include "codec/sum.h"
#include "ingest/ingest.h"
#include "os/clock.h"
#include "os/fs.h"
#include "os/lock.h"
#include "view/known.h"

#define CLOSED_MS	(INT64_C(2) * 86400000)	/* that old a day is over */

struct sums {
	int64_t	 lines, kept, bytes, left;
};

static const struct pf_err *
is_newest(bool *newest, struct ingest *g, const struct pf_json *j)
{
	const char *job = "";
	int64_t epoch = 0, attempt = 0, seq = 0;

	(void)pf_json_str(&job, j, "job");
	(void)pf_json_int(&epoch, j, "epoch", 0, INT64_MAX);
	(void)pf_json_int(&attempt, j, "attempt", 0, INT64_MAX);
	(void)pf_json_int(&seq, j, "seq", 0, INT64_MAX);
	return pf_known_report(newest, g->db, job, epoch, attempt, seq);
}

/* Crashes and inputs are for ever; half a line was never one. */
static const struct pf_err *
is_needed(bool *needed, struct ingest *g, const char *line, size_t n)
{
	const struct pf_err *err = NULL;
	struct pf_json *j = NULL;
	const char *kind = "", *rid = "";

	*needed = true;
	if (!pf_sum_ok(line, n))
		*needed = false;
	else if ((err = pf_json_parse(&j, line, n)) != NULL) {
		if (err->class != PF_DATA)
			return err;
		*needed = false;
		err = NULL;
	} else if (pf_json_str(&kind, j, "kind") == NULL &&
	    pf_json_str(&rid, j, "rid") == NULL && pf_sha_ok(rid) &&
	    (strcmp(kind, "status") == 0 || strcmp(kind, "coverage") == 0 ||
	    strcmp(kind, "log") == 0))
		err = pf_known_result(needed, g->db, rid);
	/* What is told of a job's engine now is of its newest report. */
	if (err == NULL && !*needed && strcmp(kind, "status") == 0)
		err = is_newest(needed, g, j);
	pf_json_free(j);
	return err;
}

/* The lines of f that are needed, into out; out NULL: only counted. */
static const struct pf_err *
pick(struct ingest *g, FILE *f, FILE *out, struct sums *s)
{
	const struct pf_err *err = NULL;
	char *line = NULL;
	size_t room = 0;
	ssize_t n;
	bool needed;

	while (err == NULL && !stopping() &&
	    (n = getline(&line, &room, f)) > 0) {
		s->lines++;
		s->bytes += n;
		if (line[n - 1] == '\n')
			n--;
		err = is_needed(&needed, g, line, (size_t)n);
		if (err != NULL || !needed)
			continue;
		s->kept++;
		s->left += n + 1;
		if (out != NULL && (fwrite(line, 1, (size_t)n, out) !=
		    (size_t)n || putc('\n', out) == EOF))
			err = pf_errno("write a day of the ledger");
	}
	free(line);
	if (err == NULL && ferror(f))
		err = pf_errno("read a day of the ledger");
	return err;
}

/* All of it is on disk before it takes the name. */
static const struct pf_err *
put_in_place(FILE *out, const char *tmp, const char *path)
{
	char *dir = pf_strndup(path, (size_t)(strrchr(path, '/') - path));
	const struct pf_err *err = NULL;

	if (fflush(out) != 0 || fsync(fileno(out)) == -1)
		err = pf_errno("fsync %s", tmp);
	else if (rename(tmp, path) == -1)
		err = pf_errno("rename %s to %s", tmp, path);
	else
		err = pf_sync_dir(dir);
	free(dir);
	return err;
}

/* Beside it; what a dead one left is overwritten, for we have the lock. */
static FILE *
open_beside(const char *tmp)
{
	int fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW |
	    O_CLOEXEC, 0640);

	return fd == -1 ? NULL : fdopen(fd, "w");
}

static const struct pf_err *
thin_day(struct ingest *g, const char *path, bool dry)
{
	const struct pf_err *err = NULL;
	struct sums s = { 0, 0, 0, 0 };
	char *tmp = pf_asprintf("%s.tmp", path);
	FILE *f = fopen(path, "re"), *out = NULL;

	if (f == NULL)
		err = pf_errno("open %s", path);
	else if (!dry && (out = open_beside(tmp)) == NULL)
		err = pf_errno("create %s", tmp);
	if (err == NULL)
		err = pick(g, f, out, &s);
	/* No end without memory for a line, and no error of the file. */
	if (err == NULL && !stopping() && !feof(f))
		err = pf_errno("read %s", path);
	if (err == NULL && s.kept < s.lines && !stopping()) {
		if (out != NULL)
			err = put_in_place(out, tmp, path);
		if (err == NULL && !g->quiet)
			printf("%s\t%" PRId64 "\t%" PRId64 "\t%" PRId64
			    "\t%" PRId64 "\n", path, s.lines, s.kept,
			    s.bytes, s.left);
	}
	if (f != NULL)
		fclose(f);
	if (out != NULL)
		fclose(out);
	if (!dry)
		(void)unlink(tmp);
	free(tmp);
	return err;
}

/* The mark of the last backup: *time is 0 if it is of no use. */
static const struct pf_err *
last_backup(int64_t *time, struct ingest *g)
{
	const struct pf_err *err = NULL;
	struct pf_buf b = PF_BUF_INIT;
	struct pf_json *j = NULL;
	char *path = pf_asprintf("%s/metadata/system/backup.json",
	    g->conf->storage_path);
	int64_t event = INT64_MAX, newest = 0;

	*time = 0;
	if (pf_slurp(&b, path, 4096) != NULL ||
	    pf_json_parse(&j, b.data, b.len) != NULL ||
	    pf_json_int(&event, j, "event", 0, INT64_MAX) != NULL ||
	    pf_json_int(time, j, "time", 0, INT64_MAX) != NULL || *time == 0)
		pf_note("nothing is thinned: pf-sched backup left no mark");
	else if ((err = pf_db_int(g->db, &newest, NULL, "SELECT "
	    "coalesce(max(id), 0) FROM events", "")) != NULL ||
	    newest < event) {
		*time = 0;
		if (err == NULL)
			pf_note("nothing is thinned: the database is older "
			    "than the last backup");
	}
	pf_json_free(j);
	pf_buf_free(&b);
	free(path);
	return err;
}

/* YYYYMMDD.jsonl, or YYYYMMDD-NN.jsonl, of a day that is over. */
static bool
is_closed(const char *name, const char *before)
{
	const char *end = name + strspn(name, "0123456789");

	if (end - name != 8 || strncmp(name, before, 8) >= 0)
		return false;
	if (*end == '-' && strspn(end + 1, "0123456789") == 2)
		end += 3;
	return strcmp(end, ".jsonl") == 0;
}

const struct pf_err *
thin(struct ingest *g, char **words, bool dry)
{
	const struct pf_err *err;
	char now[PF_TIME_TEXT], before[16], *dir, *path, **names = NULL;
	int64_t backup, closed = pf_wall_ms() - CLOSED_MS;
	size_t i, n = 0;
	int lock = -1;

	if (words[0] != NULL)
		return pf_err(PF_USAGE, "thin: \"%s\": it takes no names",
		    words[0]);
	if ((err = pf_db_open_conf(&g->db, g->conf)) != NULL ||
	    (err = last_backup(&backup, g)) != NULL || backup == 0)
		return err;
	pf_time_text(now, backup < closed ? backup : closed);
	snprintf(before, sizeof(before), "%.4s%.2s%.2s", now, now + 5,
	    now + 8);
	dir = pf_asprintf("%s/metadata/ledger", g->conf->storage_path);
	path = pf_asprintf("%s/.lock", dir);
	if ((err = pf_names(&names, &n, dir)) == NULL)
		err = pf_lock(&lock, path);
	free(path);
	for (i = 0; err == NULL && i < n && !stopping(); i++) {
		if (!is_closed(names[i], before))
			continue;
		path = pf_asprintf("%s/%s", dir, names[i]);
		err = thin_day(g, path, dry);
		free(path);
	}
	if (lock != -1)
		close(lock);
	pf_names_free(names);
	free(dir);
	return err;
}
