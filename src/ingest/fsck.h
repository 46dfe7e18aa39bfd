/*
 * What fsck.c finds and mend.c does about it, if it is asked to.
 */
#ifndef INGEST_FSCK_H
#define INGEST_FSCK_H

#include "ingest/ingest.h"

struct fsck {
	struct ingest	*g;
	bool		 mend;			/* -r */
	enum pf_kind	 kind;			/* of the files at hand */
	char		 job[PF_ID_MAX + 1];	/* at hand */
	int64_t		 files, findings, mended;
};

/* Its directory below the storage tree. */
const char	*fsck_dir(enum pf_kind);

/* A line on stdout. */
void	finding(struct fsck *, const char *what, const char *path,
	    const char *why);

/*
 * Without -r these do nothing.  Bytes that are not what their name says, and
 * what does not belong there, go to STORAGE/aside; a report is written anew
 * from its row; a file without a row becomes a record in the spool; a stray
 * is removed; the writer counts sums anew.
 */
const struct pf_err	*mend_damaged(struct fsck *, const char *path,
			    const char *hash);
const struct pf_err	*mend_aside(struct fsck *, const char *path);
const struct pf_err	*mend_report(struct fsck *, const char *path,
			    const char *hash);
const struct pf_err	*mend_unknown(struct fsck *, const char *path,
			    const char *hash);
const struct pf_err	*mend_stray(struct fsck *, const char *path);
const struct pf_err	*mend_sums(struct fsck *);

#endif
