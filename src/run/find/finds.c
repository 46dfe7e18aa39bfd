/*
 * From what an engine found to records in the outbox.
 *
 * The finds of one look at the engine gather in packs.  An input is sent
 * once a run, by content, and never if it came from the master; what the
 * master has already it counts itself.
 */
#include <sys/stat.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "codec/rec.h"
#include "codec/trace.h"
#include "os/clock.h"
#include "os/fs.h"
#include "run/check/check.h"
#include "run/health/health.h"
#include "store/spool.h"

#define OUTPUT_MAX	PF_TRACE_SENT	/* escaped, a header still holds them */

#define GATHER_MAX	(1 << 20)	/* bytes of a pack, but for its last
				 * record: it is in memory, here and when it is
				 * sent, and so are its verdicts */
#define FRESH_MS	100	/* a file as old as that is whole */

#define HANG		"the target did not end in time, and not when it was "\
			"given more"
#define NOT_AGAIN	"the input alone did not crash the target again"
#define UNRUN		"it was not run again for its report: there was no "\
			"time left for that"
#define UNRUN_SAID	"crashes are filed without being run again for their "\
			"reports: there is no time left for that"

/* The members every record of this job has. */
static void
start_record(struct fuzz *f, struct pf_rec *r, enum pf_kind kind)
{
	int64_t now = pf_wall_ms();

	*r = (struct pf_rec){ .kind = kind, .epoch = f->job->epoch,
	    .attempt = f->job->attempt, .time = now };
	snprintf(r->job, sizeof(r->job), "%s", f->job->id);
	snprintf(r->bot, sizeof(r->bot), "%s", f->slot->bot);
	snprintf(r->inc, sizeof(r->inc), "%s", f->slot->inc);
	/* Grows even over a restart, without a file of its own. */
	f->slot->seq = now * 1000 > f->slot->seq ? now * 1000 :
	    f->slot->seq + 1;
	r->seq = f->slot->seq;
}

static bool
pack_full(const struct fuzz *f)
{
	int64_t most = f->slot->conf->pack_size / 2;

	if (most > GATHER_MAX)
		most = GATHER_MAX;
	return (int64_t)f->pack.len > most;
}

/* {..."a":1} without its brackets, as pf_rec_frame() wants it. */
static void
put_record(struct fuzz *f, struct pf_rec *r, struct pf_buf *fields)
{
	const struct pf_err *err;

	pf_rec_frame(&f->pack, r, fields->len > 1 ? fields->data + 1 : "");
	pf_buf_free(fields);
	/* A pack is bounded: what is too much goes on its way now. */
	if (pack_full(f) && (err = find_flush(f)) != NULL)
		pf_warn("%s: outbox: %s", f->slot->name, err->msg);
}

/* What is known of a crash, from its report or from a run of its own. */
struct crash {
	struct pf_trace	 trace;
	struct pf_buf	 log;
	const char	*report;
	size_t		 len;
	int		 signal, exit_code;
	const char	*type;
	bool		 hung;
	const char	*none;		/* why there is no report, NULL */
};

/* A run by itself, for its signal and its report; NOT_AGAIN and UNRUN are for
 * where there is none. */
static void
run_alone(struct fuzz *f, const struct pf_rec *rec, struct crash *c)
{
	struct rerun r = { .log = PF_BUF_INIT };
	const struct pf_err *err;

	if (!rerun_may(f))
		r.cut = true;
	else if ((err = rerun_input(f, rec->body, rec->len, &r)) != NULL) {
		pf_warn("%s: %s", f->slot->name, err->msg);
		return;
	}
	c->log = r.log;
	c->report = c->log.data;
	c->len = c->log.len;
	if (r.cut) {
		f->unrun = true;
		c->none = UNRUN;
		return;
	}
	c->hung = r.timed_out;
	if (r.signal != 0 && !r.timed_out)
		c->signal = r.signal;
	c->exit_code = r.exit_code;
	if (r.signal == 0 && r.exit_code == 0 && !r.timed_out)
		c->none = NOT_AGAIN;
}

static void
look_at_crash(struct fuzz *f, const struct find *found,
    const struct pf_rec *rec, struct crash *c)
{
	*c = (struct crash){ .log = PF_BUF_INIT, .report = found->report,
	    .len = found->report_len, .signal = found->signal,
	    .exit_code = found->exit_code };
	/* The engine waited for its end twice: not a third time. */
	if (found->hang) {
		c->hung = true;
		c->report = HANG;
		c->len = strlen(HANG);
	} else if (c->report == NULL && f->files->target != NULL)
		run_alone(f, rec, c);
	pf_trace_parse(&c->trace, c->report, c->len);
	if (c->signal == 0)
		c->signal = c->trace.signal;
	if (c->trace.type[0] != '\0')
		c->type = c->trace.type;
	else if (c->hung)
		c->type = "timeout";
	else if (found->type != NULL && *found->type != '\0')
		c->type = found->type;
	else
		c->type = c->signal != 0 ? pf_trace_signal(c->signal) :
		    "unknown";
	c->report += c->trace.offset;
	c->len -= c->trace.offset;
	if (c->none != NULL && c->trace.tool[0] == '\0') {
		c->report = c->none;
		c->len = strlen(c->none);
	}
	if (c->len > OUTPUT_MAX)
		c->len = OUTPUT_MAX;
}

static void
add_int(struct pf_buf *b, const char *key, int64_t v)
{
	if (v >= 0)
		pf_jw_int(b, key, v);
}

/* Where it came from, for people who follow a crash back. */
static void
add_origin(struct pf_buf *b, const struct origin *o)
{
	if (o == NULL)
		return;
	if (*o->op != '\0')
		pf_jw_str(b, "op", o->op);
	add_int(b, "found_ms", o->ms);
	add_int(b, "found_execs", o->execs);
	if (o->parent[0] != '\0')
		pf_jw_str(b, "parent", o->parent);
}

static const char *
target_hash(const struct job *j)
{
	size_t i;

	for (i = 0; i < j->nblobs; i++)
		if (strcmp(j->blobs[i].kind, "target") == 0)
			return j->blobs[i].sha256;
	return "";
}

void
find_put(struct fuzz *f, enum pf_kind kind, const struct pf_buf *body,
    struct pf_buf *fields, const char *key)
{
	struct pf_rec r;

	start_record(f, &r, kind);
	r.body = body->data;
	r.len = (int64_t)body->len;
	/* Before the record: that may be what fills the pack. */
	if (key != NULL)
		pf_buf_addf(&f->keys, "%s\n", key);
	put_record(f, &r, fields);
}

static void
crash_record(struct fuzz *f, const struct find *found, struct pf_rec *r,
    const char *hash)
{
	struct pf_buf b = PF_BUF_INIT, command = PF_BUF_INIT;
	struct crash c;

	look_at_crash(f, found, r, &c);
	check_note(f, hash, r->body, (size_t)r->len, &c.trace, c.type,
	    c.signal);
	rerun_command(&command, f->job, f->built);
	pf_jw_open(&b, NULL, '{');
	pf_jw_str(&b, "hash", hash);
	pf_jw_int(&b, "size", r->len);
	pf_jw_str(&b, "type", c.type);
	pf_jw_int(&b, "signal", c.signal);
	pf_jw_int(&b, "exit_code", c.exit_code);
	pf_jw_str(&b, "tool", c.trace.tool[0] != '\0' ? c.trace.tool :
	    "signal");
	pf_jw_str(&b, "stack", c.trace.stack);
	pf_jw_strn(&b, "output", c.report, c.len);
	pf_jw_str(&b, "command", command.data);
	pf_jw_str(&b, "engine", f->job->engine);
	pf_jw_str(&b, "target_hash", target_hash(f->job));
	add_int(&b, "run_seed", f->run_seed);
	pf_jw_str(&b, "file_path", found->name);
	add_origin(&b, found->origin);
	put_record(f, r, &b);
	pf_buf_free(&command);
	pf_buf_free(&c.log);
}

static void
corpus_record(struct fuzz *f, const struct find *found, struct pf_rec *r,
    const char *hash)
{
	struct pf_buf b = PF_BUF_INIT;

	pf_jw_open(&b, NULL, '{');
	pf_jw_str(&b, "hash", hash);
	pf_jw_int(&b, "size", r->len);
	pf_jw_str(&b, "name", found->name);
	pf_jw_str(&b, "engine", f->job->engine);
	put_record(f, r, &b);
}

/* What the set of inputs calls one. */
static void
make_key(char key[PF_SHA_TEXT + 1], bool crash, const char *hash)
{
	snprintf(key, PF_SHA_TEXT + 1, "%c%.64s", crash ? '!' : '+', hash);
}

bool
find_known(struct fuzz *f, const char *hash)
{
	char key[PF_SHA_TEXT + 1];

	make_key(key, false, hash);
	return seen_add(&f->inputs, key);
}

bool
find_is_known(const struct fuzz *f, const char *hash)
{
	char key[PF_SHA_TEXT + 1];

	make_key(key, false, hash);
	return seen_has(&f->inputs, key);
}

bool
find_has_crashed(const struct fuzz *f, const char *hash)
{
	char key[PF_SHA_TEXT + 1];

	make_key(key, true, hash);
	return seen_has(&f->inputs, key);
}

/* A record of it, unless its content went that way before. */
static void
send_input(struct fuzz *f, const struct find *found, const struct pf_buf *body)
{
	struct pf_rec r;
	char hash[PF_SHA_TEXT], key[PF_SHA_TEXT + 1];

	pf_sha256(hash, body->data, body->len);
	make_key(key, found->crash, hash);
	if (found->crash)
		f->found_crashes++;
	if (!seen_add(&f->inputs, key))
		return;
	f->found++;
	start_record(f, &r, found->crash ? PF_KIND_CRASH : PF_KIND_CORPUS);
	r.body = body->data;
	r.len = body->len;
	/* Before the record: that may be what fills the pack. */
	pf_buf_addf(&f->keys, "%s\n", key);
	if (found->crash)
		crash_record(f, found, &r, hash);
	else
		corpus_record(f, found, &r, hash);
}

/* True while the engine may still be writing it. */
static bool
fresh(const struct fuzz *f, const char *path)
{
	struct stat st;
	int64_t age;

	if (!engine_alive(f) || lstat(path, &st) == -1)
		return false;
	age = pf_wall_ms() - (int64_t)st.st_mtim.tv_sec * 1000 -
	    st.st_mtim.tv_nsec / 1000000;
	return age >= 0 && age < FRESH_MS;
}

/* Not while a record is made: this is one, too. */
static void
say_unrun(struct fuzz *f)
{
	f->unrun_said = true;
	pf_warn("%s: job %s: " UNRUN_SAID, f->slot->name, f->job->id);
	find_say(f, UNRUN_SAID);
}

const struct pf_err *
find_file(struct fuzz *f, const struct find *found)
{
	const struct pf_err *err;
	const struct pf_conf *conf = f->slot->conf;
	int64_t max = found->crash ? conf->crash_size : conf->corpus_size;
	struct pf_buf body = PF_BUF_INIT;

	if (fresh(f, found->path))
		return pf_err(PF_NO, "%s is being written", found->path);
	/* What cannot be laid down stays where it is. */
	if (pack_full(f) && (err = find_flush(f)) != NULL)
		return pf_err(PF_NO, "outbox: %s", err->msg);
	err = pf_slurp_in(&body, f->dir, found->path, (size_t)max);
	if (err != NULL && err->class == PF_NOTFOUND)
		err = NULL;	/* libFuzzer replaced it by a smaller one */
	else if (err != NULL && (err->class == PF_DATA ||
	    err->class == PF_DENIED || err->class == PF_IO)) {
		/* A target may see to that: the others are taken all the
		 * same, and this one is not looked at for ever. */
		pf_warn("%s: not sent: %s", f->slot->name, err->msg);
		err = NULL;
	} else if (err == NULL)
		send_input(f, found, &body);
	if (f->unrun && !f->unrun_said)
		say_unrun(f);
	pf_buf_free(&body);
	f->looked += err == NULL;
	return err;
}

static void
add_real(struct pf_buf *b, const char *key, double v)
{
	if (v >= 0)
		pf_jw_real(b, key, v);
}

void
find_numbers(struct fuzz *f, bool coverage)
{
	const struct numbers *n = &f->now;
	char health[PF_VERDICTS_TEXT];
	struct pf_buf b = PF_BUF_INIT;
	struct pf_rec r;

	if (pack_full(f))
		return;
	start_record(f, &r, PF_KIND_STATUS);
	pf_jw_open(&b, NULL, '{');
	add_int(&b, "executions", n->execs);
	add_real(&b, "execs_per_sec", n->execs_per_sec);
	add_int(&b, "edges", n->edges);
	add_int(&b, "total_edges", n->total_edges);
	add_int(&b, "corpus_count", n->corpus);
	add_int(&b, "crash_count", n->crashes);
	add_int(&b, "hang_count", n->hangs);
	add_int(&b, "peak_rss_mb", n->rss_mb);
	add_real(&b, "stability", n->stability);
	pf_jw_str(&b, "state", f->over ? f->result : "running");
	health_text(health, f);
	pf_jw_str(&b, "health", health);
	put_record(f, &r, &b);
	if (!coverage || n->edges < 0)
		return;
	start_record(f, &r, PF_KIND_COVERAGE);
	pf_jw_open(&b, NULL, '{');
	pf_jw_int(&b, "edges", n->edges);
	pf_jw_int(&b, "exec_count", n->execs >= 0 ? n->execs : 0);
	add_real(&b, "execs_per_sec", n->execs_per_sec);
	add_int(&b, "corpus_count", n->corpus);
	add_int(&b, "crash_count", n->crashes);
	put_record(f, &r, &b);
}

static void
log_record(struct fuzz *f, const struct pf_buf *text, int64_t at)
{
	struct pf_buf b = PF_BUF_INIT;
	struct pf_rec r;

	start_record(f, &r, PF_KIND_LOG);
	r.body = text->data;
	r.len = text->len;
	pf_jw_open(&b, NULL, '{');
	pf_jw_int(&b, "offset", at);
	put_record(f, &r, &b);
}

void
find_log(struct fuzz *f)
{
	struct pf_buf text = PF_BUF_INIT;
	int64_t at;

	if (!pack_full(f) && find_log_next(f, &text, &at) > 0)
		log_record(f, &text, at);
	pf_buf_free(&text);
}

void
find_say(struct fuzz *f, const char *line)
{
	struct pf_buf text = PF_BUF_INIT;

	pf_buf_addf(&text, "pf-run: %s\n", line);
	if (!pack_full(f))
		log_record(f, &text, find_log_place(f, text.len));
	pf_buf_free(&text);
}

const struct pf_err *
find_flush(struct fuzz *f)
{
	const struct pf_err *err;
	struct pf_spool_file out;

	if (f->pack.len == 0)
		return NULL;
	if ((err = pf_spool_begin(&out, f->slot->outbox)) == NULL &&
	    (err = pf_spool_write(&out, f->pack.data, f->pack.len)) == NULL) {
		sent_before(f, out.name);
		err = pf_spool_commit(&out, NULL);
	}
	pf_spool_abort(&out);
	/* On failure the frames stay for the next try: nothing is lost. */
	if (err == NULL) {
		f->slot->waits_packs++;
		f->slot->waits_bytes += (int64_t)f->pack.len;
		sent_after(f);
		pf_buf_reset(&f->pack);
	}
	return err;
}
