/*
 * What the files of the box share.
 */
#ifndef RUN_BOX_ROOM_H
#define RUN_BOX_ROOM_H

#include "os/sandbox.h"
#include "run/box/box.h"
#include "run/box/groups.h"

#define BOXED_MAX	8	/* programs of a slot at once */
#define TMP_BYTES	(64 << 20)	/* of each tmpfs */

/* Of a disk. */
struct used {
	int64_t	 bytes, files;
};

/* A program that runs. */
struct boxed {
	pid_t	 pid;		/* 0: a free place */
	pid_t	 init;		/* of its namespace, 0: it has none */
	pid_t	 self;		/* the program itself, 0: not known yet */
	int	 due;		/* a signal for it, once it is known */
};

struct box {
	bool			 none;		/* as the configuration says */
	char			*bwrap;		/* NULL: not to be had */
	bool			 spare;		/* an old one: fewer options */
	bool			 said;		/* what is missing */
	struct box_ability	 can[BOX_LAYERS];
	int64_t			 began;		/* Unix time, seconds */
	int64_t			 processes;	/* RLIMIT_NPROC, 0: none */
	struct groups		 groups;
	struct boxed		 boxed[BOXED_MAX];
	/* Of the job at hand: */
	int64_t			 memory;	/* it may have */
	bool			 poll_memory;	/* nobody else looks after it */
	int64_t			 memory_at;	/* next, CLOCK_BOOTTIME, ms */
	int64_t			 killed_before, refused_before;
	int64_t			 killed, refused;	/* limits it met */
	int64_t			 killed_asked;	/* when box_starved() was */
	pid_t			 alarm;		/* box_alarm(), 0: none, */
	int64_t			 alarm_bytes;
	int64_t			 alarmed;	/* and at how much it was */
	struct used		 used;		/* of the disk */
	struct used		 free_then;	/* of it then */
	int64_t			 look_at;	/* next, CLOCK_BOOTTIME, ms */
	bool			 told;		/* of limits met */
};

/* can.c: says once what is missing. */
void			 box_say(struct slot *);

/*
 * start.c: takes leave of processes that ended after their parents had, which
 * made them ours.  Only while nothing runs but what is in boxed[].
 */
void			 boxed_reap(struct box *);

/* start.c: the program itself, 0: not known yet. */
pid_t			 boxed_self(struct box *, pid_t);

/* watch.c: a job begins. */
void			 watch_begin(struct fuzz *);

/* usage.c: what a directory takes on the disk; PF_FULL if it is more than
 * max bytes, or the files that go with them, or a tree that nobody should
 * walk. */
const struct pf_err	*usage(struct used *, const char *dir, int64_t max);
int64_t			 usage_files(int64_t max);

/* bwrap.c: *spare: it does not know all the options; NULL if it works, else
 * why not. */
const char		*bwrap_try(const char *bwrap, bool *spare);
/* The command line around that of the spec, for this job. */
char			**bwrap_argv(struct fuzz *, const struct box *,
			    const struct pf_proc_spec *, int info_fd);
/* Reads from the other end of info_fd who is the first in the namespace. */
pid_t			 bwrap_init(int fd);

/* paths.c: system directories that programs read, NULL-ended. */
extern const char *const	 box_system[];
/* Those of PATH, and that of the program, that are not seen with the system;
 * argv_free(). */
char			**box_programs(const char *program,
			    char *const *hidden);
/* Directories of the job the engine may write below; argv_free(). */
char			**box_writable(const char *dir);

/*
 * hide.c: what is not to be seen even where it lies below what may be read:
 * real paths, those above others first, or NULL; argv_free() that and all
 * lists here.
 */
char			**hide_list(const struct slot *);
/* True if a path is one of those, or below one. */
bool			 hide_covers(char *const *hidden, const char *path);
/* Those that are below a directory, by their names under it. */
char			**hide_below(char *const *hidden, const char *dir);
/* Adds a directory, or, if any is below it, all in it but that. */
void			 hide_rest(char ***v, char *const *hidden,
			    const char *dir);

/* jail.c: landlock, for a machine without bwrap. */
struct jail {
	char			**names;
	struct pf_box_path	*paths;
	struct pf_box		 box;
};
void			 jail_make(struct jail *, struct fuzz *,
			    const struct pf_proc_spec *);
void			 jail_free(struct jail *);

#endif
