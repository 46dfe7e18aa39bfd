/*
 * Verdicts on the health of a job that runs: a small set of names, each with
 * what it means and what to do.  A bot judges, see run/health/health.h; the
 * master keeps what it was told, in one text:
 *
 *	unstable@1732645000000 restarted@1732645300000
 *
 * names in the order below, each with the time since when (ms since 1970, the
 * bot's clock); "well" if there are none, and nothing at all of a bot that
 * does not judge.  What a bot says is hostile: a name that is not known here is
 * passed over, and no text is longer than all names together.
 */
#ifndef PF_CODEC_VERDICT_H
#define PF_CODEC_VERDICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PF_VERDICTS_SAID	1024	/* bytes a bot may send of them */
#define PF_VERDICTS_TEXT	512	/* room for all of them as text */

#define PF_VERDICT_WELL		"well"

/* The worst first: what ends a job, what wastes it, what is good to know. */
enum pf_verdict {
	PF_VERDICT_WRONG_BINARY,
	PF_VERDICT_MISSING_LIBRARY,
	PF_VERDICT_NOT_INSTRUMENTED,
	PF_VERDICT_BAD_SEEDS,
	PF_VERDICT_NO_START,
	PF_VERDICT_RESTARTED,
	PF_VERDICT_NO_EXECS,
	PF_VERDICT_NO_IMPORTS,
	PF_VERDICT_LOW_DISK,
	PF_VERDICT_LOW_MEMORY,
	PF_VERDICT_UNSTABLE,
	PF_VERDICT_STALLED,
	PF_VERDICT_MAX
};

const char	*pf_verdict_name(enum pf_verdict);
const char	*pf_verdict_means(enum pf_verdict);	/* half a sentence */
const char	*pf_verdict_todo(enum pf_verdict);	/* likewise */

/* Those that hold, each since when; 0 is one that does not hold. */
struct pf_verdicts {
	int64_t	 since[PF_VERDICT_MAX];
};

bool	pf_verdicts_any(const struct pf_verdicts *);

/*
 * What a text says, its time none for a name without one.  Separators are
 * blanks and commas; of a name that comes twice the first counts.
 */
void	pf_verdicts_parse(struct pf_verdicts *, const char *, int64_t none);
void	pf_verdicts_text(char out[PF_VERDICTS_TEXT],
	    const struct pf_verdicts *);

/* What a bot said as it is kept. */
void	pf_verdicts_keep(char out[PF_VERDICTS_TEXT], const char *said);

#endif
