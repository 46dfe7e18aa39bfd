/*
 * What was refused: the list of it, and its way back into the spool.
 *
 * A record leaves bad/ under a hidden name before its pack appears in new/:
 * should another pf-ingest refuse it again meanwhile, that file is its own.
 */
#include <sys/stat.h>

#include <errno.h>
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

static bool
is_there(const char *dir, char **list, const char *name)
{
	struct entry e;
	bool found = false;

	for (; *list != NULL && !found; list++)
		if (entry_parse(&e, dir, *list)) {
			found = strcmp(e.stem, name) == 0;
			entry_free(&e);
		}
	return found;
}

/* Calls see for each entry that is meant; every name must be there. */
static const struct pf_err *
each(struct ingest *g, char **names, void *arg,
    const struct pf_err *(*see)(struct ingest *, const struct entry *,
    void *))
{
	const struct pf_err *err;
	char *dir = pf_asprintf("%s/bad", g->conf->spool_path), **list = NULL;
	struct entry e;
	size_t i, n;

	err = pf_names(&list, &n, dir);
	for (i = 0; err == NULL && names[i] != NULL; i++)
		if (!is_there(dir, list, names[i]))
			err = pf_err(PF_NOTFOUND, "%s/%s: nothing of that "
			    "name was refused", dir, names[i]);
	for (i = 0; err == NULL && i < n && !stopping(); i++) {
		if (!entry_parse(&e, dir, list[i]))
			continue;
		if (is_meant(&e, names))
			err = see(g, &e, arg);
		entry_free(&e);
	}
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

static const struct pf_err *
bring_back(struct ingest *g, const struct entry *e, void *arg)
{
	const bool *dry = arg;
	const struct pf_err *err = NULL;
	char *why = why_path(g, e);

	if (!*dry) {
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
	return each(g, names, &dry, bring_back);
}
