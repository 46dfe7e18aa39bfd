/*
 * The box: what an engine and its target can do to the machine.  Every start
 * of a foreign program in pf-run goes through box_start(); nobody else calls
 * pf_proc_start(), but for what is asked before there is a job.
 *
 * Layers, each used where the machine has it:
 *   limits	a session of its own, no descriptor and no variable of ours,
 *		no core files, sizes of files, numbers of descriptors
 *   names	bubblewrap: namespaces of its own; of the file system only
 *		what programs need, to read, and of the job's directory the
 *		parts an engine writes; no network.  Without it landlock and
 *		a filter of system calls do the same as far as they can
 *   memory, processes	control groups of the slot, v1 or v2
 *   disk	the job's directory and the file system are watched
 *
 * In the job's directory an engine may write below each directory but
 * files/, seeds/ and own/ (what pf-run fetched, and what it keeps for
 * itself), so an engine makes the directories it needs before box_start().
 * TMPDIR and HOME are tmp/.
 */
#ifndef RUN_BOX_H
#define RUN_BOX_H

#include "os/proc.h"
#include "run/engine/engine.h"

#define BOX_OOM_ADJ	900	/* of what it starts: we are the last to go */

/* What one layer is, in words for people. */
struct box_ability {
	const char	*name;
	bool		 have;
	char		 words[256];	/* how; or why not, and what to do */
};

enum { BOX_NAMES, BOX_MEMORY, BOX_PROCESSES, BOX_LAYERS };

/*
 * Looks what this machine gives (a trial of each, some milliseconds), for
 * the doctor and the dry run.  Leaves nothing behind.
 */
void			 box_abilities(const struct pf_conf *,
			    struct box_ability [BOX_LAYERS]);
/* The same as lines of text. */
void			 box_describe(struct pf_buf *, const struct pf_conf *);

/*
 * At the start of a slot: finds out what there is, ends and removes what a
 * killed process of the same slot left.  PF_UNAVAIL if isolation is strict
 * and a layer is missing; what is missing otherwise is said once.
 */
const struct pf_err	*box_open(struct slot *);
void			 box_close(struct slot *);
/* Of a slot that is no more, by its directory: its control groups go. */
void			 box_forget(const char *dir);

/*
 * Whether what lies in files/ and seeds/ of a job is safe from its engine in
 * any case: then other jobs may share it.
 */
bool			 box_keeps_files(const struct slot *);

/* A job begins: its directories and limits. */
const struct pf_err	*box_enter(struct fuzz *);

/*
 * Starts a program as pf_proc_start() does, in the box of the slot.  Paths
 * are the same inside as outside.  What the spec leaves at 0 is set here.
 * The pid is for the calls below; it may be that of a guard.
 */
const struct pf_err	*box_start(struct fuzz *, const struct pf_proc_spec *,
			    pid_t *);

/*
 * Once a second while a job runs: ends it (over, failed) if it takes more of
 * the disk than it may, keeps the engine's log small.
 */
void			 box_poll(struct fuzz *);
/* Sleeps; looks after memory meanwhile where nobody else does. */
void			 box_nap(struct fuzz *, int64_t ms);

/*
 * What the engine should limit the memory of a target to, by whatever means
 * it has but for targets of sanitizers; 0: it is looked after.
 */
int64_t			 box_engine_memory(const struct fuzz *);

/* At how much, above the job's limit, a sanitizer ends its target, so that
 * nobody else has to. */
int64_t			 box_rss_limit(const struct fuzz *);
/*
 * A program that looks after its memory too seldom gets SIGABRT, in a thread of
 * its own if it has several, as soon as it has more than so many bytes; once.
 * box_alarmed(): at how many that was, 0 if it was not.
 */
void			 box_alarm(struct fuzz *, pid_t, int64_t bytes);
int64_t			 box_alarmed(const struct fuzz *);
/* How much of the job we killed for its memory ourselves: 0 where a control
 * group does it. */
int64_t			 box_killed(const struct fuzz *);
/* Whether anything was killed for want of memory since that was asked. */
bool			 box_starved(struct fuzz *);

/* Says in the job's log how it is shut in. */
void			 box_tell(struct fuzz *);
/*
 * Adds to the message of a job which limits it met, and of what it could not
 * be kept from: "limits met: ...; isolation without: memory".
 */
void			 box_verdict(struct fuzz *, char *message, size_t n);

/* As of os/proc.h, with the status of the program itself. */
bool			 box_ended(struct fuzz *, pid_t, int *status);
/* Waits at most ms, then kills it and all it started. */
bool			 box_wait(struct fuzz *, pid_t, int *status,
			    int64_t ms);
/*
 * Signals the program itself and nothing it started: afl-fuzz would lose its
 * target before its statistics are written.
 */
void			 box_signal(struct fuzz *, pid_t, int sig);
/* To all that the slot has started, and they: SIGSTOP or SIGCONT. */
void			 box_signal_all(int sig);

/* Kills and reaps everything that was started in the box of the slot. */
void			 box_sweep(struct slot *);

#endif
