/*
 * The op rules: other rules for crashes, and back.
 *
 * Nothing here takes long: rules come into force by many ops, each of which
 * places some crashes by them.
 */
#include <stdlib.h>
#include <string.h>

#include "act/announce.h"
#include "act/common.h"
#include "act/place.h"
#include "base/mem.h"
#include "model/event.h"
#include "os/fs.h"
#include "store/rowjson.h"

#define PIECE	100	/* crashes of an op; a report takes some 40 us */
#define TELL	4	/* times as many buckets that are told of */

/* The tree knows them as well, before they are in force. */
static const struct pf_err *
write_file(struct pf_act *a)
{
	const struct pf_err *err;
	struct pf_buf b = PF_BUF_INIT;
	char *path = pf_asprintf("%s/metadata/system/rules.json",
	    a->conf->storage_path);

	pf_jw_open(&b, NULL, '{');
	pf_jw_int(&b, "v", 1);
	pf_jw_str(&b, "master", a->master);
	pf_jw_int(&b, "in_force", a->live.gen[0].n);
	if ((err = pf_rows_json(&b, "rules", a->db, "SELECT * FROM rules ORDER"
	    " BY n", NULL)) == NULL) {
		pf_jw_close(&b, '}');
		pf_buf_addc(&b, '\n');
		err = pf_file_put(path, NULL, b.data, b.len, 0640);
	}
	pf_buf_free(&b);
	free(path);
	return err;
}

static const struct pf_err *
tell(struct pf_act *a, const char *was)
{
	const struct pf_event e = { .time = a->now, .kind = "system",
	    .subject = "rules", .was = was,
	    .now = a->live.gen[0].version, .who = "pf-sched",
	    .why = "crashes are in buckets by these rules" };

	return pf_event_add(a->db, &e);
}

const struct pf_err *
pf_act_place(struct pf_act *a, bool *left, int64_t crashes)
{
	const struct pf_err *err;
	char was[PF_RULES_TEXT];
	bool flipped;

	if ((err = pf_announce_step(a, left, a->conf->on_new_crash[0] != '\0',
	    TELL * crashes)) != NULL || *left)
		return err;
	memcpy(was, a->live.gen[0].was, sizeof(was));
	if (a->live.n < 2 && !pf_live_sound(&a->live)) {
		*left = true;
		if ((err = pf_place_renew(a->db, &a->live, a->now)) != NULL)
			return err;
		return pf_live_load(&a->live, a->db);
	}
	if ((err = pf_place_step(left, &flipped, a->db, &a->live,
	    crashes)) != NULL ||
	    (err = pf_live_load(&a->live, a->db)) != NULL || !flipped)
		return err;
	*left = true;
	if ((err = tell(a, was)) != NULL || a->remaking ||
	    (err = pf_announce_begin(a->db)) != NULL)
		return err;
	return write_file(a);
}

static const struct pf_err *
apply(struct pf_act *a, const struct pf_json *req, int64_t *n)
{
	const struct pf_err *err;
	struct pf_rules *rules;
	char version[PF_RULES_TEXT];
	const char *text = "";

	if ((err = pf_json_need(&text, req, "text")) != NULL)
		return err;
	rules = pf_rules_new();
	err = pf_rules_add(rules, text, strlen(text));
	pf_rules_version(version, rules);
	pf_rules_free(rules);
	if (err != NULL)
		return pf_err_field(PF_DATA, "text", "%s", err->msg);
	/* They are in force as they are. */
	if (a->live.n == 1 && pf_live_sound(&a->live) &&
	    strcmp(version, a->live.gen[0].version) == 0)
		return NULL;
	return pf_place_apply(n, a->db, text, version, a->now);
}

/* Of two that take back the same rules only one does. */
static const struct pf_err *
undo(struct pf_act *a, const struct pf_json *req, int64_t *n)
{
	const struct pf_err *err;
	const struct pf_gen *g = &a->live.gen[0];
	const char *version = NULL;

	if ((err = pf_json_str(&version, req, "version")) != NULL)
		return err;
	if (a->live.n == 2 && a->live.gen[1].n > g->n)
		g = &a->live.gen[1];
	if (version != NULL && strcmp(version, g->version) != 0 &&
	    strcmp(version, g->was) != 0)
		return pf_err_field(PF_STALE, "version", "version: %.32s are "
		    "not the rules that were applied last, those are %s",
		    version, g->version);
	return pf_place_undo(n, a->db, &a->live);
}

const struct pf_err *
pf_act_rules(struct pf_act *a, const struct pf_json *req, struct pf_buf *out)
{
	const struct pf_err *err;
	const char *what = "";
	int64_t n = a->live.gen[0].n;
	bool left = true;

	if ((err = pf_json_need(&what, req, "do")) != NULL)
		return err;
	if (strcmp(what, "apply") == 0)
		err = apply(a, req, &n);
	else if (strcmp(what, "undo") == 0)
		err = undo(a, req, &n);
	else if (strcmp(what, "step") == 0 && a->places)
		left = a->live.n > 1 || a->placing;
	else if (strcmp(what, "step") == 0)
		err = pf_act_place(a, &left, PIECE);
	else
		return pf_err_field(PF_USAGE, "do", "do is apply, undo or "
		    "step");
	if (err == NULL)
		err = pf_live_load(&a->live, a->db);
	if (err != NULL)
		return err;
	pf_jw_int(out, "rules", a->live.gen[0].n);
	pf_jw_str(out, "version", a->live.gen[0].version);
	pf_jw_bool(out, "left", left);
	pf_jw_bool(out, "places", a->places);
	return NULL;
}
