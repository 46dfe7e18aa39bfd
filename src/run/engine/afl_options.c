/*
 * What a job's options ask of afl-fuzz, checked against each other and
 * against the afl-fuzz that is here.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "run/engine/afl.h"

static const char *const allowed[] = { "schedule", "seed", "mode", "nodes",
    "deterministic", "mutator_only", "cmplog_level", NULL };

/* *out stays if the option is not there. */
static const struct pf_err *
get_number(int64_t *out, const struct job *j, const char *key, int64_t min,
    int64_t max)
{
	const char *s = job_option(j, key);

	if (s != NULL && !pf_num(out, s, min, max))
		return pf_err(PF_DATA, "option %s: not a number from %lld to "
		    "%lld", key, (long long)min, (long long)max);
	return NULL;
}

static const struct pf_err *
get_yes(int *out, const struct job *j, const char *key)
{
	const char *s = job_option(j, key);

	if (s == NULL)
		return NULL;
	*out = strcmp(s, "yes") == 0 || strcmp(s, "1") == 0;
	if (*out == 0 && strcmp(s, "no") != 0 && strcmp(s, "0") != 0)
		return pf_err(PF_DATA, "option %s: yes or no", key);
	return NULL;
}

static const struct pf_err *
get_mode(struct afl_options *o, const struct job *j)
{
	const char *s = job_option(j, "mode");

	if (s == NULL || strcmp(s, "instrumented") == 0)
		return NULL;
	if (strcmp(s, "plain") != 0)
		return pf_err(PF_DATA, "option mode: instrumented or plain");
	o->plain = true;
	return NULL;
}

/* As of -l: a digit for how many files, a and t for what else. */
static bool
level_ok(const char *s)
{
	size_t n = strlen(s);

	return n >= 1 && n <= 3 && strspn(s, "123at") == n;
}

static const struct pf_err *
check(const struct afl_options *o)
{
	if (o->plain && (o->nodes > 1 || o->cmplog != NULL))
		return pf_err(PF_DATA, "option mode: plain goes neither with "
		    "option nodes nor with a cmplog build");
	if (o->cmplog_level != NULL && o->cmplog == NULL)
		return pf_err(PF_DATA, "option cmplog_level: the job has no "
		    "cmplog build (submit -b cmplog=FILE)");
	if (o->cmplog_level != NULL && !level_ok(o->cmplog_level))
		return pf_err(PF_DATA, "option cmplog_level: 1 to 3, with a "
		    "and t after it as of -l");
	if (o->mutator_only && o->mutator == NULL)
		return pf_err(PF_DATA, "option mutator_only: the job has no "
		    "mutator (submit -b mutator=FILE)");
	/* afl-fuzz takes a list. */
	if (o->mutator != NULL && strpbrk(o->mutator, ";:,") != NULL)
		return pf_err(PF_DATA, "the path of the mutator must be "
		    "without ; : and , : %.256s", o->mutator);
	return NULL;
}

const struct pf_err *
afl_options_read(struct fuzz *f, struct afl *st)
{
	const struct pf_err *err;
	const struct job *j = f->job;
	struct afl_options *o = &st->opts;
	int only = 0;

	*o = (struct afl_options){ .nodes = 1, .seed = -1,
	    .deterministic = -1 };
	if ((err = job_check_options(j, allowed)) != NULL ||
	    (err = get_mode(o, j)) != NULL ||
	    (err = get_number(&o->nodes, j, "nodes", 1, AFL_NODES_MAX)) !=
	    NULL || (err = get_number(&o->seed, j, "seed", 0,
	    INT64_C(1) << 53)) != NULL ||
	    (err = get_yes(&o->deterministic, j, "deterministic")) != NULL ||
	    (err = get_yes(&only, j, "mutator_only")) != NULL)
		return err;
	o->mutator_only = only == 1;
	o->schedule = job_option(j, "schedule");
	o->cmplog_level = job_option(j, "cmplog_level");
	o->cmplog = files_get(f->files, "cmplog");
	o->mutator = files_get(f->files, "mutator");
	return NULL;
}

/* What does not go together, or not with this afl-fuzz. */
const struct pf_err *
afl_options_check(const struct afl *st)
{
	const struct afl_options *o = &st->opts;
	const struct pf_err *err;

	if (o->schedule != NULL &&
	    (err = afl_check_schedule(&st->caps, o->schedule)) != NULL)
		return err;
	if (o->deterministic == 1 && !afl_has_flag(&st->caps, 'D'))
		return pf_err(PF_DATA, "option deterministic: the afl-fuzz "
		    "here has no -D");
	return check(o);
}
