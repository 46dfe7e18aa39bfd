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

struct pf_proc_spec {
	char *const	*argv;
	char *const	*envp;
	const char	*cwd;		/* NULL: ours */
	const char	*in;		/* file for stdin, NULL: /dev/null */
	const char	*out;		/* file for stdout and stderr, appended;
					 * NULL: /dev/null */
	int64_t		 cpu_s;		/* RLIMIT_CPU, 0: none */
	int64_t		 file_bytes;	/* RLIMIT_FSIZE, 0: none */
};

/*
 * Starts it.  A program that cannot be executed is an error here, not an
 * exit status later.
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
 */
const struct pf_err	*pf_proc_adopt(void);
void			 pf_proc_sweep(void);

/* The program on PATH (or itself if it has a slash), or NULL; free it. */
char			*pf_proc_find(const char *name);

#endif
