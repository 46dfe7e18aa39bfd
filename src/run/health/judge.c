/*
 * How a job is, judged by its numbers; see judge.h.
 */
#include "run/health/judge.h"

#define HOLD		60000	/* ms a verdict stays at least, */
#define STEP		10000	/* ms between looks count, or that part: */
#define HOLD_PART	5	/* or this part of the patience, if less */
#define STABLE		85.0	/* percent: well again */
#define UNSTABLE	80.0
#define SOME_EXECS	1000	/* before stability means anything */
#define MANY_EXECS	10000	/* without an edge: not instrumented */
#define IMPORT_WAIT	3	/* patiences: afl-fuzz takes its time */
#define RESTART_STAYS	2	/* patiences */

void
judge_init(struct judge *j, int64_t stall, int64_t patience)
{
	*j = (struct judge){ .stall = stall, .patience = patience,
	    .started = -1 };
}

/* The first value is where it begins, not growth. */
static bool
grew(struct growth *g, int64_t value, int64_t now)
{
	if (value <= g->most)
		return false;
	g->most = value;
	g->at = now;
	return true;
}

static int64_t
hold_of(const struct judge *j)
{
	int64_t part = j->patience / HOLD_PART;

	return part < HOLD ? part : HOLD;
}

/*
 * bad gives the verdict, good takes it back once it has stayed for a while;
 * with neither it stays as it is.
 */
static bool
rule(struct judge *j, enum pf_verdict v, int64_t now, bool bad, bool good)
{
	bool was = j->holds[v];

	if (bad) {
		if (!was)
			j->until[v] = now + hold_of(j);
		j->holds[v] = true;
	} else if (good && was && now >= j->until[v])
		j->holds[v] = false;
	return j->holds[v] != was;
}

static void
begin(struct judge *j, const struct look *l)
{
	struct growth *all[] = { &j->execs, &j->found[0], &j->found[1],
	    &j->found[2], &j->taken, &j->deaths, &j->starved };
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		*all[i] = (struct growth){ .at = l->now };
	j->started = j->launched = j->ready = j->behind = l->now;
	/* Counts of before are no news. */
	j->starved.most = l->starved;
	j->seeded = l->seeds > 0;
}

/*
 * An engine that tells at each doubling is silent for as long as it ran up to
 * then, one that tells at times for that time; twice that is too long.
 */
static bool
no_execs(const struct judge *j, const struct look *l)
{
	int64_t wait = j->patience, ran = j->execs.at - j->launched;

	if (l->execs < 0)
		return false;
	if (l->doubling && 2 * ran > wait)
		wait = 2 * ran;
	if (2 * l->pace > wait)
		wait = 2 * l->pace;
	return l->now - j->execs.at >= wait;
}

static bool
look_at_execs(struct judge *j, const struct look *l)
{
	bool silent;

	/* A process that takes up a job may count anew. */
	if (l->execs >= 0 && l->execs != j->execs.most)
		j->execs = (struct growth){ l->execs, l->now };
	/* A new process has its time anew. */
	if (grew(&j->deaths, l->deaths, l->now))
		j->execs.at = j->launched = l->now;
	silent = no_execs(j, l);
	return rule(j, PF_VERDICT_NO_EXECS, l->now, silent, !silent) |
	    rule(j, PF_VERDICT_NOT_INSTRUMENTED, l->now,
	    l->execs >= MANY_EXECS && l->edges == 0, l->edges > 0) |
	    rule(j, PF_VERDICT_UNSTABLE, l->now, l->execs >= SOME_EXECS &&
	    l->stability >= 0 && l->stability < UNSTABLE,
	    l->stability >= STABLE);
}

static bool
look_at_finds(struct judge *j, const struct look *l)
{
	const int64_t found[] = { l->edges, l->corpus, l->crashes };
	int64_t last;
	bool known = l->edges >= 0 || l->corpus >= 0, long_ago;
	int i;

	/* It is at what it was given yet, which may take long: nothing could
	 * have been new. */
	j->begun = j->begun || l->execs >= 0 || l->edges >= 0;
	if (!j->begun)
		j->ready = l->now;
	last = j->ready;
	for (i = 0; i < 3; i++) {
		(void)grew(&j->found[i], found[i], l->now);
		if (j->found[i].at > last)
			last = j->found[i].at;
	}
	long_ago = known && l->now - last >= j->stall;
	return rule(j, PF_VERDICT_STALLED, l->now, long_ago, !long_ago);
}

static bool
look_at_inputs(struct judge *j, const struct look *l)
{
	bool late;

	if (grew(&j->taken, l->taken, l->now) || l->taken < 0 ||
	    l->given <= l->taken)
		j->behind = l->now;
	late = l->now - j->behind >= IMPORT_WAIT * j->patience;
	return rule(j, PF_VERDICT_NO_IMPORTS, l->now, late, !late) |
	    rule(j, PF_VERDICT_BAD_SEEDS, l->now, j->seeded && l->seeds == 0,
	    l->seeds > 0);
}

static bool
look_at_machine(struct judge *j, const struct look *l)
{
	bool died = j->deaths.most > 0;

	/* The first count that is known is of before. */
	if (j->starved.most < 0)
		j->starved.most = l->starved;
	(void)grew(&j->starved, l->starved, l->now);
	return rule(j, PF_VERDICT_RESTARTED, l->now, died &&
	    j->deaths.at == l->now, l->now - j->deaths.at >=
	    RESTART_STAYS * j->patience) |
	    rule(j, PF_VERDICT_LOW_MEMORY, l->now, j->starved.at == l->now &&
	    l->now > j->started, l->now - j->starved.at >= j->patience) |
	    rule(j, PF_VERDICT_LOW_DISK, l->now, l->disk_free >= 0 &&
	    l->disk_free < l->disk_need, l->disk_free >= l->disk_need +
	    l->disk_need / 8);
}

/* Its time goes on by what is between two looks, but not by a long sleep. */
static int64_t
clock_of(struct judge *j, int64_t now)
{
	int64_t step = now - j->seen, most = j->patience / HOLD_PART;

	if (most < STEP)
		most = STEP;
	j->seen = now;
	if (step > 0)
		j->clock += step < most ? step : most;
	return j->clock;
}

bool
judge_look(struct judge *j, const struct look *told)
{
	struct look look = *told, *l = &look;

	if (j->started == -1) {
		j->seen = l->now;
		begin(j, l);
		j->clock = l->now;
	}
	l->now = clock_of(j, l->now);
	return look_at_execs(j, l) | look_at_finds(j, l) |
	    look_at_inputs(j, l) | look_at_machine(j, l);
}

void
judge_final(struct judge *j, enum pf_verdict v)
{
	j->holds[v] = true;
	j->until[v] = INT64_MAX;
}
