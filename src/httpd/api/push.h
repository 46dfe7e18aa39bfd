/*
 * Results that come one by one, in JSON or as files: from the request to
 * records in r->frames, and to the thread that commits them.
 */
#ifndef PF_HTTPD_PUSH_H
#define PF_HTTPD_PUSH_H

#include "codec/wire.h"
#include "httpd/httpd.h"

/*
 * What a request says of its records beside their JSON: the job of the path,
 * "" if it has none, and the bot of its headers.
 */
void			 push_outer(struct pf_rec *, const struct req *,
			    const char *job);

/*
 * As pf_wire_read(), which see.  A time that is more than a day ahead of the
 * master's is of a clock that is wrong: none.
 */
const struct pf_err	*push_read(struct pf_wire *, enum pf_kind,
			    const struct pf_json *,
			    const struct pf_rec *outer);

/*
 * Numbers and logs without a token are of the lease that the bot holds; j is
 * what the request says itself.  PF_CONFLICT if it holds none.
 */
const struct pf_err	*push_lease(struct worker *, struct pf_rec *outer,
			    const struct pf_json *j);

/*
 * Is there such a job?  As far as there is a database to ask: pf-ingest asks
 * again.
 */
const struct pf_err	*push_job(struct worker *, const struct pf_rec *);

/*
 * One more record, with its frame.  PF_DATA if it is too large, PF_BUSY if
 * there is no room for it now, PF_USAGE if the request is too large.
 */
const struct pf_err	*push_add(struct req *, struct pf_wire *);

/* The same for the only one of a request: it must be taken. */
const struct pf_err	*push_one(struct worker *, struct req *,
			    struct pf_wire *);

/* The answer to a crash, from its id on; to inputs, the id that was sent; to
 * one, as an element of files. */
void			 push_told_crash(struct pf_buf *,
			    const struct pf_wire *);
void			 push_told_id(struct pf_buf *, const struct pf_wire *);
void			 push_told_file(struct pf_buf *, const char *name,
			    const struct pf_rec *);

/*
 * Opens the answer in r->verdicts, ends it and sends the frames on their way:
 * it goes out when they are on disk.
 */
void			 push_open(struct req *, const char *status);
void			 push_close(struct req *);
void			 push_send(struct worker *, struct req *);

/*
 * How a handler or feeder ends: what is too large becomes status 413, any
 * other error is handed on.
 */
const struct pf_err	*push_end(struct req *, const struct pf_err *);

/* results/batch in JSON. */
const struct pf_err	*push_batch(struct worker *, struct req *);

#endif
