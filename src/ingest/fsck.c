/*
 * pf-ingest fsck: the storage tree against the database, both ways, and the
 * order in which all else is looked at.
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
#include "store/scratch.h"
#include "view/known.h"

#define PAGE	1000		/* rows read at once */

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

void
mended(struct fsck *f, const char *what, const char *path)
{
	f->mended++;
	pf_note("%s: %s", path, what);
}

/* Where it is, below the storage tree. */
static char *
path_of(const struct fsck *f, const char *name)
{
	return pf_asprintf("%s/%s/%s/%s", f->g->conf->storage_path,
	    kind_dir(f->kind), f->job, name);
}

static const struct pf_err *
check_content(struct fsck *f, const char *hash, int64_t size)
{
	const struct pf_err *err;
	struct pf_buf b = PF_BUF_INIT;
	char *path = path_of(f, hash), sum[PF_SHA_TEXT] = "";
	int64_t max = size > PF_REC_BODY_MAX ? size : PF_REC_BODY_MAX;

	f->files++;
	/* What is no file, those find who look at the directory. */
	if (fsck_is_odd(path)) {
		free(path);
		return NULL;
	}
	err = pf_slurp(&b, path, (size_t)max);
	if (err == NULL)
		pf_sha256(sum, b.data, b.len);
	pf_buf_free(&b);
	if (err != NULL && err->class == PF_NOTFOUND)
		err = fsck_missing(f, path, "the database has a row of it");
	else if (err != NULL && err->class == PF_DATA) {
		finding(f, "damaged", path, err->msg);
		err = mend_aside(f, path);
	} else if (err == NULL && strcmp(sum, hash) != 0) {
		finding(f, "damaged", path, "its bytes are others than its "
		    "name says");
		err = mend_aside(f, path);
	} else
		err = fsck_unread(f, path, err);
	free(path);
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
	if ((err = pf_q(&q, f->g->db, f->kind == PF_KIND_CHECK ?
	    "SELECT report, size FROM check_records WHERE job_id = ?1 AND "
	    "report > ?2 AND report <> '' GROUP BY report ORDER BY report "
	    "LIMIT 1000" : f->kind == PF_KIND_CRASH ?
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
				err = fsck_report(f, p->hash[i]);
		}
		if (p->n > 0)
			snprintf(after, sizeof(after), "%s",
			    p->hash[p->n - 1]);
	} while (err == NULL && p->n == PAGE && !stopping());
	free(p);
	return err;
}

static const struct pf_err *
unknown(struct fsck *f, const char *path, const char *hash)
{
	finding(f, "unknown", path, "the database has no row of it");
	return mend_unknown(f, path, hash);
}

/* A report: with its input it is of use, alone of none. */
static const struct pf_err *
orphan(struct fsck *f, const char *path, const char *hash)
{
	const struct pf_err *err = NULL;
	char *input = path_of(f, hash);

	if (!pf_exists(input)) {
		finding(f, "orphan", path, "it has neither input nor row");
		err = mend_aside(f, path);
	}
	free(input);
	return err;
}

/* Beside the input of a crash. */
static bool
suffix_ok(const struct fsck *f, const char *s)
{
	const size_t n = strlen(s) - (fsck_is_mark(s) ? FSCK_LOST_LEN : 0);

	return n == 0 || (f->kind == PF_KIND_CRASH &&
	    ((n == 5 && strncmp(s, ".json", n) == 0) ||
	    (n == 4 && strncmp(s, ".min", n) == 0)));
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
		if (age > FSCK_STRAY_S) {
			finding(f, "stray", path, "a dead process left it");
			err = mend_stray(f, path);
		}
	} else if (!pf_sha_ok(hash) || !S_ISREG(st.st_mode) ||
	    !suffix_ok(f, name + PF_SHA_HEX)) {
		finding(f, "foreign", path, S_ISREG(st.st_mode) ?
		    "nothing of that name belongs here" : fsck_nature(&st));
		err = mend_aside(f, path);
	} else if (fsck_is_mark(name))
		err = fsck_mark(f, path);
	else if (strcmp(name + PF_SHA_HEX, ".min") == 0)
		err = age > FSCK_YOUNG_S ? fsck_min(f, path, hash) : NULL;
	else if ((err = pf_known_input(&known, f->g->db, f->kind, f->job,
	    hash)) == NULL && !known && age > FSCK_YOUNG_S)
		err = name[64] == '\0' ? unknown(f, path, hash) :
		    orphan(f, path, hash);
	free(path);
	return err;
}

/* Each file has its row. */
static const struct pf_err *
check_files(struct fsck *f)
{
	const struct pf_err *err;
	char *dir = pf_asprintf("%s/%s/%s", f->g->conf->storage_path,
	    kind_dir(f->kind), f->job), **names = NULL;
	size_t i, n = 0;

	err = pf_names(&names, &n, dir);
	if (err != NULL && err->class == PF_NOTFOUND)
		err = NULL;
	err = fsck_unread(f, dir, err);
	for (i = 0; err == NULL && i < n && !stopping(); i++)
		err = check_name(f, names[i]);
	pf_names_free(names);
	free(dir);
	return err;
}

/* Rows and files of the job and kind at hand. */
static const struct pf_err *
check_kind(struct fsck *f)
{
	const struct pf_err *err;
	char *dir = pf_asprintf("%s/%s/%s", f->g->conf->storage_path,
	    kind_dir(f->kind), f->job);
	bool usable;

	if ((err = fsck_place(&usable, f, dir)) == NULL && usable &&
	    (err = check_rows(f)) == NULL &&
	    (f->kind != PF_KIND_CRASH || (err = fsck_smalls(f)) == NULL))
		err = check_files(f);
	free(dir);
	return err;
}

static const struct pf_err *
check_job(struct fsck *f)
{
	static const enum pf_kind kinds[] = { PF_KIND_CRASH, PF_KIND_CHECK,
	    PF_KIND_CORPUS };
	const struct pf_err *err = NULL;
	size_t i;

	for (i = 0; err == NULL && i < sizeof(kinds) / sizeof(*kinds); i++) {
		f->kind = kinds[i];
		err = check_kind(f);
	}
	return err;
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
	    kind_dir(kind)), **names = NULL, *path;
	char campaign[PF_ID_MAX + 1];
	size_t i, n = 0;
	bool known;

	err = pf_names(&names, &n, dir);
	if (err != NULL && err->class == PF_NOTFOUND)
		err = NULL;
	err = fsck_unread(f, dir, err);
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

/* Job by job, so that the database is let go in between. */
static const struct pf_err *
check_tree(struct fsck *f)
{
	const struct pf_err *err;
	bool more = true, people = isatty(STDERR_FILENO) != 0;

	while ((err = next_job(f, &more)) == NULL && more && !stopping()) {
		if ((err = check_job(f)) != NULL)
			break;
		if (people)
			fprintf(stderr, "\r%lld files", (long long)f->files);
	}
	if (people)
		fputc('\n', stderr);
	if (err == NULL && (err = check_dirs(f, PF_KIND_CRASH)) == NULL &&
	    (err = check_dirs(f, PF_KIND_CHECK)) == NULL)
		err = check_dirs(f, PF_KIND_CORPUS);
	return err;
}

/* Who was moved by other rules meanwhile was no finding. */
static const struct pf_err *
check_rules(struct fsck *f)
{
	const struct pf_err *err;
	const int64_t n = f->g->live.gen[0].n;

	if ((err = pf_live_load(&f->g->live, f->g->db)) == NULL &&
	    f->g->live.gen[0].n != n)
		pf_warn("other rules for crashes came into force meanwhile: "
		    "what it says of buckets has to be looked at again");
	return err;
}

/* A database that is damaged says nothing that counts. */
static const struct pf_err *
check_all(struct fsck *f)
{
	const struct pf_err *err;

	if ((err = fsck_spool(f)) != NULL ||
	    (err = fsck_database(f)) != NULL || (f->whole &&
	    (err = pf_scratch_open(&f->scratch, f->g->conf->storage_path)) !=
	    NULL) || (err = fsck_metadata(f)) != NULL || !f->whole)
		return err;
	if ((err = fsck_states(f)) != NULL ||
	    (err = pf_audit_init(f->scratch)) != NULL ||
	    (err = pf_live_load(&f->g->live, f->g->db)) != NULL ||
	    (err = ledger_load(f)) != NULL ||
	    (err = fsck_targets(f)) != NULL || (err = fsck_logs(f)) != NULL ||
	    (err = check_tree(f)) != NULL || (err = fsck_rows(f)) != NULL ||
	    (err = check_rules(f)) != NULL)
		return err;
	return f->mend ? mend_counts(f) : NULL;
}

const struct pf_err *
fsck(struct ingest *g, char **words, bool dry)
{
	const struct pf_err *err;
	struct fsck f = { .g = g, .mend = g->mend };
	char lost[64] = "";

	(void)dry;
	if (words[0] != NULL)
		return pf_err(PF_USAGE, "fsck: \"%s\": it takes no names",
		    words[0]);
	if ((err = pf_db_open_conf(&g->db, g->conf)) != NULL)
		return err;
	err = check_all(&f);
	ledger_forget(&f);
	mend_forget(&f);
	pf_db_close(f.scratch);
	writer_close(g);
	g->findings = f.findings;
	if (f.lost > 0)
		snprintf(lost, sizeof(lost), ", %lld noted as lost before",
		    (long long)f.lost);
	if (err == NULL && g->verbose)
		pf_note("%lld files, %lld findings, %lld mended%s",
		    (long long)f.files, (long long)f.findings,
		    (long long)f.mended, lost);
	return err;
}
