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
	bool			 checks;	/* before its first write: once
						 * that is done it never
						 * refuses */
} ops[] = {
	{ "heartbeat",	pf_act_heartbeat, true },
	{ "claim",	pf_act_claim, true },
	{ "start",	pf_act_start, true },
	{ "complete",	pf_act_complete, true },
	{ "handback",	pf_act_handback, true },
	{ "register",	pf_act_register, false },
	{ "deregister",	pf_act_deregister, false },
	{ "drain",	pf_act_drain, false },
	{ "reset",	pf_act_reset, false },
	{ "crash",	pf_act_crash, false },
	{ "corpus",	pf_act_corpus, false },
	{ "coverage",	pf_act_coverage, false },
	{ "status",	pf_act_status, false },
	{ "log",	pf_act_log, false },
	{ "blob",	pf_act_blob, false },
	{ "check",	pf_act_check, false },
	{ "small",	pf_act_small, false },
	{ "hooked",	pf_act_hooked, false },
	{ "recount",	pf_act_recount, false },
	{ "refused",	pf_act_refused, false },
	{ "submit",	pf_act_submit, false },
	{ "cancel",	pf_act_cancel, false },
	{ "archive",	pf_act_archive, false },
	{ "campaign",	pf_act_campaign, false },
	{ "build",	pf_act_build, false },
	{ "hearing",	pf_act_hearing, false },
	{ "deaf",	pf_act_deaf, false },
	{ "tick",	pf_act_tick, false },
	{ "expire",	pf_act_expire, false },
	{ "sweep",	pf_act_sweep, false },
	{ "recover",	pf_act_recover, false },
	{ "rules",	pf_act_rules, false },
	{ "stats",	pf_act_stats, true },
};

#define NOPS	(sizeof(ops) / sizeof(ops[0]))
_Static_assert(NOPS <= PF_ACT_OPS, "each op has its place in the stats");

const char *
pf_act_name(int i)
{
	return (size_t)i < NOPS ? ops[i].name : NULL;
}

bool
pf_act_dooms(const struct pf_err *err)
{
	return err->class == PF_IO || err->class == PF_FULL ||
	    err->class == PF_BUSY || err->class == PF_DENIED;
}

static const struct pf_err *
find(size_t *i, struct pf_json **req, const char *line, size_t n)
{
	const struct pf_err *err;
	const char *name = "";
	int64_t v = 1, seq;

	if ((err = pf_json_parse(req, line, n)) != NULL)
		return err->class != PF_DATA ? err : pf_err(PF_USAGE,
		    "not an op line: %s", err->msg);
	if (!pf_json_is_object(*req))
		return pf_err(PF_USAGE, "not an op line: not an object");
	if (pf_json_int(&v, *req, "v", 1, 1) != NULL)
		return pf_err_field(PF_USAGE, "v", "op line of another "
		    "version; this is 1");
	/* Given back otherwise than it came it would name another request. */
	if ((err = pf_json_int(&seq, *req, "seq", INT64_MIN, INT64_MAX)) !=
	    NULL)
		return pf_err_field(PF_USAGE, "seq", "%s", err->msg);
	if ((err = pf_json_need(&name, *req, "op")) != NULL)
		return err;
	for (*i = 0; *i < NOPS; ++*i)
		if (strcmp(ops[*i].name, name) == 0)
			return NULL;
	return pf_err_field(PF_USAGE, "op", "unknown op \"%.32s\"", name);
}

static void
cut(struct pf_buf *b, size_t n)
{
	if (b->len > n) {
		b->len = n;
		b->data[n] = '\0';
	}
}

/* Runs an op so that a refusal undoes what it did. */
static const struct pf_err *
run_saved(struct pf_act *a, size_t i, const struct pf_json *req,
    struct pf_buf *reply, bool *doomed)
{
	const struct pf_err *err;
	struct pf_tally tally = a->tally;
	size_t made = a->made.len, told = a->told.len;

	*doomed = true;
	if ((err = pf_dbw_save(a->db)) != NULL)
		return err;
	err = ops[i].run(a, req, reply);
	if (err != NULL && !(*doomed = pf_act_dooms(err))) {
		pf_dbw_undo(a->db);
		a->tally = tally;
		cut(&a->made, made);
		cut(&a->told, told);
		/* How far crashes are placed by rules that come, too. */
		*doomed = a->live.n == 2 &&
		    pf_live_load(&a->live, a->db) != NULL;
	} else if (err == NULL)
		err = pf_dbw_release(a->db);
	return err;
}

/*
 * Runs one that has nothing to undo when it refuses: a savepoint would cost
 * it more than all else.  Should it have written after all, the whole
 * transaction pays for it.
 */
static const struct pf_err *
run_checked(struct pf_act *a, size_t i, const struct pf_json *req,
    struct pf_buf *reply, bool *doomed)
{
	const struct pf_err *err;
	int64_t before = pf_dbw_changes(a->db);

	err = ops[i].run(a, req, reply);
	*doomed = err != NULL && (pf_act_dooms(err) ||
	    pf_dbw_changes(a->db) != before);
	return err;
}

const struct pf_err *
pf_act_line(struct pf_act *a, struct pf_buf *reply, const char *line,
    size_t n, bool *lazy)
{
	const struct pf_err *err;
	struct pf_json *req = NULL;
	size_t i = 0, start = reply->len;
	bool doomed;

	*lazy = true;
	if ((err = find(&i, &req, line, n)) != NULL) {
		pf_op_refuse(reply, req, err);
		pf_json_free(req);
		return NULL;
	}
	/*
	 * What a clock that is behind stamps would be past its retention as
	 * soon as it is set right.
	 */
	a->now = pf_wall_ms();
	if (a->now < a->trusted)
		a->now = a->trusted;
	a->op = ops[i].name;
	a->lazy = false;
	a->heard = 0;
	pf_op_begin(reply, req, true);
	err = ops[i].checks ? run_checked(a, i, req, reply, &doomed) :
	    run_saved(a, i, req, reply, &doomed);
	if (err != NULL) {
		reply->len = start;
		a->heard = 0;
		a->stats.open.refused[i]++;
		pf_op_refuse(reply, req, err);
	} else {
		a->stats.open.ok[i]++;
		pf_op_end(reply);
		*lazy = a->lazy;
	}
	a->stats.open.lines += ops[i].run != pf_act_stats;
	pf_json_free(req);
	return doomed ? err : NULL;
}

const struct pf_err *
pf_act_close(struct pf_act *a)
{
	return pf_tally_write(&a->tally, a->db);
}

const struct pf_err *
pf_act_load(struct pf_act *a)
{
	const struct pf_err *err;
	struct pf_ticks t;
	char epoch[32];

	a->tally.used = 0;
	if ((err = pf_boot_id(a->boot)) != NULL ||
	    (err = pf_ticks_get(&t, a->db)) != NULL ||
	    (err = pf_live_load(&a->live, a->db)) != NULL ||
	    (err = pf_system_get(a->master, sizeof(a->master), a->db,
	    "master_id")) != NULL || (err = pf_system_get(epoch,
	    sizeof(epoch), a->db, "epoch")) != NULL)
		return err;
	a->tick = t.tick;
	a->passed = t.passed;
	a->trusted = t.trusted;
	a->interval = t.interval;
	if (!pf_num(&a->epoch, epoch, 1, INT64_C(1) << 53))
		return pf_err(PF_CONFIG, "the database has no epoch: run "
		    "pf-sched init");
	return NULL;
}
