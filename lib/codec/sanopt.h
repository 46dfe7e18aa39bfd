/*
 * The options of sanitizers: one table of those that are set for good, and of
 * those that a job may choose, within bounds.  A job names one as asan.KEY,
 * ubsan.KEY, msan.KEY, tsan.KEY or lsan.KEY; nothing it says gets into an
 * environment unread.  The same job gives the same text on any machine.
 */
#ifndef PF_CODEC_SANOPT_H
#define PF_CODEC_SANOPT_H

#include <stdbool.h>

#include "codec/json.h"

enum pf_san {
	PF_SAN_ASAN, PF_SAN_UBSAN, PF_SAN_MSAN, PF_SAN_TSAN, PF_SAN_LSAN,
	PF_SAN_MAX
};

/* The variable that its runtime reads: ASAN_OPTIONS. */
const char	*pf_san_variable(enum pf_san);

/*
 * False if the option is none of theirs; else *err tells if a job may not
 * set it to that.
 */
bool		 pf_san_option(const struct pf_err **, const char *option,
		    const char *value);

/*
 * Appends the value of the variable: what is fixed, tool as the symbolizer
 * (or none, if NULL), and what the job's options choose.  libfuzzer: the
 * target is one of libFuzzer's.
 */
void		 pf_san_options(struct pf_buf *, enum pf_san,
		    const struct pf_json *options, const char *tool,
		    bool libfuzzer);

/* Appends but what the job's options choose, ":KEY=N" each. */
void		 pf_san_chosen(struct pf_buf *, enum pf_san,
		    const struct pf_json *options);

#endif
