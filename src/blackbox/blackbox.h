/*
 * pf-blackbox: what its rooms share.  An engine of pf-engine(5) for programs
 * of any kind: inputs are changed by chance, the target is run on each, and
 * how it ends is looked at from outside.
 */
#ifndef BLACKBOX_BLACKBOX_H
#define BLACKBOX_BLACKBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

/* chance.c: numbers that a seed decides. */
struct chance {
	uint64_t	 state;
};
void		 chance_seed(struct chance *, uint64_t);
uint64_t	 chance_next(struct chance *);
/* Below n, which is not 0. */
size_t		 chance_below(struct chance *, size_t n);

/* pool.c: inputs in memory, bounded. */
struct pool {
	struct pf_buf	*inputs;
	size_t		 n, cap;
	size_t		 bytes;
	int64_t		 imported;
};
/* Every file of a directory that fits; a missing directory has none. */
void		 pool_load(struct pool *, const char *dir, size_t max);
/* Takes what other jobs found: into the pool, and from the tray to dir. */
void		 pool_import(struct pool *, const char *tray, const char *dir,
		    size_t max);
const struct pf_buf	*pool_any(const struct pool *, struct chance *);
void		 pool_free(struct pool *);

/* mutate.c: a new input from one of the pool, at most max bytes long. */
void		 mutate(struct pf_buf *, const struct pool *words,
		    const struct pool *, struct chance *, size_t max);

/* words.c: the strings of a dictionary in the format of afl-fuzz. */
void		 words_load(struct pool *, const char *path);

/* execute.c: programs with an input, and other mutators. */
enum outcome { FINE, CRASHED, HUNG };
struct target {
	char		**argv;		/* with the path of the input in it */
	char		*input;		/* that path */
	bool		 by_file;	/* else on standard input */
	int64_t		 timeout;	/* ms */
};
const struct pf_err	*execute(struct target *, const struct pf_buf *input,
			    enum outcome *, int *signal);
/* Names of programs that change a standard input by a seed. */
bool		 filter_known(const char *name);
/* Whether it is installed; its path is found once. */
bool		 filter_here(const char *name);
const struct pf_err	*filter_run(const char *name, const char *ratio,
			    uint64_t seed, const struct pf_buf *in,
			    struct pf_buf *out, size_t max);

#endif
