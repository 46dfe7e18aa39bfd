/*
 * Inputs in memory.  There may be any number of them, of any size: what is
 * too much is left out.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "blackbox/blackbox.h"
#include "os/fs.h"

#define INPUTS_MAX	20000
#define BYTES_MAX	(64 << 20)

static bool
add_file(struct pool *p, const char *path, size_t max)
{
	struct pf_buf b = PF_BUF_INIT;

	if (p->n >= INPUTS_MAX || p->bytes >= BYTES_MAX ||
	    pf_slurp(&b, path, max) != NULL) {
		pf_buf_free(&b);
		return false;
	}
	if (p->n == p->cap) {
		p->cap = p->cap == 0 ? 64 : p->cap * 2;
		p->inputs = pf_reallocarray(p->inputs, p->cap,
		    sizeof(*p->inputs));
	}
	p->bytes += b.len;
	p->inputs[p->n++] = b;
	return true;
}

/* Calls for each file of a directory. */
static void
each(struct pool *p, const char *dir, size_t max, const char *to)
{
	char **names = NULL, *path, *new;
	size_t i, n = 0;

	if (pf_names(&names, &n, dir) != NULL)
		return;
	for (i = 0; i < n; i++) {
		if (names[i][0] == '.')
			continue;
		path = pf_asprintf("%s/%s", dir, names[i]);
		if (add_file(p, path, max) && to != NULL)
			p->imported++;
		if (to != NULL) {
			new = pf_asprintf("%s/%s", to, names[i]);
			if (rename(path, new) == -1)
				(void)unlink(path);
			free(new);
		}
		free(path);
	}
	pf_names_free(names);
}

void
pool_load(struct pool *p, const char *dir, size_t max)
{
	each(p, dir, max, NULL);
}

void
pool_import(struct pool *p, const char *tray, const char *dir, size_t max)
{
	each(p, tray, max, dir);
}

const struct pf_buf *
pool_any(const struct pool *p, struct chance *c)
{
	static const struct pf_buf none = PF_BUF_INIT;

	return p->n == 0 ? &none : &p->inputs[chance_below(c, p->n)];
}

void
pool_free(struct pool *p)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		pf_buf_free(&p->inputs[i]);
	free(p->inputs);
	*p = (struct pool){ 0 };
}
