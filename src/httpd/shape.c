/*
 * Requests against their shapes; see shape.h.
 */
#include <stdio.h>
#include <string.h>

#include "base/name.h"
#include "httpd/shape.h"

static const struct pf_err *
wrong(const char *name, const char *want)
{
	return pf_err_field(PF_DATA, name, "%s must be %s", name, want);
}

const struct pf_err *
shape_below(const struct pf_err *err, const char *name)
{
	char field[sizeof(err->field) * 2];	/* it is cut */

	snprintf(field, sizeof(field), "%s%s%s", name,
	    err->field[0] != '\0' ? "." : "", err->field);
	return pf_err_field(err->class, field, "%s: %s", name, err->msg);
}

/* A value that is not a list, by the key it stands under. */
static const struct pf_err *
check_one(const struct field *f, const struct pf_json *parent,
    const struct pf_json *v)
{
	const struct pf_err *err;
	const char *text = pf_json_text(v);
	int64_t n;
	double d;
	bool b;

	switch (f->kind) {
	case SHAPE_ID:
		/* "" is how Go programs say none. */
		return text != NULL && (*text == '\0' || pf_id_ok(text)) ?
		    NULL : wrong(f->name, "an id");
	case SHAPE_SHA256:
		return text != NULL && pf_sha_ok(text) ? NULL :
		    wrong(f->name, "the 64 hex digits of a SHA-256");
	case SHAPE_TEXT:
	case SHAPE_TIME:
	case SHAPE_BASE64:
		return text != NULL ? NULL : wrong(f->name, "a string");
	case SHAPE_INT:
	case SHAPE_MS:
	case SHAPE_NS:
		return pf_json_int(&n, parent, f->name, 0, INT64_MAX);
	case SHAPE_SIGNED:
		return pf_json_int(&n, parent, f->name, INT64_MIN, INT64_MAX);
	case SHAPE_REAL:
		return pf_json_real(&d, parent, f->name);
	case SHAPE_BOOL:
		return pf_json_bool(&b, parent, f->name);
	case SHAPE_OBJECT:
		if (!pf_json_is_object(v))
			return wrong(f->name, "an object");
		if (f->of == NULL || (err = shape_check(f->of, v)) == NULL)
			return NULL;
		return shape_below(err, f->name);
	default:
		return NULL;
	}
}

static const struct pf_err *
check_list(const struct field *f, const struct pf_json *list)
{
	const struct pf_err *err = NULL;
	const struct pf_json *v;

	if (!pf_json_is_array(list))
		return wrong(f->name, "an array");
	for (v = pf_json_first(list); v != NULL && err == NULL;
	    v = pf_json_next(v))
		if (f->kind == SHAPE_OBJECT || f->kind == SHAPE_TEXT ||
		    f->kind == SHAPE_ID || f->kind == SHAPE_SHA256)
			err = check_one(f, list, v);
	return err;
}

/* What has no place in it. */
static const struct pf_err *
check_unknown(const struct shape *s, const struct pf_json *j)
{
	const struct field *f;
	const struct pf_json *v;

	for (v = pf_json_first(j); v != NULL; v = pf_json_next(v)) {
		for (f = s->fields; f->name != NULL; f++)
			if (strcmp(f->name, pf_json_key(v)) == 0)
				break;
		if (f->name == NULL)
			return pf_err_field(PF_DATA, pf_json_key(v),
			    "nothing is known of %.64s", pf_json_key(v));
	}
	return NULL;
}

const struct pf_err *
shape_check(const struct shape *s, const struct pf_json *j)
{
	const struct pf_err *err = NULL;
	const struct field *f;
	const struct pf_json *v;

	for (f = s->fields; f->name != NULL && err == NULL; f++) {
		if ((v = pf_json_get(j, f->name)) == NULL)
			err = (f->flags & FIELD_NEEDED) == 0 ? NULL :
			    pf_err_field(PF_DATA, f->name, "%s is missing",
			    f->name);
		else if ((f->flags & FIELD_LIST) != 0)
			err = check_list(f, v);
		else
			err = check_one(f, j, v);
	}
	if (err == NULL && s->strict)
		err = check_unknown(s, j);
	return err;
}
