/*
 * pf-sched serve: many clients, one transaction for all that wait.
 *
 * Each turn reads what every client has sent, executes the whole lines in
 * one transaction, commits, and only then answers.  When nothing in it needs
 * a sync (heartbeats), the answers go out at once and the transaction stays
 * open for the next turn, a second at the longest.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/num.h"
#include "codec/op.h"
#include "os/clock.h"
#include "os/fs.h"
#include "os/notify.h"
#include "os/sock.h"
#include "os/stop.h"
#include "sched/crowd.h"
#include "sched/sched.h"
#include "store/conffile.h"
#include "store/dbw.h"
#include "store/writer.h"

#define BATCH_MAX	2000		/* lines of a transaction */
#define EAR_MS		1000	/* that an ear may be late */
#define LAZY_MS		1000		/* what a heartbeat may wait */
#define GATHER_US	5000	/* at most, to fill a transaction */
#define AGAIN_MS	20	/* between two tries for the database */
#define IDLE_MS		INT64_C(30000)	/* on a socket that was handed over */

struct server {
	struct writer	 w;
	struct pf_conf	 conf;
	const char	*conf_path;
	struct crowd	 crowd;
	bool		 verbose;
	int64_t		 lazy_since;
	int64_t		 looked_at;	/* for a note that it is damaged */
	int64_t		 busy_at;	/* when a client was last there */
	int64_t		 idle_ms;	/* then a handed-over socket is left */
};

/* What the last op said of who sent it. */
static void
mark_ear(struct server *s, struct client *c)
{
	int heard = s->w.act.heard;

	if (heard == 0)
		return;
	if (c->ear != (heard > 0))
		s->w.act.hearing += heard;
	c->ear = heard > 0;
	c->heard_at = pf_boot_ms();
}

/*
 * Who hears for us: an ear that has not said so for more than a tick hangs,
 * and is as deaf as one that has gone.
 */
static const struct pf_err *
count_ears(struct server *s)
{
	int64_t old = s->w.act.hearing, now = pf_boot_ms();
	size_t i;

	s->w.act.hearing = 0;
	for (i = 0; i < s->crowd.n; i++)
		if (s->crowd.clients[i].ear && now -
		    s->crowd.clients[i].heard_at <= s->conf.tick + EAR_MS)
			s->w.act.hearing++;
	if (old == 0 || s->w.act.hearing > 0)
		return NULL;
	if (s->verbose)
		pf_note("bots are not heard any more: no tick counts");
	return writer_deafened(&s->w, "the last program that heard bots has "
	    "gone, or hangs");
}

static void
refuse_long(struct client *c)
{
	pf_op_refuse(&c->out, NULL, pf_err(PF_USAGE, "op line longer than %d "
	    "bytes", PF_OP_MAX));
}

/*
 * Executes one client's whole lines, so many at most.  An overlong one is
 * refused as soon as it is known to be, and the rest of it passed over.
 */
static const struct pf_err *
work(struct server *s, struct client *c, size_t most, size_t *lines)
{
	const struct pf_err *err = NULL;
	size_t at = 0, n;
	char *nl;

	for (most += *lines; err == NULL && *lines < most &&
	    c->out.len < CLIENT_OWED &&
	    (nl = memchr(c->in.data + at, '\n', c->in.len - at)) != NULL;
	    at += n + 1) {
		n = (size_t)(nl - (c->in.data + at));
		if (n >= PF_OP_MAX)
			refuse_long(c);
		else if (n > 0) {
			s->w.act.is_ear = c->ear;
			err = writer_line(&s->w, &c->out, c->in.data + at, n);
			mark_ear(s, c);
			++*lines;
		}
	}
	client_ate(c, at);
	if (c->in.len >= PF_OP_MAX && !client_has_line(c)) {
		refuse_long(c);
		client_ate(c, c->in.len);
		c->skips = true;
	}
	return err;
}

/*
 * The transaction failed: nobody is told that anything was done, and each of
 * its lines has an answer all the same.
 */
static void
refuse_all(struct server *s, const struct pf_err *err)
{
	struct client *c;

	pf_warn("transaction failed: %s", err->msg);
	for (c = s->crowd.clients; c < s->crowd.clients + s->crowd.n; c++) {
		if (c->out.len == c->mark)
			continue;
		pf_op_undone(&c->out, c->mark, err);
		c->ear = false;
	}
}

/*
 * Executes what all have sent; and as that needs a sync anyway, what has come
 * in meanwhile too, for as long as a sync takes: where it is dear many share
 * it, where it is cheap nobody waits for others.
 */
static const struct pf_err *
work_all(struct server *s)
{
	const struct pf_err *err = NULL;
	int64_t end = pf_boot_us() + (s->w.commit_us < GATHER_US ?
	    s->w.commit_us : GATHER_US);
	size_t i, lines = 0, before, most;

	do {
		before = lines;
		most = crowd_share(&s->crowd, BATCH_MAX);
		for (i = 0; i < s->crowd.n && err == NULL; i++)
			err = work(s, &s->crowd.clients[i], most, &lines);
	} while (err == NULL && lines > before && lines < BATCH_MAX &&
	    s->w.open && !s->w.lazy && pf_boot_us() < end &&
	    crowd_hear(&s->crowd, 0) == NULL);
	return err;
}

/* One turn of executing, committing and answering. */
static void
turn(struct server *s)
{
	const struct pf_err *err;
	bool was_open = s->w.open;

	if ((err = count_ears(s)) == NULL)
		err = work_all(s);
	if (!was_open && s->w.open)
		s->lazy_since = pf_boot_ms();
	if (err == NULL && s->w.open && (!s->w.lazy ||
	    pf_boot_ms() - s->lazy_since >= LAZY_MS))
		err = writer_commit(&s->w);
	if (err != NULL) {
		refuse_all(s, err);
		writer_abort(&s->w);
	}
	crowd_tell(&s->crowd);
	writer_rest(&s->w);
}

/*
 * Milliseconds until something is due without any client's doing; once a
 * second there is a look at ears and for a note of damage in any case.
 */
static int
patience(const struct server *s)
{
	int64_t left = LAZY_MS, now = pf_boot_ms(), due = INT64_MAX;
	const struct client *c;

	/* What was read already, and too much for one transaction. */
	for (c = s->crowd.clients; c < s->crowd.clients + s->crowd.n; c++)
		if (client_may_work(c))
			return 0;
	if (s->w.act.placing)
		return 0;
	if (s->w.open)
		due = s->lazy_since + LAZY_MS - now;
	else if (s->crowd.handed && s->crowd.n == 0)
		due = s->busy_at + s->idle_ms - now;
	if (due < left)
		left = due;
	return left < 0 ? 0 : (int)left;
}

/* Found by us, or noted by somebody who looked. */
static bool
damaged(struct server *s)
{
	int64_t now = pf_boot_ms();

	if (now - s->looked_at >= LAZY_MS) {
		s->looked_at = now;
		if (pf_dbw_condemned(s->conf.storage_path) != NULL)
			pf_db_damage(s->w.act.db);
	}
	return pf_db_damaged(s->w.act.db);
}

/* One turn of all; *go is false after one that nobody wants another of. */
static const struct pf_err *
loop_once(struct server *s, bool *go)
{
	const struct pf_err *err;
	bool was_open;

	if ((err = crowd_hear(&s->crowd, patience(s))) != NULL || damaged(s))
		return err;		/* nothing more is written */
	if (s->crowd.n > 0)
		s->busy_at = pf_boot_ms();
	turn(s);
	was_open = s->w.open;
	writer_place(&s->w);
	if (!was_open)
		s->lazy_since = pf_boot_ms();
	*go = !s->crowd.handed || s->crowd.n > 0 || s->w.open ||
	    s->w.act.placing || pf_boot_ms() - s->busy_at < s->idle_ms;
	return NULL;
}

/* SIGHUP: what is not a place takes effect with the next op. */
static void
reload(struct server *s)
{
	const struct pf_err *err;
	struct pf_conf conf;

	pf_reload = 0;
	if ((err = pf_conf_load(&conf, s->conf_path, NULL)) != NULL) {
		pf_warn("%s; the old configuration stays", err->msg);
		return;
	}
	if (strcmp(conf.storage_path, s->conf.storage_path) != 0 ||
	    strcmp(conf.sched_socket, s->conf.sched_socket) != 0) {
		pf_warn("another storage or socket takes a new start; the old "
		    "configuration stays");
		return;
	}
	s->conf = conf;
	pf_note("the configuration was read again");
}

/*
 * A pf-sched apply may have the database for a moment: that is waited for,
 * but another server is not.  It has no policy of retries: between the tries
 * there is a look for that server, the end is a time and not a number, and a
 * recovery that has had its own retries is not begun again.
 */
static const struct pf_err *
open_writer(struct server *s, const struct pf_conf *conf)
{
	const struct pf_err *err;
	int64_t end = pf_boot_ms() + conf->request;
	int fd;

	while ((err = writer_open(&s->w, conf, true)) != NULL &&
	    err->class == PF_BUSY && !s->w.gave_up && pf_boot_ms() < end &&
	    !pf_stopping) {
		if (!s->crowd.handed &&
		    pf_sock_connect_unix(&fd, conf->sched_socket) == NULL) {
			close(fd);
			break;
		}
		pf_sleep_ms(AGAIN_MS);
	}
	return err;
}

const struct pf_err *
verb_serve(struct options *o, const struct pf_conf *conf, int argc,
    char *argv[])
{
	const struct pf_err *err, *last;
	struct server s = { .crowd.listener = -1, .w.lock = -1,
	    .idle_ms = IDLE_MS };
	const char *idle = getenv("PF_SCHED_IDLE");
	bool go = true;

	(void)argv;
	if (argc != 1 || o->dry)
		usage();
	if (idle != NULL && (!pf_dur(&s.idle_ms, idle) || s.idle_ms < 1))
		return pf_err(PF_CONFIG, "PF_SCHED_IDLE=%s is not a duration",
		    idle);
	pf_stop_catch();
	pf_reload_catch();
	s.conf = *conf;
	s.conf_path = o->conf_path;
	s.verbose = o->verbose;
	s.crowd.handed = pf_sock_kind(STDIN_FILENO) == PF_SOCK_LISTENS;
	/* The lock first: whoever connects must find a writer. */
	if ((err = open_writer(&s, &s.conf)) != NULL ||
	    (err = crowd_open(&s.crowd, conf->sched_socket)) != NULL)
		goto done;
	s.busy_at = pf_boot_ms();
	s.w.act.placing = s.w.act.places = true;
	if (o->verbose)
		pf_note("serving on %s", s.crowd.handed ? "standard input" :
		    conf->sched_socket);
	pf_notify("READY=1");
	while (!pf_stopping && !damaged(&s) && go &&
	    (err = loop_once(&s, &go)) == NULL)
		if (pf_reload)
			reload(&s);
	pf_notify("STOPPING=1");
	/* What was answered from memory is written before the end. */
	last = damaged(&s) ? writer_damaged(&s.w) : writer_commit(&s.w);
	err = err != NULL ? err : last;
	if (!s.crowd.handed)
		unlink(conf->sched_socket);
	crowd_finish(&s.crowd);
done:
	crowd_close(&s.crowd);
	writer_close(&s.w);
	return err;
}
