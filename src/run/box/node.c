/*
 * Files of control groups; see node.h.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/fs.h"
#include "run/box/node.h"

#define TEXT_MAX	(1 << 20)

static char *
in(const char *dir, const char *file)
{
	return pf_asprintf("%s/%s", dir, file);
}

bool
node_put(const char *dir, const char *file, const char *text)
{
	char *path = in(dir, file);
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool good = fd != -1 && write(fd, text, strlen(text)) ==
	    (ssize_t)strlen(text);

	if (fd != -1)
		close(fd);
	free(path);
	return good;
}

bool
node_put_num(const char *dir, const char *file, int64_t n)
{
	char text[32];

	snprintf(text, sizeof(text), "%" PRId64, n);
	return node_put(dir, file, text);
}

bool
node_has(const char *dir, const char *file)
{
	char *path = in(dir, file);
	bool there = access(path, W_OK) == 0;

	free(path);
	return there;
}

bool
node_get(struct pf_buf *b, const char *dir, const char *file)
{
	char *path = in(dir, file);
	bool good;

	pf_buf_reset(b);
	good = pf_slurp(b, path, TEXT_MAX) == NULL;
	free(path);
	return good;
}

bool
node_lists(const char *list, const char *word)
{
	size_t n = strlen(word), k;

	for (; *list != '\0'; list += k + (list[k] != '\0')) {
		k = strcspn(list, " ,\n");
		if (k == n && memcmp(list, word, n) == 0)
			return true;
	}
	return false;
}

bool
node_lines(char *text, bool (*take)(char *line, void *arg), void *arg)
{
	char *nl;

	for (; *text != '\0'; text = nl + 1) {
		nl = text + strcspn(text, "\n");
		if (*nl == '\0')
			return take(text, arg);
		*nl = '\0';
		if (take(text, arg))
			return true;
	}
	return false;
}

/* What is looked for in /proc/self/cgroup and mountinfo. */
struct where {
	const char	*controller;	/* NULL: v2 */
	char		 path[2048];	/* of our group in its hierarchy */
	char		 mount[2048], root[2048];
};

/* "4:memory:/path", "0::/path" */
static bool
take_group(char *line, void *arg)
{
	struct where *w = arg;
	char *list = strchr(line, ':'), *path;

	if (list == NULL || (path = strchr(list + 1, ':')) == NULL)
		return false;
	*path++ = '\0';
	if (w->controller == NULL ? list[1] != '\0' :
	    !node_lists(list + 1, w->controller))
		return false;
	return snprintf(w->path, sizeof(w->path), "%s", path) <
	    (int)sizeof(w->path);
}

/* "32 31 0:29 ROOT MOUNT OPTIONS ... - TYPE SOURCE OPTIONS" */
static bool
take_mount(char *line, void *arg)
{
	struct where *w = arg;
	char type[32], options[256] = "";
	const char *end = strstr(line, " - ");

	if (end == NULL || sscanf(line, "%*s %*s %*s %2047s %2047s", w->root,
	    w->mount) != 2 || sscanf(end, " - %31s %*s %255s", type,
	    options) < 1)
		return false;
	if (w->controller == NULL)
		return strcmp(type, "cgroup2") == 0;
	return strcmp(type, "cgroup") == 0 &&
	    node_lists(options, w->controller);
}

char *
node_ours(const char *controller)
{
	struct where w = { .controller = controller };
	struct pf_buf b = PF_BUF_INIT;
	const char *rest;
	char *dir = NULL, *slash;
	size_t n;

	if (node_get(&b, "/proc/self", "cgroup") &&
	    node_lines(b.data, take_group, &w) &&
	    node_get(&b, "/proc/self", "mountinfo") &&
	    node_lines(b.data, take_mount, &w)) {
		rest = w.path;
		n = strcmp(w.root, "/") == 0 ? 0 : strlen(w.root);
		if (strncmp(rest, w.root, n) == 0)
			rest += n;
		dir = pf_asprintf("%s%s", w.mount, strcmp(rest, "/") == 0 ?
		    "" : rest);
		slash = strrchr(dir, '/');
		if (slash != NULL && strcmp(slash + 1, NODE_SELF) == 0)
			*slash = '\0';
		if (!pf_exists(dir)) {
			free(dir);
			dir = NULL;
		}
	}
	pf_buf_free(&b);
	return dir;
}
