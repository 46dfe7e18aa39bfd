/*
 * Counts of requests, for the metrics.
 */
#ifndef PF_HTTPD_METER_H
#define PF_HTTPD_METER_H

#include "httpd/httpd.h"

void	meter_start(struct httpd *);
void	meter_stop(struct httpd *);
/* The request is answered, or gone with status 0; counts once. */
void	meter_count(struct req *, unsigned int status);

#endif
