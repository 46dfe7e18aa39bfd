/*
 * What the database knows that it takes to see a crash again on another
 * machine.  Read-only; all texts came from bots.
 */
#ifndef PF_VIEW_AGAIN_H
#define PF_VIEW_AGAIN_H

#include <stdint.h>

#include "base/name.h"
#include "codec/bucket.h"
#include "codec/hash.h"
#include "store/db.h"

/* What goes before the target where valgrind showed it, as bots do. */
#define PF_AGAIN_VALGRIND \
	"valgrind --tool=memcheck --leak-check=full " \
	"--errors-for-leak-kinds=definite --show-leak-kinds=definite " \
	"--num-callers=24 --vgdb=no --error-exitcode=99"

struct pf_again {
	char	*id, *engine, *type, *tool, *stack;
	char	 bucket[PF_BUCKET_TEXT];	/* by the rules in force */
	char	*command;	/* as the bot told it, "" if it did not */
	char	*output;	/* the report */
	char	*options;	/* of the job, JSON */
	char	*input, *target;	/* where they lie, "" if not known */
	char	 input_hash[PF_SHA_TEXT], target_hash[PF_SHA_TEXT];
	int64_t	 signal, exit_code;
	int64_t	 seen;		/* first, in milliseconds */
	int64_t	 timeout;	/* of one run, in milliseconds */
	int64_t	 memory;	/* of one run, in bytes; 0: no limit */
};

/* By its whole id; PF_NOTFOUND if it is gone.  Free it in any case. */
const struct pf_err	*pf_again_load(struct pf_again *, struct pf_db *,
			    const char *storage, const char *id);
void			 pf_again_free(struct pf_again *);

#endif
