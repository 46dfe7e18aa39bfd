/*
 * The dry run: reads the spool without a claim and says what would be filed
 * and what refused, as far as the database tells by now.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ingest/ingest.h"
#include "os/fs.h"
#include "view/known.h"

static const struct pf_err *
judge(struct ingest *g, struct item *it)
{
	const struct pf_err *err;
	bool counted = false, input = false;

	if ((err = check_item(g, it)) != NULL) {
		if (!refuses(err))
			return err;
		g->refused++;
		pf_warn("record %.16s would be refused: %s", it->rid,
		    err->msg);
		return NULL;
	}
	if ((err = pf_known_result(&counted, g->db, it->rid)) != NULL ||
	    (err = pf_known_input(&input, g->db, it->rec.kind, it->rec.job,
	    it->rec.sha256)) != NULL ||
	    (err = make_room(g, it, it, 1)) != NULL)
		return err;
	it->what = counted ? "again" : it->foreign ? "foreign" :
	    it->dropped ? "dropped" : input ? "duplicate" : "new";
	print_item(g, it);
	g->filed++;
	return NULL;
}

static const struct pf_err *
judge_pack(struct ingest *g, const char *entry, const struct pf_buf *b)
{
	const struct pf_err *err = NULL;
	struct item it;
	size_t at = 0, used;

	while (at < b->len) {
		it = (struct item){ .row = PF_BUF_INIT, .id = "-" };
		err = pf_frame_next(b->data + at, b->len - at, &used,
		    &it.raw, &it.rawlen, it.rid);
		if (err != NULL || used == 0)
			break;
		err = judge(g, &it);
		pf_rec_free(&it.rec);
		pf_buf_free(&it.row);
		if (err != NULL)
			return err;
		at += used;
	}
	if (b->len == 0 || at < b->len) {
		g->refused++;
		pf_warn("%s: the rest of %zu bytes would be refused: %s",
		    entry, b->len - at, err != NULL ? err->msg :
		    "it ends inside a record");
	}
	return NULL;
}

static const struct pf_err *
dry_pack(struct ingest *g, const char *entry, const char *path)
{
	const struct pf_err *err;
	struct pf_buf b = PF_BUF_INIT;

	err = pf_slurp(&b, path, (size_t)g->conf->pack_size);
	if (err == NULL)
		err = judge_pack(g, entry, &b);
	else if (err->class == PF_DATA)
		err = dry_large(g, path);
	else if (err->class == PF_NOTFOUND)
		err = NULL;
	pf_buf_free(&b);
	return err;
}

const struct pf_err *
dry_run(struct ingest *g)
{
	const struct pf_err *err;
	char **list, *path;
	size_t i, n;

	if ((err = pf_spool_list(&list, &n, g->conf->spool_path)) != NULL)
		return err;
	for (i = 0; err == NULL && i < n && !stopping(); i++) {
		path = pf_asprintf("%s/%s", g->conf->spool_path, list[i]);
		if (pf_is_file(path))
			err = dry_pack(g, list[i], path);
		free(path);
	}
	pf_spool_list_free(list);
	return err;
}
