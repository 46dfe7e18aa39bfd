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

/* Writes metadata/jobs/<id>.json of these jobs. */
const struct pf_err	*snapshot_jobs(const struct pf_conf *,
			    char *const ids[], size_t n);

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
 * none) and appends its reply.
 */
const struct pf_err	*writer_line(struct writer *, struct pf_buf *reply,
			    const char *line, size_t n);

/* Notes, with the next commit, that no ear is there any more. */
const struct pf_err	*writer_deafened(struct writer *, const char *why);

/* Makes everything since the last commit durable. */
const struct pf_err	*writer_commit(struct writer *);

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
