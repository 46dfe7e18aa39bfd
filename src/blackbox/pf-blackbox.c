/*
 * pf-blackbox - fuzzes any program by changing inputs and looking at how it
 * ends; an engine of pf-engine(5).
 */
#include <sys/random.h>

#include <dirent.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/num.h"
#include "blackbox/blackbox.h"
#include "codec/engine.h"
#include "codec/hash.h"
#include "os/clock.h"
#include "os/fs.h"
#include "os/proc.h"
#include "os/stop.h"

#define LOOK_MS		1000	/* between two looks at the trays */
#define WAIT_MAX	20	/* crashes that lie there: then no more */
#define WAIT_MS		100	/* for them to be taken */
#define BAD_MAX		100	/* failures in a row: something is broken */

static const char usage_text[] =
    "usage: pf-blackbox [-m mutator] target [arg ...]\n"
    "       pf-blackbox [-m mutator] -c\n"
    "       pf-blackbox -h | -V\n";

struct fuzzer {
	const char	*mutator;	/* NULL: our own */
	const char	*ratio;
	const char	*seeds, *import, *crashes, *stats;
	struct target	 target;
	struct pool	 pool, words;
	struct chance	 chance;
	size_t		 max;
	int64_t		 execs, crashed, hung, started;
};

static void __attribute__((noreturn))
usage(void)
{
	fputs(usage_text, stderr);
	exit(EX_USAGE);
}

static const struct pf_err *
probe(const char *mutator)
{
	if (mutator != NULL && !filter_here(mutator))
		return pf_err(PF_UNAVAIL, "%s is not installed", mutator);
	printf("contract : %d\nversion : %s\n", PF_ENGINE_CONTRACT,
	    PF_VERSION);
	printf("options : seed max_len%s\n", mutator != NULL &&
	    strcmp(mutator, "zzuf") == 0 ? " ratio" : "");
	return NULL;
}

static const struct pf_err *
variable(const char **out, const char *name)
{
	*out = getenv(name);
	if (*out == NULL || **out == '\0')
		return pf_err(PF_USAGE, "%s is not set: pf-run starts this, "
		    "see pf-engine(5)", name);
	return NULL;
}

/* A number of the environment; the usual one if it is not there. */
static const struct pf_err *
number(int64_t *out, const char *name, int64_t usual, int64_t min,
    int64_t max)
{
	const char *s = getenv(name);

	*out = usual;
	if (s != NULL && !pf_num(out, s, min, max))
		return pf_err(PF_DATA, "%s: \"%.40s\" is not a number from %"
		    PRId64 " to %" PRId64, name, s, min, max);
	return NULL;
}

/* The command, with the path of the input where @@ stands. */
static void
set_target(struct target *t, char **argv, int argc)
{
	struct pf_buf b = PF_BUF_INIT;
	char *dir = getcwd(NULL, 0);
	int i;

	t->input = pf_asprintf("%s/input", dir != NULL ? dir : ".");
	t->argv = pf_calloc((size_t)argc + 1, sizeof(*t->argv));
	for (i = 0; i < argc; i++)
		if (i > 0 && strstr(argv[i], "@@") != NULL) {
			pf_buf_replaced(&b, argv[i], "@@", t->input);
			t->argv[i] = pf_buf_detach(&b);
			t->by_file = true;
		} else
			t->argv[i] = pf_strdup(argv[i]);
	free(dir);
}

static const struct pf_err *
set_up(struct fuzzer *f)
{
	const struct pf_err *err;
	uint64_t any = 0;
	int64_t seed, most, len;
	double ratio;

	if (getrandom(&any, sizeof(any), 0) != (ssize_t)sizeof(any))
		return pf_errno("getrandom");
	if ((err = variable(&f->seeds, "PF_ENGINE_SEEDS")) != NULL ||
	    (err = variable(&f->import, "PF_ENGINE_IMPORT")) != NULL ||
	    (err = variable(&f->crashes, "PF_ENGINE_CRASHES")) != NULL ||
	    (err = variable(&f->stats, "PF_ENGINE_STATS")) != NULL ||
	    (err = number(&f->target.timeout, "PF_ENGINE_TIMEOUT", 1000, 1,
	    86400000)) != NULL ||
	    (err = number(&most, "PF_ENGINE_INPUT_MAX", 1 << 20, 1, 1 << 28))
	    != NULL || (err = number(&len, "PF_OPT_max_len", most, 1, 1 << 28))
	    != NULL || (err = number(&seed, "PF_OPT_seed",
	    (int64_t)(any & 0x7fffffff), 0, INT32_MAX)) != NULL)
		return err;
	f->max = (size_t)(len < most ? len : most);
	if ((f->ratio = getenv("PF_OPT_ratio")) == NULL)
		f->ratio = "0.004";
	else if (!pf_frac(&ratio, f->ratio, 0, 1))
		return pf_err(PF_DATA, "PF_OPT_ratio: \"%.40s\" is not a "
		    "fraction", f->ratio);
	printf("seed %" PRId64 "\n", seed);
	fflush(stdout);
	chance_seed(&f->chance, (uint64_t)seed);
	pool_load(&f->pool, f->seeds, f->max);
	pool_load(&f->pool, "imported", f->max);
	if (getenv("PF_ENGINE_DICT") != NULL)
		words_load(&f->words, getenv("PF_ENGINE_DICT"));
	return pf_mkdirs("imported", 0750);
}

/* How many crashes wait to be taken. */
static int
waiting(const struct fuzzer *f)
{
	DIR *d = opendir(f->crashes);
	struct dirent *e;
	int n = 0;

	while (d != NULL && n < WAIT_MAX && (e = readdir(d)) != NULL)
		n += e->d_name[0] != '.';
	if (d != NULL)
		closedir(d);
	return n;
}

/*
 * Which crashes are alike cannot be known from outside: all of them go, but
 * not faster than they are taken.
 */
static const struct pf_err *
save_crash(struct fuzzer *f, const struct pf_buf *b, const char *what)
{
	const struct pf_err *err;
	char sha[PF_SHA_TEXT], *path;

	if (b->len == 0 || waiting(f) >= WAIT_MAX)
		return NULL;
	pf_sha256(sha, b->data, b->len);
	path = pf_asprintf("%s/%s,%.16s", f->crashes, what, sha);
	err = pf_file_write("crash.tmp", b);
	if (err == NULL && rename("crash.tmp", path) == -1)
		err = pf_errno("rename %s", path);
	free(path);
	return err;
}

static const struct pf_err *
try(struct fuzzer *f, const struct pf_buf *b)
{
	const struct pf_err *err;
	enum outcome how;
	char what[32];
	int sig;

	if ((err = execute(&f->target, b, &how, &sig)) != NULL)
		return err;
	f->execs++;
	if (how == FINE)
		return NULL;
	if (how == HUNG)
		f->hung++;
	else
		f->crashed++;
	snprintf(what, sizeof(what), how == HUNG ? "hang" : "sig:%02d", sig);
	return save_crash(f, b, what);
}

static const struct pf_err *
tell(const struct fuzzer *f)
{
	const struct pf_err *err;
	struct pf_buf b = PF_BUF_INIT;
	int64_t ms = pf_boot_ms() - f->started;

	pf_buf_addf(&b, "execs_done : %" PRId64 "\n", f->execs);
	if (ms > 0)
		pf_buf_addf(&b, "execs_per_sec : %.2f\n",
		    (double)f->execs * 1000 / (double)ms);
	pf_buf_addf(&b, "corpus_count : %zu\n", f->pool.n);
	pf_buf_addf(&b, "corpus_imported : %" PRId64 "\n", f->pool.imported);
	pf_buf_addf(&b, "saved_crashes : %" PRId64 "\n", f->crashed);
	pf_buf_addf(&b, "saved_hangs : %" PRId64 "\n", f->hung);
	if ((err = pf_file_write("stats.tmp", &b)) == NULL &&
	    rename("stats.tmp", f->stats) == -1)
		err = pf_errno("rename %s", f->stats);
	pf_buf_free(&b);
	return err;
}

/* A new input from the pool. */
static const struct pf_err *
make(struct fuzzer *f, struct pf_buf *b)
{
	const struct pf_buf *from = pool_any(&f->pool, &f->chance);

	pf_buf_reset(b);
	if (f->mutator != NULL)
		return filter_run(f->mutator, f->ratio,
		    chance_next(&f->chance), from, b, f->max);
	pf_buf_add(b, from->data, from->len);
	mutate(b, &f->words, &f->pool, &f->chance, f->max);
	return NULL;
}

/* The first ones as they are: a seed may be a crash. */
static const struct pf_err *
fuzz(struct fuzzer *f)
{
	const struct pf_err *err = NULL;
	struct pf_buf b = PF_BUF_INIT;
	int64_t next = 0;
	size_t given = 0;
	int bad = 0;

	f->started = pf_boot_ms();
	while (!pf_stopping && bad < BAD_MAX) {
		if (pf_boot_ms() >= next) {
			pool_import(&f->pool, f->import, "imported", f->max);
			if ((err = tell(f)) != NULL)
				break;
			next = pf_boot_ms() + LOOK_MS;
		}
		/* Of what was given all is told that crashes. */
		if (given < f->pool.n && waiting(f) >= WAIT_MAX) {
			pf_sleep_ms(WAIT_MS);
			continue;
		}
		if (given < f->pool.n)
			err = try(f, &f->pool.inputs[given++]);
		else if ((err = make(f, &b)) == NULL && !pf_stopping)
			err = try(f, &b);
		bad = err == NULL ? 0 : bad + 1;
	}
	pf_buf_free(&b);
	if (pf_stopping || err == NULL)
		err = tell(f);
	return err;
}

static const struct pf_err *
run(struct fuzzer *f, char **argv, int argc)
{
	const struct pf_err *err;
	sigset_t set;
	int i;

	if ((err = set_up(f)) == NULL && (err = pf_proc_adopt()) == NULL) {
		set_target(&f->target, argv, argc);
		sigemptyset(&set);
		sigaddset(&set, SIGCHLD);
		sigprocmask(SIG_BLOCK, &set, NULL);
		pf_stop_catch();
		err = fuzz(f);
	}
	pool_free(&f->pool);
	pool_free(&f->words);
	for (i = 0; f->target.argv != NULL && i < argc; i++)
		free(f->target.argv[i]);
	free(f->target.argv);
	free(f->target.input);
	return err;
}

int
main(int argc, char *argv[])
{
	const struct pf_err *err;
	struct fuzzer f = { 0 };
	bool ask = false;
	int ch;

	pf_prog = "pf-blackbox";
	while ((ch = getopt(argc, argv, "+Vchm:")) != -1)
		switch (ch) {
		case 'V':
			printf("pf-blackbox %s\n", PF_VERSION);
			exit(pf_exit(NULL));
		case 'c':
			ask = true;
			break;
		case 'h':
			fputs(usage_text, stdout);
			exit(pf_exit(NULL));
		case 'm':
			f.mutator = optarg;
			break;
		default:
			usage();
		}
	if (ask == (optind < argc))
		usage();
	if (f.mutator != NULL && !filter_known(f.mutator))
		err = pf_err(PF_USAGE, "-m %s: not a mutator; there are zzuf "
		    "and radamsa", f.mutator);
	else
		err = ask ? probe(f.mutator) : run(&f, argv + optind,
		    argc - optind);
	return pf_exit(err);
}
