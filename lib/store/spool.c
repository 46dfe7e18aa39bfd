/*
 * The spool and the outbox; see spool.h and pf-spool(5).  Must not know what
 * a record says: a pack is bytes with a name here.
 *
 * Who claims a pack locks its file before it renames it, and only who holds
 * the lock may rename it.  So a name in cur/ without a lock has a dead owner.
 */
#include <sys/file.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/num.h"
#include "os/clock.h"
#include "os/fs.h"
#include "store/spool.h"

#define NAME_LONGEST	40		/* of a pack, without ":N" */
#define STRAY_SECONDS	(36 * 3600)

static const char *const parts[] = { "tmp", "new", "cur", "bad" };

const struct pf_err *
pf_spool_init(const char *dir, unsigned int mode)
{
	const struct pf_err *err = NULL;
	bool made = !pf_exists(dir);
	char *path;
	size_t i;

	if ((err = pf_mkdirs(dir, mode)) != NULL)
		return err;
	if (made && chmod(dir, mode) == -1)
		return pf_errno("chmod %s", dir);
	for (i = 0; err == NULL && i < sizeof(parts) / sizeof(parts[0]); i++) {
		path = pf_asprintf("%s/%s", dir, parts[i]);
		made = !pf_exists(path);
		err = pf_mkdirs(path, mode);
		/* The umask has had its say; the group must get in. */
		if (err == NULL && made && chmod(path, mode) == -1)
			err = pf_errno("chmod %s", path);
		free(path);
	}
	return err;
}

/* A name that may be a pack's; anything else in the directory is not ours. */
static bool
name_ok(const char *s, size_t n)
{
	return n > 0 && n <= NAME_LONGEST && *s != '.' &&
	    strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789._-") >= n;
}

/* Splits "new/NAME" or "cur/NAME:N"; tries is 0 in new. */
static bool
split_entry(const char *entry, char base[PF_PACK_NAME], int *tries)
{
	const char *s = entry + 4, *colon;
	int64_t n = 0;
	size_t len;

	if (strncmp(entry, "new/", 4) == 0)
		len = strlen(s);
	else {
		colon = strrchr(s, ':');
		if (colon == NULL || !pf_num(&n, colon + 1, 1, 9999))
			return false;
		len = (size_t)(colon - s);
	}
	if (!name_ok(s, len))
		return false;
	snprintf(base, PF_PACK_NAME, "%.*s", (int)len, s);
	*tries = (int)n;
	return true;
}

/* By deaths, then by name. */
static int
cmp_suspects(const void *a, const void *b)
{
	const char *x = *(char *const *)a, *y = *(char *const *)b;
	char base[PF_PACK_NAME];
	int i = 0, j = 0;

	(void)split_entry(x, base, &i);
	(void)split_entry(y, base, &j);
	return i != j ? (i > j) - (i < j) : strcmp(x, y);
}

/* Appends the packs of one part to a list of n. */
static const struct pf_err *
add_packs(char ***v, size_t *n, const char *dir, const char *part)
{
	const struct pf_err *err;
	char *path = pf_asprintf("%s/%s", dir, part), **names, *entry;
	char base[PF_PACK_NAME];
	size_t i, got;
	int tries;

	err = pf_names(&names, &got, path);
	free(path);
	if (err != NULL)
		return err;
	*v = pf_reallocarray(*v, *n + got + 1, sizeof(**v));
	for (i = 0; i < got; i++) {
		entry = pf_asprintf("%s/%s", part, names[i]);
		if (split_entry(entry, base, &tries))
			(*v)[(*n)++] = entry;
		else
			free(entry);
	}
	(*v)[*n] = NULL;
	pf_names_free(names);
	return NULL;
}

void
pf_spool_list_free(char **v)
{
	char **p;

	for (p = v; p != NULL && *p != NULL; p++)
		free(*p);
	free(v);
}

const struct pf_err *
pf_spool_list(char ***out, size_t *n, const char *dir)
{
	const struct pf_err *err;
	char **v = NULL;
	size_t k = 0, fresh = 0;

	*out = NULL;
	*n = 0;
	if ((err = add_packs(&v, &k, dir, "new")) == NULL) {
		fresh = k;
		err = add_packs(&v, &k, dir, "cur");
	}
	if (err != NULL) {
		pf_spool_list_free(v);
		return err;
	}
	qsort(v + fresh, k - fresh, sizeof(*v), cmp_suspects);
	*out = v;
	*n = k;
	return NULL;
}

void
pf_spool_drop(struct pf_pack *p)
{
	if (p->fd != -1)
		close(p->fd);
	pf_buf_free(&p->data);
	*p = (struct pf_pack)PF_PACK_INIT;
}

/* Opens and locks the file; p->fd stays -1 if it is not for us. */
static const struct pf_err *
lock_pack(struct pf_pack *p, const char *path)
{
	struct stat st, now;
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd == -1 && (errno == ENOENT || errno == ELOOP || errno == ENXIO))
		return NULL;
	if (fd == -1)
		return pf_errno("open %s", path);
	/* Between open and lock somebody else may have dealt with it. */
	if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode) ||
	    flock(fd, LOCK_EX | LOCK_NB) == -1 ||
	    lstat(path, &now) == -1 || now.st_ino != st.st_ino ||
	    now.st_dev != st.st_dev) {
		close(fd);
		return NULL;
	}
	p->fd = fd;
	p->size = st.st_size;
	return NULL;
}

/*
 * Renames the file to dir/part/NAME or, with tries, to dir/part/NAME:TRIES,
 * NAME being what name says before its colon; name becomes what it is called
 * now.  Never over another pack: where that name is taken, by whom ever, this
 * one gets a fresh one.
 */
static const struct pf_err *
move_pack(char name[PF_PACK_NAME], const char *from, const char *dir,
    const char *part, int tries)
{
	const struct pf_err *err = NULL;
	char base[PF_PACK_NAME], count[8] = "", *to;
	bool fresh = false, again;

	snprintf(base, sizeof(base), "%.*s", (int)strcspn(name, ":"), name);
	if (tries > 0)
		snprintf(count, sizeof(count), ":%u",
		    (unsigned int)tries % 100000);
	do {
		again = false;
		to = pf_asprintf("%s/%s/%.40s%s", dir, part, base, count);
		if (pf_rename_new(from, to) == 0)
			snprintf(name, PF_PACK_NAME, "%.40s%s", base, count);
		else if (errno != EEXIST || fresh)
			err = pf_errno("rename %s to %s", from, to);
		else
			again = fresh = (err = pf_spool_name(base)) == NULL;
		free(to);
	} while (again);
	return err;
}

/* The same for a pack that is ours. */
static const struct pf_err *
move_ours(struct pf_pack *p, const char *dir, const char *part, int tries)
{
	const struct pf_err *err;
	char *from = pf_asprintf("%s/cur/%s", dir, p->name);

	err = move_pack(p->name, from, dir, part, tries);
	free(from);
	return err;
}

const struct pf_err *
pf_spool_read(struct pf_pack *p, const char *dir)
{
	const struct pf_err *err;
	char name[PF_PACK_NAME];

	/* What it is called again if that fails. */
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(p->name, ":"),
	    p->name);
	pf_buf_room(&p->data, (size_t)p->size + 1);
	err = pf_read_all(&p->data, p->fd, (size_t)p->size, name);
	if (err != NULL)
		pf_spool_back(p, dir);
	return err;
}

const struct pf_err *
pf_spool_take(struct pf_pack *p, bool *found, const char *dir,
    const char *entry, size_t max)
{
	const struct pf_err *err;
	char *old;
	int tries;

	*p = (struct pf_pack)PF_PACK_INIT;
	*found = false;
	if (!split_entry(entry, p->name, &tries))
		return NULL;
	old = pf_asprintf("%s/%s", dir, entry);
	err = lock_pack(p, old);
	*found = err != NULL && err->class != PF_BUSY;
	if (err != NULL || p->fd == -1)
		goto done;
	p->tries = tries + 1;
	err = move_pack(p->name, old, dir, "cur", p->tries);
	if (err != NULL)
		goto done;
	*found = true;
	if (p->size <= (int64_t)max)
		err = pf_spool_read(p, dir);
done:
	if (err != NULL || !*found)
		pf_spool_drop(p);
	free(old);
	return err;
}

const struct pf_err *
pf_spool_claim(struct pf_pack *p, bool *found, const char *dir, size_t max)
{
	const struct pf_err *err, *own = NULL;
	char **list;
	size_t i, n;

	*p = (struct pf_pack)PF_PACK_INIT;
	*found = false;
	if ((err = pf_spool_list(&list, &n, dir)) != NULL)
		return err;
	for (i = 0; err == NULL && !*found && i < n; i++) {
		err = pf_spool_take(p, found, dir, list[i], max);
		if (err != NULL && *found) {
			own = err;
			err = NULL;
			*found = false;
		}
	}
	pf_spool_list_free(list);
	return err != NULL || *found ? err : own;
}

const struct pf_err *
pf_spool_done(struct pf_pack *p, const char *dir)
{
	const struct pf_err *err = NULL;
	char *path = pf_asprintf("%s/cur/%s", dir, p->name);

	/* No fsync: if a power cut brings it back, it is filed again. */
	if (unlink(path) == -1)
		err = pf_errno("unlink %s", path);
	free(path);
	pf_spool_drop(p);
	return err;
}

const struct pf_err *
pf_spool_back(struct pf_pack *p, const char *dir)
{
	const struct pf_err *err;

	err = move_ours(p, dir, p->tries <= 1 ? "new" : "cur", p->tries - 1);
	pf_spool_drop(p);
	return err;
}

const struct pf_err *
pf_spool_progress(struct pf_pack *p, const char *dir)
{
	const struct pf_err *err;

	if (p->tries <= 2)
		return NULL;
	if ((err = move_ours(p, dir, "cur", 2)) == NULL)
		p->tries = 2;
	return err;
}

const struct pf_err *
pf_spool_return(const char *dir, const char *path)
{
	const struct pf_err *err;
	char name[PF_PACK_NAME], *new = pf_asprintf("%s/new", dir);

	if ((err = pf_spool_name(name)) == NULL &&
	    (err = move_pack(name, path, dir, "new", 0)) == NULL)
		err = pf_sync_dir(new);
	free(new);
	return err;
}

/* PID.BOOT.NAME of a process that is no more: its pid may be another's now. */
static bool
is_dead(pid_t pid, const char *rest)
{
	char boot[PF_SPOOL_BOOT + 1];

	pf_spool_boot(boot);
	if (strspn(rest, "0123456789abcdef") == PF_SPOOL_BOOT &&
	    rest[PF_SPOOL_BOOT] == '.' &&
	    strncmp(rest, boot, PF_SPOOL_BOOT) != 0)
		return true;
	return kill(pid, 0) == -1 && errno == ESRCH;
}

/* A file in tmp/ that nobody will finish. */
static bool
is_stray(const char *path, const char *name)
{
	const size_t len = strcspn(name, ".");
	char pid[24];
	struct stat st;
	int64_t n;

	snprintf(pid, sizeof(pid), "%.*s", (int)len, name);
	if (!pf_num(&n, pid, 1, INT32_MAX) || lstat(path, &st) == -1 ||
	    !S_ISREG(st.st_mode) || name[len] == '\0' ||
	    !is_dead((pid_t)n, name + len + 1))
		return false;
	return pf_wall_ms() / 1000 - st.st_mtime > STRAY_SECONDS;
}

const struct pf_err *
pf_spool_sweep(const char *dir, int *removed)
{
	const struct pf_err *err;
	char *tmp = pf_asprintf("%s/tmp", dir), **names, *path;
	size_t i, n;

	*removed = 0;
	err = pf_names(&names, &n, tmp);
	for (i = 0; err == NULL && i < n; i++) {
		path = pf_asprintf("%s/%s", tmp, names[i]);
		if (is_stray(path, names[i])) {
			if (unlink(path) == 0)
				++*removed;
			else if (errno != ENOENT)
				err = pf_errno("unlink %s", path);
		}
		free(path);
	}
	pf_names_free(names);
	free(tmp);
	return err;
}

/* Adds the regular files of dir/part. */
static const struct pf_err *
measure(struct pf_spool_depth *d, const char *dir, const char *part)
{
	const struct pf_err *err;
	char *path = pf_asprintf("%s/%s", dir, part), **names, *file, *entry;
	char base[PF_PACK_NAME];
	struct stat st;
	size_t i, n;
	int64_t ms;
	int tries;
	bool pack;

	err = pf_names(&names, &n, path);
	for (i = 0; err == NULL && i < n; i++) {
		/* What is no pack takes room, but is never filed. */
		entry = pf_asprintf("%s/%s", part, names[i]);
		pack = strcmp(part, "bad") == 0 ||
		    split_entry(entry, base, &tries);
		free(entry);
		file = pf_asprintf("%s/%s", path, names[i]);
		if (lstat(file, &st) == 0 && S_ISREG(st.st_mode)) {
			d->packs += pack;
			d->bytes += st.st_size;
			ms = (int64_t)st.st_mtime * 1000;
			if (pack && (d->oldest == 0 || ms < d->oldest))
				d->oldest = ms;
		}
		free(file);
	}
	pf_names_free(names);
	free(path);
	return err;
}

const struct pf_err *
pf_spool_look(struct pf_spool_depth *d, const char *dir)
{
	const struct pf_err *err;
	struct pf_spool_depth bad = { 0 };

	*d = bad;
	if ((err = measure(d, dir, "new")) != NULL ||
	    (err = measure(d, dir, "cur")) != NULL ||
	    (err = measure(&bad, dir, "bad")) != NULL)
		return err;
	/* Half of them say why. */
	d->bad = (bad.packs + 1) / 2;
	return NULL;
}

const struct pf_err *
pf_spool_depth(const char *dir, int64_t *packs, int64_t *bytes, int64_t *bad)
{
	const struct pf_err *err;
	struct pf_spool_depth d;

	err = pf_spool_look(&d, dir);
	*packs = d.packs;
	*bytes = d.bytes;
	*bad = d.bad;
	return err;
}
