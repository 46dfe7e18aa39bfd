/*
 * The op lines of pf-registry: made, sent to the writer, and what of the
 * reply is worth printing.
 */
#include <stdio.h>

#include "codec/json.h"
#include "registry/registry.h"
#include "store/writer.h"

static void
begin(struct pf_buf *b, const char *op, const char *bot)
{
	pf_jw_open(b, NULL, '{');
	pf_jw_int(b, "v", 1);
	pf_jw_str(b, "op", op);
	if (bot != NULL)
		pf_jw_str(b, "bot", bot);
}

/*
 * Ends the line and sends it; frees it.  *reply stays NULL when there is
 * nothing more to print: after a dry run, and with -j, which shows it whole.
 */
static const struct pf_err *
send_op(struct pf_json **reply, struct registry *g, struct pf_buf *b)
{
	const struct pf_err *err;
	struct pf_buf text = PF_BUF_INIT;

	*reply = NULL;
	pf_jw_close(b, '}');
	if (g->dry) {
		puts(b->data);
		pf_buf_free(b);
		return NULL;
	}
	err = pf_writer_ask(reply, &g->conf, g->conf_path, b->data);
	if (err == NULL && g->show.format == PF_FORMAT_JSON) {
		pf_json_print(&text, *reply);
		puts(text.data);
		pf_json_free(*reply);
		*reply = NULL;
	}
	pf_buf_free(&text);
	pf_buf_free(b);
	return err;
}

const struct pf_err *
op_register(struct registry *g, const char *bot)
{
	const struct pf_err *err;
	struct pf_buf b = PF_BUF_INIT;
	struct pf_json *reply;
	const char *id = "";
	size_t i;

	begin(&b, "register", bot);
	pf_jw_str(&b, "hostname", g->hostname);
	if (g->name != NULL)
		pf_jw_str(&b, "name", g->name);
	pf_jw_open(&b, "capabilities", '[');
	for (i = 0; i < g->nengines; i++)
		pf_jw_str(&b, NULL, g->engines[i]);
	pf_jw_close(&b, ']');
	if (g->inc != NULL)
		pf_jw_str(&b, "inc", g->inc);
	if ((err = send_op(&reply, g, &b)) == NULL && reply != NULL &&
	    (err = pf_json_need(&id, reply, "bot")) == NULL)
		puts(id);
	pf_json_free(reply);
	return err;
}

const struct pf_err *
op_heartbeat(struct registry *g, const char *bot)
{
	const struct pf_err *err;
	struct pf_buf b = PF_BUF_INIT;
	struct pf_json *reply;
	const char *status = "";
	bool cancel = false, drain = false;

	begin(&b, "heartbeat", bot);
	if (g->inc != NULL)
		pf_jw_str(&b, "inc", g->inc);
	if (g->job != NULL) {
		pf_jw_str(&b, "job", g->job);
		pf_jw_int(&b, "epoch", g->epoch);
		pf_jw_int(&b, "attempt", g->attempt);
	}
	if ((err = send_op(&reply, g, &b)) == NULL && reply != NULL &&
	    (err = pf_json_str(&status, reply, "status")) == NULL &&
	    (err = pf_json_bool(&cancel, reply, "cancel")) == NULL &&
	    (err = pf_json_bool(&drain, reply, "drain")) == NULL)
		printf("%s%s%s\n", status, cancel ? " cancel" : "",
		    drain ? " drain" : "");
	pf_json_free(reply);
	return err;
}

/* An op whose success says it all. */
static const struct pf_err *
quiet_op(struct registry *g, struct pf_buf *b)
{
	const struct pf_err *err;
	struct pf_json *reply;

	err = send_op(&reply, g, b);
	pf_json_free(reply);
	return err;
}

const struct pf_err *
op_deregister(struct registry *g, const char *bot)
{
	struct pf_buf b = PF_BUF_INIT;

	begin(&b, "deregister", bot);
	return quiet_op(g, &b);
}

const struct pf_err *
op_drain(struct registry *g, const char *bot)
{
	struct pf_buf b = PF_BUF_INIT;

	begin(&b, "drain", bot);
	pf_jw_bool(&b, "on", !g->undo);
	return quiet_op(g, &b);
}

const struct pf_err *
op_reset(struct registry *g, const char *bot)
{
	struct pf_buf b = PF_BUF_INIT;

	begin(&b, "reset", bot);
	return quiet_op(g, &b);
}
