/*
 * Between the two halves of the exchange: share.c, what there is, and pull.c,
 * the bytes.
 */
#ifndef RUN_MASTER_SHARE_H
#define RUN_MASTER_SHARE_H

#include "run/engine/engine.h"

#define SHARE_MAX	512		/* inputs of one round, and */
#define SHARE_BYTES	((4 << 20) - (64 << 10))	/* their bytes */
#define SHARE_BIG	INT64_C(9007199254740992)	/* 2^53 */

/* An input that is offered; the hash belongs to the answer. */
struct offer {
	const char	*hash;
	int64_t		 size, cursor;
};

/* Those that are wanted. */
struct offers {
	struct offer	 v[SHARE_MAX];
	size_t		 n;
	size_t		 done;	/* so many are dealt with */
	int64_t		 end;	/* the cursor when all are */
};

/* share.c: a GET that neither waits for nor decides whether the master is
 * there.  PF_STALE: it has another database than the epoch says. */
const struct pf_err	*share_get(struct slot *, struct pf_http_call *);

/*
 * pull.c: fetches them and gives them to the engine, as far as they come: the
 * others have to be asked for again.  PF_DATA: the answer makes no sense.
 */
const struct pf_err	*share_fetch(struct fuzz *, struct offers *);

#endif
