/*
 * Ops a second through the writer's socket: clients that each wait for the
 * reply to one line before they send the next.  Figures, not a test.
 *
 *	ops socket clients seconds < lines
 *	ops socket clients replies < lines
 *
 * With a number of seconds client n sends line n of its input over and over.
 * With the name of a file each line is sent once, by turns of the clients,
 * and the replies are added to the file; no clients means one that does not
 * wait for replies.  Prints how many ops were done, the 99th percentile of
 * what one took in us, and how long all took in us.
 */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
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

/* What all clients know. */
struct plan {
	const char	*path;
	struct pf_buf	 lines;
	int64_t		 clients;
	int64_t		 ms;		/* 0: each line once */
	int		 replies;	/* a file, or -1 */
	int		 out;
};

static int64_t	 took[LATENCIES];
static int64_t	 done;

/* One line there, its reply back. */
static void
ask(const struct plan *p, int s, const char *line, size_t len,
    struct pf_buf *replies)
{
	int64_t start = now_us();
	char reply[65536];
	ssize_t k;

	if (write(s, line, len) != (ssize_t)len)
		_exit(1);
	do {
		k = read(s, reply, sizeof(reply));
		if (k > 0 && p->replies != -1)
			pf_buf_add(replies, reply, (size_t)k);
	} while (k > 0 && reply[k - 1] != '\n');
	if (k <= 0)
		_exit(1);
	took[done++ % LATENCIES] = now_us() - start;
}

static void
tell(const struct plan *p, int64_t start, const struct pf_buf *replies)
{
	int64_t k = done < LATENCIES ? done : LATENCIES;
	int64_t us = now_us() - start;
	char out[96];

	if (k == 0)
		_exit(1);
	qsort(took, (size_t)k, sizeof(took[0]), cmp);
	snprintf(out, sizeof(out), "%lld %lld %lld\n", (long long)done,
	    (long long)took[k * 99 / 100], (long long)us);
	if (p->replies != -1 && write(p->replies, replies->data,
	    replies->len) != (ssize_t)replies->len)
		_exit(1);
	_exit(write(p->out, out, strlen(out)) == -1);
}

/* All lines as fast as they are taken, replies as they come. */
static void
flood(const struct plan *p, int s)
{
	struct pf_buf replies = PF_BUF_INIT;
	size_t at = 0;
	int64_t start = now_us(), sent = 0;
	const char *c;
	ssize_t k;

	for (c = p->lines.data; (c = strchr(c, '\n')) != NULL; c++)
		sent++;
	while (done < sent) {
		k = send(s, p->lines.data + at, p->lines.len - at,
		    MSG_DONTWAIT | MSG_NOSIGNAL);
		at += k > 0 ? (size_t)k : 0;
		k = recv(s, pf_buf_room(&replies, 65536), 65536,
		    at < p->lines.len ? MSG_DONTWAIT : 0);
		if (k == 0)
			_exit(1);
		for (c = replies.data + replies.len; k > 0; k--, c++) {
			replies.len++;
			done += *c == '\n';
		}
		if (done < LATENCIES)
			took[done] = 0;
	}
	tell(p, start, &replies);
}

static void
client(const struct plan *p, int64_t me)
{
	struct pf_buf replies = PF_BUF_INIT;
	const char *line = p->lines.data, *nl;
	int64_t start = now_us(), end = pf_boot_ms() + p->ms, i;
	int s;

	if (pf_sock_connect_unix(&s, p->path) != NULL)
		_exit(1);
	if (p->clients == 0)
		flood(p, s);
	for (i = 0; (nl = strchr(line, '\n')) != NULL; line = nl + 1, i++) {
		if (i % p->clients != me)
			continue;
		do
			ask(p, s, line, (size_t)(nl - line) + 1, &replies);
		while (pf_boot_ms() < end);
		if (p->ms > 0)
			break;
	}
	tell(p, start, &replies);
}

int
main(int argc, char *argv[])
{
	struct plan p = { .lines = PF_BUF_INIT, .replies = -1 };
	char room[65536];
	int64_t seconds = 0, i;
	int fds[2];
	size_t n;

	if (argc != 4 || !pf_num(&p.clients, argv[2], 0, 1000) ||
	    pipe(fds) == -1) {
		fputs("usage: ops socket clients seconds|replies < lines\n",
		    stderr);
		return 64;
	}
	p.path = argv[1];
	p.out = fds[1];
	if (pf_num(&seconds, argv[3], 1, 60))
		p.ms = seconds * 1000;
	else if ((p.replies = open(argv[3], O_WRONLY | O_CREAT | O_APPEND,
	    0644)) == -1)
		return 74;
	while ((n = fread(room, 1, sizeof(room), stdin)) > 0)
		pf_buf_add(&p.lines, room, n);
	for (i = 0; i < p.clients || i == 0; i++)
		if (fork() == 0)
			client(&p, i);
	close(fds[1]);
	dup2(fds[0], STDIN_FILENO);
	execlp("awk", "awk", "{ n += $1; if ($2 > p) p = $2;"
	    " if ($3 > t) t = $3 } END { print n, p + 0, t }", (char *)NULL);
	return 1;
}
