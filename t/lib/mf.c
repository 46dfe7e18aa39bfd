/*
 * To be preloaded: makes the MF_AT-th allocation fail, and with MF_ON every
 * one after it too.  MF_BIND=N does so to the N-th text that is bound to a
 * statement of SQLite, whose own store of small pieces hides most of those.
 * With MF_COUNT=FILE each process only adds a line with their number to it,
 * with MF_BINDS=FILE that of those.
 */
#include <sys/syscall.h>

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

extern void	*__libc_malloc(size_t);
extern void	*__libc_calloc(size_t, size_t);
extern void	*__libc_realloc(void *, size_t);
void		*malloc(size_t);
void		*calloc(size_t, size_t);
void		*realloc(void *, size_t);
struct sqlite3_stmt;
int		 sqlite3_bind_text(struct sqlite3_stmt *, int, const char *,
		    int, void (*)(void *));

#define NOMEM	7		/* SQLITE_NOMEM */

static long seen, at = -1;
static long binds, bind_at = -1;
static int on, count_fd, binds_fd;

/* At the start: later the program may have shut itself in. */
static int
open_count(const char *path)
{
	return path == NULL ? -1 : open(path, O_WRONLY | O_CREAT | O_APPEND |
	    O_CLOEXEC, 0644);
}

static void __attribute__((constructor))
begin(void)
{
	const char *s = getenv("MF_AT");

	at = s != NULL ? strtol(s, NULL, 10) : -1;
	on = getenv("MF_ON") != NULL;
	s = getenv("MF_BIND");
	bind_at = s != NULL ? strtol(s, NULL, 10) : -1;
	count_fd = open_count(getenv("MF_COUNT"));
	binds_fd = open_count(getenv("MF_BINDS"));
	seen = 0;
}

static void
tell(int fd, long n)
{
	if (fd != -1)
		dprintf(fd, "%ld\n", n);
}

static void __attribute__((destructor))
end(void)
{
	tell(count_fd, seen);
	tell(binds_fd, binds);
}

/* A child that was forked leaves by this. */
void
_exit(int status)
{
	end();
	syscall(SYS_exit_group, status);
	for (;;)
		continue;
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

int
sqlite3_bind_text(struct sqlite3_stmt *st, int i, const char *text, int n,
    void (*kept)(void *))
{
	static int (*real)(struct sqlite3_stmt *, int, const char *, int,
	    void (*)(void *));

	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "sqlite3_bind_text");
	/* As the real one: what could not be copied is NULL. */
	if (++binds == bind_at) {
		(void)real(st, i, NULL, 0, NULL);
		return NOMEM;
	}
	return real(st, i, text, n, kept);
}
