/*
 * What of the file system a boxed program sees.  A list of what there is, not
 * of what there is not: nobody can name all places where secrets lie.
 */
#include <sys/stat.h>

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "os/fs.h"
#include "run/box/room.h"

const char *const box_system[] = { "/usr", "/bin", "/sbin", "/lib", "/lib32",
    "/lib64", "/libx32", "/opt", "/nix", "/gnu", "/etc/ld.so.cache",
    "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/ld.so.preload",
    "/etc/alternatives", "/etc/passwd", "/etc/group", "/etc/nsswitch.conf",
    "/etc/localtime", "/etc/timezone", "/etc/locale.alias", "/etc/hosts",
    "/etc/host.conf", "/etc/protocols", "/etc/services", "/etc/fonts",
    "/etc/magic", "/etc/mime.types", "/etc/python3", "/etc/perl",
    "/etc/ssl/openssl.cnf", "/etc/ssl/certs", "/etc/ImageMagick-6",
    "/sys/devices/system/cpu", NULL };

static bool
below(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	return strncmp(path, dir, n) == 0 && (path[n] == '/' ||
	    path[n] == '\0');
}

/* Adds a directory under both its names, unless it is there already: with the
 * system, and not because all around it is hidden. */
static void
add_dir(char ***v, const char *dir, char *const *hidden)
{
	char *real = realpath(dir, NULL);
	struct stat st;
	size_t i;

	/* Never the root itself, and nothing relative. */
	if (real == NULL || dir[0] != '/' || real[1] == '\0' ||
	    stat(real, &st) == -1 || !S_ISDIR(st.st_mode)) {
		free(real);
		return;
	}
	for (i = 0; box_system[i] != NULL; i++)
		if (below(dir, box_system[i]) && !hide_covers(hidden, dir))
			break;
	if (box_system[i] == NULL) {
		argv_add(v, dir);
		if (strcmp(real, dir) != 0)
			argv_add(v, real);
	}
	free(real);
}

char **
box_programs(const char *program, char *const *hidden)
{
	const char *p = getenv("PATH"), *slash = strrchr(program, '/');
	char **v = NULL, *dir;
	size_t n;

	if (slash != NULL && slash > program) {
		dir = pf_strndup(program, (size_t)(slash - program));
		add_dir(&v, dir, hidden);
		free(dir);
	}
	for (; p != NULL && *p != '\0'; p += n + (p[n] == ':')) {
		n = strcspn(p, ":");
		dir = pf_strndup(p, n);
		add_dir(&v, dir, hidden);
		free(dir);
	}
	return v;
}

char **
box_writable(const char *dir)
{
	char **v = NULL, **names = NULL, *path;
	struct stat st;
	size_t i, n = 0;

	if (pf_names(&names, &n, dir) != NULL)
		return NULL;
	for (i = 0; i < n; i++) {
		if (strcmp(names[i], "files") == 0 ||
		    strcmp(names[i], "seeds") == 0 ||
		    strcmp(names[i], "own") == 0)
			continue;
		path = pf_asprintf("%s/%s", dir, names[i]);
		if (lstat(path, &st) == 0 && S_ISDIR(st.st_mode))
			argv_add(&v, path);
		free(path);
	}
	pf_names_free(names);
	return v;
}
