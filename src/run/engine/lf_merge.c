/*
 * A large corpus is made small before a start: libFuzzer's own merge chooses
 * the files that reach all that the others reach, and the others go.
 *
 * What it chose is a list to us, by content: names stay, and only files that
 * were there when it began are removed, one by one.  Killed at any moment
 * there is too much, never too little; its control file lets the next one go
 * on.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "codec/hash.h"
#include "os/fs.h"
#include "run/engine/libfuzzer.h"

#define FILES_MIN	2000	/* fewer are read in no time */
#define BYTES_MAX	(1 << 24)

bool
lf_merge_start(struct fuzz *f, struct lf *lf)
{
	int64_t least = lf_number(f->job, "minimise", FILES_MIN);
	char **names = NULL, *out;
	size_t i, n = 0;
	bool go = false;

	if (least == 0 || pf_names(&names, &n, lf->corpus) != NULL)
		return false;
	/* Again only when it has doubled. */
	if ((int64_t)n >= least && (int64_t)n >= 2 * lf->n.merged) {
		out = pf_asprintf("%s/out", lf->merge);
		go = pf_rmtree(out) == NULL && pf_mkdirs(out, 0750) == NULL;
		free(out);
		seen_free(&lf->merging);
		for (i = 0; go && i < n; i++)
			(void)seen_add(&lf->merging, names[i]);
	}
	pf_names_free(names);
	return go;
}

/* The hash of a file; false if it cannot be read. */
static bool
hash_file(char hash[PF_SHA_TEXT], const struct fuzz *f, const char *dir,
    const char *name)
{
	struct pf_buf b = PF_BUF_INIT;
	char *path = pf_asprintf("%s/%s", dir, name);
	bool good = pf_slurp_in(&b, f->dir, path, BYTES_MAX) == NULL;

	if (good)
		pf_sha256(hash, b.data, b.len);
	pf_buf_free(&b);
	free(path);
	return good;
}

/* The contents of all files of a directory. */
static void
hash_all(struct seen *set, const struct fuzz *f, const char *dir)
{
	char hash[PF_SHA_TEXT], **names = NULL;
	size_t i, n = 0;

	if (pf_names(&names, &n, dir) != NULL)
		return;
	for (i = 0; i < n; i++)
		if (hash_file(hash, f, dir, names[i]))
			(void)seen_add(set, hash);
	pf_names_free(names);
}

/* Removes from the corpus what was there and is not in the set. */
static void
prune(struct fuzz *f, struct lf *lf, const struct seen *set)
{
	char hash[PF_SHA_TEXT], **names = NULL, *path;
	size_t i, n = 0;

	lf->n.merged = 0;
	if (pf_names(&names, &n, lf->corpus) != NULL)
		return;
	for (i = 0; i < n; i++) {
		path = pf_asprintf("%s/%s", lf->corpus, names[i]);
		/* One that could not be sent yet stays, too. */
		if (seen_has(&lf->merging, names[i]) &&
		    seen_has(&f->seen, path) &&
		    hash_file(hash, f, lf->corpus, names[i]) &&
		    !seen_has(set, hash))
			(void)unlink(path);
		else
			lf->n.merged++;
		free(path);
	}
	pf_names_free(names);
}

void
lf_merge_ended(struct fuzz *f, struct lf *lf, bool well)
{
	struct seen set = { 0 };
	char *out = pf_asprintf("%s/out", lf->merge);

	if (well && lf->log.merged > 0)
		hash_all(&set, f, out);
	if (set.n > 0)
		prune(f, lf, &set);
	else
		/* Not the same again at the next start. */
		lf->n.merged = (int64_t)lf->merging.n;
	if (well)
		(void)pf_rmtree(lf->merge);
	lf_save(f, lf);
	seen_free(&set);
	seen_free(&lf->merging);
	free(out);
}
