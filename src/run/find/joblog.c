/*
 * The engine's own words, for the job's log on the master: what is new since
 * the last look, as a record that says where in the log of this attempt it
 * belongs.  An engine that talks too much is heard with gaps.
 */
#include <sys/stat.h>

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/num.h"
#include "codec/rec.h"
#include "os/fs.h"
#include "run/engine/engine.h"

#define EACH_MAX	(32 << 10)	/* bytes a look */
#define BEHIND_MAX	(128 << 10)	/* more is passed over */
#define GAP_MAX		(1 << 20)	/* it shows as: the master refuses
					 * what is too far off */
#define POS_MAX		32

/*
 * Where the log of this attempt ends, for who takes the job up after this
 * process: the next byte must not get the place of one that was sent.
 */
static char *
pos_path(const struct fuzz *f)
{
	return pf_asprintf("%s/own/log.sent", f->dir);
}

void
find_log_resume(struct fuzz *f)
{
	struct pf_buf b = PF_BUF_INIT;
	char *path = pos_path(f);
	int64_t attempt, at;
	char *sp;

	if (pf_slurp(&b, path, POS_MAX * 2) == NULL &&
	    (sp = strchr(b.data, ' ')) != NULL) {
		*sp++ = '\0';
		sp[strcspn(sp, "\n")] = '\0';
		if (pf_num(&attempt, b.data, 0, INT64_MAX) &&
		    attempt == f->job->attempt &&
		    pf_num(&at, sp, 0, PF_LOG_MAX))
			f->log_sent = at;
	}
	pf_buf_free(&b);
	free(path);
}

static void
remember(const struct fuzz *f)
{
	char *path = pos_path(f);
	FILE *out = fopen(path, "we");

	if (out != NULL) {
		fprintf(out, "%" PRId64 " %" PRId64 "\n", f->job->attempt,
		    f->log_sent);
		fclose(out);
	}
	free(path);
}

int64_t
find_log_place(struct fuzz *f, size_t n)
{
	int64_t at = f->log_sent;

	f->log_sent += (int64_t)n;
	remember(f);
	return at;
}

size_t
find_log_next(struct fuzz *f, struct pf_buf *b, int64_t *at)
{
	struct stat st;
	int64_t behind, gap;
	ssize_t n = 0;
	int fd = open(f->log, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd == -1)
		return 0;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
		/* Begun anew by an engine that was started again. */
		if (st.st_ino != f->log_ino || st.st_size < f->log_read)
			f->log_read = 0;
		f->log_ino = st.st_ino;
		behind = st.st_size - f->log_read;
		if (behind > BEHIND_MAX) {
			gap = behind - EACH_MAX;
			f->log_read += gap;
			f->log_sent += gap < GAP_MAX ? gap : GAP_MAX;
		}
		n = pread(fd, pf_buf_room(b, EACH_MAX), EACH_MAX,
		    (off_t)f->log_read);
	}
	close(fd);
	if (n <= 0)
		return 0;
	pf_buf_grew(b, (size_t)n);
	f->log_read += n;
	*at = find_log_place(f, (size_t)n);
	return (size_t)n;
}
