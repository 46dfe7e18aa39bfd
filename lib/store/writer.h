/*
 * The way to the writer: op lines to pf-sched and its replies.
 *
 * A connection to the socket of pf-sched serve; where nobody listens and the
 * caller allows it (command-line tools of the master's own user), one
 * "pf-sched apply" is run instead, found beside the running program or on
 * PATH.  The text of lines and replies is pf-ops(5).
 */
#ifndef PF_STORE_WRITER_H
#define PF_STORE_WRITER_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "codec/conf.h"
#include "codec/json.h"

#define PF_OP_MAX	65536	/* bytes of a line, newline included */

struct pf_writer;

/*
 * Connects.  Nobody there: PF_BUSY if fallback is false ("the writer is not
 * running"), else apply is started with -c conf (conf may be NULL).
 */
const struct pf_err	*pf_writer_open(struct pf_writer **,
			    const char *socket, bool fallback,
			    const char *conf);
void			 pf_writer_close(struct pf_writer *);

/*
 * Sends one op line (without newline) and waits at most timeout_ms for its
 * reply.  *reply is the parsed reply with "ok":true, owned by the caller; a
 * refusal becomes an error of its class and field.  After PF_BUSY for time
 * or a lost connection the effect is unknown; ops are safe to repeat.
 */
const struct pf_err	*pf_writer_op(struct pf_writer *,
			    struct pf_json **reply, const char *line,
			    int64_t timeout_ms);

/*
 * The same in parts, for several ops at once: their lines, then as many
 * replies in the same order.  pf_writer_line() adds one to those that
 * pf_writer_send() sends together; all of them, or of their replies, must find
 * room in a socket, which at least 64 KiB and a line do.
 */
const struct pf_err	*pf_writer_line(struct pf_buf *lines,
			    const char *line);
const struct pf_err	*pf_writer_send(struct pf_writer *,
			    const struct pf_buf *lines, int64_t timeout_ms);
const struct pf_err	*pf_writer_reply(struct pf_writer *,
			    struct pf_json **reply, int64_t timeout_ms);

/*
 * One op from the command line: opens (with fallback), sends, closes, and
 * tries again by [retry.bot_operation] when nobody was reached or the
 * connection was lost.  After [timeouts] request without an answer it does
 * not, and when the first answer was lost and the next says that the state
 * does not allow it (PF_CONFLICT, PF_STALE, PF_NOTFOUND), the op itself may
 * have made it so: both are PF_BUSY, and say that it may have been done.
 */
const struct pf_err	*pf_writer_ask(struct pf_json **reply,
			    const struct pf_conf *, const char *conf_path,
			    const char *line);

/*
 * True when the connection is gone: pf_writer_op() failed because of that,
 * not because the writer refused.  Only close and open anew help.
 */
bool			 pf_writer_lost(const struct pf_writer *);

/* Waits up to ms; false as soon as the other end has gone. */
bool			 pf_writer_there(struct pf_writer *, int64_t ms);

/* The error of a reply line that was parsed, NULL if it says ok. */
const struct pf_err	*pf_op_reply(const struct pf_json *);

#endif
