/*
 * One run of a target on one input, for what afl-fuzz does not keep: the
 * signal and the report.
 */
#include <sys/wait.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/clock.h"
#include "os/fs.h"
#include "os/stop.h"
#include "run/box/box.h"
#include "run/engine/libfuzzer.h"

#define LOG_MAX		(1 << 20)
#define SLACK_MS	2000	/* a target starts slowly under a debugger's
				 * worth of sanitizer */
#define LF_SLACK_MS	5000	/* libFuzzer looks at its clock now and then,
				 * and has a report to write */
#define STEP_MS		5
#define AHEAD_MS	10000	/* for runs for a report: so long, */
#define PART		4	/* and one of so many parts of the time; */
#define LAST_MS		20000	/* after that so long */

static const struct pf_json *
job_args(const struct job *j)
{
	return pf_json_first(pf_json_get(j->doc, "args"));
}

static bool
is_libfuzzer(const struct job *j)
{
	return strcmp(j->engine, "libfuzzer") == 0;
}

/*
 * True if the program is a harness whose main() takes the names of inputs, and
 * nothing that a job of another engine would tell it: without a name libFuzzer
 * fuzzes, and that of AFL++ prints how to use it and does well.  The latter
 * takes one argument that is no name, but only from afl-fuzz; with more of
 * them the target is one that looks at them by itself.
 */
static bool
is_harness(const struct job *j, unsigned built)
{
	if (is_libfuzzer(j))
		return false;
	return (built & PF_BUILT_LIBFUZZER) != 0 ||
	    ((built & PF_BUILT_DRIVER) != 0 &&
	    (job_args(j) == NULL || pf_json_next(job_args(j)) == NULL));
}

/* True if the program takes the input as a file. */
bool
rerun_by_file(const struct job *j, unsigned built)
{
	const struct pf_json *v;

	if (is_libfuzzer(j) || is_harness(j, built))
		return true;
	for (v = job_args(j); v != NULL; v = pf_json_next(v))
		if (pf_json_text(v) != NULL &&
		    strstr(pf_json_text(v), "@@") != NULL)
			return true;
	return false;
}

/* An argument with the input's name for each "@@", as afl-fuzz does it. */
static char *
with_input(const char *arg, const char *input)
{
	struct pf_buf b = PF_BUF_INIT;

	pf_buf_replaced(&b, arg, "@@", input);
	return pf_buf_detach(&b);
}

/* A word for the shell, quoted only where that is needed. */
static void
quote(struct pf_buf *b, const char *s)
{
	if (*s != '\0' && s[strspn(s, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/=+:,@%")] == '\0') {
		pf_buf_adds(b, s);
		return;
	}
	pf_buf_addc(b, '\'');
	for (; *s != '\0'; s++) {
		if (*s == '\'')
			pf_buf_adds(b, "'\\''");
		else
			pf_buf_addc(b, *s);
	}
	pf_buf_addc(b, '\'');
}

void
rerun_command(struct pf_buf *b, const struct job *j, unsigned built)
{
	const struct pf_json *v;
	char *arg;

	pf_buf_adds(b, "%TARGET%");
	if (is_libfuzzer(j) || is_harness(j, built)) {
		pf_buf_adds(b, " %INPUT%");
		return;
	}
	for (v = job_args(j); v != NULL; v = pf_json_next(v)) {
		arg = with_input(pf_json_text(v) != NULL ? pf_json_text(v) :
		    "", "%INPUT%");
		pf_buf_addc(b, ' ');
		quote(b, arg);
		free(arg);
	}
	if (!rerun_by_file(j, built))
		pf_buf_adds(b, " < %INPUT%");
}

void
rerun_argv(char ***argv, const struct job *j, unsigned built,
    const char *target, const char *input)
{
	const struct pf_json *v;
	char *arg;

	argv_add(argv, target);
	if (is_harness(j, built)) {
		argv_add(argv, input);
		return;
	}
	for (v = job_args(j); v != NULL; v = pf_json_next(v)) {
		arg = with_input(pf_json_text(v) == NULL ? "" :
		    pf_json_text(v), input);
		argv_add(argv, arg);
		free(arg);
	}
	if (is_libfuzzer(j)) {
		lf_rerun_argv(argv, j);
		argv_add(argv, input);
	}
}

int64_t
rerun_limit(const struct job *j)
{
	return j->timeout * 2 + (is_libfuzzer(j) ? LF_SLACK_MS : SLACK_MS);
}

/* Nobody fuzzes any more, or not yet. */
static bool
is_last(const struct fuzz *f)
{
	return f->over || f->started == 0 || pf_boot_ms() >= f->deadline;
}

bool
rerun_may(const struct fuzz *f)
{
	if (pf_stopping)
		return false;
	return is_last(f) ? f->last_ms < LAST_MS : f->reruns_ms < AHEAD_MS +
	    (pf_boot_ms() - f->started) / PART;
}

/* True if it ended by itself. */
static bool
run_out(struct fuzz *f, pid_t pid, int *status, int64_t ms)
{
	int64_t end = pf_boot_ms() + ms;

	while (!pf_stopping && pf_boot_ms() < end) {
		if (box_ended(f, pid, status))
			return true;
		pf_sleep_ms(STEP_MS);
	}
	return box_wait(f, pid, status, 0);
}

const struct pf_err *
rerun_input(struct fuzz *f, const char *p, size_t n, struct rerun *r)
{
	const struct pf_err *err;
	char *path = pf_asprintf("%s/own/rerun.input", f->dir);
	char *log = pf_asprintf("%s/own/rerun.log", f->dir);
	char **argv = NULL;
	struct pf_proc_spec spec = { .envp = f->target_envp, .cwd = f->dir,
	    .out = log, .file_bytes = LOG_MAX };
	int64_t wait = rerun_limit(f->job), began = pf_boot_ms();
	int64_t most = f->slot->lease_ms / 3, left;
	int status = 0;
	pid_t pid;

	*r = (struct rerun){ .log = PF_BUF_INIT };
	/* No heartbeat goes out meanwhile, and the engine is not ended. */
	left = lease_left(f->slot);
	if (engine_alive(f) && most > left)
		most = left;
	if (wait > most && f->slot->lease_ms > 0)
		wait = most > 0 ? most : 1;
	rerun_argv(&argv, f->job, f->built, f->files->target, path);
	if (!rerun_by_file(f->job, f->built))
		spec.in = path;
	spec.argv = argv;
	spec.cpu_s = wait / 1000 + 1;
	unlink(log);
	/* Not the engine's file: a target could have put another there. */
	if ((err = pf_file_put(path, NULL, p, n, 0640)) == NULL &&
	    (err = box_start(f, &spec, &pid)) == NULL) {
		if (!run_out(f, pid, &status, wait)) {
			r->timed_out = wait >= f->job->timeout &&
			    pf_boot_ms() - began >= wait;
			r->cut = !r->timed_out;
		} else if (WIFSIGNALED(status))
			r->signal = WTERMSIG(status);
		else
			r->exit_code = WEXITSTATUS(status);
		/* A report cut by the limit is still a report. */
		(void)pf_slurp(&r->log, log, LOG_MAX);
	}
	*(is_last(f) ? &f->last_ms : &f->reruns_ms) += pf_boot_ms() - began;
	unlink(path);
	argv_free(argv);
	free(path);
	free(log);
	return err;
}
