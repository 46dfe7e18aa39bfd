/*
 * A new build of what a campaign fuzzes: known crashes are run on it again, by
 * jobs of kind regress.
 *
 * One op looks at some crashes of a few buckets and makes one job of them at
 * most, and one of those that are run under valgrind, so that nobody waits
 * long; the reply says where the next one is to go on.  The same build once
 * more makes jobs of what is not known by then and no job is at, so whatever
 * was cut short is made up for.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "act/common.h"
#include "base/mem.h"
#include "model/build.h"
#include "model/campaign.h"
#include "model/event.h"
#include "store/blob.h"
#include "store/trials.h"

#define SLOW	20	/* so much longer under valgrind, as for bots */

/* A job that is to be. */
struct part {
	char			 job[PF_ID_MAX + 1];
	int64_t			 crashes, runs;	/* of it */
};

struct plan {
	struct pf_build		 build;
	struct pf_campaign	 campaign;
	char			 like[PF_ID_MAX + 1];
	struct pf_regress_walk	 walk;
	struct part		 plain, under;	/* valgrind */
};

static const struct pf_err *
get_campaign(struct pf_act *a, struct plan *p, const struct pf_json *req)
{
	const struct pf_err *err;
	const char *name = "";
	bool found;

	if ((err = pf_json_need(&name, req, "campaign")) != NULL ||
	    (err = pf_campaign_find(&p->campaign, &found, a->db, name)) !=
	    NULL)
		return err;
	if (!found)
		return pf_err_field(PF_NOTFOUND, "campaign", "there is no "
		    "campaign %.64s", name);
	if (strcmp(p->campaign.name, PF_CAMPAIGN_DEFAULT) == 0)
		return pf_err_field(PF_CONFLICT, "campaign", "the jobs of no "
		    "campaign have no target in common, and so no build");
	if (p->campaign.state == PF_CAMPAIGN_FINISHED)
		return pf_err_field(PF_CONFLICT, "campaign", "campaign %s is "
		    "finished and takes no more jobs", p->campaign.name);
	p->build.campaign = p->campaign.id;
	p->walk.campaign = p->campaign.id;
	p->walk.each = a->conf->regress_inputs;
	return NULL;
}

static const struct pf_err *
get_target(struct pf_act *a, struct pf_build *b, const struct pf_json *req)
{
	const struct pf_err *err;
	const struct pf_json *v = pf_json_get(req, "target");
	const char *engine = "";

	b->target = b->name = "";
	if (!pf_json_is_object(v))
		return pf_err_field(PF_DATA, "target", "target: not a blob "
		    "object {sha256, name}");
	if ((err = pf_json_need(&b->target, v, "sha256")) != NULL ||
	    (err = pf_json_need(&b->name, v, "name")) != NULL ||
	    (err = pf_json_str(&engine, req, "engine")) != NULL)
		return err;
	if (!pf_sha_ok(b->target))
		return pf_err_field(PF_DATA, "target", "target: sha256 is not "
		    "a hash");
	if (!pf_text_ok(b->name) || strchr(b->name, '/') != NULL ||
	    b->name[0] == '.')
		return pf_err_field(PF_DATA, "target", "target: name is not a "
		    "file name");
	if (*engine != '\0' && !pf_engine_name(b->engine, engine))
		return pf_err_field(PF_DATA, "engine", "engine: \"%.32s\" is "
		    "not an engine name", engine);
	if (!pf_blob_has(a->conf->storage_path, b->target, &b->size))
		return pf_err_field(PF_NOTFOUND, "target", "target: blob "
		    "%.16s... is not in the storage", b->target);
	return NULL;
}

static const struct pf_err *
get_after(struct pf_regress_walk *w, const struct pf_json *req)
{
	const struct pf_err *err;
	const struct pf_json *v = pf_json_get(req, "after");
	const char *bucket = "";

	if (v == NULL)
		return NULL;
	if (!pf_json_is_object(v))
		return pf_err_field(PF_DATA, "after", "after: not the next of "
		    "a reply");
	if ((err = pf_json_int(&w->at, v, "time", 0, PF_INT_MAX)) != NULL ||
	    (err = pf_json_int(&w->taken, v, "taken", 0, PF_INT_MAX)) !=
	    NULL || (err = pf_json_need(&bucket, v, "bucket")) != NULL)
		return pf_err_at(err, "after");
	if (!pf_id_ok(bucket))
		return pf_err_field(PF_DATA, "after", "after: bucket is not "
		    "an id");
	snprintf(w->bucket, sizeof(w->bucket), "%s", bucket);
	return NULL;
}

/* It is known, or known from now on. */
static const struct pf_err *
need_build(struct pf_act *a, struct plan *p, bool *known)
{
	const struct pf_err *err;
	const char *state = pf_campaign_state_name(p->campaign.state);
	struct pf_build asked = p->build;
	char why[192];
	struct pf_event e = { .time = a->now, .kind = "campaign",
	    .subject = p->campaign.id, .was = state, .now = state,
	    .who = "build", .why = why };
	bool like;

	if ((err = pf_build_find(&p->build, known, a->db)) != NULL)
		return err;
	if (*known && asked.engine[0] != '\0' &&
	    strcmp(asked.engine, p->build.engine) != 0)
		return pf_err_field(PF_CONFLICT, "engine", "build %" PRId64
		    " of campaign %s is one for %s", p->build.seq,
		    p->campaign.name, p->build.engine);
	if ((err = pf_build_like(p->like, &like, a->db, &p->build)) != NULL)
		return err;
	if (!like)
		return pf_err_field(PF_CONFLICT, "campaign", "campaign %s has "
		    "no job%s%s that fuzzes and says how to run a build",
		    p->campaign.name, *p->build.engine != '\0' ? " of " : "",
		    p->build.engine);
	if (*known)
		return NULL;
	if ((err = pf_build_insert(a->db, &p->build, a->now)) != NULL)
		return err;
	snprintf(why, sizeof(why), "build %" PRId64 ": %s", p->build.seq,
	    p->build.name);
	return pf_event_add(a->db, &e);
}

/*
 * How often it is to be run; 0 if it was, and what became of it is known.  The
 * target it was found with is a build as any other.
 */
static const struct pf_err *
runs_of(int64_t *runs, struct pf_act *a, const struct plan *p,
    const struct pf_regress *r)
{
	const struct pf_err *err;
	struct pf_trials t = PF_TRIALS_INIT;
	bool made, live;

	*runs = 0;
	if ((err = pf_regress_live(&made, &live, a->db, &p->build, r->hash)) !=
	    NULL || live)
		return err;
	/* A build that cannot see it will not see it the next time. */
	if ((err = pf_trials_get(&t, a->db, p->build.campaign, r->hash,
	    p->build.seq)) == NULL && (pf_fate_of(runs, t.v, t.n) !=
	    PF_FATE_UNKNOWN || t.v[t.n - 1].missing[0] != '\0') && made)
		*runs = 0;
	pf_trials_free(&t);
	return err;
}

static const struct pf_err *
add_crashes(struct pf_act *a, struct plan *p)
{
	const struct pf_err *err;
	struct part *part;
	int64_t runs;
	size_t i;

	for (i = 0; i < p->walk.n; i++) {
		if ((err = runs_of(&runs, a, p, &p->walk.found[i])) != NULL)
			return err;
		if (runs == 0)
			continue;
		part = p->walk.found[i].under ? &p->under : &p->plain;
		if (part->job[0] == '\0')
			pf_uuid7(part->job, a->now);
		if ((err = pf_regress_put(a->db, &p->build,
		    &p->walk.found[i], runs, part->job)) != NULL)
			return err;
		part->crashes++;
		part->runs += runs;
	}
	return NULL;
}

static const struct pf_err *
add_job(struct pf_act *a, const struct plan *p, const struct part *part)
{
	const struct pf_err *err;
	bool under = part == &p->under;
	char name[192];
	struct pf_regress_job j = { .id = part->job, .like = p->like,
	    .name = name, .runs = under ? SLOW * part->runs : part->runs,
	    .now = a->now };
	struct pf_event e = { .time = a->now, .kind = "job",
	    .subject = part->job, .was = "", .now = "pending", .who = "build",
	    .why = name };

	if (part->crashes == 0)
		return NULL;
	snprintf(name, sizeof(name), "build %" PRId64 " of %.100s%s",
	    p->build.seq, p->campaign.name, under ? " under valgrind" : "");
	if ((err = pf_campaign_join(a->db, p->campaign.id)) != NULL ||
	    (err = pf_regress_job(a->db, &p->build, &j)) != NULL)
		return err;
	pf_note_job(a, part->job);
	return pf_event_add(a->db, &e);
}

static void
tell_job(struct pf_buf *out, const struct part *part)
{
	if (part->crashes > 0)
		pf_jw_str(out, "job", part->job);
	else
		pf_jw_null(out, "job");
	pf_jw_int(out, "crashes", part->crashes);
}

static void
tell(struct pf_buf *out, const struct plan *p, bool known)
{
	pf_jw_str(out, "campaign", p->campaign.name);
	pf_jw_int(out, "seq", p->build.seq);
	pf_jw_bool(out, "new", !known);
	tell_job(out, &p->plain);
	pf_jw_open(out, "under", '{');
	tell_job(out, &p->under);
	pf_jw_close(out, '}');
	if (!p->walk.more) {
		pf_jw_null(out, "next");
		return;
	}
	pf_jw_open(out, "next", '{');
	pf_jw_int(out, "time", p->walk.at);
	pf_jw_str(out, "bucket", p->walk.bucket);
	if (p->walk.taken > 0)
		pf_jw_int(out, "taken", p->walk.taken);
	pf_jw_close(out, '}');
}

const struct pf_err *
pf_act_build(struct pf_act *a, const struct pf_json *req, struct pf_buf *out)
{
	const struct pf_err *err;
	struct plan *p = pf_calloc(1, sizeof(*p));
	bool known = false;

	if ((err = get_campaign(a, p, req)) == NULL &&
	    (err = get_target(a, &p->build, req)) == NULL &&
	    (err = get_after(&p->walk, req)) == NULL &&
	    (err = need_build(a, p, &known)) == NULL &&
	    (err = pf_regress_next(&p->walk, a->db)) == NULL &&
	    (err = add_crashes(a, p)) == NULL &&
	    (err = add_job(a, p, &p->plain)) == NULL &&
	    (err = add_job(a, p, &p->under)) == NULL)
		tell(out, p, known);
	free(p);
	return err;
}
