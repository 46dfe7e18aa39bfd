/*
 * To be preloaded: makes the MF_AT-th allocation fail, and with MF_ON every
 * one after it too.  With MF_COUNT=FILE it only counts them into the file.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

extern void	*__libc_malloc(size_t);
extern void	*__libc_calloc(size_t, size_t);
extern void	*__libc_realloc(void *, size_t);
void		*malloc(size_t);
void		*calloc(size_t, size_t);
void		*realloc(void *, size_t);

static long seen, at = -1;
static int on;

static void __attribute__((constructor))
begin(void)
{
	const char *s = getenv("MF_AT");

	at = s != NULL ? strtol(s, NULL, 10) : -1;
	on = getenv("MF_ON") != NULL;
	seen = 0;
}

static void __attribute__((destructor))
end(void)
{
	const char *path = getenv("MF_COUNT");
	FILE *f = path != NULL ? fopen(path, "we") : NULL;

	if (f != NULL) {
		fprintf(f, "%ld\n", seen);
		fclose(f);
	}
}

static int
fails(void)
{
	seen++;
	if (at < 0 || (on ? seen < at : seen != at))
		return 0;
	errno = ENOMEM;
	return 1;
}

void *
malloc(size_t n)
{
	return fails() ? NULL : __libc_malloc(n);
}

void *
calloc(size_t n, size_t size)
{
	return fails() ? NULL : __libc_calloc(n, size);
}

void *
realloc(void *p, size_t n)
{
	return fails() ? NULL : __libc_realloc(p, n);
}
