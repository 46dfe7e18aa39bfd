/*
 * libFuzzer (clang) as one plain process, started again whenever it ends: it
 * stops at each crash, and must go on without losing corpus or counts.
 *
 * It ends too when its term is over, for it may hang where no signal reaches
 * it, and nothing it prints would tell.
 */
#include <sys/stat.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/clock.h"
#include "os/fs.h"
#include "run/box/box.h"
#include "run/engine/libfuzzer.h"
#include "run/health/health.h"

#define PAUSE_MS	100	/* before a new start, doubled in crash loops */
#define PAUSE_MAX	1000
#define SHORT_RUN	2000	/* ms: what makes a crash loop */
#define BAD_STARTS	5	/* in a row: the target does not work */
#define NO_STARTS	3	/* the same if it never said anything of use */
#define HANG_MS		10000	/* beyond its term and a -timeout; */
#define HANG_FORK	60000	/* with workers of its own */
#define REPORT_MS	60000	/* a report may take to be written */
#define MERGE_MAX	600	/* s, at most, */
#define MERGE_PART	10	/* and this part of what is left */

/* The log begins with how it was started. */
static void
begin_log(struct fuzz *f, const struct lf *lf)
{
	struct pf_buf b = PF_BUF_INIT;
	char **a;

	pf_buf_addf(&b, "pf-run: start %" PRId64 ", strategy %s:",
	    lf->n.starts, lf_strategy(f->job));
	for (a = f->argv; *a != NULL; a++)
		pf_buf_addf(&b, " %s", *a);
	pf_buf_addc(&b, '\n');
	unlink(f->log);
	(void)pf_file_write(f->log, &b);
	pf_buf_free(&b);
}

/*
 * Whether nobody but libFuzzer looks at its memory, once a second: no sanitizer
 * with a limit of its own.  On SIGABRT it writes what it runs, as it does when
 * it finds that by itself.
 */
static bool
is_plain(const struct fuzz *f, const struct lf *lf)
{
	return (f->built & PF_BUILT_SHADOW) == 0 && lf->phase == LF_FUZZ &&
	    job_option(f->job, "fork") == NULL;
}

/* One process; the log begins anew with it. */
static const struct pf_err *
launch(struct fuzz *f)
{
	const struct pf_err *err;
	struct lf *lf = f->state;
	struct pf_proc_spec spec = { .cwd = f->dir, .out = f->log };
	int64_t now = pf_boot_ms(), left = (f->deadline - now) / 1000 + 1;
	int64_t term = lf_term(f), part = left / MERGE_PART;

	if (lf->log.execs > 0 && lf->phase == LF_FUZZ)
		lf->n.execs += lf->log.execs;
	pf_fuzzlog_init(&lf->log);
	lf->phase = lf->phase != LF_MERGE && lf_merge_start(f, lf) ?
	    LF_MERGE : LF_FUZZ;
	if (lf->phase == LF_MERGE)
		term = part < 2 ? 2 : part < MERGE_MAX ? part : MERGE_MAX;
	if (term > left)
		term = left;
	lf->pos = 0;
	lf->report_at = -1;
	lf->launched = lf->told_at = now;
	lf->killed = lf->held = lf->blind = false;
	lf->found = f->found;
	lf->untold = 0;
	lf->overdue = now + term * 1000;
	if (lf->phase == LF_FUZZ)
		lf->overdue += f->job->timeout * 2 +
		    (job_option(f->job, "fork") != NULL ? HANG_FORK :
		    HANG_MS);
	lf->n.starts++;
	pf_buf_reset(&lf->part);
	lf_argv(f, lf, term);
	begin_log(f, lf);
	spec.argv = f->argv;
	spec.envp = f->envp;
	err = box_start(f, &spec, &f->pid);
	box_alarm(f, is_plain(f, lf) ? f->pid : 0, box_rss_limit(f));
	return err;
}

/* What was imported before a restart has its hash as its name. */
static const struct pf_err *
know_imported(struct fuzz *f, const struct lf *lf)
{
	const struct pf_err *err;
	char **names = NULL, *path;
	size_t i, n = 0;

	if ((err = pf_names(&names, &n, lf->corpus)) != NULL)
		return err;
	for (i = 0; i < n; i++) {
		if (!pf_sha_ok(names[i]))
			continue;
		path = pf_asprintf("%s/%s", lf->corpus, names[i]);
		(void)find_known(f, names[i]);
		(void)seen_add(&f->seen, path);
		free(path);
	}
	pf_names_free(names);
	return NULL;
}

static struct lf *
new_state(struct fuzz *f)
{
	struct lf *lf = pf_calloc(1, sizeof(*lf));

	f->state = lf;
	lf->part = (struct pf_buf)PF_BUF_INIT;
	lf->pause = PAUSE_MS;
	lf->report_at = -1;
	lf_watch_init(&lf->watch);
	lf->corpus = pf_asprintf("%s/corpus", f->dir);
	lf->artifacts = pf_asprintf("%s/artifacts", f->dir);
	lf->merge = pf_asprintf("%s/merge", f->dir);
	pf_fuzzlog_init(&lf->log);
	return lf;
}

static const struct pf_err *
start(struct fuzz *f)
{
	const struct pf_err *err;
	struct lf *lf = new_state(f);

	env_engine(&f->envp, f->dir);
	env_sanitizers(&f->envp, f);
	env_hard_limit(f->envp, f);
	env_engine(&f->target_envp, f->dir);
	env_sanitizers(&f->target_envp, f);
	if ((err = lf_check(f->job)) != NULL ||
	    (err = pf_mkdirs(lf->corpus, 0750)) != NULL ||
	    (err = pf_mkdirs(lf->artifacts, 0750)) != NULL ||
	    (err = pf_mkdirs(lf->merge, 0750)) != NULL ||
	    (err = know_imported(f, lf)) != NULL)
		return err;
	lf_load(f, lf);
	return launch(f);
}

/*
 * Into the corpus, which it reads again (-reload) when the directory is newer
 * than its last look, in whole seconds, and then what is not older than that:
 * so the file is of the next second, and the directory is touched once more.
 */
static const struct pf_err *
import(struct fuzz *f, const char *from, const char *hash, int64_t size)
{
	const struct pf_err *err;
	struct lf *lf = f->state;
	struct timespec t[2] = { { .tv_nsec = UTIME_OMIT } };
	char *path = pf_asprintf("%s/%s", lf->corpus, hash);

	(void)size;
	clock_gettime(CLOCK_REALTIME, &t[1]);
	t[1].tv_sec++;
	(void)utimensat(AT_FDCWD, from, t, 0);
	(void)seen_add(&f->seen, path);
	err = pf_rename_in(from, f->dir, path);
	lf->touch = 2;
	free(path);
	return err;
}

/* True if it crashed before it had any input to try: nothing helps. */
static bool
crashed_empty(const struct lf *lf)
{
	const char *name = strrchr(lf->log.artifact, '/');

	/* The name is the hash of the bytes, here of none. */
	return name != NULL && strstr(name,
	    "da39a3ee5e6b4b0d3255bfef95601890afd80709") != NULL;
}

/* It never ran: says why in its own words. */
static void
give_up(struct fuzz *f, const struct lf *lf, int status)
{
	static const char *const marks[] = { "ERROR: ", "WARNING: MemorySan",
	    "WARNING: ThreadSan", "error while loading", "FATAL", "rror:",
	    NULL };
	char words[256];

	log_last_words(words, sizeof(words), f->log, marks);
	if (words[0] == '\0' || strncmp(words, "pf-run: ", 8) == 0)
		snprintf(words, sizeof(words), "it says nothing");
	f->over = true;
	f->result = "failed";
	snprintf(f->message, sizeof(f->message), "the target does not start "
	    "as a libFuzzer target (%s %d)%s: %.300s",
	    WIFSIGNALED(status) ? "signal" : "status",
	    WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status),
	    crashed_empty(lf) ? ", the empty input crashes it" : "", words);
}

/*
 * True if it ended before it fuzzed, and too often.  A target may have closed
 * its standard error, and libFuzzer then says nothing: what it found tells.
 */
static bool
is_bad(struct fuzz *f, struct lf *lf)
{
	bool never;

	if (lf->log.inited || lf_drop_bad(f, lf) || f->found > lf->found) {
		lf->bad_starts = 0;
		return false;
	}
	/* Not at the first: memory may have been short that moment. */
	never = f->found_crashes == 0 && lf->n.execs == 0 &&
	    lf->log.artifact[0] == '\0';
	return ++lf->bad_starts >= (never ? NO_STARTS : BAD_STARTS);
}

/*
 * True if the job's own limit of memory killed it: that is what is looked for,
 * and another time libFuzzer may see to it first.
 */
static bool
was_starved(struct fuzz *f)
{
	if (!box_starved(f) || f->job->memory == 0)
		return false;
	f->now.restarts++;
	return true;
}

/* It says that it sees no coverage, which no other start will change. */
static bool
is_blind(const struct fuzz *f, const struct lf *lf)
{
	return lf->blind && lf->phase == LF_FUZZ && lf->log.cov <= 0 &&
	    lf->log.artifact[0] == '\0' && f->found == lf->found;
}

/* The process has ended: by a crash, by its time, or because it cannot. */
static const struct pf_err *
ended(struct fuzz *f, int status)
{
	const struct pf_err *err;
	struct lf *lf = f->state;
	bool merge = lf->phase == LF_MERGE;

	f->pid = 0;
	lf->status = status;
	lf_read_log(f, lf);
	/* What cannot be laid down waits with its report, and all else; what
	 * workers left has none to wait with. */
	err = job_option(f->job, "fork") != NULL ? NULL :
	    lf_artifacts(f, lf, status);
	lf->waits = err != NULL ? err->class == PF_NO ||
	    err->class == PF_BUSY : lf->more;
	if (err != NULL || lf->waits)
		return err;
	if (merge)
		lf_merge_ended(f, lf, WIFEXITED(status) &&
		    WEXITSTATUS(status) == 0);
	if (pf_boot_ms() >= f->deadline - 1500) {
		f->over = true;
		f->result = "completed";
		return NULL;
	}
	/* By somebody else: it has said nothing. */
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL &&
	    lf->log.inited && !merge && !lf->killed && !lf->held &&
	    !was_starved(f) && health_died(f, "it was killed"))
		return NULL;
	if (!merge && !lf->held &&
	    (is_blind(f, lf) || is_bad(f, lf))) {
		give_up(f, lf, status);
		return NULL;
	}
	lf->pause = !merge && pf_boot_ms() - lf->launched < SHORT_RUN ?
	    lf->pause * 2 : PAUSE_MS;
	if (lf->pause > PAUSE_MAX)
		lf->pause = PAUSE_MAX;
	lf->resume_at = pf_boot_ms() + lf->pause;
	return NULL;
}

/* For want of room; it may have crashed before it heard of that. */
static void
held(struct fuzz *f, int status)
{
	struct lf *lf = f->state;

	lf->held = lf->waits = true;
	lf->status = status;
}

/* It is past all that it was given, or has begun its last words long ago. */
static bool
is_stuck(const struct fuzz *f, const struct lf *lf, int64_t now)
{
	bool workers = job_option(f->job, "fork") != NULL;
	int64_t overdue = lf->overdue, slow;

	if (lf->phase == LF_FUZZ && !lf->log.inited) {
		/* A large corpus is read, no matter how long it takes: each
		 * line of numbers comes after twice the inputs of the last. */
		if (workers)
			return false;
		slow = lf->told_at + 2 * (lf->told_at - lf->launched) +
		    HANG_MS;
		if (slow > overdue)
			overdue = slow;
	}
	return now >= overdue || (!workers && lf->report_at != -1 &&
	    now >= lf->report_seen + REPORT_MS);
}

/* One that is of no use, or that hangs: it has no last words and leaves no
 * artifact. */
static const struct pf_err *
kill_useless(struct fuzz *f, struct lf *lf)
{
	int status = 0;

	/* The parent of workers takes that for a crash, and goes on. */
	if (is_blind(f, lf) && job_option(f->job, "fork") != NULL) {
		(void)box_wait(f, f->pid, &status, 0);
		return ended(f, 1 << 8);
	}
	if (!is_stuck(f, lf, pf_boot_ms()))
		return NULL;
	if (lf->phase == LF_FUZZ && !lf->said) {
		pf_warn("%s: job %s: the target hung where no signal reaches "
		    "it; it is killed and started anew", f->slot->name,
		    f->job->id);
		lf->said = true;
	}
	lf->killed = true;
	(void)box_wait(f, f->pid, &status, 0);
	return ended(f, status);
}

static void
numbers(struct fuzz *f, struct lf *lf)
{
	int64_t elapsed = pf_boot_ms() - f->started, execs = lf->n.execs;

	if (lf->phase == LF_FUZZ) {
		if (lf->log.execs > 0)
			execs += lf->log.execs;
		if (lf->log.cov > f->now.edges)
			f->now.edges = lf->log.cov;
		if (lf->log.corpus >= 0)
			f->now.corpus = lf->log.corpus;
	}
	if (execs > 0)
		f->now.execs = execs;
	if (execs > lf->execs_before && elapsed > 0)
		f->now.execs_per_sec = (double)(execs - lf->execs_before) *
		    1000 / (double)elapsed;
	if (lf->log.rss_mb > f->now.rss_mb)
		f->now.rss_mb = lf->log.rss_mb;
	f->now.crashes = f->found_crashes;
	f->now.hangs = lf->timeouts;
}

static const struct pf_err *
poll_libfuzzer(struct fuzz *f)
{
	const struct pf_err *err = NULL;
	struct lf *lf = f->state;
	int status = 0;

	if (pf_boot_ms() >= lf->save_at)
		lf_save(f, lf);
	if (lf->waits)
		err = ended(f, lf->status);
	else if (f->pid != 0 && box_ended(f, f->pid, &status))
		err = ended(f, status);
	else if (f->pid == 0 && !f->over && pf_boot_ms() >= lf->resume_at)
		err = launch(f);
	else if (f->pid != 0)
		err = kill_useless(f, lf);
	if (err != NULL)
		return err;
	lf_read_log(f, lf);
	if (f->pid == 0 && f->over)
		/* It was told to end, and may have crashed before. */
		err = lf_artifacts(f, lf, 0);
	else
		err = lf_artifacts_early(f, lf);
	numbers(f, lf);
	if (lf->touch > 0 && --lf->touch == 0)
		(void)utimensat(AT_FDCWD, lf->corpus, NULL, 0);
	return err != NULL ? err : lf_corpus(f, lf);
}

/* The report of an artifact is gone with its process. */
static const struct pf_err *
harvest(struct fuzz *f)
{
	const struct pf_err *err;
	struct lf *lf = f->state != NULL ? f->state : new_state(f);

	if ((err = know_imported(f, lf)) == NULL &&
	    (err = lf_artifacts(f, lf, 0)) == NULL)
		err = lf_corpus(f, lf);
	/* It had not come so far. */
	return err != NULL && err->class == PF_NOTFOUND ? NULL : err;
}

static void
release(struct fuzz *f)
{
	struct lf *lf = f->state;

	if (lf == NULL)
		return;
	pf_buf_free(&lf->part);
	lf_watch_end(&lf->watch);
	seen_free(&lf->merging);
	free(lf->corpus);
	free(lf->artifacts);
	free(lf->merge);
	free(lf);
	f->state = NULL;
}

const struct engine engine_libfuzzer = {
	.name = "libfuzzer", .program = NULL, .start = start,
	.poll = poll_libfuzzer, .import = import, .harvest = harvest,
	.held = held,
	.stop_signal = SIGUSR1, .goes_on = true, .seldom = true,
	.release = release,
};
