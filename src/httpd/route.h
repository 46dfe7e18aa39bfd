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

struct route {
	const char	*method;
	const char	*path;		/* {id} and {sha256} stand for one */
	handler		*call;
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
handler	api_status, api_health;

#endif
