/*
 * [ingest] on_new_crash: a program that is told of each new bucket, with the
 * crash as JSON on standard input.
 *
 * What has to be told stands in the database, written with the crash; it is
 * crossed out when the program has ended well.  So it is told at least once,
 * whatever is killed.  One runs at a time, and nobody waits for it: filing
 * goes on beside it, tend.c holds it to its time, and a run that does not stay
 * leaves it to errand.c.
 */
#include <sys/mman.h>
#include <sys/stat.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "codec/op.h"
#include "ingest/ingest.h"
#include "ingest/tend.h"
#include "os/clock.h"
#include "os/fs.h"
#include "os/lock.h"
#include "store/rowjson.h"

#define LOOK_MS		200	/* at one that runs */
#define MINUTE		60000

struct hook {
	int	 lock;			/* -1: another pf-ingest does it */
	struct tended one;		/* that runs, or has */
	char	 crash[PF_ID_MAX + 1];
	bool	 ended;			/* which the writer was not told yet */
};

/*
 * The one that is due first, if any.  No delay is longer than the longest: one
 * that is due later still was put off by a clock that was ahead, or has been
 * set back since, and is due now.
 */
static const struct pf_err *
next(struct ingest *g, char crash[PF_ID_MAX + 1], int64_t *due)
{
	const struct pf_err *err;
	struct pf_q q;
	bool more = false;

	*due = -1;
	if ((err = pf_q(&q, g->db, "SELECT crash, 0 AS at FROM (SELECT crash "
	    "FROM hooks WHERE due > ? LIMIT 1) UNION ALL SELECT crash, due "
	    "FROM (SELECT crash, due FROM hooks ORDER BY due LIMIT 1) "
	    "ORDER BY at LIMIT 1", "i", pf_wall_ms() + PF_HOOK_LATER)) == NULL)
		err = pf_q_row(&q, &more);
	if (err == NULL && more) {
		pf_q_copy(&q, 0, crash, PF_ID_MAX + 1);
		*due = pf_q_int(&q, 1);
	}
	pf_q_done(&q);
	return err;
}

const struct pf_err *
hook_due(bool *is, struct ingest *g)
{
	const struct pf_err *err;
	char crash[PF_ID_MAX + 1];
	int64_t due;

	err = next(g, crash, &due);
	*is = due != -1 && due <= pf_wall_ms();
	return err;
}

/* One whose input was kept, if there is any by now. */
#define KEPT \
	"SELECT c.*, j.name AS job_name, k.name AS campaign, ?2 || '/' || " \
	"c.file_path AS input FROM crashes AS c JOIN jobs AS j ON j.id = " \
	"c.job_id JOIN campaigns AS k ON k.id = j.campaign WHERE c.id = " \
	"coalesce((SELECT b.first_crash FROM dropped AS d JOIN buckets AS b " \
	"ON b.id = d.bucket WHERE d.id = ?1 AND b.samples > 0), ?1)"
/* All that is known of one whose input was not. */
#define DROPPED \
	"SELECT d.type, d.signal, d.tool, d.stack, d.output, d.n AS count, " \
	"d.first_seen, d.last_seen, d.bucket, k.name AS campaign FROM " \
	"dropped AS d JOIN campaigns AS k ON k.id = d.campaign WHERE d.id = ?1"

static const struct pf_err *
tell_row(struct pf_buf *b, struct ingest *g, const char *sql,
    const char *types, const char *crash)
{
	const struct pf_err *err;
	struct pf_q q;
	bool more = false;

	if ((err = pf_q(&q, g->db, sql, types, crash,
	    g->conf->storage_path)) == NULL)
		err = pf_q_row(&q, &more);
	if (err == NULL && more)
		pf_row_json(b, NULL, &q);
	pf_q_done(&q);
	return err;
}

/* The crash in a file without a name. */
static const struct pf_err *
describe(struct ingest *g, const char *crash, int *fd)
{
	const struct pf_err *err;
	struct pf_buf b = PF_BUF_INIT;

	*fd = -1;
	if ((err = tell_row(&b, g, KEPT, "ss", crash)) == NULL && b.len == 0)
		err = tell_row(&b, g, DROPPED, "s", crash);
	pf_buf_addc(&b, '\n');
	if (err == NULL && (*fd = memfd_create("crash", MFD_CLOEXEC)) == -1)
		err = pf_errno("memory for a hook");
	if (err == NULL)
		err = pf_write_all(*fd, b.data, b.len, "a hook's input");
	if (err == NULL && lseek(*fd, 0, SEEK_SET) == -1)
		err = pf_errno("a hook's input");
	pf_buf_free(&b);
	return err;
}

static const struct pf_err *
start(struct ingest *g, struct hook *h)
{
	const struct pf_err *err;
	char *program = pf_strdup(g->conf->on_new_crash);
	int fd;

	h->one.ok = false;
	if ((err = describe(g, h->crash, &fd)) == NULL)
		err = tend_start(&h->one, program, fd,
		    g->conf->hook_timeout);
	if (fd != -1)
		close(fd);
	free(program);
	return err;
}

/* Tells the writer; a crash that is gone by now is no matter. */
static const struct pf_err *
report(struct ingest *g, const char *crash, bool ok)
{
	const struct pf_err *err;
	struct pf_buf line = PF_BUF_INIT;
	struct pf_json *reply = NULL;

	pf_jw_open(&line, NULL, '{');
	pf_jw_str(&line, "op", "hooked");
	pf_jw_str(&line, "crash", crash);
	pf_jw_bool(&line, "ok", ok);
	pf_jw_close(&line, '}');
	err = ask(g, &reply, line.data);
	pf_json_free(reply);
	pf_buf_free(&line);
	return err != NULL && refuses(err) ? NULL : err;
}

static void
complain(const struct ingest *g, const struct hook *h, const char *why)
{
	pf_warn("%s: crash %s: %s; it is tried again later",
	    g->conf->on_new_crash, h->crash, why);
}

void
hook_watch(struct ingest *g)
{
	struct hook *h = g->hook;

	if (h == NULL || h->one.pid == 0 || !tend_ended(&h->one))
		return;
	h->ended = true;
	if (!h->one.ok)
		complain(g, h, h->one.why);
}

/*
 * The minute of the rate and what was told in it stand in the file of the
 * lock, for whoever has it next.
 */
static const struct pf_err *
may_tell(bool *may, struct hook *h, const struct pf_conf *conf, int64_t now,
    int64_t *ms)
{
	char text[64] = "";
	long long minute = 0, told = 0;

	if (pread(h->lock, text, sizeof(text) - 1, 0) == -1)
		return pf_errno("read hooks.lock");
	/* After a boot the clock is another one. */
	if (sscanf(text, "%lld %lld", &minute, &told) != 2 || minute > now ||
	    now - minute >= MINUTE) {
		minute = now;
		told = 0;
	}
	*may = told < conf->hooks_per_minute;
	*ms = minute + MINUTE - now;
	if (!*may)
		return NULL;
	snprintf(text, sizeof(text), "%20lld %20lld\n", minute, told + 1);
	if (pwrite(h->lock, text, strlen(text), 0) == -1)
		return pf_errno("write hooks.lock");
	return NULL;
}

/* Starts what is due; *ms is when the next will be. */
static const struct pf_err *
start_due(struct ingest *g, struct hook *h, int64_t *ms)
{
	const struct pf_err *err;
	int64_t due;
	char why[PF_ERR_MSG];
	bool may;

	if ((err = next(g, h->crash, &due)) != NULL || due == -1)
		return err;
	*ms = due - pf_wall_ms();
	if (*ms > 0)
		return NULL;
	err = may_tell(&may, h, g->conf, pf_boot_ms(), ms);
	if (err != NULL || !may)
		return err;
	*ms = LOOK_MS;
	if ((err = start(g, h)) == NULL)
		return NULL;
	snprintf(why, sizeof(why), "%s", err->msg);
	complain(g, h, why);
	h->ended = true;
	return NULL;
}

/* False if another process does it. */
static const struct pf_err *
open_hook(bool *ours, struct ingest *g)
{
	const struct pf_err *err;
	char *path;

	*ours = true;
	if (g->hook == NULL) {
		g->hook = pf_calloc(1, sizeof(*g->hook));
		g->hook->lock = -1;
	}
	if (g->hook->lock != -1)
		return NULL;
	path = pf_asprintf("%s/metadata/hooks.lock", g->conf->storage_path);
	err = pf_lock(&g->hook->lock, path);
	free(path);
	*ours = err == NULL;
	return err != NULL && err->class == PF_BUSY ? NULL : err;
}

const struct pf_err *
hook_step(struct ingest *g, int64_t *ms)
{
	const struct pf_err *err;
	struct hook *h;
	bool ours;

	*ms = -1;
	if (g->conf->on_new_crash[0] == '\0')
		return NULL;
	if ((err = open_hook(&ours, g)) != NULL || !ours)
		return err;
	h = g->hook;
	hook_watch(g);
	if (h->one.pid == 0 && !h->ended)
		err = start_due(g, h, ms);
	/* Should the writer be away, it is told of the same end later. */
	if (err == NULL && h->ended &&
	    (err = report(g, h->crash, h->one.ok)) == NULL) {
		h->ended = false;
		*ms = 0;
	}
	if (h->one.pid != 0)
		*ms = LOOK_MS;
	return err;
}

void
hook_end(struct ingest *g)
{
	if (g->hook == NULL)
		return;
	if (g->hook->one.pid != 0)
		tend_end(&g->hook->one);
	if (g->hook->lock != -1)
		close(g->hook->lock);
	free(g->hook);
	g->hook = NULL;
}
