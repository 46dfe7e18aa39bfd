/*
 * Running things: the target on an input, and programs that make an input of
 * another.
 */
#include <sys/mman.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "blackbox/blackbox.h"
#include "os/clock.h"
#include "os/fs.h"
#include "os/proc.h"
#include "os/stop.h"

#define FILTER_MS	10000	/* a mutator may take */
#define FILE_MAX	(64 << 20)	/* a target may write */

extern char **environ;

/*
 * Waits for the child without a loop of naps: SIGCHLD is blocked since the
 * start.  False if it was killed, being late.
 */
static bool
wait_for(pid_t pid, int *status, int64_t ms)
{
	int64_t end = pf_boot_ms() + ms, left;
	struct timespec t;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	while (!pf_proc_ended(pid, status)) {
		left = end - pf_boot_ms();
		if (left <= 0 || pf_stopping) {
			(void)kill(-pid, SIGKILL);
			(void)kill(pid, SIGKILL);
			while (waitpid(pid, status, 0) == -1 &&
			    errno == EINTR)
				;
			return false;
		}
		t = (struct timespec){ left / 1000, left % 1000 * 1000000 };
		(void)sigtimedwait(&set, NULL, &t);
	}
	return true;
}

/*
 * What a program left: in a session of its own no signal to the group reaches
 * it, but it is our child by now.  Asked each time, for that is one call.
 */
static void
end_leftovers(pid_t pid)
{
	pid_t got;

	(void)kill(-pid, SIGKILL);
	while ((got = waitpid(-1, NULL, WNOHANG)) > 0)
		;
	if (got == 0)
		pf_proc_sweep();
}

const struct pf_err *
execute(struct target *t, const struct pf_buf *input, enum outcome *out,
    int *sig)
{
	const struct pf_err *err;
	struct pf_proc_spec spec = { .argv = t->argv, .envp = environ,
	    .in = t->by_file ? NULL : t->input, .file_bytes = FILE_MAX };
	int status = 0;
	pid_t pid;
	bool ended;

	*out = FINE;
	*sig = 0;
	/* Anew: the last target may have left anything under that name. */
	(void)unlink(t->input);
	if ((err = pf_file_write(t->input, input)) != NULL ||
	    (err = pf_proc_start(&pid, &spec)) != NULL)
		return err;
	ended = wait_for(pid, &status, t->timeout);
	end_leftovers(pid);
	if (!ended)
		*out = pf_stopping ? FINE : HUNG;
	else if (WIFSIGNALED(status) && !pf_stopping) {
		*out = CRASHED;
		*sig = WTERMSIG(status);
	}
	return NULL;
}

static const struct filter {
	const char	*name;
	const char	*args[6];	/* SEED and RATIO are put in */
} filters[] = {
	{ "zzuf", { "-s", "SEED", "-r", "RATIO", NULL } },
	{ "radamsa", { "-s", "SEED", NULL } },
};

static const struct filter *
find_filter(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(filters) / sizeof(filters[0]); i++)
		if (strcmp(filters[i].name, name) == 0)
			return &filters[i];
	return NULL;
}

bool
filter_known(const char *name)
{
	return find_filter(name) != NULL;
}

bool
filter_here(const char *name)
{
	char *path = pf_proc_find(name);

	free(path);
	return path != NULL;
}

/* Input and output in memory; the descriptors are the child's too. */
static const struct pf_err *
run_filter(char **argv, const char *in, int to)
{
	const struct pf_err *err;
	struct pf_proc_spec spec = { .argv = argv, .envp = environ, .in = in,
	    .out_fd = to, .file_bytes = FILE_MAX };
	int status = 0;
	pid_t pid;
	bool ended;

	if ((err = pf_proc_start(&pid, &spec)) != NULL)
		return err;
	ended = wait_for(pid, &status, FILTER_MS);
	end_leftovers(pid);
	if (!ended)
		return pf_stopping ? NULL : pf_err(PF_IO, "%s did not end",
		    argv[0]);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return pf_err(PF_IO, "%s ended with status %d", argv[0],
		    WIFEXITED(status) ? WEXITSTATUS(status) :
		    128 + WTERMSIG(status));
	return NULL;
}

const struct pf_err *
filter_run(const char *name, const char *ratio, uint64_t seed,
    const struct pf_buf *in, struct pf_buf *out, size_t max)
{
	const struct pf_err *err;
	const struct filter *f = find_filter(name);
	char number[24], *argv[8] = { NULL };
	int fd = memfd_create("made", MFD_CLOEXEC);
	size_t i;

	/* Of 31 bits: radamsa and zzuf take them all the same. */
	snprintf(number, sizeof(number), "%" PRIu64, seed & 0x7fffffff);
	argv[0] = pf_proc_find(name);
	for (i = 0; f->args[i] != NULL; i++)
		argv[i + 1] = pf_strdup(strcmp(f->args[i], "SEED") == 0 ?
		    number : strcmp(f->args[i], "RATIO") == 0 ? ratio :
		    f->args[i]);
	if (argv[0] == NULL)
		err = pf_err(PF_UNAVAIL, "%s is not installed", name);
	else if (fd == -1)
		err = pf_errno("memfd_create");
	else if ((err = pf_file_write("filter.in", in)) == NULL &&
	    (err = run_filter(argv, "filter.in", fd)) == NULL) {
		(void)lseek(fd, 0, SEEK_SET);
		err = pf_read_all(out, fd, FILE_MAX, name);
		if (out->len > max)
			out->len = max;
	}
	if (fd != -1)
		close(fd);
	for (i = 0; i < sizeof(argv) / sizeof(argv[0]); i++)
		free(argv[i]);
	return err;
}
