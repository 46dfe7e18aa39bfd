/*
 * What is known of jobs, leases, bots and campaigns, held against itself and
 * against metadata/, as questions of SQL to a scratch database
 * (store/scratch.h).  Read-only; finds, and knows nothing of files.
 *
 * Each change of them is an event of theirs, but for what goes with each sign
 * of life.  So a description that says as of which event it is must be the
 * row, unless there is an event since.
 */
#ifndef PF_VIEW_STATES_H
#define PF_VIEW_STATES_H

#include <stdbool.h>
#include <stdint.h>

#include "store/db.h"

const struct pf_err	*pf_states_init(struct pf_db *);

/*
 * A document of metadata/, a job's with its leases and its campaign, a bot's
 * or that of the master: notes what it says otherwise than the rows.  It is as
 * of that event of its epoch, and a job or a bot had no other up to the event
 * "until"; file is told in the answer.
 */
struct pf_states_doc {
	const char	*file, *text;
	int64_t		 epoch, event, until;
	bool		 of_bot;
};
const struct pf_err	*pf_states_doc(struct pf_db *,
			    const struct pf_states_doc *);

/*
 * Begins a query: what was noted, unless an event tells of a change since or
 * may have done so and is forgotten; and what does not fit together, whatever
 * was noted.  Columns: its place, why.
 */
const struct pf_err	*pf_states_changed(struct pf_q *, struct pf_db *);
const struct pf_err	*pf_states_apart(struct pf_q *, struct pf_db *);

#endif
