/*
 * What the master knows of itself, and the reaper's clock.
 */
#ifndef PF_MODEL_SYSTEM_H
#define PF_MODEL_SYSTEM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/name.h"
#include "store/db.h"

/* Value of a key as text (cut to n), or "" if there is none. */
const struct pf_err	*pf_system_get(char *out, size_t n, struct pf_db *,
			    const char *key);
/* Sets it only if it is not set. */
const struct pf_err	*pf_system_default(struct pf_db *, const char *key,
			    const char *value);

/* Sets it, whatever it was. */
const struct pf_err	*pf_system_set(struct pf_db *, const char *key,
			    const char *value);

struct pf_ticks {
	int64_t	 tick;
	char	 boot[40];
	int64_t	 boot_ms;
	int64_t	 trusted;	/* wall time that ticks bear out, ms */
	int64_t	 passed;	/* sum of the intervals counted, ms */
	int64_t	 interval;	/* the one under way, ms */
	int64_t	 applied;	/* when it began, by the writer's boot_ms */
};
/* A database without a clock has tick 0 of boot "". */
const struct pf_err	*pf_ticks_get(struct pf_ticks *, struct pf_db *);
const struct pf_err	*pf_ticks_set(struct pf_db *, const struct pf_ticks *,
			    int64_t now);

/* Sum of the counters of that name, a LIKE pattern, over the whole master. */
const struct pf_err	*pf_counter_sum(struct pf_db *, int64_t *n,
			    const char *like);

/* So many bytes are kept of a job's logs by now; the sum follows. */
const struct pf_err	*pf_logs_kept(struct pf_db *, const char *job,
			    int64_t bytes);
/* Likewise so many in all were let go of, which only grows. */
const struct pf_err	*pf_logs_gone(struct pf_db *, const char *job,
			    int64_t bytes);

/* Programs through which bots reach the master; *n: rows changed. */
const struct pf_err	*pf_ear_add(struct pf_db *, int64_t *n,
			    const char *name, int64_t now);
const struct pf_err	*pf_ear_remove(struct pf_db *, int64_t *n,
			    const char *name);
const struct pf_err	*pf_ear_count(struct pf_db *, int64_t *n);

#endif
