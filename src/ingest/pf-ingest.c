/*
 * pf-ingest: files what lies in the spool.  Must not know how results come
 * there or what the rows mean to the database.
 */
#include <sys/stat.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ingest/ingest.h"
#include "os/clock.h"
#include "os/fs.h"
#include "store/conffile.h"

#define BATCH_PACKS	64
#define BATCH_BYTES	PACK_PART
#define SWEEP_MS	(60 * 60 * 1000)
#define POLL_MS		10000		/* packs of dead ones give no event */

static void
usage(FILE *f)
{
	fprintf(f, "usage: pf-ingest [-hnqVvw] [-c conf]\n"
	    "       pf-ingest [-c conf] bad [name ...]\n"
	    "       pf-ingest [-rv] [-c conf] fsck\n"
	    "       pf-ingest [-q] [-c conf] hooks\n"
	    "       pf-ingest [-nq] [-c conf] retry [name ...]\n"
	    "       pf-ingest [-nq] [-c conf] thin\n");
}

void
print_item(const struct ingest *g, const struct item *it)
{
	const struct pf_rec *r = &it->rec;

	if (g->quiet)
		return;
	printf("%s\t%s\t%s\t%s\t", pf_kind_name(r->kind), it->what,
	    *r->job != '\0' ? r->job : "-", *r->bot != '\0' ? r->bot : "-");
	if (r->kind == PF_KIND_CRASH || r->kind == PF_KIND_CORPUS ||
	    r->kind == PF_KIND_BLOB || r->kind == PF_KIND_SMALL)
		printf("%s\t%lld\t", r->sha256, (long long)(it->absent ?
		    it->absent_size : r->len));
	else
		printf("-\t-\t");
	printf("%s\t%s\n", it->rid, it->id);
}

/* Packs claimed and not yet filed. */
struct batch {
	struct pf_pack	 pack[BATCH_PACKS];
	size_t		 n;
	int64_t		 bytes;
	int64_t		 taken;		/* packs, in this round */
};

/* Hooks, which are not to wait until the spool is empty. */
static const struct pf_err *
hook(struct ingest *g, int64_t *ms)
{
	*ms = -1;
	return g->waits ? hook_step(g, ms) : errand_step(g);
}

static const struct pf_err *
flush(struct ingest *g, struct batch *b)
{
	const struct pf_err *err = NULL;
	int64_t ms;

	if (b->n > 0 && (err = file_packs(g, b->pack, b->n)) == NULL)
		err = hook(g, &ms);
	b->n = 0;
	b->bytes = 0;
	return err;
}

/* One that is too large to be read beside the others, or as a whole. */
static const struct pf_err *
take_alone(struct ingest *g, struct batch *b, struct pf_pack *p)
{
	const struct pf_err *err;

	if ((err = flush(g, b)) == NULL)
		return file_parts(g, p);
	pf_spool_back(p, g->conf->spool_path);
	return err;
}

/* Claims one pack and files it, or puts it with the others to be filed. */
static const struct pf_err *
take(struct ingest *g, struct batch *b, const char *entry)
{
	const struct pf_err *err;
	const int64_t max = g->conf->pack_size;
	const int64_t room = max > BATCH_BYTES ? BATCH_BYTES : max;
	struct pf_pack p;
	bool found;

	if (ail_waits(g, entry + 4))
		return NULL;
	err = pf_spool_take(&p, &found, g->conf->spool_path, entry,
	    (size_t)room);
	if (err != NULL && found) {
		ail(g, entry + 4, err);
		return NULL;
	}
	if (err != NULL || !found)
		return err;
	b->taken++;
	if (p.size > max)
		return file_large(g, &p);
	if (p.size > room)
		return take_alone(g, b, &p);
	if (p.tries > 1)
		return file_carefully(g, &p);
	b->pack[b->n++] = p;
	b->bytes += p.size;
	if (b->n == BATCH_PACKS || b->bytes >= BATCH_BYTES)
		return flush(g, b);
	return NULL;
}

/* Puts what is claimed back, after an error elsewhere. */
static void
give_back(struct ingest *g, struct batch *b)
{
	while (b->n > 0)
		pf_spool_back(&b->pack[--b->n], g->conf->spool_path);
}

/*
 * All packs that are new, then one of those that a dead one left: it may kill
 * again, and then has kept nobody waiting.
 */
static const struct pf_err *
one_round(struct ingest *g, struct batch *b, char **list, size_t n)
{
	const struct pf_err *err = NULL;
	size_t i;
	int64_t taken;

	b->taken = 0;
	for (i = 0; err == NULL && i < n && !stopping() &&
	    strncmp(list[i], "new/", 4) == 0; i++)
		err = take(g, b, list[i]);
	if (err == NULL && !stopping())
		err = flush(g, b);
	taken = b->taken;
	for (; err == NULL && i < n && b->taken == taken && !stopping(); i++)
		err = take(g, b, list[i]);
	return err;
}

/*
 * Until the spool is empty, a signal comes or something is wrong; *next is
 * when a hook wants attention, -1 if none does.
 */
static const struct pf_err *
drain(struct ingest *g, int64_t *next)
{
	const struct pf_err *err = NULL;
	struct batch b = { .n = 0 };
	int64_t ms = -1;
	char **list;
	size_t n;

	do {
		err = pf_spool_list(&list, &n, g->conf->spool_path);
		if (err == NULL)
			err = one_round(g, &b, list, n);
		give_back(g, &b);
		pf_spool_list_free(list);
		if (err == NULL && (err = tell_refusals(g)) == NULL)
			err = hook(g, &ms);
	} while (err == NULL && b.taken > 0 && !stopping());
	writer_close(g);
	*next = ms;
	return err;
}

/* Trouble that may pass by itself. */
static bool
may_pass(const struct pf_err *err)
{
	return err->class == PF_BUSY || err->class == PF_FULL ||
	    err->class == PF_IO || err->class == PF_DENIED ||
	    err->class == PF_UNAVAIL;
}

static const struct pf_err *
sweep(struct ingest *g)
{
	const struct pf_err *err;
	int strays = 0;

	g->swept = pf_boot_ms();
	err = pf_spool_sweep(g->conf->spool_path, &strays);
	if (strays > 0 && g->verbose)
		pf_note("%d strays removed", strays);
	return err;
}

/* Drains whenever something comes, until a signal. */
static const struct pf_err *
stay(struct ingest *g)
{
	const struct pf_retry *r = &g->conf->retry_update;
	const struct pf_err *err;
	int64_t delay = 0, failures = 0, next = -1;
	int fd;

	if ((err = watch_open(&fd, g->conf->spool_path)) != NULL)
		return err;
	while (!stopping()) {
		if (pf_boot_ms() - g->swept >= SWEEP_MS &&
		    (err = sweep(g)) != NULL)
			pf_warn("%s", err->msg);
		if ((err = drain(g, &next)) != NULL && !may_pass(err))
			break;
		if (err == NULL && failures > 0)
			pf_note("goes on");
		if (err != NULL && failures == 0)
			pf_warn("%s; the spool keeps what waits", err->msg);
		delay = err == NULL ? 0 :
		    pf_retry_delay(r, &pf_timer, failures);
		failures = err == NULL ? 0 : failures + 1;
		/* In trouble new packs are no reason to try again. */
		if (delay > 0)
			wait_for(-1, delay);
		else
			wait_for(fd, next >= 0 && next < POLL_MS ? next :
			    POLL_MS);
		err = NULL;
	}
	close(fd);
	return err;
}

/* Once; hooks that take longer than a moment go on without us. */
static const struct pf_err *
once(struct ingest *g)
{
	const struct pf_err *err;
	int64_t ms;

	err = drain(g, &ms);
	errand_wait(g);
	return err;
}

static const struct pf_err *
run(struct ingest *g, bool dry, bool wait)
{
	const struct pf_err *err, *own;

	g->waits = wait;
	if ((err = watch_signals()) != NULL ||
	    (err = pf_db_open_conf(&g->db, g->conf)) != NULL)
		return err;
	if (dry)
		return dry_run(g);
	if ((err = sweep(g)) != NULL && !(wait && may_pass(err)))
		return err;
	err = wait ? stay(g) : once(g);
	hook_end(g);
	own = ail_end(g);
	return err == NULL && !wait ? own : err;
}

struct options {
	const char	*conf;
	bool		 dry;
	bool		 wait;
	const char	*verb;		/* or NULL */
	char		**words;	/* what follows all of that */
};

static void
read_options(struct options *o, struct ingest *g, int argc, char **argv)
{
	int ch;

	while ((ch = getopt(argc, argv, "+c:hnqrVvw")) != -1)
		switch (ch) {
		case 'c':
			o->conf = optarg;
			break;
		case 'h':
			usage(stdout);
			exit(pf_exit(NULL));
		case 'n':
			o->dry = true;
			break;
		case 'q':
			g->quiet = true;
			break;
		case 'r':
			g->mend = true;
			break;
		case 'V':
			puts("pf-ingest " PF_VERSION);
			exit(pf_exit(NULL));
		case 'v':
			g->verbose = true;
			break;
		case 'w':
			o->wait = true;
			break;
		default:
			usage(stderr);
			exit(64);
		}
}

/* They may stand before a verb and behind it. */
static void
options(struct options *o, struct ingest *g, int argc, char **argv)
{
	read_options(o, g, argc, argv);
	if ((o->verb = argv[optind]) != NULL) {
		optind++;
		read_options(o, g, argc, argv);
	}
	o->words = argv + optind;
}

static const struct {
	const char		*name;
	const struct pf_err	*(*run)(struct ingest *, char **words,
				    bool dry);
	bool			 may_dry, may_mend;
} verbs[] = {
	{ "bad",	bad_list, false, false },
	{ "fsck",	fsck, false, true },
	{ "hooks",	hooks, false, false },
	{ "retry",	bad_retry, true, false },
	{ "thin",	thin, true, false },
};

#define NVERBS	(sizeof(verbs) / sizeof(verbs[0]))

/* Index of the verb asked for, or NVERBS. */
static size_t
find(const struct options *o, bool mend)
{
	size_t i;

	for (i = 0; i < NVERBS && strcmp(verbs[i].name, o->verb) != 0; i++)
		;
	if (i < NVERBS && (o->wait || (o->dry && !verbs[i].may_dry) ||
	    (mend && !verbs[i].may_mend)))
		i = NVERBS;
	return i;
}

static const struct pf_err *
file_all(struct ingest *g, const struct options *o)
{
	const struct pf_err *err = run(g, o->dry, o->wait);

	if (g->verbose)
		pf_note("%lld %s, %lld refused", (long long)g->filed,
		    o->dry ? "would be filed" : "filed",
		    (long long)g->refused);
	return err;
}

int
main(int argc, char **argv)
{
	struct ingest g = { 0 };
	struct options o = { 0 };
	const struct pf_err *err;
	struct pf_conf conf;
	size_t verb = 0;

	pf_prog = "pf-ingest";
	umask(027);
	options(&o, &g, argc, argv);
	if (o.verb == NULL ? g.mend : (verb = find(&o, g.mend)) == NVERBS) {
		usage(stderr);
		return 64;
	}
	g.conf_path = o.conf;
	if ((err = pf_conf_load(&conf, g.conf_path, NULL)) != NULL)
		return pf_exit(err);
	g.conf = &conf;
	if (o.verb == NULL)
		err = file_all(&g, &o);
	else if ((err = watch_signals()) == NULL)
		err = verbs[verb].run(&g, o.words, o.dry);
	pf_db_close(g.db);
	pf_live_free(&g.live);
	if (err == NULL && g.findings > 0)
		return pf_exit(NULL) == 0 ? 1 : 74;
	return pf_exit(err);
}
