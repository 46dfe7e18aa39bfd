/*
 * From what an engine found to records in the outbox.
 *
 * All finds of one look at the engine gather in one pack.  An input is sent
 * once a run, by content, and never if it came from the master; what the
 * master has already it counts itself.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "codec/rec.h"
#include "codec/trace.h"
#include "os/clock.h"
#include "os/fs.h"
#include "run/engine.h"
#include "store/spool.h"

#define OUTPUT_MAX	8192	/* bytes of a report that travel; escaped, a
				 * header still holds them */

#define NOT_AGAIN	"the input alone did not crash the target again"

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

/* {..."a":1} without its brackets, as pf_rec_frame() wants it. */
static void
put_record(struct fuzz *f, struct pf_rec *r, struct pf_buf *fields)
{
	const struct pf_err *err;

	pf_rec_frame(&f->pack, r, fields->len > 1 ? fields->data + 1 : "");
	pf_buf_free(fields);
	/* A pack is bounded: what is too much goes on its way now. */
	if ((int64_t)f->pack.len > f->slot->conf->pack_size / 2 &&
	    (err = find_flush(f)) != NULL)
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
};

static void
look_at_crash(struct fuzz *f, const struct find *found, struct crash *c)
{
	struct rerun r = { .log = PF_BUF_INIT };
	const struct pf_err *err;
	bool hung = false, alone = false;

	*c = (struct crash){ .log = PF_BUF_INIT, .report = found->report,
	    .len = found->report_len, .signal = found->signal,
	    .exit_code = found->exit_code };
	if (c->report == NULL) {
		if ((err = rerun_input(f, found->path, &r)) != NULL)
			pf_warn("%s: %s", f->slot->name, err->msg);
		else {
			hung = r.timed_out;
			if (r.signal != 0 && !hung)
				c->signal = r.signal;
			c->exit_code = r.exit_code;
			alone = true;
		}
		c->log = r.log;
		c->report = c->log.data;
		c->len = c->log.len;
	}
	pf_trace_parse(&c->trace, c->report, c->len);
	if (c->signal == 0)
		c->signal = c->trace.signal;
	if (c->trace.type[0] != '\0')
		c->type = c->trace.type;
	else if (hung)
		c->type = "timeout";
	else
		c->type = c->signal != 0 ? pf_trace_signal(c->signal) :
		    "unknown";
	c->report += c->trace.offset;
	c->len -= c->trace.offset;
	if (alone && r.signal == 0 && r.exit_code == 0 && !hung) {
		c->report = NOT_AGAIN;
		c->len = strlen(NOT_AGAIN);
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

static const char *
target_hash(const struct job *j)
{
	size_t i;

	for (i = 0; i < j->nblobs; i++)
		if (strcmp(j->blobs[i].kind, "target") == 0)
			return j->blobs[i].sha256;
	return "";
}

static void
crash_record(struct fuzz *f, const struct find *found, struct pf_rec *r,
    const char *hash)
{
	struct pf_buf b = PF_BUF_INIT, command = PF_BUF_INIT;
	struct crash c;

	look_at_crash(f, found, &c);
	rerun_command(&command, f->job);
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

const struct pf_err *
find_file(struct fuzz *f, const struct find *found)
{
	const struct pf_err *err;
	const struct pf_conf *conf = f->slot->conf;
	int64_t max = found->crash ? conf->crash_size : conf->corpus_size;
	struct pf_buf body = PF_BUF_INIT;
	struct pf_rec r;
	char hash[PF_SHA_TEXT], key[PF_SHA_TEXT + 1];

	err = pf_slurp(&body, found->path, (size_t)max);
	if (err != NULL && err->class == PF_NOTFOUND)
		err = NULL;	/* libFuzzer replaced it by a smaller one */
	else if (err != NULL && err->class == PF_DATA) {
		pf_warn("%s: not sent: %s", f->slot->name, err->msg);
		err = NULL;
	} else if (err == NULL) {
		pf_sha256(hash, body.data, body.len);
		make_key(key, found->crash, hash);
		if (found->crash)
			f->found_crashes++;
		if (seen_add(&f->inputs, key)) {
			start_record(f, &r, found->crash ? PF_KIND_CRASH :
			    PF_KIND_CORPUS);
			r.body = body.data;
			r.len = body.len;
			if (found->crash)
				crash_record(f, found, &r, hash);
			else
				corpus_record(f, found, &r, hash);
		}
	}
	pf_buf_free(&body);
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
	struct pf_buf b = PF_BUF_INIT;
	struct pf_rec r;

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

void
find_log(struct fuzz *f)
{
	struct pf_buf b = PF_BUF_INIT, text = PF_BUF_INIT;
	struct pf_rec r;
	int64_t at;

	if (find_log_next(f, &text, &at) > 0) {
		start_record(f, &r, PF_KIND_LOG);
		r.body = text.data;
		r.len = text.len;
		pf_jw_open(&b, NULL, '{');
		pf_jw_int(&b, "offset", at);
		put_record(f, &r, &b);
	}
	pf_buf_free(&text);
}

const struct pf_err *
find_flush(struct fuzz *f)
{
	const struct pf_err *err;

	if (f->pack.len == 0)
		return NULL;
	/* On failure the frames stay for the next try: nothing is lost. */
	if ((err = pf_spool_put(f->slot->outbox, f->pack.data, f->pack.len,
	    NULL)) == NULL)
		pf_buf_reset(&f->pack);
	return err;
}
