/*
 * Errors that carry a class.
 *
 * A fallible library call returns NULL for success or a const struct
 * pf_err *.  The object lives in a per-thread ring of PF_ERR_RING slots, so
 * nothing is freed and an error path never allocates; it stays valid until
 * the same thread has made that many further errors.  Nothing in lib/ prints
 * an error: main does, once, through pf_exit().
 *
 * The class is the same thing in three dialects, all from one table in
 * err.c: a word in op replies (pf-ops(5)), a sysexits(3) status, an HTTP
 * status.  Only PF_BUSY and PF_FULL invite the caller to try again.
 */
#ifndef PF_BASE_ERR_H
#define PF_BASE_ERR_H

#include <stdarg.h>

#define PF_ERR_RING	16
#define PF_ERR_MSG	768

enum pf_class {
	PF_OK,			/* "ok"           0  200 */
	PF_NO,			/* "no"           1  404: a documented "no" */
	PF_USAGE,		/* "usage"       64  400 */
	PF_DATA,		/* "data"        65  422 */
	PF_NOTFOUND,		/* "notfound"    66  404 */
	PF_UNAVAIL,		/* "unavailable" 69  503: a part is missing */
	PF_BUG,			/* "bug"         70  500 */
	PF_IO,			/* "io"          74  500 */
	PF_BUSY,		/* "busy"        75  503: try again */
	PF_FULL,		/* "full"        75  507: try again later */
	PF_STALE,		/* "stale"       65  409: token out of date */
	PF_CONFLICT,		/* "conflict"    65  409 */
	PF_DENIED,		/* "denied"      77  403 */
	PF_CONFIG,		/* "config"      78  500 */
	PF_CLASS_MAX
};

struct pf_err {
	enum pf_class	 class;
	char		 field[32];	/* the input field at fault, or "" */
	char		 msg[PF_ERR_MSG];
};

/* Name of the running program; the only global of the library. */
extern const char *pf_prog;

/* A new error of the class with the formatted message. */
const struct pf_err *pf_err(enum pf_class, const char *, ...)
    __attribute__((format(printf, 2, 3)));

/* The same, naming the input field that is at fault. */
const struct pf_err *pf_err_field(enum pf_class, const char *field,
    const char *, ...) __attribute__((format(printf, 3, 4)));

/*
 * An error from errno: "<message>: <strerror>".  ENOSPC and EDQUOT are
 * PF_FULL, EAGAIN, EMFILE, ENFILE and ENOMEM PF_BUSY, ENOENT and ENOTDIR
 * PF_NOTFOUND, EACCES and EPERM PF_DENIED, everything else PF_IO: a file
 * system that has become read-only is a failure, not a missing permission.
 */
const struct pf_err *pf_errno(const char *, ...)
    __attribute__((format(printf, 1, 2)));

/* The same error with "<message>: " put in front of its text. */
const struct pf_err *pf_err_at(const struct pf_err *, const char *, ...)
    __attribute__((format(printf, 2, 3)));

/* The three dialects of a class, and back from the word (PF_BUG if unknown). */
const char	*pf_class_name(enum pf_class);
int		 pf_class_exit(enum pf_class);
int		 pf_class_http(enum pf_class);
enum pf_class	 pf_class_find(const char *);

/* "prog: warning: message" on stderr; never fails, keeps errno. */
void	pf_warn(const char *, ...) __attribute__((format(printf, 1, 2)));

/* "prog: message" on stderr: talk for the operator; keeps errno. */
void	pf_note(const char *, ...) __attribute__((format(printf, 1, 2)));

/*
 * End of a main: flushes stdout and checks it, prints the error (if any) as
 * "prog: message" and returns the exit status.  A stdout that could not be
 * written makes the status 74 even if the work succeeded; a reader that went
 * away (EPIPE) is not worth a message.
 */
int	pf_exit(const struct pf_err *);

/* For what cannot happen: prints and exits 70 at once. */
void	pf_die(const char *, ...)
    __attribute__((format(printf, 1, 2), noreturn));

#endif
