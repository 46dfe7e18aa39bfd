/*
 * The numbers of a master in the text format of Prometheus, for pf-report and
 * for pf-httpd.  What it costs does not grow with the database: all of it
 * comes from counters, from jobs that are running, from the names in the
 * spool and from the writer's memory.
 */
#ifndef PF_VIEW_METRICS_H
#define PF_VIEW_METRICS_H

#include "base/buf.h"
#include "codec/conf.h"

/* All of them; a part that cannot be had is told of as down, and left out. */
void	pf_metrics(struct pf_buf *, const struct pf_conf *);

/* Those of the writer, which is asked by its op stats. */
void	pf_metrics_writer(struct pf_buf *, const struct pf_conf *);

#endif
