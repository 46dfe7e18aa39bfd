/*
 * One crash for another machine; see again.h.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "base/name.h"
#include "store/blob.h"
#include "view/again.h"

static const char sql[] = "SELECT c.engine, c.type, c.tool, c.command, "
    "c.output, j.options, c.file_path, c.hash, c.target_hash, c.signal, "
    "c.exit_code, c.first_seen, j.timeout, j.memory_limit, c.stack, "
    "p.bucket FROM crashes AS c JOIN jobs AS j ON j.id = c.job_id JOIN "
    "placed AS p ON p.id = c.id WHERE c.id = ?1";

const struct pf_err *
pf_again_load(struct pf_again *a, struct pf_db *db, const char *storage,
    const char *id)
{
	const struct pf_err *err;
	struct pf_buf target = PF_BUF_INIT;
	struct pf_q q = PF_Q_INIT;
	bool more = false;

	*a = (struct pf_again){ .id = pf_strdup(id) };
	if ((err = pf_q(&q, db, sql, "s", id)) == NULL &&
	    (err = pf_q_row(&q, &more)) == NULL && !more)
		err = pf_err(PF_NOTFOUND, "crash %s is gone", id);
	if (err == NULL) {
		a->engine = pf_strdup(pf_q_text(&q, 0));
		a->type = pf_strdup(pf_q_text(&q, 1));
		a->tool = pf_strdup(pf_q_text(&q, 2));
		a->command = pf_strdup(pf_q_text(&q, 3));
		a->output = pf_strdup(pf_q_text(&q, 4));
		a->options = pf_strdup(pf_q_text(&q, 5));
		a->input = pf_asprintf("%s/%s", storage, pf_q_text(&q, 6));
		pf_q_copy(&q, 7, a->input_hash, sizeof(a->input_hash));
		pf_q_copy(&q, 8, a->target_hash, sizeof(a->target_hash));
		if (pf_sha_ok(a->target_hash))
			pf_blob_path(&target, storage, a->target_hash);
		a->target = pf_strdup(target.data);
		a->signal = pf_q_int(&q, 9);
		a->exit_code = pf_q_int(&q, 10);
		a->seen = pf_q_int(&q, 11);
		a->timeout = pf_q_int(&q, 12);
		a->memory = pf_q_int(&q, 13);
		a->stack = pf_strdup(pf_q_text(&q, 14));
		pf_q_copy(&q, 15, a->bucket, sizeof(a->bucket));
	}
	pf_q_done(&q);
	pf_buf_free(&target);
	return err;
}

void
pf_again_free(struct pf_again *a)
{
	free(a->id);
	free(a->engine);
	free(a->type);
	free(a->tool);
	free(a->stack);
	free(a->command);
	free(a->output);
	free(a->options);
	free(a->input);
	free(a->target);
	*a = (struct pf_again){ 0 };
}
