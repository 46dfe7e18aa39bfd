/*
 * Messages of what inetd starts; see guard.h.
 */
#include <stdio.h>
#include <syslog.h>

#include "os/guard.h"
#include "os/sock.h"

static ssize_t
to_syslog(void *cookie, const char *text, size_t n)
{
	(void)cookie;
	syslog(LOG_DAEMON | LOG_WARNING, "%.*s", (int)n, text);
	return (ssize_t)n;
}

void
pf_guard_stderr(void)
{
	cookie_io_functions_t io = { .write = to_syslog };
	FILE *f;

	if (pf_sock_kind(2) == PF_SOCK_NONE)
		return;
	if ((f = fopencookie(NULL, "w", io)) != NULL) {
		setvbuf(f, NULL, _IOLBF, 0);
		stderr = f;
	}
}
