/*
 * Control groups as directories with files in them.
 */
#ifndef RUN_BOX_NODE_H
#define RUN_BOX_NODE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

#define NODE_SELF	"pandafuzz-bot"	/* below ours: pf-run itself, home.h */

/* Writes what a file takes at once; false if it does not. */
bool	 node_put(const char *dir, const char *file, const char *text);
bool	 node_put_num(const char *dir, const char *file, int64_t);
/* True if there is such a file and it can be written. */
bool	 node_has(const char *dir, const char *file);
/* All of a file, in place of what is in the buffer. */
bool	 node_get(struct pf_buf *, const char *dir, const char *file);

/* True if the word is one of a list with blanks or commas. */
bool	 node_lists(const char *list, const char *word);
/* Calls with each line, cut at its end, until one is taken. */
bool	 node_lines(char *text, bool (*take)(char *line, void *arg), void *arg);

/*
 * The directory of the group that pf-run was started in, in the hierarchy of
 * a controller of v1, or that of v2 for NULL; NULL if there is none.  Free it.
 */
char	*node_ours(const char *controller);

#endif
