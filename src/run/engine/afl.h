/*
 * What the files of the AFL++ engine share.
 *
 * A job is one afl-fuzz, a main node, in a sync directory of its own; or, as
 * the job asks, a main node and secondaries.  Each is a struct afl_node.
 */
#ifndef RUN_AFL_H
#define RUN_AFL_H

#include <sys/types.h>

#include <time.h>

#include "run/engine/engine.h"

#define AFL_NODES_MAX	6
#define AFL_SIBLING	"pandafuzz"	/* whose queue it imports from */

/* What the afl-fuzz here can do, by its own help. */
struct afl_caps {
	struct pf_buf	 help;
	struct pf_buf	 schedules;	/* " fast explore ", "" if not told */
};

/* What the job's options say. */
struct afl_options {
	bool		 plain;		/* no instrumentation: -n */
	int64_t		 nodes;
	int64_t		 seed;		/* -1: none */
	int		 deterministic;	/* -1: as afl-fuzz likes */
	bool		 mutator_only;
	const char	*schedule;	/* or NULL */
	const char	*cmplog_level;	/* or NULL */
	char		*cmplog, *mutator;	/* paths or NULL */
};

enum afl_kind { AFL_QUEUE, AFL_CRASHES, AFL_HANGS };

/*
 * A directory that afl-fuzz lays files into.  When it resumes it puts its old
 * ones aside under other names; the inode stays.
 */
struct afl_place {
	enum afl_kind	 kind;
	ino_t		 ino;
	bool		 current;	/* not one put aside */
	unsigned char	*done;		/* a bit for each id that is dealt
					 * with; so many bytes */
	size_t		 ndone;
	int64_t		 count;		/* files in it */
	struct timespec	 mtime;		/* when it was read */
	bool		 again;		/* read it whatever its mtime says */
	int64_t		 not_before;	/* CLOCK_BOOTTIME, ms */
};

struct afl_node {
	char		 name[24];	/* main, s01 ...; "plain" with -n */
	char		*dir;
	char		*aside;		/* a directory that was no use */
	char		*log;
	bool		 main;
	pid_t		 pid;		/* 0: not running */
	bool		 gone;		/* for good */
	bool		 up;		/* this run came as far as fuzzing */
	bool		 resumed;	/* this run began with -i - */
	bool		 no_resume;	/* the next one must not */
	bool		 seeds_seen;	/* those that crash were told */
	int		 bad;		/* runs in a row that were short */
	int64_t		 launched;	/* CLOCK_BOOTTIME, ms */
	int64_t		 resume_at;
	struct timespec	 stale;		/* of the statistics before this run */
	struct timespec	 stats, plot;	/* mtimes of what was read */
	struct afl_place *places;
	size_t		 nplaces;
	int64_t		 imported;	/* from the sibling */
	struct numbers	 now;
};

/* The engine's state. */
struct afl {
	char			*program;
	struct afl_caps		 caps;
	struct afl_options	 opts;
	char			*out;		/* the sync directory */
	struct afl_node		*nodes;
	size_t			 nnodes;
	int64_t			 next_import;	/* id in the sibling's queue, */
	int64_t			 first_import;	/* and the first kept there */
	int64_t			 hangs_sent;
	bool			 all;		/* look at whatever is there */
	uint64_t		 sign;		/* of life, see afl_read() */
};

/* afl_caps.c */
const struct pf_err	*afl_caps_read(struct fuzz *, struct afl_caps *,
			    const char *program);
/* A variable of the environment, or a letter of the command line. */
bool			 afl_knows(const struct afl_caps *, const char *);
bool			 afl_has_flag(const struct afl_caps *, char);
/* PF_DATA with those there are. */
const struct pf_err	*afl_check_schedule(const struct afl_caps *,
			    const char *);
void			 afl_caps_free(struct afl_caps *);

/* afl_options.c: the job's, and whether they suit what is here. */
const struct pf_err	*afl_options_read(struct fuzz *, struct afl *);
const struct pf_err	*afl_options_check(const struct afl *);

/* afl_cmd.c: the command line and environment of a node; input is -i. */
void			 afl_argv(char ***, const struct fuzz *,
			    const struct afl_node *, const char *input);
void			 afl_envp(char ***, const struct fuzz *,
			    const struct afl_node *);

/* afl_sibling.c: the queue of a sibling that is none, see engine.import. */
const struct pf_err	*afl_sibling_make(struct fuzz *);
const struct pf_err	*afl_import(struct fuzz *, const char *path,
			    const char *hash, int64_t size);
/* It is to be read by one that begins at 0, and nobody reads it now. */
void			 afl_sibling_again(struct fuzz *);
/* Clears away what was looked at, as share.taken says. */
void			 afl_sibling_thin(struct fuzz *);

/* afl_node.c: the processes. */
void			 afl_nodes_make(struct fuzz *);
const struct pf_err	*afl_launch(struct fuzz *, struct afl_node *);
/* A secondary that ended is started again; the main node ends the job. */
void			 afl_nodes_poll(struct fuzz *);
int64_t			 afl_stop(struct fuzz *, int64_t ms);
void			 afl_signal(struct fuzz *, int sig);
bool			 afl_alive(const struct fuzz *);
void			 afl_nodes_free(struct afl *);

/* afl_seeds.c: the seeds that crash, which some afl-fuzz pass over. */
const struct pf_err	*afl_bad_seeds(struct fuzz *, struct afl_node *);

/* afl_read.c: the numbers of all nodes. */
void			 afl_read(struct fuzz *);

/*
 * afl_finds.c: new files; and forgetting places, all or those of a kind.  last
 * is for a node that has ended: false if not all that it found is taken, and
 * that may be otherwise later.
 */
const struct pf_err	*afl_finds(struct fuzz *, struct afl_node *);
bool			 afl_finds_last(struct fuzz *, struct afl_node *);
void			 afl_forget(struct afl_node *);
void			 afl_forget_kind(struct afl_node *, enum afl_kind);

#endif
