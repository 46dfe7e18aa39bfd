/*
 * The master: whether it answers, takes us, is the one of the work directory,
 * and has the same time.  Nothing is registered.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/time.h"
#include "os/clock.h"
#include "run/doctor/doctor.h"
#include "store/token.h"

#define MOST_MS		10000	/* a person waits for it */
#define CLOCK_MS	30000	/* apart: logs are hard to read together */

/* Of the two times around the request that is nearer. */
static void
look_clock(struct doctor *d, const struct pf_json *reply, int64_t sent,
    int64_t got)
{
	const char *text = "";
	int64_t theirs, off = 0;
	char words[64];

	if (pf_json_str(&text, reply, "timestamp") != NULL ||
	    !pf_time_parse(&theirs, text)) {
		doctor_warn(d, "clock", "the master does not tell its time",
		    "");
		return;
	}
	if (theirs < sent)
		off = theirs - sent;
	else if (theirs > got)
		off = theirs - got;
	snprintf(words, sizeof(words), "%.1f s apart from the master's",
	    (double)off / 1000);
	if (off > CLOCK_MS || off < -CLOCK_MS)
		doctor_warn(d, "clock", words, "set it, by NTP: times in "
		    "reports are not to be compared");
	else
		doctor_ok(d, "clock", words);
}

static void
look_identity(struct doctor *d, const struct pf_json *reply)
{
	const char *id = "";
	char text[200];

	if (pf_json_str(&id, pf_json_get(reply, "master"), "master_id") !=
	    NULL || !pf_id_ok(id))
		doctor_warn(d, "master id", "the master does not know its own",
		    "see how it is by pf-report status, there");
	else if (d->master[0] != '\0' && strcmp(id, d->master) != 0) {
		snprintf(text, sizeof(text), "%s, the work directory is of "
		    "%s", id, d->master);
		doctor_fail(d, EX_CONFIG, "master id", text, "another work "
		    "directory, or the master it is of");
	} else
		doctor_ok(d, "master id", id);
}

static void
look_parts(struct doctor *d, const struct pf_json *reply)
{
	bool writer = false, database = false;

	(void)pf_json_bool(&writer, reply, "writer");
	(void)pf_json_bool(&database, reply, "database");
	if (!writer)
		doctor_fail(d, EX_TEMPFAIL, "master", "it has no writer",
		    "start pf-sched serve there");
	else if (!database)
		doctor_warn(d, "master", "it cannot read its database",
		    "see how it is by pf-report status, there");
	else
		doctor_ok(d, "master", d->conf->bot_master_url);
}

static void
look_reply(struct doctor *d, const struct pf_http_call *c, int64_t sent)
{
	struct pf_json *reply = NULL;
	int64_t got = pf_wall_ms();
	char text[64];

	snprintf(text, sizeof(text), "it answered %ld", c->status);
	if (c->status == 401 || c->status == 403)
		doctor_fail(d, EX_CONFIG, "master", text, "it wants a token, "
		    "or another one than token_file in [bot] has");
	else if (c->status >= 500 || c->status == 429)
		doctor_fail(d, EX_TEMPFAIL, "master", text, "try again; see "
		    "its log");
	else if (c->status != 200 || pf_json_parse(&reply, c->reply.data,
	    c->reply.len) != NULL || !pf_json_is_object(reply))
		doctor_fail(d, EX_CONFIG, "master", text, "that is no master: "
		    "master_url in [bot], or -m");
	else {
		look_parts(d, reply);
		look_identity(d, reply);
		look_clock(d, reply, sent, got);
	}
	pf_json_free(reply);
}

/* False if there should be a token and is none. */
static bool
show_token(struct doctor *d, struct pf_http *http)
{
	const struct pf_err *err;
	struct pf_buf token = PF_BUF_INIT;

	if (d->conf->bot_token_file[0] == '\0')
		return true;
	if ((err = pf_token_read(&token, d->conf->bot_token_file)) != NULL) {
		doctor_fail(d, EX_CONFIG, "token", err->msg,
		    "mend token_file in [bot]");
		return false;
	}
	(void)pf_http_token(http, token.data);
	pf_token_free(&token);
	doctor_ok(d, "token", d->conf->bot_token_file);
	return true;
}

void
doctor_master(struct doctor *d)
{
	const struct pf_err *err;
	struct pf_http_call c = { .method = "GET", .path = "/api/v1/status",
	    .reply = PF_BUF_INIT, .most = MOST_MS };
	struct pf_http *http = NULL;
	int64_t sent = pf_wall_ms();

	if ((err = pf_http_open(&http, d->conf->bot_master_url, MOST_MS)) !=
	    NULL)
		doctor_fail(d, EX_CONFIG, "master", err->msg,
		    "master_url in [bot], or -m");
	else if (show_token(d, http)) {
		if ((err = pf_http_call(http, &c)) != NULL)
			doctor_fail(d, EX_TEMPFAIL, "master", err->msg,
			    "start pf-httpd there, or mend master_url in "
			    "[bot], the network between, a firewall");
		else
			look_reply(d, &c, sent);
	}
	pf_buf_free(&c.reply);
	pf_http_close(http);
}
