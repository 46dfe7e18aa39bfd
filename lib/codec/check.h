/*
 * What a bot tells of a crash that it ran again (a check), and of a smaller
 * input that does the same (a small): their own fields, whole or refused.
 * Bytes of JSON in, a struct out; what follows from the numbers is repro.h's.
 */
#ifndef PF_CODEC_CHECK_H
#define PF_CODEC_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "codec/json.h"

#define PF_CHECK_RUNS	10000		/* of one record, at most */
#define PF_CHECK_BUILDS	"target, asan, ubsan, msan, tsan or valgrind"

/* Strings belong to the JSON. */
struct pf_check {
	const char	*hash;		/* of the input */
	const char	*target;	/* of the build */
	const char	*build;		/* its kind */
	int64_t		 runs, crashed, same;
	int64_t		 signal, exit_code;	/* of the run that is told */
	const char	*sanitizers;	/* of the build, as words, "none", or
					 * "": not told */
};

struct pf_small {
	const char	*of;		/* hash of the crash's input */
	const char	*how;
	int64_t		 runs, same;
};

/* A kind of build that a check may be of? */
bool			 pf_check_build(const char *);

/* PF_DATA says what is missing or cannot be. */
const struct pf_err	*pf_check_read(struct pf_check *,
			    const struct pf_json *);
const struct pf_err	*pf_small_read(struct pf_small *,
			    const struct pf_json *);

/*
 * How much the report of a check tells, of several the most is told: one of
 * the same crash before one of another, with names before without.  stack is
 * "f < g < h".
 */
int			 pf_check_rank(const struct pf_check *,
			    const char *stack);

#endif
