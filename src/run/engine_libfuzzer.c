/*
 * libFuzzer (clang) as one plain process, started again whenever it ends:
 * it stops at each crash, and must go on without losing corpus or counts.
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
#include "codec/fuzzlog.h"
#include "os/clock.h"
#include "os/fs.h"
#include "os/proc.h"
#include "run/engine.h"

#define LOG_MAX		(32 << 20)	/* then it is begun anew */
#define REPORT_MAX	(256 << 10)
#define PAUSE_MS	100	/* before a new start, doubled in crash loops */
#define PAUSE_MAX	1000
#define SHORT_RUN	2000	/* ms: what makes a crash loop */
#define BAD_STARTS	5	/* in a row: the target does not work */
#define NO_STARTS	3	/* the same if it never said anything of use */

static const char *const allowed[] = { "max_len", "len_control",
    "use_value_profile", "only_ascii", "mutate_depth", "seed",
    "malloc_limit_mb", "detect_leaks", "reduce_inputs", "entropic", NULL };

struct state {
	struct pf_fuzzlog	 log;
	char			*corpus, *artifacts;
	int64_t			 base;		/* execs of earlier starts */
	int64_t			 pos;		/* read of the log */
	int64_t			 report_at;	/* -1: none in this run */
	struct pf_buf		 part;		/* a line without its end */
	int64_t			 launched;	/* CLOCK_BOOTTIME, ms */
	int64_t			 resume_at;	/* when to start again */
	int64_t			 pause;
	int			 touch;		/* looks until the corpus is */
	int			 bad_starts;
	bool			 done;
};

static void
make_argv(struct fuzz *f, struct state *st)
{
	int64_t left = f->deadline - pf_boot_ms();
	const char *s;
	size_t i;

	argv_free(f->argv);
	f->argv = NULL;
	argv_add(&f->argv, f->files->target);
	argv_add(&f->argv, st->corpus);
	argv_add(&f->argv, f->files->seeds);
	argv_addf(&f->argv, "-artifact_prefix=%s/", st->artifacts);
	argv_addf(&f->argv, "-max_total_time=%" PRId64, left / 1000 + 1);
	argv_addf(&f->argv, "-timeout=%" PRId64,
	    (f->job->timeout + 999) / 1000);
	if (f->job->memory > 0)
		argv_addf(&f->argv, "-rss_limit_mb=%" PRId64,
		    f->job->memory >> 20);
	if (f->files->dict != NULL)
		argv_addf(&f->argv, "-dict=%s", f->files->dict);
	argv_add(&f->argv, "-print_final_stats=1");
	argv_add(&f->argv, "-reload=1");
	for (i = 0; allowed[i] != NULL; i++)
		if ((s = job_option(f->job, allowed[i])) != NULL)
			argv_addf(&f->argv, "-%s=%s", allowed[i], s);
}

/* One process; the log begins anew with it. */
static const struct pf_err *
launch(struct fuzz *f)
{
	struct state *st = f->state;
	struct pf_proc_spec spec = { .cwd = f->dir, .out = f->log };

	if (st->log.execs > 0)
		st->base += st->log.execs;
	pf_fuzzlog_init(&st->log);
	st->pos = 0;
	st->report_at = -1;
	st->done = false;
	st->launched = pf_boot_ms();
	pf_buf_reset(&st->part);
	unlink(f->log);
	make_argv(f, st);
	spec.argv = f->argv;
	spec.envp = f->envp;
	return pf_proc_start(&f->pid, &spec);
}

/* What was imported before a restart has its hash as its name. */
static const struct pf_err *
know_imported(struct fuzz *f, const struct state *st)
{
	const struct pf_err *err;
	char **names = NULL, *path;
	size_t i, n = 0;

	if ((err = pf_names(&names, &n, st->corpus)) != NULL)
		return err;
	for (i = 0; i < n; i++) {
		if (!pf_sha_ok(names[i]))
			continue;
		path = pf_asprintf("%s/%s", st->corpus, names[i]);
		(void)find_known(f, names[i]);
		(void)seen_add(&f->seen, path);
		free(path);
	}
	pf_names_free(names);
	return NULL;
}

static const struct pf_err *
start(struct fuzz *f)
{
	const struct pf_err *err;
	struct state *st = pf_calloc(1, sizeof(*st));

	f->state = st;
	st->part = (struct pf_buf)PF_BUF_INIT;
	st->pause = PAUSE_MS;
	st->corpus = pf_asprintf("%s/corpus", f->dir);
	st->artifacts = pf_asprintf("%s/artifacts", f->dir);
	pf_fuzzlog_init(&st->log);
	env_engine(&f->envp, f->dir);
	env_sanitizers(&f->envp);
	env_engine(&f->target_envp, f->dir);
	env_sanitizers(&f->target_envp);
	if ((err = job_check_options(f->job, allowed)) != NULL)
		return err;
	if (pf_json_first(pf_json_get(f->job->doc, "args")) != NULL)
		return pf_err(PF_DATA, "a libfuzzer target takes no "
		    "arguments; options go by -o");
	if ((err = pf_mkdirs(st->corpus, 0750)) != NULL ||
	    (err = pf_mkdirs(st->artifacts, 0750)) != NULL)
		return err;
	if ((err = know_imported(f, st)) != NULL)
		return err;
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
	const struct pf_err *err = NULL;
	struct state *st = f->state;
	struct timespec t[2] = { { .tv_nsec = UTIME_OMIT } };
	char *path = pf_asprintf("%s/%s", st->corpus, hash);

	(void)size;
	clock_gettime(CLOCK_REALTIME, &t[1]);
	t[1].tv_sec++;
	(void)utimensat(AT_FDCWD, from, t, 0);
	(void)seen_add(&f->seen, path);
	if (rename(from, path) == -1)
		err = pf_errno("rename %s", path);
	st->touch = 2;
	free(path);
	return err;
}

/* What it has printed since the last look. */
static void
read_log(struct fuzz *f)
{
	struct state *st = f->state;
	char *nl;
	size_t at, n;
	ssize_t got = 0;
	int fd = open(f->log, O_RDONLY | O_CLOEXEC);

	if (fd == -1)
		return;
	do {
		at = 0;
		got = pread(fd, pf_buf_room(&st->part, 65536), 65536,
		    (off_t)st->pos);
		if (got > 0) {
			pf_buf_grew(&st->part, (size_t)got);
			st->pos += got;
		}
		while ((nl = memchr(st->part.data + at, '\n',
		    st->part.len - at)) != NULL) {
			n = (size_t)(nl - (st->part.data + at));
			switch (pf_fuzzlog_line(&st->log, st->part.data + at,
			    n)) {
			case PF_FL_REPORT:
				if (st->report_at == -1)
					st->report_at = st->pos - (int64_t)
					    (st->part.len - at);
				break;
			case PF_FL_DONE:
				st->done = true;
				break;
			default:
				break;
			}
			at += n + 1;
		}
		pf_buf_eat(&st->part, at);
		if (st->part.len > 65536)
			pf_buf_reset(&st->part);
	} while (got > 0);
	close(fd);
	f->run_seed = st->log.seed;
	/* A target that prints must not fill the disk. */
	if (st->pos > LOG_MAX && st->report_at == -1 &&
	    truncate(f->log, 0) == 0)
		st->pos = 0;
}

/* The crash report of the process that has just ended. */
static void
read_report(struct fuzz *f, struct pf_buf *b)
{
	struct state *st = f->state;
	int64_t from = st->report_at - 4096;
	ssize_t n;
	int fd;

	if (st->report_at == -1)
		return;
	/* A little of what came before: an assertion's own message. */
	if (from < 0)
		from = 0;
	if ((fd = open(f->log, O_RDONLY | O_CLOEXEC)) == -1)
		return;
	n = pread(fd, pf_buf_room(b, REPORT_MAX), REPORT_MAX, (off_t)from);
	if (n > 0)
		pf_buf_grew(b, (size_t)n);
	close(fd);
}

/* Every file of a directory that was not seen yet. */
static const struct pf_err *
look_in(struct fuzz *f, const char *dir, const struct find *like)
{
	const struct pf_err *err;
	struct find found = *like;
	char **names = NULL, *path;
	size_t i, n = 0;

	if ((err = pf_names(&names, &n, dir)) != NULL)
		return err;
	for (i = 0; i < n && err == NULL; i++) {
		path = pf_asprintf("%s/%s", dir, names[i]);
		if (seen_add(&f->seen, path)) {
			found.path = path;
			found.name = names[i];
			err = find_file(f, &found);
		}
		free(path);
	}
	pf_names_free(names);
	return err;
}

/* Removes files of the same bytes from a directory; how many. */
static int
remove_same(const char *dir, const struct pf_buf *bytes)
{
	struct pf_buf b = PF_BUF_INIT;
	char **names = NULL, *path;
	size_t i, n = 0;
	int removed = 0;

	if (pf_names(&names, &n, dir) != NULL)
		return 0;
	for (i = 0; i < n; i++) {
		path = pf_asprintf("%s/%s", dir, names[i]);
		pf_buf_reset(&b);
		if (pf_slurp(&b, path, 1 << 24) == NULL &&
		    b.len == bytes->len &&
		    memcmp(b.data, bytes->data, b.len) == 0 &&
		    unlink(path) == 0)
			removed++;
		free(path);
	}
	pf_names_free(names);
	pf_buf_free(&b);
	return removed;
}

/*
 * A seed that crashes stops every start at the same place: its crash is on
 * its way, so the seed itself is taken out.
 */
static bool
drop_bad_seed(struct fuzz *f)
{
	struct state *st = f->state;
	struct pf_buf b = PF_BUF_INIT;
	int n = 0;

	if (st->log.artifact[0] != '\0' &&
	    pf_slurp(&b, st->log.artifact, 1 << 24) == NULL)
		n = remove_same(f->files->seeds, &b) +
		    remove_same(st->corpus, &b);
	pf_buf_free(&b);
	return n > 0;
}

/* It never ran: says why in its own words. */
static void
give_up(struct fuzz *f, int status)
{
	static const char *const marks[] = { "ERROR: ", "error while loading",
	    "FATAL", "rror:", NULL };
	char words[256];

	log_last_words(words, sizeof(words), f->log, marks);
	if (words[0] == '\0')
		snprintf(words, sizeof(words), "it says nothing");
	f->over = true;
	f->result = "failed";
	snprintf(f->message, sizeof(f->message), "the target does not start "
	    "as a libFuzzer target (%s %d): %.300s",
	    WIFSIGNALED(status) ? "signal" : "status",
	    WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status),
	    words);
}

/* The process has ended: by a crash, by its time, or because it cannot. */
static const struct pf_err *
ended(struct fuzz *f, int status)
{
	const struct pf_err *err;
	struct state *st = f->state;
	struct pf_buf report = PF_BUF_INIT;
	struct find found = { .crash = true };
	bool never;

	f->pid = 0;
	read_log(f);
	read_report(f, &report);
	found.report = report.len > 0 ? report.data : NULL;
	found.report_len = report.len;
	found.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
	found.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	err = look_in(f, st->artifacts, &found);
	pf_buf_free(&report);
	if (err != NULL)
		return err;
	if (pf_boot_ms() >= f->deadline - 1500) {
		f->over = true;
		f->result = "completed";
		return NULL;
	}
	if (!st->log.inited && !drop_bad_seed(f)) {
		/* Not at the first: memory may have been short that moment. */
		never = f->found_crashes == 0 && st->base == 0 &&
		    st->log.artifact[0] == '\0';
		if (++st->bad_starts >= (never ? NO_STARTS : BAD_STARTS)) {
			give_up(f, status);
			return NULL;
		}
	} else
		st->bad_starts = 0;
	st->pause = pf_boot_ms() - st->launched < SHORT_RUN ? st->pause * 2 :
	    PAUSE_MS;
	if (st->pause > PAUSE_MAX)
		st->pause = PAUSE_MAX;
	st->resume_at = pf_boot_ms() + st->pause;
	return NULL;
}

static const struct pf_err *
poll_libfuzzer(struct fuzz *f)
{
	const struct pf_err *err = NULL;
	const struct find corpus = { .crash = false };
	struct state *st = f->state;
	int64_t elapsed = pf_boot_ms() - f->started;
	int status;

	if (f->pid != 0 && pf_proc_ended(f->pid, &status))
		err = ended(f, status);
	else if (f->pid == 0 && !f->over && pf_boot_ms() >= st->resume_at)
		err = launch(f);
	if (err != NULL)
		return err;
	read_log(f);
	if (st->base + st->log.execs > 0)
		f->now.execs = st->base + (st->log.execs > 0 ?
		    st->log.execs : 0);
	if (f->now.execs > 0 && elapsed > 0)
		f->now.execs_per_sec = (double)f->now.execs * 1000 /
		    (double)elapsed;
	if (st->log.cov > f->now.edges)
		f->now.edges = st->log.cov;
	if (st->log.corpus >= 0)
		f->now.corpus = st->log.corpus;
	if (st->log.rss_mb > f->now.rss_mb)
		f->now.rss_mb = st->log.rss_mb;
	f->now.crashes = f->found_crashes;
	if (st->touch > 0 && --st->touch == 0)
		(void)utimensat(AT_FDCWD, st->corpus, NULL, 0);
	return look_in(f, st->corpus, &corpus);
}

static void
release(struct fuzz *f)
{
	struct state *st = f->state;

	if (st == NULL)
		return;
	pf_buf_free(&st->part);
	free(st->corpus);
	free(st->artifacts);
	free(st);
	f->state = NULL;
}

const struct engine engine_libfuzzer = {
	.name = "libfuzzer", .program = NULL, .start = start,
	.poll = poll_libfuzzer, .import = import, .stop_signal = SIGUSR1,
	.release = release,
};
