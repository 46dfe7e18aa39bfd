/*
 * A database of our own for the time we run, beside which the real one can
 * be read as "m": both in one statement.  It lies in a file without a name
 * where SQLite puts such (SQLITE_TMPDIR, TMPDIR, /var/tmp), so that what is
 * collected there need not fit into memory.
 */
#ifndef PF_STORE_SCRATCH_H
#define PF_STORE_SCRATCH_H

#include "store/db.h"

/* The storage's database was opened, and found to be ours, before. */
const struct pf_err	*pf_scratch_open(struct pf_db **, const char *storage);

#endif
