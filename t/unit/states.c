/*
 * The state machines are those that pf-internals(7) prints.
 */
#include <stdlib.h>
#include <string.h>

#include "../lib/tap.h"
#include "base/mem.h"
#include "model/bot.h"
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

/* What the machine says of a pair, "-" where the event cannot happen. */
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

/* One table of the page, from its line of events on. */
static void
compare(const char *text, const char *head, int job)
{
	int states = job ? PF_JOB_STATES : PF_BOT_STATES;
	int events = job ? PF_JOB_EVENTS : PF_BOT_EVENTS;
	char *page = pf_strdup(text), *p = strstr(page, head), *nl;
	char *word[COLUMNS];
	int s, e;

	ok(p != NULL, "the page has the table");
	for (s = -1; p != NULL && s < states; s++) {
		nl = p + strcspn(p, "\n");
		*nl = '\0';
		is_int(words(p, word), events + 1, "a word a column");
		is_str(word[0], s == -1 ? "state" : job ?
		    pf_job_state_name((enum pf_job_state)s) :
		    pf_bot_state_name((enum pf_bot_state)s), "the state");
		for (e = 0; e < events; e++)
			is_str(word[e + 1], s == -1 ? (job ?
			    pf_job_event_name((enum pf_job_event)e) :
			    pf_bot_event_name((enum pf_bot_event)e)) :
			    job ? job_next(s, e) : bot_next(s, e), word[0]);
		p = nl + 1;
	}
	free(page);
}

int
main(void)
{
	const char *root = getenv("PF_ROOT");
	struct pf_buf path = PF_BUF_INIT, page = PF_BUF_INIT;

	pf_buf_addf(&path, "%s/man/man7/pf-internals.7",
	    root != NULL ? root : ".");
	ok(pf_slurp(&page, path.data, 1 << 20) == NULL, "the page");
	compare(page.data, "state      give", 1);
	compare(page.data, "state        register", 0);
	pf_buf_free(&path);
	pf_buf_free(&page);
	return done_testing();
}
