/*
 * Ops a second through the writer's socket: clients that each wait for the
 * reply to one line before they send the next.  Figures, not a test.
 *
 *	ops socket clients seconds < lines
 *
 * Client n sends line n of its input over and over.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/num.h"
#include "os/clock.h"
#include "os/sock.h"

#define LATENCIES	100000

static int
cmp(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static int64_t
now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

/* One client; writes "count p99" to fd. */
static void
client(const char *path, const char *line, int64_t ms, int fd)
{
	static int64_t took[LATENCIES];
	int64_t end = pf_boot_ms() + ms, start, n = 0;
	char reply[65536], out[64];
	size_t len = strlen(line);
	ssize_t k;
	int s;

	if (pf_sock_connect_unix(&s, path) != NULL)
		_exit(1);
	while (pf_boot_ms() < end) {
		start = now_us();
		if (write(s, line, len) != (ssize_t)len)
			_exit(1);
		do
			k = read(s, reply, sizeof(reply));
		while (k > 0 && reply[k - 1] != '\n');
		if (k <= 0)
			_exit(1);
		took[n++ % LATENCIES] = now_us() - start;
	}
	if (n == 0)
		_exit(1);
	k = (ssize_t)(n < LATENCIES ? n : LATENCIES);
	qsort(took, (size_t)k, sizeof(took[0]), cmp);
	snprintf(out, sizeof(out), "%lld %lld\n", (long long)n,
	    (long long)took[k * 99 / 100]);
	_exit(write(fd, out, strlen(out)) == -1);
}

int
main(int argc, char *argv[])
{
	char *line = NULL;
	size_t cap = 0;
	int64_t clients, seconds, i;
	int fds[2];

	if (argc != 4 || !pf_num(&clients, argv[2], 1, 1000) ||
	    !pf_num(&seconds, argv[3], 1, 60) || pipe(fds) == -1) {
		fputs("usage: ops socket clients seconds < lines\n", stderr);
		return 64;
	}
	for (i = 0; i < clients && getline(&line, &cap, stdin) > 0; i++)
		if (fork() == 0)
			client(argv[1], line, seconds * 1000, fds[1]);
	close(fds[1]);
	dup2(fds[0], STDIN_FILENO);
	execlp("awk", "awk", "{ n += $1; if ($2 > p) p = $2 }"
	    " END { print n, p }", (char *)NULL);
	return 1;
}
