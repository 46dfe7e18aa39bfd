/*
 * pf-sched: the verbs, a file each.
 */
#ifndef SCHED_SCHED_H
#define SCHED_SCHED_H

#include <stdbool.h>
#include <stddef.h>

#include "act/act.h"
#include "base/buf.h"
#include "base/err.h"
#include "codec/conf.h"

struct options {
	const char	*conf_path;	/* as given, or NULL */
	bool		 dry;		/* -n */
	bool		 quiet;		/* -q */
	bool		 verbose;	/* -v */
};

/* A verb with its own arguments; argv[0] is the verb. */
const struct pf_err	*verb_init(struct options *, const struct pf_conf *,
			    int argc, char *argv[]);
const struct pf_err	*verb_serve(struct options *, const struct pf_conf *,
			    int argc, char *argv[]);
const struct pf_err	*verb_apply(struct options *, const struct pf_conf *,
			    int argc, char *argv[]);
const struct pf_err	*verb_submit(struct options *, const struct pf_conf *,
			    int argc, char *argv[]);
const struct pf_err	*verb_cancel(struct options *, const struct pf_conf *,
			    int argc, char *argv[]);
const struct pf_err	*verb_campaign(struct options *,
			    const struct pf_conf *, int argc, char *argv[]);
const struct pf_err	*verb_build(struct options *, const struct pf_conf *,
			    int argc, char *argv[]);
const struct pf_err	*verb_recover(struct options *,
			    const struct pf_conf *, int argc, char *argv[]);
const struct pf_err	*verb_snapshot(struct options *,
			    const struct pf_conf *, int argc, char *argv[]);
const struct pf_err	*verb_backup(struct options *, const struct pf_conf *,
			    int argc, char *argv[]);

const struct pf_err	*verb_rebuild(struct options *,
			    const struct pf_conf *, int argc, char *argv[]);
const struct pf_err	*verb_restore(struct options *,
			    const struct pf_conf *, int argc, char *argv[]);

const struct pf_err	*verb_rules(struct options *, const struct pf_conf *,
			    int argc, char *argv[]);

/* The directories of a storage tree that are not there yet. */
const struct pf_err	*tree_make(const char *storage);

/*
 * Lines of metadata/system, where no backup touches them: the id of the
 * master, false if it is not known there; and one written, durable on return,
 * in any case or if there is none.
 */
bool			 keep_master(char id[PF_ID_MAX + 1],
			    const char *storage);
const struct pf_err	*keep_line(const char *storage, const char *name,
			    const char *value);
const struct pf_err	*keep_once(const char *storage, const char *name,
			    const char *value);

/*
 * metadata/system/hooked: adds crashes, an id a line, that a hook was told
 * of; makes the list of a database without one.
 */
const struct pf_err	*hooked_add(const struct pf_conf *,
			    const struct pf_buf *ids);
const struct pf_err	*hooked_begin(struct pf_db *,
			    const struct pf_conf *);

/* In the life of a database: its epoch, and the last event it has seen. */
struct moment {
	int64_t	 epoch, event;
};
const struct pf_err	*remake_moment(struct moment *, struct pf_db *);

/*
 * Writes metadata/jobs/<id>.json of these jobs, an id a line, and syncs them;
 * for the writer, whose database it reads.
 */
const struct pf_err	*snapshot_jobs(struct pf_db *, const struct pf_conf *,
			    const char *ids);

/* Whether <dir>/data/pandafuzz.db is whole; how many jobs it has. */
const struct pf_err	*backup_verify(const char *dir, int64_t *jobs);

/* Prints the usage on stderr and ends with 64. */
void	usage(void) __attribute__((noreturn));

/* The writer itself: the database, locked, and the state of the acts. */
struct writer {
	struct pf_act	 act;
	int		 lock;
	bool		 open;		/* a transaction is */
	bool		 lazy;		/* what it holds may wait */
	bool		 gave_up;	/* [retry.recovery] is used up */
	int64_t		 place_at;	/* not before, boot ms */
	int64_t		 commit_us;	/* that one takes, on average */
	int		 wal_pages;	/* in the -wal, as of the last commit */
};

/*
 * Opens the database for writing; PF_BUSY if another writer has it.  With
 * recover, the recovery of a starting server is done.
 */
const struct pf_err	*writer_open(struct writer *, const struct pf_conf *,
			    bool recover);
void			 writer_close(struct writer *);

/*
 * Executes a line inside the open transaction (one is begun if there is
 * none) and appends its reply, in any case: an error is one of the whole
 * transaction, which is to be aborted.
 */
const struct pf_err	*writer_line(struct writer *, struct pf_buf *reply,
			    const char *line, size_t n);

/* Notes, with the next commit, that no ear is there any more. */
const struct pf_err	*writer_deafened(struct writer *, const char *why);

/*
 * Between two turns of a server: a piece of what rules for crashes take that
 * come into force, for as long as act.placing says that there is any.
 */
void			 writer_place(struct writer *);

/* Makes everything since the last commit durable. */
const struct pf_err	*writer_commit(struct writer *);

/*
 * What is in the -wal into the database, if it is much by now and no
 * transaction is open: for a server, when nobody waits for a reply.
 */
void			 writer_rest(struct writer *);

/*
 * The database has turned out damaged: notes that beside it, so that nobody
 * writes to it any more; the error to end with.
 */
const struct pf_err	*writer_damaged(struct writer *);

/*
 * Closes what was only read; if it turned out damaged meanwhile that is
 * noted, so that nobody writes on.
 */
void	close_read(struct pf_db *, const struct pf_conf *);

/* Drops it. */
void			 writer_abort(struct writer *);

#endif
