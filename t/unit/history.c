/*
 * Random histories of ops against a model of the states small enough to be
 * seen to be right.  Seeds are fixed; PF_SEEDS=n tries n of them.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../lib/acts.h"
#include "../lib/sound.h"
#include "../lib/tap.h"
#include "base/mem.h"
#include "codec/hash.h"
#include "model/campaign.h"
#include "model/system.h"
#include "os/clock.h"
#include "os/fs.h"
#include "store/dbw.h"

#define BOTS	6
#define JOBS	40
#define OPS	400
#define LEASE	3	/* ticks */

enum { REG, IDLE, BUSY, OUT, FAILED };
static const char *const bot_names[] = { "registering", "idle", "busy",
    "timed_out", "failed" };
enum { PEND, GIVEN, RUN, DONE, FAIL, CANC };
static const char *const job_names[] = { "pending", "assigned", "running",
    "completed", "failed", "cancelled" };

static struct bot {
	char	 id[PF_ID_MAX + 1];	/* "" while it is unknown */
	int	 state, inc, job;	/* job -1: none */
	int	 failures;
	bool	 drain, online;
	int64_t	 seen;			/* tick */
} bots[BOTS];

static struct job {
	char	 id[PF_ID_MAX + 1];
	int	 state, attempt, strikes, engine, priority, bot;
	bool	 cancel;
	int64_t	 lease, given;		/* ticks: of the last renewal, of the
					 * grant */
	const char *ended;		/* result of the last lease */
	int	 ended_bot;
} jobs[JOBS];

static int njobs;
static int64_t tick, boot_ms;
static uint64_t chance;
static struct pf_conf conf;
static char sha[PF_SHA_TEXT];

static int
roll(int n)
{
	chance ^= chance << 13;
	chance ^= chance >> 7;
	chance ^= chance << 17;
	return (int)(chance % (uint64_t)n);
}

static bool
live(int j)
{
	return jobs[j].state == GIVEN || jobs[j].state == RUN;
}

/* The job of a bot is over for it. */
static struct job *
release(int b, const char *how)
{
	struct job *j = &jobs[bots[b].job];

	j->ended = how;
	j->ended_bot = b;
	j->bot = bots[b].job = -1;
	return j;
}

static void
requeue(int b, const char *how)
{
	struct job *j = release(b, how);

	j->state = j->cancel ? CANC : PEND;
}

static enum pf_class
do_register(int b)
{
	struct pf_json *j;
	enum pf_class got;
	const char *id = "";
	bool fresh = roll(4) == 0, known = bots[b].id[0] != '\0';

	bots[b].inc += known && fresh;
	got = op(&j, "{\"op\":\"register\",\"hostname\":\"h\",\"name\":\"b%d\""
	    ",\"inc\":\"i%d\",\"capabilities\":[\"e%d\",\"e%d\"]}", b,
	    bots[b].inc, b % 3, (b + 1) % 3);
	if (got == PF_OK && pf_json_need(&id, j, "bot") == NULL)
		snprintf(bots[b].id, sizeof(bots[b].id), "%s", id);
	if (known && fresh && bots[b].job != -1) {
		requeue(b, "lost");
		bots[b].state = IDLE;
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
	    .ended = "" };
	got = op(&j, "{\"op\":\"submit\",\"name\":\"n\",\"engine\":\"e%d\","
	    "\"priority\":%d,\"target\":{\"sha256\":\"%s\",\"name\":\"t\"}}",
	    n->engine, n->priority, sha);
	id = pf_json_text(pf_json_first(pf_json_get(j, "jobs")));
	if (got == PF_OK && id != NULL) {
		snprintf(n->id, sizeof(n->id), "%s", id);
		njobs++;
	}
	pf_json_free(j);
	return got == PF_OK && id != NULL ? PF_OK : PF_BUG;
}

static bool
can(int b, int j)
{
	return jobs[j].state == PEND && (jobs[j].engine == b % 3 ||
	    jobs[j].engine == (b + 1) % 3);
}

/* What it gets must be one of the best that wait for its engines. */
static enum pf_class
took(int b, const char *id, bool again)
{
	int k, j = -1, best = -1;

	for (k = 0; k < njobs; k++) {
		if (id != NULL && strcmp(jobs[k].id, id) == 0)
			j = k;
		if (can(b, k) && jobs[k].priority > best)
			best = jobs[k].priority;
	}
	if (bots[b].job != -1) {
		jobs[bots[b].job].lease = tick;
		return again && j == bots[b].job ? PF_OK : PF_BUG;
	}
	if (again)
		return PF_BUG;
	if (bots[b].state == FAILED || bots[b].drain || best == -1) {
		if (bots[b].state == REG || bots[b].state == OUT)
			bots[b].state = IDLE;
		return j == -1 ? PF_OK : PF_BUG;
	}
	if (j == -1 || !can(b, j) || jobs[j].priority != best)
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
	j->strikes++;
	requeue(b, "tired");
	if (j->state == PEND && j->strikes > conf.max_attempts)
		j->state = FAIL;
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
	    "cancelled" };
	struct pf_json *reply;
	enum pf_class got, want = PF_STALE;
	int k = roll(4), r = roll(3), j, attempt;

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
			jobs[j].state = RUN;
			jobs[j].lease = tick;
		} else if (k == 2) {
			release(b, results[r]);
			jobs[j].state = r == 2 || jobs[j].cancel ? CANC :
			    r == 0 ? DONE : FAIL;
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

static void
silent(int b, bool with_job)
{
	bots[b].failures += with_job ? 1 : 0;
	bots[b].online = false;
	bots[b].state = bots[b].state == FAILED ||
	    bots[b].failures >= conf.max_failures ? FAILED : OUT;
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
	if (with) {
		j->strikes++;
		requeue(b, "silent");
		if (j->state == PEND && j->strikes > conf.max_attempts)
			j->state = FAIL;
	}
	silent(b, with);
	return got;
}

static bool
same(void)
{
	bool good = true;
	int i;

	for (i = 0; i < njobs && good; i++)
		good = row_is("SELECT status, attempt FROM jobs WHERE id = ?",
		    jobs[i].id, job_names[jobs[i].state], jobs[i].attempt);
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
	int lock = -1;
	bool made;

	memset(jobs, 0, sizeof(jobs));
	memset(bots, 0, sizeof(bots));
	for (njobs = 0; njobs < BOTS; njobs++)
		bots[njobs].job = -1;
	njobs = 0;
	tick = boot_ms = 0;
	pf_conf_default(&conf);
	snprintf(conf.storage_path, sizeof(conf.storage_path), "%s", dir);
	conf.tick = 1000;
	conf.bot = LEASE * 1000;
	conf.max_attempts = 2;
	conf.max_failures = 3;
	if (pf_dbw_init(dir, &made) != NULL ||
	    pf_dbw_open(&act.db, &lock, dir) != NULL ||
	    pf_dbw_begin(act.db) != NULL ||
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
	    do_tick, do_tick, do_expire, do_expire, do_expire };
	char dir[] = "/tmp/pf-history.XXXXXX", path[256], name[64];
	int i, k;
	bool good = true;

	if (mkdtemp(dir) == NULL)
		pf_die("no directory");
	snprintf(path, sizeof(path), "%s/data", dir);
	(void)pf_mkdirs(path, 0750);
	pf_sha256(sha, "target", 6);
	snprintf(path, sizeof(path), "%s/targets/%s", dir, sha);
	(void)pf_mkdirs(path, 0750);
	snprintf(path, sizeof(path), "%s/targets/%s/data", dir, sha);
	(void)pf_file_put(path, NULL, "target", 6, 0640);
	act = (struct pf_act){ .conf = &conf };
	chance = 0x9e3779b97f4a7c15u * (uint64_t)(seed + 1);
	begin(dir);
	for (i = 0; i < OPS && good; i++) {
		k = roll((int)(sizeof(does) / sizeof(does[0])));
		good = does[k](roll(BOTS)) == PF_OK && same() &&
		    (i % 10 != 0 || sound(act.db));
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
	return done_testing();
}
