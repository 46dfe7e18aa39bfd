/*
 * The route table: every request pf-httpd answers.  Dispatch, the answer to
 * a wrong method and pf-httpd(8) go by it.
 */
#ifndef PF_HTTPD_ROUTE_H
#define PF_HTTPD_ROUTE_H

#include "httpd/httpd.h"

enum body { BODY_NONE, BODY_JSON, BODY_PACK };

/*
 * A handler runs in a worker.  It fills r->reply or returns the error that
 * becomes the reply.
 */
typedef const struct pf_err *handler(struct worker *, struct req *);

/*
 * A feeder, in a worker too, takes a body that grows over PIECE bytes: it is
 * called with each piece in r->body, which is empty again afterwards, and
 * with the last one, which may be empty, in the place of the handler.  It may
 * refuse at any piece, by an error or by r->refused and a reply; what is left
 * of the body is then dropped.  What it keeps between two calls is r->upload,
 * and r->drop what ends that: unless it is NULL by then, it is called, in a
 * worker, when the request is refused or its connection gone.
 */
typedef const struct pf_err *feeder(struct worker *, struct req *, bool last);

struct route {
	const char	*method;
	const char	*path;		/* with at most one {id}, {sha256} */
	handler		*call;
	feeder		*feed;		/* NULL: bodies are held */
	enum body	 body;
	bool		 safe;		/* HEAD may ask it too */
	bool		 quick;		/* needs no worker */
	const char	*cli;		/* the command line that does it */
};

/*
 * Finds the route of a method and an escaped path (no query).  Errors are
 * PF_NOTFOUND, or PF_USAGE when only the method is wrong: then r->reply.allow
 * lists those there are.
 */
const struct pf_err	*route_find(struct req *, const char *method,
			    const char *path);

/* Undoes %XX in place; false for a NUL, a slash or half an escape. */
bool			 route_decode(char *);

handler	api_register, api_delete, api_heartbeat, api_claim, api_start;
handler	api_complete, api_handback;
handler	api_batch, api_blob;
feeder	feed_batch;
handler	api_shared, api_input;
handler	api_status, api_health;

#endif
