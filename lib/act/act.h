/*
 * Acts: one op, one change, whole or not at all.
 *
 * An act reads its members from the request, uses the models, and adds its
 * members to the reply.  It runs inside the caller's transaction: after an
 * error everything it did is undone.  It knows no sockets and commits
 * nothing.
 */
#ifndef PF_ACT_ACT_H
#define PF_ACT_ACT_H

#include <stdbool.h>
#include <stdint.h>

#include "act/counts.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/name.h"
#include "codec/conf.h"
#include "codec/json.h"
#include "model/assignment.h"
#include "model/bot.h"
#include "model/job.h"
#include "model/tally.h"
#include "os/clock.h"
#include "store/db.h"
#include "store/placing.h"

/*
 * What bots without tokens have completed last, by a hash of their ids; a
 * hint for who repeats it, lost with the process.  The database has the proof.
 */
#define PF_ENDED	512
struct pf_ended {
	char			 bot[PF_ID_MAX + 1], job[PF_ID_MAX + 1];
};

struct pf_act {
	struct pf_db		*db;
	const struct pf_conf	*conf;
	int64_t			 now;	/* wall, ms; set before each op, not
					 * behind what ticks bear out */
	int64_t			 tick;	/* current; kept by tick.c */
	int64_t			 passed, interval;	/* likewise, ms */
	int64_t			 trusted;
	char			 boot[PF_BOOT_ID];	/* of this machine */
	int64_t			 epoch;
	char			 master[PF_ID_MAX + 1];
	const char		*op;	/* name of the running op */
	struct pf_live		 live;	/* rules for crashes */
	bool			 places;	/* a server, which places
						 * crashes between ops */
	bool			 placing;	/* there is more of that */
	struct pf_tally		 tally;	/* of this transaction */
	bool			 remaking;	/* a database from the tree:
						 * nobody is told */
	int64_t			 hearing;	/* ears there; the server's */
	bool			 is_ear;	/* who sent the op is one */
	int			 heard;	/* set by an op: 1 the client is an
					 * ear now, -1 no more */
	struct pf_act_stats	 stats;
	struct pf_ended		 ended[PF_ENDED];
	struct pf_buf		 made;	/* ids of jobs that are new, a line
					 * each; who commits empties it */
	struct pf_buf		 told;	/* likewise of crashes: no hook waits
					 * for their buckets any more */
	int64_t			 started;	/* wall, ms */
	bool			 lazy;	/* set by an op whose effect may be
					 * written up to a second later */
};

/*
 * Executes one op line (n bytes, newline excluded) and appends its reply
 * line.  *lazy is true if nothing needs a sync.  The error returned is one
 * of the database that dooms the whole transaction; a refused op is only a
 * reply.
 */
const struct pf_err	*pf_act_line(struct pf_act *, struct pf_buf *reply,
			    const char *line, size_t n, bool *lazy);

/* True for errors after which the transaction cannot go on. */
bool			 pf_act_dooms(const struct pf_err *);

/*
 * The last of the ears that were there has gone: an event, inside the open
 * transaction; why says which.
 */
const struct pf_err	*pf_act_deafened(struct pf_act *, const char *why);

/* Name of an op by its place in the stats, NULL behind the last. */
const char		*pf_act_name(int);

/* Before each commit: writes what is left of the transaction. */
const struct pf_err	*pf_act_close(struct pf_act *);

/*
 * At the start, and after a rollback: fills master, tick and epoch from the
 * database and forgets what was not committed.
 */
const struct pf_err	*pf_act_load(struct pf_act *);

/*
 * A piece, of so many crashes, of what rules that come into force take, if
 * there is any; *left if there is more.
 */
const struct pf_err	*pf_act_place(struct pf_act *, bool *left,
			    int64_t crashes);

/* The acts, a file each (rows.c has those of results). */
const struct pf_err	*pf_act_register(struct pf_act *,
			    const struct pf_json *, struct pf_buf *);
const struct pf_err	*pf_act_heartbeat(struct pf_act *,
			    const struct pf_json *, struct pf_buf *);
const struct pf_err	*pf_act_claim(struct pf_act *,
			    const struct pf_json *, struct pf_buf *);
const struct pf_err	*pf_act_start(struct pf_act *,
			    const struct pf_json *, struct pf_buf *);
const struct pf_err	*pf_act_complete(struct pf_act *,
			    const struct pf_json *, struct pf_buf *);
const struct pf_err	*pf_act_handback(struct pf_act *,
			    const struct pf_json *, struct pf_buf *);
const struct pf_err	*pf_act_deregister(struct pf_act *,
			    const struct pf_json *, struct pf_buf *);
const struct pf_err	*pf_act_drain(struct pf_act *,
			    const struct pf_json *, struct pf_buf *);
const struct pf_err	*pf_act_reset(struct pf_act *,
			    const struct pf_json *, struct pf_buf *);
const struct pf_err	*pf_act_submit(struct pf_act *,
			    const struct pf_json *, struct pf_buf *);
const struct pf_err	*pf_act_cancel(struct pf_act *,
			    const struct pf_json *, struct pf_buf *);
const struct pf_err	*pf_act_archive(struct pf_act *,
			    const struct pf_json *, struct pf_buf *);
const struct pf_err	*pf_act_campaign(struct pf_act *,
			    const struct pf_json *, struct pf_buf *);
const struct pf_err	*pf_act_build(struct pf_act *,
			    const struct pf_json *, struct pf_buf *);
const struct pf_err	*pf_act_hearing(struct pf_act *,
			    const struct pf_json *, struct pf_buf *);
const struct pf_err	*pf_act_deaf(struct pf_act *,
			    const struct pf_json *, struct pf_buf *);
const struct pf_err	*pf_act_tick(struct pf_act *,
			    const struct pf_json *, struct pf_buf *);
const struct pf_err	*pf_act_expire(struct pf_act *,
			    const struct pf_json *, struct pf_buf *);
const struct pf_err	*pf_act_stats(struct pf_act *,
			    const struct pf_json *, struct pf_buf *);
const struct pf_err	*pf_act_recover(struct pf_act *,
			    const struct pf_json *, struct pf_buf *);
const struct pf_err	*pf_act_sweep(struct pf_act *,
			    const struct pf_json *, struct pf_buf *);
const struct pf_err	*pf_act_crash(struct pf_act *,
			    const struct pf_json *, struct pf_buf *);
const struct pf_err	*pf_act_corpus(struct pf_act *,
			    const struct pf_json *, struct pf_buf *);
const struct pf_err	*pf_act_coverage(struct pf_act *,
			    const struct pf_json *, struct pf_buf *);
const struct pf_err	*pf_act_status(struct pf_act *,
			    const struct pf_json *, struct pf_buf *);
const struct pf_err	*pf_act_check(struct pf_act *,
			    const struct pf_json *, struct pf_buf *);
const struct pf_err	*pf_act_small(struct pf_act *,
			    const struct pf_json *, struct pf_buf *);
const struct pf_err	*pf_act_hooked(struct pf_act *,
			    const struct pf_json *, struct pf_buf *);
const struct pf_err	*pf_act_refused(struct pf_act *,
			    const struct pf_json *, struct pf_buf *);
const struct pf_err	*pf_act_recount(struct pf_act *,
			    const struct pf_json *, struct pf_buf *);
const struct pf_err	*pf_act_rules(struct pf_act *,
			    const struct pf_json *, struct pf_buf *);
const struct pf_err	*pf_act_log(struct pf_act *,
			    const struct pf_json *, struct pf_buf *);
const struct pf_err	*pf_act_blob(struct pf_act *,
			    const struct pf_json *, struct pf_buf *);

#endif
