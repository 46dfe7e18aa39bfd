/*
 * Logs of jobs: logs/jobs/JOB/EPOCH.ATTEMPT.SEGMENT.log.
 *
 * A record says where in the log of its attempt its bytes belong, and there
 * they are written: twice or in any order, the files end the same, and no
 * two pf-ingest can be in each other's way.  What has not come yet, or never
 * will, is a hole of NUL bytes; a NUL that was sent becomes a question mark.
 * Of a job the newest segments are kept, [limits] log_size bytes of them over
 * all attempts, and what went before them is on record.
 *
 * How far on a record belongs is not limited: a bot may have given up more
 * than log_size while its master was away, and its log has to go on.  Whole
 * segments of a hole take no room, so a sender of nonsense drives out no more
 * by jumping ahead than by sending as many records one after the other.
 *
 * What is kept is measured, not added up: so rotation, holes and records that
 * come twice need no accounts.
 */
#include <sys/file.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "ingest/ingest.h"
#include "ingest/keep.h"
#include "os/fs.h"
#include "store/joblog.h"

#define BLOCK	4096		/* what the least of files takes */

/* The job's directory; made if it has to be. */
static const struct pf_err *
log_dir(char **dir, const struct ingest *g, const char *job)
{
	const struct pf_err *err;

	*dir = pf_joblog_dir(g->conf->storage_path, job);
	if ((err = pf_mkdirs(*dir, 0750)) != NULL) {
		free(*dir);
		*dir = NULL;
	}
	return err;
}

/* A segment that is to come, or grow: "" if none is. */
struct coming {
	const char	*name;
	int64_t		 size;		/* it will have */
};

static int64_t
size_of(const char *dir, const char *name)
{
	char *path = pf_asprintf("%s/%s", dir, name);
	struct stat st;
	int64_t size = lstat(path, &st) == 0 ? st.st_size : 0;

	free(path);
	return size;
}

/*
 * The newest segment that has to go, or "": those that are newer, and one more,
 * are over the limit.  The newest of all stays.
 */
static void
find_cut(char cut[PF_JOBLOG_NAME], const struct ingest *g, const char *dir,
    char **names, size_t n, struct coming c)
{
	int64_t sum = 0, size;
	bool counted = c.name[0] == '\0', first = true;
	struct pf_joblog l;
	const char *name;

	/* Names sort by age: from the newest down. */
	for (cut[0] = '\0'; n > 0 || !counted; first = false) {
		name = n > 0 ? names[n - 1] : "";
		if (!counted && strcmp(name, c.name) <= 0) {
			counted = true;
			n -= n > 0 && strcmp(name, c.name) == 0;
			name = c.name;
			size = c.size;
		} else {
			n--;
			if (!pf_joblog_parse(&l, name))
				continue;
			size = size_of(dir, name);
		}
		sum += size > BLOCK ? size : BLOCK;
		if (sum > g->conf->log_size && !first) {
			snprintf(cut, PF_JOBLOG_NAME, "%s", name);
			return;
		}
	}
}

/* All up to the cut goes, once that is on record. */
static const struct pf_err *
let_go_of(const char *dir, char **names, size_t n, const char *cut)
{
	const struct pf_err *err;
	struct pf_joblog_gone gone;
	struct pf_joblog l;
	char *path;
	size_t i;

	if ((err = pf_joblog_gone(&gone, dir)) != NULL)
		return err;
	for (i = 0; i < n; i++)
		if (pf_joblog_parse(&l, names[i]) &&
		    strcmp(names[i], cut) <= 0 &&
		    strcmp(names[i], gone.name) > 0)
			gone.bytes += size_of(dir, names[i]);
	if (strcmp(cut, gone.name) > 0)
		snprintf(gone.name, sizeof(gone.name), "%s", cut);
	err = pf_joblog_let_go(dir, &gone);
	/* Where there is no room for it, room comes first. */
	if (err != NULL && err->class == PF_FULL)
		err = NULL;
	for (i = 0; err == NULL && i < n; i++) {
		if (!pf_joblog_parse(&l, names[i]) ||
		    strcmp(names[i], gone.name) > 0)
			continue;
		path = pf_asprintf("%s/%s", dir, names[i]);
		if (unlink(path) == -1 && errno != ENOENT)
			err = pf_errno("remove %s", path);
		free(path);
	}
	return err;
}

/*
 * Lets the oldest bytes beyond the limit go, whose attempt they are of; one at
 * a time, so that each is counted once.
 */
static const struct pf_err *
rotate(const struct ingest *g, const char *dir, struct coming c)
{
	const struct pf_err *err;
	char **names = NULL, cut[PF_JOBLOG_NAME] = "";
	size_t n = 0;
	int fd = -1, round;

	for (round = 0; round < 2; round++) {
		if ((err = pf_names(&names, &n, dir)) != NULL)
			break;
		find_cut(cut, g, dir, names, n, c);
		if (round == 1 && cut[0] != '\0')
			err = let_go_of(dir, names, n, cut);
		pf_names_free(names);
		if (err != NULL || cut[0] == '\0' || round == 1)
			break;
		fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd == -1 || flock(fd, LOCK_EX) == -1) {
			err = pf_errno("lock %s", dir);
			break;
		}
	}
	if (fd != -1)
		close(fd);
	return err;
}

/* Makes room for a segment; *keep is false if it is gone, or would be. */
static const struct pf_err *
make_way(const struct ingest *g, const char *dir, struct coming c,
    bool *keep)
{
	const struct pf_err *err;
	struct pf_joblog_gone gone;

	if ((err = pf_joblog_gone(&gone, dir)) == NULL &&
	    strcmp(c.name, gone.name) > 0 &&
	    (err = rotate(g, dir, c)) == NULL)
		err = pf_joblog_gone(&gone, dir);
	*keep = strcmp(c.name, gone.name) > 0;
	return err;
}

static const struct pf_err *
write_at(int fd, const char *p, size_t n, off_t at, const char *path)
{
	char *clean = pf_calloc(n + 1, 1);
	ssize_t w = 0;
	size_t i;

	for (i = 0; i < n; i++)
		clean[i] = p[i] == '\0' ? '?' : p[i];
	for (i = 0; i < n; i += (size_t)w)
		if ((w = pwrite(fd, clean + i, n - i, at + (off_t)i)) <= 0)
			break;
	free(clean);
	return i == n ? NULL : pf_errno("write %s", path);
}

/* Writes to a segment, synced. */
static const struct pf_err *
put_bytes(struct ingest *g, const char *path, off_t at, const char *p,
    size_t n)
{
	const struct pf_err *err;
	int fd;

	if ((err = keep_open(&fd, path, 0)) != NULL)
		return err;
	err = write_at(fd, p, n, at, path);
	if (err == NULL && fsync(fd) == -1) {
		g->hard = true;
		err = keep_renew(fd, path, PF_JOBLOG_SEGMENT);
	}
	if (close(fd) == -1 && err == NULL)
		err = pf_errno("close %s", path);
	return err;
}

/* The part of a record that lies in one segment, synced. */
static const struct pf_err *
put_part(struct ingest *g, const struct pf_rec *r, const char *dir,
    int64_t at, const char *p, size_t n, bool *keep)
{
	const struct pf_err *err = NULL;
	const struct pf_joblog l = { r->epoch, r->attempt,
	    at / PF_JOBLOG_SEGMENT };
	char name[PF_JOBLOG_NAME], *path;

	pf_joblog_name(name, &l);
	path = pf_asprintf("%s/%s", dir, name);
	*keep = true;
	if (!pf_exists(path))
		err = make_way(g, dir, (struct coming){ name,
		    at % PF_JOBLOG_SEGMENT + (int64_t)n }, keep);
	if (err == NULL && *keep)
		err = put_bytes(g, path, at % PF_JOBLOG_SEGMENT, p, n);
	free(path);
	return err;
}

const struct pf_err *
place_log(struct ingest *g, struct item *it)
{
	const struct pf_rec *r = &it->rec;
	const struct pf_err *err;
	int64_t at = 0, end;
	const char *p = r->body;
	bool keep, any = false;
	size_t n;
	char *dir;

	if ((err = pf_json_int(&at, r->fields, "offset", 0, PF_LOG_MAX)) !=
	    NULL || (err = log_dir(&dir, g, r->job)) != NULL)
		return err;
	end = at + r->len;
	for (; err == NULL && at < end; at += (int64_t)n, p += n) {
		n = (size_t)(PF_JOBLOG_SEGMENT - at % PF_JOBLOG_SEGMENT);
		if ((int64_t)n > end - at)
			n = (size_t)(end - at);
		err = put_part(g, r, dir, at, p, n, &keep);
		any = any || keep;
	}
	if (err == NULL && !any && r->len > 0)
		drop_item(it);
	free(dir);
	return err;
}

/* After what was there has grown it may be too much. */
static const struct pf_err *
measure_log(int64_t *bytes, struct pf_joblog_gone *gone,
    const struct ingest *g, const char *job)
{
	const struct pf_err *err;
	char *dir = pf_joblog_dir(g->conf->storage_path, job);

	err = pf_joblog_bytes(bytes, g->conf->storage_path, job);
	if (err == NULL && *bytes > g->conf->log_size &&
	    (err = rotate(g, dir, (struct coming){ "", 0 })) == NULL)
		err = pf_joblog_bytes(bytes, g->conf->storage_path, job);
	if (err == NULL)
		err = pf_joblog_gone(gone, dir);
	free(dir);
	return err;
}

const struct pf_err *
measure_logs(struct ingest *g, struct item *it, size_t n)
{
	const struct pf_err *err = NULL;
	const char *job = "";
	struct pf_joblog_gone gone;
	int64_t bytes;
	size_t i;

	/* From the last: of a run of one job that one tells. */
	for (i = n; err == NULL && i-- > 0;) {
		if (it[i].state != ITEM_TODO || it[i].dropped ||
		    it[i].rec.kind != PF_KIND_LOG ||
		    strcmp(it[i].rec.job, job) == 0)
			continue;
		job = it[i].rec.job;
		if ((err = measure_log(&bytes, &gone, g, job)) != NULL)
			break;
		add_to_row(&it[i], "kept", bytes);
		if (gone.bytes > 0)
			add_to_row(&it[i], "gone", gone.bytes);
	}
	return err;
}
