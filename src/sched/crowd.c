/*
 * The clients of pf-sched serve together; see crowd.h.
 */
#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "codec/op.h"
#include "os/clock.h"
#include "os/sock.h"
#include "sched/crowd.h"

#define OWED_MAX	(16 << 20)	/* unread replies of all clients */
#define HELD_MAX	(16 << 20)	/* of lines not executed yet */
#define FINISH_MS	5000	/* for the last replies */
#define CROWD_MS	1000	/* until the next try to accept one more */

const struct pf_err *
crowd_open(struct crowd *w, const char *path)
{
	const struct pf_err *err;
	int flags;

	if (w->handed)
		w->listener = STDIN_FILENO;
	else if ((err = pf_sock_listen_unix(&w->listener, path, 0660)) != NULL)
		return err;
	/* A client that left before accept() must not hold up the others. */
	if ((flags = fcntl(w->listener, F_GETFL)) == -1 ||
	    fcntl(w->listener, F_SETFL, flags | O_NONBLOCK) == -1)
		return pf_errno("fcntl %s", path);
	w->most = clients_most();
	w->clients = pf_calloc(w->most, sizeof(*w->clients));
	w->polls = pf_calloc(w->most + 1, sizeof(*w->polls));
	return NULL;
}

void
crowd_close(struct crowd *w)
{
	free(w->clients);
	free(w->polls);
	if (w->listener > STDIN_FILENO)
		close(w->listener);
}

static void
drop(struct crowd *w, size_t i)
{
	close(w->clients[i].fd);
	pf_buf_free(&w->clients[i].in);
	pf_buf_free(&w->clients[i].out);
	w->clients[i] = w->clients[--w->n];
	w->crowded = 0;
}

/* Out of descriptors is no error, but nobody is let in until one leaves. */
static void
full(struct crowd *w)
{
	if (errno == EMFILE || errno == ENFILE || errno == ENOMEM ||
	    errno == ENOBUFS)
		w->crowded = pf_boot_ms() + CROWD_MS;
}

static void
welcome(struct crowd *w)
{
	struct client *c;
	int fd = 0;

	while (w->n < w->most && (fd = accept4(w->listener, NULL, NULL,
	    SOCK_CLOEXEC | SOCK_NONBLOCK)) != -1) {
		/* inetd makes its sockets for everybody. */
		if (w->handed && !pf_sock_peer_ok(fd)) {
			pf_warn("a stranger's connection was closed");
			close(fd);
			continue;
		}
		c = &w->clients[w->n++];
		*c = (struct client){ .fd = fd, .in = PF_BUF_INIT,
		    .out = PF_BUF_INIT };
	}
	if (fd == -1)
		full(w);
}

/* Where so much is held in lines without an end, the longest one goes. */
static void
shed(struct crowd *w)
{
	struct client *c, *most = NULL;

	for (c = w->clients; c < w->clients + w->n; c++)
		if ((most == NULL || c->in.len > most->in.len) &&
		    !client_has_line(c))
			most = c;
	if (most == NULL || most->in.len == 0)
		return;
	pf_op_refuse(&most->out, NULL, pf_err(PF_BUSY, "too many clients have "
	    "sent but half a line, and this one the most of it"));
	client_ate(most, most->in.len);
	most->skips = true;
}

/*
 * Who does not read its replies is not read either, nor anybody who is owed
 * some while much is owed to all: memory stays bounded.
 */
static bool
may_ask(const struct crowd *w, const struct client *c)
{
	return !c->eof && c->out.len < CLIENT_OWED &&
	    (w->owed < OWED_MAX || c->out.len == 0);
}

const struct pf_err *
crowd_hear(struct crowd *w, int ms)
{
	struct client *c;
	size_t i;

	for (w->owed = w->held = i = 0; i < w->n; i++) {
		w->owed += w->clients[i].out.len;
		w->held += w->clients[i].in.len;
	}
	if (w->held >= HELD_MAX)
		shed(w);
	for (i = 0; i < w->n; i++) {
		w->polls[i].fd = w->clients[i].fd;
		w->polls[i].events = 0;
		if (may_ask(w, &w->clients[i]))
			w->polls[i].events |= POLLIN;
		if (w->clients[i].mark > 0)
			w->polls[i].events |= POLLOUT;
	}
	w->polls[w->n].fd = w->n < w->most && pf_boot_ms() >= w->crowded ?
	    w->listener : -1;
	w->polls[w->n].events = POLLIN;
	if (poll(w->polls, w->n + 1, ms) == -1)
		return errno == EINTR ? NULL : pf_errno("poll");
	for (i = 0; i < w->n && w->held < HELD_MAX; i++)
		if ((w->polls[i].revents & (POLLIN | POLLHUP | POLLERR)) != 0) {
			c = &w->clients[i];
			w->held -= c->in.len;
			client_hear(c);
			w->held += c->in.len;
		}
	if ((w->polls[w->n].revents & POLLIN) != 0)
		welcome(w);
	return NULL;
}

bool
client_may_work(const struct client *c)
{
	return c->out.len < CLIENT_OWED && client_has_line(c);
}

size_t
crowd_share(const struct crowd *w, size_t all)
{
	const struct client *c;
	size_t n = 0;

	for (c = w->clients; c < w->clients + w->n; c++)
		n += client_may_work(c);
	return n <= 1 ? all : n >= all ? 1 : all / n;
}

void
crowd_tell(struct crowd *w)
{
	struct client *c;
	size_t i;

	for (c = w->clients; c < w->clients + w->n; c++) {
		c->mark = c->out.len;
		client_tell(c);
	}
	for (i = w->n; i-- > 0;) {
		c = &w->clients[i];
		if (c->broken || (c->eof && c->mark == 0 &&
		    !client_has_line(c)))
			drop(w, i);
	}
}

void
crowd_finish(struct crowd *w)
{
	int64_t end = pf_boot_ms() + FINISH_MS;
	size_t i, left = 1;

	while (left > 0 && pf_boot_ms() < end) {
		for (left = i = 0; i < w->n; i++) {
			client_tell(&w->clients[i]);
			w->polls[i].fd = w->clients[i].broken ||
			    w->clients[i].mark == 0 ? -1 : w->clients[i].fd;
			w->polls[i].events = POLLOUT;
			left += w->polls[i].fd != -1;
		}
		if (left > 0)
			(void)poll(w->polls, w->n, 100);
	}
	while (w->n > 0)
		drop(w, 0);
}
