/*
 * The report beside a crash: <sha256>.json, the whole header of the record
 * that the row tells of, and its rid.
 *
 * The first report of an input is written with it, before the row.  Which one
 * the row tells of is the writer's choice, and may change with each that
 * comes; then the file follows.  Whoever died in between left its pack, so it
 * is done again.
 */
#include <sys/file.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "codec/json.h"
#include "ingest/ingest.h"
#include "os/fs.h"
#include "view/known.h"

void
make_report(struct pf_buf *b, const struct pf_rec *r)
{
	struct pf_buf value = PF_BUF_INIT;
	const struct pf_json *j;

	pf_jw_open(b, NULL, '{');
	pf_jw_str(b, "rid", r->rid);
	for (j = pf_json_first(r->fields); j != NULL; j = pf_json_next(j)) {
		if (strcmp(pf_json_key(j), "rid") == 0)
			continue;
		pf_buf_reset(&value);
		/* Of an input that was not sent: the one it is about. */
		if (strcmp(pf_json_key(j), "sha256") == 0)
			pf_jw_str(&value, NULL, r->sha256);
		else
			pf_json_print(&value, j);
		pf_jw_raw(b, pf_json_key(j), value.data);
	}
	pf_jw_close(b, '}');
	pf_buf_addc(b, '\n');
	pf_buf_free(&value);
}

/* Is the file there, and of the record with that rid? */
static bool
is_of(const char *path, const char *rid)
{
	struct pf_buf b = PF_BUF_INIT;
	struct pf_json *j = NULL;
	const char *have = "";
	bool same;

	same = pf_slurp(&b, path, 4 * PF_REC_HEADER_MAX) == NULL &&
	    pf_json_parse(&j, b.data, b.len) == NULL &&
	    pf_json_str(&have, j, "rid") == NULL && strcmp(have, rid) == 0;
	pf_json_free(j);
	pf_buf_free(&b);
	return same;
}

/* Beside it, then over it; a dead one's temporary file is in nobody's use. */
static const struct pf_err *
replace(const struct item *it, const char *dir, const char *path)
{
	const struct pf_err *err;
	struct pf_buf b = PF_BUF_INIT;
	const char *pack = it->pack->name;
	char *tmp = pf_asprintf("%s/.%s.json.%.*s", dir, it->rec.sha256,
	    (int)strcspn(pack, ":"), pack);

	make_report(&b, &it->rec);
	unlink(tmp);
	err = pf_file_put(path, tmp, b.data, b.len, 0640);
	free(tmp);
	pf_buf_free(&b);
	return err;
}

const struct pf_err *
settle_report(struct ingest *g, const struct item *it)
{
	const struct pf_err *err;
	const struct pf_rec *r = &it->rec;
	char chosen[PF_SHA_TEXT] = "";
	char *dir = pf_asprintf("%s/crashes/%s", g->conf->storage_path,
	    r->job), *path = pf_asprintf("%s/%s.json", dir, r->sha256);
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	/* Who is last to look at the row must be last to write the file. */
	if (fd == -1)
		err = errno == ENOENT ? NULL : pf_errno("open %s", dir);
	else if (flock(fd, LOCK_EX) == -1)
		err = pf_errno("lock %s", dir);
	else if ((err = pf_known_chosen(chosen, g->db, r->job, r->sha256)) ==
	    NULL && strcmp(chosen, it->rid) == 0 && !is_of(path, it->rid))
		err = replace(it, dir, path);
	if (fd != -1)
		close(fd);
	free(path);
	free(dir);
	/* The record is filed by now: it is not to be refused for this. */
	if (err != NULL && refuses(err))
		err = pf_err(PF_IO, "%s", err->msg);
	return err;
}
