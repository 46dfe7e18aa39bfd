/*
 * Hooks of a run that does not stay: "pf-ingest hooks" in a session of its
 * own tells those that are due, while who started it files on and ends.
 */
#include <sys/wait.h>

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "ingest/ingest.h"
#include "os/clock.h"
#include "os/proc.h"

#define LOOK_MS	20

/* In the child; only returns on failure. */
static void
become(char *const *argv)
{
	sigset_t none;
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	setsid();
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	/* Who reads our output waits for its end. */
	if (fd != -1 && dup2(fd, STDIN_FILENO) != -1 &&
	    dup2(fd, STDOUT_FILENO) != -1)
		execv("/proc/self/exe", argv);
}

static char *
word(const char *s)
{
	union { const char *in; char *out; } u = { .in = s };

	return u.out;
}

static const struct pf_err *
send_off(struct ingest *g)
{
	char *argv[] = { word(pf_prog), word("-q"), word("hooks"), NULL,
	    NULL, NULL };

	if (g->conf_path != NULL) {
		argv[2] = word("-c");
		argv[3] = word(g->conf_path);
		argv[4] = word("hooks");
	}
	if ((g->errand = fork()) == -1)
		return pf_errno("fork");
	if (g->errand == 0) {
		become(argv);
		_exit(70);
	}
	return NULL;
}

/* Is one of ours on its way? */
static bool
is_away(struct ingest *g)
{
	int status;

	if (g->errand > 0 && pf_proc_ended(g->errand, &status))
		g->errand = 0;
	return g->errand > 0;
}

const struct pf_err *
errand_step(struct ingest *g)
{
	const struct pf_err *err;
	bool due;

	if (g->conf->on_new_crash[0] == '\0' || is_away(g))
		return NULL;
	if ((err = hook_due(&due, g)) != NULL || !due)
		return err;
	return send_off(g);
}

const struct pf_err *
hook_or_errand(struct ingest *g, int64_t *ms)
{
	*ms = -1;
	return g->waits ? hook_step(g, ms) : errand_step(g);
}

void
errand_wait(struct ingest *g)
{
	int64_t end = pf_boot_ms() + ERRAND_MS;

	while (is_away(g) && pf_boot_ms() < end && !stopping())
		wait_for(-1, LOOK_MS);
}

/* Nobody waits for what is said from here on. */
static void
fall_silent(void)
{
	int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);

	if (fd != -1)
		(void)dup2(fd, STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
}

const struct pf_err *
hooks(struct ingest *g, char **words, bool dry)
{
	const struct pf_err *err;
	int64_t silent = pf_boot_ms() + ERRAND_MS, ms = 0;

	(void)dry;
	if (words[0] != NULL)
		return pf_err(PF_USAGE, "hooks: \"%s\": it takes no names",
		    words[0]);
	err = pf_db_open_conf(&g->db, g->conf);
	while (err == NULL && ms >= 0 && ms <= ERRAND_MS && !stopping()) {
		if (g->quiet && pf_boot_ms() >= silent) {
			fall_silent();
			silent = INT64_MAX;
		}
		if ((err = hook_step(g, &ms)) == NULL && ms > 0)
			wait_for(-1, ms < ERRAND_MS ? ms : 0);
	}
	writer_close(g);
	hook_end(g);
	return err;
}
