/*
 * afl-fuzz (AFL++ 4.04c and newer) in a sync directory of its own, so that
 * afl-whatsup and afl-plot work on it.
 */
#include <signal.h>
#include <stdlib.h>

#include "base/mem.h"
#include "os/fs.h"
#include "os/proc.h"
#include "run/engine/afl.h"

/* afl-fuzz needs one seed at least. */
static const struct pf_err *
need_seed(const char *dir)
{
	const struct pf_err *err;
	char **names, *path;
	size_t n = 0;

	if ((err = pf_names(&names, &n, dir)) != NULL)
		return err;
	pf_names_free(names);
	if (n > 0)
		return NULL;
	path = pf_asprintf("%s/empty", dir);
	err = pf_file_put(path, NULL, "0", 1, 0640);
	free(path);
	return err;
}

static struct afl *
new_state(struct fuzz *f)
{
	struct afl *st = pf_calloc(1, sizeof(*st));

	st->caps = (struct afl_caps){ PF_BUF_INIT, PF_BUF_INIT };
	st->out = pf_asprintf("%s/out", f->dir);
	return f->state = st;
}

/* What this afl-fuzz can do, what the job wants, what it needs for it. */
static const struct pf_err *
prepare(struct fuzz *f, struct afl *st)
{
	const struct pf_err *err;

	if ((err = afl_caps_read(f, &st->caps, st->program)) == NULL &&
	    (err = afl_options_read(f, st)) == NULL &&
	    (err = afl_options_check(st)) == NULL &&
	    (err = need_seed(f->files->seeds)) == NULL &&
	    (err = pf_mkdirs(st->out, 0750)) == NULL)
		err = afl_sibling_make(f);
	return err;
}

static const struct pf_err *
start(struct fuzz *f)
{
	const struct pf_err *err;
	struct afl *st = new_state(f);
	size_t i;

	env_engine(&f->target_envp, f->dir);
	env_sanitizers(&f->target_envp, f);
	if ((st->program = pf_proc_find("afl-fuzz")) == NULL)
		return pf_err(PF_UNAVAIL, "afl-fuzz is not installed here");
	if ((err = prepare(f, st)) != NULL)
		return err;
	f->run_seed = st->opts.seed;
	afl_nodes_make(f);
	for (i = 0; i < st->nnodes && err == NULL; i++)
		err = afl_launch(f, &st->nodes[i]);
	return err;
}

static const struct pf_err *
look_at_all(struct fuzz *f)
{
	const struct pf_err *err = NULL;
	struct afl *st = f->state;
	struct afl_node *n;

	for (n = st->nodes; n < st->nodes + st->nnodes && err == NULL; n++) {
		err = afl_finds(f, n);
		if (err == NULL && n->main && !n->seeds_seen &&
		    (n->up || f->over))
			err = afl_bad_seeds(f, n);
	}
	return err;
}

static const struct pf_err *
poll_afl(struct fuzz *f)
{
	const struct pf_err *err;
	const struct afl *st = f->state;

	/* A start that failed. */
	if (st == NULL || st->nnodes == 0)
		return NULL;
	afl_nodes_poll(f);
	err = look_at_all(f);
	afl_read(f);
	return err;
}

/*
 * When afl-fuzz resumes it counts anew, calls all of its old queue seeds and
 * puts its crashes out of sight.
 */
static const struct pf_err *
harvest(struct fuzz *f)
{
	const struct pf_err *err;
	struct afl *st = f->state;
	size_t i;

	if (st == NULL) {
		st = new_state(f);
		/* Options that are wrong are told by start. */
		if (afl_options_read(f, st) == NULL)
			afl_nodes_make(f);
	}
	/* Nor is any of these to run again before the next start. */
	for (i = 0; i < st->nnodes; i++) {
		st->nodes[i].pid = 0;
		st->nodes[i].gone = true;
	}
	st->all = true;
	err = look_at_all(f);
	st->all = false;
	return err;
}

static void
release(struct fuzz *f)
{
	struct afl *st = f->state;

	if (st == NULL)
		return;
	afl_nodes_free(st);
	afl_caps_free(&st->caps);
	free(st->opts.cmplog);
	free(st->opts.mutator);
	free(st->program);
	free(st->out);
	free(st);
	f->state = NULL;
}

const struct engine engine_afl = {
	.name = "afl++", .program = "afl-fuzz", .start = start,
	.poll = poll_afl, .import = afl_import, .harvest = harvest,
	.signal = afl_signal, .alive = afl_alive,
	.stop_signal = SIGTERM, .stop = afl_stop,
	/* fuzzer_stats is written once a minute. */
	.pace = 60000, .endless = true, .release = release,
};
