/*
 * Listeners that have gone; see live.h.  libmicrohttpd does not look at a
 * connection that is suspended, so its end would show only when there is
 * something to tell.
 */
#include <poll.h>
#include <stdlib.h>

#include "base/mem.h"
#include "httpd/live/live.h"
#include "os/clock.h"

#define LOOK_MS	1000

/*
 * Whoever has closed has also ended what it sends; but so has one that only
 * has no more to ask.  A comment makes the difference: it comes back with an
 * error.
 */
static void
ask(struct listener *l, short seen)
{
	struct pf_buf b = PF_BUF_INIT;

	if ((seen & (POLLERR | POLLHUP)) != 0)
		live_end(l);
	else if ((seen & POLLRDHUP) != 0 && live_waits(l) == 0) {
		pf_buf_adds(&b, ":\n\n");
		live_put(l, &b);
		pf_buf_free(&b);
	}
}

void
peers_look(struct look *k, struct listener *const *all, int n)
{
	struct pollfd *p;
	int64_t now = pf_boot_ms();
	int i;

	if (now - k->peers < LOOK_MS)
		return;
	k->peers = now;
	p = pf_calloc((size_t)n + 1, sizeof(*p));
	/* One that is gone meanwhile may be another's number by now: no harm,
	 * for it is told to nobody. */
	for (i = 0; i < n; i++) {
		p[i].fd = all[i]->fd;
		p[i].events = POLLRDHUP;
	}
	if (poll(p, (nfds_t)n, 0) > 0)
		for (i = 0; i < n; i++)
			ask(all[i], p[i].revents);
	free(p);
}
