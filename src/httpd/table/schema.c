/*
 * Shapes as schemas; see openapi.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "httpd/table/openapi.h"

#define ID	"^[a-z0-9][a-z0-9._-]{0,63}$"
#define ID_OR_NONE	"^([a-z0-9][a-z0-9._-]{0,63})?$"
#define SHA256	"^[0-9a-f]{64}$"
#define EXACT	((INT64_C(1) << 53) - 1)	/* as a number of JSON */

struct named {
	const struct shape *shape;
	bool		 in;
	char		 name[64];
};

/*
 * A shape that both requests and answers have gets a schema for each, as what
 * must be there differs; the second one is told apart by its name.
 */
static const struct named *
name_of(struct names *n, const struct shape *s, bool in)
{
	const char *suffix = "";
	size_t i;

	for (i = 0; i < n->n; i++)
		if (n->of[i].shape == s && n->of[i].in == in)
			return n->of + i;
		else if (n->of[i].shape == s)
			suffix = in ? "Input" : "Output";
	n->of = pf_reallocarray(n->of, n->n + 1, sizeof(*n->of));
	n->of[i].shape = s;
	n->of[i].in = in;
	snprintf(n->of[i].name, sizeof(n->of[i].name), "%.48s%s", s->name,
	    suffix);
	return n->of + n->n++;
}

void
names_ref(char *out, size_t size, struct names *n, const struct shape *s,
    bool in)
{
	snprintf(out, size, "#/components/schemas/%s",
	    name_of(n, s, in)->name);
}

void
names_free(struct names *n)
{
	free(n->of);
	n->of = NULL;
	n->n = 0;
}

void
schema_id(struct pf_buf *b)
{
	pf_jw_str(b, "type", "string");
	pf_jw_str(b, "pattern", ID);
}

void
schema_sha256(struct pf_buf *b)
{
	pf_jw_str(b, "type", "string");
	pf_jw_str(b, "pattern", SHA256);
}

/* One of several types; those after the first may be NULL. */
static void
put_types(struct pf_buf *b, const char *one, const char *two, bool null)
{
	if (two == NULL && !null) {
		pf_jw_str(b, "type", one);
		return;
	}
	pf_jw_open(b, "type", '[');
	pf_jw_str(b, NULL, one);
	if (two != NULL)
		pf_jw_str(b, NULL, two);
	if (null)
		pf_jw_str(b, NULL, "null");
	pf_jw_close(b, ']');
}

/* Integers beyond 2^53 are to be sent as text. */
static void
put_int(struct pf_buf *b, bool in, bool sign, bool null)
{
	put_types(b, "integer", in ? "string" : NULL, null);
	pf_jw_str(b, "format", "int64");
	if (!in)
		return;
	pf_jw_int(b, "minimum", sign ? -EXACT : 0);
	pf_jw_int(b, "maximum", EXACT);
	pf_jw_str(b, "pattern", sign ? "^-?[0-9]+$" : "^[0-9]+$");
}

static void
put_object(struct pf_buf *b, struct names *n, const struct field *f, bool in,
    bool null)
{
	char ref[128];

	if (f->of == NULL) {
		put_types(b, "object", NULL, null);
		return;
	}
	names_ref(ref, sizeof(ref), n, f->of, in);
	if (!null) {
		pf_jw_str(b, "$ref", ref);
		return;
	}
	pf_jw_open(b, "anyOf", '[');
	pf_jw_open(b, NULL, '{');
	pf_jw_str(b, "$ref", ref);
	pf_jw_close(b, '}');
	pf_jw_open(b, NULL, '{');
	pf_jw_str(b, "type", "null");
	pf_jw_close(b, '}');
	pf_jw_close(b, ']');
}

/* A value that is not a list. */
static void
put_value(struct pf_buf *b, struct names *n, const struct field *f, bool in,
    bool null)
{
	switch (f->kind) {
	case SHAPE_TEXT:
		put_types(b, "string", NULL, null);
		break;
	case SHAPE_ID:
		put_types(b, "string", NULL, null);
		pf_jw_str(b, "pattern", ID_OR_NONE);
		break;
	case SHAPE_SHA256:
		put_types(b, "string", NULL, null);
		pf_jw_str(b, "pattern", SHA256);
		break;
	case SHAPE_INT:
	case SHAPE_NS:
	case SHAPE_MS:
		put_int(b, in, false, null);
		break;
	case SHAPE_SIGNED:
		put_int(b, in, true, null);
		break;
	case SHAPE_REAL:
		put_types(b, "number", NULL, null);
		break;
	case SHAPE_BOOL:
		put_types(b, "boolean", NULL, null);
		break;
	case SHAPE_TIME:
		put_types(b, "string", NULL, null);
		pf_jw_str(b, "format", "date-time");
		break;
	case SHAPE_BASE64:
		put_types(b, "string", NULL, null);
		pf_jw_str(b, "contentEncoding", "base64");
		break;
	case SHAPE_FILE:
		put_types(b, "string", NULL, null);
		pf_jw_str(b, "contentMediaType", "application/octet-stream");
		break;
	case SHAPE_OBJECT:
		put_object(b, n, f, in, null);
		break;
	case SHAPE_ANY:
		if (f->of != NULL)
			put_object(b, n, f, in, null);
		break;
	}
}

/* What a duration is counted in is not in its schema. */
static void
put_what(struct pf_buf *b, const struct field *f)
{
	struct pf_buf text = PF_BUF_INIT;

	pf_buf_adds(&text, f->what);
	if (f->kind == SHAPE_NS)
		pf_buf_adds(&text, " (nanoseconds)");
	else if (f->kind == SHAPE_MS)
		pf_buf_adds(&text, " (milliseconds)");
	pf_jw_str(b, "description", text.data);
	pf_buf_free(&text);
}

static void
put_field(struct pf_buf *b, struct names *n, const struct field *f, bool in)
{
	/* What may be left out of a request may be null in it as well. */
	bool null = in ? (f->flags & FIELD_NEEDED) == 0 &&
	    f->kind != SHAPE_FILE : (f->flags & FIELD_NULL) != 0;

	pf_jw_open(b, f->name, '{');
	put_what(b, f);
	if ((f->flags & FIELD_LIST) == 0)
		put_value(b, n, f, in, null);
	else {
		put_types(b, "array", NULL, null);
		pf_jw_open(b, "items", '{');
		put_value(b, n, f, in, false);
		pf_jw_close(b, '}');
	}
	pf_jw_close(b, '}');
}

static bool
is_required(const struct field *f, bool in)
{
	return in ? (f->flags & FIELD_NEEDED) != 0 :
	    (f->flags & FIELD_MAYBE) == 0;
}

static void
put_shape(struct pf_buf *b, struct names *n, const struct named *o)
{
	const struct shape *s = o->shape;
	const struct field *f;
	bool in = o->in;	/* o moves as others are met */

	pf_jw_open(b, o->name, '{');
	pf_jw_str(b, "type", "object");
	pf_jw_open(b, "properties", '{');
	for (f = s->fields; f->name != NULL; f++)
		put_field(b, n, f, in);
	pf_jw_close(b, '}');
	pf_jw_open(b, "required", '[');
	for (f = s->fields; f->name != NULL; f++)
		if (is_required(f, in))
			pf_jw_str(b, NULL, f->name);
	pf_jw_close(b, ']');
	if (in && s->strict)
		pf_jw_bool(b, "additionalProperties", false);
	pf_jw_close(b, '}');
}

void
schemas_put(struct pf_buf *b, struct names *n)
{
	size_t i;

	for (i = 0; i < n->n; i++)
		put_shape(b, n, n->of + i);
}

void
schema_param(struct pf_buf *b, const struct param *p)
{
	if (p->kind == SHAPE_ID)
		schema_id(b);
	else if (p->kind == SHAPE_SHA256)
		schema_sha256(b);
	else if (p->kind == SHAPE_INT || p->kind == SHAPE_BOOL) {
		pf_jw_str(b, "type", "integer");
		pf_jw_int(b, "minimum", p->kind == SHAPE_BOOL ? 0 : p->min);
		pf_jw_int(b, "maximum", p->kind == SHAPE_BOOL ? 1 : p->max);
	} else
		pf_jw_str(b, "type", "string");
}
