/*
 * The configuration in force: read with the options over it, read again on
 * SIGHUP, and taken over by a slot, part of it at once and part between jobs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/num.h"
#include "run/engine/engine.h"
#include "store/conffile.h"
#include "store/token.h"

static const struct pf_err *
set_workdir(struct pf_conf *conf, const char *path)
{
	const struct pf_err *err = NULL;
	char *here = NULL, *full;

	/* Engines run elsewhere: a relative path would lead them astray. */
	if (*path != '/' && (here = getcwd(NULL, 0)) == NULL)
		return pf_errno("getcwd");
	full = pf_asprintf("%s%s%s", here != NULL ? here : "",
	    here != NULL ? "/" : "", path);
	free(here);
	if (snprintf(conf->bot_work_directory, PF_CONF_TEXT, "%s", full) >=
	    PF_CONF_TEXT)
		err = pf_err(PF_USAGE, "-w %s: too long", path);
	free(full);
	return err;
}

const struct pf_err *
settings_load(struct pf_conf *conf, const struct options *o)
{
	const struct pf_err *err;

	if ((err = pf_conf_load(conf, o->conf_path, NULL)) != NULL)
		return err;
	if (o->slots != NULL &&
	    !pf_num(&conf->bot_slots, o->slots, 1, BOARD_SLOTS))
		return pf_err(PF_USAGE, "-j %s: not a number from 1 to %d",
		    o->slots, BOARD_SLOTS);
	if (o->master != NULL)
		snprintf(conf->bot_master_url, PF_CONF_TEXT, "%s", o->master);
	if (o->unbound)
		conf->bot_affinity = false;
	return o->workdir == NULL ? NULL : set_workdir(conf, o->workdir);
}

const struct pf_err *
settings_check(const struct pf_conf *conf)
{
	const struct pf_err *err;
	struct pf_buf b = PF_BUF_INIT;
	struct pf_http *http = NULL;

	if ((err = pf_http_open(&http, conf->bot_master_url,
	    conf->master_communication)) == NULL)
		err = engine_capabilities(&b, conf->bot_capabilities);
	pf_buf_free(&b);
	pf_http_close(http);
	if (err == NULL && conf->bot_token_file[0] != '\0') {
		err = pf_token_read(&b, conf->bot_token_file);
		pf_token_free(&b);
	}
	return err;
}

static const struct pf_err *
call_by(struct pf_http **out, struct slot *s)
{
	const struct pf_err *err = pf_http_open(out, s->conf->bot_master_url,
	    s->conf->master_communication);

	if (err == NULL)
		pf_http_meanwhile(*out, lease_meanwhile, s);
	return err;
}

const struct pf_err *
settings_connect(struct slot *s)
{
	const struct pf_err *err;
	struct pf_http *http = s->http, *beat = s->beat, *new = NULL;

	s->beat = NULL;
	if ((err = call_by(&new, s)) == NULL &&
	    (err = call_by(&s->beat, s)) == NULL) {
		s->http = new;
		err = master_token(s, NULL);
	}
	if (err == NULL) {
		pf_http_close(http);
		pf_http_close(beat);
		return NULL;
	}
	pf_http_close(new);
	pf_http_close(s->beat);
	s->http = http;
	s->beat = beat;
	return err;
}

/* Another name, place or offer: the master has to be told. */
static bool
keep_identity(struct pf_conf *to, const struct pf_conf *from)
{
	bool same = strcmp(to->bot_master_url, from->bot_master_url) == 0 &&
	    strcmp(to->bot_name, from->bot_name) == 0 &&
	    strcmp(to->bot_capabilities, from->bot_capabilities) == 0;

	snprintf(to->bot_master_url, PF_CONF_TEXT, "%s",
	    from->bot_master_url);
	snprintf(to->bot_name, PF_CONF_TEXT, "%s", from->bot_name);
	snprintf(to->bot_capabilities, PF_CONF_TEXT, "%s",
	    from->bot_capabilities);
	return same;
}

/*
 * What engines there are by now; true if that are others than the master was
 * told of.  Not under a job, whose engine is one of them.
 */
static bool
look_at_engines(struct slot *s)
{
	struct pf_buf b = PF_BUF_INIT;
	bool other;

	/* What is wrong with one pf-run itself has said. */
	engine_learn(s->conf, ENGINE_QUIET, NULL);
	other = engine_capabilities(&b, s->conf->bot_capabilities) != NULL ||
	    b.len != s->offers.len || strcmp(b.data, s->offers.data) != 0;
	pf_buf_free(&b);
	return other;
}

bool
settings_take(struct slot *s, bool between)
{
	const struct pf_err *err;
	struct pf_conf next;
	bool fresh = board_conf(&s->fresh, s->board, &s->seen), other;

	if (!fresh && !(between && s->late))
		return false;
	next = s->fresh;
	/* The lease of a job is with the master it came from. */
	other = !keep_identity(&next, s->conf);
	*s->conf = between ? s->fresh : next;
	s->late = !between;
	if (between && look_at_engines(s))
		other = true;
	s->breaker.max_failures = s->conf->breaker_failures;
	s->breaker.max_timeout = s->conf->breaker_max;
	s->breaker.reset_timeout = s->conf->breaker_reset;
	if ((err = settings_connect(s)) != NULL)
		pf_warn("%s: %s; the old connection stays", s->name,
		    err->msg);
	return other && between;
}
