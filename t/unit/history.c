/*
 * Random histories of ops against a model of the states small enough to be
 * seen to be right.  Seeds are fixed; PF_SEEDS=n tries n of them.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../lib/acts.h"
#include "../lib/farm.h"
#include "../lib/sound.h"
#include "../lib/states.h"
#include "../lib/tap.h"
#include "base/mem.h"
#include "codec/hash.h"
#include "model/campaign.h"
#include "model/system.h"
#include "os/clock.h"
#include "os/fs.h"
#include "store/dbw.h"

/* A lease that is lost without progress, which may be once too often. */
static void
lose(int b, const char *why)
{
	struct job *j = &jobs[bots[b].job];

	j->strikes++;
	requeue(b, why);
	if (j->state == PEND && j->strikes > conf.max_attempts)
		j->state = FAIL;
}

static enum pf_class
do_register(int b)
{
	struct pf_json *j;
	enum pf_class got;
	const char *id = "";
	bool fresh = roll(4) == 0, known = bots[b].id[0] != '\0';
	/* It may come back with less or more than it could before. */
	struct bot was = bots[b];

	bots[b].inc += known && fresh;
	bots[b].other = (b + roll(2)) % 3;
	got = op(&j, "{\"op\":\"register\",\"hostname\":\"h\",\"name\":\"b%d\""
	    ",\"inc\":\"i%d\",\"capabilities\":[\"e%d\",\"e%d\"]}", b,
	    bots[b].inc, b % 3, bots[b].other);
	/* Two of one name, of which one is at work. */
	if (known && fresh && was.job != -1 && tick - was.seen < SILENT) {
		pf_json_free(j);
		bots[b] = was;
		doubles++;
		return got == PF_CONFLICT ? PF_OK : PF_BUG;
	}
	if (got == PF_OK && pf_json_need(&id, j, "bot") == NULL)
		snprintf(bots[b].id, sizeof(bots[b].id), "%s", id);
	if (known && fresh && bots[b].job != -1) {
		lose(b, "lost");
		bots[b].state = IDLE;
		replaced++;
	}
	if (!known || bots[b].state == IDLE || bots[b].state == OUT)
		bots[b].state = REG;
	bots[b].seen = tick;
	bots[b].online = true;
	pf_json_free(j);
	return got == PF_OK ? PF_OK : PF_BUG;
}

static enum pf_class
do_submit(int b)
{
	struct pf_json *j;
	struct job *n = &jobs[njobs];
	const char *id;
	enum pf_class got;

	(void)b;
	if (njobs == JOBS)
		return PF_OK;
	*n = (struct job){ .engine = roll(3), .priority = roll(3), .bot = -1,
	    .ended = "", .limit = 1 + roll(4), .file = roll(FILES),
	    .camp = roll(CAMPS) };
	n->waits = !files[n->file].there;
	got = op(&j, "{\"op\":\"submit\",\"name\":\"n\",\"engine\":\"e%d\","
	    "\"priority\":%d,\"duration_ms\":%d,\"campaign\":\"%s\","
	    "\"target\":{\"sha256\":\"%s\",\"name\":\"t\",\"size\":%zu,"
	    "\"upload\":true}}", n->engine, n->priority, n->limit * 1000,
	    camps[n->camp].name, files[n->file].sha,
	    strlen(files[n->file].text));
	if (camps[n->camp].state == FINISHED) {
		pf_json_free(j);
		return got == PF_CONFLICT ? PF_OK : PF_BUG;
	}
	if (camps[n->camp].state == UNKNOWN)
		camps[n->camp] = (struct camp){ camps[n->camp].name, ACTIVE,
		    1 };
	if (!n->waits)
		(void)arrive(n->file);
	id = pf_json_text(pf_json_first(pf_json_get(j, "jobs")));
	if (got == PF_OK && id != NULL) {
		snprintf(n->id, sizeof(n->id), "%s", id);
		njobs++;
	}
	pf_json_free(j);
	return got == PF_OK && id != NULL ? PF_OK : PF_BUG;
}

static enum pf_class
took(int b, const char *id, bool again)
{
	int k, j = -1;
	bool any = false;

	for (k = 0; k < njobs; k++) {
		if (id != NULL && strcmp(jobs[k].id, id) == 0)
			j = k;
		any = any || can(b, k);
	}
	if (bots[b].job != -1) {
		jobs[bots[b].job].lease = tick;
		return again && j == bots[b].job ? PF_OK : PF_BUG;
	}
	if (again)
		return PF_BUG;
	if (bots[b].state == FAILED || bots[b].drain || !any) {
		if (bots[b].state == REG || bots[b].state == OUT)
			bots[b].state = IDLE;
		return j == -1 ? PF_OK : PF_BUG;
	}
	if (j == -1 || !can(b, j) || !due(b, j))
		return PF_BUG;
	jobs[j].state = GIVEN;
	jobs[j].attempt++;
	jobs[j].bot = b;
	jobs[j].lease = jobs[j].given = tick;
	bots[b].job = j;
	bots[b].state = BUSY;
	return PF_OK;
}

/* A job that it was given long ago and never started is taken from it. */
static void
tire(int b)
{
	struct job *j;

	if (bots[b].job == -1)
		return;
	j = &jobs[bots[b].job];
	if (j->state != GIVEN || tick - j->given <= 2 * LEASE)
		return;
	lose(b, "tired");
	bots[b].state = IDLE;
}

static enum pf_class
do_claim(int b)
{
	struct pf_json *j;
	const char *id = NULL;
	bool again = false;
	enum pf_class got;

	got = op(&j, "{\"op\":\"claim\",\"bot\":\"%s\",\"inc\":\"i%d\"}",
	    bots[b].id[0] != '\0' ? bots[b].id : "nobody", bots[b].inc);
	(void)pf_json_str(&id, pf_json_get(j, "job"), "id");
	(void)pf_json_bool(&again, j, "again");
	if (got == PF_OK) {
		tire(b);
		got = took(b, id, again);
	}
	else if (got == PF_NOTFOUND && bots[b].id[0] == '\0')
		got = PF_OK;
	bots[b].seen = tick;
	bots[b].online = true;
	pf_json_free(j);
	return got;
}

/* heartbeat, start, complete and handback with some token, right or wrong. */
static enum pf_class
do_token(int b)
{
	static const char *const ops[] = { "heartbeat", "start", "complete",
	    "handback" };
	static const char *const results[] = { "completed", "failed",
	    "cancelled", "timed_out" };
	static const int ends[] = { DONE, FAIL, CANC, OVER };
	struct pf_json *reply;
	enum pf_class got, want = PF_STALE;
	int k = roll(4), r = roll(4), j, attempt;

	if (njobs == 0 || bots[b].id[0] == '\0')
		return PF_OK;
	j = bots[b].job != -1 && roll(4) != 0 ? bots[b].job : roll(njobs);
	attempt = jobs[j].attempt - (roll(5) == 0 ? 1 : 0);
	got = op(&reply, "{\"op\":\"%s\",\"bot\":\"%s\",\"inc\":\"i%d\","
	    "\"job\":\"%s\",\"epoch\":1,\"attempt\":%d,\"result\":\"%s\"}",
	    ops[k], bots[b].id, bots[b].inc, jobs[j].id,
	    attempt < 0 ? 0 : attempt, results[r]);
	pf_json_free(reply);
	if (bots[b].job == j && attempt == jobs[j].attempt) {
		want = PF_OK;
		bots[b].seen = tick;
		bots[b].online = true;
		if (k < 2) {
			if (jobs[j].state == GIVEN)
				jobs[j].started = tick;
			jobs[j].state = RUN;
			jobs[j].lease = tick;
		} else if (k == 2) {
			release(b, results[r]);
			jobs[j].state = jobs[j].cancel ? CANC : ends[r];
			bots[b].state = IDLE;
			if (r != 1)
				bots[b].failures = 0;
		} else {
			requeue(b, "handed back");
			bots[b].state = IDLE;
		}
	} else if (!live(j) && jobs[j].ended_bot == b && attempt > 0 &&
	    attempt == jobs[j].attempt && ((k == 2 &&
	    strcmp(jobs[j].ended, results[r]) == 0) || (k == 3 &&
	    strcmp(jobs[j].ended, "handed back") == 0)))
		want = PF_OK;	/* the same once more */
	else if (attempt < jobs[j].attempt)
		return got == PF_STALE || got == PF_OK ? PF_OK : PF_BUG;
	return got == want ? PF_OK : PF_BUG;
}

static enum pf_class
do_cancel(int b)
{
	struct pf_json *reply;
	enum pf_class got, want = PF_OK;
	int j;

	(void)b;
	if (njobs == 0)
		return PF_OK;
	j = roll(njobs);
	got = op(&reply, "{\"op\":\"cancel\",\"job\":\"%s\"}", jobs[j].id);
	pf_json_free(reply);
	if (jobs[j].state == PEND)
		jobs[j].state = CANC;
	else if (live(j))
		jobs[j].cancel = true;
	else if (jobs[j].state != CANC)
		want = PF_CONFLICT;
	return got == want ? PF_OK : PF_BUG;
}

static enum pf_class
do_operator(int b)
{
	static const char *const ops[] = { "drain", "reset", "deregister" };
	struct pf_json *reply;
	enum pf_class got, want = PF_OK;
	int k = roll(3);
	bool on = roll(2) == 0;

	if (bots[b].id[0] == '\0')
		return PF_OK;
	got = op(&reply, "{\"op\":\"%s\",\"bot\":\"%s\",\"on\":%s}", ops[k],
	    bots[b].id, on ? "true" : "false");
	pf_json_free(reply);
	if (k == 0)
		bots[b].drain = on;
	else if (k == 1 && bots[b].state != OUT && bots[b].state != FAILED)
		want = PF_CONFLICT;
	else if (k == 1) {
		bots[b].state = IDLE;
		bots[b].failures = 0;
	} else {
		if (bots[b].job != -1)
			requeue(b, "gone");
		bots[b] = (struct bot){ .job = -1, .inc = bots[b].inc + 1 };
		/* Who comes in its place is somebody else. */
		for (k = 0; k < njobs; k++)
			if (jobs[k].ended_bot == b)
				jobs[k].ended = "";
	}
	return got == want ? PF_OK : PF_BUG;
}

static enum pf_class
do_tick(int b)
{
	struct pf_json *reply;
	enum pf_class got;

	(void)b;
	boot_ms += conf.tick;
	got = op(&reply, "{\"op\":\"tick\",\"boot\":\"b\",\"boot_ms\":%lld,"
	    "\"prev\":%lld}", (long long)boot_ms, (long long)tick);
	pf_json_free(reply);
	tick++;
	return got;
}

/* As the reaper would, or too early. */
static enum pf_class
do_expire(int b)
{
	struct pf_json *reply;
	struct job none = { .id = "" };
	bool with = bots[b].job != -1;
	struct job *j = with ? &jobs[bots[b].job] : &none;
	int64_t lease = with ? j->lease : bots[b].seen;
	enum pf_class got;

	if (bots[b].id[0] == '\0')
		return PF_OK;
	got = op(&reply, "{\"op\":\"expire\",\"what\":\"%s\",\"bot\":\"%s\","
	    "\"job\":\"%s\",\"epoch\":1,\"attempt\":%d,\"lease_tick\":%lld}",
	    with ? "lease" : "bot", bots[b].id, j->id, j->attempt,
	    (long long)lease);
	pf_json_free(reply);
	if (lease + LEASE >= tick || (!with && !bots[b].online))
		return got == PF_STALE ? PF_OK : PF_BUG;
	if (with)
		lose(b, "silent");
	silent(b, with);
	return got;
}

/* Past its time and a tick of grace, and one for what began in between. */
static enum pf_class
do_overrun(int b)
{
	struct pf_json *reply;
	struct job *j;
	enum pf_class got;

	if (bots[b].job == -1)
		return PF_OK;
	j = &jobs[bots[b].job];
	got = op(&reply, "{\"op\":\"expire\",\"what\":\"job\",\"bot\":\"%s\","
	    "\"job\":\"%s\",\"epoch\":1,\"attempt\":%d,\"lease_tick\":%lld}",
	    bots[b].id, j->id, j->attempt, (long long)j->lease);
	pf_json_free(reply);
	if (j->state != RUN || j->started + j->limit + 2 >= tick)
		return got == PF_STALE ? PF_OK : PF_BUG;
	j->state = j->cancel ? CANC : OVER;
	release(b, "timed_out");
	bots[b].state = IDLE;
	overran++;
	return got;
}

static bool
same(void)
{
	bool good = true;
	int i;

	for (i = 0; i < njobs && good; i++)
		good = row_is("SELECT status, 2 * attempt + (status = "
		    "'pending' AND waiting > 0) FROM jobs WHERE id = ?",
		    jobs[i].id, job_names[jobs[i].state], 2 * jobs[i].attempt +
		    (jobs[i].state == PEND && jobs[i].waits));
	for (i = 0; i < CAMPS && good; i++)
		good = same_camp(&camps[i]);
	for (i = 0; i < BOTS && good; i++)
		good = bots[i].id[0] == '\0' || row_is("SELECT status, "
		    "current_job IS NULL FROM bots WHERE id = ?", bots[i].id,
		    bot_names[bots[i].state], bots[i].job == -1);
	return good;
}

static void
begin(const char *dir)
{
	char id[PF_ID_MAX + 1];
	struct pf_json *reply;
	int i, lock = -1;
	bool made;

	memset(jobs, 0, sizeof(jobs));
	memset(bots, 0, sizeof(bots));
	for (i = 0; i < CAMPS; i++)
		camps[i] = (struct camp){ camp_names[i], i == 0 ? ACTIVE :
		    UNKNOWN, 1 };
	for (i = 0; i < BOTS; i++)
		bots[i].job = -1;
	njobs = 0;
	tick = boot_ms = 0;
	pf_conf_default(&conf);
	snprintf(conf.storage_path, sizeof(conf.storage_path), "%s", dir);
	for (i = 0; i < FILES; i++) {
		snprintf(files[i].text, sizeof(files[i].text), "target %d", i);
		pf_sha256(files[i].sha, files[i].text, strlen(files[i].text));
		files[i].there = false;
		if (i % 2 == 0)
			bring(&files[i]);
	}
	conf.tick = 1000;
	conf.bot = LEASE * 1000;
	conf.job_grace = 1000;
	conf.max_attempts = 2;
	conf.max_failures = 3;
	if (pf_dbw_init(dir, &made) != NULL ||
	    pf_dbw_open(&act.db, &lock, dir) != NULL)
		pf_die("no database");
	told_begin(act.db);
	if (pf_dbw_begin(act.db) != NULL ||
	    pf_system_default(act.db, "master_id", "m") != NULL ||
	    pf_system_default(act.db, "epoch", "1") != NULL ||
	    pf_campaign_need(id, NULL, act.db, "default", 1) != NULL ||
	    pf_act_load(&act) != NULL)
		pf_die("no database");
	close(lock);
	/* The first tick of a boot only notes it. */
	(void)op(&reply, "{\"op\":\"tick\",\"boot\":\"b\",\"boot_ms\":0,"
	    "\"prev\":0}");
	pf_json_free(reply);
}

static void
history(int seed)
{
	static enum pf_class (*const does[])(int) = { do_register, do_submit,
	    do_claim, do_claim, do_claim, do_token, do_token, do_token,
	    do_cancel, do_operator, do_tick, do_tick, do_tick, do_tick,
	    do_tick, do_tick, do_expire, do_expire, do_expire, do_overrun,
	    do_overrun, do_upload, do_forget, do_campaign, do_campaign,
	    do_recover };
	enum { CLAIM = 2 };
	const char *tmp = getenv("TMPDIR");
	char dir[128], path[256], name[64];
	int i, k;
	bool good = true;

	snprintf(dir, sizeof(dir), "%s/pf-history.XXXXXX", tmp != NULL ? tmp :
	    "/tmp");
	if (mkdtemp(dir) == NULL)
		pf_die("no directory");
	snprintf(path, sizeof(path), "%s/data", dir);
	(void)pf_mkdirs(path, 0750);
	act = (struct pf_act){ .conf = &conf };
	chance = 0x9e3779b97f4a7c15u * (uint64_t)(seed + 1);
	begin(dir);
	for (i = 0; i < OPS && good; i++) {
		k = roll((int)(sizeof(does) / sizeof(does[0])));
		/* In some the bots stay, so that more of them have a job. */
		if (seed % 3 == 0 && (does[k] == do_expire ||
		    does[k] == do_tick || does[k] == do_operator))
			k = CLAIM;
		good = does[k](roll(BOTS)) == PF_OK && same() &&
		    (i % 10 != 0 || sound(act.db)) &&
		    (seed % 4 != 0 || told(act.db));
	}
	snprintf(name, sizeof(name), "seed %d%s", seed, good ? "" : " at op");
	ok(good && sound(act.db), name);
	if (!good)
		fprintf(stderr, "# seed %d, op %d, kind %d\n", seed, i - 1, k);
	is_int(anew(act.db), 0, "nothing is prepared twice");
	pf_dbw_rollback(act.db);
	pf_live_free(&act.live);
	pf_buf_free(&act.made);
	pf_buf_free(&act.told);
	pf_db_close(act.db);
	(void)pf_rmtree(dir);
}

int
main(void)
{
	const char *n = getenv("PF_SEEDS");
	int i, seeds = n != NULL ? (int)strtol(n, NULL, 10) : 60;

	for (i = 0; i < seeds; i++)
		history(i);
	fprintf(stderr, "# %d jobs overran, %d got their files, %d never; %d "
	    "campaigns ended, weights decided %d times; %d bots came twice, "
	    "%d in place of one\n", overran, arrived, forgotten, finished,
	    weighed, doubles, replaced);
	ok(seeds < 60 || (overran > 0 && arrived > 0 && forgotten > 0 &&
	    finished > 0 && weighed > 0 && doubles > 0 && replaced > 0),
	    "jobs overran, waited for files and gave up on them, campaigns "
	    "ended and were weighed, bots came twice and were replaced");
	return done_testing();
}
