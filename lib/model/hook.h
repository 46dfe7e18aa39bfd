/*
 * What the program of [ingest] on_new_crash has still to be told of.
 */
#ifndef PF_MODEL_HOOK_H
#define PF_MODEL_HOOK_H

#include <stdbool.h>
#include <stdint.h>

#include "store/db.h"

/*
 * The hook of a crash is due, unless it was so; how often it failed (*due
 * false if it is not due); later once more; no more.
 */
const struct pf_err	*pf_hook_add(struct pf_db *, const char *crash,
			    int64_t now);
const struct pf_err	*pf_hook_tries(int64_t *tries, bool *due,
			    struct pf_db *, const char *crash);
const struct pf_err	*pf_hook_later(struct pf_db *, const char *crash,
			    int64_t due);
const struct pf_err	*pf_hook_done(struct pf_db *, const char *crash);

#endif
