/*
 * What libFuzzer leaves: inputs in its corpus, and artifacts, whose names
 * say what they are.
 */
#include <sys/stat.h>
#include <sys/wait.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/clock.h"
#include "os/fs.h"
#include "run/box/box.h"
#include "run/engine/libfuzzer.h"

#define ROUND_MAX	1000	/* artifacts of an ended process */
#define EARLY_MAX	2	/* of workers, in one look; each is run once
				 * more for its report, which takes */
#define LOOK_MS		5000	/* and nothing new begun after that */
#define EARLY_MS	2000	/* one that is older is complete */
#define BYTES_MAX	(1 << 24)

/* The kinds of artifacts, and the word for one without a report. */
static const struct {
	const char	*prefix;
	const char	*type;		/* NULL: no crash */
} kinds[] = {
	{ "crash-",	"" },
	{ "leak-",	"memory-leak" },
	{ "timeout-",	"timeout" },
	{ "oom-",	"out-of-memory" },
	{ "slow-unit-",	NULL },
};

#define NKINDS	(sizeof(kinds) / sizeof(kinds[0]))

const struct pf_err *
lf_input(struct fuzz *f, const struct lf *lf, const char *name)
{
	const struct pf_err *err = NULL;
	char *path = pf_asprintf("%s/%s", lf->corpus, name);
	struct find found = { .path = path, .name = name };

	if (!seen_has(&f->seen, path)) {
		/* What a moment's want of descriptors keeps back stays new. */
		if ((err = find_file(f, &found)) == NULL)
			(void)seen_add(&f->seen, path);
	}
	free(path);
	return err;
}

/* True if it was a crash, and new. */
static bool
take_artifact(struct fuzz *f, struct lf *lf, struct find *found,
    const struct pf_err **err)
{
	size_t i;

	for (i = 0; i < NKINDS; i++)
		if (strncmp(found->name, kinds[i].prefix,
		    strlen(kinds[i].prefix)) == 0)
			break;
	/* A slow one is information: libFuzzer's own line is in the log. */
	if (i == NKINDS || kinds[i].type == NULL)
		return false;
	found->type = kinds[i].type;
	if ((*err = find_file(f, found)) != NULL)
		return false;
	(void)seen_add(&f->seen, found->path);
	if (strcmp(found->type, "timeout") == 0)
		lf->timeouts++;
	return true;
}

int64_t
lf_timeouts(const struct lf *lf)
{
	char **names = NULL;
	size_t i, n = 0;
	int64_t found = 0;

	if (pf_names(&names, &n, lf->artifacts) != NULL)
		return 0;
	for (i = 0; i < n; i++)
		if (strncmp(names[i], "timeout-", 8) == 0)
			found++;
	pf_names_free(names);
	return found;
}

/* How far one look at artifacts goes. */
struct budget {
	int	 most;		/* artifacts */
	int64_t	 before;	/* last written before that, wall clock */
	int64_t	 end;		/* CLOCK_BOOTTIME, ms */
	bool	 rest;		/* those for which there is no run are taken
				 * too, and do not wait for time */
};

/* Whether there are workers, each with a report that nobody keeps. */
static bool
has_workers(const struct fuzz *f)
{
	return job_option(f->job, "fork") != NULL;
}

/*
 * A plain process leaves one, tells its name, and the report before that is of
 * none but this.  A merge has processes of its own.
 */
static bool
is_told(const struct fuzz *f, const struct lf *lf, const char *name)
{
	const char *slash = strrchr(lf->log.artifact, '/');

	return !has_workers(f) && lf->phase == LF_FUZZ && slash != NULL &&
	    strcmp(slash + 1, name) == 0;
}

/*
 * Once, for whoever wonders where so many come from.  A single one may be of
 * libFuzzer, whom a target can keep from telling.
 */
static void
say_strange(struct fuzz *f, struct lf *lf, const char *name)
{
	static const char words[] = "the target left artifacts that libFuzzer "
	    "does not tell of; they are taken for crashes all the same";

	if (lf->strange || lf->launched == 0 || has_workers(f) ||
	    lf->phase != LF_FUZZ || is_told(f, lf, name) ||
	    lf->untold++ == 0)
		return;
	lf->strange = true;
	pf_warn("%s: job %s: %s", f->slot->name, f->job->id, words);
	find_say(f, words);
}

/* One of them, if it is whole; false: no more now. */
static bool
take_one(struct fuzz *f, struct lf *lf, const struct find *own,
    struct find *found, struct budget *b, const struct pf_err **err)
{
	struct stat st;

	if (seen_has(&f->seen, found->path) ||
	    lstat(found->path, &st) == -1 || !S_ISREG(st.st_mode) ||
	    (int64_t)st.st_mtim.tv_sec * 1000 > b->before)
		return true;
	if (b->most <= 0 || pf_boot_ms() >= b->end ||
	    (!b->rest && !rerun_may(f)))
		return false;
	if (is_told(f, lf, found->name)) {
		found->report = own->report;
		found->report_len = own->report_len;
		found->signal = own->signal;
		found->exit_code = own->exit_code;
	}
	if (take_artifact(f, lf, found, err)) {
		b->most--;
		say_strange(f, lf, found->name);
	}
	/* Each run may take a part of the lease. */
	(void)lease_keep(f->slot);
	return true;
}

/* own has what the log and the status tell.  *left: some are for later. */
static const struct pf_err *
take_artifacts(struct fuzz *f, struct lf *lf, const struct find *own,
    struct budget *b, bool *left)
{
	const struct pf_err *err;
	struct find found;
	char **names = NULL, *path;
	size_t i, n = 0;

	*left = false;
	if ((err = pf_names(&names, &n, lf->artifacts)) != NULL)
		return err;
	for (i = 0; i < n && !*left && err == NULL; i++) {
		path = pf_asprintf("%s/%s", lf->artifacts, names[i]);
		found = (struct find){ .crash = true, .path = path,
		    .name = names[i] };
		*left = !take_one(f, lf, own, &found, b, &err);
		free(path);
	}
	pf_names_free(names);
	return err;
}

const struct pf_err *
lf_artifacts(struct fuzz *f, struct lf *lf, int status)
{
	const struct pf_err *err;
	struct pf_buf report = PF_BUF_INIT;
	struct find own = { .crash = true };
	struct budget b = { ROUND_MAX, INT64_MAX, pf_boot_ms() + LOOK_MS,
	    true };

	lf_read_report(f, lf, &report);
	/* All it knows is that it was told. */
	if (box_alarmed(f) > 0) {
		pf_buf_reset(&report);
		pf_buf_addf(&report, "pf-run: ERROR: libFuzzer: out-of-memory "
		    "(used: %" PRId64 "Mb; limit: %" PRId64 "Mb)\nIt had not "
		    "looked yet, and was told to write its input.\n",
		    box_alarmed(f) >> 20, box_rss_limit(f) >> 20);
	}
	own.report = report.len > 0 ? report.data : NULL;
	own.report_len = report.len;
	own.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
	own.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	err = take_artifacts(f, lf, &own, &b, &lf->more);
	pf_buf_free(&report);
	return err;
}

const struct pf_err *
lf_artifacts_early(struct fuzz *f, struct lf *lf)
{
	const struct pf_err *err;
	const struct find none = { .crash = true };
	int64_t now = pf_boot_ms();
	struct budget b = { EARLY_MAX, pf_wall_ms() - EARLY_MS,
	    now + LOOK_MS, false };
	bool left;

	if (!has_workers(f) || now < lf->early_at)
		return NULL;
	err = take_artifacts(f, lf, &none, &b, &left);
	/* There may be many by now that are done with. */
	lf->early_at = now + (pf_boot_ms() - now) * 2;
	return err;
}

/* Removes files of the same bytes from a directory; how many. */
static int
remove_same(const struct fuzz *f, const char *dir,
    const struct pf_buf *bytes)
{
	struct pf_buf b = PF_BUF_INIT;
	struct stat st;
	char **names = NULL, *path;
	size_t i, n = 0;
	int removed = 0;

	if (pf_names(&names, &n, dir) != NULL)
		return 0;
	for (i = 0; i < n; i++) {
		path = pf_asprintf("%s/%s", dir, names[i]);
		pf_buf_reset(&b);
		if (lstat(path, &st) == 0 &&
		    st.st_size == (off_t)bytes->len &&
		    pf_slurp_in(&b, f->dir, path, BYTES_MAX) == NULL &&
		    b.len == bytes->len &&
		    memcmp(b.data, bytes->data, b.len) == 0 &&
		    unlink(path) == 0)
			removed++;
		free(path);
	}
	pf_names_free(names);
	pf_buf_free(&b);
	return removed;
}

/*
 * What crashes at the start stops every start at the same place: its crash is
 * on its way, so the input itself is taken out.
 */
bool
lf_drop_bad(struct fuzz *f, struct lf *lf)
{
	struct pf_buf b = PF_BUF_INIT;
	const char *name = strrchr(lf->log.artifact, '/');
	char *path;
	int n = 0;

	if (name == NULL)
		return false;
	/* The target may have said any path. */
	path = pf_asprintf("%s%s", lf->artifacts, name);
	if (pf_slurp_in(&b, f->dir, path, BYTES_MAX) == NULL)
		n = remove_same(f, f->files->seeds, &b) +
		    remove_same(f, lf->corpus, &b);
	free(path);
	pf_buf_free(&b);
	return n > 0;
}
