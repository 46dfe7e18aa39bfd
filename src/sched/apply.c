/*
 * pf-sched apply: op lines from standard input, replies on standard output.
 *
 * To a writer that serves it is a client; without one it is the writer for
 * as long as its input lasts.  All lines that have arrived are one
 * transaction; if it fails each of them has its answer, and the next begins
 * anew.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "codec/op.h"
#include "os/clock.h"
#include "os/sock.h"
#include "sched/sched.h"
#include "store/writer.h"

#define BATCH_MAX	2000
#define AGAIN_MS	20	/* between two looks for a way to the writer */

/* Where lines go: a server, or our own transaction. */
struct sink {
	struct pf_writer	*remote;
	struct writer		 own;
	const struct pf_conf	*conf;
	bool			 quiet;
	bool			 refused;	/* some line was, and */
	enum pf_class		 why;		/* the status for that */
	struct pf_err		 failed;	/* the first transaction that
						 * did, or class 0 */
	bool			 skipping;	/* an overlong line's rest */
	int64_t			 line;		/* read so far */
	struct pf_buf		 asked;		/* int64_t: lines to answer */
};

static void
ask_for(struct sink *s)
{
	pf_buf_add(&s->asked, &s->line, sizeof(s->line));
}

static bool
is_good(const char *reply, size_t n)
{
	static const char good[] = "{\"ok\":true";
	struct pf_json *j = NULL;
	bool ok;

	/* So pf_op_begin() begins it; to read all of it costs as much as to
	 * make it. */
	if (n >= sizeof(good) && memcmp(reply, good, sizeof(good) - 1) == 0)
		return true;
	ok = pf_json_parse(&j, reply, n) == NULL && pf_op_reply_err(j) == NULL;
	pf_json_free(j);
	return ok;
}

/*
 * Replies go out after the commit; -q keeps the good ones back.  A refusal
 * names the line of the input.
 */
static void
print(struct sink *s, int64_t line, const char *reply, size_t n)
{
	bool ok = is_good(reply, n);

	if (!ok)
		s->refused = true;
	if (!ok)
		printf("{\"line\":%" PRId64 ",", line);
	if (!ok || !s->quiet) {
		fwrite(reply + !ok, 1, n - !ok, stdout);
		fputc('\n', stdout);
	}
}

static void
print_all(struct sink *s, const struct pf_buf *replies)
{
	const char *p, *nl;
	int64_t line = 0;
	size_t i = 0;

	for (p = replies->data; (nl = strchr(p, '\n')) != NULL; p = nl + 1) {
		if (i + sizeof(line) <= s->asked.len)
			memcpy(&line, s->asked.data + i, sizeof(line));
		i += sizeof(line);
		print(s, line, p, (size_t)(nl - p));
	}
	pf_buf_reset(&s->asked);
	fflush(stdout);
}

static const struct pf_err *
send_one(struct sink *s, struct pf_buf *replies, char *line, size_t n)
{
	const struct pf_err *err;
	struct pf_json *reply = NULL;

	if (s->remote == NULL)
		return writer_line(&s->own, replies, line, n);
	/* It would end the line for the server, who would wait for more. */
	if (memchr(line, '\0', n) != NULL) {
		pf_op_refuse(replies, NULL, pf_err(PF_USAGE, "not an op line: "
		    "it holds a NUL byte"));
		return NULL;
	}
	line[n] = '\0';
	err = pf_writer_op(s->remote, &reply, line, s->conf->request);
	if (err == NULL)
		pf_json_print(replies, reply);
	else if (pf_writer_lost(s->remote))
		return err;
	else {
		if (err->class == PF_BUSY || err->class == PF_FULL ||
		    err->class == PF_IO)
			s->why = err->class;
		pf_op_refuse(replies, NULL, err);
		return NULL;
	}
	pf_buf_addc(replies, '\n');
	pf_json_free(reply);
	return NULL;
}

static void
too_long(struct sink *s, struct pf_buf *replies)
{
	ask_for(s);
	pf_op_refuse(replies, NULL, pf_err(PF_USAGE, "op line longer than %d "
	    "bytes", PF_OP_MAX));
}

/* It is not even tried, as its transaction cannot begin; for its seq. */
static void
refuse(struct pf_buf *replies, const char *line, size_t n,
    const struct pf_err *why)
{
	struct pf_json *req = NULL;

	(void)pf_json_parse(&req, line, n);
	pf_op_refuse(replies, req, why);
	pf_json_free(req);
}

/*
 * The transaction of our own has failed.  There may be room for the next, or
 * somebody has let the database go; but what is damaged stays so.
 */
static const struct pf_err *
failed(struct sink *s, const struct pf_err *err)
{
	if (s->failed.class == PF_OK)
		s->failed = *err;
	s->why = err->class;
	writer_abort(&s->own);
	return pf_db_damaged(s->own.act.db) ? err : NULL;
}

/* All whole lines of the buffer; at the end of input the last one too. */
static const struct pf_err *
batch(struct sink *s, struct pf_buf *in, bool eof)
{
	const struct pf_err *err = NULL;
	struct pf_buf replies = PF_BUF_INIT;
	size_t at = 0, n, lines = 0;
	bool own = s->remote == NULL;
	char *nl;

	if (eof && (s->skipping || (in->len > 0 &&
	    in->data[in->len - 1] != '\n')))
		pf_buf_addc(in, '\n');
	/* To wait for the database once is enough for all of them. */
	while ((err == NULL || (own && err->class == PF_BUSY)) &&
	    lines < BATCH_MAX && (nl = memchr(in->data + at, '\n', in->len -
	    at)) != NULL) {
		n = (size_t)(nl - (in->data + at));
		s->line++;
		if (s->skipping || n >= PF_OP_MAX)
			too_long(s, &replies);
		else if (n > 0) {
			ask_for(s);
			if (err == NULL)
				err = send_one(s, &replies, in->data + at, n);
			else
				refuse(&replies, in->data + at, n, err);
		}
		s->skipping = false;
		at += n + 1;
		lines++;
	}
	if (err == NULL && own)
		err = writer_commit(&s->own);
	if (err != NULL && own) {
		pf_op_undone(&replies, 0, err);
		err = failed(s, err);
	}
	/* What a server has answered is so, whatever became of the next. */
	print_all(s, &replies);
	pf_buf_eat(in, at);
	pf_buf_free(&replies);
	return err;
}

/*
 * Somebody may hold the database and not listen yet, or not for long any
 * more: so it is asked in turn for a listener and for the lock, never waiting
 * for one of them alone.  The [retry] policies are for what is away; here the
 * pauses stay short, and a time is the end of it.
 */
static const struct pf_err *
open_sink(struct sink *s)
{
	const struct pf_err *err;
	int64_t end = pf_boot_ms() + s->conf->request;

	for (;;) {
		err = pf_writer_open(&s->remote, s->conf->sched_socket, false,
		    NULL);
		if (err == NULL)
			return NULL;
		s->remote = NULL;
		if (err->class != PF_BUSY && err->class != PF_NOTFOUND)
			return err;
		err = writer_open(&s->own, s->conf, false);
		if (err == NULL || err->class != PF_BUSY ||
		    pf_boot_ms() >= end)
			return err;
		pf_sleep_ms(AGAIN_MS);
	}
}

static const struct pf_err *
run(struct sink *s)
{
	const struct pf_err *err = NULL;
	struct pf_buf in = PF_BUF_INIT;
	ssize_t n = 1;

	while (err == NULL && n > 0) {
		n = read(STDIN_FILENO, pf_buf_room(&in, PF_OP_MAX),
		    PF_OP_MAX);
		if (n == -1 && errno == EINTR) {
			n = 1;
			continue;
		}
		if (n == -1)
			err = pf_errno("read standard input");
		else
			pf_buf_grew(&in, (size_t)n);
		do {
			if (err == NULL)
				err = batch(s, &in, n == 0);
		} while (err == NULL && memchr(in.data, '\n', in.len) != NULL);
		/* What is too long is not kept; its end will be found. */
		if (s->skipping || in.len > PF_OP_MAX) {
			s->skipping = true;
			pf_buf_reset(&in);
		}
	}
	pf_buf_free(&in);
	return err;
}

const struct pf_err *
verb_apply(struct options *o, const struct pf_conf *conf, int argc,
    char *argv[])
{
	const struct pf_err *err;
	struct sink s = { .conf = conf, .quiet = o->quiet, .own.lock = -1,
	    .why = PF_DATA,
	    .asked = PF_BUF_INIT };

	(void)argv;
	if (argc != 1)
		usage();
	if ((err = open_sink(&s)) == NULL)
		err = run(&s);
	if (s.own.act.db != NULL && pf_db_damaged(s.own.act.db))
		err = writer_damaged(&s.own);
	if (s.remote != NULL)
		pf_writer_close(s.remote);
	else
		writer_close(&s.own);
	pf_buf_free(&s.asked);
	if (err == NULL && s.refused)
		err = pf_err(s.why, "%s", s.failed.msg);
	return err;
}
