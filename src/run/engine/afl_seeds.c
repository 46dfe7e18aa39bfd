/*
 * The seeds that crash, of which the log of afl-fuzz tells alone.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "os/fs.h"
#include "run/engine/afl.h"

#define LOG_MAX		(4 << 20)	/* of its beginning */
#define SEEDS_MAX	20		/* each is run once more */

/* "Test case 'NAME' results in a crash": NAME is in the queue. */
const struct pf_err *
afl_bad_seeds(struct fuzz *f, struct afl_node *n)
{
	static const char start[] = "Test case '", end[] = "' results in a cra";
	const struct pf_err *err = NULL;
	struct pf_buf b = PF_BUF_INIT;
	struct find found = { .crash = true };
	char *p, *q, *path;
	int looks = SEEDS_MAX;

	n->seeds_seen = true;
	(void)pf_slurp(&b, n->log, LOG_MAX);
	for (p = b.data; err == NULL && looks > 0 &&
	    (p = strstr(p, start)) != NULL; ) {
		p += strlen(start);
		q = p + strcspn(p, "\n");
		if ((q = memmem(p, (size_t)(q - p), end, strlen(end))) == NULL)
			continue;
		*q = '\0';
		if (strchr(p, '/') == NULL) {
			path = pf_asprintf("%s/queue/%s", n->dir, p);
			found.path = path;
			found.name = p;
			err = find_file(f, &found);
			free(path);
			looks--;
		}
		p = q + 1;
	}
	pf_buf_free(&b);
	/* What was taken before is not taken again. */
	if (err != NULL && err->class == PF_NO)
		n->seeds_seen = false;
	return err;
}
