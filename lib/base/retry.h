/*
 * When to try again: exponential delays with an upper bound, for errors that
 * may pass.  Time comes from the caller, so that tests can count it.
 */
#ifndef PF_BASE_RETRY_H
#define PF_BASE_RETRY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

#define PF_RETRY_TEXT	512

/* A policy; sections [retry.*] of the configuration are that. */
struct pf_retry {
	int64_t	 max_retries;
	int64_t	 initial_delay;		/* ms */
	int64_t	 max_delay;		/* ms */
	double	 multiplier;
	bool	 jitter;
	/*
	 * Comma-separated: classes of errors, or words of their messages; what
	 * is often said for busy, as timeout, is that.  None at all: busy.
	 */
	char	 retryable_errors[PF_RETRY_TEXT];
};

/* Time and chance; pf_timer of os/clock is the real one. */
struct pf_timer {
	int64_t	(*now)(void);			/* ms */
	void	(*sleep)(int64_t ms);
	double	(*chance)(void);		/* 0 to 1 */
};

/*
 * Delay before retry number attempt (0 is the first): initial_delay times
 * multiplier^attempt, at most max_delay; with jitter a random part of it,
 * from a tenth up, so that many bots do not come back at once.
 */
int64_t	pf_retry_delay(const struct pf_retry *, const struct pf_timer *,
	    int64_t attempt);

/*
 * True if each of a list shorter than PF_RETRY_TEXT is the name of a class,
 * timeout, or two words or more, which may be part of a message.
 */
bool	pf_retry_words_ok(const char *list);

/* True if the policy's list has the error; never for NULL. */
bool	pf_retry_may(const struct pf_retry *, const struct pf_err *);

/*
 * Calls op until it returns NULL, an error that is not worth a retry, or the
 * retries are used up; then the last error tells how many tries there were.
 * stop, if not NULL, ends the trying when it becomes non-zero.
 */
const struct pf_err	*pf_retry_run(const struct pf_retry *,
			    const struct pf_timer *, volatile const int *stop,
			    const struct pf_err *(*op)(void *), void *arg);

#endif
