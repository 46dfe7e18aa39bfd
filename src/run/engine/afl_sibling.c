/*
 * Inputs of other jobs, for afl-fuzz to import: the queue of a sibling that
 * is none.  Names matter: ids without a gap, nothing else in the directory,
 * else it imports nothing more and says so nowhere.
 */
#include <sys/stat.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "codec/aflstat.h"
#include "os/fs.h"
#include "run/engine/afl.h"

#define SIBLING_MAX	1000000		/* ids of six digits */
#define KEPT		256		/* that are done with */
#define INPUT_MAX	(1 << 20)	/* it takes no larger ones */

/* With what was given before a restart. */
const struct pf_err *
afl_sibling_make(struct fuzz *f)
{
	const struct pf_err *err;
	struct afl *st = f->state;
	struct pf_aflname a;
	char *dir, *src, **names = NULL;
	size_t i, n = 0;

	/* Without coverage it imports nothing: nothing is asked for. */
	if (st->opts.plain) {
		f->share.next = INT64_MAX;
		return NULL;
	}
	dir = pf_asprintf("%s/" AFL_SIBLING "/queue", st->out);
	if ((err = pf_mkdirs(dir, 0750)) == NULL)
		err = pf_names(&names, &n, dir);
	for (i = 0; i < n; i++) {
		if (!pf_aflname_parse(&a, names[i]))
			continue;
		if (a.id >= st->next_import)
			st->next_import = a.id + 1;
		if ((src = strstr(names[i], ",src:")) != NULL &&
		    pf_sha_ok(src + 5))
			(void)find_known(f, src + 5);
	}
	pf_names_free(names);
	free(dir);
	return err;
}

const struct pf_err *
afl_import(struct fuzz *f, const char *from, const char *hash, int64_t size)
{
	const struct pf_err *err;
	struct afl *st = f->state;
	char *to;

	if (st->opts.plain || size > INPUT_MAX ||
	    st->next_import >= SIBLING_MAX) {
		unlink(from);
		return NULL;
	}
	to = pf_asprintf("%s/" AFL_SIBLING "/queue/id:%06" PRId64 ",src:%s",
	    st->out, st->next_import, hash);
	if ((err = pf_rename_in(from, f->dir, to)) == NULL)
		st->next_import++;
	free(to);
	return err;
}

/* One of those there, under the next number. */
static const struct pf_err *
renumber(struct fuzz *f, const char *path, const char *tmp)
{
	const struct pf_err *err;
	struct pf_buf b = PF_BUF_INIT;
	char hash[PF_SHA_TEXT];

	/* Who may write there may have made a link of it. */
	if ((err = pf_slurp_in(&b, f->dir, path, INPUT_MAX)) == NULL &&
	    (err = pf_file_write(tmp, &b)) == NULL &&
	    (err = pf_unlink_in(f->dir, path)) == NULL) {
		pf_sha256(hash, b.data, b.len);
		err = afl_import(f, tmp, hash, (int64_t)b.len);
	}
	pf_buf_free(&b);
	return err;
}

/* Its place was in the directory of the main node, and went with that. */
void
afl_sibling_again(struct fuzz *f)
{
	const struct pf_err *err;
	struct afl *st = f->state;
	struct pf_aflname a;
	char *dir, *path, *tmp, **names = NULL;
	size_t i, n = 0, lost = 0;

	dir = pf_asprintf("%s/" AFL_SIBLING "/queue", st->out);
	tmp = pf_asprintf("%s/own/import", f->dir);
	if (pf_names(&names, &n, dir) != NULL)
		n = 0;
	st->next_import = st->first_import = 0;
	for (i = 0; i < n; i++) {
		if (!pf_aflname_parse(&a, names[i]))
			continue;
		path = pf_asprintf("%s/%s", dir, names[i]);
		if ((err = renumber(f, path, tmp)) != NULL && lost++ == 0)
			pf_warn("%s: job %s: %s", f->slot->name, f->job->id,
			    err->msg);
		/* Those after it are worth more. */
		if (err != NULL)
			(void)pf_unlink_in(f->dir, path);
		free(path);
	}
	pf_names_free(names);
	free(dir);
	free(tmp);
}

/*
 * It reads the whole of that directory whenever it looks for something new,
 * which is often.  From where it is on no number may be missing; what is
 * before that is of no use to it, but for the last, which tells us our place.
 */
void
afl_sibling_thin(struct fuzz *f)
{
	struct afl *st = f->state;
	struct pf_aflname a;
	char *dir, *path, **names = NULL;
	int64_t last = f->share.taken - 1;
	size_t i, n = 0;

	if (last >= st->next_import || last - st->first_import < KEPT)
		return;
	dir = pf_asprintf("%s/" AFL_SIBLING "/queue", st->out);
	if (pf_names(&names, &n, dir) != NULL)
		n = 0;
	for (i = 0; i < n; i++) {
		if (!pf_aflname_parse(&a, names[i]) || a.id >= last)
			continue;
		path = pf_asprintf("%s/%s", dir, names[i]);
		(void)pf_unlink_in(f->dir, path);
		free(path);
	}
	st->first_import = last;
	pf_names_free(names);
	free(dir);
}
