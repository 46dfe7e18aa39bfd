/*
 * The part of the spool for what was refused; see spool.h and pf-spool(5).
 *
 * A name here is bound to bytes: that of a record has the hash of its bytes,
 * so no two meet under one, and has the rid its frame claimed, so that it
 * comes back under no other.
 */
#include <sys/file.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/name.h"
#include "codec/hash.h"
#include "os/fs.h"
#include "store/spool.h"

#define BAD_STEM	136	/* room for a record's name without its end */

/* A record's name without ".rec". */
static void
make_stem(char stem[BAD_STEM], const char *rid, const void *p, size_t n)
{
	char hash[PF_SHA_TEXT];

	pf_sha256(hash, p, n);
	if (strcmp(hash, rid) == 0)
		snprintf(stem, BAD_STEM, "%s", rid);
	else
		snprintf(stem, BAD_STEM, "%.64s.%s", rid, hash);
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

	err = pf_spool_place(dir, "bad", name, text, strlen(text));
	free(text);
	free(name);
	return err;
}

const struct pf_err *
pf_spool_bad(const struct pf_pack *pack, const char *dir, const char *rid,
    const void *p, size_t n, const char *why)
{
	const struct pf_err *err;
	char stem[BAD_STEM], *name;
	bool there;

	if (rid != NULL)
		make_stem(stem, rid, p, n);
	else
		snprintf(stem, sizeof(stem), "%.*s",
		    (int)strcspn(pack->name, ":"), pack->name);
	name = pf_asprintf("%s.%s", stem, rid != NULL ? "rec" : "pack");
	if (!same_bytes(&there, dir, name, p, n) && there && rid == NULL) {
		pf_sha256(stem, p, n);
		free(name);
		name = pf_asprintf("%s.pack", stem);
	}
	if ((err = put_why(dir, stem, why)) == NULL)
		err = pf_spool_place(dir, "bad", name, p, n);
	free(name);
	return err;
}

bool
pf_spool_is_bad(const char *dir, const char *rid, const void *p, size_t n)
{
	char stem[BAD_STEM], *name;
	bool there, same;

	make_stem(stem, rid, p, n);
	name = pf_asprintf("%s.rec", stem);
	same = same_bytes(&there, dir, name, p, n);
	free(name);
	return same;
}

bool
pf_spool_claimed(char rid[PF_SHA_TEXT], const char *stem)
{
	snprintf(rid, PF_SHA_TEXT, "%.*s", (int)strcspn(stem, "."), stem);
	return pf_sha_ok(rid);
}

const struct pf_err *
pf_spool_reject(struct pf_pack *p, const char *dir, const char *why)
{
	const struct pf_err *err = NULL;
	char stem[PF_PACK_NAME], *from, *to, *bad;

	from = pf_asprintf("%s/cur/%s", dir, p->name);
	bad = pf_asprintf("%s/bad", dir);
	snprintf(stem, sizeof(stem), "%.*s", (int)strcspn(p->name, ":"),
	    p->name);
	to = pf_asprintf("%s/%s.pack", bad, stem);
	if (pf_exists(to) && (err = pf_spool_name(stem)) == NULL) {
		free(to);
		to = pf_asprintf("%s/%s.pack", bad, stem);
	}
	if (err == NULL && (err = put_why(dir, stem, why)) == NULL) {
		if (pf_rename_new(from, to) == -1)
			err = pf_errno("rename %s to %s", from, to);
		else
			err = pf_sync_dir(bad);
	}
	if (err == NULL)
		pf_spool_drop(p);
	free(to);
	free(bad);
	free(from);
	return err;
}

const struct pf_err *
pf_spool_bad_size(int64_t *bytes, const char *dir)
{
	const struct pf_err *err;
	char *path = pf_asprintf("%s/bad", dir), **names, *file;
	struct stat st;
	size_t i, n;

	*bytes = 0;
	err = pf_names(&names, &n, path);
	for (i = 0; err == NULL && i < n; i++) {
		file = pf_asprintf("%s/%s", path, names[i]);
		if (lstat(file, &st) == 0)
			*bytes += st.st_size + PF_SPOOL_BLOCK;
		free(file);
	}
	pf_names_free(names);
	free(path);
	return err;
}

/* A line of a fixed length, so that it is written over as one. */
static void
read_dropped(int fd, int64_t *n, int64_t *bytes)
{
	char text[64] = "";

	*n = *bytes = 0;
	if (pread(fd, text, sizeof(text) - 1, 0) > 0)
		(void)sscanf(text, "%" SCNd64 " %" SCNd64, n, bytes);
}

const struct pf_err *
pf_spool_drop_count(const char *dir, int64_t bytes)
{
	const struct pf_err *err = NULL;
	char *path = pf_asprintf("%s/dropped", dir), text[64];
	int64_t n, all;
	int fd, len;

	fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0640);
	if (fd == -1 || flock(fd, LOCK_EX) == -1)
		err = pf_errno("open %s", path);
	else {
		read_dropped(fd, &n, &all);
		len = snprintf(text, sizeof(text), "%20" PRId64 " %20" PRId64
		    "\n", n + 1, all + bytes);
		if (pwrite(fd, text, (size_t)len, 0) != len)
			err = pf_errno("write %s", path);
		else if (fsync(fd) == -1)
			err = pf_errno("fsync %s", path);
	}
	if (fd != -1)
		close(fd);
	free(path);
	return err;
}

const struct pf_err *
pf_spool_dropped(const char *dir, int64_t *n, int64_t *bytes)
{
	const struct pf_err *err = NULL;
	char *path = pf_asprintf("%s/dropped", dir);
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	*n = *bytes = 0;
	if (fd != -1) {
		read_dropped(fd, n, bytes);
		close(fd);
	} else if (errno != ENOENT)
		err = pf_errno("open %s", path);
	free(path);
	return err;
}
