/*
 * libFuzzer's flags: those a job may choose, in bounds, and sets of them
 * that go by a name.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "os/clock.h"
#include "run/engine/libfuzzer.h"

#define TERM		3600	/* s: one that hangs is noticed then */
#define TERM_FORK	300	/* what others found is taken in between */
#define TERM_TSAN	60	/* in a loop no signal gets through */
#define MEGA		(1 << 20)

/* Flags of libFuzzer, under their own names. */
static const struct {
	const char	*name;
	int64_t		 min, max;
} flags[] = {
	{ "cross_over", 0, 1 },
	{ "detect_leaks", 0, 1 },
	{ "entropic", 0, 1 },
	{ "keep_seed", 0, 1 },
	{ "len_control", 0, 100000 },
	{ "malloc_limit_mb", 0, MEGA },
	{ "max_len", 1, 64 * MEGA },
	{ "mutate_depth", 1, 1000 },
	{ "only_ascii", 0, 1 },
	{ "prefer_small", 0, 1 },
	{ "reduce_inputs", 0, 1 },
	{ "report_slow_units", 1, 86400 },
	{ "seed", 0, UINT32_MAX },
	{ "shrink", 0, 1 },
	{ "use_cmp", 0, 1 },
	{ "use_counters", 0, 1 },
	{ "use_memmem", 0, 1 },
	{ "use_value_profile", 0, 1 },
};

/* What is ours. */
static const struct {
	const char	*name;
	int64_t		 min, max;
} ours[] = {
	{ "fork", 1, 64 },
	{ "minimise", 0, INT32_MAX },
	{ "restart", 1, 86400 },
};

/* "auto" takes one of the first of them. */
#define NAUTO	5
static const struct {
	const char	*name, *flag, *value;
} strategies[] = {
	{ "plain", NULL, NULL },
	{ "compare", "use_value_profile", "1" },
	{ "large", "len_control", "0" },
	{ "deep", "mutate_depth", "20" },
	{ "even", "entropic", "0" },
	{ "ascii", "only_ascii", "1" },
	{ "small", "max_len", "64" },
};

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

static size_t
find_strategy(const struct job *j)
{
	const char *s = job_option(j, "strategy"), *p;
	uint32_t h = 2166136261u;
	size_t i;

	if (s == NULL)
		return 0;
	for (i = 0; i < COUNT(strategies); i++)
		if (strcmp(strategies[i].name, s) == 0)
			return i;
	if (strcmp(s, "auto") != 0)
		return COUNT(strategies);
	/* Another one in each attempt and each of several copies. */
	for (p = j->id; *p != '\0'; p++)
		h = (h ^ (unsigned char)*p) * 16777619u;
	return (size_t)((h >> 8) + (uint64_t)j->attempt) % NAUTO;
}

const char *
lf_strategy(const struct job *j)
{
	return strategies[find_strategy(j)].name;
}

static const struct pf_err *
check_number(const struct job *j, const char *name, int64_t min, int64_t max)
{
	const char *s = job_option(j, name);
	int64_t v;

	if (s == NULL || pf_num(&v, s, min, max))
		return NULL;
	return pf_err(PF_DATA, "option %s: not a number from %" PRId64 " to %"
	    PRId64, name, min, max);
}

const struct pf_err *
lf_check(const struct job *j)
{
	const char *names[COUNT(flags) + COUNT(ours) + 2];
	const struct pf_err *err;
	size_t i, n = 0;

	for (i = 0; i < COUNT(flags); i++)
		names[n++] = flags[i].name;
	for (i = 0; i < COUNT(ours); i++)
		names[n++] = ours[i].name;
	names[n++] = "strategy";
	names[n] = NULL;
	if ((err = job_check_options(j, names)) != NULL)
		return err;
	for (i = 0; i < COUNT(flags) && err == NULL; i++)
		err = check_number(j, flags[i].name, flags[i].min,
		    flags[i].max);
	for (i = 0; i < COUNT(ours) && err == NULL; i++)
		err = check_number(j, ours[i].name, ours[i].min, ours[i].max);
	if (err == NULL && find_strategy(j) == COUNT(strategies))
		err = pf_err(PF_DATA, "option strategy: there is no %.32s; "
		    "pf-run(1) lists them", job_option(j, "strategy"));
	if (err == NULL && pf_json_first(pf_json_get(j->doc, "args")) != NULL)
		err = pf_err(PF_DATA, "a libfuzzer target takes no "
		    "arguments; options go by -o");
	return err;
}

int64_t
lf_number(const struct job *j, const char *option, int64_t normal)
{
	const char *s = job_option(j, option);
	int64_t v = normal;

	if (s != NULL)
		(void)pf_num(&v, s, 0, INT64_MAX);
	return v;
}

int64_t
lf_term(const struct fuzz *f)
{
	int64_t term = TERM;

	if (job_option(f->job, "fork") != NULL)
		term = TERM_FORK;
	else if ((f->built & PF_BUILT_TSAN) != 0)
		term = TERM_TSAN;
	return lf_number(f->job, "restart", term);
}

/* What an input may take. */
static void
add_bounds(char ***argv, const struct job *j)
{
	int64_t mb = j->memory >> 20;

	argv_addf(argv, "-timeout=%" PRId64, (j->timeout + 999) / 1000);
	if (j->memory > 0)
		argv_addf(argv, "-rss_limit_mb=%" PRId64, mb > 0 ? mb : 1);
}

void
lf_rerun_argv(char ***argv, const struct job *j)
{
	const char *v = job_option(j, "malloc_limit_mb");

	add_bounds(argv, j);
	if (v != NULL)
		argv_addf(argv, "-malloc_limit_mb=%s", v);
}

/* What every start of the target has. */
static void
add_limits(struct fuzz *f, const struct lf *lf, int64_t seconds)
{
	argv_addf(&f->argv, "-artifact_prefix=%s/", lf->artifacts);
	argv_addf(&f->argv, "-max_total_time=%" PRId64, seconds);
	add_bounds(&f->argv, f->job);
}

/* Flags of the job and, where it has none, of its strategy. */
static void
add_chosen(struct fuzz *f)
{
	size_t i, s = find_strategy(f->job);
	const char *v;

	if (strategies[s].flag != NULL &&
	    job_option(f->job, strategies[s].flag) == NULL)
		argv_addf(&f->argv, "-%s=%s", strategies[s].flag,
		    strategies[s].value);
	for (i = 0; i < COUNT(flags); i++)
		if ((v = job_option(f->job, flags[i].name)) != NULL)
			argv_addf(&f->argv, "-%s=%s", flags[i].name, v);
}

static void
merge_argv(struct fuzz *f, const struct lf *lf, int64_t seconds)
{
	argv_addf(&f->argv, "%s/out", lf->merge);
	argv_add(&f->argv, lf->corpus);
	argv_addf(&f->argv, "-merge_control_file=%s/control", lf->merge);
	argv_add(&f->argv, (f->built & PF_BUILT_COVER_MERGE) != 0 ?
	    "-set_cover_merge=1" : "-merge=1");
	add_limits(f, lf, seconds);
}

void
lf_argv(struct fuzz *f, struct lf *lf, int64_t seconds)
{
	int64_t workers = lf_number(f->job, "fork", 0);

	argv_free(f->argv);
	f->argv = NULL;
	argv_add(&f->argv, f->files->target);
	if (lf->phase == LF_MERGE) {
		merge_argv(f, lf, seconds);
		return;
	}
	argv_add(&f->argv, lf->corpus);
	argv_add(&f->argv, f->files->seeds);
	add_limits(f, lf, seconds);
	if (f->files->dict != NULL)
		argv_addf(&f->argv, "-dict=%s", f->files->dict);
	argv_add(&f->argv, "-print_final_stats=1");
	argv_add(&f->argv, "-reload=1");
	/* A write past the limit of a file's size fails, and that is all. */
	argv_add(&f->argv, "-handle_xfsz=0");
	if (workers > 0) {
		argv_addf(&f->argv, "-fork=%" PRId64, workers);
		argv_add(&f->argv, "-ignore_crashes=1");
		argv_add(&f->argv, "-ignore_timeouts=1");
		argv_add(&f->argv, "-ignore_ooms=1");
	}
	add_chosen(f);
}
