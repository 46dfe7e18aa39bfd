/*
 * Jobs: the table and its state machine, which is the only place that knows
 * which state follows which; pf-internals(7) prints it.
 */
#ifndef PF_MODEL_JOB_H
#define PF_MODEL_JOB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/name.h"
#include "store/db.h"

enum pf_job_state {
	PF_JOB_PENDING, PF_JOB_ASSIGNED, PF_JOB_RUNNING, PF_JOB_COMPLETED,
	PF_JOB_FAILED, PF_JOB_TIMED_OUT, PF_JOB_CANCELLED, PF_JOB_STATES
};

enum pf_job_event {
	PF_JOB_GIVE,		/* to a bot */
	PF_JOB_START,		/* its engine runs */
	PF_JOB_FINISH,		/* reached its duration, or ended well */
	PF_JOB_FAIL,
	PF_JOB_OVERRUN,		/* past its limit and grace */
	PF_JOB_CANCEL,		/* it is over because it was cancelled */
	PF_JOB_REQUEUE,		/* its lease ended, or it was handed back */
	PF_JOB_EVENTS
};

const char	*pf_job_state_name(enum pf_job_state);
const char	*pf_job_event_name(enum pf_job_event);

/* False if the event cannot happen in that state. */
bool	pf_job_next(enum pf_job_state *to, enum pf_job_state,
	    enum pf_job_event);

/* assigned or running */
bool	pf_job_live(enum pf_job_state);

struct pf_job {
	char		 id[PF_ID_MAX + 1];
	char		 campaign[PF_ID_MAX + 1];
	enum pf_job_state state;
	char		 bot[PF_ID_MAX + 1];
	int64_t		 epoch;
	int64_t		 attempt;
	int64_t		 strikes;
	int64_t		 duration;	/* ms */
	int64_t		 waiting;	/* files not uploaded yet */
	bool		 cancel;
};

/* Waits for a bot and nothing else: so it counts in its campaign. */
bool	pf_job_claimable(enum pf_job_state, int64_t waiting);

/* PF_NOTFOUND if there is none. */
const struct pf_err	*pf_job_get(struct pf_job *, struct pf_db *,
			    const char *id);

/*
 * Writes state, bot, token, strikes, cancel and message; started_at and
 * completed_at follow the state.
 */
const struct pf_err	*pf_job_update(struct pf_db *, const struct pf_job *,
			    int64_t now, const char *message);

/* Takes an ended job out of the lists; *n 0 if it was out already. */
const struct pf_err	*pf_job_archive(struct pf_db *, int64_t *n,
			    const char *id, int64_t now);

/* How many are assigned or running, by the counters. */
const struct pf_err	*pf_jobs_live(int64_t *n, struct pf_db *);

/* What there is to do. */
#define PF_JOB_KINDS	3
extern const char *const pf_job_kinds[PF_JOB_KINDS];	/* the first is fuzz */

/*
 * Best claimable job of a campaign for an engine, of a kind; *found false if
 * there is none.
 */
struct pf_job_want {
	const char	*campaign, *engine, *kind;
	bool		 memcheck;	/* valgrind is there for its crashes */
};
const struct pf_err	*pf_job_best(char id[PF_ID_MAX + 1],
			    int64_t *priority, int64_t *created, bool *found,
			    struct pf_db *, const struct pf_job_want *);

/* What a submission says; strings are checked by the act. */
struct pf_job_new {
	const char	*id, *campaign, *name, *target, *target_hash;
	const char	*engine, *dictionary, *seeds, *args, *options, *request;
	const char	*kind;		/* NULL: to fuzz */
	int64_t		 priority, duration, memory, timeout, now;
	int64_t		 waiting;	/* how many of its blobs are missing */
};
const struct pf_err	*pf_job_insert(struct pf_db *,
			    const struct pf_job_new *);
struct pf_job_blob {
	const char	*job, *kind, *name, *sha;
	int64_t		 n;		/* order of submission */
	int64_t		 size;
	bool		 missing;
};
const struct pf_err	*pf_job_blob(struct pf_db *,
			    const struct pf_job_blob *);

/*
 * What is missing: a job that waits for the blob; the first missing hash
 * after one ("" for the first of all).
 */
const struct pf_err	*pf_job_lacks(char id[PF_ID_MAX + 1], bool *found,
			    struct pf_db *, const char *sha);
const struct pf_err	*pf_job_lacking(char sha[PF_SHA_HEX + 1], bool *found,
			    struct pf_db *, const char *after);
/* The job lacks it no more: *left blobs are missing still. */
const struct pf_err	*pf_job_fill(int64_t *left, struct pf_db *,
			    const char *id, const char *sha, int64_t size);

/* The job as members of a JSON object (pf-ops(5), claim), blobs included. */
const struct pf_err	*pf_job_json(struct pf_buf *, struct pf_db *,
			    const char *id);

/*
 * Ids submitted under the request's id, as a JSON array; *n of them.
 * PF_CONFLICT if they have another name, engine or target than this one.
 */
const struct pf_err	*pf_job_of_request(struct pf_buf *, int64_t *n,
			    struct pf_db *, const struct pf_job_new *);

/* When it was submitted, or the last of its files came after that. */
const struct pf_err	*pf_job_hoped(int64_t *since, struct pf_db *,
			    const char *id);

#endif
