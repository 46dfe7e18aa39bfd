/*
 * Every pair of a state and an event, driven through the functions that
 * change states: what the tables allow happens and leaves its event, what
 * they do not is refused with its reason and changes nothing.
 */
#include <stdlib.h>
#include <unistd.h>

#include "../lib/acts.h"
#include "../lib/tap.h"
#include "act/common.h"
#include "codec/hash.h"
#include "model/campaign.h"
#include "model/system.h"
#include "os/fs.h"
#include "store/dbw.h"

static struct pf_conf conf;
static char job[PF_ID_MAX + 1], bot[PF_ID_MAX + 1], campaign[PF_ID_MAX + 1];

static int64_t
count(const char *sql)
{
	int64_t n = -1;

	return pf_db_int(act.db, &n, NULL, sql, "") == NULL ? n : -1;
}

static void
set(const char *sql, const char *id, const char *state)
{
	if (pf_db_run(act.db, NULL, sql, "ss", id, state) != NULL)
		pf_die("set %s", state);
}

/* What one move led to, next to what the table says; to NULL: refused. */
static void
judge(const struct pf_err *err, const char *what, const char *id,
    const char *from, const char *event, const char *to, const char *now,
    int64_t events)
{
	char want[256], name[128];

	snprintf(name, sizeof(name), "%s %s: %s", what, from, event);
	if (to != NULL) {
		ok(err == NULL, name);
		is_str(now, to, name);
		is_int(events, strcmp(from, to) != 0, "an event a change");
		return;
	}
	snprintf(want, sizeof(want), "%s %s is %s: %s is not possible", what,
	    id, from, event);
	ok(err != NULL && err->class == PF_CONFLICT, name);
	is_str(err != NULL ? err->msg : "", want, name);
	is_str(now, from, name);
	is_int(events, 0, "no event");
}

static void
status(char out[32], const char *sql, const char *id)
{
	struct pf_q q = PF_Q_INIT;
	bool more = false;

	out[0] = '\0';
	if (pf_q(&q, act.db, sql, "s", id) == NULL &&
	    pf_q_row(&q, &more) == NULL && more)
		pf_q_copy(&q, 0, out, 32);
	pf_q_done(&q);
}

static void
move_job(enum pf_job_state s, enum pf_job_event e)
{
	const struct pf_err *err;
	enum pf_job_state to;
	struct pf_job j;
	char now[32];
	bool may = pf_job_next(&to, s, e);
	int64_t before;

	set("UPDATE jobs SET status = ?2 WHERE id = ?1", job,
	    pf_job_state_name(s));
	before = count("SELECT count(*) FROM events");
	if (pf_job_get(&j, act.db, job) != NULL)
		pf_die("no job");
	snprintf(j.bot, sizeof(j.bot), "%s", bot);
	err = pf_move_job(&act, &j, e, "a test");
	status(now, "SELECT status FROM jobs WHERE id = ?", job);
	judge(err, "job", job, pf_job_state_name(s), pf_job_event_name(e),
	    may ? pf_job_state_name(to) : NULL, now,
	    count("SELECT count(*) FROM events") - before);
}

static void
move_bot(enum pf_bot_state s, enum pf_bot_event e)
{
	const struct pf_err *err;
	enum pf_bot_state to;
	struct pf_bot b;
	char now[32];
	bool may = pf_bot_next(&to, s, e);
	int64_t before;

	set("UPDATE bots SET status = ?2 WHERE id = ?1", bot,
	    pf_bot_state_name(s));
	before = count("SELECT count(*) FROM events");
	if (pf_bot_get(&b, act.db, bot) != NULL)
		pf_die("no bot");
	err = pf_move_bot(&act, &b, e, "a test");
	status(now, "SELECT status FROM bots WHERE id = ?", bot);
	judge(err, "bot", bot, pf_bot_state_name(s), pf_bot_event_name(e),
	    may ? pf_bot_state_name(to) : NULL, now,
	    count("SELECT count(*) FROM events") - before);
}

/* Campaigns move by their op only. */
static void
move_campaign(enum pf_campaign_state s, enum pf_campaign_event e)
{
	const struct pf_err *err = NULL;
	enum pf_campaign_state to;
	struct pf_json *reply;
	const char *text = "";
	char now[32];
	bool may = pf_campaign_next(&to, s, e);
	int64_t before;
	enum pf_class class;

	set("UPDATE campaigns SET status = ?2 WHERE id = ?1", campaign,
	    pf_campaign_state_name(s));
	before = count("SELECT count(*) FROM events");
	class = op(&reply, "{\"op\":\"campaign\",\"do\":\"%s\",\"campaign\":"
	    "\"c\"}", pf_campaign_event_name(e));
	if (class != PF_OK && pf_json_str(&text, reply, "error") == NULL)
		err = pf_err(class, "%s", text);
	status(now, "SELECT status FROM campaigns WHERE id = ?", campaign);
	judge(err, "campaign", "c", pf_campaign_state_name(s),
	    pf_campaign_event_name(e), may ? pf_campaign_state_name(to) :
	    NULL, now, count("SELECT count(*) FROM events") - before);
	pf_json_free(reply);
}

static void
id_of(char out[PF_ID_MAX + 1], const struct pf_json *v)
{
	const char *id = pf_json_text(v);

	snprintf(out, PF_ID_MAX + 1, "%s", id != NULL ? id : "");
}

/* A database with a job, a bot and a campaign. */
static void
begin(const char *dir)
{
	struct pf_json *j;
	char sha[PF_SHA_TEXT], path[256];
	int lock = -1;
	bool made;

	pf_sha256(sha, "target", 6);
	snprintf(path, sizeof(path), "%s/data", dir);
	(void)pf_mkdirs(path, 0750);
	snprintf(path, sizeof(path), "%s/targets/%s", dir, sha);
	(void)pf_mkdirs(path, 0750);
	snprintf(path, sizeof(path), "%s/targets/%s/data", dir, sha);
	(void)pf_file_put(path, NULL, "target", 6, 0640);
	pf_conf_default(&conf);
	snprintf(conf.storage_path, sizeof(conf.storage_path), "%s", dir);
	act = (struct pf_act){ .conf = &conf };
	if (pf_dbw_init(dir, &made) != NULL ||
	    pf_dbw_open(&act.db, &lock, dir) != NULL ||
	    pf_dbw_begin(act.db) != NULL ||
	    pf_system_default(act.db, "master_id", "m") != NULL ||
	    pf_system_default(act.db, "epoch", "1") != NULL ||
	    pf_act_load(&act) != NULL)
		pf_die("no database");
	close(lock);
	ok(op(&j, "{\"op\":\"submit\",\"name\":\"n\",\"engine\":\"e\","
	    "\"campaign\":\"c\",\"target\":{\"sha256\":\"%s\",\"name\":\"t\"}"
	    "}", sha) == PF_OK, "a job");
	id_of(job, pf_json_first(pf_json_get(j, "jobs")));
	pf_json_free(j);
	ok(op(&j, "{\"op\":\"register\",\"hostname\":\"h\",\"capabilities\":"
	    "[\"e\"]}") == PF_OK, "a bot");
	id_of(bot, pf_json_get(j, "bot"));
	pf_json_free(j);
	ok(op(&j, "{\"op\":\"campaign\",\"do\":\"pause\",\"campaign\":\"c\"}")
	    == PF_OK, "a campaign");
	id_of(campaign, pf_json_get(j, "id"));
	pf_json_free(j);
}

int
main(void)
{
	char dir[] = "/tmp/pf-moves.XXXXXX";
	int s, e;

	if (mkdtemp(dir) == NULL)
		pf_die("no directory");
	begin(dir);
	for (s = 0; s < PF_JOB_STATES; s++)
		for (e = 0; e < PF_JOB_EVENTS; e++)
			move_job((enum pf_job_state)s, (enum pf_job_event)e);
	for (s = 0; s < PF_BOT_STATES; s++)
		for (e = 0; e < PF_BOT_EVENTS; e++)
			move_bot((enum pf_bot_state)s, (enum pf_bot_event)e);
	/* Its job is over by now: finishing has nothing to cancel. */
	for (s = 0; s < PF_CAMPAIGN_STATES; s++)
		for (e = 0; e < PF_CAMPAIGN_EVENTS; e++)
			move_campaign((enum pf_campaign_state)s,
			    (enum pf_campaign_event)e);
	pf_dbw_rollback(act.db);
	pf_db_close(act.db);
	(void)pf_rmtree(dir);
	return done_testing();
}
