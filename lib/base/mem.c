/*
 * Allocation that cannot fail; see mem.h.
 */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"

void
pf_no_memory(void)
{
	pf_note("out of memory");
	_exit(EX_TEMPFAIL);
}

void *
pf_malloc(size_t n)
{
	void *p = malloc(n != 0 ? n : 1);

	if (p == NULL)
		pf_no_memory();
	return p;
}

void *
pf_calloc(size_t n, size_t size)
{
	void *p = calloc(n != 0 ? n : 1, size != 0 ? size : 1);

	if (p == NULL)
		pf_no_memory();
	return p;
}

void *
pf_reallocarray(void *old, size_t n, size_t size)
{
	void *p;

	if (size != 0 && n > SIZE_MAX / size)
		pf_no_memory();
	n *= size;
	if ((p = realloc(old, n != 0 ? n : 1)) == NULL)
		pf_no_memory();
	return p;
}

char *
pf_strndup(const char *s, size_t n)
{
	char *p;

	n = strnlen(s, n);
	p = pf_malloc(n + 1);
	memcpy(p, s, n);
	p[n] = '\0';
	return p;
}

char *
pf_strdup(const char *s)
{
	return pf_strndup(s, strlen(s));
}

char *
pf_asprintf(const char *fmt, ...)
{
	va_list ap;
	char *p;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&p, fmt, ap);
	va_end(ap);
	if (n < 0)
		pf_no_memory();
	return p;
}
