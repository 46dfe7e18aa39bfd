/*
 * The command line and the environment of one afl-fuzz.
 */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "codec/sanopt.h"
#include "run/box/box.h"
#include "run/engine/afl.h"

#define TIMEOUT_MIN	5		/* ms; it takes no less */

/* What secondaries do while the job asks for nothing: not all the same. */
static const char *const various[] = { "explore", "exploit", "rare", "coe",
    "seek", "fast" };

#define NVARIOUS	(sizeof(various) / sizeof(various[0]))

static size_t
number_of(const struct afl *st, const struct afl_node *n)
{
	return (size_t)(n - st->nodes);
}

static void
add_schedule(char ***v, const struct afl *st, const struct afl_node *n)
{
	const char *s = st->opts.schedule;

	if (s == NULL && !n->main) {
		s = various[(number_of(st, n) - 1) % NVARIOUS];
		if (st->caps.schedules.len == 0 ||
		    afl_check_schedule(&st->caps, s) != NULL)
			s = NULL;
	}
	if (s != NULL) {
		argv_add(v, "-p");
		argv_add(v, s);
	}
}

/*
 * Such a node fuzzes the cmplog build itself: -c with another path than the
 * target's is a trap, for 4.04c then runs the target twice and says nothing.
 * It costs speed, and others import what it finds: every second is enough.
 */
static bool
takes_cmplog(const struct afl *st, const struct afl_node *n)
{
	return st->opts.cmplog != NULL &&
	    (st->nnodes == 1 || number_of(st, n) % 2 == 1);
}

static void
add_cmplog(char ***v, const struct afl *st, const struct afl_node *n)
{
	char level[8] = "";
	size_t i;

	if (!takes_cmplog(st, n))
		return;
	argv_add(v, "-c");
	argv_add(v, "0");
	if (st->opts.cmplog_level == NULL)
		return;
	for (i = 0; i < sizeof(level) - 1 &&
	    st->opts.cmplog_level[i] != '\0'; i++)
		level[i] = (char)toupper(
		    (unsigned char)st->opts.cmplog_level[i]);
	argv_add(v, "-l");
	argv_add(v, level);
}

static void
add_limits(char ***v, const struct fuzz *f)
{
	const struct job *j = f->job;
	int64_t memory = box_engine_memory(f);

	argv_add(v, "-t");
	argv_addf(v, "%" PRId64, j->timeout < TIMEOUT_MIN ?
	    (int64_t)TIMEOUT_MIN : j->timeout);
	argv_add(v, "-m");
	/* It limits addresses, of which sanitizers reserve terabytes. */
	if (memory == 0 || (f->built & PF_BUILT_SHADOW) != 0)
		argv_add(v, "none");
	else
		argv_addf(v, "%" PRId64, memory >> 20);
}

/*
 * Up to 4.10, which have no -z, a main node looks for what to import twice a
 * minute, but a deterministic one whenever it is done with an input.  This one
 * is to be so for one in a million of its inputs, that is for none.
 */
static bool
imports_sooner(const struct afl *st, const struct afl_node *n)
{
	return n->main && st->opts.deterministic != 1 &&
	    afl_has_flag(&st->caps, 'D') && !afl_has_flag(&st->caps, 'z');
}

static void
add_mode(char ***v, const struct afl *st, const struct afl_node *n)
{
	const struct afl_options *o = &st->opts;

	if (o->plain) {
		argv_add(v, "-n");
		return;
	}
	argv_add(v, n->main ? "-M" : "-S");
	if (imports_sooner(st, n))
		argv_addf(v, "%s:1/1000000", n->name);
	else
		argv_add(v, n->name);
	if (imports_sooner(st, n) || (o->deterministic == 1 && n->main))
		argv_add(v, "-D");
	/* Newer ones do it by themselves. */
	if (o->deterministic == 0 && afl_has_flag(&st->caps, 'z'))
		argv_add(v, "-z");
	add_schedule(v, st, n);
	add_cmplog(v, st, n);
}

void
afl_argv(char ***v, const struct fuzz *f, const struct afl_node *n,
    const char *input)
{
	const struct afl *st = f->state;
	const struct pf_json *arg;

	argv_add(v, st->program);
	add_mode(v, st, n);
	argv_add(v, "-i");
	argv_add(v, input);
	argv_add(v, "-o");
	argv_add(v, st->out);
	add_limits(v, f);
	if (f->files->dict != NULL) {
		argv_add(v, "-x");
		argv_add(v, f->files->dict);
	}
	if (st->opts.seed >= 0) {
		argv_add(v, "-s");
		argv_addf(v, "%" PRId64, st->opts.seed +
		    (int64_t)number_of(st, n));
	}
	argv_add(v, "--");
	argv_add(v, takes_cmplog(st, n) ? st->opts.cmplog :
	    f->files->target);
	for (arg = pf_json_first(pf_json_get(f->job->doc, "args"));
	    arg != NULL; arg = pf_json_next(arg))
		if (pf_json_text(arg) != NULL)
			argv_add(v, pf_json_text(arg));
}

/* Any afl-fuzz knows these; of a wrong one it only warns. */
static const char *const always[] = { "AFL_NO_UI=1", "AFL_SKIP_CPUFREQ=1",
    "AFL_NO_AFFINITY=1",
    "AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1",
    "AFL_FORKSRV_INIT_TMOUT=600000",	/* some targets need minutes */
    NULL };

/* What not every one knows. */
static const char *const maybe[] = {
    "AFL_SYNC_TIME=1",		/* minute; what it is given it should see */
    "AFL_FUZZER_STATS_UPDATE_INTERVAL=10",
    "AFL_CRASHING_SEEDS_AS_NEW_CRASH=1",
    "AFL_NO_COLOR=1",
    NULL };

static void
add_known(char ***v, const struct afl_caps *c, const char *setting)
{
	char name[64];
	size_t n = strcspn(setting, "=");

	memcpy(name, setting, n);
	name[n] = '\0';
	if (afl_knows(c, name))
		argv_add(v, setting);
}

/*
 * What afl-fuzz sets by itself, but only where nothing is set: it is said for
 * it if a job chooses something, which goes after that.  It refuses some that
 * do not end by a signal or that look for names.
 */
static void
add_chosen(char ***v, const struct fuzz *f)
{
	static const char quiet[] = "abort_on_error=1:symbolize=0:"
	    "malloc_context_size=0:allocator_may_return_null=1:handle_segv=0:"
	    "handle_sigbus=0:handle_abort=0:handle_sigfpe=0:handle_sigill=0";
	static const char *const more[PF_SAN_MAX] = {
		[PF_SAN_ASAN] = "detect_leaks=0:detect_odr_violation=0:",
		[PF_SAN_UBSAN] = "halt_on_error=1:",
		[PF_SAN_MSAN] = "exit_code=86:msan_track_origins=0:",
		[PF_SAN_TSAN] = "halt_on_error=1:",
		[PF_SAN_LSAN] = "exitcode=23:fast_unwind_on_malloc=0:"
		    "print_suppressions=0:",
	};
	struct pf_buf b = PF_BUF_INIT;
	enum pf_san s;

	for (s = 0; s < PF_SAN_MAX; s++) {
		pf_buf_reset(&b);
		pf_san_chosen(&b, s, pf_json_get(f->job->doc, "options"));
		if (b.len > 0)
			argv_addf(v, "%s=%s%s%s", pf_san_variable(s), more[s],
			    s == PF_SAN_LSAN ? "symbolize=0" : quiet, b.data);
	}
	pf_buf_free(&b);
}

void
afl_envp(char ***v, const struct fuzz *f, const struct afl_node *n)
{
	const struct afl *st = f->state;
	const char *const *s;

	env_engine(v, f->dir);
	for (s = always; *s != NULL; s++)
		argv_add(v, *s);
	for (s = maybe; *s != NULL; s++)
		add_known(v, &st->caps, *s);
	if (st->next_import > 0)
		add_known(v, &st->caps, "AFL_IMPORT_FIRST=1");
	if (n->main && st->nnodes > 1)
		add_known(v, &st->caps, "AFL_FINAL_SYNC=1");
	if (st->opts.mutator != NULL)
		argv_addf(v, "AFL_CUSTOM_MUTATOR_LIBRARY=%s",
		    st->opts.mutator);
	if (st->opts.mutator_only)
		argv_add(v, "AFL_CUSTOM_MUTATOR_ONLY=1");
	add_chosen(v, f);
}
