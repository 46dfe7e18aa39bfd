/*
 * The state machines are those that pf-internals(7) prints.
 */
#include <stdlib.h>
#include <string.h>

#include "../lib/tap.h"
#include "base/mem.h"
#include "model/bot.h"
#include "model/campaign.h"
#include "model/job.h"
#include "os/fs.h"

#define COLUMNS	8

/* Splits a line into words; how many. */
static int
words(char *line, char *word[COLUMNS])
{
	int n = 0;
	char *p = line;

	while (n < COLUMNS) {
		p += strspn(p, " ");
		if (*p == '\0')
			break;
		word[n++] = p;
		p += strcspn(p, " ");
		if (*p != '\0')
			*p++ = '\0';
	}
	return n;
}

/* What the machines say of a pair, "-" where the event cannot happen. */
static const char *
job_next(int state, int event)
{
	enum pf_job_state to;

	return pf_job_next(&to, (enum pf_job_state)state,
	    (enum pf_job_event)event) ? pf_job_state_name(to) : "-";
}

static const char *
bot_next(int state, int event)
{
	enum pf_bot_state to;

	return pf_bot_next(&to, (enum pf_bot_state)state,
	    (enum pf_bot_event)event) ? pf_bot_state_name(to) : "-";
}

static const char *
campaign_next(int state, int event)
{
	enum pf_campaign_state to;

	return pf_campaign_next(&to, (enum pf_campaign_state)state,
	    (enum pf_campaign_event)event) ? pf_campaign_state_name(to) : "-";
}

static const char *
job_state(int s)
{
	return pf_job_state_name((enum pf_job_state)s);
}

static const char *
job_event(int e)
{
	return pf_job_event_name((enum pf_job_event)e);
}

static const char *
bot_state(int s)
{
	return pf_bot_state_name((enum pf_bot_state)s);
}

static const char *
bot_event(int e)
{
	return pf_bot_event_name((enum pf_bot_event)e);
}

static const char *
campaign_state(int s)
{
	return pf_campaign_state_name((enum pf_campaign_state)s);
}

static const char *
campaign_event(int e)
{
	return pf_campaign_event_name((enum pf_campaign_event)e);
}

static const struct machine {
	const char	*head;		/* of its table in the page */
	int		 states, events;
	const char	*(*state)(int);
	const char	*(*event)(int);
	const char	*(*next)(int state, int event);
} machines[] = {
	{ "state      give", PF_JOB_STATES, PF_JOB_EVENTS, job_state,
	    job_event, job_next },
	{ "state        register", PF_BOT_STATES, PF_BOT_EVENTS, bot_state,
	    bot_event, bot_next },
	{ "state     pause", PF_CAMPAIGN_STATES, PF_CAMPAIGN_EVENTS,
	    campaign_state, campaign_event, campaign_next },
};

/* One table of the page, from its line of events on. */
static void
compare(const char *text, const struct machine *m)
{
	char *page = pf_strdup(text), *p = strstr(page, m->head), *nl;
	char *word[COLUMNS];
	int s, e;

	ok(p != NULL, "the page has the table");
	for (s = -1; p != NULL && s < m->states; s++) {
		nl = p + strcspn(p, "\n");
		*nl = '\0';
		is_int(words(p, word), m->events + 1, "a word a column");
		is_str(word[0], s == -1 ? "state" : m->state(s), "the state");
		for (e = 0; e < m->events; e++)
			is_str(word[e + 1], s == -1 ? m->event(e) :
			    m->next(s, e), word[0]);
		p = nl + 1;
	}
	free(page);
}

int
main(void)
{
	struct pf_buf page = PF_BUF_INIT;
	char path[512];
	const char *root = getenv("PF_ROOT");
	size_t i;

	snprintf(path, sizeof(path), "%s/man/man7/pf-internals.7",
	    root != NULL ? root : ".");
	ok(pf_slurp(&page, path, 1 << 20) == NULL, "the page is there");
	for (i = 0; i < sizeof(machines) / sizeof(machines[0]); i++)
		compare(page.data, &machines[i]);
	pf_buf_free(&page);
	return done_testing();
}
