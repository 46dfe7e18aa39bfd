/*
 * Child processes that cannot outlive their purpose: a session of their own,
 * no core files, killed when the parent dies, and what they leave behind is
 * found and killed too.
 */
#ifndef PF_OS_PROC_H
#define PF_OS_PROC_H

#include <sys/types.h>

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct pf_box;

struct pf_proc_spec {
	char *const	*argv;
	char *const	*envp;
	const char	*cwd;		/* NULL: ours */
	const char	*in;		/* file for stdin, NULL: /dev/null */
	const char	*out;		/* file for stdout and stderr, appended;
					 * NULL: /dev/null */
	int		 in_fd, out_fd;	/* above 2: that in place of in, out */
	int64_t		 cpu_s;		/* RLIMIT_CPU, 0: none */
	int64_t		 file_bytes;	/* RLIMIT_FSIZE, 0: none.  What is
					 * more fails, and does not kill */
	int64_t		 files;		/* RLIMIT_NOFILE at most, 0: ours */
	int64_t		 processes;	/* RLIMIT_NPROC, 0: ours */
	int		 oom_adj;	/* added to our oom_score_adj */
	int		 keep_fd;	/* above 2: the one more descriptor
					 * it gets */
	const char *const *groups;	/* directories of control groups to
					 * enter, NULL-ended; or NULL */
	const struct pf_box *box;	/* to be shut in, or NULL */
};

/*
 * Starts it.  A program that cannot be executed, a limit or a group that
 * cannot be had is an error here, not an exit status later.
 */
const struct pf_err	*pf_proc_start(pid_t *, const struct pf_proc_spec *);

/* True when it has ended; *status as from waitpid(2). */
bool			 pf_proc_ended(pid_t, int *status);

/*
 * Waits at most ms for its end; then kills it with its whole group.  True if
 * it ended by itself.
 */
bool			 pf_proc_wait(pid_t, int *status, int64_t ms);

/* Signals the whole process group. */
void			 pf_proc_signal(pid_t, int sig);

/*
 * Makes this process inherit orphaned descendants, so that
 * pf_proc_sweep() can kill and reap all of them: afl-fuzz puts its targets
 * into sessions of their own, where no signal to a group reaches them.
 * Before the first is killed all are stopped: who multiplies faster than he
 * is killed is held first.
 */
const struct pf_err	*pf_proc_adopt(void);
void			 pf_proc_sweep(void);

/* All that descend from us at the moment, how many in *n; free it. */
pid_t			*pf_proc_kin(size_t *n);

/* The child of a process that was started first, 0 if it has none. */
pid_t			 pf_proc_child(pid_t);

/* Its parent, 0 if there is no such process. */
pid_t			 pf_proc_parent(pid_t);

/* Bytes of memory that it has, 0 if there is no such process. */
int64_t			 pf_proc_bytes(pid_t);

/*
 * Signals one thread of a process, not its first if it has another: a handler
 * that must not run in the middle of what the first one does.
 */
void			 pf_proc_signal_aside(pid_t, int sig);

/* How many processes are of this user. */
int64_t			 pf_proc_count(uid_t);

/*
 * Bytes of memory that all our descendants have.  Only if they seem to have
 * more than enough is it looked who shares what; *most is the one that has
 * most of it, 0 if there are none.
 */
int64_t			 pf_proc_memory(pid_t *most, int64_t enough);

/* The program on PATH (or itself if it has a slash), or NULL; free it. */
char			*pf_proc_find(const char *name);

#endif
