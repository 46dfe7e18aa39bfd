/*
 * Assignments: every lease ever given.  (job, epoch, attempt) is the fencing
 * token; the database itself refuses two live ones of a job or a bot.
 */
#ifndef PF_MODEL_ASSIGNMENT_H
#define PF_MODEL_ASSIGNMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/name.h"
#include "store/db.h"

/*
 * When a lease was renewed, by the clock of ticks (ms, with the interval that
 * was under way), and how long its holder may count on it from there.
 */
struct pf_lease {
	int64_t		 tick;
	int64_t		 at;
	int64_t		 ms;
};

struct pf_assignment {
	char		 job[PF_ID_MAX + 1];
	char		 bot[PF_ID_MAX + 1];
	char		 inc[PF_ID_MAX + 1];
	int64_t		 epoch;
	int64_t		 attempt;
	bool		 live;		/* assigned or started */
	bool		 started;
	bool		 progress;	/* a result came under it */
	int64_t		 timestamp;
	struct pf_lease	 lease;		/* ms 0: of before version 19 */
	int64_t		 start_at;	/* as lease.at */
	int64_t		 given_tick;	/* of the grant */
	char		 result[64];	/* how it ended */
};

/* The live assignment of a bot, or *found false. */
const struct pf_err	*pf_assignment_of_bot(struct pf_assignment *,
			    bool *found, struct pf_db *, const char *bot);
/* The assignment of a token, live or not, or *found false. */
const struct pf_err	*pf_assignment_get(struct pf_assignment *,
			    bool *found, struct pf_db *, const char *job,
			    int64_t epoch, int64_t attempt);
/* The last of a job that was the bot's, live or not, or *found false. */
const struct pf_err	*pf_assignment_last(struct pf_assignment *,
			    bool *found, struct pf_db *, const char *job,
			    const char *bot);
const struct pf_err	*pf_assignment_insert(struct pf_db *,
			    const struct pf_assignment *);
/*
 * Counted from there.  What was promised before holds still, for the bot may
 * not hear of a shorter one.
 */
const struct pf_err	*pf_assignment_renew(struct pf_db *,
			    const struct pf_assignment *,
			    const struct pf_lease *);
const struct pf_err	*pf_assignment_start(struct pf_db *,
			    const struct pf_assignment *,
			    const struct pf_lease *);
/* Ends it: status "completed" or "expired", result in a word. */
const struct pf_err	*pf_assignment_end(struct pf_db *,
			    const struct pf_assignment *, const char *status,
			    const char *result, int64_t now);
/* A result was filed under it. */
const struct pf_err	*pf_assignment_progress(struct pf_db *,
			    const char *job, int64_t epoch, int64_t attempt);
/* Its log has come to end. */
const struct pf_err	*pf_assignment_logged(struct pf_db *,
			    const struct pf_assignment *, int64_t end);
/* The same for every live lease; *n of them. */
const struct pf_err	*pf_assignment_renew_all(struct pf_db *, int64_t *n,
			    const struct pf_lease *);
/* A live assignment whose bot is gone or failed, or *found false. */
const struct pf_err	*pf_assignment_orphan(struct pf_assignment *,
			    bool *found, struct pf_db *);

#endif
