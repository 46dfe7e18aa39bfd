/*
 * An engine that is an executable of its own: started with what the contract
 * of pf-engine(5) promises, and looked at by what it leaves in its
 * directories.
 */
#include <sys/stat.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "codec/aflstat.h"
#include "os/clock.h"
#include "os/fs.h"
#include "run/box/box.h"
#include "run/engine/extern.h"
#include "run/health/target.h"

#define LOG_MAX		(32 << 20)	/* then it is begun anew */
#define STATS_MAX	(64 << 10)
#define IMPORT_MAX	1000	/* inputs that wait for the engine */

struct state {
	const struct external	*ext;
	char			*dir;		/* DIR/engine */
	int			 fd;		/* of it */
	struct tray		 corpus, crashes, imports, own;
	int64_t			 base;		/* execs of earlier starts */
	bool			 resumed;
	bool			 no_imports;	/* told that it takes none */
	bool			 bad_stats;	/* told of them */
};

/* What a crash is has to be seen from outside: by a signal. */
static void
make_abort(char **envp)
{
	static const struct {
		const char	*name, *more;
	} all[] = {
		{ "ASAN_OPTIONS=", ":abort_on_error=1:symbolize=0:"
		    "detect_leaks=0" },
		{ "UBSAN_OPTIONS=", ":abort_on_error=1:symbolize=0" },
		{ "MSAN_OPTIONS=", ":abort_on_error=1:symbolize=0" },
		{ "TSAN_OPTIONS=", ":abort_on_error=1:symbolize=0" },
	};
	char *old;
	size_t i;

	for (; *envp != NULL; envp++)
		for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
			if (strncmp(*envp, all[i].name,
			    strlen(all[i].name)) == 0) {
				old = *envp;
				*envp = pf_asprintf("%s%s", old, all[i].more);
				free(old);
			}
}

static void
add_options(char ***envp, const struct job *j)
{
	const struct pf_json *v = pf_json_first(pf_json_get(j->doc,
	    "options"));

	/* Those of sanitizers have a dot in their names. */
	for (; v != NULL; v = pf_json_next(v))
		if (pf_option_ok(pf_json_key(v)))
			argv_addf(envp, "PF_OPT_%s=%s", pf_json_key(v),
			    pf_json_text(v));
}

static void
add_builds(char ***envp, const struct files *files)
{
	const char *const *kind;
	char *path;

	for (kind = pf_build_kinds; *kind != NULL; kind++)
		if ((path = files_get(files, *kind)) != NULL) {
			argv_addf(envp, "PF_BUILD_%s=%s", *kind, path);
			free(path);
		}
}

static void
make_env(struct fuzz *f, const struct state *st)
{
	int64_t left = f->deadline - pf_boot_ms();
	char ***e = &f->envp;

	env_engine(e, f->dir);
	env_sanitizers(e, f);
	make_abort(*e);
	argv_addf(e, "PF_ENGINE_CONTRACT=%d", PF_ENGINE_CONTRACT);
	argv_addf(e, "PF_ENGINE_TARGET=%s", f->files->target);
	argv_addf(e, "PF_ENGINE_SEEDS=%s", f->files->seeds);
	argv_addf(e, "PF_ENGINE_IMPORT=%s", st->imports.path);
	argv_addf(e, "PF_ENGINE_CORPUS=%s", st->corpus.path);
	argv_addf(e, "PF_ENGINE_CRASHES=%s", st->crashes.path);
	argv_addf(e, "PF_ENGINE_STATE=%s", st->own.path);
	argv_addf(e, "PF_ENGINE_STATS=%s/stats", st->dir);
	argv_addf(e, "PF_ENGINE_RESUME=%d", st->resumed ? 1 : 0);
	argv_addf(e, "PF_ENGINE_INPUT=%s", rerun_by_file(f->job, 0) ?
	    "file" : "stdin");
	argv_addf(e, "PF_ENGINE_INPUT_MAX=%" PRId64,
	    f->slot->conf->corpus_size);
	argv_addf(e, "PF_ENGINE_TIMEOUT=%" PRId64, f->job->timeout);
	argv_addf(e, "PF_ENGINE_MEMORY=%" PRId64, f->job->memory);
	argv_addf(e, "PF_ENGINE_SECONDS=%" PRId64, left / 1000 + 1);
	if (f->files->dict != NULL)
		argv_addf(e, "PF_ENGINE_DICT=%s", f->files->dict);
	add_builds(e, f->files);
	add_options(e, f->job);
}

static void
make_argv(struct fuzz *f, const struct state *st)
{
	const struct pf_json *v = pf_json_get(f->job->doc, "args");

	argv_add(&f->argv, st->ext->path);
	argv_add(&f->argv, f->files->target);
	for (v = pf_json_first(v); v != NULL; v = pf_json_next(v))
		if (pf_json_text(v) != NULL)
			argv_add(&f->argv, pf_json_text(v));
}

static const struct pf_err *
launch(struct fuzz *f)
{
	const struct pf_err *err;
	const struct state *st = f->state;
	struct pf_proc_spec spec = { .cwd = st->own.path, .out = f->log };

	if ((err = extern_check(st->ext->path)) != NULL)
		return err;
	(void)unlinkat(st->fd, "stats", 0);
	make_env(f, st);
	spec.argv = f->argv;
	spec.envp = f->envp;
	return box_start(f, &spec, &f->pid);
}

/* Only options that the engine says it has. */
static const struct pf_err *
check_options(const struct job *j, const struct external *x)
{
	const struct pf_err *err;
	char **allowed = NULL, *list = pf_strdup(x->probe.options);
	char *word, *rest = list;

	while ((word = strsep(&rest, " ")) != NULL)
		argv_add(&allowed, word);
	err = job_check_options(j, (const char *const *)allowed);
	argv_free(allowed);
	free(list);
	return err;
}

/* The engine's directories, none of them by way of a link. */
static const struct pf_err *
open_trays(struct fuzz *f, struct state *st)
{
	const struct pf_err *err;
	struct tray top = { .fd = -1 };
	int fd = open(f->dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd == -1)
		return pf_errno("open %s", f->dir);
	err = tray_open(&top, fd, f->dir, "engine");
	close(fd);
	st->dir = top.path;
	st->fd = top.fd;
	st->crashes.crashes = true;
	if (err == NULL &&
	    (err = tray_open(&st->corpus, st->fd, st->dir, "corpus")) ==
	    NULL && (err = tray_open(&st->crashes, st->fd, st->dir,
	    "crashes")) == NULL && (err = tray_open(&st->imports, st->fd,
	    st->dir, "import")) == NULL)
		err = tray_open(&st->own, st->fd, st->dir, "state");
	return err;
}

static char *
given_path(const struct fuzz *f)
{
	return pf_asprintf("%s/own/given", f->dir);
}

/* What was given before a restart is not sent after it. */
static void
know_given(struct fuzz *f)
{
	char line[128], *path = given_path(f);
	FILE *in = fopen(path, "re");

	while (in != NULL && fgets(line, sizeof(line), in) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (pf_sha_ok(line))
			(void)find_known(f, line);
	}
	if (in != NULL)
		fclose(in);
	free(path);
}

static void
note_given(const struct fuzz *f, const char *hash)
{
	char *path = given_path(f);
	FILE *out = fopen(path, "ae");

	/* Without it an input is sent once more: nothing else is lost. */
	if (out != NULL) {
		fprintf(out, "%s\n", hash);
		fclose(out);
	}
	free(path);
}

/* Whether an engine worked on this job before; from now on one has. */
static const struct pf_err *
has_begun(const struct fuzz *f, struct state *st)
{
	const struct pf_err *err = NULL;
	char *path = pf_asprintf("%s/own/begun", f->dir);

	st->resumed = pf_exists(path);
	if (!st->resumed)
		err = pf_file_put(path, NULL, "", 0, 0640);
	free(path);
	return err;
}

/*
 * An engine that looks at a target from outside takes one that its loader
 * gives up for one that does well.  Where things lie makes it suspect; what it
 * says then is believed, for the engine has ways of its own to run others.
 */
static const struct pf_err *
check_target(struct fuzz *f)
{
	const struct pf_err *err;
	char why[400], *line;
	struct rerun r;

	if (target_look(f->files->target, why, sizeof(why)) !=
	    PF_VERDICT_MISSING_LIBRARY)
		return NULL;
	err = rerun_input(f, "", 0, &r);
	for (line = r.log.data; err == NULL && *line != '\0';
	    line += *line == '\n') {
		why[0] = '\0';
		snprintf(why, sizeof(why), "%.*s", (int)strcspn(line, "\n"),
		    line);
		if (target_words(why) == PF_VERDICT_MISSING_LIBRARY)
			err = pf_err(PF_UNAVAIL, "the target does not start: "
			    "%.300s", why);
		line += strcspn(line, "\n");
	}
	pf_buf_free(&r.log);
	return err != NULL && err->class == PF_UNAVAIL ? err : NULL;
}

static struct state *
new_state(struct fuzz *f)
{
	struct state *st = pf_calloc(1, sizeof(*st));

	f->state = st;
	st->fd = st->corpus.fd = st->crashes.fd = st->imports.fd =
	    st->own.fd = -1;
	return st;
}

static const struct pf_err *
start(struct fuzz *f)
{
	const struct pf_err *err;
	struct state *st = new_state(f);

	/* Of an earlier one that died. */
	if (f->now.execs > 0)
		st->base = f->now.execs;
	env_engine(&f->target_envp, f->dir);
	env_sanitizers(&f->target_envp, f);
	if ((st->ext = extern_named(f->job->engine)) == NULL)
		return pf_err(PF_UNAVAIL, "engine %s is gone from here",
		    f->job->engine);
	if ((err = check_options(f->job, st->ext)) != NULL ||
	    (err = check_target(f)) != NULL ||
	    (err = open_trays(f, st)) != NULL)
		return err;
	know_given(f);
	if ((err = has_begun(f, st)) != NULL)
		return err;
	make_argv(f, st);
	return launch(f);
}

/* The file is removed by the engine; of one that takes none not many wait. */
static const struct pf_err *
import(struct fuzz *f, const char *from, const char *hash, int64_t size)
{
	struct state *st = f->state;

	(void)size;
	if (tray_count(&st->imports) >= IMPORT_MAX) {
		if (!st->no_imports)
			pf_warn("%s: job %s: engine %s does not take the "
			    "inputs in its import; it is given no more until "
			    "it does", f->slot->name, f->job->id,
			    f->job->engine);
		st->no_imports = true;
		unlink(from);
		return NULL;
	}
	f->share.given++;
	note_given(f, hash);
	if (renameat(AT_FDCWD, from, st->imports.fd, hash) == -1)
		return pf_errno("rename %s to %s", from, st->imports.path);
	return NULL;
}

static void
read_stats(struct fuzz *f)
{
	const struct pf_err *err;
	struct state *st = f->state;
	char *path = pf_asprintf("/proc/self/fd/%d/stats", st->fd);
	struct pf_buf b = PF_BUF_INIT;
	struct pf_aflstat s;

	if ((err = pf_slurp(&b, path, STATS_MAX)) == NULL) {
		pf_aflstat_parse(&s, b.data, b.len);
		if (s.execs_done >= 0)
			f->now.execs = st->base + s.execs_done;
		f->now.execs_per_sec = s.execs_per_sec;
		f->now.edges = s.edges_found;
		f->now.total_edges = s.total_edges;
		f->now.corpus = s.corpus_count;
		f->now.corpus_imported = s.corpus_imported;
		f->now.pending = s.pending_total;
		f->now.cycles_done = s.cycles_done;
		f->now.hangs = s.saved_hangs;
		f->now.rss_mb = s.peak_rss_mb;
		f->now.stability = s.stability;
	} else if (err->class != PF_NOTFOUND && !st->bad_stats) {
		st->bad_stats = true;
		pf_warn("%s: job %s: engine %s: its stats are passed over: %s",
		    f->slot->name, f->job->id, f->job->engine, err->msg);
	}
	pf_buf_free(&b);
	free(path);
}

/* An engine that prints must not fill the disk. */
static void
limit_log(const struct fuzz *f)
{
	struct stat st;

	if (stat(f->log, &st) == 0 && st.st_size > LOG_MAX &&
	    truncate(f->log, 0) == -1)
		pf_warn("%s: truncate %s failed", f->slot->name, f->log);
}

/* Whether it is started again is not decided here. */
static void
ended(struct fuzz *f, int status)
{
	static const char *const marks[] = { NULL };
	char words[256];

	f->pid = 0;
	f->over = true;
	f->died = status;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
		f->result = "completed";
		return;
	}
	log_last_words(words, sizeof(words), f->log, marks);
	f->result = "failed";
	snprintf(f->message, sizeof(f->message), "engine %.32s ended with %s "
	    "%d: %.300s", f->job->engine,
	    WIFSIGNALED(status) ? "signal" : "status",
	    WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status),
	    *words != '\0' ? words : "it says nothing");
}

static const struct pf_err *
take(struct fuzz *f, struct state *st)
{
	const struct pf_err *crashes, *inputs;
	size_t n;

	crashes = tray_take(&st->crashes, f, &n);
	inputs = tray_take(&st->corpus, f, &n);
	/* That some had to stay is the lesser evil. */
	return inputs != NULL && (crashes == NULL || crashes->class == PF_NO) ?
	    inputs : crashes;
}

static const struct pf_err *
poll_extern(struct fuzz *f)
{
	const struct pf_err *err;
	struct state *st = f->state;
	int status, waiting;

	if (f->pid != 0 && box_ended(f, f->pid, &status))
		ended(f, status);
	read_stats(f);
	if ((waiting = tray_count(&st->imports)) >= 0) {
		if (f->share.given < waiting)	/* some from before */
			f->share.given = waiting;
		f->share.taken = f->share.given - waiting;
	}
	limit_log(f);
	err = take(f, st);
	f->now.crashes = f->found_crashes;
	if (err != NULL && err->class == PF_DATA && !f->over) {
		f->over = true;
		f->result = "failed";
		snprintf(f->message, sizeof(f->message), "%.500s", err->msg);
		return NULL;
	}
	return err;
}

/* What lies in the trays since before. */
static const struct pf_err *
harvest(struct fuzz *f)
{
	const struct pf_err *err = NULL;
	struct state *st = f->state;

	if (st == NULL) {
		st = new_state(f);
		err = open_trays(f, st);
	}
	return err != NULL ? err : take(f, st);
}

static void
release(struct fuzz *f)
{
	struct state *st = f->state;

	if (st == NULL)
		return;
	tray_close(&st->corpus);
	tray_close(&st->crashes);
	tray_close(&st->imports);
	tray_close(&st->own);
	if (st->fd != -1)
		close(st->fd);
	free(st->dir);
	free(st);
	f->state = NULL;
}

/* It may be a script, whose child does the work. */
static void
signal_all(struct fuzz *f, int sig)
{
	if (f->pid > 0)
		box_signal_all(sig);
}

const struct engine engine_extern = {
	.start = start, .poll = poll_extern, .import = import,
	.harvest = harvest, .signal = signal_all,
	.stop_signal = SIGTERM, .release = release,
};
