/*
 * For unit tests of acts: one database in act, ops one by one, rows to look
 * at.  To be included once, after tap.h.
 */
#ifndef PF_T_ACTS_H
#define PF_T_ACTS_H

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "act/act.h"
#include "codec/op.h"

static struct pf_act act;

/* One op; the class of its refusal or PF_OK, its reply in *j. */
static enum pf_class __attribute__((format(printf, 2, 3)))
op(struct pf_json **j, const char *fmt, ...)
{
	struct pf_buf line = PF_BUF_INIT, reply = PF_BUF_INIT;
	const struct pf_err *err;
	enum pf_class class = PF_OK;
	char text[1024];
	va_list ap;
	bool lazy;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	pf_buf_adds(&line, text);
	*j = NULL;
	if (pf_act_line(&act, &reply, line.data, line.len, &lazy) != NULL ||
	    pf_act_close(&act) != NULL ||
	    pf_json_parse(j, reply.data, reply.len) != NULL)
		class = PF_BUG;
	else if ((err = pf_op_reply_err(*j)) != NULL)
		class = err->class;
	pf_buf_free(&line);
	pf_buf_free(&reply);
	return class;
}

/* Status and number of a row by id; what differs is said. */
static inline bool
row_is(const char *sql, const char *id, const char *status, int64_t n)
{
	struct pf_q q = PF_Q_INIT;
	bool more = false, good;

	good = pf_q(&q, act.db, sql, "s", id) == NULL &&
	    pf_q_row(&q, &more) == NULL && more &&
	    strcmp(pf_q_text(&q, 0), status) == 0 && pf_q_int(&q, 1) == n;
	if (!good)
		fprintf(stderr, "# %s: %s %d, expected %s %d\n", id, more ?
		    pf_q_text(&q, 0) : "", more ? (int)pf_q_int(&q, 1) : 0,
		    status, (int)n);
	pf_q_done(&q);
	return good;
}

#endif
