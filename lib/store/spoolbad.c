/*
 * The part of the spool for what was refused; see spool.h and pf-spool(5).
 *
 * A name here is bound to bytes: that of a record has the hash of its bytes,
 * so no two meet under one, and has the rid its frame claimed, so that it
 * comes back under no other.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

	err = pf_spool_file(dir, "bad", name, text, strlen(text));
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
		err = pf_spool_file(dir, "bad", name, p, n);
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
