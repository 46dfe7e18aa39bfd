/*
 * One run of a program on an input, beside what else is done; see check.h.
 */
#include <sys/wait.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/clock.h"
#include "os/fs.h"
#include "run/box/box.h"
#include "run/check/check.h"

#define LOG_MAX		(1 << 20)
#define STEP_MS		5
#define OOM_ADJ		990	/* it goes before the engine does */
#define SLOW		20	/* so much longer under valgrind */
#define ERROR_STATUS	99	/* of valgrind, if it has found something */
#define FATAL		"\nvalgrind:  Fatal error at startup"
#define NO_MORE		"== Valgrind: I can't recover.  Giving up."

static char *
own_path(const struct fuzz *f, const char *what)
{
	return pf_asprintf("%s/own/check.%s", f->dir, what);
}

static void
trial_clear(struct trial *t)
{
	pf_buf_free(&t->log);
	*t = (struct trial){ .log = PF_BUF_INIT };
}

const struct pf_err *
trial_program(struct trial *t, struct fuzz *f,
    const struct pf_proc_spec *given, int64_t ms)
{
	const struct pf_err *err;
	struct pf_proc_spec spec = *given;
	char *log = own_path(f, "log");

	spec.out = log;
	spec.file_bytes = LOG_MAX;
	spec.cpu_s = (ms / 1000 + 1) * sysconf(_SC_NPROCESSORS_ONLN);
	spec.oom_adj = OOM_ADJ;
	trial_clear(t);
	unlink(log);
	if ((err = box_start(f, &spec, &t->pid)) != NULL)
		t->pid = 0;
	t->began = pf_boot_ms();
	t->ends = t->began + ms;
	free(log);
	return err;
}

void
trial_argv(char ***argv, const char *program)
{
	char *path = pf_proc_find(program);

	argv_add(argv, path != NULL ? path : program);
	free(path);
}

static void
valgrind_argv(char ***argv)
{
	trial_argv(argv, "valgrind");
	argv_add(argv, "--tool=memcheck");
	argv_add(argv, "--leak-check=full");
	argv_add(argv, "--errors-for-leak-kinds=definite");
	argv_add(argv, "--show-leak-kinds=definite");
	argv_add(argv, "--num-callers=24");
	argv_add(argv, "--vgdb=no");
	argv_addf(argv, "--error-exitcode=%d", ERROR_STATUS);
}

const struct pf_err *
trial_start(struct trial *t, struct fuzz *f, const struct build *b,
    const char *p, size_t n)
{
	const struct pf_err *err;
	struct pf_proc_spec spec = { .envp = b->envp, .cwd = f->dir };
	char **argv = NULL, *input = own_path(f, "input");
	struct pf_buf bytes = PF_BUF_INIT;
	int64_t ms = rerun_limit(f->job);

	if (b->valgrind) {
		valgrind_argv(&argv);
		ms *= SLOW;
	}
	rerun_argv(&argv, f->job, b->built, b->path, input);
	spec.argv = argv;
	spec.in = rerun_by_file(f->job, b->built) ? NULL : input;
	pf_buf_add(&bytes, p, n);
	unlink(input);
	if ((err = pf_file_write(input, &bytes)) == NULL)
		err = trial_program(t, f, &spec, ms);
	t->word = b->word;
	t->valgrind = b->valgrind;
	pf_buf_free(&bytes);
	argv_free(argv);
	free(input);
	return err;
}

void
trial_key(char key[CHECK_KEY], const struct pf_trace *t, const char *type)
{
	if (t->major[0] != '\0')
		snprintf(key, CHECK_KEY, "%.33s", t->major);
	else if (strcmp(type, "unknown") == 0)
		key[0] = '\0';
	else
		snprintf(key, CHECK_KEY, "signal-%.60s", type);
	/* It is a word of a line. */
	key[strcspn(key, " \t\n")] = '\0';
}

/*
 * Whether valgrind ran the program: it says so before all else, and, if names
 * of the C library are missing or it cannot read the debug information, still
 * ends before that begins, with status 1.
 */
static bool
has_begun(const struct trial *t)
{
	return strstr(t->log.data, "== Memcheck") != NULL &&
	    (t->exit_code != 1 || (strstr(t->log.data, FATAL) == NULL &&
	    strstr(t->log.data, NO_MORE) == NULL));
}

static void
judge(struct trial *t, int status, bool hung)
{
	const char *type = "unknown";

	pf_trace_parse(&t->trace, t->log.data, t->log.len);
	t->signal = WIFSIGNALED(status) && !hung ? WTERMSIG(status) : 0;
	t->exit_code = WIFEXITED(status) && !hung ? WEXITSTATUS(status) : 0;
	t->hung = hung;
	t->crashed = hung || t->signal != 0 || (t->exit_code != 0 &&
	    t->trace.tool[0] != '\0');
	/* Want of memory, of a job that shares it with its engine; or the box
	 * had no room for it; or it printed so much that the report, if there
	 * was any, did not fit. */
	t->empty = t->signal == SIGKILL || (t->exit_code == 1 &&
	    strncmp(t->log.data, "bwrap: ", 7) == 0) ||
	    (t->exit_code != 0 && t->log.len >= LOG_MAX &&
	    t->trace.tool[0] == '\0');
	t->unrun = t->valgrind && !t->empty && !hung && !has_begun(t);
	t->empty = t->empty || t->unrun;
	if (hung)
		type = "timeout";
	else if (t->signal != 0)
		type = pf_trace_signal(t->signal);
	if (hung)
		t->trace.major[0] = '\0';
	trial_key(t->key, &t->trace, type);
}

bool
trial_wait(struct trial *t, struct fuzz *f, int64_t ms)
{
	int64_t until = pf_boot_ms() + ms, now;
	char *log = own_path(f, "log"), *in = own_path(f, "input");
	int status = SIGKILL;
	bool hung = false;

	if (t->pid == 0) {
		/* It was judged before. */
		free(log);
		free(in);
		return true;
	}
	while (t->pid != 0 && !box_ended(f, t->pid, &status)) {
		if ((now = pf_boot_ms()) >= t->ends) {
			hung = !box_wait(f, t->pid, &status, 0);
			break;
		}
		if (now >= until)
			goto done;
		/* It takes leave of others that end, too. */
		box_nap(f, STEP_MS);
	}
	t->pid = 0;
	/* A report cut by the limit is still a report. */
	(void)pf_slurp(&t->log, log, LOG_MAX);
	judge(t, status, hung);
	unlink(in);
done:
	free(log);
	free(in);
	return t->pid == 0;
}

void
trial_stop(struct trial *t, struct fuzz *f)
{
	int status;

	if (t->pid != 0)
		(void)box_wait(f, t->pid, &status, 0);
	trial_clear(t);
}

/* Each build has its own sanitizer, with options for that. */
static void
build_env(struct build *b, struct fuzz *f)
{
	unsigned int built = f->built;

	f->built = b->built = engine_built(b->path);
	env_engine(&b->envp, f->dir);
	env_sanitizers(&b->envp, f);
	f->built = built;
}

size_t
builds_open(struct build list[BUILD_MAX], struct fuzz *f)
{
	static const char *const words[] = { "target", "asan", "ubsan",
	    "msan", "tsan" };
	const struct blob *blob;
	struct build *b;
	size_t i, k, n = 0;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		for (k = 0; k < f->job->nblobs; k++) {
			blob = &f->job->blobs[k];
			if (strcmp(blob->kind, words[i]) != 0)
				continue;
			b = &list[n];
			*b = (struct build){ .word = words[i],
			    .sha256 = blob->sha256,
			    .path = files_get(f->files, words[i]) };
			if (!pf_exists(b->path)) {
				free(b->path);
				break;
			}
			build_env(b, f);
			n++;
			break;
		}
	return n;
}

void
builds_free(struct build *b, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		free(b[i].path);
		argv_free(b[i].envp);
	}
}
