/*
 * The smaller input beside a crash: <sha256>.min.
 *
 * Which one the row tells of is the writer's choice, and the file follows it:
 * under a lock on its directory, so that who looks at the row last writes
 * last.  Whoever died in between left its pack, so it is done again.
 */
#include <sys/file.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "codec/check.h"
#include "ingest/ingest.h"
#include "os/fs.h"
#include "view/known.h"

static bool
is_there(const char *path, const struct pf_rec *r)
{
	struct pf_buf b = PF_BUF_INIT;
	char sum[PF_SHA_TEXT] = "";

	if (pf_slurp(&b, path, (size_t)r->len) == NULL)
		pf_sha256(sum, b.data, b.len);
	pf_buf_free(&b);
	return strcmp(sum, r->sha256) == 0;
}

/* Beside it, then over it; a dead one's temporary file is in nobody's use. */
static const struct pf_err *
replace(const struct item *it, const char *dir, const char *of,
    const char *path)
{
	const struct pf_err *err;
	const char *pack = it->pack->name;
	char *tmp = pf_asprintf("%s/.%s.min.%.*s", dir, of,
	    (int)strcspn(pack, ":"), pack);

	unlink(tmp);
	err = pf_file_put(path, tmp, it->rec.body, (size_t)it->rec.len, 0640);
	free(tmp);
	return err;
}

/* With the directory locked. */
static const struct pf_err *
settle(struct ingest *g, const struct item *it, const char *dir,
    const char *of)
{
	const struct pf_err *err;
	char chosen[PF_SHA_TEXT] = "", *path;

	path = pf_asprintf("%s/%s.min", dir, of);
	if ((err = pf_known_small(chosen, g->db, it->rec.job, of)) == NULL &&
	    strcmp(chosen, it->rid) == 0 && !is_there(path, &it->rec))
		err = replace(it, dir, of, path);
	free(path);
	return err;
}

const struct pf_err *
settle_small(struct ingest *g, const struct item *it)
{
	const struct pf_err *err;
	struct pf_small s;
	char *dir = pf_asprintf("%s/crashes/%s", g->conf->storage_path,
	    it->rec.job);
	int fd = -1;

	if ((err = pf_small_read(&s, it->rec.fields)) == NULL &&
	    (err = pf_mkdirs(dir, 0750)) == NULL) {
		fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd == -1)
			err = pf_errno("open %s", dir);
		else if (flock(fd, LOCK_EX) == -1)
			err = pf_errno("lock %s", dir);
		else
			err = settle(g, it, dir, s.of);
	}
	if (fd != -1)
		close(fd);
	free(dir);
	/* The record is filed by now: it is not to be refused for this. */
	if (err != NULL && refuses(err))
		err = pf_err(PF_IO, "%s", err->msg);
	return err;
}
