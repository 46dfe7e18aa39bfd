/*
 * Lists of campaigns.  Read-only.
 */
#ifndef PF_VIEW_CAMPAIGNS_H
#define PF_VIEW_CAMPAIGNS_H

#include "view/page.h"

extern const struct pf_walk pf_walk_campaigns;

#endif
