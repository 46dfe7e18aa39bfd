/*
 * Crashes are run again: what is due next, on which build, and the record of
 * what came of it.  While an engine runs it is left nineteen parts of twenty
 * of the time, and no look at it waits for a run to end.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "os/clock.h"
#include "os/fs.h"
#include "os/proc.h"
#include "run/box/box.h"
#include "run/check/check.h"

#define PART		20	/* of the time while an engine runs, */
#define AHEAD_MS	5000	/* and so much at the start */
#define LOOK_MS		1000	/* at most between two looks at it */
#define TIMEOUT_RUNS	3	/* of what takes so long each time */
#define VALGRIND_RUNS	1	/* of a crash that was found without it */

/* The target under it: for jobs that fuzz if nothing else tells more, and if
 * it would run at all. */
static void
add_valgrind(struct checker *c, struct fuzz *f)
{
	unsigned int not = PF_BUILT_SHADOW | PF_BUILT_LSAN;
	char *program;

	if (f->job->kind == JOB_FUZZ)
		not |= PF_BUILT_UBSAN;
	if (c->nbuilds != 1 || (f->built & not) != 0 ||
	    (program = pf_proc_find("valgrind")) == NULL)
		return;
	free(program);
	c->build[1] = (struct build){ .word = "valgrind",
	    .sha256 = c->build[0].sha256,
	    .path = pf_strdup(c->build[0].path), .built = c->build[0].built,
	    .valgrind = true };
	env_engine(&c->build[1].envp, f->dir);
	c->nbuilds = 2;
}

struct checker *
check_get(struct fuzz *f)
{
	struct checker *c = f->checks;

	if (c == NULL) {
		f->checks = c = pf_calloc(1, sizeof(*c));
		queue_open(&c->q, f);
	}
	if (!c->ready && f->files != NULL && f->files->target != NULL) {
		c->nbuilds = builds_open(c->build, f);
		while (f->job->kind != JOB_FUZZ && c->nbuilds > 1)
			builds_free(&c->build[--c->nbuilds], 1);
		add_valgrind(c, f);
		c->ready = true;
	}
	return c;
}

bool
check_under(struct fuzz *f)
{
	const struct checker *c = check_get(f);

	return c->nbuilds > 0 && c->build[c->nbuilds - 1].valgrind;
}

void
check_begin(struct fuzz *f)
{
	char *dir = pf_asprintf("%s/own/checks", f->dir);

	if (f->slot->conf->recheck_runs > 0 && pf_exists(dir))
		(void)check_get(f);
	free(dir);
}

void
check_settle(struct fuzz *f)
{
	char *dir = pf_asprintf("%s/own/checks", f->dir);

	if (pf_exists(dir))
		queue_settle(&check_get(f)->q, f);
	free(dir);
}

void
check_note(struct fuzz *f, const char *hash, const char *body, size_t n,
    const struct pf_trace *t, const char *type, int sig)
{
	struct known k = { .size = (int64_t)n, .signal = sig,
	    .under = f->job->kind == JOB_MEMCHECK };

	if (f->slot->conf->recheck_runs == 0)
		return;
	snprintf(k.hash, sizeof(k.hash), "%s", hash);
	trial_key(k.key, t, type);
	if (strcmp(type, "timeout") == 0)
		k.runs = TIMEOUT_RUNS;
	(void)queue_add(&check_get(f)->q, f, &k, body);
}

/* Like the known one before another, with names before without. */
void
best_take(struct best *b, const struct trial *t, bool same)
{
	int rank = 1 + 4 * same + 2 * t->crashed + (t->trace.named > 0);
	size_t n = t->log.len - t->trace.offset;

	if (!t->crashed || rank <= b->rank)
		return;
	b->rank = rank;
	b->signal = t->signal;
	b->exit_code = t->exit_code;
	pf_buf_reset(&b->body);
	pf_buf_add(&b->body, t->log.data + t->trace.offset,
	    n < CHECK_BODY ? n : CHECK_BODY);
}

static void
file_check(struct fuzz *f, struct checker *c)
{
	const struct build *b = &c->build[c->on];
	struct pf_buf fields = PF_BUF_INIT;
	char key[QUEUE_KEY], has[PF_ELFSCAN_LIST] = "";

	/* The builds beside it are known by their words. */
	if (strcmp(b->word, "target") == 0)
		pf_elfscan_list(has, f->built);
	queue_sent_key(key, c->known, b->word);
	pf_jw_open(&fields, NULL, '{');
	pf_jw_str(&fields, "hash", c->known->hash);
	pf_jw_str(&fields, "target", b->sha256);
	pf_jw_str(&fields, "build", b->word);
	pf_jw_int(&fields, "runs", c->tally.runs);
	pf_jw_int(&fields, "crashed", c->tally.crashed);
	pf_jw_int(&fields, "same", c->tally.same);
	pf_jw_int(&fields, "signal", c->best.signal);
	pf_jw_int(&fields, "exit_code", c->best.exit_code);
	if (has[0] != '\0')
		pf_jw_str(&fields, "sanitizers", has);
	find_put(f, PF_KIND_CHECK, &c->best.body, &fields, key);
}

/* For who reads the log of the job. */
static void
say_verdict(struct fuzz *f, struct checker *c)
{
	char words[200];

	if (c->tally.runs == 0)
		snprintf(words, sizeof(words), "crash %.16s: no run of it "
		    "came to an end%s", c->known->hash, c->known->under ?
		    " under valgrind" : "");
	else
		snprintf(words, sizeof(words), "crash %.16s: %" PRId64 " of %"
		    PRId64 " runs crashed", c->known->hash, c->tally.crashed,
		    c->tally.runs);
	find_say(f, words);
}

/* What the runs on a build came to, before that may be on its way. */
static void
mark_outcome(struct fuzz *f, struct checker *c)
{
	if (f->job->kind == JOB_REGRESS)
		queue_mark(f, c->known, c->tally.crashed > 0 ? PAST_BAD :
		    PAST_GOOD);
	if (c->on == 0 && c->tally.same == c->tally.runs)
		queue_mark(f, c->known, "steady");
}

/*
 * All runs on a build are made; false: there is no room for the record.  Who
 * is killed before the last mark finds in the list of what was sent whether
 * the record is on its way, and then makes no second one.
 */
static bool
end_build(struct fuzz *f, struct checker *c)
{
	if (!c->filed) {
		if (c->tally.runs > 0) {
			mark_outcome(f, c);
			file_check(f, c);
		}
		if (f->job->kind == JOB_REGRESS)
			say_verdict(f, c);
		c->filed = true;
	}
	/* What is marked is not run again, so it is laid down before. */
	if (find_flush(f) != NULL)
		return false;
	c->filed = false;
	queue_mark(f, c->known, c->build[c->on].word);
	pf_buf_free(&c->best.body);
	c->best = (struct best){ .rank = 0 };
	c->tally = (struct pf_odds){ 0 };
	c->on++;
	return true;
}

/* Jobs that fuzz try all builds; what valgrind found only it sees again. */
static bool
passes_over(const struct fuzz *f, const struct checker *c)
{
	const struct build *b = &c->build[c->on];

	return (c->known->done & build_bit(b->word)) != 0 ||
	    (f->job->kind != JOB_FUZZ && b->valgrind != c->known->under);
}

static int64_t
runs_of(const struct fuzz *f, const struct checker *c)
{
	int64_t all = f->slot->conf->recheck_runs;

	if (c->build[c->on].valgrind && !c->known->under)
		return VALGRIND_RUNS;
	if (c->known->runs > 0 && (c->known->runs < all ||
	    f->job->kind == JOB_REGRESS))
		return c->known->runs;
	return all;
}

/* The next build on which the crash at hand has to be run. */
static bool
next_build(struct fuzz *f, struct checker *c)
{
	while (c->on < c->nbuilds && passes_over(f, c))
		c->on++;
	if (c->on < c->nbuilds) {
		c->tally = (struct pf_odds){ .want = runs_of(f, c) };
		return true;
	}
	queue_over(&c->q, f, c->known);
	c->known = NULL;
	pf_buf_free(&c->input);
	return false;
}

static bool
next_crash(struct fuzz *f, struct checker *c)
{
	while (c->nbuilds > 0 && (c->known = queue_check(&c->q)) != NULL) {
		pf_buf_reset(&c->input);
		if (queue_body(f, c->known, &c->input) == NULL) {
			c->on = 0;
			return true;
		}
		queue_drop(&c->q, f, c->known);
	}
	return false;
}

static void
take_run(struct checker *c)
{
	struct trial *t = &c->trial;
	struct known *k = c->known;
	bool same;

	c->runs++;
	if (k->under)
		finding_pick(t, k->key);
	/* One that is not told apart is as the first that was seen. */
	if (k->key[0] == '\0' && t->crashed && !t->empty)
		memcpy(k->key, t->key, sizeof(k->key));
	same = t->crashed && strcmp(t->key, k->key) == 0;
	/* What valgrind cannot run now it cannot the next time. */
	if (t->unrun)
		c->tally.void_runs = c->tally.want;
	if (t->unrun || (t->empty && (t->signal == 0 ||
	    k->signal != t->signal)))
		pf_odds_void(&c->tally);
	else {
		pf_odds_add(&c->tally, t->crashed, same);
		best_take(&c->best, t, same);
	}
	t->word = NULL;
}

/* Whatever takes no time; false: there is nothing to do, or no room. */
static bool
advance(struct fuzz *f, struct checker *c)
{
	const struct pf_err *err;

	for (;;) {
		if (c->known == NULL && !next_crash(f, c))
			return false;
		if (c->tally.want == 0 && !next_build(f, c))
			continue;
		if (!pf_odds_done(&c->tally))
			break;
		if (!end_build(f, c))
			return false;
	}
	err = trial_start(&c->trial, f, &c->build[c->on], c->input.data,
	    c->input.len);
	if (err != NULL) {
		/* This build does not run here: said once a crash. */
		if (f->slot->opts->verbose)
			pf_warn("%s: crash %.16s on %s: %s", f->slot->name,
			    c->known->hash, c->build[c->on].word, err->msg);
		pf_odds_void(&c->tally);
		c->trial.word = NULL;
	}
	return true;
}

bool
check_step(struct fuzz *f, int64_t ms)
{
	struct checker *c = check_get(f);
	int64_t began = pf_boot_ms(), left = ms;
	bool any = false;

	for (; left > 0; left = ms - (pf_boot_ms() - began)) {
		if (c->trial.word == NULL && !advance(f, c))
			break;
		any = true;
		if (c->trial.word != NULL) {
			if (!trial_wait(&c->trial, f, left))
				break;
			take_run(c);
		}
	}
	c->spent += pf_boot_ms() - began;
	return any;
}

void
check_poll(struct fuzz *f)
{
	int64_t age = pf_boot_ms() - f->started, left;
	struct checker *c;

	if (f->slot->conf->recheck_runs == 0 || f->paused || f->over ||
	    f->job->kind != JOB_FUZZ || !check_left(f, false))
		return;
	c = check_get(f);
	/* A run goes on beside the engine while nobody waits for it. */
	if (c->trial.word != NULL && c->since > 0)
		c->spent += pf_boot_ms() - c->since;
	c->since = 0;
	left = AHEAD_MS + age / PART - c->spent;
	if (left > 0 || c->trial.word != NULL)
		(void)check_step(f, left < 1 ? 1 : left < LOOK_MS ? left :
		    LOOK_MS);
	c->since = pf_boot_ms();
}

bool
check_left(struct fuzz *f, bool smaller)
{
	struct checker *c = f->checks;

	return c != NULL && (c->known != NULL || queue_waits(&c->q) ||
	    (smaller && f->slot->conf->minimise_time > 0 &&
	    queue_small(&c->q) != NULL));
}

void
check_break(struct fuzz *f)
{
	struct checker *c = f->checks;

	if (c == NULL)
		return;
	trial_stop(&c->trial, f);
	c->since = 0;
}

void
check_end(struct fuzz *f)
{
	struct checker *c = f->checks;

	if (c == NULL)
		return;
	/* There may have been room for it since. */
	if (c->filed)
		(void)end_build(f, c);
	trial_stop(&c->trial, f);
	queue_free(&c->q);
	builds_free(c->build, c->nbuilds);
	pf_buf_free(&c->input);
	pf_buf_free(&c->best.body);
	free(c);
	f->checks = NULL;
}
