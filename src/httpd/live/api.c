/*
 * Requests whose answer goes on: events, and a job's progress and log.
 */
#include <stdio.h>
#include <string.h>

#include "httpd/live/live.h"
#include "httpd/route.h"
#include "view/known.h"

/* pf-db(5), events.kind */
#define EVENT_TYPES "bot", "job", "crash", "campaign", "health", "system"

/*
 * What it was told last: the header of who comes again, or after.  NULL is
 * nothing.
 */
static const char *
resumed(const struct req *r, const char **name)
{
	const char *last = req_header(r, "Last-Event-ID");

	*name = "Last-Event-ID";
	if (last != NULL && *last != '\0')
		return last;
	*name = "after";
	return route_text(r, "after");
}

/* The answer begins; HEAD wants no more than that. */
static const struct pf_err *
listen_to(struct listener **l, struct req *r, enum live_kind kind)
{
	*l = NULL;
	if (!r->head && (*l = live_new(r, kind)) == NULL)
		return pf_err(PF_BUSY, "too many listen already");
	r->reply.status = 200;
	r->reply.type = "text/event-stream";
	return NULL;
}

static void
filter(char *out, size_t size, const struct req *r, const char *name)
{
	const char *text = route_text(r, name);

	snprintf(out, size, "%s", text != NULL ? text : "");
}

/* Nobody waits for what never comes. */
static const struct pf_err *
need_known(struct pf_db *db, struct req *r)
{
	const struct pf_err *err;
	const char *job = route_text(r, "job"), *bot = route_text(r, "bot");
	char campaign[PF_ID_MAX + 1];
	bool known = true;

	if (job != NULL && (err = pf_known_job(&known, campaign, db, job)) !=
	    NULL)
		return err;
	if (!known)
		return pf_err_field(PF_NOTFOUND, "job", "there is no job %s",
		    job);
	if (bot != NULL && (err = pf_known_bot_ever(&known, db, bot)) !=
	    NULL)
		return err;
	return known ? NULL : pf_err_field(PF_NOTFOUND, "bot", "there is no "
	    "bot %s", bot);
}

static const struct pf_err *
check_filters(struct worker *w, struct req *r)
{
	static const char *const types[] = { EVENT_TYPES };
	const char *type = route_text(r, "type");
	size_t i = 0;

	for (; type != NULL && i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(types[i], type) == 0)
			break;
	if (type != NULL && i == sizeof(types) / sizeof(types[0]))
		return pf_err_field(PF_DATA, "type", "\"%.40s\" is no type of "
		    "events: bot, job, crash, campaign, health or system",
		    type);
	if (route_text(r, "job") == NULL && route_text(r, "bot") == NULL)
		return NULL;
	return worker_read(w, r, need_known);
}

const struct pf_err *
api_events(struct worker *w, struct req *r)
{
	const struct pf_err *err;
	const char *name, *last = resumed(r, &name);
	struct listener *l, from = { .after = -1 };

	if (last != NULL && !events_begin(&from, last))
		return pf_err_field(PF_DATA, name, "%s is not the id of an "
		    "event", name);
	if ((err = check_filters(w, r)) != NULL ||
	    (err = listen_to(&l, r, LIVE_EVENTS)) != NULL || l == NULL)
		return err;
	l->after = from.after;
	memcpy(l->tag, from.tag, sizeof(l->tag));
	filter(l->job, sizeof(l->job), r, "job");
	filter(l->bot, sizeof(l->bot), r, "bot");
	filter(l->type, sizeof(l->type), r, "type");
	live_add(l);
	return NULL;
}

/* Nobody waits for a job that there is not. */
static const struct pf_err *
need_job(struct pf_db *db, struct req *r)
{
	const struct pf_err *err;
	char campaign[PF_ID_MAX + 1];
	bool known = false;

	if ((err = pf_known_job(&known, campaign, db, r->id)) == NULL &&
	    !known)
		err = pf_err(PF_NOTFOUND, "there is no job %s", r->id);
	return err;
}

const struct pf_err *
api_progress(struct worker *w, struct req *r)
{
	const struct pf_err *err;
	struct listener *l;

	if ((err = worker_read(w, r, need_job)) != NULL ||
	    (err = listen_to(&l, r, LIVE_PROGRESS)) != NULL || l == NULL)
		return err;
	memcpy(l->job, r->id, sizeof(l->job));
	live_add(l);
	return NULL;
}

const struct pf_err *
api_log_stream(struct worker *w, struct req *r)
{
	const struct pf_err *err;
	const char *name, *last = resumed(r, &name);
	struct pf_logtail log;
	struct listener *l = NULL;

	if ((err = worker_read(w, r, need_job)) != NULL)
		return err;
	pf_logtail_open(&log, w->h->conf.storage_path, r->id);
	if (last != NULL && !pf_logtail_seek(&log, last))
		err = pf_err_field(PF_DATA, name, "%s is no place in a log",
		    name);
	else
		err = listen_to(&l, r, LIVE_LOG);
	if (err != NULL || l == NULL) {
		pf_logtail_close(&log);
		return err;
	}
	memcpy(l->job, r->id, sizeof(l->job));
	l->log = log;
	live_add(l);
	return NULL;
}
