/*
 * Metrics in the text format of Prometheus, version 0.0.4: a family with its
 * help and type, then its samples.  Labels are text such as state="idle",
 * which the caller knows to be plain; "" is none.
 */
#ifndef PF_CODEC_PROM_H
#define PF_CODEC_PROM_H

#include <stdint.h>

#include "base/buf.h"
#include "base/hist.h"

#define PF_PROM_TYPE	"text/plain; version=0.0.4"

enum pf_prom { PF_GAUGE, PF_COUNTER, PF_HISTOGRAM };

void	pf_prom_family(struct pf_buf *, enum pf_prom, const char *name,
	    const char *help);
void	pf_prom_int(struct pf_buf *, const char *name, const char *labels,
	    int64_t value);
void	pf_prom_real(struct pf_buf *, const char *name, const char *labels,
	    double value);
/* A family of a single sample. */
void	pf_prom_one(struct pf_buf *, enum pf_prom, const char *name,
	    const char *help, double value);
/* Steps and sum are divided by scale: 1e6 makes seconds of microseconds. */
void	pf_prom_hist(struct pf_buf *, const char *name, const char *labels,
	    const struct pf_hist *, const int64_t steps[PF_HIST_STEPS],
	    double scale);

#endif
