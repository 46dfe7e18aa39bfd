/*
 * What of a job went into the outbox: keys of inputs in open/JOB.sent, where
 * no target writes, for who takes the job up after this process and must send
 * nothing twice.
 *
 *	!HASH, +HASH	a crash, an input of the corpus
 *	?HASH.BUILD	how often that crashed a build
 *	=NAME		those above are in the pack of this name
 *	.		which is in the outbox
 *
 * The first are written before the pack gets its name, the last after
 * it.  Of the last pack alone it may not be known: the outbox tells, for
 * nothing leaves that before the last line, which sent_settle() writes for
 * who was killed before he could.  The file is not synced: what a
 * power cut takes of it is sent again, and the master knows it.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/fs.h"
#include "run/engine/engine.h"
#include "store/spool.h"

#define LINE_MAX	256	/* a longer one is damage */

static char *
sent_path(const struct fuzz *f)
{
	return pf_asprintf("%s/open/%s.sent", f->slot->dir, f->job->id);
}

/* True if the outbox has the pack, waiting or claimed. */
static bool
has_pack(const char *outbox, const char *name)
{
	char **list = NULL;
	size_t i, n = 0, len = strlen(name);
	bool found = false;

	if (pf_spool_list(&list, &n, outbox) != NULL)
		return true;	/* twice is worse to tell apart than once */
	for (i = 0; i < n && !found; i++)
		found = strncmp(list[i] + 4, name, len) == 0 &&
		    (list[i][4 + len] == '\0' || list[i][4 + len] == ':');
	pf_spool_list_free(list);
	return found;
}

/* The name of the pack that the file ends with, "" if with something else. */
static void
last_pack(char name[PF_PACK_NAME], int fd)
{
	char text[2 * PF_PACK_NAME], *eq;
	off_t end = lseek(fd, 0, SEEK_END), from = end -
	    (off_t)sizeof(text) + 1;
	ssize_t n;

	name[0] = '\0';
	n = pread(fd, text, sizeof(text) - 1, from > 0 ? from : 0);
	if (n <= 0 || text[n - 1] != '\n')
		return;
	text[n - 1] = '\0';
	eq = strrchr(text, '\n');
	if (eq != NULL && eq[1] == '=' && strlen(eq + 2) < PF_PACK_NAME)
		snprintf(name, PF_PACK_NAME, "%s", eq + 2);
}

static void
settle(const char *path, const char *outbox)
{
	char name[PF_PACK_NAME];
	int fd = open(path, O_RDWR | O_APPEND | O_NOFOLLOW | O_CLOEXEC);

	if (fd == -1)
		return;
	last_pack(name, fd);
	if (name[0] != '\0' && has_pack(outbox, name))
		(void)pf_write_all(fd, ".\n", 2, path);
	close(fd);
}

void
sent_settle(const char *dir, const char *outbox)
{
	char *open = pf_asprintf("%s/open", dir), *path;
	char **names = NULL;
	size_t i, n = 0, len;

	(void)pf_names(&names, &n, open);
	for (i = 0; i < n; i++) {
		len = strlen(names[i]);
		path = pf_asprintf("%s/%s", open, names[i]);
		if (len > 5 && strcmp(names[i] + len - 5, ".sent") == 0)
			settle(path, outbox);
		free(path);
	}
	pf_names_free(names);
	free(open);
}

static bool
key_ok(const char *s)
{
	char hash[PF_SHA_TEXT];

	if (*s == '!' || *s == '+')
		return pf_sha_ok(s + 1);
	snprintf(hash, sizeof(hash), "%.64s", s + 1);
	return *s == '?' && pf_sha_ok(hash) && s[PF_SHA_TEXT] == '.';
}

/* The keys of a group, each with its line end, are dealt with. */
static void
know(struct fuzz *f, struct pf_buf *group)
{
	char *from, *nl;

	for (from = group->data; (nl = strchr(from, '\n')) != NULL;
	    from = nl + 1) {
		*nl = '\0';
		if (key_ok(from))
			(void)seen_add(&f->inputs, from);
	}
	pf_buf_reset(group);
}

/*
 * How much of the file holds, with what is in it known.  Line by line: there
 * may be a million of them.
 */
static off_t
read_groups(struct fuzz *f, FILE *in, char name[PF_PACK_NAME])
{
	char line[LINE_MAX];
	struct pf_buf group = PF_BUF_INIT;
	off_t good = 0, at = 0;
	size_t n;

	name[0] = '\0';
	while (fgets(line, sizeof(line), in) != NULL &&
	    (n = strlen(line)) > 0 && line[n - 1] == '\n') {
		if (*line == '.') {
			know(f, &group);
			good = at + (off_t)n;
			name[0] = '\0';
		} else if (*line == '=')
			snprintf(name, PF_PACK_NAME, "%.*s", (int)n - 2,
			    line + 1);
		else {
			/* The pack before was not laid down. */
			if (name[0] != '\0') {
				pf_buf_reset(&group);
				good = at;
				name[0] = '\0';
			}
			pf_buf_add(&group, line, n);
		}
		at += (off_t)n;
	}
	if (name[0] != '\0' && feof(in) && has_pack(f->slot->outbox, name)) {
		know(f, &group);
		good = at;
	} else
		name[0] = '\0';
	pf_buf_free(&group);
	return good;
}

static void
append(const struct fuzz *f, const char *text, size_t n)
{
	const struct pf_err *err;
	char *path = sent_path(f);
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW |
	    O_CLOEXEC, 0640);

	err = fd == -1 ? pf_errno("open %s", path) :
	    pf_write_all(fd, text, n, path);
	if (fd != -1)
		close(fd);
	if (err != NULL)
		pf_warn("%s: %s", f->slot->name, err->msg);
	free(path);
}

void
sent_resume(struct fuzz *f)
{
	const struct pf_err *err = NULL;
	char *path = sent_path(f), name[PF_PACK_NAME] = "";
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	FILE *in = fd == -1 ? NULL : fdopen(fd, "r");
	struct stat st;
	off_t good;

	if (in == NULL) {
		if (errno != ENOENT)
			err = pf_errno("open %s", path);
	} else {
		good = read_groups(f, in, name);
		if (ferror(in) || fstat(fd, &st) == -1)
			err = pf_errno("read %s", path);
		else if (good < st.st_size && truncate(path, good) == -1)
			err = pf_errno("truncate %s", path);
		else if (name[0] != '\0')
			append(f, ".\n", 2);
		fclose(in);
	}
	if (err != NULL)
		pf_warn("%s: %s; what was sent may be sent again",
		    f->slot->name, err->msg);
	free(path);
}

void
sent_before(struct fuzz *f, const char *name)
{
	struct pf_buf b = PF_BUF_INIT;

	if (f->keys.len == 0)
		return;
	pf_buf_addf(&b, "%s=%s\n", f->keys.data, name);
	append(f, b.data, b.len);
	pf_buf_free(&b);
}

void
sent_after(struct fuzz *f)
{
	if (f->keys.len == 0)
		return;
	append(f, ".\n", 2);
	pf_buf_reset(&f->keys);
}
