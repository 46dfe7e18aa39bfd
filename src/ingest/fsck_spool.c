/*
 * fsck: what waits in the spool and what lies in bad/.
 *
 * A pack may be claimed, and a record come back, while we look: what is gone
 * by then is no finding, nor what is young.
 */
#include <sys/stat.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "ingest/fsck.h"
#include "os/fs.h"

/* Frames to the end, each of the hash it is named after. */
static const struct pf_err *
check_frames(const struct pf_buf *b)
{
	const struct pf_err *err = NULL;
	char rid[PF_SHA_TEXT], sum[PF_SHA_TEXT];
	size_t at = 0, used, len;
	const char *rec;

	while (err == NULL && at < b->len) {
		err = pf_frame_next(b->data + at, b->len - at, &used, &rec,
		    &len, rid);
		if (err == NULL && used == 0)
			err = pf_err(PF_DATA, "it ends inside a record");
		if (err != NULL)
			break;
		pf_sha256(sum, rec, len);
		if (strcmp(sum, rid) != 0)
			err = pf_err(PF_DATA, "record %.16s has another hash",
			    rid);
		at += used;
	}
	return err;
}

static const struct pf_err *
check_pack(struct fsck *f, const char *entry)
{
	const struct pf_err *err;
	struct pf_buf b = PF_BUF_INIT;
	char *path = pf_asprintf("%s/%s", f->g->conf->spool_path, entry);
	char why[PF_ERR_MSG];

	/* Filing leaves it alone, and whoever opens a FIFO waits. */
	if (!pf_is_file(path)) {
		free(path);
		return NULL;
	}
	f->files++;
	if ((err = pf_slurp(&b, path, PACK_PART)) == NULL)
		err = check_frames(&b);
	else if (err->class == PF_DATA)
		err = check_large(f->g, path);
	else
		err = fsck_unread(f, path, err);
	if (err != NULL && err->class == PF_DATA && pf_exists(path)) {
		/* Filing it puts the bad part into bad/. */
		snprintf(why, sizeof(why), "%s", err->msg);
		finding(f, "pack", path, why);
		err = NULL;
	}
	pf_buf_free(&b);
	free(path);
	return err != NULL && (err->class == PF_NOTFOUND ||
	    err->class == PF_DATA) ? NULL : err;
}

/* STEM.rec or STEM.pack, and STEM.why: neither without the other. */
static const struct pf_err *
check_bad(struct fsck *f, const char *dir, const char *name)
{
	const struct pf_err *err = NULL;
	const char *dot = strrchr(name, '.');
	char *path = pf_asprintf("%s/%s", dir, name), *stem, *rec, *pack, *why;
	struct stat st;

	if (dot == NULL || lstat(path, &st) == -1 ||
	    time(NULL) - st.st_mtime <= FSCK_YOUNG_S) {
		free(path);
		return NULL;
	}
	stem = pf_strndup(name, (size_t)(dot - name));
	rec = pf_asprintf("%s/%s.rec", dir, stem);
	pack = pf_asprintf("%s/%s.pack", dir, stem);
	why = pf_asprintf("%s/%s.why", dir, stem);
	if (name[0] == '.')
		finding(f, "bad", path, "a retry of it was interrupted");
	else if (strcmp(dot, ".why") == 0 && !pf_exists(rec) &&
	    !pf_exists(pack)) {
		finding(f, "bad", path, "what it explains is gone");
		err = mend_stray(f, path);
	} else if (strcmp(dot, ".why") != 0 && !pf_exists(why)) {
		finding(f, "bad", path, "nothing says why it was refused");
		if (f->mend && (err = pf_file_put(why, NULL, "it is not known"
		    " why\n", 20, 0640)) == NULL)
			mended(f, "noted that it is not known why", path);
	}
	free(why);
	free(pack);
	free(rec);
	free(stem);
	free(path);
	return err;
}

const struct pf_err *
fsck_spool(struct fsck *f)
{
	const struct pf_err *err;
	char *dir = pf_asprintf("%s/bad", f->g->conf->spool_path);
	char **names = NULL;
	size_t i, n = 0;

	err = pf_spool_list(&names, &n, f->g->conf->spool_path);
	for (i = 0; err == NULL && i < n && !stopping(); i++)
		err = check_pack(f, names[i]);
	pf_spool_list_free(names);
	names = NULL;
	if (err == NULL)
		err = pf_names(&names, &n, dir);
	for (i = 0; err == NULL && i < n && !stopping(); i++)
		err = check_bad(f, dir, names[i]);
	pf_names_free(names);
	free(dir);
	return err != NULL && err->class == PF_NOTFOUND ? NULL : err;
}
