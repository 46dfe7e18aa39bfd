/*
 * The body of a request before anybody reads it; for request.c.
 */
#ifndef PF_HTTPD_BODY_H
#define PF_HTTPD_BODY_H

#include "httpd/httpd.h"

/*
 * Why libmicrohttpd reads no form: it wants less than what RFC 2046 allows,
 * as it is written by all that send one.
 */
#define BODY_NO_BOUNDARY "the Content-Type must end with boundary= in small " \
	"letters, and two letters or more behind it"

/*
 * Finds r->kind by the type, and refuses a body that is none of the route's,
 * has no length (told is false), is too long, or for which there is no room;
 * length is -1 if it comes in chunks.
 */
void	 body_check(struct req *, bool told, int64_t length);

/* How long it may be; whether the route's feeder takes it. */
int64_t	 body_max(const struct req *);
bool	 body_is_fed(const struct req *);

/*
 * Counts it, n bytes so far, in h->bodies; false when memory is spoken for.
 * JSON that is large counts several times, for so it is while it is read.
 */
bool	 body_hold(struct req *, int64_t n);

/* Refuses what is over body_max(), and what body_hold() has no room for. */
void	 body_over(struct req *);
void	 body_crowd(struct req *);

#endif
