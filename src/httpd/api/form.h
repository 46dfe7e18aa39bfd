/*
 * Files that come as parts of multipart/form-data, or as a body alone: in
 * memory as long as they are small, else in a file of the spool's tmp.  What
 * becomes of them is said by the route: a crash, or inputs of a job.
 */
#ifndef PF_HTTPD_FORM_H
#define PF_HTTPD_FORM_H

#include "httpd/httpd.h"

/* api_form.c: the handler of a body that is in memory whole. */
const struct pf_err	*form_whole(struct worker *, struct req *);

/* form.c: a form taken apart. */
struct part {
	char		*name;		/* of the file, or "" */
	int64_t		 at, len;	/* in the stash */
	char		 sha256[PF_SHA_TEXT];
};

/* stash.c: bytes that are kept until the request is understood. */
struct stash {
	struct httpd	*h;
	struct pf_buf	 mem;		/* if fd is -1 */
	int		 fd;		/* without a name */
	int64_t		 size;
};
#define STASH_INIT	{ NULL, PF_BUF_INIT, -1, 0 }

/* A file, if it is to be large; stash_free() in every case. */
const struct pf_err	*stash_open(struct stash *, struct httpd *, bool large);
const struct pf_err	*stash_add(struct stash *, const void *, size_t n);
/* n bytes from at on, a piece at a time. */
const struct pf_err	*stash_read(struct stash *, int64_t at, int64_t n,
			    const struct pf_err *(*)(void *, const void *,
			    size_t), void *);
void			 stash_free(struct stash *);

struct form {
	struct req	*r;
	struct MHD_PostProcessor *pp;	/* NULL: the body is one file */
	struct stash	 stash;
	struct pf_buf	 meta;		/* the part metadata */
	bool		 has_meta, in_meta;
	struct pf_hash	*hash;		/* of the part at hand, or NULL */
	struct part	*parts;
	size_t		 n;
	int64_t		 max;		/* bytes of one */
	struct pf_err	 err;
	bool		 failed;	/* err says how */
	int64_t		 reserved;
};

/*
 * Makes r->upload, for files of at most max bytes each; feeds it; and after
 * all of it is fed, reads how it ended.  form_end() ends it, as r->drop does.
 */
const struct pf_err	*form_begin(struct req *, bool large, int64_t max);
const struct pf_err	*form_feed(struct form *, const char *, size_t n);
const struct pf_err	*form_read(struct form *);
void			 form_end(struct req *);

#endif
