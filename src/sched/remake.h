/*
 * A new database from the storage tree, made beside the old one and put in
 * its place when it is whole.
 */
#ifndef SCHED_REMAKE_H
#define SCHED_REMAKE_H

#include "act/act.h"
#include "sched/sched.h"

struct remake {
	const struct pf_conf	*conf;
	char			*dir;	/* <storage>/data/remake, a tree */
	int			 lock;	/* of the real database */
	int			 inner;	/* of the one being made */
	struct pf_act		 act;
	int64_t			 jobs, bots;	/* taken from metadata/ */
	int64_t			 replayed;	/* results that were new */
	int64_t			 refused;	/* lines that made no sense */
	int64_t			 epoch;		/* the largest of the ledger */
	bool			 listed;	/* who was told by hooks is */
	struct moment		 backup;	/* it began with; 0 is none */
	struct moment		 file;		/* that is being read */
	char			 master[PF_ID_MAX + 1];	/* whose tree it is,
						 * "" as long as nobody knows */
};

/*
 * Keeps every writer out and makes an empty database, or, if from is not
 * NULL, a copy of <from>/data/pandafuzz.db brought up to date.
 */
const struct pf_err	*remake_begin(struct remake *,
			    const struct pf_conf *, const char *from);

/* The rules that crashes are placed by, before any is; and those that a
 * backup has placed by others, after all are there.  remakerules.c. */
const struct pf_err	*remake_rules(struct remake *);
const struct pf_err	*remake_place(struct remake *);

/* One file of metadata/; one that makes no sense is told and left out. */
const struct pf_err	*remake_file(struct remake *, const char *path,
			    const struct pf_err *(*load)(struct remake *,
			    const struct pf_json *));

/*
 * Whose tree this is: told by its own file, else by the backup; else by the
 * first document of metadata/ that says so.  Documents of another master are
 * refused, PF_DATA.
 */
const struct pf_err	*whose_begin(struct remake *);
const struct pf_err	*whose_file(struct remake *, const struct pf_json *);

/* Fills it: metadata/, the ledger, the descriptions beside crashes. */
const struct pf_err	*remake_metadata(struct remake *);
const struct pf_err	*remake_replay(struct remake *);

/*
 * The row of a file of metadata/ instead of the one with its id, if that is
 * not there or older: *taken.  The file is the one last told of.
 */
const struct pf_err	*newest_begin(struct remake *);
const struct pf_err	*newest_file(struct remake *, const struct pf_json *);
const struct pf_err	*newest_take(bool *taken, struct remake *,
			    const char *table, const struct pf_json *row);

/*
 * The row of the report <dir>/<name> beside a crash; empty if its input is
 * not there, PF_DATA if it makes no sense.
 */
const struct pf_err	*remake_beside(struct pf_buf *row, const char *dir,
			    const char *name);

/* After metadata/: bots and campaigns that are named there and missing. */
const struct pf_err	*remake_lost(struct remake *);

/*
 * Of a document of metadata/: its builds, which the first that knew of them
 * says; what its job was to run on one, which of several jobs the newest has.
 */
const struct pf_err	*remake_builds(struct pf_db *,
			    const struct pf_json *);
const struct pf_err	*remake_regress(struct pf_db *, const char *job,
			    const struct pf_json *);

/*
 * Before the rest: which buckets hooks were told of, by the backup and the
 * list in metadata/; after it: all others wait.
 */
const struct pf_err	*remake_told(struct remake *);
const struct pf_err	*remake_hooks(struct remake *);

/*
 * Counts that nothing else knows: into a snapshot as a member, from one, and
 * into the database when all else is there.
 */
const struct pf_err	*totals_put(struct pf_buf *, struct pf_db *);
const struct pf_err	*totals_begin(struct pf_db *);
const struct pf_err	*totals_load(struct pf_db *, const struct pf_json *doc);
const struct pf_err	*totals_apply(struct pf_db *);

/*
 * Ends all leases, raises the epoch (in its file first), counts anew; then,
 * if in_place, puts it where the old one was, which is kept aside.
 */
const struct pf_err	*remake_finish(struct remake *, bool in_place);

/* Always at the end: removes what was made by the way. */
void			 remake_end(struct remake *);

#endif
