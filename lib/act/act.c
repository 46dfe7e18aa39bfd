/*
 * The table of ops and the frame around each; see act.h.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "act/act.h"
#include "base/num.h"
#include "codec/op.h"
#include "model/system.h"
#include "os/clock.h"
#include "store/dbw.h"

static const struct {
	const char		*name;
	const struct pf_err	*(*run)(struct pf_act *,
				    const struct pf_json *, struct pf_buf *);
} ops[] = {
	{ "heartbeat",	pf_act_heartbeat },
	{ "claim",	pf_act_claim },
	{ "start",	pf_act_start },
	{ "complete",	pf_act_complete },
	{ "handback",	pf_act_handback },
	{ "register",	pf_act_register },
	{ "deregister",	pf_act_deregister },
	{ "drain",	pf_act_drain },
	{ "reset",	pf_act_reset },
	{ "crash",	pf_act_crash },
	{ "corpus",	pf_act_corpus },
	{ "coverage",	pf_act_coverage },
	{ "status",	pf_act_status },
	{ "submit",	pf_act_submit },
	{ "cancel",	pf_act_cancel },
	{ "archive",	pf_act_archive },
	{ "campaign",	pf_act_campaign },
	{ "hearing",	pf_act_hearing },
	{ "deaf",	pf_act_deaf },
	{ "tick",	pf_act_tick },
	{ "expire",	pf_act_expire },
	{ "sweep",	pf_act_sweep },
	{ "recover",	pf_act_recover },
};

#define NOPS	(sizeof(ops) / sizeof(ops[0]))

/* Errors after which the transaction cannot go on. */
static bool
dooms(const struct pf_err *err)
{
	return err->class == PF_IO || err->class == PF_FULL ||
	    err->class == PF_BUSY || err->class == PF_DENIED;
}

static const struct pf_err *
find(size_t *i, struct pf_json **req, const char *line, size_t n)
{
	const struct pf_err *err;
	const char *name = "";
	int64_t v = 1;

	if ((err = pf_json_parse(req, line, n)) != NULL)
		return pf_err(PF_USAGE, "not an op line: %s", err->msg);
	if (!pf_json_is_object(*req))
		return pf_err(PF_USAGE, "not an op line: not an object");
	if (pf_json_int(&v, *req, "v", 1, 1) != NULL)
		return pf_err_field(PF_USAGE, "v", "op line of another "
		    "version; this is 1");
	if ((err = pf_json_need(&name, *req, "op")) != NULL)
		return err;
	for (*i = 0; *i < NOPS; ++*i)
		if (strcmp(ops[*i].name, name) == 0)
			return NULL;
	return pf_err_field(PF_USAGE, "op", "unknown op \"%.32s\"", name);
}

const struct pf_err *
pf_act_line(struct pf_act *a, struct pf_buf *reply, const char *line,
    size_t n, bool *lazy)
{
	const struct pf_err *err;
	struct pf_json *req = NULL;
	size_t i = 0, start = reply->len;

	*lazy = true;
	if ((err = find(&i, &req, line, n)) != NULL) {
		pf_op_refuse(reply, req, err);
		pf_json_free(req);
		return NULL;
	}
	a->now = pf_wall_ms();
	a->op = ops[i].name;
	a->lazy = false;
	a->heard = 0;
	if ((err = pf_dbw_save(a->db)) == NULL) {
		pf_op_begin(reply, req, true);
		err = ops[i].run(a, req, reply);
		if (err != NULL && !dooms(err))
			pf_dbw_undo(a->db);
		else if (err == NULL && (err = pf_dbw_release(a->db)) == NULL)
			pf_op_end(reply);
	}
	if (err != NULL) {
		reply->len = start;
		a->heard = 0;
		pf_op_refuse(reply, req, err);
	} else
		*lazy = a->lazy;
	pf_json_free(req);
	return err != NULL && dooms(err) ? err : NULL;
}

const struct pf_err *
pf_act_load(struct pf_act *a)
{
	const struct pf_err *err;
	struct pf_ticks t;
	char epoch[32];

	if ((err = pf_ticks_get(&t, a->db)) != NULL ||
	    (err = pf_system_get(a->master, sizeof(a->master), a->db,
	    "master_id")) != NULL || (err = pf_system_get(epoch,
	    sizeof(epoch), a->db, "epoch")) != NULL)
		return err;
	a->tick = t.tick;
	if (!pf_num(&a->epoch, epoch, 1, INT64_C(1) << 53))
		return pf_err(PF_CONFIG, "the database has no epoch: run "
		    "pf-sched init");
	return NULL;
}
