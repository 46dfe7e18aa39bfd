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

#define HELD_BYTES	(32 << 20)	/* of packs, unless one is larger */
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

/* What is listed of the spool, as it is claimed. */
struct round {
	struct ingest	*g;
	char		**list;
	size_t		 n;		/* that may be claimed by now */
	size_t		 i;
	int64_t		 taken;		/* packs */
	struct pf_pack	 next;		/* claimed; its fd is -1 if none is */
};

/* Larger ones are not read as a whole. */
static int64_t
whole(const struct ingest *g)
{
	return g->conf->pack_size < PACK_PART ? g->conf->pack_size :
	    PACK_PART;
}

/* The next that can be claimed becomes r->next, read if it is not over max. */
static const struct pf_err *
claim(struct round *r, int64_t max)
{
	struct ingest *g = r->g;
	const struct pf_err *err = NULL;
	const char *entry;
	bool found = false;

	while (err == NULL && !found && r->i < r->n && !stopping()) {
		entry = r->list[r->i++];
		if (ail_waits(g, entry + 4))
			continue;
		err = pf_spool_take(&r->next, &found, g->conf->spool_path,
		    entry, (size_t)max);
		if (err != NULL && found) {
			ail(g, entry + 4, err);
			err = NULL;
			found = false;
		}
	}
	r->taken += found;
	return err;
}

/* One for which there was no room when it was claimed. */
static void
read_late(struct round *r)
{
	const struct pf_err *err;
	char name[PF_PACK_NAME];

	memcpy(name, r->next.name, sizeof(name));
	err = pf_spool_read(&r->next, r->g->conf->spool_path);
	if (err != NULL)
		ail(r->g, name, err);
}

/* For file_packs(): the next, unless it is one for file_one(). */
static const struct pf_err *
more(struct pf_pack *p, void *arg, int64_t held)
{
	struct round *r = arg;
	const struct pf_err *err;
	const int64_t max = whole(r->g), left = HELD_BYTES - held;
	const int64_t room = held == 0 || left > max ? max : left;

	if (room <= 0)
		return NULL;
	do {
		if (r->next.fd == -1 && ((err = claim(r, room)) != NULL ||
		    r->next.fd == -1))
			return err;
		if (r->next.size > room || r->next.tries > 1)
			return NULL;
		if (r->next.data.len == 0 && r->next.size > 0)
			read_late(r);
	} while (r->next.fd == -1);
	*p = r->next;
	r->next = (struct pf_pack)PF_PACK_INIT;
	return NULL;
}

/* One too large to be held, or that a dead one left. */
static const struct pf_err *
file_one(struct round *r)
{
	struct ingest *g = r->g;
	const struct pf_err *err;
	struct pf_pack p;

	if (r->next.fd == -1 && ((err = claim(r, whole(g))) != NULL ||
	    r->next.fd == -1))
		return err;
	p = r->next;
	r->next = (struct pf_pack)PF_PACK_INIT;
	if (p.size > g->conf->pack_size)
		return file_large(g, &p);
	return p.size > whole(g) ? file_parts(g, &p) : file_carefully(g, &p);
}

/*
 * All packs that are new, then one of those that a dead one left: it may kill
 * again, and then has kept nobody waiting.
 */
static const struct pf_err *
one_round(struct round *r, size_t n)
{
	const struct source source = { more, r };
	const struct pf_err *err;

	while (r->n < n && strncmp(r->list[r->n], "new/", 4) == 0)
		r->n++;
	while ((err = file_packs(r->g, &source)) == NULL && r->next.fd != -1)
		if ((err = file_one(r)) != NULL)
			return err;
	r->n = n;
	return err != NULL || stopping() ? err : file_one(r);
}

/*
 * Until the spool is empty, a signal comes or something is wrong; *next is
 * when a hook wants attention, -1 if none does.
 */
static const struct pf_err *
drain(struct ingest *g, int64_t *next)
{
	const struct pf_err *err = NULL;
	struct round r;
	int64_t ms = -1;
	size_t n;

	do {
		r = (struct round){ .g = g, .next = PF_PACK_INIT };
		err = pf_spool_list(&r.list, &n, g->conf->spool_path);
		if (err == NULL)
			err = one_round(&r, n);
		if (r.next.fd != -1)
			pf_spool_back(&r.next, g->conf->spool_path);
		pf_spool_list_free(r.list);
		if (err == NULL && (err = tell_refusals(g)) == NULL)
			err = hook_or_errand(g, &ms);
	} while (err == NULL && r.taken > 0 && !stopping());
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
