/*
 * How bad a crash may be, from its record alone: a table of rules of which
 * the first that fits decides and is named.  A first guess for who sorts
 * crashes, no proof.
 */
#ifndef PF_CODEC_REPORT_SEVERITY_H
#define PF_CODEC_REPORT_SEVERITY_H

#include "codec/report/report.h"

struct pf_severity {
	const char	*severity;	/* critical high medium low info */
	const char	*casr;		/* EXPLOITABLE PROBABLY_EXPLOITABLE
					 * NOT_EXPLOITABLE, as CASR has them */
	const char	*rule;		/* its name */
	const char	*why;		/* in a few words */
};

/* Never NULL: what fits nothing is info, by the rule unknown. */
const struct pf_severity	*pf_severity_of(const struct pf_report *);

/* The next less severe word; the last is its own. */
const char			*pf_severity_below(const char *);

#endif
