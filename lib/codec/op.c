/*
 * Op lines and replies; see op.h.
 */
#include <string.h>

#include "codec/op.h"

void
pf_op_begin(struct pf_buf *b, const struct pf_json *request, bool ok)
{
	int64_t seq = 0;

	pf_jw_open(b, NULL, '{');
	if (request != NULL && pf_json_get(request, "seq") != NULL &&
	    pf_json_int(&seq, request, "seq", INT64_MIN, INT64_MAX) == NULL)
		pf_jw_int(b, "seq", seq);
	pf_jw_bool(b, "ok", ok);
}

void
pf_op_end(struct pf_buf *b)
{
	pf_jw_close(b, '}');
	pf_buf_addc(b, '\n');
}

void
pf_op_error(struct pf_buf *b, const struct pf_err *err)
{
	pf_jw_str(b, "class", pf_class_name(err->class));
	if (err->field[0] != '\0')
		pf_jw_str(b, "field", err->field);
	pf_jw_str(b, "error", err->msg);
}

void
pf_op_refuse(struct pf_buf *b, const struct pf_json *request,
    const struct pf_err *err)
{
	pf_op_begin(b, request, false);
	pf_op_error(b, err);
	pf_op_end(b);
}

void
pf_op_undone(struct pf_buf *replies, size_t from, const struct pf_err *err)
{
	struct pf_buf old = PF_BUF_INIT;
	struct pf_json *j;
	const char *p, *nl, *class;

	pf_buf_add(&old, replies->data + from, replies->len - from);
	replies->len = from;
	replies->data[from] = '\0';
	for (p = old.data; (nl = strchr(p, '\n')) != NULL; p = nl + 1) {
		j = NULL;
		class = "";
		if (pf_json_parse(&j, p, (size_t)(nl - p)) == NULL)
			(void)pf_json_str(&class, j, "class");
		if (strcmp(class, "usage") == 0 || strcmp(class, "data") == 0)
			pf_buf_add(replies, p, (size_t)(nl + 1 - p));
		else
			pf_op_refuse(replies, j, err);
		pf_json_free(j);
	}
	pf_buf_free(&old);
}

const struct pf_err *
pf_op_reply_err(const struct pf_json *reply)
{
	const char *class = "bug", *field = "", *text = "no reason given";
	bool ok = false;

	if (!pf_json_is_object(reply) ||
	    pf_json_bool(&ok, reply, "ok") != NULL ||
	    pf_json_get(reply, "ok") == NULL)
		return pf_err(PF_BUG, "the writer's reply is not a reply");
	if (ok)
		return NULL;
	(void)pf_json_str(&class, reply, "class");
	(void)pf_json_str(&field, reply, "field");
	(void)pf_json_str(&text, reply, "error");
	return pf_err_field(pf_class_find(class), field, "%s", text);
}
