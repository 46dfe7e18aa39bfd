/*
 * What lies where programs lie and is none of a target's business: a work
 * directory below /opt, a token below /usr/local/etc.
 *
 * A directory that may be read has names, /lib and /usr/lib, and what is
 * hidden has to be under each.
 */
#include <sys/stat.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "os/fs.h"
#include "run/box/room.h"

/* What path is below dir, with its slash; "" for dir itself, else NULL. */
static const char *
rest_of(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	return strncmp(path, dir, n) == 0 && (path[n] == '/' ||
	    path[n] == '\0') ? path + n : NULL;
}

static void
add_secret(char ***v, const char *path)
{
	char *real = path != NULL && *path != '\0' ? realpath(path, NULL) :
	    NULL;

	/* What is not there, or not in our reach, is not in its reach. */
	if (real != NULL && real[1] != '\0')
		argv_add(v, real);
	free(real);
}

static int
compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

char **
hide_list(const struct slot *s)
{
	const struct pf_conf *c = s->conf;
	char **v = NULL;
	size_t n = 0;

	add_secret(&v, s->workdir);
	add_secret(&v, c->bot_token_file);
	add_secret(&v, s->opts->conf_path != NULL ? s->opts->conf_path :
	    getenv("PF_CONF"));
	/* A master on the same machine may have the same file. */
	add_secret(&v, c->http_token_file);
	add_secret(&v, c->storage_path);
	add_secret(&v, c->spool_path);
	add_secret(&v, c->sched_socket);
	while (v != NULL && v[n] != NULL)
		n++;
	if (n > 0)
		qsort(v, n, sizeof(*v), compare);
	return v;
}

bool
hide_covers(char *const *hidden, const char *path)
{
	char *real = realpath(path, NULL);
	bool any = false;

	for (; real != NULL && hidden != NULL && *hidden != NULL && !any;
	    hidden++)
		any = rest_of(real, *hidden) != NULL;
	free(real);
	return any;
}

char **
hide_below(char *const *hidden, const char *dir)
{
	char *real = realpath(dir, NULL), **v = NULL;
	const char *rest;

	for (; real != NULL && hidden != NULL && *hidden != NULL; hidden++)
		if ((rest = rest_of(*hidden, real)) != NULL && *rest != '\0')
			argv_addf(&v, "%s%s", dir, rest);
	free(real);
	return v;
}

/* Not a link either: what it leads to has a place of its own, or is none to
 * be led to. */
static bool
shown(const char *path, char *const *below)
{
	struct stat st;

	for (; *below != NULL; below++)
		if (strcmp(*below, path) == 0)
			return false;
	return lstat(path, &st) == 0 && !S_ISLNK(st.st_mode);
}

void
hide_rest(char ***v, char *const *hidden, const char *dir)
{
	char **below = hide_below(hidden, dir), **names = NULL, *path;
	size_t i, n = 0;

	if (below == NULL)
		argv_add(v, dir);
	else if (pf_names(&names, &n, dir) != NULL)
		n = 0;
	for (i = 0; i < n; i++) {
		path = pf_asprintf("%s/%s", dir, names[i]);
		if (shown(path, below))
			hide_rest(v, hidden, path);
		free(path);
	}
	pf_names_free(names);
	argv_free(below);
}
