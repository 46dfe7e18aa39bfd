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

bool
pf_retry_may(const struct pf_retry *r, const struct pf_err *err)
{
	const char *p = r->retryable_errors;
	char word[PF_RETRY_TEXT];
	size_t n;

	if (err == NULL)
		return false;
	for (p += strspn(p, " ,"); *p != '\0'; p += strspn(p, " ,")) {
		n = strcspn(p, ",");
		memcpy(word, p, n);
		p += n;
		while (n > 0 && word[n - 1] == ' ')
			n--;
		word[n] = '\0';
		if (strcmp(word, pf_class_name(err->class)) == 0 ||
		    strstr(err->msg, word) != NULL)
			return true;
	}
	return false;
}

/* A part of a message has a blank: a word that is no class is a slip. */
bool
pf_retry_words_ok(const char *s)
{
	char word[PF_RETRY_TEXT];
	size_t n;

	for (s += strspn(s, " ,"); *s != '\0'; s += strspn(s, " ,")) {
		n = strcspn(s, ",");
		memcpy(word, s, n);
		s += n;
		while (word[n - 1] == ' ')
			n--;
		word[n] = '\0';
		if (strchr(word, ' ') == NULL && strcmp(word,
		    pf_class_name(pf_class_find(word))) != 0)
			return false;
	}
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
