/*
 * Why a crash is in its bucket, frame by frame.  Read-only.
 */
#ifndef PF_VIEW_WHY_H
#define PF_VIEW_WHY_H

#include <stdbool.h>

#include "base/buf.h"
#include "view/place.h"

struct pf_why {
	struct pf_live		 live;
	struct pf_q		 q;
	struct pf_sign		 sign;
	bool			 over;	/* the bucket of the rest */
	bool			 agrees;	/* it is where the rules say */
};

/* A frame and what it counts for: counts, ignored or entry. */
struct pf_why_frame {
	const char		*stack, *is;
	int			 n;	/* in its stack, from 0 on */
	const struct pf_frame	*frame;
	char			 rule[PF_RULE_TEXT];	/* "" if by none */
};

/* Of the crash with that id, PF_NOTFOUND; pf_why_free() in every case. */
const struct pf_err	*pf_why_load(struct pf_why *, struct pf_db *,
			    const char *id);
void			 pf_why_free(struct pf_why *);

/* What it is by, name and value, and its frames; in this order. */
void	pf_why_each(const struct pf_why *,
	    void (*member)(void *, const char *, const char *),
	    void (*frame)(void *, const struct pf_why_frame *), void *);

/* All of it as members of a JSON object that is open. */
void	pf_why_json(const struct pf_why *, struct pf_buf *);

#endif
