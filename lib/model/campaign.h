/*
 * Campaigns: groups of jobs between which turns are fair.
 */
#ifndef PF_MODEL_CAMPAIGN_H
#define PF_MODEL_CAMPAIGN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/name.h"
#include "store/db.h"

#define PF_CAMPAIGN_DEFAULT	"default"

/* Id of the campaign of that name, made if there is none. */
const struct pf_err	*pf_campaign_need(char id[PF_ID_MAX + 1],
			    struct pf_db *, const char *name, int64_t now);

/*
 * Calls see for each campaign with a pending job, the least running/weight
 * first (ties: the older), until see sets *stop.
 */
struct pf_campaign_walk {
	const struct pf_err	*(*see)(void *, const char *id, bool *stop);
	void			*arg;
};
const struct pf_err	*pf_campaign_waiting(struct pf_db *,
			    const struct pf_campaign_walk *);

#endif
