/*
 * Buckets in the words of other programs: SARIF and JUnit.
 */
#include <stdio.h>
#include <stdlib.h>

#include "httpd/reply.h"
#include "httpd/route.h"
#include "view/found.h"

#define LIMIT	100	/* buckets, if not said */

typedef const struct pf_err *writer(FILE *, const struct pf_bugs *,
    const char *storage, const char *root);

static const struct pf_err *
write_list(struct req *r, struct pf_db *db, writer *fn)
{
	const struct pf_err *err, *end;
	struct pf_bugs k = { .campaign = route_text(r, "campaign"),
	    .job = route_text(r, "job"), .bucket = route_text(r, "bucket"),
	    .type = route_text(r, "type"), .max = LIMIT };
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);

	if (f == NULL)
		return pf_errno("memory for a list");
	route_int(&k.max, r, "limit");
	if ((err = pf_bugs_begin(&k, db)) == NULL)
		err = fn(f, &k, r->h->conf.storage_path,
		    route_text(r, "root"));
	end = pf_bugs_end(&k);
	if (err == NULL)
		err = end;
	if (fclose(f) == EOF && err == NULL)
		err = pf_errno("memory for a list");
	if (err == NULL)
		pf_buf_add(&r->reply.body, text, n);
	free(text);
	return err;
}

/* It holds the database itself, so not by worker_read(). */
static const struct pf_err *
answer(struct worker *w, struct req *r, writer *fn, const char *name)
{
	const struct pf_err *err;
	struct pf_db *db;

	if ((err = worker_db(&db, w)) != NULL)
		return err;
	if ((err = write_list(r, db, fn)) != NULL) {
		if (err->class != PF_NOTFOUND && err->class != PF_DATA)
			worker_forget(w);
		return err;
	}
	r->reply.status = 200;
	r->reply.type = r->route->type;
	snprintf(r->reply.name, sizeof(r->reply.name), "%s", name);
	return NULL;
}

const struct pf_err *
api_sarif(struct worker *w, struct req *r)
{
	return answer(w, r, pf_found_sarif, "crashes.sarif");
}

const struct pf_err *
api_junit(struct worker *w, struct req *r)
{
	return answer(w, r, pf_found_junit, "crashes.xml");
}
