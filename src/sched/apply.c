/*
 * pf-sched apply: op lines from standard input, replies on standard output.
 *
 * To a writer that serves it is a client; without one it is the writer for
 * as long as its input lasts.  All lines that have arrived are one
 * transaction.
 */
#include <errno.h>
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
	bool			 refused;	/* some line was */
};

/* Replies go out after the commit; -q keeps the good ones back. */
static void
print(struct sink *s, const char *reply, size_t n)
{
	struct pf_json *j = NULL;
	bool ok = pf_json_parse(&j, reply, n) == NULL &&
	    pf_op_reply_err(j) == NULL;

	pf_json_free(j);
	if (!ok)
		s->refused = true;
	if (!ok || !s->quiet) {
		fwrite(reply, 1, n, stdout);
		fputc('\n', stdout);
	}
}

static void
print_all(struct sink *s, const struct pf_buf *replies)
{
	const char *p, *nl;

	for (p = replies->data; (nl = strchr(p, '\n')) != NULL; p = nl + 1)
		print(s, p, (size_t)(nl - p));
	fflush(stdout);
}

static const struct pf_err *
send_one(struct sink *s, struct pf_buf *replies, char *line, size_t n)
{
	const struct pf_err *err;
	struct pf_json *reply = NULL;

	if (s->remote == NULL)
		return writer_line(&s->own, replies, line, n);
	line[n] = '\0';
	err = pf_writer_op(s->remote, &reply, line, s->conf->request);
	if (err == NULL)
		pf_json_print(replies, reply);
	else if (err->class == PF_BUSY || err->class == PF_IO)
		return err;
	else {
		pf_op_refuse(replies, NULL, err);
		return NULL;
	}
	pf_buf_addc(replies, '\n');
	pf_json_free(reply);
	return NULL;
}

/* All whole lines of the buffer; at the end of input the last one too. */
static const struct pf_err *
batch(struct sink *s, struct pf_buf *in, bool eof)
{
	const struct pf_err *err = NULL;
	struct pf_buf replies = PF_BUF_INIT;
	size_t at = 0, n, lines = 0;
	char *nl;

	if (eof && in->len > 0 && in->data[in->len - 1] != '\n')
		pf_buf_addc(in, '\n');
	while (err == NULL && lines < BATCH_MAX && (nl = memchr(in->data + at,
	    '\n', in->len - at)) != NULL) {
		n = (size_t)(nl - (in->data + at));
		if (n >= PF_OP_MAX)
			pf_op_refuse(&replies, NULL, pf_err(PF_USAGE,
			    "op line longer than %d bytes", PF_OP_MAX));
		else if (n > 0)
			err = send_one(s, &replies, in->data + at, n);
		at += n + 1;
		lines++;
	}
	if (err == NULL && s->remote == NULL)
		err = writer_commit(&s->own);
	if (err == NULL)
		print_all(s, &replies);
	pf_buf_eat(in, at);
	pf_buf_free(&replies);
	return err;
}

/*
 * Somebody may hold the database and not listen yet, or not for long any
 * more: so it is asked in turn for a listener and for the lock, never waiting
 * for one of them alone.
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
		} while (err == NULL && strchr(in.data, '\n') != NULL);
		if (err == NULL && in.len > PF_OP_MAX)
			err = pf_err(PF_DATA, "op line longer than %d bytes",
			    PF_OP_MAX);
	}
	pf_buf_free(&in);
	return err;
}

const struct pf_err *
verb_apply(struct options *o, const struct pf_conf *conf, int argc,
    char *argv[])
{
	const struct pf_err *err;
	struct sink s = { .conf = conf, .quiet = o->quiet, .own.lock = -1 };

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
	if (err == NULL && s.refused)
		err = pf_err(PF_DATA, "%s", "");
	return err;
}
