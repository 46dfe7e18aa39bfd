/*
 * What was refused: the list of it, and its way back into the spool.
 *
 * A record leaves bad/ under a hidden name before its pack appears in new/:
 * should another pf-ingest refuse it again meanwhile, that file is its own.
 */
#include <sys/file.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "codec/table.h"
#include "ingest/ingest.h"
#include "os/fs.h"

#define WHY_MAX		4096
#define HIDDEN		"retry-"	/* after a dot: on its way back */
#define SHORT		16		/* digits of a rid */
#define WAIT_MS		50		/* for another retry */

/* An entry of bad/: "RID.rec", "NAME.pack", or one a dead retry left. */
struct entry {
	char	*path;		/* whole */
	char	*stem;		/* RID or NAME */
	bool	 pack;
	bool	 hidden;
};

static bool
entry_parse(struct entry *e, const char *dir, const char *name)
{
	const char *dot, *from = name;

	e->hidden = strncmp(name, "." HIDDEN, sizeof(HIDDEN)) == 0;
	if (e->hidden)
		from += sizeof(HIDDEN);
	if (*from == '.' || (dot = strrchr(from, '.')) == NULL ||
	    (strcmp(dot, ".rec") != 0 && strcmp(dot, ".pack") != 0))
		return false;
	e->pack = strcmp(dot, ".pack") == 0;
	e->path = pf_asprintf("%s/%s", dir, name);
	e->stem = pf_strndup(from, (size_t)(dot - from));
	return true;
}

static void
entry_free(struct entry *e)
{
	free(e->path);
	free(e->stem);
}

/* Was it asked for?  Without names all of it is. */
static bool
is_meant(const struct entry *e, char **names)
{
	if (*names == NULL)
		return true;
	for (; *names != NULL; names++)
		if (strcmp(*names, e->stem) == 0)
			return true;
	return false;
}

/*
 * What the name stands for: itself, or the only one that it begins, if it is
 * as long as what a warning tells of a rid.
 */
static const struct pf_err *
resolve(char **stem, const char *dir, char **list, const char *name)
{
	const size_t len = strlen(name);
	struct entry e;
	size_t begun = 0;
	bool found = false;

	*stem = NULL;
	for (; *list != NULL && !found; list++) {
		if (!entry_parse(&e, dir, *list))
			continue;
		found = strcmp(e.stem, name) == 0;
		if (found || (len >= SHORT && strncmp(e.stem, name, len) == 0 &&
		    (*stem == NULL || strcmp(*stem, e.stem) != 0))) {
			begun++;
			free(*stem);
			*stem = pf_strdup(e.stem);
		}
		entry_free(&e);
	}
	if (begun > 1 && !found)
		return pf_err(PF_NOTFOUND, "%s/%s: the names of %zu begin so",
		    dir, name, begun);
	return begun > 0 ? NULL : pf_err(PF_NOTFOUND, "%s/%s: nothing of that "
	    "name was refused", dir, name);
}

/* Whole names, NULL-ended; as far as it came before an error. */
static const struct pf_err *
resolve_all(char ***whole, const char *dir, char **list, char **names)
{
	const struct pf_err *err = NULL;
	size_t i, n = 0;

	while (names[n] != NULL)
		n++;
	*whole = pf_calloc(n + 1, sizeof(**whole));
	for (i = 0; err == NULL && i < n; i++)
		err = resolve(&(*whole)[i], dir, list, names[i]);
	return err;
}

/* Calls see for each entry that is meant; every name must be there. */
static const struct pf_err *
each(struct ingest *g, char **names, void *arg,
    const struct pf_err *(*see)(struct ingest *, const struct entry *,
    void *))
{
	const struct pf_err *err;
	char *dir = pf_asprintf("%s/bad", g->conf->spool_path), **list = NULL;
	char **whole = NULL;
	struct entry e;
	size_t i, n;

	if ((err = pf_names(&list, &n, dir)) == NULL)
		err = resolve_all(&whole, dir, list, names);
	for (i = 0; err == NULL && i < n && !stopping(); i++) {
		if (!entry_parse(&e, dir, list[i]))
			continue;
		if (is_meant(&e, whole))
			err = see(g, &e, arg);
		entry_free(&e);
	}
	for (i = 0; whole != NULL && whole[i] != NULL; i++)
		free(whole[i]);
	free(whole);
	pf_names_free(list);
	free(dir);
	return err;
}

static char *
why_path(const struct ingest *g, const struct entry *e)
{
	return pf_asprintf("%s/bad/%s.why", g->conf->spool_path, e->stem);
}

static const struct pf_err *
show(struct ingest *g, const struct entry *e, void *arg)
{
	struct pf_table *t = arg;
	struct pf_buf why = PF_BUF_INIT;
	char *path = why_path(g, e);
	struct stat st;

	if (lstat(e->path, &st) == 0) {
		pf_table_text(t, e->stem);
		pf_table_text(t, e->pack ? "pack" : "record");
		pf_table_int(t, st.st_size);
		pf_table_int(t, (int64_t)st.st_mtim.tv_sec * 1000);
		if (e->hidden)
			pf_table_text(t, "a retry of it was interrupted");
		else if (pf_slurp(&why, path, WHY_MAX) != NULL)
			pf_table_null(t);
		else {
			why.data[strcspn(why.data, "\n")] = '\0';
			pf_table_text(t, why.data);
		}
	}
	pf_buf_free(&why);
	free(path);
	return NULL;
}

/* What was only counted. */
static const struct pf_err *
show_dropped(struct ingest *g, struct pf_table *t)
{
	const struct pf_err *err;
	int64_t n, bytes;
	char text[80];

	err = pf_spool_dropped(g->conf->spool_path, &n, &bytes);
	if (err == NULL && n > 0) {
		snprintf(text, sizeof(text), "%lld were only counted, for bad "
		    "was full", (long long)n);
		pf_table_text(t, "-");
		pf_table_text(t, "dropped");
		pf_table_int(t, bytes);
		pf_table_null(t);
		pf_table_text(t, text);
	}
	return err;
}

const struct pf_err *
bad_list(struct ingest *g, char **names, bool dry)
{
	static const struct pf_column columns[] = {
		{ "name", PF_CELL_TEXT }, { "what", PF_CELL_TEXT },
		{ "size", PF_CELL_SIZE }, { "time", PF_CELL_TIME },
		{ "why", PF_CELL_TEXT }
	};
	const struct pf_err *err;
	struct pf_buf out = PF_BUF_INIT;
	struct pf_table t;

	(void)dry;
	pf_table_begin(&t, &out, isatty(STDOUT_FILENO) ? PF_FORMAT_ALIGNED :
	    PF_FORMAT_TSV, columns, sizeof(columns) / sizeof(*columns));
	err = each(g, names, &t, show);
	if (err == NULL && *names == NULL)
		err = show_dropped(g, &t);
	pf_table_end(&t);
	fwrite(out.data, 1, out.len, stdout);
	pf_buf_free(&out);
	return err;
}

/*
 * A whole pack goes back as it is, but for its name: a pf-ingest may still be
 * at work on the one whose end it is.
 */
static const struct pf_err *
return_pack(struct ingest *g, const struct entry *e)
{
	const struct pf_err *err;
	char *bad = pf_asprintf("%s/bad", g->conf->spool_path);

	if ((err = pf_spool_return(g->conf->spool_path, e->path)) == NULL)
		err = pf_sync_dir(bad);
	free(bad);
	return err;
}

/* A record gets a pack of its own, with the rid it came with. */
static const struct pf_err *
return_record(struct ingest *g, const struct entry *e)
{
	const struct pf_err *err = NULL;
	struct pf_buf rec = PF_BUF_INIT, pack = PF_BUF_INIT;
	char *hidden = pf_asprintf("%s/bad/." HIDDEN "%s.rec",
	    g->conf->spool_path, e->stem);
	char rid[PF_SHA_TEXT];

	if (!pf_spool_claimed(rid, e->stem))
		err = pf_err(PF_DATA, "%s: its name has no rid", e->path);
	else if (!e->hidden && rename(e->path, hidden) == -1)
		err = pf_errno("rename %s", e->path);
	if (err == NULL)
		err = pf_slurp(&rec, hidden, PF_REC_BODY_MAX +
		    2 * PF_REC_HEADER_MAX);
	if (err == NULL) {
		pf_buf_addf(&pack, "%s %zu\n", rid, rec.len);
		pf_buf_add(&pack, rec.data, rec.len);
		err = pf_spool_put(g->conf->spool_path, pack.data, pack.len,
		    NULL);
	}
	if (err == NULL && unlink(hidden) == -1)
		err = pf_errno("remove %s", hidden);
	pf_buf_free(&rec);
	pf_buf_free(&pack);
	free(hidden);
	return err;
}

struct retry {
	bool	dry;
	int	lock;		/* of bad/, or -1: not taken yet */
};

/* One at a time, or what one has in hand looks interrupted to the next. */
static const struct pf_err *
lock_bad(int *lock, const struct ingest *g)
{
	const struct pf_err *err = NULL;
	char *dir = pf_asprintf("%s/bad", g->conf->spool_path);
	int rc = 0;

	*lock = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	while (*lock != -1 && (rc = flock(*lock, LOCK_EX | LOCK_NB)) == -1 &&
	    errno == EWOULDBLOCK && !stopping())
		wait_for(-1, WAIT_MS);
	if (*lock == -1 || (rc == -1 && errno != EWOULDBLOCK))
		err = pf_errno("lock %s", dir);
	free(dir);
	return err;
}

static const struct pf_err *
bring_back(struct ingest *g, const struct entry *e, void *arg)
{
	struct retry *r = arg;
	const struct pf_err *err = NULL;
	char *why;

	if (!r->dry && r->lock == -1 && (err = lock_bad(&r->lock, g)) != NULL)
		return err;
	/* Another one has brought it back since it was listed. */
	if (!pf_exists(e->path) || stopping())
		return NULL;
	why = why_path(g, e);
	if (!r->dry) {
		if (unlink(why) == -1 && errno != ENOENT)
			err = pf_errno("remove %s", why);
		else
			err = e->pack ? return_pack(g, e) :
			    return_record(g, e);
	}
	free(why);
	if (err == NULL && !g->quiet)
		printf("%s\n", e->stem);
	return err;
}

const struct pf_err *
bad_retry(struct ingest *g, char **names, bool dry)
{
	struct retry r = { .dry = dry, .lock = -1 };
	const struct pf_err *err = each(g, names, &r, bring_back);

	if (r.lock != -1)
		close(r.lock);
	return err;
}
