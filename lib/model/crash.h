/*
 * Crashes: one row an input of a job, counted again each time it is found.
 */
#ifndef PF_MODEL_CRASH_H
#define PF_MODEL_CRASH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/name.h"
#include "store/db.h"

struct pf_crash {
	const char	*job, *bot, *hash, *file_path, *type, *tool, *stack;
	const char	*output, *command, *engine;
	const char	*rid;		/* of this report */
	int64_t		 signal, exit_code, timestamp, size;
};

/*
 * Files it, or counts it if the job has that input: then *unique is false.
 * id and count are those of the row; the id is made of the first report, so
 * that a database made anew has the same.
 */
const struct pf_err	*pf_crash_put(char id[PF_ID_MAX + 1], int64_t *count,
			    bool *unique, struct pf_db *,
			    const struct pf_crash *, int64_t now);

#endif
