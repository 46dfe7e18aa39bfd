/*
 * run/judge: verdicts by tables of numbers over time.
 */
#include "../lib/tap.h"
#include "run/health/judge.c"

#define MIN		INT64_C(60000)
#define PATIENCE	(5 * MIN)
#define STALL		(60 * MIN)

static struct judge j;
static struct look l;

static void
fresh(void)
{
	judge_init(&j, STALL, PATIENCE);
	l = (struct look){ .now = 1000000, .execs = -1, .edges = -1,
	    .corpus = -1, .crashes = -1, .stability = -1, .taken = -1,
	    .seeds = -1, .starved = -1, .disk_free = -1 };
}

/* Looks as often as it takes, with the new numbers from the first on. */
static void
after(int64_t ms)
{
	int64_t step;

	do {
		step = ms < MIN ? ms : MIN;
		l.now += step;
		(void)judge_look(&j, &l);
	} while ((ms -= step) > 0);
}

/* Names of what holds, with blanks between. */
static const char *
held(void)
{
	static char out[512];
	size_t n = 0;
	int v;

	out[0] = '\0';
	for (v = 0; v < PF_VERDICT_MAX; v++)
		if (j.holds[v])
			n += (size_t)snprintf(out + n, sizeof(out) - n,
			    "%s%s", n > 0 ? " " : "",
			    pf_verdict_name((enum pf_verdict)v));
	return out;
}

/* Days of a job that does well, in looks of a second or a minute. */
static void
test_well(void)
{
	int i;
	bool any = false;

	fresh();
	l.given = l.taken = 0;
	l.starved = 7;
	l.disk_free = 100;
	l.disk_need = 50;
	for (i = 0; i < 4 * 1440; i++) {
		/* As afl-fuzz: nothing in the first minute, then each. */
		if (i > 60) {
			l.execs = 1000 * i;
			l.edges = l.corpus = 10 + i / 30;
			l.stability = i % 3 == 0 ? 86 : 99;
			l.given = i / 10;
			l.taken = i < 70 ? 0 : (i - 3) / 10;
		}
		after(i < 60 ? 1000 : MIN);
		any |= *held() != '\0';
	}
	ok(!any, "nothing is held against it");

	fresh();
	for (i = 0; i < 1000; i++)
		after(MIN);
	is_str(held(), "", "nor what an engine never tells");

	/* libFuzzer at ten executions a second tells at each doubling. */
	fresh();
	l.doubling = true;
	l.edges = 5;
	for (i = 1; i < 20 * 3600; i++) {
		l.execs = 1;
		while (l.execs * 2 <= 10 * i)
			l.execs *= 2;
		l.edges = 5 + i / 1800;
		after(1000);
		any |= *held() != '\0';
	}
	ok(!any, "nor seldom numbers");
}

static void
test_execs(void)
{
	int i;

	fresh();
	l.execs = 0;
	after(0);
	after(PATIENCE - 1);
	is_str(held(), "", "not yet");
	after(1);
	is_str(held(), "no_execs", "it has not begun");
	l.execs = 5;
	after(1000);
	is_str(held(), "no_execs", "it stays for a moment");
	l.execs = 6;
	after(MIN);
	is_str(held(), "", "it runs");
	after(PATIENCE);
	is_str(held(), "no_execs", "and stands");
	l.deaths = 1;
	after(MIN);
	is_str(held(), "restarted", "a new process has its time anew");

	/* As afl-fuzz; and whoever waits has less patience than that. */
	fresh();
	judge_init(&j, STALL, MIN / 3);
	l.pace = MIN;
	l.execs = 0;
	after(0);
	for (i = 1; i < 120; i++)
		after(1000);
	is_str(held(), "", "numbers come once a minute");
	after(1000);
	is_str(held(), "no_execs", "two of them did not");

	fresh();
	l.doubling = true;
	l.execs = 1024;
	after(0);
	after(20 * MIN);
	l.execs = 2048;
	after(0);
	after(40 * MIN - 1);
	is_str(held(), "", "twice what it ran");
	after(1);
	is_str(held(), "no_execs", "is too long");
}

static void
test_stability(void)
{
	fresh();
	l.execs = 999;
	l.stability = 10;
	after(1000);
	is_str(held(), "", "too few executions");
	l.execs = 1000;
	after(1000);
	is_str(held(), "unstable", "unstable");
	l.stability = 84.9;
	l.execs++;
	after(3 * MIN);
	is_str(held(), "unstable", "not yet well");
	l.stability = -1;
	after(MIN);
	is_str(held(), "unstable", "unknown changes nothing");
	l.stability = 85;
	l.execs++;
	after(MIN);
	l.execs++;
	after(MIN);
	is_str(held(), "", "well");
	l.stability = 80;
	after(MIN);
	is_str(held(), "", "by the margin");
	l.stability = 79.9;
	after(MIN);
	is_str(held(), "unstable", "and again");
}

static void
test_stall(void)
{
	fresh();
	after(0);
	after(STALL);
	is_str(held(), "", "nothing is known of finds");
	l.edges = 5;
	after(MIN);
	after(STALL - 1);
	is_str(held(), "", "almost");
	after(1);
	is_str(held(), "stalled", "stalled");
	l.corpus = 2;
	after(MIN);
	is_str(held(), "", "an input without an edge is a find, too");
	l.crashes = 1;
	after(STALL - 1);
	after(MIN);
	is_str(held(), "", "so is a crash");
	l.edges = 4;
	after(STALL);
	is_str(held(), "stalled", "fewer edges are none");

	/* As afl-fuzz with many seeds, which lie in its queue at once. */
	fresh();
	l.corpus = 60;
	after(0);
	after(2 * STALL);
	is_str(held(), "", "nothing while it tries what it was given");
	l.execs = 100;
	l.edges = 5;
	after(STALL - MIN);
	is_str(held(), "no_execs", "from then on there is time");
	after(2 * MIN);
	is_str(held(), "no_execs stalled", "and no more");
}

static void
test_imports(void)
{
	fresh();
	l.taken = 0;
	l.given = 3;
	after(0);
	after(3 * PATIENCE - 1);
	is_str(held(), "", "it takes its time");
	after(1);
	is_str(held(), "no_imports", "too long");
	l.taken = 1;
	after(MIN);
	is_str(held(), "", "it reads on");
	after(3 * PATIENCE);
	is_str(held(), "no_imports", "and stops");
	l.taken = 3;
	after(MIN);
	is_str(held(), "", "it has caught up");
	after(10 * PATIENCE);
	is_str(held(), "", "nothing is given, nothing is missed");
	l.taken = -1;
	l.given = 99;
	after(10 * PATIENCE);
	is_str(held(), "", "nobody knows what it takes");
}

static void
test_deaths(void)
{
	fresh();
	after(0);
	l.deaths = 1;
	after(1000);
	is_str(held(), "restarted", "died");
	after(2 * PATIENCE - 1);
	is_str(held(), "restarted", "is remembered");
	after(1);
	is_str(held(), "", "for a while");
	l.deaths = 3;
	after(1000);
	after(PATIENCE);
	l.deaths = 4;
	after(1000);
	after(PATIENCE + 1000);
	is_str(held(), "restarted", "from the last one on");
}

static void
test_machine(void)
{
	fresh();
	after(0);
	l.starved = 400;
	after(1000);
	is_str(held(), "", "a count of before");
	l.starved = 401;
	after(1000);
	is_str(held(), "low_memory", "memory ran out");
	after(PATIENCE - 1);
	is_str(held(), "low_memory", "which stays");
	after(1);
	is_str(held(), "", "for a while");

	fresh();
	l.disk_need = 800;
	l.disk_free = 800;
	after(0);
	is_str(held(), "", "just enough");
	l.disk_free = 799;
	after(1000);
	is_str(held(), "low_disk", "too little");
	l.disk_free = 899;
	after(10 * MIN);
	is_str(held(), "low_disk", "a margin");
	l.disk_free = 900;
	after(1000);
	is_str(held(), "", "enough again");
}

static void
test_target(void)
{
	fresh();
	l.execs = 9999;
	l.edges = 0;
	after(0);
	is_str(held(), "", "an edge may come");
	l.execs = 10000;
	after(1000);
	is_str(held(), "not_instrumented", "none");
	l.edges = 1;
	after(2 * MIN);
	is_str(held(), "", "one");

	fresh();
	l.seeds = 0;
	after(1000);
	after(1000);
	is_str(held(), "", "there were no seeds");
	fresh();
	l.seeds = 2;
	after(1000);
	l.seeds = 1;
	after(1000);
	is_str(held(), "", "one is left");
	l.seeds = 0;
	after(1000);
	is_str(held(), "bad_seeds", "none is left");
	judge_final(&j, PF_VERDICT_NO_START);
	after(10 * PATIENCE);
	is_str(held(), "bad_seeds no_start", "the last words stay");
}

/* A machine that slept, or was busy with something else. */
static void
test_sleep(void)
{
	fresh();
	l.execs = 5;
	l.edges = l.corpus = 1;
	l.taken = 0;
	l.given = 1;
	after(0);
	l.now += 1000 * STALL;
	(void)judge_look(&j, &l);
	l.now += 1000;
	(void)judge_look(&j, &l);
	is_str(held(), "", "nobody has looked");
	l.now -= 500 * STALL;
	(void)judge_look(&j, &l);
	is_str(held(), "", "not even a clock that goes back");
}

/* It tells when something has changed, and only then. */
static void
test_change(void)
{
	int i, changes = 0;

	fresh();
	ok(!judge_look(&j, &l), "nothing yet");
	l.deaths = 1;
	l.now++;
	ok(judge_look(&j, &l), "something");
	l.now++;
	ok(!judge_look(&j, &l), "the same");
	for (i = 0; i < 60; i++) {
		l.now += MIN;
		changes += judge_look(&j, &l);
	}
	is_int(changes, 1, "gone");
}

int
main(void)
{
	test_well();
	test_execs();
	test_stability();
	test_stall();
	test_imports();
	test_deaths();
	test_machine();
	test_target();
	test_sleep();
	test_change();
	return done_testing();
}
