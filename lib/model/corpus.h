/*
 * Corpus: one row an input of a job.  Counts and sizes follow by trigger.
 */
#ifndef PF_MODEL_CORPUS_H
#define PF_MODEL_CORPUS_H

#include <stdbool.h>
#include <stdint.h>

#include "store/db.h"

struct pf_corpus {
	const char	*job, *hash, *bot, *engine, *name, *rid;
	int64_t		 size, timestamp;
	int64_t		 filed;		/* the master's clock */
};

/* Files it; *unique is false if the job has that input. */
const struct pf_err	*pf_corpus_put(bool *unique, struct pf_db *,
			    const struct pf_corpus *);

/* What a job's corpus amounts to, and what it adds to the whole, anew. */
const struct pf_err	*pf_corpus_recount(struct pf_db *, const char *job);

#endif
