/*
 * New buckets and who is told of them: each once, whichever way it arose.
 *
 * The table told has every bucket of which that is settled, and by what it
 * was: the id of a crash, or in dropped where no input was kept.  It is told
 * when the hook has done its work, a row in hooks until then.
 */
#ifndef PF_ACT_ANNOUNCE_H
#define PF_ACT_ANNOUNCE_H

#include <stdbool.h>

#include "act/act.h"

/* A report has made a bucket; crash stands for it.  Nothing is done while a
 * database is made anew, which ends with pf_announce_rest(). */
const struct pf_err	*pf_announce(struct pf_act *, const char *bucket,
			    const char *crash);

/*
 * The crash is not in that bucket any more: what stood for it is now another
 * one there.  If the bucket is gone and nobody was told of it, nobody is.
 */
const struct pf_err	*pf_announce_left(struct pf_db *, const char *bucket,
			    const char *crash);

/*
 * After many have changed: a bucket that has what stood for one that is gone
 * is that under another name; all others that are not in told are new.  With
 * hook they wait for it, else they are settled.
 */
const struct pf_err	*pf_announce_rest(struct pf_act *, bool hook);
/*
 * The same in pieces of so many rows, once rules are in force: begin notes in
 * the database that it is to be done, *left says whether there is more.  What
 * is cut short by other rules that come is made up for when they are in force
 * or taken back, for it changes nothing where it was done.
 */
const struct pf_err	*pf_announce_begin(struct pf_db *);
const struct pf_err	*pf_announce_step(struct pf_act *, bool *left,
			    bool hook, int64_t rows);

/* The hook was told of this crash: adds what it stands for to a->told. */
const struct pf_err	*pf_announced(struct pf_act *, const char *crash);

#endif
