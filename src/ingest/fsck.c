/*
 * pf-ingest fsck: the storage tree against the database, both ways.
 *
 * Rows are read before their files are looked for, files before their rows,
 * which is the order they are made in turned round: what comes in meanwhile
 * is never a finding.  The database is read a page at a time, so that its
 * log can be checkpointed.
 */
#include <sys/stat.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "codec/table.h"
#include "ingest/fsck.h"
#include "os/fs.h"
#include "view/known.h"

#define PAGE	1000		/* rows read at once */
#define YOUNG_S	600		/* a file's row may be on its way so long */
#define STRAY_S	(36 * 3600)	/* as in the spool */

const char *
fsck_dir(enum pf_kind kind)
{
	return kind == PF_KIND_CRASH ? "crashes" : "corpus";
}

void
finding(struct fsck *f, const char *what, const char *path, const char *why)
{
	struct pf_table t;
	struct pf_buf out = PF_BUF_INIT;
	static const struct pf_column columns[] = {
		{ "finding", PF_CELL_TEXT }, { "path", PF_CELL_TEXT },
		{ "why", PF_CELL_TEXT }
	};

	f->findings++;
	pf_table_begin(&t, &out, PF_FORMAT_TSV, columns, 3);
	pf_table_text(&t, what);
	pf_table_text(&t, path);
	pf_table_text(&t, why);
	pf_table_end(&t);
	fwrite(out.data, 1, out.len, stdout);
	fflush(stdout);
	pf_buf_free(&out);
}

/* Where it is, below the storage tree. */
static char *
path_of(const struct fsck *f, const char *name)
{
	return pf_asprintf("%s/%s/%s/%s", f->g->conf->storage_path,
	    fsck_dir(f->kind), f->job, name);
}

static const struct pf_err *
check_content(struct fsck *f, const char *hash, int64_t size)
{
	const struct pf_err *err;
	struct pf_buf b = PF_BUF_INIT;
	char *path = path_of(f, hash), sum[PF_SHA_TEXT] = "";
	int64_t max = size > PF_REC_BODY_MAX ? size : PF_REC_BODY_MAX;

	f->files++;
	err = pf_slurp(&b, path, (size_t)max);
	if (err == NULL)
		pf_sha256(sum, b.data, b.len);
	pf_buf_free(&b);
	if (err != NULL && err->class == PF_NOTFOUND) {
		finding(f, "missing", path, "the database has a row of it");
		err = NULL;
	} else if (err != NULL && err->class == PF_DATA) {
		finding(f, "damaged", path, err->msg);
		err = mend_damaged(f, path, hash);
	} else if (err == NULL && strcmp(sum, hash) != 0) {
		finding(f, "damaged", path, "its bytes are others than its "
		    "name says");
		err = mend_damaged(f, path, hash);
	}
	free(path);
	return err;
}

/* The report beside a crash is JSON, and of this crash. */
static const struct pf_err *
check_report(struct fsck *f, const char *hash)
{
	const struct pf_err *err;
	struct pf_buf b = PF_BUF_INIT;
	struct pf_json *j = NULL;
	const char *sha = "";
	char *name = pf_asprintf("%s.json", hash), *path = path_of(f, name);

	err = pf_slurp(&b, path, 4 * PF_REC_HEADER_MAX);
	if (err == NULL && (err = pf_json_parse(&j, b.data, b.len)) == NULL &&
	    (err = pf_json_need(&sha, j, "sha256")) == NULL &&
	    strcmp(sha, hash) != 0)
		err = pf_err(PF_DATA, "it is of another input");
	if (err != NULL && (err->class == PF_DATA ||
	    err->class == PF_NOTFOUND)) {
		finding(f, "report", path, err->class == PF_NOTFOUND ?
		    "it is missing" : err->msg);
		err = mend_report(f, path, hash);
	}
	pf_json_free(j);
	pf_buf_free(&b);
	free(path);
	free(name);
	return err;
}

struct page {
	char	hash[PAGE][PF_SHA_TEXT];
	int64_t	size[PAGE];
	size_t	n;
};

static const struct pf_err *
read_page(struct fsck *f, struct page *p, const char *after)
{
	const struct pf_err *err;
	struct pf_q q;
	bool more = false;

	p->n = 0;
	if ((err = pf_q(&q, f->g->db, f->kind == PF_KIND_CRASH ?
	    "SELECT hash, size FROM crashes WHERE job_id = ?1 AND hash > ?2 "
	    "ORDER BY hash LIMIT 1000" :
	    "SELECT hash, size FROM corpus WHERE job_id = ?1 AND hash > ?2 "
	    "ORDER BY hash LIMIT 1000", "ss", f->job, after)) == NULL)
		while (p->n < PAGE && (err = pf_q_row(&q, &more)) == NULL &&
		    more) {
			pf_q_copy(&q, 0, p->hash[p->n], PF_SHA_TEXT);
			p->size[p->n++] = pf_q_int(&q, 1);
		}
	pf_q_done(&q);
	return err;
}

/* Each row has its file. */
static const struct pf_err *
check_rows(struct fsck *f)
{
	const struct pf_err *err;
	struct page *p = pf_calloc(1, sizeof(*p));
	char after[PF_SHA_TEXT] = "";
	size_t i;

	do {
		err = read_page(f, p, after);
		for (i = 0; err == NULL && i < p->n && !stopping(); i++) {
			err = check_content(f, p->hash[i], p->size[i]);
			if (err == NULL && f->kind == PF_KIND_CRASH)
				err = check_report(f, p->hash[i]);
		}
		if (p->n > 0)
			snprintf(after, sizeof(after), "%s",
			    p->hash[p->n - 1]);
	} while (err == NULL && p->n == PAGE && !stopping());
	free(p);
	return err;
}

/* A file of the directory: does anybody know it? */
static const struct pf_err *
check_name(struct fsck *f, const char *name)
{
	const struct pf_err *err = NULL;
	char *path = path_of(f, name), hash[PF_SHA_TEXT];
	bool known = false;
	struct stat st;
	int64_t age;

	if (lstat(path, &st) == -1) {
		free(path);
		return NULL;
	}
	age = time(NULL) - st.st_mtime;
	snprintf(hash, sizeof(hash), "%.64s", name);
	if (name[0] == '.') {
		if (age > STRAY_S) {
			finding(f, "stray", path, "a dead process left it");
			err = mend_stray(f, path);
		}
	} else if (!pf_sha_ok(hash) || !S_ISREG(st.st_mode) ||
	    (strcmp(name + 64, "") != 0 && strcmp(name + 64, ".json") != 0)) {
		finding(f, "foreign", path, "nothing of that name belongs "
		    "here");
		err = mend_aside(f, path);
	} else if ((err = pf_known_input(&known, f->g->db, f->kind, f->job,
	    hash)) == NULL && !known && age > YOUNG_S && name[64] == '\0') {
		finding(f, "unknown", path, "the database has no row of it");
		err = mend_unknown(f, path, hash);
	}
	free(path);
	return err;
}

/* Each file has its row. */
static const struct pf_err *
check_files(struct fsck *f)
{
	const struct pf_err *err;
	char *dir = pf_asprintf("%s/%s/%s", f->g->conf->storage_path,
	    fsck_dir(f->kind), f->job), **names = NULL;
	size_t i, n = 0;

	err = pf_names(&names, &n, dir);
	if (err != NULL && err->class == PF_NOTFOUND)
		err = NULL;
	for (i = 0; err == NULL && i < n && !stopping(); i++)
		err = check_name(f, names[i]);
	pf_names_free(names);
	free(dir);
	return err;
}

/* The sums that are kept by the way. */
static const struct pf_err *
check_sums(struct fsck *f)
{
	const struct pf_err *err;
	struct pf_q q;
	bool more = false, differ = false;
	char why[160] = "", *path;

	if ((err = pf_q(&q, f->g->db, "SELECT coalesce(m.file_count, 0), "
	    "coalesce(m.total_size, 0), r.n, r.size FROM (SELECT count(*) AS "
	    "n, coalesce(sum(size), 0) AS size FROM corpus WHERE job_id = ?1)"
	    " AS r LEFT JOIN corpus_meta AS m ON m.job_id = ?1", "s", f->job))
	    == NULL)
		err = pf_q_row(&q, &more);
	if (err == NULL && more) {
		differ = pf_q_int(&q, 0) != pf_q_int(&q, 2) ||
		    pf_q_int(&q, 1) != pf_q_int(&q, 3);
		snprintf(why, sizeof(why), "corpus_meta has %lld files, %lld "
		    "bytes; the rows have %lld, %lld",
		    (long long)pf_q_int(&q, 0), (long long)pf_q_int(&q, 1),
		    (long long)pf_q_int(&q, 2), (long long)pf_q_int(&q, 3));
	}
	pf_q_done(&q);
	if (err == NULL && differ) {
		path = pf_asprintf("%s/corpus/%s", f->g->conf->storage_path,
		    f->job);
		finding(f, "sums", path, why);
		err = mend_sums(f);
		free(path);
	}
	return err;
}

static const struct pf_err *
check_job(struct fsck *f)
{
	const struct pf_err *err;

	f->kind = PF_KIND_CRASH;
	if ((err = check_rows(f)) != NULL || (err = check_files(f)) != NULL)
		return err;
	f->kind = PF_KIND_CORPUS;
	if ((err = check_rows(f)) != NULL || (err = check_files(f)) != NULL)
		return err;
	return check_sums(f);
}

/* The job after the one at hand; *more is false at the end. */
static const struct pf_err *
next_job(struct fsck *f, bool *more)
{
	const struct pf_err *err;
	struct pf_q q;

	if ((err = pf_q(&q, f->g->db, "SELECT id FROM jobs WHERE id > ? "
	    "ORDER BY id LIMIT 1", "s", f->job)) == NULL)
		err = pf_q_row(&q, more);
	if (err == NULL && *more)
		pf_q_copy(&q, 0, f->job, sizeof(f->job));
	pf_q_done(&q);
	return err;
}

/* Directories of jobs that nobody knows. */
static const struct pf_err *
check_dirs(struct fsck *f, enum pf_kind kind)
{
	const struct pf_err *err;
	char *dir = pf_asprintf("%s/%s", f->g->conf->storage_path,
	    fsck_dir(kind)), **names = NULL, *path;
	char campaign[PF_ID_MAX + 1];
	size_t i, n = 0;
	bool known;

	err = pf_names(&names, &n, dir);
	if (err != NULL && err->class == PF_NOTFOUND)
		err = NULL;
	for (i = 0; err == NULL && i < n && !stopping(); i++) {
		if ((err = pf_known_job(&known, campaign, f->g->db,
		    names[i])) != NULL || known)
			continue;
		path = pf_asprintf("%s/%s", dir, names[i]);
		finding(f, "foreign", path, "there is no job of that id");
		err = mend_aside(f, path);
		free(path);
	}
	pf_names_free(names);
	free(dir);
	return err;
}

const struct pf_err *
fsck(struct ingest *g, char **words, bool dry)
{
	const struct pf_err *err;
	struct fsck f = { .g = g, .mend = g->mend };
	bool more = true, people = isatty(STDERR_FILENO) != 0;

	(void)dry;
	if (words[0] != NULL)
		return pf_err(PF_USAGE, "fsck: \"%s\": it takes no names",
		    words[0]);
	if ((err = pf_db_open_conf(&g->db, g->conf)) != NULL)
		return err;
	while ((err = next_job(&f, &more)) == NULL && more && !stopping()) {
		if ((err = check_job(&f)) != NULL)
			break;
		if (people)
			fprintf(stderr, "\r%lld files", (long long)f.files);
	}
	if (people)
		fputc('\n', stderr);
	if (err == NULL && (err = check_dirs(&f, PF_KIND_CRASH)) == NULL)
		err = check_dirs(&f, PF_KIND_CORPUS);
	writer_close(g);
	g->findings = f.findings;
	if (err == NULL && g->verbose)
		pf_note("%lld files, %lld findings, %lld mended",
		    (long long)f.files, (long long)f.findings,
		    (long long)f.mended);
	return err;
}
