/*
 * To be preloaded: the SHORT_AT-th write of more than a byte does only half
 * of it, as a write to a full pipe, a socket or an interrupted one may.  With
 * SHORT_COUNT=FILE each process only adds a line with their number to it.
 */
#include <sys/socket.h>
#include <sys/syscall.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static long seen, at = -1;
static int count_fd = -1;

/* The count's file, too: later the program may have shut itself in. */
static void __attribute__((constructor))
begin(void)
{
	const char *s = getenv("SHORT_AT");

	at = s != NULL ? strtol(s, NULL, 10) : -1;
	if ((s = getenv("SHORT_COUNT")) != NULL)
		count_fd = open(s, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC,
		    0644);
}

static void __attribute__((destructor))
end(void)
{
	char text[32];

	/* Not by dprintf(), whose writes would count. */
	if (count_fd != -1)
		syscall(SYS_write, count_fd, text, (size_t)snprintf(text,
		    sizeof(text), "%ld\n", seen));
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

static size_t
cut(size_t n)
{
	return n > 1 && ++seen == at ? n / 2 : n;
}

ssize_t
write(int fd, const void *p, size_t n)
{
	return syscall(SYS_write, fd, p, cut(n));
}

ssize_t
pwrite64(int fd, const void *p, size_t n, off64_t to)
{
	return syscall(SYS_pwrite64, fd, p, cut(n), to);
}

ssize_t
pwrite(int fd, const void *p, size_t n, off_t to)
{
	return syscall(SYS_pwrite64, fd, p, cut(n), to);
}

ssize_t
send(int fd, const void *p, size_t n, int flags)
{
	return syscall(SYS_sendto, fd, p, cut(n), flags, NULL, 0);
}
