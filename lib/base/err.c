/*
 * Errors that carry a class; see err.h.  Knows nothing but libc.
 */
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/err.h"

const char *pf_prog = "pf";

static const struct {
	const char	*name;
	int		 status;
	int		 http;
} classes[PF_CLASS_MAX] = {
	[PF_OK] =	{ "ok",		EX_OK,		200 },
	[PF_NO] =	{ "no",		1,		404 },
	[PF_USAGE] =	{ "usage",	EX_USAGE,	400 },
	[PF_DATA] =	{ "data",	EX_DATAERR,	422 },
	[PF_NOTFOUND] =	{ "notfound",	EX_NOINPUT,	404 },
	[PF_UNAVAIL] =	{ "unavailable", EX_UNAVAILABLE, 503 },
	[PF_BUG] =	{ "bug",	EX_SOFTWARE,	500 },
	[PF_IO] =	{ "io",		EX_IOERR,	500 },
	[PF_BUSY] =	{ "busy",	EX_TEMPFAIL,	503 },
	[PF_FULL] =	{ "full",	EX_TEMPFAIL,	507 },
	[PF_STALE] =	{ "stale",	EX_DATAERR,	409 },
	[PF_CONFLICT] =	{ "conflict",	EX_DATAERR,	409 },
	[PF_DENIED] =	{ "denied",	EX_NOPERM,	403 },
	[PF_CONFIG] =	{ "config",	EX_CONFIG,	500 },
};

static _Thread_local struct pf_err ring[PF_ERR_RING];
static _Thread_local unsigned int ring_next;

/*
 * Takes the next slot.  The text is made before, for its arguments may lie in
 * the very slot: whoever wraps an old error passes that on.
 */
static const struct pf_err * __attribute__((format(printf, 4, 0)))
fill(enum pf_class class, const char *field, const char *tail,
    const char *fmt, va_list ap)
{
	struct pf_err e = { .class = class };
	struct pf_err *out = &ring[ring_next++ % PF_ERR_RING];
	size_t n;

	snprintf(e.field, sizeof(e.field), "%s", field);
	vsnprintf(e.msg, sizeof(e.msg), fmt, ap);
	n = strlen(e.msg);
	if (tail != NULL)
		snprintf(e.msg + n, sizeof(e.msg) - n, ": %s", tail);
	*out = e;
	return out;
}

const struct pf_err *
pf_err(enum pf_class class, const char *fmt, ...)
{
	const struct pf_err *e;
	va_list ap;

	va_start(ap, fmt);
	e = fill(class, "", NULL, fmt, ap);
	va_end(ap);
	return e;
}

const struct pf_err *
pf_err_field(enum pf_class class, const char *field, const char *fmt, ...)
{
	const struct pf_err *e;
	va_list ap;

	va_start(ap, fmt);
	e = fill(class, field, NULL, fmt, ap);
	va_end(ap);
	return e;
}

static enum pf_class
errno_class(int num)
{
	switch (num) {
	case ENOSPC:
	case EDQUOT:
		return PF_FULL;
	case EAGAIN:
	case EMFILE:
	case ENFILE:
	case ENOMEM:
		return PF_BUSY;
	case ENOENT:
	case ENOTDIR:
		return PF_NOTFOUND;
	case EACCES:
	case EPERM:
		return PF_DENIED;
	default:
		return PF_IO;
	}
}

const struct pf_err *
pf_errno(const char *fmt, ...)
{
	int num = errno;
	const struct pf_err *e;
	va_list ap;

	va_start(ap, fmt);
	e = fill(errno_class(num), "", strerror(num), fmt, ap);
	va_end(ap);
	errno = num;
	return e;
}

const struct pf_err *
pf_err_at(const struct pf_err *why, const char *fmt, ...)
{
	const struct pf_err *e;
	va_list ap;

	va_start(ap, fmt);
	e = fill(why->class, why->field, why->msg, fmt, ap);
	va_end(ap);
	return e;
}

const char *
pf_class_name(enum pf_class class)
{
	return classes[class].name;
}

int
pf_class_exit(enum pf_class class)
{
	return classes[class].status;
}

int
pf_class_http(enum pf_class class)
{
	return classes[class].http;
}

enum pf_class
pf_class_find(const char *name)
{
	int i;

	for (i = 0; i < PF_CLASS_MAX; i++)
		if (strcmp(classes[i].name, name) == 0)
			return (enum pf_class)i;
	return PF_BUG;
}

static void __attribute__((format(printf, 2, 0)))
say(const char *kind, const char *fmt, va_list ap)
{
	int num = errno;
	char line[PF_ERR_MSG];

	/* One write, so that lines of several programs do not mix. */
	vsnprintf(line, sizeof(line), fmt, ap);
	fprintf(stderr, "%s: %s%s\n", pf_prog, kind, line);
	errno = num;
}

void
pf_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say("warning: ", fmt, ap);
	va_end(ap);
}

void
pf_note(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say("", fmt, ap);
	va_end(ap);
}

/* Has who reads a pipe or a socket gone away? */
static bool
reader_gone(void)
{
	struct pollfd p = { .fd = STDOUT_FILENO, .events = 0 };

	return poll(&p, 1, 0) == 1 && (p.revents & POLLERR) != 0;
}

int
pf_exit(const struct pf_err *err)
{
	int status = err == NULL ? EX_OK : pf_class_exit(err->class);

	errno = 0;
	if (fflush(stdout) == EOF || ferror(stdout)) {
		/* What failed before has left no errno. */
		if (errno != EPIPE && !(errno == 0 && reader_gone()))
			pf_note("cannot write standard output: %s",
			    strerror(errno != 0 ? errno : EIO));
		if (status == EX_OK)
			status = EX_IOERR;
	}
	if (err != NULL && err->msg[0] != '\0')
		pf_note("%s", err->msg);
	return status;
}

void
pf_die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say("bug: ", fmt, ap);
	va_end(ap);
	exit(EX_SOFTWARE);
}
