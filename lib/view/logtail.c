/*
 * Following logs of jobs; see logtail.h.
 */
#include <sys/stat.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "view/logtail.h"

static bool
take_text(void *arg, const char *p, size_t n)
{
	struct pf_logtail *t = arg;

	pf_buf_add(t->out, p, n);
	t->run += n;
	return t->out->len < t->max;
}

static bool
take_mark(void *arg, const char *text)
{
	struct pf_logtail *t = arg;

	t->run = 0;
	if (text != NULL)
		pf_buf_addf(t->out, "%s\n", text);
	return true;
}

void
pf_logtail_open(struct pf_logtail *t, const char *storage, const char *job)
{
	memset(t, 0, sizeof(*t));
	t->dir = pf_joblog_dir(storage, job);
	t->r.dir = t->dir;
	t->r.patient = true;
	t->r.text = take_text;
	t->r.mark = take_mark;
}

void
pf_logtail_close(struct pf_logtail *t)
{
	free(t->dir);
	t->dir = NULL;
}

/* How many bytes at the end begin a character that is not all there. */
static size_t
cut_character(const char *p, size_t n)
{
	size_t i, len;
	unsigned char c;

	for (i = 1; i <= 3 && i <= n; i++) {
		c = (unsigned char)p[n - i];
		if (c < 0x80)
			return 0;
		if (c >= 0xc0) {
			len = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
			return len > i ? i : 0;
		}
	}
	return 0;
}

/* Looks at the directory (0) or the segment (1); true if it has changed. */
static bool
has_changed(struct pf_logtail *t, int which)
{
	char *path = which == 0 ? pf_strdup(t->dir) :
	    pf_asprintf("%s/%s", t->dir, t->r.name);
	struct pf_log_seen now = { { 0, 0 }, -1 }, *was = &t->seen[which];
	struct stat st;
	bool changed;

	if (lstat(path, &st) == 0) {
		now.time = st.st_mtim;
		now.size = st.st_size;
	}
	free(path);
	changed = now.size != was->size ||
	    now.time.tv_sec != was->time.tv_sec ||
	    now.time.tv_nsec != was->time.tv_nsec;
	*was = now;
	return changed;
}

const struct pf_err *
pf_logtail(struct pf_logtail *t, struct pf_buf *b, size_t max)
{
	const struct pf_err *err;
	/* Both are looked at before anything is read, so nothing is missed. */
	bool changed = has_changed(t, 0) | has_changed(t, 1);
	size_t n;

	if (!changed && !t->r.enough && t->r.until == 0)
		return NULL;
	t->out = b;
	t->max = max;
	t->run = 0;
	t->r.arg = t;		/* it may have been moved */
	t->r.enough = false;
	err = pf_logread(&t->r);
	/* What began a character is read again with its rest. */
	n = cut_character(b->data, b->len);
	if (n > 0 && n <= t->run && (int64_t)n <= t->r.at) {
		b->len -= n;
		b->data[b->len] = '\0';
		t->r.at -= (int64_t)n;
	}
	return err;
}

void
pf_logtail_tell(char out[PF_LOG_PLACE], const struct pf_logtail *t)
{
	struct pf_joblog l;

	out[0] = '\0';
	if (t->r.begun && pf_joblog_parse(&l, t->r.name))
		snprintf(out, PF_LOG_PLACE, "%" PRId64 ".%" PRId64 ".%" PRId64,
		    l.epoch, l.attempt,
		    l.segment * PF_JOBLOG_SEGMENT + t->r.at);
}

/* A number and the dot or the end behind it. */
static bool
number(int64_t *v, const char **p, char end)
{
	char text[24];
	size_t n = strspn(*p, "0123456789");

	if (n == 0 || n >= sizeof(text) || (*p)[n] != end)
		return false;
	memcpy(text, *p, n);
	text[n] = '\0';
	*p += n + (end != '\0');
	return pf_num(v, text, 0, INT64_C(1) << 53);
}

bool
pf_logtail_seek(struct pf_logtail *t, const char *place)
{
	struct pf_joblog l;
	int64_t at;

	if (!number(&l.epoch, &place, '.') ||
	    !number(&l.attempt, &place, '.') || !number(&at, &place, '\0'))
		return false;
	l.segment = at / PF_JOBLOG_SEGMENT;
	pf_joblog_name(t->r.name, &l);
	t->r.at = at % PF_JOBLOG_SEGMENT;
	t->r.begun = true;
	return true;
}
