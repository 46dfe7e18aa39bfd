/*
 * afl-fuzz (AFL++ 4.04c and newer) as a main node in a sync directory of its
 * own, so that afl-whatsup and afl-plot work on it.
 *
 * fuzzer_stats is rewritten once a minute; what can be known sooner comes
 * from the directories queue/ and crashes/.
 */
#include <sys/stat.h>
#include <sys/wait.h>

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/num.h"
#include "codec/aflstat.h"
#include "os/clock.h"
#include "os/fs.h"
#include "os/proc.h"
#include "run/engine.h"

#define NODE		"main"
#define SIBLING		"pandafuzz"	/* whose queue it imports from */
#define SIBLING_MAX	1000000	/* ids of six digits */
#define INPUT_MAX	(1 << 20)	/* it takes no larger ones */
#define STATS_MAX	(1 << 20)
#define LOOKS_MAX	20	/* crashes run again in one poll */
#define LOOKS_MS	5000	/* and no new one begun after that */

static const char *const allowed[] = { "schedule", "seed", NULL };

struct state {
	int64_t	 next_queue;	/* ids below are dealt with */
	int64_t	 next_crash;
	int64_t	 next_import;	/* id in the sibling's queue */
};

/* afl-fuzz needs one seed at least. */
static const struct pf_err *
need_seed(const char *dir)
{
	const struct pf_err *err;
	char **names, *path;
	size_t n = 0;

	if ((err = pf_names(&names, &n, dir)) != NULL)
		return err;
	pf_names_free(names);
	if (n > 0)
		return NULL;
	path = pf_asprintf("%s/empty", dir);
	err = pf_file_put(path, NULL, "0", 1, 0640);
	free(path);
	return err;
}

static void
make_env(struct fuzz *f)
{
	static const char *const set[] = { "AFL_NO_UI=1",
	    "AFL_SKIP_CPUFREQ=1", "AFL_NO_AFFINITY=1", "AFL_NO_COLOR=1",
	    "AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1",
	    "AFL_FORKSRV_INIT_TMOUT=60000",
	    "AFL_SYNC_TIME=1",	/* minute; what it is given it should see */
	    NULL };
	size_t i;

	env_engine(&f->envp, f->dir);
	for (i = 0; set[i] != NULL; i++)
		argv_add(&f->envp, set[i]);
	env_engine(&f->target_envp, f->dir);
	env_sanitizers(&f->target_envp);
}

static void
make_argv(struct fuzz *f, const char *program, const char *out, bool resume)
{
	const struct pf_json *v = pf_json_get(f->job->doc, "args");
	const char *s;

	argv_add(&f->argv, program);
	argv_add(&f->argv, "-M");
	argv_add(&f->argv, NODE);
	argv_add(&f->argv, "-i");
	argv_add(&f->argv, resume ? "-" : f->files->seeds);
	argv_add(&f->argv, "-o");
	argv_add(&f->argv, out);
	argv_add(&f->argv, "-t");
	argv_addf(&f->argv, "%lld", (long long)f->job->timeout);
	argv_add(&f->argv, "-m");
	if (f->job->memory == 0)
		argv_add(&f->argv, "none");
	else
		argv_addf(&f->argv, "%lld",
		    (long long)(f->job->memory >> 20));
	if (f->files->dict != NULL) {
		argv_add(&f->argv, "-x");
		argv_add(&f->argv, f->files->dict);
	}
	if ((s = job_option(f->job, "schedule")) != NULL) {
		argv_add(&f->argv, "-p");
		argv_add(&f->argv, s);
	}
	if ((s = job_option(f->job, "seed")) != NULL) {
		argv_add(&f->argv, "-s");
		argv_add(&f->argv, s);
		if (!pf_num(&f->run_seed, s, 0, INT64_C(1) << 53))
			f->run_seed = -1;
	}
	argv_add(&f->argv, "--");
	argv_add(&f->argv, f->files->target);
	for (v = pf_json_first(v); v != NULL; v = pf_json_next(v))
		if ((s = pf_json_text(v)) != NULL)
			argv_add(&f->argv, s);
}

/* The sibling, with what was given before a restart. */
static const struct pf_err *
make_sibling(struct fuzz *f, const char *out)
{
	const struct pf_err *err;
	struct state *st = f->state;
	struct pf_aflname a;
	char *dir = pf_asprintf("%s/" SIBLING "/queue", out), *src;
	char **names = NULL;
	size_t i, n = 0;

	if ((err = pf_mkdirs(dir, 0750)) == NULL)
		err = pf_names(&names, &n, dir);
	for (i = 0; i < n; i++) {
		if (!pf_aflname_parse(&a, names[i]))
			continue;
		if (a.id >= st->next_import)
			st->next_import = a.id + 1;
		if ((src = strstr(names[i], ",src:")) != NULL &&
		    pf_sha_ok(src + 5))
			(void)find_known(f, src + 5);
	}
	pf_names_free(names);
	free(dir);
	return err;
}

/*
 * Into the queue of a sibling that is none.  Names matter: ids without a gap,
 * nothing else in the directory, else it imports nothing more and says so
 * nowhere.
 */
static const struct pf_err *
import(struct fuzz *f, const char *from, const char *hash, int64_t size)
{
	const struct pf_err *err = NULL;
	struct state *st = f->state;
	char *to;

	if (size > INPUT_MAX || st->next_import >= SIBLING_MAX) {
		unlink(from);
		return NULL;
	}
	to = pf_asprintf("%s/out/" SIBLING "/queue/id:%06" PRId64 ",src:%s",
	    f->dir, st->next_import, hash);
	if (rename(from, to) == -1)
		err = pf_errno("rename %s", to);
	else
		st->next_import++;
	free(to);
	return err;
}

static const struct pf_err *
start(struct fuzz *f)
{
	const struct pf_err *err;
	struct pf_proc_spec spec = { .cwd = f->dir, .out = f->log };
	char *program = pf_proc_find("afl-fuzz");
	char *out = pf_asprintf("%s/out", f->dir);
	char *setup = pf_asprintf("%s/" NODE "/fuzzer_setup", out);

	if (program == NULL)
		err = pf_err(PF_UNAVAIL, "afl-fuzz is not installed here");
	else if ((err = job_check_options(f->job, allowed)) == NULL &&
	    (err = need_seed(f->files->seeds)) == NULL &&
	    (err = pf_mkdirs(out, 0750)) == NULL) {
		f->state = pf_calloc(1, sizeof(struct state));
		make_env(f);
		make_argv(f, program, out, pf_exists(setup));
		spec.argv = f->argv;
		spec.envp = f->envp;
		if ((err = make_sibling(f, out)) == NULL)
			err = pf_proc_start(&f->pid, &spec);
	}
	free(setup);
	free(out);
	free(program);
	return err;
}

/*
 * New files of one of the directories, by their running number; at most
 * looks of them.  *count is how many there are.
 */
static const struct pf_err *
look_in(struct fuzz *f, const char *sub, bool crash, int64_t *next,
    int64_t *count)
{
	const struct pf_err *err;
	char *dir = pf_asprintf("%s/out/" NODE "/%s", f->dir, sub), *path;
	char **names = NULL;
	struct pf_aflname a;
	struct find found;
	size_t i, n = 0;
	int looks = crash ? LOOKS_MAX : 100000;
	int64_t end = pf_boot_ms() + LOOKS_MS;

	*count = 0;
	if ((err = pf_names(&names, &n, dir)) != NULL &&
	    err->class == PF_NOTFOUND)
		err = NULL;
	for (i = 0; i < n && err == NULL; i++) {
		if (!pf_aflname_parse(&a, names[i]))
			continue;
		++*count;
		if (a.id < *next || looks-- <= 0 || pf_boot_ms() > end)
			continue;
		*next = a.id + 1;
		/* What was given or came from elsewhere is known already. */
		if (a.seed || a.imported)
			continue;
		path = pf_asprintf("%s/%s", dir, names[i]);
		found = (struct find){ .crash = crash, .path = path,
		    .name = names[i], .signal = a.sig > 0 && a.sig < 65 ?
		    (int)a.sig : 0 };
		err = find_file(f, &found);
		free(path);
	}
	pf_names_free(names);
	free(dir);
	return err;
}

static void
read_stats(struct fuzz *f)
{
	char *path = pf_asprintf("%s/out/" NODE "/fuzzer_stats", f->dir);
	struct pf_buf b = PF_BUF_INIT;
	struct pf_aflstat s;

	/* The first one, from before it has run anything, tells nothing. */
	if (pf_slurp(&b, path, STATS_MAX) == NULL) {
		pf_aflstat_parse(&s, b.data, b.len);
		if (s.run_time > 0 && s.execs_done > 0) {
			f->now.execs = s.execs_done;
			f->now.execs_per_sec = s.execs_per_sec;
			f->now.edges = s.edges_found;
			f->now.total_edges = s.total_edges;
			f->now.rss_mb = s.peak_rss_mb;
			f->now.stability = s.stability;
		}
	}
	pf_buf_free(&b);
	free(path);
}

static void
ended(struct fuzz *f, int status)
{
	static const char *const marks[] = { "PROGRAM ABORT", "SYSTEM ERROR",
	    NULL };
	char words[256];

	f->pid = 0;
	f->over = true;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
		f->result = "completed";
		return;
	}
	log_last_words(words, sizeof(words), f->log, marks);
	f->result = "failed";
	snprintf(f->message, sizeof(f->message), "afl-fuzz ended with %s %d: "
	    "%.300s", WIFSIGNALED(status) ? "signal" : "status",
	    WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status),
	    words);
}

static const struct pf_err *
poll_afl(struct fuzz *f)
{
	const struct pf_err *err;
	struct state *st = f->state;
	int status;

	if (f->pid != 0 && pf_proc_ended(f->pid, &status))
		ended(f, status);
	read_stats(f);
	if ((err = look_in(f, "queue", false, &st->next_queue,
	    &f->now.corpus)) == NULL)
		err = look_in(f, "crashes", true, &st->next_crash,
		    &f->now.crashes);
	return err;
}

static void
release(struct fuzz *f)
{
	free(f->state);
	f->state = NULL;
}

const struct engine engine_afl = {
	.name = "afl++", .program = "afl-fuzz", .start = start,
	.poll = poll_afl, .import = import, .stop_signal = SIGTERM,
	.release = release,
};
