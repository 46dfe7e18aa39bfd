/*
 * To be preloaded: each sync takes SLOW_US microseconds more, as on a disk
 * that has to reach its medium.
 */
#include <sys/syscall.h>

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static void
slow(void)
{
	const char *s = getenv("SLOW_US");
	long us = s != NULL ? strtol(s, NULL, 10) : 0;
	struct timespec ts = { us / 1000000, us % 1000000 * 1000 };

	nanosleep(&ts, NULL);
}

int
fsync(int fd)
{
	slow();
	return (int)syscall(SYS_fsync, fd);
}

int
fdatasync(int fd)
{
	slow();
	return (int)syscall(SYS_fdatasync, fd);
}
