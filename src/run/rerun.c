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
#include "os/proc.h"
#include "run/engine.h"

#define LOG_MAX		(1 << 20)
#define SLACK_MS	2000	/* a target starts slowly under a debugger's
				 * worth of sanitizer */

static const struct pf_json *
job_args(const struct job *j)
{
	return pf_json_first(pf_json_get(j->doc, "args"));
}

/* True if the target takes the input as a file. */
static bool
by_file(const struct job *j)
{
	const struct pf_json *v;

	for (v = job_args(j); v != NULL; v = pf_json_next(v))
		if (pf_json_text(v) != NULL &&
		    strcmp(pf_json_text(v), "@@") == 0)
			return true;
	return strcmp(j->engine, "libfuzzer") == 0;
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
rerun_command(struct pf_buf *b, const struct job *j)
{
	const struct pf_json *v;
	const char *arg;

	pf_buf_adds(b, "%TARGET%");
	if (strcmp(j->engine, "libfuzzer") == 0) {
		pf_buf_adds(b, " %INPUT%");
		return;
	}
	for (v = job_args(j); v != NULL; v = pf_json_next(v)) {
		arg = pf_json_text(v) != NULL ? pf_json_text(v) : "";
		pf_buf_addc(b, ' ');
		if (strcmp(arg, "@@") == 0)
			pf_buf_adds(b, "%INPUT%");
		else
			quote(b, arg);
	}
	if (!by_file(j))
		pf_buf_adds(b, " < %INPUT%");
}

const struct pf_err *
rerun_input(struct fuzz *f, const char *path, struct rerun *r)
{
	const struct pf_err *err;
	const struct pf_json *v;
	char *log = pf_asprintf("%s/rerun.log", f->dir), **argv = NULL;
	struct pf_proc_spec spec = { .envp = f->target_envp, .cwd = f->dir,
	    .out = log, .file_bytes = LOG_MAX };
	int64_t wait = f->job->timeout * 2 + SLACK_MS;
	int64_t most = f->slot->lease_ms / 3, left;
	int status = 0;
	pid_t pid;

	*r = (struct rerun){ .log = PF_BUF_INIT };
	/* No heartbeat goes out meanwhile, and the engine is not ended. */
	left = f->slot->lease_end - pf_boot_ms();
	if (f->pid > 0 && most > left)
		most = left;
	if (wait > most && f->slot->lease_ms > 0)
		wait = most > 0 ? most : 1;
	argv_add(&argv, f->files->target);
	for (v = job_args(f->job); v != NULL; v = pf_json_next(v))
		argv_add(&argv, pf_json_text(v) == NULL ? "" :
		    strcmp(pf_json_text(v), "@@") == 0 ? path :
		    pf_json_text(v));
	if (strcmp(f->job->engine, "libfuzzer") == 0)
		argv_add(&argv, path);
	if (!by_file(f->job))
		spec.in = path;
	spec.argv = argv;
	spec.cpu_s = wait / 1000 + 1;
	unlink(log);
	if ((err = pf_proc_start(&pid, &spec)) == NULL) {
		if (!pf_proc_wait(pid, &status, wait))
			r->timed_out = wait >= f->job->timeout;
		else if (WIFSIGNALED(status))
			r->signal = WTERMSIG(status);
		else
			r->exit_code = WEXITSTATUS(status);
		/* A report cut by the limit is still a report. */
		(void)pf_slurp(&r->log, log, LOG_MAX);
	}
	argv_free(argv);
	free(log);
	return err;
}
