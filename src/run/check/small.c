/*
 * A crash is made smaller: by the engine's own means, if it has any, and then
 * by leaving out pieces.  The engines take any crash for the same, so nothing
 * of theirs is believed before it was run: only what crashes the target in
 * the same place is smaller, and it has to do so some times in the end.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/clock.h"
#include "os/fs.h"
#include "os/proc.h"
#include "run/box/box.h"
#include "run/check/check.h"
#include "run/engine/libfuzzer.h"

#define EXECS_MAX	20000
#define CONFIRM		3
#define TOOL_LEAST	64	/* bytes; smaller ones need no tool */
#define TOOL_PART	3	/* of the time */
#define SAVE_MS		1000	/* between two writes of what it has become */

enum stage { TOOL, VERIFY, SHRINK, CONFIRMED };

struct small {
	struct known	*known;
	enum stage	 stage;
	struct trial	 trial;
	struct pf_buf	 was;		/* the crash */
	struct pf_buf	 least;		/* that crashes the same */
	struct pf_buf	 candidate;
	const char	*how;		/* what made that, in the end */
	const char	*tool;
	struct pf_ddmin	 d;
	struct pf_odds	 tally;
	int64_t		 until;		/* CLOCK_BOOTTIME, ms */
	int64_t		 execs;
	char		*out;		/* of the tool */
	bool		 failed;	/* a run could not be started */
	bool		 resumed;	/* an earlier try made the candidate */
	int64_t		 saved;		/* when, and so much of it */
	size_t		 saved_len;
};

static void
tool_libfuzzer(char ***argv, struct fuzz *f, const struct small *s,
    const char *input, int64_t ms)
{
	argv_add(argv, f->files->target);
	argv_add(argv, "-minimize_crash=1");
	argv_addf(argv, "-max_total_time=%" PRId64, ms / 1000 + 1);
	argv_addf(argv, "-artifact_prefix=%s/min/", f->dir);
	argv_addf(argv, "-exact_artifact_path=%s", s->out);
	lf_rerun_argv(argv, f->job);
	argv_add(argv, input);
}

static void
tool_afl(char ***argv, struct fuzz *f, const struct small *s,
    const char *input)
{
	const struct pf_json *v = pf_json_get(f->job->doc, "args");

	trial_argv(argv, "afl-tmin");
	argv_add(argv, "-i");
	argv_add(argv, input);
	argv_add(argv, "-o");
	argv_add(argv, s->out);
	argv_add(argv, "-t");
	argv_addf(argv, "%" PRId64, f->job->timeout);
	argv_add(argv, "-m");
	argv_add(argv, "none");
	argv_add(argv, "--");
	argv_add(argv, f->files->target);
	for (v = pf_json_first(v); v != NULL; v = pf_json_next(v))
		argv_add(argv, pf_json_text(v) != NULL ? pf_json_text(v) :
		    "");
}

/* The engine's means: *name is what it is called, NULL: it has none. */
static const char *
find_tool(const struct fuzz *f)
{
	char *path;

	if (strcmp(f->job->engine, "libfuzzer") == 0)
		return "libfuzzer";
	if (strcmp(f->job->engine, "afl++") != 0 ||
	    (f->built & PF_BUILT_AFL) == 0 ||
	    (path = pf_proc_find("afl-tmin")) == NULL)
		return NULL;
	free(path);
	return "afl-tmin";
}

/*
 * It begins on its own; what it does to its directory is its own affair.
 * afl-tmin writes its inputs where it is if access(2) lets it, which knows
 * nothing of landlock: so it is where it may write.
 */
static const struct pf_err *
start_tool(struct small *s, struct fuzz *f)
{
	const struct pf_err *err;
	char *dir = pf_asprintf("%s/min", f->dir);
	char *input = pf_asprintf("%s/own/check.input", f->dir);
	struct pf_proc_spec spec = { .cwd = dir };
	char **argv = NULL, **envp = NULL;
	int64_t ms = (s->until - pf_boot_ms()) / TOOL_PART;

	env_engine(&envp, f->dir);
	if (strcmp(s->tool, "libfuzzer") == 0) {
		env_sanitizers(&envp, f);
		tool_libfuzzer(&argv, f, s, input, ms);
		ms += rerun_limit(f->job);
	} else
		tool_afl(&argv, f, s, input);
	spec.argv = argv;
	spec.envp = envp;
	if ((err = pf_rmtree(dir)) == NULL &&
	    (err = pf_mkdirs(dir, 0750)) == NULL &&
	    (err = pf_file_write(input, &s->was)) == NULL)
		err = trial_program(&s->trial, f, &spec, ms);
	argv_free(argv);
	argv_free(envp);
	free(input);
	free(dir);
	return err;
}

static struct small *
small_new(struct fuzz *f, struct known *k)
{
	struct small *s = pf_calloc(1, sizeof(*s));
	char *path = queue_least(f, k);

	*s = (struct small){ .known = k, .was = PF_BUF_INIT,
	    .least = PF_BUF_INIT, .candidate = PF_BUF_INIT,
	    .tool = find_tool(f), .how = "ddmin",
	    .until = pf_boot_ms() + f->slot->conf->minimise_time,
	    .out = pf_asprintf("%s/min/out", f->dir) };
	s->stage = TOOL;
	if (queue_body(f, k, &s->was) != NULL) {
		free(path);
		free(s->out);
		free(s);
		return NULL;
	}
	queue_mark(f, k, "try");
	/* As far as it came before a job came in between. */
	if (pf_slurp_in(&s->least, f->dir, path, s->was.len) == NULL &&
	    s->least.len > 0 && s->least.len < s->was.len)
		s->stage = VERIFY;
	else {
		pf_buf_reset(&s->least);
		pf_buf_add(&s->least, s->was.data, s->was.len);
	}
	if (s->stage == VERIFY) {
		s->resumed = true;
		pf_buf_add(&s->candidate, s->least.data, s->least.len);
		pf_buf_reset(&s->least);
		pf_buf_add(&s->least, s->was.data, s->was.len);
	} else if (s->tool == NULL || s->was.len < TOOL_LEAST)
		s->stage = SHRINK;
	if (s->stage == SHRINK)
		pf_ddmin_begin(&s->d, s->least.data, s->least.len);
	free(path);
	return s;
}

/* For who goes on with it; what is damaged there is not believed. */
static void
save_least(struct small *s, struct fuzz *f)
{
	char *path, by[40];

	if (s->least.len >= s->was.len || s->least.len == s->saved_len)
		return;
	path = queue_least(f, s->known);
	if (pf_file_write(path, &s->least) == NULL &&
	    (s->known->by == NULL || strcmp(s->known->by, s->how) != 0)) {
		snprintf(by, sizeof(by), "by %s", s->how);
		queue_mark(f, s->known, by);
	}
	free(path);
	s->saved = pf_boot_ms();
	s->saved_len = s->least.len;
}

void
small_free(struct small *s, struct fuzz *f)
{
	if (s == NULL)
		return;
	trial_stop(&s->trial, f);
	if (s->known != NULL)
		save_least(s, f);
	if (s->known != NULL && !s->failed)
		queue_mark(f, s->known, "back");
	pf_ddmin_free(&s->d);
	pf_buf_free(&s->was);
	pf_buf_free(&s->least);
	pf_buf_free(&s->candidate);
	free(s->out);
	free(s);
}

static void
file_small(struct small *s, struct fuzz *f)
{
	struct pf_buf b = PF_BUF_INIT;
	const struct pf_err *err;

	pf_jw_open(&b, NULL, '{');
	pf_jw_str(&b, "of", s->known->hash);
	pf_jw_str(&b, "how", s->how);
	pf_jw_int(&b, "runs", s->tally.runs);
	pf_jw_int(&b, "same", s->tally.same);
	/* The master takes one of a crash, however many come. */
	find_put(f, PF_KIND_SMALL, &s->least, &b, NULL);
	if ((err = find_flush(f)) != NULL)
		pf_warn("%s: outbox: %s", f->slot->name, err->msg);
	if (!f->slot->opts->quiet)
		pf_note("%s: crash %.16s: %zu bytes do it, of %zu (%s)",
		    f->slot->name, s->known->hash, s->least.len, s->was.len,
		    s->how);
}

static void
begin_shrink(struct small *s)
{
	s->stage = SHRINK;
	pf_ddmin_begin(&s->d, s->least.data, s->least.len);
}

static void
take(struct pf_buf *to, const char *p, size_t n)
{
	pf_buf_reset(to);
	pf_buf_add(to, p, n);
}

static void
say_useless(const struct small *s, const struct fuzz *f)
{
	static const char *const marks[] = { "PROGRAM ABORT", NULL };
	char words[200], *log = pf_asprintf("%s/own/check.log", f->dir);

	log_last_words(words, sizeof(words), log, marks);
	if (f->slot->opts->verbose)
		pf_note("%s: crash %.16s: %s made nothing smaller of it: %s",
		    f->slot->name, s->known->hash, s->tool, words);
	free(log);
}

/* A tool has ended, however. */
static void
take_tool(struct small *s, struct fuzz *f)
{
	pf_buf_reset(&s->candidate);
	if (pf_slurp_in(&s->candidate, f->dir, s->out, s->was.len) == NULL &&
	    s->candidate.len > 0 && s->candidate.len < s->least.len)
		s->stage = VERIFY;
	else {
		say_useless(s, f);
		begin_shrink(s);
	}
}

/* A run has ended that was to tell of a candidate. */
static void
take_run(struct small *s, struct fuzz *f)
{
	const struct trial *t = &s->trial;
	bool same = t->crashed && strcmp(t->key, s->known->key) == 0;

	s->execs++;
	switch (s->stage) {
	case TOOL:
		take_tool(s, f);
		break;
	case VERIFY:
		if (same) {
			take(&s->least, s->candidate.data, s->candidate.len);
			if (!s->resumed)
				s->how = s->tool;
			else if (s->known->by != NULL)
				s->how = s->known->by;
		}
		begin_shrink(s);
		break;
	case SHRINK:
		pf_ddmin_tell(&s->d, same);
		if (same && s->d.best.len < s->least.len) {
			take(&s->least, s->d.best.data, s->d.best.len);
			s->how = "ddmin";
		}
		break;
	case CONFIRMED:
		pf_odds_add(&s->tally, t->crashed, same);
		break;
	}
	if (pf_boot_ms() - s->saved >= SAVE_MS)
		save_least(s, f);
}

/* The next run; false: it is as small as it gets, or there is no time. */
static bool
start_run(struct small *s, struct fuzz *f, const struct build *b)
{
	const struct pf_err *err = NULL;
	const char *p;
	size_t n;

	if (s->stage == SHRINK && (pf_boot_ms() >= s->until ||
	    s->execs >= EXECS_MAX || !pf_ddmin_next(&s->d, &p, &n))) {
		s->stage = CONFIRMED;
		s->tally.want = CONFIRM;
	}
	if (s->stage == CONFIRMED && (s->tally.runs >= CONFIRM ||
	    s->least.len >= s->was.len))
		return false;
	if (s->stage == TOOL && (err = start_tool(s, f)) != NULL)
		begin_shrink(s);
	else if (s->stage == VERIFY)
		err = trial_start(&s->trial, f, b, s->candidate.data,
		    s->candidate.len);
	else if (s->stage == SHRINK && s->d.asked)
		err = trial_start(&s->trial, f, b, p, n);
	else if (s->stage == CONFIRMED)
		err = trial_start(&s->trial, f, b, s->least.data,
		    s->least.len);
	if (err != NULL && s->stage == SHRINK && s->d.asked) {
		/* What cannot be run is not shown to crash. */
		pf_ddmin_tell(&s->d, false);
		s->execs++;
	}
	s->failed = err != NULL && s->stage != SHRINK;
	return !s->failed;
}

static void
finish(struct small **sp, struct fuzz *f)
{
	struct small *s = *sp;
	struct queue *q = &check_get(f)->q;
	struct known *k = s->known;
	char key[CHECK_KEY];

	if (s->failed) {
		/* Another try may go better. */
		small_free(s, f);
		*sp = NULL;
		return;
	}
	memcpy(key, k->key, sizeof(key));
	if (s->stage == CONFIRMED && s->tally.runs > 0 &&
	    s->tally.same == s->tally.runs)
		file_small(s, f);
	s->known = NULL;
	small_free(s, f);
	*sp = NULL;
	queue_past(q, f, key);
	queue_drop(q, f, k);
}

bool
small_step(struct small **sp, struct fuzz *f, int64_t ms)
{
	struct checker *c = check_get(f);
	int64_t end = pf_boot_ms() + ms, now;
	struct known *k;
	struct small *s;

	while (*sp == NULL) {
		if (c->nbuilds == 0 || (k = queue_small(&c->q)) == NULL)
			return false;
		if ((*sp = small_new(f, k)) == NULL)
			queue_drop(&c->q, f, k);
	}
	s = *sp;
	while ((now = pf_boot_ms()) < end) {
		if (s->trial.pid != 0) {
			if (!trial_wait(&s->trial, f, end - now))
				break;
			take_run(s, f);
		} else if (!start_run(s, f, &c->build[0])) {
			finish(sp, f);
			break;
		}
	}
	return true;
}
