/*
 * Ops a second through the writer's socket: clients that each wait for the
 * reply to one line before they send the next, all of them in this process,
 * so that little of what is measured is the measuring.  Figures, not a test.
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
#include <sys/epoll.h>
#include <sys/socket.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/num.h"
#include "os/clock.h"
#include "os/sock.h"

#define LATENCIES	1000000

struct client {
	int		 fd;
	const char	*line;		/* that is asked now */
	int64_t		 asked;		/* us */
};

/* What all clients know. */
struct plan {
	const char	*path;
	struct pf_buf	 lines;
	int64_t		 clients;
	int64_t		 ms;		/* 0: each line once */
	int64_t		 end;		/* boot ms */
	struct pf_buf	 replies;
};

static int64_t	 took[LATENCIES];
static int64_t	 done;

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

static _Noreturn void
die(const char *what)
{
	perror(what);
	exit(74);
}

/* The n-th line after this one, or NULL. */
static const char *
after(const char *line, int64_t n)
{
	const char *nl;

	for (; n > 0 && line != NULL; n--) {
		nl = strchr(line, '\n');
		line = nl == NULL || nl[1] == '\0' ? NULL : nl + 1;
	}
	return line;
}

static void
ask(struct client *c)
{
	size_t n = strcspn(c->line, "\n") + 1;

	c->asked = now_us();
	if (send(c->fd, c->line, n, MSG_NOSIGNAL) != (ssize_t)n)
		die("send");
}

/* What has come of a reply; true at its end. */
static bool
hear(struct plan *p, struct client *c)
{
	char reply[65536];
	ssize_t k = recv(c->fd, reply, sizeof(reply), 0);

	if (k <= 0)
		die("recv");
	if (p->ms == 0)
		pf_buf_add(&p->replies, reply, (size_t)k);
	if (reply[k - 1] != '\n')
		return false;
	took[done++ % LATENCIES] = now_us() - c->asked;
	return true;
}

/* Asks the next of its lines; false if there is none. */
static bool
go_on(const struct plan *p, struct client *c)
{
	if (p->ms > 0 && pf_boot_ms() >= p->end)
		return false;
	if (p->ms == 0 && (c->line = after(c->line, p->clients)) == NULL)
		return false;
	ask(c);
	return true;
}

static void
all(struct plan *p)
{
	struct client *c = pf_calloc((size_t)p->clients, sizeof(*c));
	struct epoll_event ev[64];
	int ep = epoll_create1(0), k;
	int64_t i, at_work = 0;

	for (i = 0; i < p->clients; i++) {
		c[i].line = after(p->lines.data, i);
		if (pf_sock_connect_unix(&c[i].fd, p->path) != NULL)
			die(p->path);
		ev[0] = (struct epoll_event){ .events = EPOLLIN,
		    .data.ptr = &c[i] };
		if (epoll_ctl(ep, EPOLL_CTL_ADD, c[i].fd, &ev[0]) == -1)
			die("epoll");
	}
	for (i = 0; i < p->clients && c[i].line != NULL; i++, at_work++)
		ask(&c[i]);
	while (at_work > 0) {
		k = epoll_wait(ep, ev, 64, -1);
		while (k-- > 0)
			if (hear(p, ev[k].data.ptr) &&
			    !go_on(p, ev[k].data.ptr))
				at_work--;
	}
	free(c);
}

/* One client: all lines as fast as they are taken, replies as they come. */
static void
flood(struct plan *p)
{
	size_t at = 0;
	int64_t sent = 0;
	const char *c;
	ssize_t k;
	int s;

	if (pf_sock_connect_unix(&s, p->path) != NULL)
		die(p->path);
	for (c = p->lines.data; (c = strchr(c, '\n')) != NULL; c++)
		sent++;
	while (done < sent) {
		k = send(s, p->lines.data + at, p->lines.len - at,
		    MSG_DONTWAIT | MSG_NOSIGNAL);
		at += k > 0 ? (size_t)k : 0;
		k = recv(s, pf_buf_room(&p->replies, 65536), 65536,
		    at < p->lines.len ? MSG_DONTWAIT : 0);
		if (k == 0)
			die("recv");
		for (c = p->replies.data + p->replies.len; k > 0; k--, c++) {
			p->replies.len++;
			done += *c == '\n';
		}
	}
}

static void
tell(const struct plan *p, int64_t us, const char *to)
{
	int64_t k = done < LATENCIES ? done : LATENCIES;
	int fd;

	if (k == 0)
		exit(1);
	qsort(took, (size_t)k, sizeof(took[0]), cmp);
	printf("%lld %lld %lld\n", (long long)done, (long long)took[k * 99 /
	    100], (long long)us);
	if (p->ms > 0)
		return;
	fd = open(to, O_WRONLY | O_CREAT | O_APPEND, 0644);
	if (fd == -1 || write(fd, p->replies.data, p->replies.len) !=
	    (ssize_t)p->replies.len)
		die(to);
	close(fd);
}

int
main(int argc, char *argv[])
{
	struct plan p = { .lines = PF_BUF_INIT, .replies = PF_BUF_INIT };
	int64_t seconds = 0, start;
	size_t n;

	if (argc != 4 || !pf_num(&p.clients, argv[2], 0, 1000)) {
		fputs("usage: ops socket clients seconds|replies < lines\n",
		    stderr);
		return 64;
	}
	p.path = argv[1];
	if (pf_num(&seconds, argv[3], 1, 60))
		p.ms = seconds * 1000;
	do {
		n = fread(pf_buf_room(&p.lines, 65536), 1, 65536, stdin);
		pf_buf_grew(&p.lines, n);
	} while (n > 0);
	pf_buf_addc(&p.lines, '\0');
	p.lines.len--;
	p.end = pf_boot_ms() + p.ms;
	start = now_us();
	if (p.clients > 0)
		all(&p);
	else
		flood(&p);
	tell(&p, now_us() - start, argv[3]);
	return 0;
}
