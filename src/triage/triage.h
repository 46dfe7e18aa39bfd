/*
 * One record of a crash, as pf-triage knows and prints it.
 */
#ifndef TRIAGE_TRIAGE_H
#define TRIAGE_TRIAGE_H

#include "base/buf.h"
#include "codec/report/report.h"
#include "codec/report/rules.h"
#include "codec/report/severity.h"
#include "codec/table.h"

struct crash {
	const char			*file;
	bool				 found;
	struct pf_report		 report;
	struct pf_state			 state;
	struct pf_sign			 sign;
	const struct pf_severity	*severity;
	char				 rules[PF_RULES_TEXT];
};

/* A line of names, where there is one. */
void	record_header(struct pf_buf *, enum pf_format);
/* The record as one line, tab-separated or JSON. */
void	record_line(struct pf_buf *, enum pf_format, const struct crash *);

/* Where a leak was allocated, as a state is told; "" if no frame counts. */
void	leak_frames(struct pf_buf *, const struct pf_leak *);

/* The record for people to read. */
void	explain(struct pf_buf *, const struct crash *);

#endif
