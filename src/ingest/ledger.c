/*
 * The ledger: storage/metadata/ledger/YYYYMMDD.jsonl, a line for each result
 * that was filed.  A line may stand there twice, after a crash; its rid
 * tells.  With the input files it is enough to make the database anew.
 */
#include <sys/file.h>
#include <sys/stat.h>

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/time.h"
#include "ingest/ingest.h"
#include "os/clock.h"
#include "os/fs.h"

/* Writes b at the end; what a crash left half-written gets its newline. */
static const struct pf_err *
append(int fd, const struct pf_buf *b, const char *path)
{
	const struct pf_err *err;
	struct stat st;
	char last = '\n';

	/* One at a time, or the end we look at is not the one we write to. */
	if (flock(fd, LOCK_EX) == -1)
		return pf_errno("lock %s", path);
	if (fstat(fd, &st) == -1)
		return pf_errno("stat %s", path);
	if (st.st_size > 0 && pread(fd, &last, 1, st.st_size - 1) != 1)
		return pf_errno("read %s", path);
	err = last != '\n' ? pf_write_all(fd, "\n", 1, path) : NULL;
	if (err == NULL)
		err = pf_write_all(fd, b->data, b->len, path);
	if (err == NULL && fsync(fd) == -1)
		err = pf_errno("fsync %s", path);
	/* A full disk is not to fill with halves of lines. */
	if (err != NULL && ftruncate(fd, st.st_size) == -1)
		return err;
	return err;
}

static const struct pf_err *
add_text(const char *dir, const char *path, const struct pf_buf *b)
{
	const struct pf_err *err;
	bool made = !pf_exists(path);
	int fd;

	if (made && (err = pf_mkdirs(dir, 0750)) != NULL)
		return err;
	fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC,
	    0640);
	if (fd == -1)
		return pf_errno("open %s", path);
	err = append(fd, b, path);
	if (close(fd) == -1 && err == NULL)
		err = pf_errno("close %s", path);
	if (err == NULL && made)
		err = pf_sync_dir(dir);
	return err;
}

const struct pf_err *
ledger_add(struct ingest *g, const struct item *it, size_t n)
{
	const struct pf_err *err = NULL;
	struct pf_buf b = PF_BUF_INIT;
	char now[PF_TIME_TEXT], *dir, *path;
	size_t i;

	for (i = 0; i < n; i++)
		/* Of a log the files themselves tell all there is. */
		if (it[i].state == ITEM_TODO &&
		    (it[i].rec.kind != PF_KIND_LOG || it[i].dropped))
			pf_buf_addf(&b, "{\"kind\":\"%s\",%s\n",
			    pf_kind_name(it[i].rec.kind), it[i].row.data + 1);
	if (b.len == 0)
		return NULL;
	pf_time_text(now, pf_wall_ms());
	dir = pf_asprintf("%s/metadata/ledger", g->conf->storage_path);
	path = pf_asprintf("%s/%.4s%.2s%.2s.jsonl", dir, now, now + 5, now + 8);
	err = add_text(dir, path, &b);
	free(path);
	free(dir);
	pf_buf_free(&b);
	return err;
}
