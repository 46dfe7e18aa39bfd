/*
 * One client's bytes; see client.h.
 */
#include <sys/resource.h>
#include <sys/socket.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "sched/client.h"
#include "store/writer.h"

#define CLIENTS_MAX	4096
#define OTHERS		32	/* descriptors that are no client's */
#define KEEP_MAX	(64 << 10)	/* of a buffer that is empty, */
#define KEEP_IN		(4 << 10)	/* which clients wait with */

/* Of a line that was refused only its end matters. */
static void
take(struct client *c, const char *p, size_t n)
{
	const char *nl = NULL;
	size_t past = 0;

	if (c->skips) {
		nl = memchr(p, '\n', n);
		past = nl == NULL ? n : (size_t)(nl + 1 - p);
		c->skips = nl == NULL;
	}
	pf_buf_add(&c->in, p + past, n - past);
}

void
client_hear(struct client *c)
{
	/* Many clients with a short line each are to take little memory. */
	static char room[PF_OP_MAX];
	ssize_t n;

	while (c->in.len < PF_OP_MAX) {
		n = read(c->fd, room, sizeof(room));
		if (n > 0) {
			take(c, room, (size_t)n);
			if (n < PF_OP_MAX || c->skips)
				return;		/* others have their turn */
			continue;
		}
		if (n == 0)
			c->eof = true;
		else if (errno != EAGAIN && errno != EINTR)
			c->broken = true;
		return;
	}
}

void
client_ate(struct client *c, size_t n)
{
	pf_buf_eat(&c->in, n);
	if (c->in.len == 0 && c->in.cap > KEEP_IN)
		pf_buf_free(&c->in);
}

bool
client_has_line(const struct client *c)
{
	return memchr(c->in.data, '\n', c->in.len) != NULL;
}

void
client_tell(struct client *c)
{
	ssize_t n;

	while (c->mark > 0) {
		n = send(c->fd, c->out.data, c->mark, MSG_NOSIGNAL);
		if (n == -1) {
			c->broken = errno != EAGAIN && errno != EINTR;
			return;
		}
		pf_buf_eat(&c->out, (size_t)n);
		c->mark -= (size_t)n;
	}
	if (c->out.len == 0 && c->out.cap > KEEP_MAX)
		pf_buf_free(&c->out);
}

size_t
clients_most(void)
{
	struct rlimit rl;

	if (getrlimit(RLIMIT_NOFILE, &rl) == -1)
		return CLIENTS_MAX;
	if (rl.rlim_cur < CLIENTS_MAX + OTHERS) {
		rl.rlim_cur = rl.rlim_max < CLIENTS_MAX + OTHERS ?
		    rl.rlim_max : CLIENTS_MAX + OTHERS;
		(void)setrlimit(RLIMIT_NOFILE, &rl);
	}
	/* Should they not suffice after all, accept() says so. */
	if (rl.rlim_cur >= CLIENTS_MAX + OTHERS)
		return CLIENTS_MAX;
	return rl.rlim_cur > 2 * OTHERS ? rl.rlim_cur - OTHERS : OTHERS;
}
