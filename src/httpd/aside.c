/*
 * The second listener, for whoever watches over the master and shall see
 * nothing else of it: metrics_listen of section [http].
 *
 * libmicrohttpd takes one listening socket a daemon; connections of this one
 * are accepted by the event thread and handed to it.
 */
#include <sys/socket.h>

#include <microhttpd.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "httpd/httpd.h"
#include "httpd/route.h"
#include "os/sock.h"

#define AT_ONCE	16	/* connections of one look */

const struct pf_err *
aside_open(struct httpd *h)
{
	const struct pf_err *err;
	int flags;

	if (h->conf.http_metrics_listen[0] == '\0')
		return NULL;
	if ((err = pf_sock_listen_tcp(&h->aside, h->conf.http_metrics_listen))
	    != NULL)
		return pf_err_at(err, "metrics_listen");
	if ((flags = fcntl(h->aside, F_GETFL)) == -1 ||
	    fcntl(h->aside, F_SETFL, flags | O_NONBLOCK) == -1)
		return pf_errno("metrics_listen");
	return NULL;
}

const struct pf_err *
aside_announce(const struct httpd *h)
{
	const struct pf_err *err;
	char name[128];

	if (h->aside == -1)
		return NULL;
	if ((err = pf_sock_name(h->aside, name, sizeof(name))) == NULL)
		printf("metrics http://%s/metrics\n", name);
	return err;
}

void
aside_accept(struct httpd *h, struct MHD_Daemon *d)
{
	struct sockaddr_storage ss;
	socklen_t len;
	int fd, i;

	for (i = 0; i < AT_ONCE; i++) {
		memset(&ss, 0, sizeof(ss));
		len = sizeof(ss);
		fd = accept4(h->aside, (struct sockaddr *)&ss, &len,
		    SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (fd == -1)
			return;		/* none, or none for now */
		/* It tells of the connection while it is being added, and
		 * closes one that it has no room for. */
		h->from_aside = true;
		(void)MHD_add_connection(d, fd, (struct sockaddr *)&ss, len);
		h->from_aside = false;
	}
}

void
aside_close(struct httpd *h)
{
	if (h->aside != -1)
		close(h->aside);
	h->aside = -1;
}

const struct pf_err *
aside_check(const struct req *r)
{
	if (!watch_aside(r->watched) || r->route->aside)
		return NULL;
	return pf_err(PF_NOTFOUND, "only /metrics and /health are answered "
	    "on this port");
}
