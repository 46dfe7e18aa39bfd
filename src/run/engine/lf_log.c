/*
 * What a libFuzzer process prints: its numbers, and the report it ends with.
 */
#include <sys/stat.h>

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "os/clock.h"
#include "run/engine/libfuzzer.h"

#define LOG_MAX		(32 << 20)	/* then it is begun anew */
#define REPORT_MAX	(256 << 10)
#define BEFORE		4096	/* a little of what came before the report:
				 * an assertion's own message */
#define PIECE		65536
#define BLIND		"ERROR: no interesting inputs were found. Is the code"

/* A line that ends at this place of the log. */
static void
take_line(struct fuzz *f, const char *p, size_t n, int64_t begins)
{
	struct lf *lf = f->state;

	if (memmem(p, n, BLIND, sizeof(BLIND) - 1) != NULL)
		lf->blind = true;
	switch (pf_fuzzlog_line(&lf->log, p, n)) {
	case PF_FL_REPORT:
		if (lf->report_at == -1) {
			lf->report_at = begins;
			lf->report_seen = pf_boot_ms();
		}
		break;
	case PF_FL_STATUS:
		f->progress = lf->told_at = pf_boot_ms();
		break;
	default:
		break;
	}
}

void
lf_read_log(struct fuzz *f, struct lf *lf)
{
	struct pf_buf *b = &lf->part;
	ssize_t got = 0;
	size_t at, n;
	struct stat st;
	char *nl;
	int fd = open(f->log, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd == -1)
		return;
	/* It was begun anew. */
	if (fstat(fd, &st) == 0 && st.st_size < lf->pos)
		lf->pos = 0;
	do {
		at = 0;
		got = pread(fd, pf_buf_room(b, PIECE), PIECE, (off_t)lf->pos);
		if (got > 0) {
			pf_buf_grew(b, (size_t)got);
			lf->pos += got;
		}
		while ((nl = memchr(b->data + at, '\n', b->len - at)) !=
		    NULL) {
			n = (size_t)(nl - (b->data + at));
			take_line(f, b->data + at, n, lf->pos -
			    (int64_t)(b->len - at));
			at += n + 1;
		}
		pf_buf_eat(b, at);
		if (b->len > PIECE)
			pf_buf_reset(b);
	} while (got > 0);
	close(fd);
	f->run_seed = lf->log.seed;
	/* A target that prints must not fill the disk. */
	if (lf->pos > LOG_MAX && lf->report_at == -1 &&
	    truncate(f->log, 0) == 0)
		lf->pos = 0;
}

void
lf_read_report(struct fuzz *f, struct lf *lf, struct pf_buf *b)
{
	int64_t from = lf->report_at - BEFORE;
	ssize_t n;
	int fd;

	if (lf->report_at == -1)
		return;
	if (from < 0)
		from = 0;
	if ((fd = open(f->log, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)) == -1)
		return;
	n = pread(fd, pf_buf_room(b, REPORT_MAX), REPORT_MAX, (off_t)from);
	if (n > 0)
		pf_buf_grew(b, (size_t)n);
	close(fd);
}
