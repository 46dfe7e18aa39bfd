/*
 * The bot's HTTP client, by libcurl: to one master, over a connection kept
 * alive.  No redirects, no proxies, http and https only, replies bounded.
 */
#ifndef PF_NET_HTTP_H
#define PF_NET_HTTP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

#define PF_HTTP_REPLY_MAX	(4 << 20)

struct pf_http;

/* base is "http://host:port"; timeout bounds a whole request, in ms. */
const struct pf_err	*pf_http_open(struct pf_http **, const char *base,
			    int64_t timeout);
void			 pf_http_close(struct pf_http *);

/* From now on each request shows the token; true if it is another one than
 * before. */
bool			 pf_http_token(struct pf_http *, const char *token);

/*
 * fn is called about once a second while a request waits, and may make others
 * by another handle; false ends the request as PF_BUSY.
 */
void	pf_http_meanwhile(struct pf_http *, bool (*fn)(void *), void *arg);

/*
 * One request; type NULL means no body.  reply gets the body, *status the
 * code.  Only failures of the transport are errors: PF_BUSY, the master is
 * away.  *retry_after (ms, 0 if not told) is the server's wish.
 */
struct pf_http_call {
	const char	*method;
	const char	*path;		/* "/api/v1/..." */
	const char	*type;		/* of the body */
	const void	*body;
	size_t		 len;
	int64_t		 most;		/* ms; 0: the timeout of open */
	long		 status;
	int64_t		 retry_after;
	struct pf_buf	 reply;
};
const struct pf_err	*pf_http_call(struct pf_http *,
			    struct pf_http_call *);

/*
 * GET into a descriptor, calling see (may be NULL) for each piece; more than
 * max bytes in all end it with PF_DATA.  got bytes are there already: the
 * rest is asked for, and if the server sends the whole it is PF_STALE.  Other
 * statuses than 200 and, for a rest, 206 are in *status, with nothing written
 * and the beginning of the body in said, which the caller frees.  What has
 * another ETag than tag, or none and is no application/octet-stream, is not
 * what was asked for, whoever sent it: PF_BUSY.
 */
#define PF_HTTP_SAID	8192

struct pf_http_sink {
	int		 fd;
	const char	*tag;
	struct pf_buf	 said;		/* PF_BUF_INIT at first */
	int64_t		 max;
	int64_t		 got;		/* 0 at first */
	void		(*see)(void *, const void *, size_t);
	void		*arg;
};
const struct pf_err	*pf_http_get(struct pf_http *, const char *path,
			    struct pf_http_sink *, long *status);

#endif
