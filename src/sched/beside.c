/*
 * The report beside a crash as the row that pf-ingest made of the same
 * record, for what the ledger does not tell or tells no more.
 */
#include <sys/stat.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "codec/recfield.h"
#include "os/fs.h"
#include "sched/remake.h"

#define REPORT_MAX	(4 * PF_REC_HEADER_MAX)

/* It is of this input of this job. */
static const struct pf_err *
add_heading(struct pf_buf *row, const struct pf_json *j, const char *job,
    const char *hash)
{
	const struct pf_err *err;
	const char *rid = "", *of = "", *bot = "", *inc = "", *sha = "";
	int64_t n;
	size_t i;
	static const char *const numbers[] = { "seq", "epoch", "attempt",
	    "time" };

	if ((err = pf_json_need(&rid, j, "rid")) != NULL ||
	    (err = pf_json_need(&of, j, "job")) != NULL ||
	    (err = pf_json_need(&sha, j, "sha256")) != NULL ||
	    (err = pf_json_need(&bot, j, "bot")) != NULL ||
	    (err = pf_json_str(&inc, j, "inc")) != NULL)
		return err;
	if (!pf_sha_ok(hash) || strcmp(sha, hash) != 0 ||
	    strcmp(of, job) != 0)
		return pf_err(PF_DATA, "it is of another input");
	pf_jw_str(row, "kind", pf_kind_name(PF_KIND_CRASH));
	pf_jw_str(row, "rid", rid);
	pf_jw_str(row, "job", job);
	pf_jw_str(row, "bot", bot);
	pf_jw_str(row, "inc", inc);
	for (i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		n = 0;
		if ((err = pf_json_int(&n, j, numbers[i], 0, INT64_MAX)) !=
		    NULL)
			return err;
		pf_jw_int(row, numbers[i], n);
	}
	return NULL;
}

static const struct pf_err *
make_row(struct pf_buf *row, const struct pf_json *j, const char *dir,
    const char *hash, const struct stat *report)
{
	const struct pf_err *err;
	const char *job = strrchr(dir, '/') + 1;
	char *path = pf_asprintf("%s/%s", dir, hash);
	struct stat st;

	/* Without the input there is no row, and nothing to tell of. */
	if (lstat(path, &st) == -1)
		err = NULL;
	else if ((err = add_heading(row, j, job, hash)) == NULL) {
		pf_jw_int(row, "filed", (int64_t)report->st_mtime * 1000);
		pf_jw_str(row, "hash", hash);
		pf_jw_int(row, "size", st.st_size);
		pf_jw_int(row, "v", 2);
		pf_buf_addf(row, ",\"file_path\":\"crashes/%s/%s\"", job, hash);
		pf_jw_int(row, "report", report->st_size);
		err = pf_rec_fields(row, PF_KIND_CRASH, j);
	}
	free(path);
	return err;
}

const struct pf_err *
remake_beside(struct pf_buf *row, const char *dir, const char *name)
{
	const struct pf_err *err;
	char *path = pf_asprintf("%s/%s", dir, name);
	char *hash = pf_strndup(name, strlen(name) - strlen(".json"));
	struct pf_buf b = PF_BUF_INIT;
	struct pf_json *j = NULL;
	struct stat st;

	pf_buf_reset(row);
	pf_jw_open(row, NULL, '{');
	if (lstat(path, &st) == -1)
		err = pf_errno("look at %s", path);
	else if ((err = pf_slurp(&b, path, REPORT_MAX)) == NULL &&
	    (err = pf_json_parse(&j, b.data, b.len)) == NULL)
		err = make_row(row, j, dir, hash, &st);
	pf_jw_close(row, '}');
	if (err != NULL || row->len <= strlen("{}"))
		pf_buf_reset(row);
	pf_json_free(j);
	pf_buf_free(&b);
	free(hash);
	free(path);
	return err;
}
