/*
 * Logs of jobs: logs/jobs/JOB/EPOCH.ATTEMPT.SEGMENT.log.
 *
 * A record says where in the log of its attempt its bytes belong, and there
 * they are written: twice or in any order, the files end the same, and no
 * two pf-ingest can be in each other's way.  What has not come yet, or never
 * will, is a hole of NUL bytes; a NUL that was sent becomes a question mark.
 * Of a job the newest segments are kept, [limits] log_size of them; so what
 * is that far beyond all there is would drive the rest out, and is refused.
 *
 * What is kept is measured, not added up: so rotation, holes and records that
 * come twice need no accounts.
 */
#include <sys/stat.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "ingest/ingest.h"
#include "ingest/keep.h"
#include "os/fs.h"
#include "store/joblog.h"

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

/*
 * Makes room for a segment that is not there yet: the oldest beyond the limit
 * go.  *keep is false if it is older than all that may stay.
 */
static const struct pf_err *
rotate(const struct ingest *g, const char *dir, const char *name, bool *keep)
{
	const struct pf_err *err;
	int64_t most = g->conf->log_size / PF_JOBLOG_SEGMENT, kept = 1;
	char **names = NULL, *path;
	struct pf_joblog l;
	size_t i, n = 0;

	*keep = true;
	if ((err = pf_names(&names, &n, dir)) != NULL)
		return err;
	/* Names sort by age: from the newest down. */
	for (i = n; i-- > 0 && err == NULL && *keep;) {
		if (!pf_joblog_parse(&l, names[i]))
			continue;
		if (kept < most)
			kept++;
		else if (strcmp(names[i], name) > 0)
			*keep = false;
		else {
			path = pf_asprintf("%s/%s", dir, names[i]);
			if (unlink(path) == -1 && errno != ENOENT)
				err = pf_errno("remove %s", path);
			free(path);
		}
	}
	pf_names_free(names);
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
		err = rotate(g, dir, name, keep);
	if (err == NULL && *keep)
		err = put_bytes(g, path, at % PF_JOBLOG_SEGMENT, p, n);
	free(path);
	return err;
}

/* Where the log of the record's attempt ends, as far as it is there. */
static const struct pf_err *
find_end(int64_t *end, const struct pf_rec *r, const char *dir)
{
	const struct pf_err *err;
	char **names = NULL, *path;
	struct pf_joblog l;
	struct stat st;
	size_t i, n = 0;

	*end = 0;
	if ((err = pf_names(&names, &n, dir)) != NULL)
		return err;
	for (i = n; i-- > 0;) {
		if (!pf_joblog_parse(&l, names[i]) || l.epoch != r->epoch ||
		    l.attempt != r->attempt)
			continue;
		path = pf_asprintf("%s/%s", dir, names[i]);
		if (lstat(path, &st) == 0)
			*end = l.segment * PF_JOBLOG_SEGMENT + st.st_size;
		free(path);
		break;
	}
	pf_names_free(names);
	return NULL;
}

/* Refuses the item if it is too far off. */
static const struct pf_err *
check_gap(struct ingest *g, struct item *it, const char *dir, int64_t at)
{
	const struct pf_err *err;
	int64_t end, most = g->conf->log_size;
	char why[128];

	if (at <= it->log_end + most)
		return NULL;
	if ((err = find_end(&end, &it->rec, dir)) != NULL || at <= end + most)
		return err;
	snprintf(why, sizeof(why), "offset %lld is more than log_size = %lld "
	    "beyond the %lld bytes of this log", (long long)at,
	    (long long)most, (long long)(end > it->log_end ? end :
	    it->log_end));
	return refuse_item(g, it, why);
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
	err = check_gap(g, it, dir, at);
	for (; it->state == ITEM_TODO && err == NULL && at < end;
	    at += (int64_t)n, p += n) {
		n = (size_t)(PF_JOBLOG_SEGMENT - at % PF_JOBLOG_SEGMENT);
		if ((int64_t)n > end - at)
			n = (size_t)(end - at);
		err = put_part(g, r, dir, at, p, n, &keep);
		any = any || keep;
	}
	if (err == NULL && !any && r->len > 0 && it->state == ITEM_TODO)
		drop_item(it);
	free(dir);
	return err;
}

const struct pf_err *
measure_logs(struct ingest *g, struct item *it, size_t n)
{
	const struct pf_err *err = NULL;
	const char *job = "";
	int64_t bytes;
	size_t i;

	/* From the last: of a run of one job that one tells. */
	for (i = n; err == NULL && i-- > 0;) {
		if (it[i].state != ITEM_TODO || it[i].dropped ||
		    it[i].rec.kind != PF_KIND_LOG ||
		    strcmp(it[i].rec.job, job) == 0)
			continue;
		job = it[i].rec.job;
		err = pf_joblog_bytes(&bytes, g->conf->storage_path, job);
		if (err == NULL)
			add_to_row(&it[i], "kept", bytes);
	}
	return err;
}
