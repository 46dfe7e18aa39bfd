/*
 * What several acts share: members of requests, changes of state with their
 * events, and the end of a lease.
 */
#ifndef PF_ACT_COMMON_H
#define PF_ACT_COMMON_H

#include "act/act.h"

#define PF_INT_MAX	INT64_C(9007199254740992)	/* 2^53 */

/* A member that must be an id. */
const struct pf_err	*pf_need_id(const char **out, const struct pf_json *,
			    const char *key);

/* A duration: integer milliseconds or a string such as "90s". */
const struct pf_err	*pf_get_dur(int64_t *out, const struct pf_json *,
			    const char *key, int64_t min, int64_t max);

/* The bot a request names; PF_STALE if its inc is not the one on file. */
const struct pf_err	*pf_need_bot(struct pf_act *, struct pf_bot *,
			    const struct pf_json *);

/*
 * The assignment a request's bot, job, epoch and attempt name.  PF_STALE
 * unless there is one of that bot; it may have ended.
 */
const struct pf_err	*pf_need_token(struct pf_act *, struct pf_assignment *,
			    const struct pf_json *, const char *bot);

/*
 * The same, but of a bot that registered without an inc, as those do which
 * know of no tokens, the token may be missing: its lease is meant, which is
 * that of the job, if the request names one.
 */
const struct pf_err	*pf_need_lease(struct pf_act *, struct pf_assignment *,
			    const struct pf_json *, const struct pf_bot *);

/* Changes of state: PF_CONFLICT if the machine does not allow the event. */
const struct pf_err	*pf_move_bot(struct pf_act *, struct pf_bot *,
			    enum pf_bot_event, const char *why);
const struct pf_err	*pf_move_job(struct pf_act *, struct pf_job *,
			    enum pf_job_event, const char *why);

/*
 * Ends a live lease without a completion and puts its job back to pending,
 * or cancelled when that was asked, or failed when strike and it has lost
 * too many.  The bot is the caller's to move.
 */
const struct pf_err	*pf_end_lease(struct pf_act *,
			    const struct pf_assignment *, bool strike,
			    const char *why);

/*
 * The bot was seen now; pf_move_bot(), pf_bot_update() or pf_bot_seen()
 * writes it.
 */
void			 pf_touch_bot(const struct pf_act *, struct pf_bot *);

/* A job is new: whoever commits has it described in the tree. */
void			 pf_note_job(struct pf_act *, const char *id);

/* A full lease from now on, which is what that reply promises. */
struct pf_lease		 pf_lease_now(const struct pf_act *);

/* Members of every reply to a bot. */
void			 pf_reply_lease(struct pf_act *, struct pf_buf *);

/* Cancels a job that waits or is live; cancel.c. */
const struct pf_err	*pf_cancel_job(struct pf_act *, const char *id,
			    const char *message);

/* At a start nobody is there yet: deaf, if anybody is known. */
const struct pf_err	*pf_start_deaf(struct pf_act *);

/*
 * The blob lies in the storage: jobs that wait for it and for nothing else
 * can be given from now on; *n (may be NULL) of them.
 */
const struct pf_err	*pf_blob_arrived(struct pf_act *, int64_t *n,
			    const char *sha, int64_t size);
/* Looks for every missing blob whether it is there. */
const struct pf_err	*pf_blobs_look(struct pf_act *);

/*
 * For each of at most 100 rows: one() adds members to its reply row, and one
 * that is refused is undone and told alone.
 */
const struct pf_err	*pf_each_row(struct pf_act *, const struct pf_json *,
			    struct pf_buf *, const struct pf_err *(*one)(
			    struct pf_act *, const struct pf_json *row,
			    const void *arg, struct pf_buf *),
			    const void *arg);

/* True while programs that hear bots are known and none of them is there. */
const struct pf_err	*pf_deaf(struct pf_act *, bool *deaf);

/* The wall clock, as far as it can be trusted to say what is old. */
const struct pf_err	*pf_trusted_now(struct pf_act *, int64_t *now);

/* Deletes events past [retention] events, a bounded number; how many. */
const struct pf_err	*pf_sweep_events(struct pf_act *, int64_t *n);

#endif
