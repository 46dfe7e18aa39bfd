/*
 * Waiting: for a pack, for a time, for a signal.
 */
#include <sys/inotify.h>

#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "ingest/ingest.h"

static volatile sig_atomic_t stopped;
static sigset_t before;		/* the mask we were started with */

static void
on_signal(int sig)
{
	(void)sig;
	stopped = 1;
}

const struct pf_err *
watch_signals(void)
{
	struct sigaction sa = { .sa_handler = on_signal };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	if (sigprocmask(SIG_BLOCK, &set, &before) == -1 ||
	    sigaction(SIGTERM, &sa, NULL) == -1 ||
	    sigaction(SIGINT, &sa, NULL) == -1)
		return pf_errno("signals");
	sigdelset(&before, SIGTERM);
	sigdelset(&before, SIGINT);
	sa.sa_handler = SIG_IGN;
	if (sigaction(SIGPIPE, &sa, NULL) == -1)
		return pf_errno("signals");
	return NULL;
}

bool
stopping(void)
{
	const struct timespec now = { 0, 0 };

	/* Lets a signal that waits run its handler. */
	ppoll(NULL, 0, &now, &before);
	return stopped != 0;
}

const struct pf_err *
watch_open(int *fd, const char *spool)
{
	const struct pf_err *err = NULL;
	char *new = pf_asprintf("%s/new", spool);

	*fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (*fd == -1)
		err = pf_errno("inotify");
	else if (inotify_add_watch(*fd, new, IN_MOVED_TO | IN_ONLYDIR) == -1) {
		err = pf_errno("watch %s", new);
		close(*fd);
		*fd = -1;
	}
	free(new);
	return err;
}

void
wait_for(int fd, int64_t ms)
{
	const struct timespec t = { ms / 1000, ms % 1000 * 1000000 };
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char events[4096];

	ppoll(&p, 1, &t, &before);
	/* What they say does not matter: the directory is listed anyway. */
	while (fd != -1 && read(fd, events, sizeof(events)) > 0)
		continue;
}
