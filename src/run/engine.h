/*
 * Engines: a table of functions each.
 */
#ifndef RUN_ENGINE_H
#define RUN_ENGINE_H

#include "run/run.h"

/* The latest numbers; -1 where the engine does not tell yet. */
struct numbers {
	int64_t	 execs, edges, total_edges, corpus, crashes, hangs, rss_mb;
	double	 execs_per_sec, stability;
};

/* A file the engine wrote. */
struct find {
	bool		 crash;		/* else corpus */
	const char	*path;
	const char	*name;		/* what the engine calls it */
	int		 signal;	/* if the name tells, else 0 */
	const char	*report;	/* of a crash, may be NULL */
	size_t		 report_len;
	int		 exit_code;
};

/* A set of names that were dealt with. */
struct seen {
	char	**slots;
	size_t	 n, cap;
};
bool	seen_add(struct seen *, const char *);	/* false: it was there */
bool	seen_has(const struct seen *, const char *);
void	seen_free(struct seen *);

/* How far the inputs of other jobs were taken. */
struct share {
	int64_t	 cursor;	/* the master's, 0 at first */
	int64_t	 next;		/* when to ask, CLOCK_BOOTTIME, ms */
	int	 failures;	/* in a row */
	int	 tries;		/* to fetch what comes next */
};

/* A job whose engine runs. */
struct fuzz {
	struct slot		*slot;
	const struct job	*job;
	const struct files	*files;
	const struct engine	*engine;
	const char		*dir;		/* of the job */
	char			**argv, **envp;	/* of the engine */
	char			**target_envp;	/* of a run by itself */
	char			*log;		/* what it prints */
	ino_t			 log_ino;	/* of the file read last */
	int64_t			 log_read;	/* bytes of it */
	int64_t			 log_sent;	/* of the attempt's whole log */
	pid_t			 pid;		/* 0: not running */
	int64_t			 started;	/* CLOCK_BOOTTIME, ms */
	int64_t			 deadline;
	struct numbers		 now;
	struct seen		 seen;		/* names of files */
	struct seen		 inputs;	/* hashes: sent, or given */
	struct share		 share;
	struct pf_buf		 pack;		/* frames for the outbox */
	int64_t			 found_crashes;
	int64_t			 run_seed;	/* -1: the engine tells none */
	bool			 over;		/* it ended by itself */
	const char		*result;	/* how, if over */
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
	int		 stop_signal;	/* asks it to end with final numbers */
	void		(*release)(struct fuzz *);
};

extern const struct engine engine_afl, engine_libfuzzer;

const struct engine	*engine_find(const char *name);
/* Engines whose program is here, as a JSON array; only is a list of names
 * separated by blanks or commas, "" for all. */
const struct pf_err	*engine_capabilities(struct pf_buf *, const char *only);

/* Value of a job's option, or NULL. */
const char	*job_option(const struct job *, const char *key);
/* PF_DATA naming the first option or argument that is not allowed. */
const struct pf_err	*job_check_options(const struct job *,
			    const char *const *allowed);

/* env.c: environments that hold nothing of ours but PATH. */
void	env_engine(char ***, const char *dir);
void	env_sanitizers(char ***);

/* env.c: the last words of a log that are worth a message. */
void	log_last_words(char *out, size_t n, const char *path,
	    const char *const *marks);

/* argv.c: growing argument lists, NULL-ended. */
void	argv_add(char ***, const char *);
void	argv_addf(char ***, const char *, ...)
	    __attribute__((format(printf, 2, 3)));
void	argv_free(char **);

/* finds.c: makes records of what was found and lays them into the outbox. */
const struct pf_err	*find_file(struct fuzz *, const struct find *);
/* An input of this hash needs not to be sent; false if that was known. */
bool			 find_known(struct fuzz *, const char *hash);
bool			 find_is_known(const struct fuzz *, const char *hash);
void			 find_numbers(struct fuzz *, bool coverage);
void			 find_log(struct fuzz *);
const struct pf_err	*find_flush(struct fuzz *);

/*
 * share.c: what other jobs of the campaign found, to the engine, as often as
 * is due; resume goes on where an earlier process was.
 */
void			 share_resume(struct fuzz *);
void			 share_poll(struct fuzz *);

/*
 * joblog.c: the next bytes of the engine's log and their place *at in that of
 * the attempt; how many, 0 if there is nothing new.  resume goes on where an
 * earlier process of the attempt was.
 */
void			 find_log_resume(struct fuzz *);
size_t			 find_log_next(struct fuzz *, struct pf_buf *,
			    int64_t *at);

/*
 * rerun.c: runs the target once on an input and tells how it ended; log gets
 * what it printed.  The command that does the same, with %TARGET% and
 * %INPUT%, is appended to command.
 */
struct rerun {
	int		 signal;
	int		 exit_code;
	bool		 timed_out;
	struct pf_buf	 log;
};
const struct pf_err	*rerun_input(struct fuzz *, const char *path,
			    struct rerun *);
void			 rerun_command(struct pf_buf *, const struct job *);

#endif
