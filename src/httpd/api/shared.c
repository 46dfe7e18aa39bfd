/*
 * Inputs that jobs of a campaign have for one another: the list by a cursor,
 * and the bytes.  Both come from the database and the storage alone.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "httpd/reply.h"
#include "httpd/route.h"
#include "view/shared.h"

#define LIMIT		256	/* inputs of one answer, if not said */

static const struct pf_err *
read_shared(struct pf_db *db, struct req *r)
{
	const struct pf_err *err;
	struct pf_shared s = { .limit = LIMIT };
	struct pf_buf *b = &r->reply.body;
	int64_t own = 0;

	route_int(&s.after, r, "after");
	route_int(&s.limit, r, "limit");
	route_int(&own, r, "own");
	s.own = own == 1;
	reply_open(r, 200, NULL);
	pf_jw_open(b, "inputs", '[');
	if ((err = pf_shared_list(&s, db, r->id, b)) == NULL && !s.known)
		err = pf_err(PF_NOTFOUND, "there is no job %s", r->id);
	if (err != NULL)
		return err;
	pf_jw_close(b, ']');
	pf_jw_int(b, "cursor", s.after);
	pf_jw_bool(b, "more", s.more);
	reply_close(r);
	return NULL;
}

const struct pf_err *
api_shared(struct worker *w, struct req *r)
{
	return worker_read(w, r, read_shared);
}

const struct pf_err *
api_input(struct worker *w, struct req *r)
{
	const struct pf_err *err;
	char *path = pf_asprintf("%s/corpus/%s/%s",
	    w->h->conf.storage_path, r->id, r->sha);

	err = reply_file(r, path, "input", r->sha);
	free(path);
	return err;
}
