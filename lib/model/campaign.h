/*
 * Campaigns: groups of jobs on one target, between which turns are fair.
 *
 * The machine of their states is the only place that knows which follows
 * which; pf-internals(7) prints it.
 */
#ifndef PF_MODEL_CAMPAIGN_H
#define PF_MODEL_CAMPAIGN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/name.h"
#include "store/db.h"

#define PF_CAMPAIGN_DEFAULT	"default"

enum pf_campaign_state {
	PF_CAMPAIGN_ACTIVE,
	PF_CAMPAIGN_PAUSED,	/* gives no job; what runs goes on */
	PF_CAMPAIGN_FINISHED,	/* takes no job, what it had is cancelled */
	PF_CAMPAIGN_STATES
};

enum pf_campaign_event {
	PF_CAMPAIGN_PAUSE, PF_CAMPAIGN_RESUME, PF_CAMPAIGN_FINISH,
	PF_CAMPAIGN_EVENTS
};

const char	*pf_campaign_state_name(enum pf_campaign_state);
const char	*pf_campaign_event_name(enum pf_campaign_event);

/* False if the event cannot happen in that state. */
bool	pf_campaign_next(enum pf_campaign_state *to, enum pf_campaign_state,
	    enum pf_campaign_event);

struct pf_campaign {
	char			 id[PF_ID_MAX + 1];
	char			 name[129];
	enum pf_campaign_state	 state;
	int64_t			 weight;
	int64_t			 pending, running;	/* jobs */
	char			 request[PF_ID_MAX + 1];	/* that made
						 * it, or "" */
};

/* By name, else by id; *found false if there is none. */
const struct pf_err	*pf_campaign_find(struct pf_campaign *, bool *found,
			    struct pf_db *, const char *name);
/* The one that was made by a request; likewise. */
const struct pf_err	*pf_campaign_of_request(struct pf_campaign *,
			    bool *found, struct pf_db *, const char *request);
const struct pf_err	*pf_campaign_insert(struct pf_db *,
			    const struct pf_campaign *, int64_t now);
/* Writes state and weight back. */
const struct pf_err	*pf_campaign_update(struct pf_db *,
			    const struct pf_campaign *, int64_t now);

/*
 * What it is for: lines for people, and tags, a JSON array of words.  Either
 * may be NULL, which leaves it as it is.
 */
#define PF_CAMPAIGN_WORDS	1000	/* bytes of the lines */
#define PF_CAMPAIGN_TAGS	32
const struct pf_err	*pf_campaign_describe(struct pf_db *, const char *id,
			    const char *description, const char *tags);
/* The same as members of an object that is open. */
const struct pf_err	*pf_campaign_words(struct pf_buf *, struct pf_db *,
			    const char *id);

/*
 * Id of the active campaign of that name for a new job, made if there is
 * none (*made, which may be NULL, tells); PF_CONFLICT if it is finished.
 */
const struct pf_err	*pf_campaign_need(char id[PF_ID_MAX + 1], bool *made,
			    struct pf_db *, const char *name, int64_t now);

/* So many more of its jobs wait and are live; so many turns were taken. */
const struct pf_err	*pf_campaign_count(struct pf_db *, const char *id,
			    int64_t pending, int64_t running, int64_t turns);

/*
 * Turns: one is taken with each job that is given.  A campaign that does not
 * wait, or is paused, is about to: it joins at the most turns that one had
 * which was served, or the least of those that wait, if that is more, and at
 * one more at most.
 * What it did not want in the past gives it no right to all turns now, and
 * what it had, while nobody else wanted any, takes none from it.
 */
const struct pf_err	*pf_campaign_join(struct pf_db *, const char *id);

/*
 * Calls see for each active campaign with a pending job, the least
 * running/weight first (ties: the fewest turns, then the older), until see
 * sets *stop.
 */
struct pf_campaign_walk {
	const struct pf_err	*(*see)(void *, const char *id, bool *stop);
	void			*arg;
};
const struct pf_err	*pf_campaign_waiting(struct pf_db *,
			    const struct pf_campaign_walk *);

/*
 * The next job of the campaign after the id, "" for the first, that has not
 * ended nor is being cancelled.
 */
const struct pf_err	*pf_campaign_job(char id[PF_ID_MAX + 1], bool *found,
			    struct pf_db *, const char *campaign);

#endif
