/*
 * fsck: the snapshot in metadata/, from which a database can be made anew:
 * each file against its row, and each row for its file.
 */
#include <sys/stat.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ingest/fsck.h"
#include "os/fs.h"
#include "store/rowjson.h"

#define DOC_MAX		(64 << 20)

/*
 * What is in a directory of metadata/; rows has, of one id, those columns
 * that never change, as all others may be newer than the file; ids those who
 * were there at the time of the last snapshot.
 */
struct kind {
	const char	*list;
	const char	*rows;
	const char	*ids;
};

static const struct kind jobs = { "jobs",
	"SELECT id, campaign, name, kind, target, target_hash, fuzzer, "
	    "created_at, work_dir, duration, memory_limit, timeout, "
	    "dictionary, seed_corpus, output_dir, args, options, request "
	    "FROM jobs WHERE id = ?",
	"SELECT id FROM jobs WHERE id > ?1 AND created_at < ?2 "
	    "ORDER BY id LIMIT 1" };
static const struct kind bots = { "bots",
	"SELECT id, name, hostname FROM bots WHERE id = ?",
	"SELECT id FROM bots WHERE id > ?1 AND registered_at < ?2 "
	    "ORDER BY id LIMIT 1" };

/* The first member of the row that is another in the file, or NULL. */
static const char *
other(const struct pf_json *row, const struct pf_json *file)
{
	const struct pf_json *v;
	struct pf_buf a = PF_BUF_INIT, b = PF_BUF_INIT;
	bool same = true;

	for (v = pf_json_first(row); v != NULL; v = pf_json_next(v)) {
		pf_buf_reset(&a);
		pf_buf_reset(&b);
		pf_json_print(&a, v);
		if (pf_json_get(file, pf_json_key(v)) != NULL)
			pf_json_print(&b, pf_json_get(file, pf_json_key(v)));
		same = strcmp(a.data, b.data) == 0;
		if (!same)
			break;
	}
	pf_buf_free(&a);
	pf_buf_free(&b);
	return same ? NULL : pf_json_key(v);
}

static const struct pf_err *
check_row(struct fsck *f, const struct kind *k, const struct pf_json *file,
    const char *id)
{
	const struct pf_err *err;
	const struct pf_json *row;
	struct pf_buf b = PF_BUF_INIT;
	struct pf_json *doc = NULL;
	const char *key;

	pf_jw_open(&b, NULL, '{');
	err = pf_rows_json(&b, k->list, f->g->db, k->rows, id);
	pf_jw_close(&b, '}');
	if (err == NULL && (err = pf_json_parse(&doc, b.data, b.len)) ==
	    NULL) {
		row = pf_json_first(pf_json_get(doc, k->list));
		if (row == NULL)
			err = pf_err(PF_DATA, "the database has no row of it");
		else if ((key = other(row, file)) != NULL)
			err = pf_err(PF_DATA, "its %s is not that of the "
			    "database", key);
	}
	pf_json_free(doc);
	pf_buf_free(&b);
	return err;
}

/* Of a row of k, or, without, the mark of the snapshot. */
static const struct pf_err *
check_doc(struct fsck *f, const struct kind *k, const struct pf_json *doc,
    const char *id)
{
	const struct pf_err *err;
	const struct pf_json *row;
	const char *own = "";

	if (k == NULL)
		return pf_json_get(doc, "system") != NULL ? NULL :
		    pf_err(PF_DATA, "nothing of the master is in it");
	row = pf_json_first(pf_json_get(doc, k->list));
	if ((err = pf_json_need(&own, row, "id")) == NULL &&
	    strcmp(own, id) != 0)
		err = pf_err(PF_DATA, "it is of another id, %.64s", own);
	return err != NULL || !f->whole ? err : check_row(f, k, row, id);
}

static const struct pf_err *
check_file(struct fsck *f, const struct kind *k, const char *path,
    const char *id)
{
	const struct pf_err *err;
	struct pf_buf b = PF_BUF_INIT;
	struct pf_json *doc = NULL;
	char why[PF_ERR_MSG];

	f->files++;
	if ((err = pf_slurp(&b, path, DOC_MAX)) == NULL &&
	    (err = pf_json_parse(&doc, b.data, b.len)) == NULL)
		err = check_doc(f, k, doc, id);
	if (err != NULL && err->class == PF_NOTFOUND)
		err = NULL;
	else if (err != NULL && err->class == PF_DATA) {
		snprintf(why, sizeof(why), "%s", err->msg);
		finding(f, "metadata", path, why);
		/* The next snapshot writes what is not there. */
		err = mend_aside(f, path);
	}
	pf_json_free(doc);
	pf_buf_free(&b);
	return err;
}

static const struct pf_err *
check_files(struct fsck *f, const struct kind *k)
{
	const struct pf_err *err;
	char *dir = pf_asprintf("%s/metadata/%s", f->g->conf->storage_path,
	    k->list), **names = NULL, *path, *id;
	size_t i, n = 0, len;

	err = pf_names(&names, &n, dir);
	for (i = 0; err == NULL && i < n && !stopping(); i++) {
		len = strlen(names[i]);
		if (len < 6 || strcmp(names[i] + len - 5, ".json") != 0)
			continue;
		path = pf_asprintf("%s/%s", dir, names[i]);
		id = pf_strndup(names[i], len - 5);
		err = check_file(f, k, path, id);
		free(id);
		free(path);
	}
	pf_names_free(names);
	free(dir);
	return err != NULL && err->class == PF_NOTFOUND ? NULL : err;
}

/* What was there when the last snapshot was taken, at ms, has a file. */
static const struct pf_err *
check_gone(struct fsck *f, const struct kind *k, int64_t ms)
{
	const struct pf_err *err;
	char id[PF_ID_MAX + 1] = "", *path;
	struct pf_q q;
	bool more = true;

	do {
		if ((err = pf_q(&q, f->g->db, k->ids, "si", id, ms)) == NULL)
			err = pf_q_row(&q, &more);
		if (err == NULL && more)
			pf_q_copy(&q, 0, id, sizeof(id));
		pf_q_done(&q);
		if (err != NULL || !more)
			break;
		path = pf_asprintf("%s/metadata/%s/%s.json",
		    f->g->conf->storage_path, k->list, id);
		if (!pf_exists(path))
			finding(f, "metadata", path, "it is missing");
		free(path);
	} while (!stopping());
	return err;
}

const struct pf_err *
fsck_metadata(struct fsck *f)
{
	const struct pf_err *err;
	char *path = pf_asprintf("%s/metadata/system/snapshot.json",
	    f->g->conf->storage_path);
	struct stat st;
	bool taken = f->whole && stat(path, &st) == 0;
	int64_t ms = taken ? (int64_t)st.st_mtime * 1000 - FSCK_YOUNG_S *
	    INT64_C(1000) : 0;

	if ((err = check_files(f, &jobs)) == NULL &&
	    (err = check_files(f, &bots)) == NULL &&
	    (err = check_file(f, NULL, path, "")) == NULL && taken &&
	    (err = check_gone(f, &jobs, ms)) == NULL)
		err = check_gone(f, &bots, ms);
	free(path);
	return err;
}
