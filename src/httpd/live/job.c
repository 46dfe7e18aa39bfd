/*
 * Listeners to a job: how far it is, and what its engine prints; see live.h.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "codec/json.h"
#include "httpd/live/live.h"
#include "os/clock.h"
#include "view/progress.h"

#define LOG_MS		500	/* between two looks at a log */
#define LOG_PART	16384	/* of an event */
#define LAST_MS		3000	/* after a job's end its log may still come */

/* The job as it is now, asked for once for all who listen to it. */
static bool
read_progress(struct look *k, const char *job)
{
	if (strcmp(k->job, job) == 0)
		return k->progress.len > 0;
	pf_buf_reset(&k->progress);
	k->job[0] = '\0';
	if (pf_progress(&k->progress, &k->over, k->db, job) != NULL) {
		pf_buf_reset(&k->progress);
		k->broken = true;
		return false;
	}
	memcpy(k->job, job, strlen(job) + 1);
	return k->progress.len > 0;
}

static void
say(struct listener *l, const char *event, const char *data)
{
	struct pf_buf b = PF_BUF_INIT;

	pf_buf_addf(&b, "event: %s\ndata: ", event);
	pf_buf_adds(&b, data);
	pf_buf_adds(&b, "\n\n");
	live_put(l, &b);
	pf_buf_free(&b);
}

static void
remember(struct listener *l, const char *progress)
{
	free(l->shown);
	l->shown = pf_strdup(progress);
}

/* Who has not taken the last one gets only the newest, later. */
static void
serve_progress(struct look *k, struct listener *l)
{
	const char *now;

	l->stale = l->stale || k->changed || l->shown == NULL;
	if (k->db == NULL || !l->stale || live_waits(l) >= k->room / 4 ||
	    !read_progress(k, l->job))
		return;
	l->stale = false;
	now = k->progress.data;
	if (l->shown == NULL)
		say(l, "connected", now);
	else if (strcmp(l->shown, now) != 0 && !k->over)
		say(l, "progress", now);
	remember(l, now);
	if (k->over) {
		say(l, "completed", now);
		live_end(l);
	}
}

/* What was printed, with the place behind it as its id. */
static void
put_log(struct listener *l, const struct pf_buf *text)
{
	struct pf_buf b = PF_BUF_INIT, json = PF_BUF_INIT;
	char place[PF_LOG_PLACE];

	pf_jw_open(&json, NULL, '{');
	pf_jw_strn(&json, "text", text->data, text->len);
	pf_jw_close(&json, '}');
	pf_logtail_tell(place, &l->log);
	pf_buf_addf(&b, "id: %s\nevent: log\ndata: ", place);
	pf_buf_add(&b, json.data, json.len);
	pf_buf_adds(&b, "\n\n");
	live_put(l, &b);
	pf_buf_free(&json);
	pf_buf_free(&b);
}

static void
read_log(struct look *k, struct listener *l, int64_t now)
{
	struct pf_buf text = PF_BUF_INIT;
	size_t room = live_room(l, k);

	if (room == 0 || now - l->looked < LOG_MS)
		return;
	if (room < LIVE_LEAST)
		room = LIVE_LEAST;	/* crumbs cost more */
	if (pf_logtail(&l->log, &text, room < LOG_PART ? room : LOG_PART) !=
	    NULL)
		text.len = 0;
	if (text.len > 0) {
		put_log(l, &text);
		l->grew = now;
		k->more = true;
	} else
		l->looked = now;
	pf_buf_free(&text);
}

static void
serve_log(struct look *k, struct listener *l)
{
	int64_t now = pf_boot_ms();

	if (k->db != NULL && (k->changed || l->shown == NULL) &&
	    read_progress(k, l->job)) {
		if (l->shown == NULL)
			say(l, "connected", k->progress.data);
		remember(l, k->progress.data);
		if (k->over && !l->over)
			l->grew = now;
		l->over = k->over;
	}
	if (l->shown == NULL)
		return;
	read_log(k, l, now);
	if (l->over && now - l->grew >= LAST_MS && live_waits(l) == 0) {
		say(l, "completed", l->shown);
		live_end(l);
	}
}

void
job_serve(struct look *k, struct listener *l)
{
	if (l->kind == LIVE_PROGRESS)
		serve_progress(k, l);
	else
		serve_log(k, l);
}
