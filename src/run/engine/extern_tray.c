/*
 * What an engine leaves in its directories; see extern.h.
 *
 * It may leave anything there: links, pipes, devices, names that are no text,
 * files without end or in any number.  A regular file that fits is taken and
 * then removed, once it is in the outbox; the rest is removed too.
 */
#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/clock.h"
#include "os/fs.h"
#include "run/engine/extern.h"

#define LOOK_FILES	1000	/* taken in one look */
#define LOOK_BYTES	(32 << 20)
#define LOOK_CRASHES	20	/* each of them is run again */
#define LOOK_MS		2000	/* and no new one begun after that */
#define JUNK_MAX	10000	/* entries that nobody can take */
#define WAIT_MAX	100000	/* entries that wait for the next look */
#define INFO		".info"
#define INFO_MAX	(256 << 10)

/* Opens dir/name without following it, made first if it is not there. */
static int
open_dir(int base, const char *name)
{
	if (mkdirat(base, name, 0750) == -1 && errno != EEXIST)
		return -1;
	return openat(base, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
	    O_CLOEXEC);
}

const struct pf_err *
tray_open(struct tray *t, int base, const char *dir, const char *name)
{
	t->path = pf_asprintf("%s/%s", dir, name);
	t->what = name;
	if ((t->fd = open_dir(base, name)) == -1)
		return pf_errno("open %s", t->path);
	return NULL;
}

void
tray_close(struct tray *t)
{
	if (t->fd != -1)
		close(t->fd);
	free(t->path);
	*t = (struct tray){ .fd = -1 };
}

/* To read it from its beginning; closedir() leaves the tray open. */
static DIR *
read_dir(const struct tray *t)
{
	int fd = openat(t->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d;

	if (fd == -1)
		return NULL;
	if ((d = fdopendir(fd)) == NULL)
		close(fd);
	return d;
}

int
tray_count(const struct tray *t)
{
	DIR *d = read_dir(t);
	struct dirent *e;
	int n = 0;

	if (d == NULL)
		return -1;
	while (n < INT_MAX && (e = readdir(d)) != NULL)
		if (e->d_name[0] != '.')
			n++;
	closedir(d);
	return n;
}

static bool
is_info(const char *name)
{
	size_t n = strlen(name), k = sizeof(INFO) - 1;

	return n >= k && strcmp(name + n - k, INFO) == 0;
}

/* Once a job: it goes on, but whoever wrote the engine should know. */
static void
tell(struct tray *t, const struct fuzz *f, const char *name, const char *why)
{
	if (t->told)
		return;
	t->told = true;
	pf_warn("%s: job %s: engine %s left %.64s in %s: %s; this is not said "
	    "again", f->slot->name, f->job->id, f->job->engine, pf_text_ok(name)
	    ? name : "something", t->what, why);
}

/* Whether it is something to take, of *size bytes. */
static bool
fits(struct tray *t, const struct fuzz *f, const char *name, int64_t *size)
{
	const struct pf_conf *conf = f->slot->conf;
	int64_t max = t->crashes ? conf->crash_size : conf->corpus_size;
	struct stat st;

	if (fstatat(t->fd, name, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return false;
	*size = st.st_size;
	if (!S_ISREG(st.st_mode))
		tell(t, f, name, "not a regular file");
	else if (st.st_size > max)
		tell(t, f, name, "larger than [limits] allow");
	else
		return true;
	if (!S_ISDIR(st.st_mode))
		(void)unlinkat(t->fd, name, 0);
	return false;
}

/* What the engine says of its crash. */
static void
read_info(struct tray *t, const char *name, struct pf_buf *b,
    struct find *found)
{
	struct pf_crashinfo c;
	char *path = pf_asprintf("/proc/self/fd/%d/%s" INFO, t->fd, name);

	if (pf_slurp(b, path, INFO_MAX) == NULL) {
		pf_crashinfo_parse(&c, b->data, b->len);
		found->signal = (int)c.signal;
		found->exit_code = (int)c.exit_status;
		if (c.report_len > 0) {
			found->report = b->data + c.report;
			found->report_len = c.report_len;
		}
	}
	free(path);
}

/* One file into the pack. */
static const struct pf_err *
take_one(struct tray *t, struct fuzz *f, const char *name)
{
	const struct pf_err *err;
	char *path = pf_asprintf("%s/%s", t->path, name);
	struct pf_buf info = PF_BUF_INIT;
	struct find found = { .crash = t->crashes, .path = path,
	    .name = pf_text_ok(name) ? name : "unnamed" };

	if (t->crashes)
		read_info(t, name, &info, &found);
	err = find_file(f, &found);
	pf_buf_free(&info);
	free(path);
	return err;
}

/* What was taken is on disk elsewhere before it goes. */
static const struct pf_err *
remove_taken(struct tray *t, struct fuzz *f, char **taken)
{
	const struct pf_err *err;
	char *info;

	if (taken == NULL || (err = find_flush(f)) != NULL)
		return taken == NULL ? NULL : err;
	for (; *taken != NULL; taken++) {
		(void)unlinkat(t->fd, *taken, 0);
		if (!t->crashes)
			continue;
		info = pf_asprintf("%s" INFO, *taken);
		(void)unlinkat(t->fd, info, 0);
		free(info);
	}
	return NULL;
}

/* Of what is left of the directory; an engine may be faster than we are. */
static const struct pf_err *
check_rest(const struct tray *t, const struct fuzz *f, DIR *d)
{
	int n = 0;

	while (readdir(d) != NULL)
		if (++n > WAIT_MAX)
			return pf_err(PF_DATA, "engine %s leaves more than %d "
			    "files in %s", f->job->engine, WAIT_MAX, t->what);
	return NULL;
}

const struct pf_err *
tray_take(struct tray *t, struct fuzz *f, size_t *n)
{
	const struct pf_err *err = NULL, *why;
	int64_t end = pf_boot_ms() + LOOK_MS, bytes = 0, size;
	size_t junk = 0, max = t->crashes ? LOOK_CRASHES : LOOK_FILES;
	char **taken = NULL;
	bool later = false;
	struct dirent *e;
	DIR *d = read_dir(t);

	*n = 0;
	if (d == NULL)
		return pf_errno("read %s", t->path);
	while (err == NULL && *n < max && bytes < LOOK_BYTES &&
	    pf_boot_ms() < end && (e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.' || (t->crashes && is_info(e->d_name)) ||
		    !fits(t, f, e->d_name, &size)) {
			if (++junk > JUNK_MAX)
				err = pf_err(PF_DATA, "engine %s leaves too "
				    "much in %s that cannot be taken",
				    f->job->engine, t->what);
			continue;
		}
		bytes += size;
		if ((why = take_one(t, f, e->d_name)) == NULL) {
			argv_add(&taken, e->d_name);
			++*n;
		} else if (why->class == PF_NO)
			later = true;
		else
			tell(t, f, e->d_name, why->msg);
	}
	if (err == NULL && *n > 0)
		err = check_rest(t, f, d);
	closedir(d);
	if ((why = remove_taken(t, f, taken)) != NULL && err == NULL)
		err = why;
	argv_free(taken);
	if (err == NULL && later)
		err = pf_err(PF_NO, "%s: not all could be taken", t->path);
	return err;
}
