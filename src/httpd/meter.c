/*
 * What pf-httpd counts of its own work: requests by route and class of
 * status, and how long each waited for its answer.  There are as many numbers
 * as routes, whatever is asked for.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "codec/prom.h"
#include "httpd/live/live.h"
#include "httpd/meter.h"
#include "httpd/route.h"
#include "os/clock.h"
#include "view/metrics.h"

#define P	"pandafuzz_http_"
#define CLASSES	6

/* What a status begins with; 0: the client had gone before the answer. */
static const char *const classes[CLASSES] = {
	"gone", NULL, "2xx", "3xx", "4xx", "5xx"
};

struct one {
	const struct route *route;	/* NULL: a request for nothing here */
	int64_t		 n[CLASSES];
	struct pf_hist	 wait;
};

struct meter {
	pthread_mutex_t	 lock;
	size_t		 n;
	struct one	 of[];
};

void
meter_start(struct httpd *h)
{
	const struct table *t;
	const struct route *r;
	size_t n = 1;

	for (t = route_tables; t->segment != NULL; t++)
		for (r = t->routes; r->path != NULL; r++)
			n++;
	h->meter = pf_calloc(1, sizeof(*h->meter) +
	    n * sizeof(h->meter->of[0]));
	pthread_mutex_init(&h->meter->lock, NULL);
	h->meter->n = n;
	n = 1;
	for (t = route_tables; t->segment != NULL; t++)
		for (r = t->routes; r->path != NULL; r++)
			h->meter->of[n++].route = r;
}

void
meter_stop(struct httpd *h)
{
	pthread_mutex_destroy(&h->meter->lock);
	free(h->meter);
	h->meter = NULL;
}

void
meter_count(struct req *r, unsigned int status)
{
	struct meter *m = r->h->meter;
	unsigned int class = status / 100 < CLASSES ? status / 100 : 0;
	size_t i = 0;

	if (r->metered)
		return;
	r->metered = true;
	while (++i < m->n && m->of[i].route != r->route)
		;
	if (i == m->n)
		i = 0;
	pthread_mutex_lock(&m->lock);
	m->of[i].n[class]++;
	pf_hist_add(&m->of[i].wait, pf_hist_us, pf_boot_us() - r->begun);
	pthread_mutex_unlock(&m->lock);
}

static void
put_route(char *out, size_t size, const struct one *o)
{
	if (o->route == NULL)
		snprintf(out, size, "route=\"\",method=\"\"");
	else
		snprintf(out, size, "route=\"%.80s\",method=\"%s\"",
		    o->route->path, o->route->method);
}

/* Routes that nobody has asked for have no samples. */
static void
put_requests(struct pf_buf *b, const struct meter *m)
{
	static const char total[] = P "requests_total";
	static const char wait[] = P "request_seconds";
	char route[128], labels[160];
	size_t i;
	int c;

	pf_prom_family(b, PF_COUNTER, total, "Requests, by route and class "
	    "of status; class gone: the client left before the answer.");
	for (i = 0; i < m->n; i++) {
		put_route(route, sizeof(route), m->of + i);
		for (c = 0; c < CLASSES; c++) {
			if (m->of[i].n[c] == 0)
				continue;
			snprintf(labels, sizeof(labels), "%s,class=\"%s\"",
			    route, classes[c]);
			pf_prom_int(b, total, labels, m->of[i].n[c]);
		}
	}
	pf_prom_family(b, PF_HISTOGRAM, wait, "From the headers of a request "
	    "to its answer, the arrival of its body included.");
	for (i = 0; i < m->n; i++) {
		put_route(route, sizeof(route), m->of + i);
		for (c = 0; c < CLASSES && m->of[i].n[c] == 0; c++)
			;
		if (c < CLASSES)
			pf_prom_hist(b, wait, route, &m->of[i].wait,
			    pf_hist_us, 1e6);
	}
}

static void
put_http(struct pf_buf *b, struct httpd *h)
{
	int64_t up = pf_boot_ms() - h->started;

	pf_prom_one(b, PF_GAUGE, "process_start_time_seconds",
	    "When this pf-httpd was started, since 1970.",
	    (double)((pf_wall_ms() - up) / 1000));
	pf_prom_one(b, PF_GAUGE, P "connections", "Connections that are open.",
	    atomic_load(&h->connections));
	pf_prom_one(b, PF_COUNTER, P "connections_closed_total",
	    "Connections that have ended.", atomic_load(&h->closed));
	pf_prom_one(b, PF_GAUGE, P "requests_open",
	    "Requests that are not answered yet.",
	    atomic_load(&h->requests));
	pf_prom_one(b, PF_GAUGE, P "listeners", "Answers that go on: events, "
	    "progress, logs.", live_count(h));
	pf_prom_one(b, PF_GAUGE, P "body_bytes",
	    "Bytes of bodies held in memory.",
	    (double)atomic_load(&h->bodies));
	pf_prom_one(b, PF_COUNTER, P "exchanged_bytes_total", "Bytes of "
	    "inputs sent to other jobs of their campaigns.",
	    (double)atomic_load(&h->exchanged));
	pthread_mutex_lock(&h->meter->lock);
	put_requests(b, h->meter);
	pthread_mutex_unlock(&h->meter->lock);
}

const struct pf_err *
api_metrics(struct worker *w, struct req *r)
{
	pf_metrics(&r->reply.body, &w->h->conf);
	put_http(&r->reply.body, w->h);
	r->reply.status = 200;
	r->reply.type = PF_PROM_TYPE;
	return NULL;
}
