/*
 * The spool and the outbox; see spool.h and pf-spool(5).  Must not know what
 * a record says: a pack is bytes with a name here.
 *
 * Who claims a pack locks its file before it renames it, and only who holds
 * the lock may rename it.  So a name in cur/ without a lock has a dead owner.
 */
#include <sys/file.h>
#include <sys/random.h>
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
#include "codec/hash.h"
#include "os/clock.h"
#include "os/fs.h"
#include "store/spool.h"

#define NAME_LONGEST	40		/* of a pack, without ":N" */
#define STRAY_SECONDS	(36 * 3600)
#define FILE_MODE	0640

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

static const struct pf_err *
make_name(char name[PF_PACK_NAME])
{
	uint64_t r;

	if (getrandom(&r, sizeof(r), 0) != (ssize_t)sizeof(r))
		return pf_errno("getrandom");
	snprintf(name, PF_PACK_NAME, "%016" PRIx64 "-%016" PRIx64,
	    (uint64_t)pf_wall_ms(), r);
	return NULL;
}

/* A durable file dir/part/name by way of tmp. */
static const struct pf_err *
put_file(const char *dir, const char *part, const char *name, const void *p,
    size_t n)
{
	const struct pf_err *err;
	char chance[PF_PACK_NAME], *path, *tmp;

	if ((err = make_name(chance)) != NULL)
		return err;
	path = pf_asprintf("%s/%s/%s", dir, part, name);
	tmp = pf_asprintf("%s/tmp/%ld.%s", dir, (long)getpid(), chance);
	err = pf_file_put(path, tmp, p, n, FILE_MODE);
	free(tmp);
	free(path);
	return err;
}

const struct pf_err *
pf_spool_put(const char *dir, const void *p, size_t n,
    char name[PF_PACK_NAME])
{
	const struct pf_err *err;
	char own[PF_PACK_NAME], *path;

	if ((err = make_name(own)) != NULL)
		return err;
	if ((err = put_file(dir, "new", own, p, n)) != NULL) {
		/* The rename may have been done and its sync have failed. */
		path = pf_asprintf("%s/new/%s", dir, own);
		unlink(path);
		free(path);
		return err;
	}
	if (name != NULL)
		memcpy(name, own, sizeof(own));
	return NULL;
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

const struct pf_err *
pf_spool_list(char ***out, size_t *n, const char *dir)
{
	static const char *const from[] = { "cur", "new" };
	const struct pf_err *err = NULL;
	char **v = NULL, **names, base[PF_PACK_NAME], *path, *entry;
	size_t i, j, k = 0, got;
	int tries;

	*out = NULL;
	*n = 0;
	for (i = 0; err == NULL && i < 2; i++) {
		path = pf_asprintf("%s/%s", dir, from[i]);
		err = pf_names(&names, &got, path);
		free(path);
		if (err != NULL)
			break;
		v = pf_reallocarray(v, k + got + 1, sizeof(*v));
		for (j = 0; j < got; j++) {
			entry = pf_asprintf("%s/%s", from[i], names[j]);
			if (split_entry(entry, base, &tries))
				v[k++] = entry;
			else
				free(entry);
		}
		v[k] = NULL;
		pf_names_free(names);
	}
	if (err != NULL) {
		pf_names_free(v);
		return err;
	}
	*out = v;
	*n = k;
	return NULL;
}

/* Forgets the claim; the file stays where it is. */
static void
drop(struct pf_pack *p)
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

/* Renames the claimed file from its name in cur/ to dir/to. */
static const struct pf_err *
move_pack(const struct pf_pack *p, const char *dir, const char *to)
{
	const struct pf_err *err = NULL;
	char *old = pf_asprintf("%s/cur/%s", dir, p->name);
	char *new = pf_asprintf("%s/%s", dir, to);

	if (rename(old, new) == -1)
		err = pf_errno("rename %s to %s", old, new);
	free(new);
	free(old);
	return err;
}

const struct pf_err *
pf_spool_take(struct pf_pack *p, bool *found, const char *dir,
    const char *entry, size_t max)
{
	const struct pf_err *err;
	char base[PF_PACK_NAME], *old, *new = NULL;
	int tries;

	*p = (struct pf_pack)PF_PACK_INIT;
	*found = false;
	if (!split_entry(entry, base, &tries))
		return NULL;
	old = pf_asprintf("%s/%s", dir, entry);
	if ((err = lock_pack(p, old)) != NULL || p->fd == -1)
		goto done;
	p->tries = tries + 1;
	snprintf(p->name, sizeof(p->name), "%.40s:%u", base,
	    (unsigned int)p->tries % 100000);
	new = pf_asprintf("%s/cur/%s", dir, p->name);
	if (rename(old, new) == -1) {
		err = pf_errno("rename %s to %s", old, new);
		goto done;
	}
	if (p->size <= (int64_t)max)
		err = pf_read_all(&p->data, p->fd, max, new);
	*found = err == NULL;
	if (err != NULL)
		pf_spool_back(p, dir);
done:
	if (!*found)
		drop(p);
	free(new);
	free(old);
	return err;
}

const struct pf_err *
pf_spool_claim(struct pf_pack *p, bool *found, const char *dir, size_t max)
{
	const struct pf_err *err;
	char **list;
	size_t i, n;

	*p = (struct pf_pack)PF_PACK_INIT;
	*found = false;
	if ((err = pf_spool_list(&list, &n, dir)) != NULL)
		return err;
	for (i = 0; err == NULL && !*found && i < n; i++)
		err = pf_spool_take(p, found, dir, list[i], max);
	pf_names_free(list);
	return err;
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
	drop(p);
	return err;
}

const struct pf_err *
pf_spool_back(struct pf_pack *p, const char *dir)
{
	const struct pf_err *err;
	int len = (int)strcspn(p->name, ":");
	char *to;

	if (p->tries <= 1)
		to = pf_asprintf("new/%.*s", len, p->name);
	else
		to = pf_asprintf("cur/%.*s:%d", len, p->name, p->tries - 1);
	err = move_pack(p, dir, to);
	free(to);
	drop(p);
	return err;
}

const struct pf_err *
pf_spool_progress(struct pf_pack *p, const char *dir)
{
	const struct pf_err *err;
	char to[PF_PACK_NAME + 4];

	if (p->tries <= 2)
		return NULL;
	snprintf(to, sizeof(to), "cur/%.*s:2", (int)strcspn(p->name, ":"),
	    p->name);
	if ((err = move_pack(p, dir, to)) != NULL)
		return err;
	snprintf(p->name, sizeof(p->name), "%s", to + 4);
	p->tries = 2;
	return NULL;
}

/* True if dir/bad/name holds just these bytes; *there if there is any. */
static bool
same_bytes(bool *there, const char *dir, const char *name, const void *p,
    size_t n)
{
	struct pf_buf b = PF_BUF_INIT;
	char *path = pf_asprintf("%s/bad/%s", dir, name);
	bool same;

	*there = pf_exists(path);
	same = *there && pf_slurp(&b, path, n) == NULL && b.len == n &&
	    memcmp(b.data, p, n) == 0;
	pf_buf_free(&b);
	free(path);
	return same;
}

static const struct pf_err *
put_why(const char *dir, const char *stem, const char *why)
{
	const struct pf_err *err;
	char *name = pf_asprintf("%s.why", stem);
	char *text = pf_asprintf("%s\n", why);

	err = put_file(dir, "bad", name, text, strlen(text));
	free(text);
	free(name);
	return err;
}

const struct pf_err *
pf_spool_bad(const struct pf_pack *pack, const char *dir, const char *rid,
    const void *p, size_t n, const char *why)
{
	const struct pf_err *err;
	char stem[PF_SHA_TEXT], *name;
	bool there;

	if (rid != NULL)
		snprintf(stem, sizeof(stem), "%s", rid);
	else
		snprintf(stem, sizeof(stem), "%.*s",
		    (int)strcspn(pack->name, ":"), pack->name);
	name = pf_asprintf("%s.%s", stem, rid != NULL ? "rec" : "pack");
	if (!same_bytes(&there, dir, name, p, n) && there) {
		pf_sha256(stem, p, n);
		free(name);
		name = pf_asprintf("%s.%s", stem, rid != NULL ? "rec" : "pack");
	}
	if ((err = put_why(dir, stem, why)) == NULL)
		err = put_file(dir, "bad", name, p, n);
	free(name);
	return err;
}

bool
pf_spool_is_bad(const char *dir, const char *rid)
{
	char *path = pf_asprintf("%s/bad/%s.rec", dir, rid);
	bool there = pf_exists(path);

	free(path);
	return there;
}

const struct pf_err *
pf_spool_reject(struct pf_pack *p, const char *dir, const char *why)
{
	const struct pf_err *err;
	char stem[PF_PACK_NAME], *to, *bad;

	snprintf(stem, sizeof(stem), "%.*s", (int)strcspn(p->name, ":"),
	    p->name);
	if ((err = put_why(dir, stem, why)) != NULL)
		return err;
	to = pf_asprintf("bad/%s.pack", stem);
	bad = pf_asprintf("%s/bad", dir);
	if ((err = move_pack(p, dir, to)) == NULL) {
		err = pf_sync_dir(bad);
		drop(p);
	}
	free(bad);
	free(to);
	return err;
}

/* A file in tmp/ that nobody will finish. */
static bool
is_stray(const char *path, const char *name)
{
	char pid[24];
	struct stat st;
	int64_t n;

	snprintf(pid, sizeof(pid), "%.*s", (int)strcspn(name, "."), name);
	if (!pf_num(&n, pid, 1, INT32_MAX) || lstat(path, &st) == -1 ||
	    !S_ISREG(st.st_mode))
		return false;
	if (kill((pid_t)n, 0) == 0 || errno != ESRCH)
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

/* Counts the regular files of dir/part and their bytes. */
static const struct pf_err *
measure(const char *dir, const char *part, int64_t *files, int64_t *bytes)
{
	const struct pf_err *err;
	char *path = pf_asprintf("%s/%s", dir, part), **names, *file;
	struct stat st;
	size_t i, n;

	err = pf_names(&names, &n, path);
	for (i = 0; err == NULL && i < n; i++) {
		file = pf_asprintf("%s/%s", path, names[i]);
		if (lstat(file, &st) == 0 && S_ISREG(st.st_mode)) {
			++*files;
			*bytes += st.st_size;
		}
		free(file);
	}
	pf_names_free(names);
	free(path);
	return err;
}

const struct pf_err *
pf_spool_depth(const char *dir, int64_t *packs, int64_t *bytes, int64_t *bad)
{
	const struct pf_err *err;
	int64_t n = 0, files = 0;

	*packs = *bytes = *bad = 0;
	if ((err = measure(dir, "new", packs, bytes)) != NULL ||
	    (err = measure(dir, "cur", packs, bytes)) != NULL ||
	    (err = measure(dir, "bad", &files, &n)) != NULL)
		return err;
	/* Half of them say why. */
	*bad = (files + 1) / 2;
	return NULL;
}
