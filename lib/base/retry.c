/*
 * When to try again; see retry.h.
 */
#include <string.h>

#include "base/retry.h"

#define LEAST	0.1	/* of the delay, with jitter */

int64_t
pf_retry_delay(const struct pf_retry *r, const struct pf_timer *t,
    int64_t attempt)
{
	double delay = (double)r->initial_delay;

	while (attempt-- > 0 && delay < (double)r->max_delay &&
	    r->multiplier > 1.0)
		delay *= r->multiplier;
	if (delay > (double)r->max_delay)
		delay = (double)r->max_delay;
	if (r->jitter)
		delay *= LEAST + (1.0 - LEAST) * t->chance();
	return (int64_t)delay;
}

/*
 * What others call the errors that are busy here: they may stand in a policy
 * that was written for another program.
 */
static const char *const busy[] = { "timeout", "temporary failure",
    "database is locked", "connection refused", "network unreachable",
    "no route to host" };

static bool
is_busy(const char *word)
{
	size_t i;

	for (i = 0; i < sizeof(busy) / sizeof(busy[0]); i++)
		if (strcmp(word, busy[i]) == 0)
			return true;
	return false;
}

/* The next word of a list, and what is after it; NULL at the end. */
static const char *
next_word(char word[PF_RETRY_TEXT], const char *p)
{
	size_t n;

	p += strspn(p, " ,");
	if (*p == '\0')
		return NULL;
	n = strcspn(p, ",");
	memcpy(word, p, n);
	p += n;
	while (word[n - 1] == ' ')
		n--;
	word[n] = '\0';
	return p;
}

bool
pf_retry_may(const struct pf_retry *r, const struct pf_err *err)
{
	const char *p = r->retryable_errors;
	char word[PF_RETRY_TEXT];
	bool any = false;

	if (err == NULL)
		return false;
	while ((p = next_word(word, p)) != NULL) {
		any = true;
		if (strcmp(word, pf_class_name(err->class)) == 0 ||
		    (err->class == PF_BUSY && is_busy(word)) ||
		    strstr(err->msg, word) != NULL)
			return true;
	}
	return !any && err->class == PF_BUSY;
}

/* A part of a message has a blank: a word that is no class is a slip. */
bool
pf_retry_words_ok(const char *s)
{
	char word[PF_RETRY_TEXT];

	while ((s = next_word(word, s)) != NULL)
		if (strchr(word, ' ') == NULL && !is_busy(word) &&
		    strcmp(word, pf_class_name(pf_class_find(word))) != 0)
			return false;
	return true;
}

const struct pf_err *
pf_retry_run(const struct pf_retry *r, const struct pf_timer *t,
    volatile const int *stop, const struct pf_err *(*op)(void *), void *arg)
{
	const struct pf_err *err;
	int64_t i;

	for (i = 0; (err = op(arg)) != NULL; i++) {
		if (!pf_retry_may(r, err) || (stop != NULL && *stop != 0))
			return err;
		if (i >= r->max_retries)
			return i == 0 ? err : pf_err(err->class,
			    "%s (%lld tries)", err->msg, (long long)i + 1);
		t->sleep(pf_retry_delay(r, t, i));
	}
	return NULL;
}
