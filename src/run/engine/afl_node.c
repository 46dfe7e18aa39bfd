/*
 * The processes of a job: one afl-fuzz, or a main node and secondaries.
 */
#include <sys/stat.h>
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
#include "run/engine/afl.h"

#define LOG_MAX		(16 << 20)	/* then it is begun anew */
#define SHORT_RUN	60000		/* ms: a longer one was good */
#define BAD_RUNS	5		/* in a row */
#define PAUSE_MS	250		/* doubled with each of them */

void
afl_nodes_make(struct fuzz *f)
{
	struct afl *st = f->state;
	struct afl_node *n;
	char *aside;
	size_t i;

	st->nnodes = (size_t)st->opts.nodes;
	st->nodes = pf_calloc(st->nnodes, sizeof(*st->nodes));
	for (i = 0; i < st->nnodes; i++) {
		n = &st->nodes[i];
		n->main = i == 0;
		if (st->opts.plain)
			snprintf(n->name, sizeof(n->name), "plain");
		else if (n->main)
			snprintf(n->name, sizeof(n->name), "main");
		else
			snprintf(n->name, sizeof(n->name), "s%02d", (int)i);
		n->dir = st->opts.plain ? pf_strdup(st->out) :
		    pf_asprintf("%s/%s", st->out, n->name);
		n->log = n->main ? pf_strdup(f->log) :
		    pf_asprintf("%s/own/%s.log", f->dir, n->name);
		numbers_unknown(&n->now);
		aside = pf_asprintf("%s/aside-%s", f->dir, n->name);
		if (pf_exists(aside))
			n->aside = aside;
		else
			free(aside);
	}
}

void
afl_nodes_free(struct afl *st)
{
	struct afl_node *n;

	for (n = st->nodes; n < st->nodes + st->nnodes; n++) {
		free(n->dir);
		free(n->aside);
		free(n->log);
		afl_forget(n);
	}
	free(st->nodes);
	st->nodes = NULL;
	st->nnodes = 0;
}

static bool
has_files(const char *dir, const char *sub)
{
	char *path = pf_asprintf("%s/%s", dir, sub), **names = NULL;
	size_t i, n = 0;
	bool any = false;

	if (pf_names(&names, &n, path) != NULL)
		n = 0;
	for (i = 0; i < n && !any; i++)
		any = strncmp(names[i], "id:", 3) == 0;
	pf_names_free(names);
	free(path);
	return any;
}

/*
 * What a run left that came as far as fuzzing; one that did not may have laid
 * down but a part of the seeds.  _resume is the queue of one that was killed
 * while it took up its own old one.
 */
static bool
has_queue(const char *dir, bool plain)
{
	char *stats = pf_asprintf("%s/%s", dir, plain ? "plot_data" :
	    "fuzzer_stats");
	bool has = has_files(dir, "_resume") || (pf_exists(stats) &&
	    has_files(dir, "queue"));

	free(stats);
	return has;
}

/*
 * What is of no use to afl-fuzz must be out of its way; its finds stay.  Of
 * two directories the one with a queue is kept: if a run that begins with that
 * of the other is killed at once, that is the only one.
 */
static const struct pf_err *
move_aside(struct fuzz *f, struct afl_node *n, bool plain)
{
	const struct pf_err *err;

	if (!pf_exists(n->dir))
		return NULL;
	if (n->aside != NULL && has_queue(n->aside, plain) &&
	    !has_queue(n->dir, plain)) {
		afl_forget(n);
		return pf_rmtree(n->dir);
	}
	if (n->aside == NULL)
		n->aside = pf_asprintf("%s/aside-%s", f->dir, n->name);
	if ((err = pf_rmtree(n->aside)) != NULL)
		return err;
	/* Inodes are used again. */
	afl_forget(n);
	if (rename(n->dir, n->aside) == -1)
		return pf_errno("rename %s", n->dir);
	return NULL;
}

/* Where a run begins: its own old queue, an old one aside, the seeds. */
static const struct pf_err *
choose_input(struct fuzz *f, struct afl_node *n, char **input)
{
	const struct pf_err *err;
	const struct afl *st = f->state;

	n->resumed = !n->no_resume && has_queue(n->dir, st->opts.plain);
	if (n->resumed) {
		*input = pf_strdup("-");
		/* Its files get other names now. */
		afl_forget_kind(n, AFL_QUEUE);
		return NULL;
	}
	if ((err = move_aside(f, n, st->opts.plain)) != NULL)
		return err;
	if (n->main && !st->opts.plain)
		afl_sibling_again(f);
	if (n->aside != NULL && has_files(n->aside, "_resume"))
		*input = pf_asprintf("%s/_resume", n->aside);
	else if (n->aside != NULL && has_queue(n->aside, st->opts.plain))
		*input = pf_asprintf("%s/queue", n->aside);
	else
		*input = pf_strdup(f->files->seeds);
	return NULL;
}

/* So that a run is known to fuzz by statistics of its own. */
static void
remember_stale(struct afl_node *n, bool plain)
{
	char *path = pf_asprintf("%s/%s", n->dir, plain ? "plot_data" :
	    "fuzzer_stats");
	struct stat st;

	n->stale = (struct timespec){ 0 };
	if (stat(path, &st) == 0)
		n->stale = st.st_mtim;
	free(path);
}

const struct pf_err *
afl_launch(struct fuzz *f, struct afl_node *n)
{
	const struct pf_err *err;
	const struct afl *st = f->state;
	struct pf_proc_spec spec = { .cwd = f->dir, .out = n->log };
	char **argv = NULL, **envp = NULL, *input = NULL;

	n->up = n->seeds_seen = false;
	n->launched = pf_boot_ms();
	if ((err = choose_input(f, n, &input)) != NULL ||
	    (err = pf_mkdirs(st->out, 0750)) != NULL) {
		free(input);
		return err;
	}
	remember_stale(n, st->opts.plain);
	/* Words of an earlier run are not of this one. */
	unlink(n->log);
	/* The new one may have its inode. */
	if (n->main)
		f->log_read = 0;
	afl_argv(&argv, f, n, input);
	afl_envp(&envp, f, n);
	spec.argv = argv;
	spec.envp = envp;
	if ((err = box_start(f, &spec, &n->pid)) != NULL)
		n->pid = 0;
	if (n->main)
		f->pid = n->pid;
	argv_free(argv);
	argv_free(envp);
	free(input);
	return err;
}

/* The last words of a node, as the message of the job. */
static void
explain(struct fuzz *f, const struct afl_node *n, int status)
{
	static const char *const marks[] = { "PROGRAM ABORT", "SYSTEM ERROR",
	    NULL };
	char words[256];

	log_last_words(words, sizeof(words), n->log, marks);
	snprintf(f->message, sizeof(f->message), "afl-fuzz ended with %s %d: "
	    "%.300s", WIFSIGNALED(status) ? "signal" : "status",
	    WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status),
	    words);
}

/* Without its main node a job is none; whether all of it is started again is
 * for others to say. */
static void
main_ended(struct fuzz *f, struct afl_node *n, int status)
{
	find_log(f);
	n->gone = true;		/* here */
	f->over = true;
	f->died = status;
	f->result = "completed";
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return;
	f->result = "failed";
	explain(f, n, status);
}

/* The others go on without it, once it is clear that it does not start. */
static void
secondary_ended(struct fuzz *f, struct afl_node *n, int status)
{
	int64_t now = pf_boot_ms();

	if (now - n->launched > SHORT_RUN && n->up)
		n->bad = 0;
	n->resume_at = now + (PAUSE_MS << n->bad);
	if (++n->bad < BAD_RUNS && (n->up || !WIFEXITED(status)))
		return;
	n->gone = true;
	explain(f, n, status);
	pf_warn("%s: job %s goes on without node %s: %s", f->slot->name,
	    f->job->id, n->name, f->message);
	f->message[0] = '\0';
}

static void
ended(struct fuzz *f, struct afl_node *n, int status)
{
	n->pid = 0;
	if (n->main)
		f->pid = 0;
	/* It could not take up what an earlier run left. */
	if (n->resumed && !n->up && WIFEXITED(status) &&
	    WEXITSTATUS(status) != 0) {
		n->no_resume = true;
		pf_warn("%s: job %s: node %s cannot take up what it left: it "
		    "begins anew, with its old queue", f->slot->name,
		    f->job->id, n->name);
		n->resume_at = 0;
		if (n->main)
			find_log(f);
		return;
	}
	if (n->main)
		main_ended(f, n, status);
	else
		secondary_ended(f, n, status);
}

/* One that says much must not fill the disk. */
static void
bound_log(const struct afl_node *n)
{
	struct stat st;

	if (stat(n->log, &st) == 0 && st.st_size > LOG_MAX &&
	    truncate(n->log, 0) == -1)
		pf_warn("%s: cannot be cut", n->log);
}

/* What it takes up it calls seeds: nothing in there is to be new by then. */
static void
launch_again(struct fuzz *f, struct afl_node *n)
{
	const struct pf_err *err;

	if (pf_boot_ms() < n->resume_at || !afl_finds_last(f, n) ||
	    (err = afl_launch(f, n)) == NULL)
		return;
	pf_warn("%s: %s", f->slot->name, err->msg);
	n->resume_at = pf_boot_ms() + (PAUSE_MS << BAD_RUNS);
}

void
afl_nodes_poll(struct fuzz *f)
{
	struct afl *st = f->state;
	struct afl_node *n;
	int status;

	for (n = st->nodes; n < st->nodes + st->nnodes && !f->over; n++) {
		if (n->gone)
			continue;
		if (n->pid > 0 && box_ended(f, n->pid, &status))
			ended(f, n, status);
		else if (n->pid == 0)
			launch_again(f, n);
		bound_log(n);
	}
}

void
afl_signal(struct fuzz *f, int sig)
{
	const struct afl *st = f->state;
	const struct afl_node *n;

	for (n = st->nodes; n < st->nodes + st->nnodes; n++)
		if (n->pid > 0)
			box_signal(f, n->pid, sig);
}

bool
afl_alive(const struct fuzz *f)
{
	const struct afl *st = f->state;
	size_t i;

	for (i = 0; st != NULL && i < st->nnodes; i++)
		if (st->nodes[i].pid > 0)
			return true;
	return false;
}

/* The secondaries too write their last statistics. */
int64_t
afl_stop(struct fuzz *f, int64_t ms)
{
	struct afl *st = f->state;
	struct afl_node *n;
	int64_t end = pf_boot_ms() + ms;
	int status;

	afl_signal(f, SIGTERM);
	for (n = st->nodes; n < st->nodes + st->nnodes; n++) {
		if (!n->main && n->pid > 0)
			(void)box_wait(f, n->pid, &status, end -
			    pf_boot_ms());
		n->pid = 0;
	}
	return end > pf_boot_ms() ? end - pf_boot_ms() : 0;
}
