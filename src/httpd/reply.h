/*
 * Replies: one JSON shape for errors, one way to queue any reply.
 */
#ifndef PF_HTTPD_REPLY_H
#define PF_HTTPD_REPLY_H

#include "httpd/httpd.h"
#include "view/view.h"

struct MHD_Response;

/* The reply becomes the error: its class's status, unless status is not 0;
 * hint (may be NULL) says what to do instead. */
void	reply_error(struct req *, unsigned int status,
	    const struct pf_err *, const char *hint);

/* Starts and ends a JSON body: {"status":word ... "timestamp":...}; word may
 * be NULL. */
void	reply_open(struct req *, unsigned int status, const char *word);
void	reply_close(struct req *);
/* Ends it without the time: what was read is all that it says. */
void	reply_end(struct req *);

/*
 * What becomes of a complete answer by the request's headers, once: if the
 * route has a status 304, a tag and that status; gzip.  One that is too much
 * for the memory becomes an error.
 */
void	reply_settle(struct req *);

/*
 * The members of a record into the open body; false, and nothing is there,
 * if the database cannot say.
 */
bool	reply_row(struct worker *, struct req *, const struct pf_view *,
	    const char *key);

/*
 * The bytes of a file that sha is the hash of, those that the client wants,
 * or 304 if it has them; reply.name is what they are to be saved as.
 * Symbolic links and anything odd are not one: PF_NOTFOUND, which names the
 * file as a what.
 */
const struct pf_err	*reply_file(struct req *, const char *path,
			    const char *what, const char *sha);

/* The error of reply_error(), for the OpenAPI document. */
struct shape;
extern const struct shape reply_error_shape;

/* Hands the reply to libmicrohttpd; its body is gone then, unless it comes in
 * pieces. */
int	reply_queue(struct req *);
/* The next piece, in a worker. */
void	reply_refill(struct worker *, struct req *);
void	reply_free(struct reply *);

#endif
