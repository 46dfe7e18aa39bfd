/*
 * What the parts of fsck share.  fsck.c walks the tree, fsck_meta.c looks at
 * the database, targets and logs, fsck_snap.c at metadata, fsck_spool.c at
 * the spool, fsck_file.c at what is no file, fsck_ledger.c reads the ledger
 * and fsck_rows.c holds the rows against it; mend.c does something about files
 * and mend_rows.c about rows, if that was asked for.
 */
#ifndef INGEST_FSCK_H
#define INGEST_FSCK_H

#include <sys/stat.h>

#include "ingest/ingest.h"
#include "view/audit.h"

#define FSCK_YOUNG_S	600		/* a row may be on its way so long */
#define FSCK_STRAY_S	(36 * 3600)	/* as in the spool */

struct fsck {
	struct ingest	*g;
	bool		 mend;			/* -r */
	bool		 whole;			/* the database is */
	enum pf_kind	 kind;			/* of the files at hand */
	char		 job[PF_ID_MAX + 1];	/* at hand */
	struct pf_db	*scratch;
	int64_t		 epoch, event;		/* of the last snapshot */
	struct day	*days;			/* of the ledger, read so far */
	size_t		 ndays;
	bool		 no_days;		/* it cannot be looked into */
	bool		 blind;			/* some of it cannot be read */
	char		 last_job[PF_ID_MAX + 1];	/* of a crash there */
	char		 campaign[PF_ID_MAX + 1];	/* of it */
	char		**touched;		/* jobs to be counted anew */
	size_t		 ntouched;
	bool		 recount;		/* the whole is, too */
	int64_t		 files, findings, mended, lost;
};

/* A line on stdout. */
void	finding(struct fsck *, const char *what, const char *path,
	    const char *why);
/* A line on stderr: what was done about it. */
void	mended(struct fsck *, const char *what, const char *path);

/* The parts. */
const struct pf_err	*fsck_database(struct fsck *);
const struct pf_err	*fsck_targets(struct fsck *);
const struct pf_err	*fsck_metadata(struct fsck *);
const struct pf_err	*fsck_states(struct fsck *);
const struct pf_err	*fsck_logs(struct fsck *);
const struct pf_err	*fsck_spool(struct fsck *);
const struct pf_err	*fsck_rows(struct fsck *);
const struct pf_err	*fsck_report(struct fsck *, const char *hash);

/* Each smaller input of the job has its file; whether a file has its row. */
const struct pf_err	*fsck_smalls(struct fsck *);
const struct pf_err	*fsck_min(struct fsck *, const char *path,
			    const char *of);

/*
 * What is there and is no regular file; and what it is.  Links are not
 * followed.
 */
bool			 fsck_is_odd(const char *path);
const char		*fsck_nature(const struct stat *);
/* The error of a file that could not be read: a finding, if it is its own. */
const struct pf_err	*fsck_unread(struct fsck *, const char *path,
			    const struct pf_err *);
/* *usable if a job's directory can be looked into, or is not there. */
const struct pf_err	*fsck_place(bool *usable, struct fsck *,
			    const char *dir);
/*
 * A file that is gone: a finding, until -r has laid a mark beside it that says
 * so; whether a name is that of a mark, and what becomes of one.
 */
const struct pf_err	*fsck_missing(struct fsck *, const char *path,
			    const char *why);
#define FSCK_LOST_LEN	5	/* of ".lost" at its end */
bool			 fsck_is_mark(const char *name);
const struct pf_err	*fsck_mark(struct fsck *, const char *path);

/*
 * Reads what the ledger has got since; all of it the first time.  What of it
 * cannot be read is a finding, and f->blind.
 */
const struct pf_err	*ledger_load(struct fsck *);
void			 ledger_forget(struct fsck *);

/*
 * Without -r these do nothing.  Bytes that are not what their name says, and
 * what does not belong there, go to STORAGE/aside; a report is written anew
 * from its line or row; a file without a row is filed again, as the ledger
 * or its report says, or else becomes a record in the spool; a stray is
 * removed.
 */
const struct pf_err	*mend_aside(struct fsck *, const char *path);
const struct pf_err	*mend_report(struct fsck *, const char *path,
			    const char *hash);
const struct pf_err	*mend_unknown(struct fsck *, const char *path,
			    const char *hash);
const struct pf_err	*mend_stray(struct fsck *, const char *path);
/* With -r: of one that would not be mended; an error that is not its own. */
const struct pf_err	*mend_failed(struct fsck *, const char *path,
			    const struct pf_err *);

/* A row that is not as it should be: what, where, and its line. */
struct bad_row {
	enum pf_audit	 audit;
	char		 what[16];
	char		*place, *why;
	char		 k1[PF_SHA_TEXT + PF_ID_MAX], k2[PF_SHA_TEXT];
	char		 rid[PF_SHA_TEXT], job[PF_ID_MAX + 1];
	char		 hash[PF_SHA_TEXT];
};

/*
 * Likewise of rows: sends the lines again, writes the ledger's anew, and has
 * the writer count what was touched.
 */
const struct pf_err	*mend_rows(struct fsck *, struct bad_row *, size_t n);
/* The line of a rid to the writer once more; restore as in pf-ops(5). */
const struct pf_err	*mend_send(struct fsck *, const char *rid,
			    const char *restore, const char *place);
void			 mend_later(struct fsck *, const char *job);
const struct pf_err	*mend_counts(struct fsck *);
void			 mend_forget(struct fsck *);

#endif
