/*
 * The ledger: storage/metadata/ledger/YYYYMMDD.jsonl, a line for each result
 * that was filed.  A line may stand there twice, after a crash; its rid
 * tells.  After a failed fsync a day goes on in a new file and the old one is
 * YYYYMMDD-NN.jsonl.  With the input files it is enough to make the database
 * anew.
 */
#include <sys/stat.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/time.h"
#include "codec/sum.h"
#include "ingest/ingest.h"
#include "ingest/keep.h"
#include "os/clock.h"
#include "os/fs.h"

/* Writes b at the end; what a crash left half-written gets its newline. */
static const struct pf_err *
append(int fd, const struct pf_buf *b, const char *path)
{
	const struct pf_err *err;
	struct stat st;
	char last = '\n';

	if (fstat(fd, &st) == -1)
		return pf_errno("stat %s", path);
	if (st.st_size > 0 && pread(fd, &last, 1, st.st_size - 1) != 1)
		return pf_errno("read %s", path);
	err = last != '\n' ? pf_write_all(fd, "\n", 1, path) : NULL;
	if (err == NULL)
		err = pf_write_all(fd, b->data, b->len, path);
	if (err == NULL)
		return keep_sync(fd, path, st.st_size);
	/* A full disk is not to fill with halves of lines. */
	(void)!ftruncate(fd, st.st_size);
	return err;
}

static const struct pf_err *
add_text(const char *dir, const char *path, const struct pf_buf *b)
{
	const struct pf_err *err;
	int fd;

	if (!pf_exists(path) && (err = pf_mkdirs(dir, 0750)) != NULL)
		return err;
	if ((err = keep_open(&fd, path, O_APPEND)) != NULL)
		return err;
	err = append(fd, b, path);
	if (close(fd) == -1 && err == NULL)
		err = pf_errno("close %s", path);
	return err;
}

void
ledger_line(struct pf_buf *b, const char *kind, const char *row)
{
	size_t start = b->len;

	pf_buf_addf(b, "{\"kind\":\"%s\",%s", kind, row + 1);
	b->len--;
	pf_sum_end(b, start);
}

const struct pf_err *
ledger_put(struct ingest *g, const struct pf_buf *lines)
{
	const struct pf_err *err;
	char now[PF_TIME_TEXT], *dir, *path;

	if (lines->len == 0)
		return NULL;
	pf_time_text(now, pf_wall_ms());
	dir = pf_asprintf("%s/metadata/ledger", g->conf->storage_path);
	path = pf_asprintf("%s/%.4s%.2s%.2s.jsonl", dir, now, now + 5, now + 8);
	err = add_text(dir, path, lines);
	free(path);
	free(dir);
	return err;
}

const struct pf_err *
ledger_add(struct ingest *g, const struct item *it, size_t n)
{
	const struct pf_err *err;
	struct pf_buf b = PF_BUF_INIT;
	size_t i;

	for (i = 0; i < n; i++)
		if (it[i].state == ITEM_TODO)
			ledger_line(&b, pf_kind_name(it[i].rec.kind),
			    it[i].row.data);
	err = ledger_put(g, &b);
	pf_buf_free(&b);
	return err;
}
