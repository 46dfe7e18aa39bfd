/*
 * Bots: the table and its state machine.
 *
 * A slot of a machine is a bot.  The machine below is the only place that
 * knows which state follows which; pf-internals(7) prints it.
 */
#ifndef PF_MODEL_BOT_H
#define PF_MODEL_BOT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/name.h"
#include "store/db.h"

enum pf_bot_state {
	PF_BOT_REGISTERING,	/* known, first heartbeat not seen */
	PF_BOT_IDLE,
	PF_BOT_BUSY,
	PF_BOT_TIMED_OUT,	/* silent past its lease */
	PF_BOT_FAILED,		/* failed too often; an operator resets it */
	PF_BOT_STATES
};

enum pf_bot_event {
	PF_BOT_REGISTER,	/* registered (again) */
	PF_BOT_SEEN,		/* heartbeat without a job */
	PF_BOT_GIVEN,		/* got a job */
	PF_BOT_FREED,		/* its job ended or went back */
	PF_BOT_SILENT,		/* lease over */
	PF_BOT_BROKE,		/* failed too often */
	PF_BOT_RESET,		/* by an operator */
	PF_BOT_EVENTS
};

const char	*pf_bot_state_name(enum pf_bot_state);
const char	*pf_bot_event_name(enum pf_bot_event);

/* False if the event cannot happen in that state. */
bool	pf_bot_next(enum pf_bot_state *to, enum pf_bot_state,
	    enum pf_bot_event);

struct pf_bot {
	char		 id[PF_ID_MAX + 1];
	char		 name[129];
	char		 hostname[129];
	enum pf_bot_state state;
	char		 inc[PF_ID_MAX + 1];
	char		 capabilities[2048];	/* JSON array */
	char		 job[PF_ID_MAX + 1];	/* current job or "" */
	int64_t		 failures;
	bool		 drain;
	bool		 online;		/* heard within its lease */
	int64_t		 lease_tick;
	int64_t		 last_seen;		/* wall, ms */
	int64_t		 timeout_at;		/* for people */
};

/* PF_NOTFOUND if there is none or it was deregistered, which *gone tells. */
const struct pf_err	*pf_bot_get(struct pf_bot *, struct pf_db *,
			    const char *id);
const struct pf_err	*pf_bot_gone(bool *gone, struct pf_db *,
			    const char *id);
const struct pf_err	*pf_bot_find(struct pf_bot *, bool *found,
			    struct pf_db *, const char *hostname,
			    const char *name);
const struct pf_err	*pf_bot_insert(struct pf_db *, const struct pf_bot *,
			    int64_t now);
/* Writes all but id, name and hostname back. */
const struct pf_err	*pf_bot_update(struct pf_db *, const struct pf_bot *);
/* Writes last_seen, timeout_at and lease_tick only. */
const struct pf_err	*pf_bot_seen(struct pf_db *, const struct pf_bot *);
const struct pf_err	*pf_bot_remove(struct pf_db *, const char *id,
			    int64_t now);
/* Every bot's lease starts anew at tick. */
const struct pf_err	*pf_bot_renew_all(struct pf_db *, int64_t tick);

#endif
