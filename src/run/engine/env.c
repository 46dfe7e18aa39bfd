/*
 * Environments of children, and the last words of their logs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "os/fs.h"
#include "os/proc.h"
#include "run/engine/engine.h"

#define LOG_TAIL	(64 << 20)

void
env_engine(char ***envp, const char *dir)
{
	const char *path = getenv("PATH");

	argv_addf(envp, "PATH=%s", path != NULL ? path :
	    "/usr/local/bin:/usr/bin:/bin");
	argv_addf(envp, "HOME=%s/tmp", dir);
	argv_addf(envp, "TMPDIR=%s/tmp", dir);
	argv_add(envp, "LC_ALL=C");
	argv_add(envp, "TZ=UTC");
}

/* Without colours and other control bytes. */
static void
plain(char *out, size_t n, const char *p, size_t len)
{
	size_t k = 0;

	while (len > 0 && k + 1 < n) {
		if (*p == '\x1b') {
			while (len > 1 && *p != 'm') {
				p++;
				len--;
			}
		} else if ((unsigned char)*p >= 0x20 &&
		    (unsigned char)*p < 0x7f)
			out[k++] = *p;
		p++;
		len--;
	}
	out[k] = '\0';
}

void
log_last_words(char *out, size_t n, const char *path,
    const char *const *marks)
{
	struct pf_buf b = PF_BUF_INIT;
	char line[256];
	char *p, *nl;
	size_t i;

	out[0] = '\0';
	(void)pf_slurp(&b, path, LOG_TAIL);
	for (p = b.data; *p != '\0'; p = *nl == '\0' ? nl : nl + 1) {
		nl = p + strcspn(p, "\n");
		plain(line, sizeof(line), p, (size_t)(nl - p));
		if (line[0] == '\0')
			continue;
		/* The first telling line, or else the last of all. */
		snprintf(out, n, "%s", line);
		for (i = 0; marks[i] != NULL; i++)
			if (strstr(line, marks[i]) != NULL)
				break;
		if (marks[i] != NULL)
			break;
	}
	pf_buf_free(&b);
}
