/*
 * The ear: one connection to pf-sched that says "bots reach the master here"
 * again and again, for as long as this program does its work.  While no
 * pf-httpd has one the writer counts no ticks, so that nobody's silence is
 * held against him.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "httpd/httpd.h"
#include "os/clock.h"
#include "store/writer.h"

/*
 * Between two tries to reach the writer: always the same, as no policy of
 * retries has it.  While nobody is heard no tick is counted, so a new writer
 * is not to wait for a pause that grew while it was away.
 */
#define AGAIN_MS	500
#define LOOK_MS		200	/* how soon the end is noticed */
#define SAY_MS		5000	/* at least so often it is said again */

struct ear {
	struct httpd	*h;
	pthread_t	 thread;
	atomic_bool	 stop;
	struct pf_buf	 line;		/* hearing */
};

static void
listen_once(struct ear *e)
{
	struct pf_writer *w = NULL;
	struct pf_json *reply;
	const struct pf_err *err;
	int64_t every = e->h->conf.tick / 3, next;
	bool there = true;

	if (every > SAY_MS)
		every = SAY_MS;
	if (pf_writer_open(&w, e->h->conf.sched_socket, false, NULL) != NULL)
		return;
	while (!e->stop && there) {
		err = pf_writer_op(w, &reply, e->line.data,
		    e->h->conf.request);
		pf_json_free(reply);
		if (err != NULL)
			break;
		next = pf_boot_ms() + every;
		do
			there = pf_writer_there(w, LOOK_MS < every ? LOOK_MS :
			    every);
		while (!e->stop && there && pf_boot_ms() < next);
	}
	pf_writer_close(w);
}

static void *
run(void *arg)
{
	struct ear *e = arg;

	while (!e->stop) {
		listen_once(e);
		if (!e->stop)
			pf_sleep_ms(AGAIN_MS);
	}
	return NULL;
}

const struct pf_err *
ear_start(struct httpd *h)
{
	struct ear *e = pf_calloc(1, sizeof(*e));

	e->h = h;
	e->line = (struct pf_buf)PF_BUF_INIT;
	pf_jw_open(&e->line, NULL, '{');
	pf_jw_str(&e->line, "op", "hearing");
	pf_jw_str(&e->line, "ear", h->where);
	pf_jw_close(&e->line, '}');
	if (pthread_create(&e->thread, NULL, run, e) != 0) {
		pf_buf_free(&e->line);
		free(e);
		return pf_err(PF_BUSY, "no thread to be had");
	}
	h->ear = e;
	return NULL;
}

void
ear_stop(struct httpd *h)
{
	if (h->ear == NULL)
		return;
	h->ear->stop = true;
	pthread_join(h->ear->thread, NULL);
	pf_buf_free(&h->ear->line);
	free(h->ear);
	h->ear = NULL;
}
