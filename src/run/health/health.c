/*
 * How the job at hand is; see health.h.
 */
#include <sys/stat.h>
#include <sys/wait.h>

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "os/clock.h"
#include "os/fs.h"
#include "os/stop.h"
#include "run/box/box.h"
#include "run/check/check.h"
#include "run/health/health.h"
#include "run/health/judge.h"
#include "run/health/target.h"

#define EARLY_MS	20000	/* who gives up so soon has never begun */
#define WINDOW_MS	600000	/* deaths further apart are no series */
#define SELDOM_MS	5000	/* between two looks at what costs more */

struct health {
	struct judge	 judge;
	int64_t		 since[PF_VERDICT_MAX];	/* wall */
	int64_t		 next;		/* when to look at files */
	int64_t		 starved, seeds, disk_free;
	int64_t		 counted;	/* of starved, by the kernel */
	int64_t		 seeds_at;	/* wall: what is older was counted */
	int64_t		 launched;
	int64_t		 restart_at;	/* 0: it runs */
	int64_t		 series;	/* deaths of it, one after the other */
	int64_t		 last;		/* when the latest was */
	bool		 gone;		/* the job fails */
};

void
health_begin(struct fuzz *f)
{
	struct health *h = pf_calloc(1, sizeof(*h));

	judge_init(&h->judge, f->slot->conf->bot_stall,
	    f->slot->conf->bot_patience);
	h->starved = h->counted = h->seeds = h->disk_free = -1;
	h->launched = pf_boot_ms();
	f->health = h;
	f->now.restarts = 0;
}

void
health_end(struct fuzz *f)
{
	free(f->health);
	f->health = NULL;
}

/* Those that crash are taken out; there may be very many. */
static void
count_seeds(const struct fuzz *f, struct health *h)
{
	int64_t now = pf_wall_ms();
	char **names = NULL;
	struct stat st;
	size_t n = 0;

	if (stat(f->files->seeds, &st) == -1 ||
	    (int64_t)st.st_mtim.tv_sec * 1000 < h->seeds_at ||
	    pf_names(&names, &n, f->files->seeds) != NULL)
		return;
	h->seeds = (int64_t)n;
	/* A change in the same second is seen the next time. */
	h->seeds_at = now - now % 1000;
	pf_names_free(names);
}

/* Any other engine goes on with those that crash, and files them as such. */
static void
count_crashing(const struct fuzz *f, struct health *h)
{
	const struct job *j = f->job;
	int64_t all = 0, bad = 0;
	size_t i;

	for (i = 0; i < j->nblobs; i++)
		if (strcmp(j->blobs[i].kind, "seed") == 0) {
			all++;
			bad += find_has_crashed(f, j->blobs[i].sha256);
		}
	if (all > 0 && j->kind == JOB_FUZZ)
		h->seeds = all - bad;
}

/* What takes more than a look at memory; not every second. */
static void
look_seldom(struct fuzz *f, struct health *h, int64_t now)
{
	int64_t inodes, n;

	if (now < h->next)
		return;
	h->next = now + SELDOM_MS;
	if (f->pid > 0 && (n = starve_count(f->pid)) >= 0)
		h->counted = n;
	h->starved = h->counted < 0 ? -1 : h->counted + box_killed(f);
	if (pf_disk_free(&h->disk_free, &inodes, f->dir) != NULL)
		h->disk_free = -1;
	if (f->engine->seldom)
		count_seeds(f, h);
	else
		count_crashing(f, h);
}

static bool
judge(struct fuzz *f)
{
	struct health *h = f->health;
	const struct numbers *n = &f->now;
	int64_t now = pf_boot_ms(), wall = pf_wall_ms();
	struct look l;
	bool changed;
	int i;

	look_seldom(f, h, now);
	l = (struct look){ .now = now, .execs = n->execs, .edges = n->edges,
	    .corpus = n->corpus, .crashes = n->crashes,
	    .stability = n->stability, .given = f->share.given,
	    .taken = f->share.taken, .seeds = h->seeds,
	    .deaths = n->restarts, .starved = h->starved,
	    .disk_free = h->disk_free,
	    .disk_need = f->slot->conf->disk_min_free,
	    .pace = f->engine->pace, .doubling = f->engine->seldom };
	/* It says so when it has begun; if it never does it has not, unless
	 * it finds something: then its target keeps it from saying. */
	if (f->engine->seldom && l.execs < 0 && f->found == 0)
		l.execs = 0;
	changed = judge_look(&h->judge, &l);
	for (i = 0; i < PF_VERDICT_MAX; i++)
		if (!h->judge.holds[i])
			h->since[i] = 0;
		else if (h->since[i] == 0)
			h->since[i] = wall;
	return changed;
}

/* The job fails; by its words and its target it is known why. */
static void
blame(struct fuzz *f, char message[512])
{
	struct health *h = f->health;
	enum pf_verdict v = target_words(message), look = PF_VERDICT_MAX;
	char why[400] = "";
	size_t n;

	if (v == PF_VERDICT_MAX && f->found_crashes > 0 && f->now.corpus <= 0)
		v = PF_VERDICT_BAD_SEEDS;
	if (f->files->target != NULL)
		look = target_look(f->files->target, why, sizeof(why));
	if (v == PF_VERDICT_MAX)
		v = look;
	else if (v != look)
		why[0] = '\0';
	if (v == PF_VERDICT_MAX && f->engine->seldom &&
	    (f->built & PF_BUILT_LIBFUZZER) == 0)
		v = PF_VERDICT_NOT_INSTRUMENTED;
	if (v == PF_VERDICT_MAX)
		v = PF_VERDICT_NO_START;
	judge_final(&h->judge, v);
	if (h->since[v] == 0)
		h->since[v] = pf_wall_ms();
	n = strlen(message);
	snprintf(message + n, 512 - n, "; %s: %s%s%.400s",
	    pf_verdict_name(v), pf_verdict_means(v), *why != '\0' ? ": " : "",
	    why);
}

/*
 * A death: the series goes on unless the last one was long ago.  True if that
 * are too many.
 */
static bool
count_death(struct fuzz *f)
{
	struct health *h = f->health;
	int64_t now = pf_boot_ms();

	if (now - h->last > WINDOW_MS)
		h->series = 0;
	h->last = now;
	if (h->series >= f->slot->conf->retry_engine.max_retries)
		return true;
	h->series++;
	f->now.restarts++;
	return false;
}

bool
health_died(struct fuzz *f, const char *words)
{
	if (!count_death(f)) {
		pf_warn("%s: job %s: %s; it is started again", f->slot->name,
		    f->job->id, words);
		return false;
	}
	snprintf(f->message, sizeof(f->message), "the engine died %" PRId64
	    " times, the last time: %.400s", f->now.restarts + 1, words);
	f->over = true;
	f->result = "failed";
	return true;
}

/*
 * Whether it ended in a way that another start may not repeat: not if it gave
 * up by itself right away, or says what it does not like.
 */
static bool
may_again(const struct fuzz *f)
{
	const struct health *h = f->health;
	enum pf_verdict v = target_words(f->message);

	/* One that starts itself again, or does not say how it ended. */
	if (f->engine->goes_on || v != PF_VERDICT_MAX ||
	    (f->died == 0 && !f->engine->endless))
		return false;
	return !WIFEXITED(f->died) || WEXITSTATUS(f->died) == 0 ||
	    pf_boot_ms() - h->launched >= EARLY_MS;
}

static void
fail(struct fuzz *f)
{
	f->over = true;
	f->result = "failed";
	f->health->gone = true;
	blame(f, f->message);
}

/* It has ended, and nobody has told it to. */
static void
bury(struct fuzz *f)
{
	struct health *h = f->health;
	char words[sizeof(f->message)];

	if (!may_again(f)) {
		fail(f);
		return;
	}
	snprintf(words, sizeof(words), "%s", f->message[0] != '\0' ?
	    f->message : "the engine ended long before its time");
	if (health_died(f, words)) {
		fail(f);
		return;
	}
	h->restart_at = pf_boot_ms() + pf_retry_delay(
	    &f->slot->conf->retry_engine, &pf_timer, h->series - 1);
	f->over = false;
	f->message[0] = '\0';
}

/* Nothing of the last one is left; then as after a restart of pf-run. */
static void
start_again(struct fuzz *f)
{
	const struct pf_err *err;
	struct health *h = f->health;

	check_break(f);
	box_sweep(f->slot);
	/* An engine may not know its finds for new once it takes them up. */
	if (f->engine->harvest != NULL &&
	    !harvest_finds(f, f->engine->harvest) &&
	    (pf_stopping || f->pack.len > 0))
		return;
	f->engine->release(f);
	argv_free(f->argv);
	argv_free(f->envp);
	argv_free(f->target_envp);
	f->argv = f->envp = f->target_envp = NULL;
	h->restart_at = 0;
	h->launched = pf_boot_ms();
	f->died = 0;
	if ((err = f->engine->start(f)) == NULL)
		return;
	f->pid = 0;
	snprintf(f->message, sizeof(f->message), "%.500s", err->msg);
	/* As a program that was killed, or ended with status 1. */
	f->died = err->class == PF_BUSY || err->class == PF_FULL ? SIGKILL :
	    1 << 8;
	bury(f);
}

bool
health_over(struct fuzz *f)
{
	if (f->over && !f->condemned && !f->health->gone &&
	    (strcmp(f->result, "failed") == 0 || (f->engine->endless &&
	    pf_boot_ms() < f->deadline)))
		bury(f);
	return f->over;
}

bool
health_look(struct fuzz *f)
{
	struct health *h = f->health;

	if (!f->over && h->restart_at != 0 && !pf_stopping &&
	    pf_boot_ms() >= h->restart_at)
		start_again(f);
	return judge(f);
}

void
health_last(struct fuzz *f)
{
	(void)judge(f);
}

void
health_no_start(struct fuzz *f, char message[512])
{
	blame(f, message);
	f->over = true;
	f->result = "failed";
}

void
health_text(char out[PF_VERDICTS_TEXT], const struct fuzz *f)
{
	struct pf_verdicts v = { { 0 } };

	if (f->health != NULL)
		memcpy(v.since, f->health->since, sizeof(v.since));
	pf_verdicts_text(out, &v);
}
