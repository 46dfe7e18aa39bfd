/*
 * The ledger into the scratch database, and what has come to it since.
 *
 * Days are appended to; one that is over may be written anew, without lines
 * that tell nothing any more.  Half a line, as a crash leaves it, is none.
 * A day that cannot be read is a finding; what it would have said nobody
 * knows then, and what needs all of the ledger is left out.
 */
#include <sys/stat.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "codec/bucket.h"
#include "codec/sum.h"
#include "ingest/fsck.h"
#include "os/fs.h"
#include "view/known.h"

struct day {
	char	*name;
	ino_t	 ino;
	off_t	 at;		/* read up to there */
	int64_t	 line;		/* which is this one */
	bool	 sick;		/* cannot be read, which was told */
};

static struct day *
day_of(struct fsck *f, const char *name)
{
	size_t i;

	/* They come sorted, the newest last: it is looked for most. */
	for (i = f->ndays; i-- > 0;)
		if (strcmp(f->days[i].name, name) == 0)
			return &f->days[i];
	f->days = pf_reallocarray(f->days, f->ndays + 1, sizeof(*f->days));
	f->days[f->ndays] = (struct day){ .name = pf_strdup(name) };
	return &f->days[f->ndays++];
}

void
ledger_forget(struct fsck *f)
{
	size_t i;

	for (i = 0; i < f->ndays; i++)
		free(f->days[i].name);
	free(f->days);
	f->days = NULL;
	f->ndays = 0;
}

static bool
take_members(struct pf_audit_line *l, const struct pf_json *j)
{
	return pf_json_need(&l->rid, j, "rid") == NULL && pf_sha_ok(l->rid) &&
	    pf_json_need(&l->kind, j, "kind") == NULL &&
	    pf_kind_find(l->kind) != PF_KIND_MAX &&
	    pf_json_need(&l->job, j, "job") == NULL &&
	    pf_json_need(&l->bot, j, "bot") == NULL &&
	    pf_json_str(&l->hash, j, "hash") == NULL &&
	    pf_json_int(&l->time, j, "time", 0, INT64_MAX) == NULL &&
	    pf_json_int(&l->filed, j, "filed", 0, INT64_MAX) == NULL &&
	    pf_json_int(&l->size, j, "size", 0, INT64_MAX) == NULL &&
	    pf_json_int(&l->seq, j, "seq", 0, INT64_MAX) == NULL &&
	    pf_json_int(&l->epoch, j, "epoch", 0, INT64_MAX) == NULL &&
	    pf_json_int(&l->attempt, j, "attempt", 0, INT64_MAX) == NULL &&
	    pf_json_int(&l->v, j, "v", 0, INT64_MAX) == NULL &&
	    pf_json_real(&l->speed, j, "execs_per_sec") == NULL &&
	    pf_json_real(&l->stability, j, "stability") == NULL &&
	    pf_json_bool(&l->stored, j, "stored") == NULL;
}

/* What the crash of a line is called, and where it counts. */
static const struct pf_err *
take_crash(struct fsck *f, struct pf_audit_line *l, const struct pf_json *j)
{
	const struct pf_err *err;
	struct pf_json *said = NULL;
	const char *drop = "";
	struct pf_given t;
	struct pf_bucket b;
	bool known;

	if (strcmp(l->kind, "crash") != 0)
		return NULL;
	if (strcmp(f->last_job, l->job) != 0) {
		f->campaign[0] = f->last_job[0] = '\0';
		if ((err = pf_known_job(&known, f->campaign, f->g->db,
		    l->job)) != NULL)
			return err;
		snprintf(f->last_job, sizeof(f->last_job), "%s", l->job);
	}
	if (l->v > 0)
		pf_crash_id(l->crash, l->job, l->hash);
	else
		pf_uuid_of(l->crash, l->filed, l->rid);
	(void)pf_json_str(&drop, j, "drop");
	if (*drop != '\0' && (err = pf_drop_said(&said, f->g->db, drop)) !=
	    NULL)
		return err;
	(void)said_in(&t, said != NULL ? said : j);
	pf_live_bucket(&b, &f->g->live, f->campaign, &t);
	pf_json_free(said);
	snprintf(l->bucket, sizeof(l->bucket), "%s", b.id);
	/* By a version of before: which one it would be nobody can say. */
	if (!pf_live_sound(&f->g->live) && (err = pf_known_place(l->bucket,
	    f->g->db, l->job, l->hash)) != NULL)
		return err;
	if (pf_json_get(j, "overflow") != NULL) {
		pf_bucket_over(&b, f->campaign);
		snprintf(l->rest, sizeof(l->rest), "%s", b.id);
	}
	return NULL;
}

static const struct pf_err *
add_line(struct fsck *f, const char *path, int64_t number, const char *text,
    size_t n)
{
	const struct pf_err *err = NULL;
	struct pf_audit_line l = { .speed = -1, .stability = -1,
	    .stored = true, .text = text };
	struct pf_json *j = NULL;
	char *place;

	if (!pf_sum_ok(text, n)) {
		place = pf_asprintf("%s:%lld", path, (long long)number);
		finding(f, "ledger", place, "the line is not as it was "
		    "written");
		free(place);
	} else if (pf_json_parse(&j, text, n) == NULL &&
	    take_members(&l, j) && (err = take_crash(f, &l, j)) == NULL)
		err = pf_audit_add(f->scratch, &l);
	pf_json_free(j);
	return err;
}

/* Whole lines from d->at on. */
static const struct pf_err *
read_day(struct fsck *f, struct day *d, const char *path)
{
	const struct pf_err *err = NULL;
	FILE *in = fopen(path, "re");
	char *line = NULL;
	size_t room = 0;
	ssize_t n;

	if (in == NULL)
		return pf_errno("open %s", path);
	if (fseeko(in, d->at, SEEK_SET) == -1)
		err = pf_errno("seek in %s", path);
	while (err == NULL && !stopping() &&
	    (n = getline(&line, &room, in)) > 0 && line[n - 1] == '\n') {
		line[n - 1] = '\0';
		err = add_line(f, path, ++d->line, line, (size_t)n - 1);
		d->at += n;
	}
	if (err == NULL && ferror(in))
		err = pf_errno("read %s", path);
	free(line);
	fclose(in);
	return err;
}

/* True if the error is of that file or directory alone, which is told once. */
static bool
is_sick(struct fsck *f, const char *path, bool *told,
    const struct pf_err **err)
{
	if (*err == NULL || (*err = fsck_unread(f, path, *err)) != NULL)
		return false;
	f->blind = *told = true;
	return true;
}

/* What is no file is not opened, which might take for ever. */
static const struct pf_err *
look_at(struct fsck *f, const char *dir, const char *name)
{
	const struct pf_err *err = NULL;
	struct day *d = day_of(f, name);
	char *path = pf_asprintf("%s/%s", dir, name);
	struct stat st;

	if (d->sick || lstat(path, &st) == -1) {
		free(path);
		return NULL;
	}
	if (stat(path, &st) == -1)
		err = pf_err(PF_IO, "look at %s: %s", path, strerror(errno));
	else if (!S_ISREG(st.st_mode))
		err = pf_err(PF_IO, "%s: %s", path, fsck_nature(&st));
	else {
		if (d->ino == 0)
			d->ino = st.st_ino;
		/* Written anew it has nothing that we have not. */
		if (d->ino == st.st_ino && st.st_size > d->at)
			err = read_day(f, d, path);
	}
	(void)is_sick(f, path, &d->sick, &err);
	free(path);
	return err;
}

const struct pf_err *
ledger_load(struct fsck *f)
{
	const struct pf_err *err;
	char *dir = pf_asprintf("%s/metadata/ledger",
	    f->g->conf->storage_path), **names = NULL;
	size_t i, n = 0, len;

	if (f->no_days) {
		free(dir);
		return NULL;
	}
	err = pf_names(&names, &n, dir);
	if (is_sick(f, dir, &f->no_days, &err))
		n = 0;
	for (i = 0; err == NULL && i < n && !stopping(); i++) {
		len = strlen(names[i]);
		if (len > 6 && names[i][0] != '.' &&
		    strcmp(names[i] + len - 6, ".jsonl") == 0)
			err = look_at(f, dir, names[i]);
	}
	pf_names_free(names);
	free(dir);
	return err != NULL && err->class == PF_NOTFOUND ? NULL : err;
}
