/*
 * Being told to stop; see stop.h.
 */
#include <stddef.h>

#include "os/stop.h"

volatile sig_atomic_t pf_stopping, pf_reload;

static void
on_signal(int sig)
{
	(void)sig;
	pf_stopping = 1;
}

void
pf_stop_catch(void)
{
	struct sigaction sa = { .sa_handler = on_signal }, was;

	sigaction(SIGTERM, &sa, NULL);
	if (sigaction(SIGINT, NULL, &was) == 0 && was.sa_handler != SIG_IGN)
		sigaction(SIGINT, &sa, NULL);
	sa.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &sa, NULL);
}

static void
on_hup(int sig)
{
	(void)sig;
	pf_reload = 1;
}

void
pf_reload_catch(void)
{
	struct sigaction sa = { .sa_handler = on_hup };

	sigaction(SIGHUP, &sa, NULL);
}
