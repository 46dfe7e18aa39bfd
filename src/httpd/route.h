/*
 * The route table: every request pf-httpd answers.  Dispatch, the answer to
 * a wrong method, the checks of bodies and arguments, pf-api(7) and the
 * OpenAPI document go by it.  It is kept in one file a room: table_*.c.
 */
#ifndef PF_HTTPD_ROUTE_H
#define PF_HTTPD_ROUTE_H

#include "httpd/httpd.h"
#include "httpd/shape.h"

/* What a body may be; a route has a set of them. */
#define BODY_NONE	0u
#define BODY_JSON	1u
#define BODY_PACK	2u		/* application/x-pandafuzz-pack */
#define BODY_FORM	4u		/* multipart/form-data */
#define BODY_BYTES	8u		/* application/octet-stream */
#define BODY_TEXT	16u		/* text/plain */

/*
 * A handler runs in a worker.  It fills r->reply or returns the error that
 * becomes the reply.  r->json is the body if that is JSON, as route.takes
 * says.
 */
typedef const struct pf_err *handler(struct worker *, struct req *);

/*
 * A feeder, in a worker too, takes a body that is not JSON or text and grows
 * over PIECE bytes: it is
 * called with each piece in r->body, which is empty again afterwards, and
 * with the last one, which may be empty, in the place of the handler.  It may
 * refuse at any piece, by an error or by r->refused and a reply; what is left
 * of the body is then dropped.  What it keeps between two calls is r->upload,
 * and r->drop what ends that: unless it is NULL by then, it is called, in a
 * worker, when the request is refused or its connection gone.
 */
typedef const struct pf_err *feeder(struct worker *, struct req *, bool last);

/*
 * Where the request is one op of the writer, in the place of a handler: the
 * line to ask with, and what its reply tells.  In between others may be asked.
 */
typedef const struct pf_err *asker(struct req *, struct pf_buf *line);
typedef const struct pf_err *teller(struct req *, const struct pf_json *);

struct route {
	const char	*method;
	const char	*path;		/* with at most one {id}, {sha256} */
	handler		*call;
	asker		*ask;		/* both if call is NULL */
	teller		*tell;
	feeder		*feed;		/* NULL: bodies are held */
	unsigned int	 body;		/* a set of BODY_* */
	bool		 bulky;		/* its JSON may have inputs in it */
	bool		 large;		/* its files are what jobs need */
	bool		 safe;		/* HEAD may ask it too */
	bool		 quick;		/* needs no worker */
	bool		 open;		/* nor a token */
	bool		 aside;		/* answered on the other port too */
	const char	*cli;		/* the command line that does it */
	const char	*what;		/* what it does, for the reader */
	const char	*codes;		/* statuses of success, "201 200" */
	const struct param *query;	/* ended by one without a name */
	const struct shape *takes;	/* the JSON body */
	const struct shape *form;	/* parts of a form, for the reader */
	const struct shape *gives;	/* the JSON answer; NULL: type, or
					   nothing */
	const char	*type;		/* of an answer that is not JSON:
					   several with "|" in between */
};

/*
 * Routes below one segment: that after /api/v1, or the first.  It may have
 * several tables, and the rows of a path stand in two of them.  A path without
 * an {id} stands before one with an {id} in its place.
 */
struct table {
	const char	*segment;
	const struct route *routes;	/* ended by one without a path */
};

extern const struct route routes_bots[], routes_jobs[], routes_results[];
extern const struct route routes_campaigns[];
extern const struct route routes_blobs[], routes_status[], routes_health[];
extern const struct route routes_system[], routes_timeouts[];
extern const struct route routes_crashes[], routes_job_crashes[];
extern const struct route routes_corpus[], routes_job_corpus[];
extern const struct route routes_builds[], routes_found[], routes_rules[];
extern const struct route routes_bot_why[], routes_job_why[];
extern const struct route routes_crash_why[];
/* Shapes that several routes have to do with: table_shapes.c. */
extern const struct shape shape_bot, shape_job, shape_job_config;
/* The part job_metadata of an upload: table_jobs.c. */
extern const struct shape shape_upload;

extern const struct route routes_openapi[], routes_metrics[], routes_events[];
extern const struct table route_tables[];	/* ended by one without */

/* A path that there is not, "*" being any segment, and what there is. */
struct elsewhere {
	const char	*path;
	const char	*hint;
};
extern const struct elsewhere elsewhere[];	/* ended by one without */

/* table_push.c: shapes of results, and of what is answered. */
extern const struct shape shape_crash, shape_coverage, shape_corpus;
extern const struct shape shape_numbers, shape_batch, shape_log;
extern const struct shape shape_crash_told, shape_coverage_told;
extern const struct shape shape_corpus_told, shape_numbers_told;
extern const struct shape shape_uploaded, shape_log_told;
extern const struct shape shape_crash_form, shape_corpus_form;

/*
 * Finds the route of a method and an escaped path (no query).  Errors are
 * PF_NOTFOUND, or PF_USAGE when only the method is wrong: then r->reply.allow
 * lists those there are, as it does for OPTIONS.
 */
const struct pf_err	*route_find(struct req *, const char *method,
			    const char *path);

/* What to send in the place of a request that was not found, or NULL. */
const char		*route_elsewhere(struct req *, const char *path);

/* Checks the query by the table: before a feeder looks at it. */
const struct pf_err	*route_query(struct req *);

/* Checks query and body by the table; then calls the handler. */
const struct pf_err	*route_check(struct req *);
const struct pf_err	*route_call(struct worker *, struct req *);

/*
 * Query arguments by the table, checked by route_call(); what they are is
 * left alone if they are absent.  The text lives as long as the request.
 */
bool		 route_takes(const struct route *, const char *name);
const char	*route_text(const struct req *, const char *name);
void		 route_int(int64_t *, const struct req *, const char *name);

/*
 * By which a request that is sent again is known: given, an id, if it is
 * there, or the header Idempotency-Key, or one made here, as an answer of the
 * writer may be lost on its way.
 */
void		 route_key(char key[PF_SHA_TEXT], const struct req *,
		    const char *given);

/* What a body is to be, as Content-Type. */
const char		*req_media_type(unsigned int kind);

/* Undoes %XX in place; false for a NUL, a slash or half an escape. */
bool			 route_decode(char *);

asker	ask_register, ask_delete, ask_heartbeat, ask_claim, ask_start,
	ask_complete, ask_handback;
teller	tell_register, tell_delete, tell_heartbeat, tell_claim, tell_start,
	tell_complete, tell_handback;
handler	api_bots_list, api_bot_get, api_jobs_list, api_job_get;
handler	api_job_logs, api_job_has_logs, api_job_binary;
handler	api_submit, api_job_upload, api_cancel, api_archive;
feeder	feed_upload;
handler	api_campaign_new, api_campaign_set, api_campaign_end;
handler	api_batch, api_blob, api_blob_new;
feeder	feed_blob;
handler	api_build, api_builds, api_regressions;
handler	api_sarif, api_junit;
handler	api_rules, api_rules_apply, api_rules_undo;
handler	api_explain_bot, api_explain_job, api_explain_crash;
handler	api_crash, api_coverage, api_corpus, api_numbers, api_upload, api_log;
feeder	feed_batch, feed_form;
handler	api_shared, api_shared_inputs, api_shared_bytes, api_input;
handler	api_crashes, api_job_crashes, api_crash_get, api_crash_input;
handler	api_coverage_list;
handler	api_corpus_list, api_corpus_stats, api_job_corpus_stats;
handler	api_download, api_job_download;
handler	api_campaigns, api_campaign, api_campaign_stats;
handler	api_campaign_crashes, api_campaign_corpus;
handler	api_status, api_health, api_stats, api_timeouts;
handler	api_openapi, api_options, api_metrics;
handler	api_events, api_progress, api_log_stream;

#endif
