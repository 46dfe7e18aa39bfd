/*
 * What becomes of a crash once it is in the outbox: it is run again, some
 * times and on each build the job brought, and made smaller.  None of it
 * keeps a crash back, nor the engine: while that runs, checks take a part of
 * the time (check.c), and the rest is done between two jobs (later.c).
 *
 *	trial.c		one run of one input on one build, that may take its
 *			time while others do something else
 *	apart.c		what one under valgrind has shown
 *	queue.c		the crashes that are known, in own/checks of the job's
 *			directory, for who comes after a process that is killed
 *	check.c		runs them, and makes the records
 *	small.c		makes one smaller
 *	later.c		what is left of jobs that are over
 *	regress.c	a job that is nothing but checks
 *	memcheck.c	a job that runs a corpus under valgrind
 */
#ifndef RUN_CHECK_H
#define RUN_CHECK_H

#include "codec/ddmin.h"
#include "codec/odds.h"
#include "codec/trace.h"
#include "os/proc.h"
#include "run/engine/engine.h"

#define CHECK_KEY	72	/* what makes crashes the same here */
#define CHECK_BODY	65536	/* bytes of a report that travel */
#define CHECK_MAX	1000	/* crashes that wait, */
#define CHECK_BYTES	(64 << 20)	/* their bytes, */
#define CHECK_SIZE	(4 << 20)	/* and of one */
#define BUILD_MAX	6
#define QUEUE_KEY	96	/* of a record of it in the list of what was
				 * sent */

/* What inputs are run on. */
struct build {
	const char	*word;		/* target, asan ... valgrind */
	const char	*sha256;
	char		*path;
	unsigned	 built;		/* enum pf_built */
	char		**envp;
	bool		 valgrind;
};

/* One run. */
struct trial {
	pid_t		 pid;		/* 0: none */
	int64_t		 began, ends;	/* CLOCK_BOOTTIME, ms */
	const char	*word;		/* of the build */
	bool		 valgrind;	/* likewise */
	/* How it ended: */
	bool		 crashed;
	bool		 hung;		/* and was ended for that */
	bool		 empty;		/* it tells nothing, */
	bool		 unrun;		/* as valgrind did not run it */
	int		 signal, exit_code;
	char		 key[CHECK_KEY];
	struct pf_trace	 trace;
	struct pf_buf	 log;
};

/* trial.c: only one at a time runs in a job's directory. */
const struct pf_err	*trial_start(struct trial *, struct fuzz *,
			    const struct build *, const char *p, size_t n);
/* Waits at most ms; true if it has ended: then crashed and so on tell how. */
bool			 trial_wait(struct trial *, struct fuzz *, int64_t ms);
/* Ends it, if it runs: that tells nothing. */
void			 trial_stop(struct trial *, struct fuzz *);
/* The same of any program: its argv, envp, cwd and in; the rest is set. */
const struct pf_err	*trial_program(struct trial *, struct fuzz *,
			    const struct pf_proc_spec *, int64_t ms);
/* Begins a command line with the path of a program of PATH. */
void			 trial_argv(char ***argv, const char *program);
/* The key of a crash of which this much is known. */
void			 trial_key(char key[CHECK_KEY],
			    const struct pf_trace *, const char *type);
/* Builds of a job that are there, the target first; how many. */
size_t			 builds_open(struct build [BUILD_MAX],
			    struct fuzz *);
void			 builds_free(struct build *, size_t);
/* queue.c: one of struct known's done; 0: there is no such build. */
unsigned int		 build_bit(const char *word);

/* apart.c: one of the errors and leaks that a run under valgrind has shown. */
struct finding {
	char		 key[CHECK_KEY];
	struct pf_buf	 text;		/* all blocks of it */
};

#define FINDINGS	64		/* of one run, the first ones */
/* Those of a log, and how many; findings_free() them. */
size_t			 findings_of(struct finding [FINDINGS],
			    const struct pf_buf *log);
void			 findings_free(struct finding [FINDINGS], size_t);
/*
 * Of a run that has ended: that of the key, or else the first, becomes all
 * that it tells, if it shows any.
 */
void			 finding_pick(struct trial *, const char *key);

/* A crash that is known. */
struct known {
	char		 hash[PF_SHA_TEXT];
	char		 key[CHECK_KEY];	/* "": any crash is the same */
	int64_t		 size;
	int64_t		 runs;		/* of each build, 0: as configured */
	int		 signal;
	bool		 under;		/* valgrind, and on nothing else */
	unsigned int	 done;		/* builds it was run on, by bit */
	bool		 over;		/* on all */
	bool		 steady;	/* it always crashes the target so */
	int		 tries;		/* to make it smaller, */
	int		 backs;		/* and how many do not count */
	const char	*by;		/* what made it smaller so far, NULL */
	const char	*outcome;	/* PAST_BAD, PAST_GOOD or NULL */
};

/* Those of a job; what is over and will not be made smaller is forgotten. */
struct queue {
	struct known	**v;
	size_t		 n;
	int64_t		 bytes;
	char		**past;		/* keys done with, NULL-ended */
};

/* Among past, of a job of kind regress: one that crashed the build, or not. */
#define PAST_BAD	"=bad"
#define PAST_GOOD	"=good"

/* queue.c: on disk and here.  open reads what an earlier process left. */
void			 queue_open(struct queue *, struct fuzz *);
void			 queue_free(struct queue *);
/* Whether it waits, or was done with by this job. */
bool			 queue_has(const struct queue *, const char *hash);
/* One more; false if there is no room or it is known. */
bool			 queue_add(struct queue *, struct fuzz *,
			    const struct known *, const char *body);
const struct pf_err	*queue_body(struct fuzz *, const struct known *,
			    struct pf_buf *);
/* A build was done, or "steady"; it is tried to make it smaller: "try",
 * and that was ended by another job: "back"; "by ..." made it smaller. */
void			 queue_mark(struct fuzz *, struct known *,
			    const char *word);
/* What the list of what was sent calls the record of a build. */
void			 queue_sent_key(char key[QUEUE_KEY],
			    const struct known *, const char *word);
/* Of which that list tells that it was sent is done. */
void			 queue_settle(struct queue *, struct fuzz *);
/* All were done; k is none after that. */
void			 queue_over(struct queue *, struct fuzz *,
			    struct known *);
/* Where the smallest is kept that one was made by now; free it. */
char			*queue_least(const struct fuzz *,
			    const struct known *);
/* How often that is among past. */
int64_t			 queue_count_past(const struct queue *,
			    const char *key);
/* Of no more use; k is none after that. */
void			 queue_drop(struct queue *, struct fuzz *,
			    struct known *);
/* Whether any is to be run. */
bool			 queue_waits(const struct queue *);
/* What comes next, NULL: nothing. */
struct known		*queue_check(struct queue *);
struct known		*queue_small(struct queue *);
/* Its key was made smaller: others of it need not be. */
void			 queue_past(struct queue *, struct fuzz *,
			    const char *key);

/* The best report of several runs. */
struct best {
	int		 rank;		/* 0: none */
	int		 signal, exit_code;
	struct pf_buf	 body;
};

/* Takes a run into account. */
void			 best_take(struct best *, const struct trial *,
			    bool same);

/* check.c: a tally, from runs that are made one after the other. */
struct checker {
	struct queue	 q;
	struct build	 build[BUILD_MAX];
	size_t		 nbuilds;
	struct trial	 trial;
	struct known	*known;		/* at work on it, NULL: none */
	size_t		 on;		/* this build */
	struct pf_buf	 input;
	struct pf_odds	 tally;
	struct best	 best;
	bool		 filed;		/* the record of it is made */
	int64_t		 spent;		/* ms, all in all */
	int64_t		 runs;		/* likewise */
	int64_t		 since;		/* a run goes on beside the engine */
	bool		 ready;		/* builds are there */
};

/* The engine is about to be started: what an earlier process left. */
void	check_begin(struct fuzz *);
/* After sent_resume(): what that tells of checks. */
void	check_settle(struct fuzz *);
/*
 * A crash was found: it shall be run again.  Called before it is sent, so
 * that none is that is not known here.
 */
void	check_note(struct fuzz *, const char *hash, const char *body,
	    size_t n, const struct pf_trace *, const char *type, int signal);
/* While the engine runs: as much as it may take. */
void	check_poll(struct fuzz *);
/* All that runs is about to be stopped: a run is ended, and made again. */
void	check_break(struct fuzz *);
/* The engine is stopped: what runs is ended, and all memory let go. */
void	check_end(struct fuzz *);
/* Whether anything is left to do; smaller: of making smaller, too. */
bool	check_left(struct fuzz *, bool smaller);
/* Goes on for at most ms; true if it did anything. */
bool	check_step(struct fuzz *, int64_t ms);
struct checker *check_get(struct fuzz *);
/* Whether valgrind is here and runs the target. */
bool	check_under(struct fuzz *);

/* small.c: makes crashes smaller, for at most ms; false: nothing to do. */
struct small;
bool	small_step(struct small **, struct fuzz *, int64_t ms);
void	small_free(struct small *, struct fuzz *);

/* What stands in the place of an engine for a job that is not to fuzz. */
extern const struct engine engine_regress, engine_memcheck;

/*
 * later.c: what waits of a job that is over goes to a place of its own, and
 * the directory of the job with all else; over is as of harvest_remove().
 */
void	later_leave(struct slot *, const struct job *, const char *dir,
	    bool over);
/*
 * The same of a job that was handed back, whose directory stays; and if it
 * comes here again.
 */
void	later_keep(struct slot *, const struct job *, const char *dir);
void	later_back(struct slot *, const struct job *, const char *dir);
/* Checks on that, for a little, before another job is asked for. */
void	later_rest(struct slot *, const struct job *);
/* Works on it because there is no job; false: nothing, or no more time. */
bool	later_spare(struct slot *);
/*
 * Works on that for at most ms, or until told to stop; false: there was
 * nothing.  smaller: not only checks.  What it began may go on after that,
 * until stop.
 */
bool	later_work(struct slot *, int64_t ms, bool smaller);
void	later_stop(struct slot *);

#endif
