/*
 * A new job as a client describes it: the op submit made of that, and the
 * job as the answer.  Its files are in the storage already or have come with
 * it (feed_upload.c).
 */
#ifndef PF_HTTPD_NEWJOB_H
#define PF_HTTPD_NEWJOB_H

#include "httpd/httpd.h"

#define NEWJOB_SEEDS	500		/* so that an op line holds them */
#define NEWJOB_NAME	129		/* room for a name that is shown */

/* A file that came with it. */
struct newjob_file {
	char		 name[NEWJOB_NAME];
	char		 sha[PF_SHA_TEXT];
	int64_t		 size;		/* 0: there is none */
};

struct newjob_files {
	struct newjob_file	 target, dict;
	struct newjob_file	*builds;	/* in the order of
						 * pf_build_kinds, or NULL */
	struct newjob_file	*seeds;
	size_t			 nseeds;
};

/*
 * The op line of the description, which its shape has let pass; all is
 * checked that the writer alone does not know.  files may be NULL.
 */
const struct pf_err	*newjob_line(struct worker *, struct pf_buf *line,
			    const struct req *, const struct pf_json *,
			    const struct newjob_files *files);

/* Sends it; r->reply is the job, or why there is none. */
void			 newjob_submit(struct worker *, struct req *,
			    const struct pf_buf *line,
			    const struct newjob_files *files);

#endif
