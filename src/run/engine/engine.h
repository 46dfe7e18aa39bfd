/*
 * Engines: a table of functions each.
 */
#ifndef RUN_ENGINE_H
#define RUN_ENGINE_H

#include "base/rate.h"
#include "codec/elfscan.h"
#include "codec/rec.h"
#include "run/run.h"

/* The latest numbers; -1 where the engine does not tell yet. */
struct numbers {
	int64_t	 execs, edges, total_edges, corpus, crashes, hangs, rss_mb;
	int64_t	 cycles_done;		/* through its queue */
	int64_t	 corpus_imported;	/* what was given, and new to it */
	int64_t	 pending;		/* inputs it has not worked on */
	int64_t	 last_find;		/* seconds since 1970, 0: never */
	int64_t	 exec_timeout;		/* ms, as it chose */
	int64_t	 restarts;		/* after it died */
	double	 execs_per_sec, stability;
};

void	numbers_unknown(struct numbers *);

/* How an engine made an input, as far as it tells. */
struct origin {
	const char	*op;		/* its word for it, "" */
	int64_t		 ms, execs;	/* after so much, -1 */
	char		 parent[PF_SHA_TEXT];	/* hash of what it was made
						 * of, "" */
};

/* A file the engine wrote. */
struct find {
	bool		 crash;		/* else corpus */
	bool		 hang;		/* a crash that is none: too slow */
	const struct origin *origin;	/* may be NULL */
	const char	*path;
	const char	*name;		/* what the engine calls it */
	int		 signal;	/* if the name tells, else 0 */
	const char	*report;	/* of a crash, may be NULL */
	size_t		 report_len;
	int		 exit_code;
	const char	*type;		/* of a crash if no report tells, or
					 * NULL */
};

/*
 * seen.c: a set of names that were dealt with.  It only grows: a name takes 18
 * to 23 bytes of memory, whatever its length, so that a million of them are
 * some 20 MiB.
 */
struct seen_key;
struct seen {
	struct seen_key	*slots;
	size_t		 n, cap;	/* cap < 2^32 */
};
bool	seen_add(struct seen *, const char *);	/* false: it was there */
bool	seen_has(const struct seen *, const char *);
void	seen_free(struct seen *);

/* How far the inputs of other jobs were taken. */
struct share {
	int64_t	 cursor;	/* the master's, 0 at first, */
	int64_t	 epoch;		/* and of which database, -1: not known */
	bool	 own;		/* what this job filed itself is here */
	int64_t	 next;		/* when to ask, CLOCK_BOOTTIME, ms */
	int	 failures;	/* in a row */
	int	 tries;		/* to fetch what comes next */
	struct pf_rate bytes, inputs;	/* what may be taken */
	/* As an engine tells: laid before it, and looked at of these. */
	int64_t	 given, taken;
};

struct health;			/* health.c */
struct checker;			/* check.c */

/* A job whose engine runs. */
struct fuzz {
	struct slot		*slot;
	const struct job	*job;
	const struct files	*files;
	const struct engine	*engine;
	const char		*dir;		/* of the job */
	unsigned		 built;		/* the target: enum pf_built */
	char			**argv, **envp;	/* of the engine */
	char			**target_envp;	/* of a run by itself */
	char			*log;		/* what it prints */
	ino_t			 log_ino;	/* of the file read last */
	int64_t			 log_read;	/* bytes of it */
	int64_t			 log_sent;	/* of the attempt's whole log */
	pid_t			 pid;		/* 0: not running */
	int64_t			 started;	/* CLOCK_BOOTTIME, ms */
	int64_t			 ran;		/* ms before that */
	int64_t			 deadline;
	struct numbers		 now;
	int64_t			 progress;	/* CLOCK_BOOTTIME, ms: its last
						 * sign of life, 0: none */
	struct seen		 seen;		/* names of files */
	struct seen		 inputs;	/* hashes: sent, or given */
	struct share		 share;
	struct pf_buf		 pack;		/* frames for the outbox */
	struct pf_buf		 keys;		/* inputs in it, see sent.c */
	int64_t			 looked;	/* files read */
	int64_t			 found_crashes;
	int64_t			 found;		/* crashes and inputs, once */
	int64_t			 run_seed;	/* -1: the engine tells none */
	int64_t			 reruns_ms;	/* runs for reports took, */
	int64_t			 last_ms;	/* and with the engine over */
	bool			 unrun;		/* no time was left for some, */
	bool			 unrun_said;	/* which is said once */
	bool			 stuck;		/* the pack finds no room */
	bool			 paused;	/* the outbox is full */
	bool			 over;		/* it ended by itself */
	bool			 condemned;	/* by the box, not by itself */
	const char		*result;	/* how, if over */
	int			 died;		/* its status, if it did not
						 * end well */
	struct health		*health;
	struct checker		*checks;	/* crashes to be run again */
	char			 message[512];
	void			*state;		/* the engine's own */
};

struct engine {
	const char	*name;		/* capability */
	const char	*program;	/* needed on PATH, or NULL */
	const struct pf_err	*(*start)(struct fuzz *);
	/* Looks at what has happened: numbers, new files, its end. */
	const struct pf_err	*(*poll)(struct fuzz *);
	/*
	 * Gives it an input of another job: the file is renamed to where the
	 * engine looks, or removed if it is none for this engine.  find_known()
	 * is told by whoever calls, and by start of what was given before.
	 * NULL: it takes none.
	 */
	const struct pf_err	*(*import)(struct fuzz *, const char *path,
			    const char *hash, int64_t size);
	bool		 goes_on;	/* starts its process again itself, and
					 * ends the job if that is no use */
	bool		 seldom;	/* tells of its numbers at each doubling
					 * of executions, from the first on */
	int64_t		 pace;		/* ms between its numbers, 0: when they
					 * change */
	bool		 endless;	/* ends only when told, or by dying */
	/*
	 * Takes what lies in the job's directory of an earlier process, calling
	 * find_file(); nothing runs, start comes later or never, and release in
	 * between.  NULL: there is nothing that poll would not see.
	 */
	const struct pf_err	*(*harvest)(struct fuzz *);
	/*
	 * A pause would be a hang for it: it is ended instead, which this hears
	 * of, and poll starts it again.  NULL: it is stopped.
	 */
	void		(*held)(struct fuzz *, int status);
	/* A signal to all its processes, to stop or go on; NULL: there is but
	 * one. */
	void		(*signal)(struct fuzz *, int sig);
	/* Whether any of its processes runs; NULL: there is but one. */
	bool		(*alive)(const struct fuzz *);
	int		 stop_signal;	/* asks it to end with final numbers */
	/*
	 * Asks all its processes to end, waits for those but f->pid at most
	 * ms, and tells how many are left; NULL: there is but one.
	 */
	int64_t		(*stop)(struct fuzz *, int64_t ms);
	void		(*release)(struct fuzz *);
};

extern const struct engine engine_afl, engine_libfuzzer, engine_extern;

/*
 * extern_learn.c: the executables of the directory of engines, in place of
 * those learnt before; none of these may be in use.  What is wrong with one is
 * said, unless quiet, and it is not offered; verbose tells of programs that
 * are not installed, too.  It is a warning, or told to the ear.
 */
enum engine_talk { ENGINE_QUIET, ENGINE_FAULTS, ENGINE_VERBOSE };
struct engine_ear {
	void	(*refused)(void *arg, const struct pf_err *);
	void	*arg;
};
void			 engine_learn(const struct pf_conf *,
			    enum engine_talk, const struct engine_ear *);
/* The i-th of them, NULL: no more. */
const struct engine	*engine_learnt(size_t i);

const struct engine	*engine_find(const char *name);
/* Any of its processes runs, though it be another one than f->pid. */
bool			 engine_alive(const struct fuzz *);
/* Engines whose program is here, as a JSON array; only is a list of names
 * separated by blanks or commas, "" for all. */
const struct pf_err	*engine_capabilities(struct pf_buf *, const char *only);
/* The same, which is not empty, with the kinds of jobs beside to fuzz. */
void			 engine_kinds(struct pf_buf *, const char *caps);

/* Value of a job's option, or NULL. */
const char	*job_option(const struct job *, const char *key);
/* PF_DATA naming the first option that is neither allowed nor one of the
 * sanitizers'. */
const struct pf_err	*job_check_options(const struct job *,
			    const char *const *allowed);

/* built.c: what a program's file says of how it was built; enum pf_built. */
unsigned	engine_built(const char *path);

/* env.c: environments that hold nothing of ours but PATH. */
void	env_engine(char ***, const char *dir);

/* sanitize.c: the options of all sanitizers, as this job wants them. */
void	env_sanitizers(char ***, const struct fuzz *);
/* Of a process that is to leave the input which takes too much memory. */
void	env_hard_limit(char **, const struct fuzz *);
/* llvm-symbolizer under any of its names; NULL: none. */
char	*env_symbolizer(void);

/* env.c: the last words of a log that are worth a message. */
void	log_last_words(char *out, size_t n, const char *path,
	    const char *const *marks);

/* argv.c: growing argument lists, NULL-ended. */
void	argv_add(char ***, const char *);
void	argv_addf(char ***, const char *, ...)
	    __attribute__((format(printf, 2, 3)));
void	argv_free(char **);

/*
 * finds.c: makes records of what was found and lays them into the outbox.
 * PF_NO of a file: not now, it stays to be found at the next look.
 */
const struct pf_err	*find_file(struct fuzz *, const struct find *);
/* An input of this hash needs not to be sent; false if that was known. */
bool			 find_known(struct fuzz *, const char *hash);
bool			 find_is_known(const struct fuzz *, const char *hash);
/* It was sent as a crash of this job, or as one that hangs. */
bool			 find_has_crashed(const struct fuzz *,
			    const char *hash);
void			 find_numbers(struct fuzz *, bool coverage);
void			 find_log(struct fuzz *);
/* A line of ours into the job's log. */
void			 find_say(struct fuzz *, const char *line);
const struct pf_err	*find_flush(struct fuzz *);
/* Any other record; fields is an open object, which is freed; key, if any, is
 * what sent.c remembers it by. */
void			 find_put(struct fuzz *, enum pf_kind,
			    const struct pf_buf *body, struct pf_buf *fields,
			    const char *key);

/*
 * harvest.c: calls look until it finds nothing more, and tells whether all is
 * in the outbox.
 */
bool			 harvest_finds(struct fuzz *,
			    const struct pf_err *(*look)(struct fuzz *));

/* show.c: the job and its numbers, for people, on the board. */
void			 show_job(struct fuzz *);

/*
 * sent.c: which inputs went into the outbox, on disk.  before and after a pack
 * of them is laid down, and what earlier processes did.  settle is for all jobs
 * of a slot's directory, before anything leaves its outbox.
 */
void			 sent_settle(const char *dir, const char *outbox);
void			 sent_before(struct fuzz *, const char *pack);
void			 sent_after(struct fuzz *);
void			 sent_resume(struct fuzz *);

/*
 * share.c: what other jobs of the campaign found, to the engine, as often as
 * is due; resume goes on where an earlier process was.
 */
void			 share_resume(struct fuzz *);
void			 share_poll(struct fuzz *);

/*
 * joblog.c: the next bytes of the engine's log and their place *at in that of
 * the attempt; how many, 0 if there is nothing new.  resume goes on where an
 * earlier process of the attempt was; place is for n bytes from elsewhere.
 */
void			 find_log_resume(struct fuzz *);
int64_t			 find_log_place(struct fuzz *, size_t n);
size_t			 find_log_next(struct fuzz *, struct pf_buf *,
			    int64_t *at);

/*
 * rerun.c: runs the target once on an input and tells how it ended; log gets
 * what it printed.  The command that does the same, with %TARGET% and
 * %INPUT%, is appended to command.  built is what the program was built with,
 * for a harness is run as its own main() wants it.  Whether there is time for
 * that: a part of the engine's, a short while after it, and none if told to
 * stop, which cuts a run, too.
 */
struct rerun {
	int		 signal;
	int		 exit_code;
	bool		 timed_out;
	bool		 cut;		/* before it had its time */
	struct pf_buf	 log;
};
bool			 rerun_may(const struct fuzz *);
const struct pf_err	*rerun_input(struct fuzz *, const char *p, size_t n,
			    struct rerun *);
void			 rerun_command(struct pf_buf *, const struct job *,
			    unsigned built);
bool			 rerun_by_file(const struct job *, unsigned built);
/* The command line of that, and how long it may take, in ms. */
void			 rerun_argv(char ***argv, const struct job *,
			    unsigned built, const char *target,
			    const char *input);
int64_t			 rerun_limit(const struct job *);

#endif
