/*
 * What became of a crash that was run again, build by build, and how bad it is
 * in that light.  Read-only.
 */
#ifndef PF_VIEW_CHECKED_H
#define PF_VIEW_CHECKED_H

#include <stdbool.h>

#include "base/name.h"
#include "codec/hash.h"
#include "codec/report/rules.h"
#include "codec/repro.h"
#include "store/db.h"

/* For SQL: the kind of build whose runs tell how surely a crash happens, by
 * its tool: what valgrind saw is seen nowhere else. */
#define PF_CHECKED_BY(tool) \
	"iif(" tool " = 'valgrind', 'valgrind', 'target')"

/* Its sums on one build; texts are valid during the call only. */
struct pf_checked {
	const char	*build, *target;
	const char	*name;		/* of the campaign's build, or "" */
	int64_t		 seq;		/* of that, 0: the job's own */
	int64_t		 runs, crashed, same;
	double		 low, high;	/* of the rate of same */
	const char	*word;		/* reproduced, flaky ... */
	const char	*type, *tool, *stack;
	const char	*report;	/* path below the storage, or "" */
	int64_t		 time;		/* of the last record, when filed */
};

/* One call a build, those of the job first, then the campaign's in order. */
const struct pf_err	*pf_checked_each(struct pf_db *, const char *crash,
			    void (*)(void *, const struct pf_checked *),
			    void *);
/* The same as an array "checks" in an open JSON object; then "small", the
 * smaller input, an object or null, its path below storage. */
const struct pf_err	*pf_checked_json(struct pf_buf *, struct pf_db *,
			    const char *storage, const char *crash);

/* "reproduced 3 of 10 (95 % interval 6.7 % to 65.2 %), flaky" */
#define PF_CHECKED_TEXT	128
void	pf_checked_text(char out[PF_CHECKED_TEXT], const struct pf_checked *);

/* The smaller input of a crash; *found false if there is none. */
struct pf_smaller {
	char	 hash[PF_SHA_TEXT], how[33], path[256];
	int64_t	 size, runs, same;
};
const struct pf_err	*pf_smaller_get(struct pf_smaller *, bool *found,
			    struct pf_db *, const char *crash);

/*
 * How bad it may be: what the report says, a step lower if the crash was
 * never crashed again on the builds of its job in PF_JUDGED_RUNS runs.
 */
#define PF_JUDGED_RUNS	10
struct pf_judged {
	const char	*severity, *casr, *rule, *why;
	const char	*was;		/* if it was lowered, else NULL */
	int64_t		 runs;		/* in which it was not seen */
};
const struct pf_err	*pf_judged_get(struct pf_judged *, struct pf_db *,
			    const char *crash, const struct pf_given *);

#endif
