/*
 * How surely a crash happens; see repro.h.
 */
#include <math.h>

#include "codec/repro.h"

#define TAIL	0.025		/* on either side of the interval */
#define TINY	1e-300

/*
 * The continued fraction of the incomplete beta function, by Lentz' method;
 * it converges fast for x < (a + 1) / (a + b + 2).
 */
static double
fraction(double a, double b, double x)
{
	double c = 1, d, f, t;
	int m, i;

	d = 1 - (a + b) * x / (a + 1);
	d = 1 / (fabs(d) < TINY ? TINY : d);
	f = d;
	for (m = 1; m < 10000; m++)
		for (i = 0; i < 2; i++) {
			t = i == 0 ? m * (b - m) * x / ((a + 2 * m - 1) *
			    (a + 2 * m)) : -(a + m) * (a + b + m) * x /
			    ((a + 2 * m) * (a + 2 * m + 1));
			d = 1 + t * d;
			d = 1 / (fabs(d) < TINY ? TINY : d);
			c = 1 + t / c;
			c = fabs(c) < TINY ? TINY : c;
			f *= d * c;
			if (i == 1 && fabs(d * c - 1) < 1e-14)
				return f;
		}
	return f;
}

/* The regularised incomplete beta function. */
static double
beta(double a, double b, double x)
{
	double front;

	if (x <= 0 || x >= 1)
		return x <= 0 ? 0 : 1;
	front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) +
	    b * log1p(-x));
	if (x < (a + 1) / (a + b + 2))
		return front * fraction(a, b, x) / a;
	return 1 - front * fraction(b, a, 1 - x) / b;
}

/* Where it is p: it only grows. */
static double
quantile(double a, double b, double p)
{
	double low = 0, high = 1, mid;
	int i;

	for (i = 0; i < 60; i++) {
		mid = (low + high) / 2;
		if (beta(a, b, mid) < p)
			low = mid;
		else
			high = mid;
	}
	return (low + high) / 2;
}

void
pf_repro_interval(double *low, double *high, int64_t k, int64_t n)
{
	double a = (double)k, b = (double)(n - k);

	*low = 0;
	*high = 1;
	if (n <= 0 || k < 0 || k > n)
		return;
	if (k > 0)
		*low = quantile(a, b + 1, TAIL);
	if (k < n)
		*high = quantile(a + 1, b, 1 - TAIL);
}

enum pf_repro
pf_repro_of(int64_t k, int64_t n)
{
	if (n <= 0)
		return PF_REPRO_NONE;
	if (k <= 0)
		return PF_REPRO_NOT;
	return k < n ? PF_REPRO_FLAKY : PF_REPRO_ALWAYS;
}

const char *
pf_repro_word(enum pf_repro r)
{
	static const char *const words[] = {
		[PF_REPRO_NONE] = "not run",
		[PF_REPRO_NOT] = "not reproduced",
		[PF_REPRO_FLAKY] = "flaky",
		[PF_REPRO_ALWAYS] = "reproduced",
	};

	return words[r];
}

int64_t
pf_repro_enough(int64_t k, int64_t n)
{
	double low, high;
	int64_t need;

	pf_repro_interval(&low, &high, k, n);
	if (low < PF_REPRO_RAREST)
		low = PF_REPRO_RAREST;
	if (low > 1 - 1e-9)
		return 1;
	need = (int64_t)ceil(log(PF_REPRO_MISS) / log1p(-low));
	return need < PF_REPRO_MOST ? need : PF_REPRO_MOST;
}

const char *
pf_fate_word(enum pf_fate v)
{
	static const char *const words[PF_FATES] = {
		[PF_FATE_UNKNOWN] = "unknown",
		[PF_FATE_STILL] = "still",
		[PF_FATE_CHANGED] = "changed",
		[PF_FATE_FIXED] = "fixed",
		[PF_FATE_REGRESSED] = "regressed",
	};

	return words[v];
}

/*
 * Builds on which it seems to crash as often as before say it together; where
 * it is rarer, or more frequent, what was before says nothing any more.
 */
static void
see(struct pf_trial *seen, const struct pf_trial *t)
{
	double low, high, rate;

	pf_repro_interval(&low, &high, t->same, t->runs);
	rate = seen->runs > 0 ? (double)seen->same / (double)seen->runs : -1;
	if (rate < low || rate > high)
		*seen = (struct pf_trial){ .runs = 0 };
	seen->runs += t->runs;
	seen->same += t->same;
}

/*
 * Build by build: seen is how often it crashed where it did, was what is known
 * of it before.
 */
enum pf_fate
pf_fate_of(int64_t *enough, const struct pf_trial *t, size_t n)
{
	enum pf_fate v = PF_FATE_UNKNOWN, was = PF_FATE_UNKNOWN;
	struct pf_trial seen = { .runs = 0 };
	size_t i;

	for (i = 0; i < n; i++) {
		*enough = pf_repro_enough(seen.same, seen.runs);
		if (t[i].same > 0)
			v = was == PF_FATE_FIXED ? PF_FATE_REGRESSED :
			    PF_FATE_STILL;
		else if (t[i].crashed > 0)
			v = PF_FATE_CHANGED;
		else if (i > 0 && t[i].runs >= *enough)
			v = PF_FATE_FIXED;
		else
			v = PF_FATE_UNKNOWN;
		/* A crash of another kind says nothing of this one. */
		if (v != PF_FATE_UNKNOWN && v != PF_FATE_CHANGED)
			was = v;
		if (t[i].same > 0 && !t[i].first)
			see(&seen, &t[i]);
	}
	return v;
}
