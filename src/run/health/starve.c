/*
 * Whether memory runs out: what the kernel counts of the control group that
 * the engine is in, v2 or v1, whoever put it there.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "os/fs.h"
#include "run/health/health.h"

#define FILE_MAX	65536

/* The number after a word that begins a line, 0 without one. */
static int64_t
count_of(const struct pf_buf *b, const char *word)
{
	const char *p = b->data;
	size_t n = strlen(word);
	char text[24];
	int64_t v;

	for (; p != NULL && *p != '\0'; p = strchr(p, '\n')) {
		p += *p == '\n';
		if (strncmp(p, word, n) != 0 || p[n] != ' ')
			continue;
		snprintf(text, sizeof(text), "%.*s",
		    (int)strcspn(p + n + 1, "\n"), p + n + 1);
		return pf_num(&v, text, 0, INT64_MAX) ? v : 0;
	}
	return 0;
}

/* The group of a line "id:controllers:path", if it is one of memory. */
static const char *
group_of(const char *line, bool *v2)
{
	const char *names = strchr(line, ':');
	const char *path = names != NULL ? strchr(names + 1, ':') : NULL;
	char list[128];

	if (path == NULL)
		return NULL;
	snprintf(list, sizeof(list), ",%.*s,", (int)(path - names - 1),
	    names + 1);
	*v2 = strcmp(list, ",,") == 0;
	if (!*v2 && strstr(list, ",memory,") == NULL)
		return NULL;
	return strstr(path, "/../") == NULL ? path + 1 : NULL;
}

/* Kills, and in v2 how often it was held back, too. */
static int64_t
read_group(const char *group, size_t len, bool v2)
{
	static const char *const v2_at[] = { "/sys/fs/cgroup",
	    "/sys/fs/cgroup/unified" };
	struct pf_buf b = PF_BUF_INIT;
	int64_t n = -1;
	char *path;
	size_t i;

	for (i = 0; i < (v2 ? 2 : 1) && n == -1; i++) {
		path = v2 ? pf_asprintf("%s%.*s/memory.events", v2_at[i],
		    (int)len, group) : pf_asprintf("/sys/fs/cgroup/memory%.*s/"
		    "memory.oom_control", (int)len, group);
		pf_buf_reset(&b);
		if (pf_slurp(&b, path, FILE_MAX) == NULL)
			n = count_of(&b, "oom_kill") + count_of(&b, "high");
		free(path);
	}
	pf_buf_free(&b);
	return n;
}

/* Kills of the whole machine, where groups tell nothing. */
static int64_t
read_machine(void)
{
	struct pf_buf b = PF_BUF_INIT;
	int64_t n = -1;

	if (pf_slurp(&b, "/proc/vmstat", FILE_MAX) == NULL)
		n = count_of(&b, "oom_kill");
	pf_buf_free(&b);
	return n;
}

int64_t
starve_count(pid_t pid)
{
	struct pf_buf b = PF_BUF_INIT;
	char path[64], *p, *nl;
	const char *group;
	int64_t n = -1;
	bool v2;

	snprintf(path, sizeof(path), "/proc/%ld/cgroup", (long)pid);
	if (pf_slurp(&b, path, FILE_MAX) != NULL) {
		pf_buf_free(&b);
		return -1;
	}
	for (p = b.data; *p != '\0' && n == -1; p = nl) {
		nl = p + strcspn(p, "\n");
		if (*nl == '\n')
			*nl++ = '\0';
		if ((group = group_of(p, &v2)) != NULL)
			n = read_group(group, strlen(group), v2);
	}
	pf_buf_free(&b);
	return n != -1 ? n : read_machine();
}
