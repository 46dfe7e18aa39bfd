/*
 * os/proc: children that start, end and are ended.
 */
#include <sys/wait.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../lib/tap.h"
#include "base/buf.h"
#include "base/mem.h"
#include "os/clock.h"
#include "os/fs.h"
#include "os/proc.h"

static char *no_env[] = { NULL };
static char *dir;

/* Runs a shell script to its end; what it printed is in b. */
static bool
shell(const char *script, int64_t ms, int *status, struct pf_buf *b)
{
	char sh[] = "/bin/sh", c[] = "-c", *text = pf_strdup(script);
	char *argv[] = { sh, c, text, NULL };
	char *out = pf_asprintf("%s/out", dir);
	struct pf_proc_spec s = { .argv = argv, .envp = no_env, .cwd = dir,
	    .out = out };
	bool by_itself = false;
	pid_t pid;

	unlink(out);
	*status = -1;
	if (ok(pf_proc_start(&pid, &s) == NULL, "a shell starts"))
		by_itself = pf_proc_wait(pid, status, ms);
	(void)pf_slurp(b, out, 1 << 20);
	free(out);
	free(text);
	return by_itself;
}

static void
no_starts(void)
{
	char none[] = "/nonexistent/program", *argv[] = { none, NULL };
	char *path = pf_asprintf("%s/text", dir), *found;
	struct pf_proc_spec s = { .argv = argv, .envp = no_env };
	const struct pf_err *err;
	pid_t pid = 1;

	err = pf_proc_start(&pid, &s);
	ok(err != NULL && err->class == PF_NOTFOUND, "no such program");
	is_int(pid, -1, "and no process");
	ok(pf_file_put(path, NULL, "no program\n", 11, 0755) == NULL, "a text");
	argv[0] = path;
	err = pf_proc_start(&pid, &s);
	ok(err != NULL && strstr(err->msg, "Exec format") != NULL,
	    "a text is no program");
	s.cwd = none;
	ok(pf_proc_start(&pid, &s) != NULL, "no such directory");
	s.cwd = NULL;
	s.in = none;
	ok(pf_proc_start(&pid, &s) != NULL, "no such input");
	is_int(waitpid(-1, NULL, WNOHANG), -1, "no zombie is left");
	ok(pf_proc_find("no-such-program-here") == NULL, "not on the PATH");
	found = pf_proc_find(path);
	ok(found != NULL, "a path is itself");
	free(found);
	free(path);
}

static void
starts(void)
{
	struct pf_buf b = PF_BUF_INIT;
	int64_t began;
	int status;

	ok(shell("echo out; echo err >&2; exit 3", 5000, &status, &b),
	    "ends by itself");
	ok(WIFEXITED(status) && WEXITSTATUS(status) == 3, "its status");
	is_str(b.data, "out\nerr\n", "stdout and stderr");
	pf_buf_reset(&b);
	ok(shell("ulimit -c; cat; env | grep -c HOME", 5000, &status, &b),
	    "reads nothing and ends");
	is_str(b.data, "0\n0\n", "no core, no input, no environment of ours");
	pf_buf_reset(&b);
	ok(shell("set -- $(cat /proc/self/stat); test $6 -eq $$", 5000,
	    &status, &b) && status == 0, "a session of its own");
	began = pf_boot_ms();
	ok(!shell("trap '' TERM; sleep 30 & sleep 30", 300, &status, &b),
	    "does not end");
	ok(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, "is killed");
	ok(pf_boot_ms() - began < 5000, "and in time");
	pf_buf_free(&b);
}

/* A grandchild in a session of its own, stopped: no group signal gets it. */
static void
strays(void)
{
	struct pf_buf b = PF_BUF_INIT;
	char *end;
	int status;
	pid_t stray;

	ok(pf_proc_adopt() == NULL, "adopts orphans");
	ok(shell("setsid sh -c 'echo $$; kill -STOP $$; sleep 30' & "
	    "sleep 0.5", 5000, &status, &b), "its parent has ended");
	stray = (pid_t)strtol(b.data, &end, 10);
	ok(stray > 1 && kill(stray, 0) == 0, "the stray is there");
	pf_proc_sweep();
	ok(stray > 1 && kill(stray, 0) == -1, "and gone");
	is_int(waitpid(-1, NULL, WNOHANG), -1, "nothing is left");
	pf_proc_sweep();
	ok(true, "to sweep nothing is fine");
	pf_buf_free(&b);
}

/* One that is always another process: held before it is killed. */
static void
runners(void)
{
	struct pf_buf b = PF_BUF_INIT;
	int status;

	ok(shell("f() { (f) & }; f; f; f; f; sleep 0.2", 5000, &status, &b),
	    "runs away");
	pf_proc_sweep();
	is_int(waitpid(-1, NULL, WNOHANG), -1, "nothing is left of it");
	pf_buf_free(&b);
}

static void
looks(void)
{
	char sh[] = "/bin/sh", c[] = "-c";
	char text[] = "ulimit -n; sed -n 's/^Max processes *\\([0-9]*\\).*/"
	    "\\1/p' /proc/self/limits; cat /proc/self/oom_score_adj; "
	    "echo end; trap '' TERM; sleep 30 & sleep 30";
	char *argv[] = { sh, c, text, NULL }, *out = pf_asprintf("%s/o", dir);
	struct pf_proc_spec s = { .argv = argv, .envp = no_env, .cwd = dir,
	    .out = out, .files = 77, .processes = 7000, .oom_adj = 321,
	    .file_bytes = 1 << 20 };
	struct pf_buf b = PF_BUF_INIT;
	const char *const none[] = { "/nonexistent/group", NULL };
	pid_t pid, most;
	int status;
	int i;

	ok(pf_proc_start(&pid, &s) == NULL, "one with limits");
	for (i = 0; i < 1000 && strstr(b.data, "end") == NULL; i++) {
		pf_sleep_ms(10);
		pf_buf_reset(&b);
		(void)pf_slurp(&b, out, 100);
	}
	is_str(b.data, "77\n7000\n321\nend\n", "it has them");
	for (i = 0; i < 1000 && pf_proc_child(pid) == 0; i++)
		pf_sleep_ms(10);
	ok(pf_proc_child(pid) > pid, "has a child");
	is_int(pf_proc_parent(pf_proc_child(pid)), pid, "whose parent it is");
	is_int(pf_proc_parent(pid), getpid(), "as we are its");
	ok(pf_proc_count(getuid()) >= 3, "so many are ours");
	ok(pf_proc_memory(&most, INT64_MAX) > 4096 && most == 0,
	    "it has memory enough");
	ok(pf_proc_memory(&most, 1) > 4096 && most >= pid,
	    "too much: somebody has most");
	ok(!pf_proc_wait(pid, &status, 0), "ends it");
	pf_proc_sweep();
	s.groups = none;
	ok(pf_proc_start(&pid, &s) != NULL, "a group that is none");
	pf_buf_free(&b);
	free(out);
}

int
main(void)
{
	char template[] = "/tmp/pf-test.XXXXXX";

	if ((dir = mkdtemp(template)) == NULL)
		return 1;
	no_starts();
	starts();
	strays();
	runners();
	looks();
	ok(pf_rmtree(dir) == NULL, "cleans up");
	return done_testing();
}
