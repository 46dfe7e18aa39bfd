/*
 * Between those that file packs: batch.c, many on their way, and alone.c, one.
 */
#ifndef INGEST_BATCH_H
#define INGEST_BATCH_H

#include "ingest/ingest.h"

/* Records of packs that are in memory, in their order. */
struct items {
	struct item	*v;
	size_t		 n;
	size_t		 cap;
};

/* items.c */
void			 item_free(struct item *);
void			 items_free(struct items *);
/* One more, empty; those before it may be elsewhere then. */
struct item		*items_add(struct items *);
/* Those from one to before another; none if there are none. */
struct slice		 slice_of(const struct items *, size_t from, size_t to);
/*
 * Takes the pack's frames apart.  What follows the last whole one goes into
 * bad/; if it cannot, the pack stays as it is and gives no items.
 */
const struct pf_err	*split_or_stay(struct ingest *, struct items *,
			    struct pf_pack *);

/*
 * batch.c: tells the writer of what was refused, after trouble of another
 * kind than with him too; that comes first.
 */
const struct pf_err	*say_refused(struct ingest *, const struct pf_err *was);

#endif
