/*
 * pf-httpd at work: one connection, or a listener, until the end.  The main
 * thread waits here for signals and closed connections.
 */
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>

#include <microhttpd.h>

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "httpd/httpd.h"
#include "httpd/live/live.h"
#include "httpd/meter.h"
#include "os/clock.h"

#define DRAIN_MS	10000	/* what is being answered may take */
#define LOOK_MS		1000

/*
 * What ends it comes by descriptor, to no thread.  A signal that was ignored
 * stays so: a shell has its reasons, and nohup(1).
 */
static const struct pf_err *
signal_fd(int *fd)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGHUP };
	struct sigaction was;
	sigset_t set;
	size_t i;

	sigemptyset(&set);
	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (sigaction(signals[i], NULL, &was) == 0 &&
		    was.sa_handler != SIG_IGN)
			sigaddset(&set, signals[i]);
	if (sigprocmask(SIG_BLOCK, &set, NULL) == -1)
		return pf_errno("sigprocmask");
	if ((*fd = signalfd(-1, &set, SFD_CLOEXEC)) == -1)
		return pf_errno("signalfd");
	return NULL;
}

/* Waits; true when told to end. */
static bool
told(struct httpd *h, int sig, int64_t ms)
{
	struct pollfd p[2] = { { sig, POLLIN, 0 }, { h->wake, POLLIN, 0 } };
	struct signalfd_siginfo si;
	uint64_t n;

	if (poll(p, 2, (int)ms) <= 0)
		return false;
	if (p[1].revents != 0 && read(h->wake, &n, sizeof(n)) == -1)
		return false;
	if (p[0].revents == 0 || read(sig, &si, sizeof(si)) <= 0)
		return false;
	h->anew = h->anew || si.ssi_signo == SIGHUP;
	return true;
}

/*
 * Until a signal or what box_moved() tells, or idle_ms without a connection
 * (0 is for ever): true.
 */
static bool
listen_on(struct httpd *h, int sig, int64_t idle_ms)
{
	int64_t ms = idle_ms > 0 && idle_ms < LOOK_MS ? idle_ms : LOOK_MS;
	int64_t now, looked = 0;

	while (!told(h, sig, ms)) {
		now = pf_boot_ms();
		if (idle_ms > 0 && atomic_load(&h->connections) == 0 &&
		    now - atomic_load(&h->last) >= idle_ms)
			return true;
		/* Connections that close wake us too, thousands a second. */
		if (now - looked < LOOK_MS / 2)
			continue;
		looked = now;
		watch_look(h);
		if (box_moved(h) != NULL)
			break;
	}
	return false;
}

/* libmicrohttpd wants a peer's address; a socketpair has none to tell. */
static const struct pf_err *
add_one(struct MHD_Daemon *d, int fd)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);

	memset(&ss, 0, sizeof(ss));
	if (getpeername(fd, (struct sockaddr *)&ss, &len) == -1)
		return pf_errno("the connection");
	if (len < sizeof(sa_family_t))
		len = sizeof(sa_family_t);
	if (MHD_add_connection(d, fd, (struct sockaddr *)&ss, len) != MHD_YES)
		return pf_err(PF_IO, "the connection cannot be served");
	return NULL;
}

static void
serve_one(struct httpd *h, int sig)
{
	while (atomic_load(&h->closed) == 0 && !told(h, sig, LOOK_MS))
		watch_look(h);
}

/*
 * No new connections; true once every request that began is answered.  After
 * an idle time, a connection that slipped in is served to its end.
 */
static bool
drain(struct httpd *h, int sig, bool idle)
{
	int64_t until = pf_boot_ms() + DRAIN_MS;

	atomic_store(&h->stopping, true);
	loop_deafen(h->loop);
	live_close(h);
	while (atomic_load(&h->requests) > 0 ||
	    (idle && atomic_load(&h->connections) > 0))
		if (pf_boot_ms() > until || told(h, sig, 20))
			return false;
	return true;
}

const struct pf_err *
httpd_serve(struct httpd *h, int fd, bool listens, int64_t idle_ms)
{
	const struct pf_err *err;
	struct MHD_Daemon *d;
	bool idle = false;
	int sig = -1;

	if ((h->wake = eventfd(0, EFD_CLOEXEC)) == -1)
		return pf_errno("eventfd");
	meter_start(h);
	if ((err = signal_fd(&sig)) != NULL ||
	    (err = commit_start(h)) != NULL ||
	    (err = live_start(h)) != NULL ||
	    (err = pool_start(h, listens ? 16 : 1)) != NULL ||
	    (h->where != NULL && (err = ear_start(h)) != NULL))
		return err;
	watch_start(h);
	atomic_store(&h->last, pf_boot_ms());
	if ((d = httpd_start(h, listens ? fd : -1)) == NULL)
		return pf_err(PF_IO, "libmicrohttpd does not start");
	if ((!listens && (err = add_one(d, fd)) != NULL) ||
	    (err = loop_start(h, d)) != NULL)
		return err;
	if (listens) {
		idle = listen_on(h, sig, idle_ms);
		if ((err = box_moved(h)) == NULL && h->anew)
			err = pf_err(PF_BUSY,
			    "told to end and be started again");
	} else
		serve_one(h, sig);
	/* What is still held by a worker now dies with the process. */
	if (!drain(h, sig, idle) || !loop_stop(h))
		return err;
	MHD_stop_daemon(d);
	live_stop(h);
	ear_stop(h);
	pool_stop(h->pool);
	commit_stop(h->commit);
	watch_stop(h);
	meter_stop(h);
	close(sig);
	close(h->wake);
	return err;
}
