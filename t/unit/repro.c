/*
 * codec/repro and codec/check: how surely a crash happens, and what becomes of
 * it from build to build.  Planted crashes of known rates: intervals cover
 * them, and none is called fixed that is not.
 */
#include <math.h>
#include <stdint.h>

#include "codec/check.h"
#include "codec/repro.h"
#include "t/lib/tap.h"

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))
#define TRIALS		400

/* Chance that is the same each time: splitmix64. */
static uint64_t state = 20261127;

static double
chance(void)
{
	uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return (double)((z ^ (z >> 31)) >> 11) / 9007199254740992.0;
}

/* How often a bug of rate p shows in n runs. */
static struct pf_trial
run(double p, int64_t n)
{
	struct pf_trial t = { .runs = n };
	int64_t i;

	for (i = 0; i < n; i++)
		t.same += chance() < p;
	t.crashed = t.same;
	return t;
}

static bool
near(double a, double b)
{
	return fabs(a - b) <= 1e-3 * fabs(b) + 1e-9;
}

/* Values of tables. */
static void
test_intervals(void)
{
	static const struct { int64_t k, n; double low, high; } t[] = {
		{ 0, 0, 0, 1 }, { 0, 1, 0, 0.975 }, { 1, 1, 0.025, 1 },
		{ 0, 10, 0, 0.30850 }, { 10, 10, 0.69150, 1 },
		{ 3, 10, 0.066740, 0.65245 }, { 5, 100, 0.016432, 0.11283 },
		{ 50, 100, 0.39832, 0.60168 }, { 1, 2, 0.012579, 0.98742 },
		{ 500, 10000, 0.045813, 0.054456 },
		{ 1, 1000000, 2.5318e-8, 5.5716e-6 },
		{ 999999, 1000000, 0.99999443, 0.99999997 },
		{ -1, 5, 0, 1 }, { 6, 5, 0, 1 }, { 0, -5, 0, 1 },
	};
	double low, high;
	size_t i;

	for (i = 0; i < COUNT(t); i++) {
		pf_repro_interval(&low, &high, t[i].k, t[i].n);
		if (!ok(near(low, t[i].low) && near(high, t[i].high),
		    "an interval"))
			fprintf(stderr, "# %lld of %lld: %.9g %.9g\n",
			    (long long)t[i].k, (long long)t[i].n, low, high);
	}
}

static void
test_words(void)
{
	is_str(pf_repro_word(pf_repro_of(0, 0)), "not run", "no run");
	is_str(pf_repro_word(pf_repro_of(0, 9)), "not reproduced", "0 of 9");
	is_str(pf_repro_word(pf_repro_of(1, 9)), "flaky", "1 of 9");
	is_str(pf_repro_word(pf_repro_of(9, 9)), "reproduced", "9 of 9");
	is_int(pf_repro_enough(0, 0), PF_REPRO_MOST, "nothing is known of it");
	is_int(pf_repro_enough(1, 1000), PF_REPRO_MOST, "it is rare");
	is_int(pf_repro_enough(1, 1), PF_REPRO_MOST, "one run is none");
	is_int(pf_repro_enough(10, 10), 8, "always in ten runs");
	is_int(pf_repro_enough(100, 100), 3, "always in a hundred");
	is_int(pf_repro_enough(50, 100), 19, "every other time");
	is_int(pf_repro_enough(1000000, 1000000), 1, "always in a million");
	ok(pow(1 - PF_REPRO_RAREST, PF_REPRO_MOST) < PF_REPRO_MISS,
	    "the most runs are enough for the rarest");
}

static void
test_planted(void)
{
	static const double rates[] = { 0.05, 0.2, 0.5, 1 };
	static const int64_t first[] = { 10, 20, 100 };
	struct pf_trial t[2];
	double low, high;
	int64_t enough;
	int covered, fixed, i;
	size_t r, f;

	for (r = 0; r < COUNT(rates); r++)
		for (f = 0; f < COUNT(first); f++) {
			covered = fixed = 0;
			for (i = 0; i < TRIALS; i++) {
				t[0] = run(rates[r], first[f]);
				pf_repro_interval(&low, &high, t[0].same,
				    t[0].runs);
				covered += low <= rates[r] &&
				    rates[r] <= high;
				t[1] = run(rates[r], pf_repro_enough(
				    t[0].same, t[0].runs));
				fixed += pf_fate_of(&enough, t, 2) ==
				    PF_FATE_FIXED;
			}
			if (!ok(covered >= TRIALS * 93 / 100,
			    "intervals cover the truth"))
				fprintf(stderr, "# %d of %d\n", covered,
				    TRIALS);
			is_int(fixed, 0, "none is called fixed");
		}
}

/* Builds in a row; a letter for each fate.  F is the first, once more. */
#define T(r, c, s)	{ .runs = r, .crashed = c, .same = s }
#define F(r, c, s)	{ .runs = r, .crashed = c, .same = s, .first = true }
static void
test_fates(void)
{
	static const struct {
		struct pf_trial	 t[6];
		size_t		 n;
		const char	*want;
	} c[] = {
		{ { T(0, 0, 0) }, 1, "u" },
		{ { T(10, 10, 10) }, 1, "s" },
		/* Not seen where it was found is not fixed. */
		{ { T(1000, 0, 0) }, 1, "u" },
		{ { T(10, 10, 10), T(0, 0, 0) }, 2, "su" },
		{ { T(10, 10, 10), T(7, 0, 0) }, 2, "su" },
		{ { T(10, 10, 10), T(8, 0, 0) }, 2, "sf" },
		{ { T(10, 10, 10), T(8, 0, 0), T(8, 8, 8) }, 3, "sfr" },
		{ { T(10, 10, 10), T(8, 0, 0), T(8, 8, 8), T(8, 8, 8) },
		    4, "sfrs" },
		{ { T(10, 10, 10), T(8, 8, 0), T(8, 8, 8) }, 3, "scs" },
		{ { T(10, 10, 10), T(8, 0, 0), T(8, 8, 0), T(9, 1, 1) },
		    4, "sfcr" },
		{ { T(10, 10, 10), T(8, 0, 0), T(8, 8, 8), T(5, 0, 0) },
		    4, "sfru" },
		{ { T(10, 10, 10), T(8, 0, 0), T(0, 0, 0), T(8, 8, 8) },
		    4, "sfur" },
		/* Seen as often on two builds it is known better, more rarely
		 * on the last it is as rare as there. */
		{ { T(10, 10, 10), T(8, 8, 8), T(6, 0, 0) }, 3, "ssf" },
		{ { T(10, 10, 10), T(50, 1, 1), T(50, 0, 0) }, 3, "ssu" },
		{ { T(100, 5, 5), T(10, 10, 10), T(8, 0, 0) }, 3, "ssf" },
		/* The first once more comes back, and says no rate anew. */
		{ { T(10, 10, 10), T(8, 0, 0), F(10, 10, 10), T(8, 8, 8) },
		    4, "sfrs" },
		{ { T(10, 10, 10), F(10, 10, 10), T(7, 0, 0) }, 3, "ssu" },
		{ { T(10, 10, 10), F(10, 10, 10), T(8, 0, 0) }, 3, "ssf" },
		/* A flaky one needs more runs, and one of which nothing is
		 * known the most. */
		{ { T(100, 5, 5), T(135, 0, 0) }, 2, "su" },
		{ { T(100, 5, 5), T(180, 0, 0) }, 2, "sf" },
		{ { T(0, 0, 0), T(179, 0, 0) }, 2, "uu" },
		{ { T(0, 0, 0), T(180, 0, 0) }, 2, "uf" },
	};
	static const char letters[] = "uscfr";
	char got[8];
	int64_t enough;
	size_t i, k;

	for (i = 0; i < COUNT(c); i++) {
		for (k = 0; k < c[i].n; k++)
			got[k] = letters[pf_fate_of(&enough, c[i].t, k + 1)];
		got[k] = '\0';
		is_str(got, c[i].want, "from build to build");
	}
	is_str(pf_fate_word(PF_FATE_UNKNOWN), "unknown", "a word");
	is_str(pf_fate_word(PF_FATE_REGRESSED), "regressed", "a word");
	is_int(pf_fate_of(&enough, c[0].t, 0), PF_FATE_UNKNOWN, "no build");
}

static void
test_ranks(void)
{
	struct pf_check same = { .runs = 9, .crashed = 9, .same = 1 };
	struct pf_check other = { .runs = 9, .crashed = 9 };
	struct pf_check none = { .runs = 9 };

	ok(pf_check_rank(&same, "") > pf_check_rank(&other, "a < b"),
	    "the same crash before another");
	ok(pf_check_rank(&same, "a") > pf_check_rank(&same, "t+0x12"),
	    "names before none");
	ok(pf_check_rank(&other, "") > pf_check_rank(&none, "a"),
	    "a crash before none");
	ok(pf_check_build("valgrind") && !pf_check_build("gold") &&
	    !pf_check_build(""), "kinds of builds");
}

int
main(void)
{
	test_intervals();
	test_words();
	test_planted();
	test_fates();
	test_ranks();
	return done_testing();
}
