/*
 * Shapes: what the JSON bodies and query arguments of a route are made of.
 * A request is checked against its shape before a handler sees it, and the
 * OpenAPI document is written from the same tables.
 */
#ifndef PF_HTTPD_SHAPE_H
#define PF_HTTPD_SHAPE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "codec/json.h"

enum shape_kind {
	SHAPE_TEXT,
	SHAPE_ID,		/* pf_id_ok() */
	SHAPE_SHA256,		/* pf_sha_ok() */
	SHAPE_INT,		/* 0 to 2^63 - 1; text of digits as well */
	SHAPE_SIGNED,		/* the same from -2^63 on */
	SHAPE_REAL,
	SHAPE_BOOL,
	SHAPE_TIME,		/* RFC 3339 */
	SHAPE_NS,		/* nanoseconds, as Go counts durations */
	SHAPE_MS,
	SHAPE_BASE64,
	SHAPE_FILE,		/* a part of a form, any bytes */
	SHAPE_OBJECT,		/* of field.of; any members if that is NULL */
	SHAPE_ANY		/* the handler looks, for field.of if told */
};

#define FIELD_NEEDED	1u	/* in a request: must be there */
#define FIELD_LIST	2u	/* an array of them */
#define FIELD_NULL	4u	/* in an answer: may be null */
#define FIELD_MAYBE	8u	/* in an answer: may be absent */

struct shape;

struct field {
	const char	*name;
	enum shape_kind	 kind;
	unsigned int	 flags;
	const char	*what;		/* a phrase for the reader */
	const struct shape *of;
};

struct shape {
	const char	*name;		/* in the OpenAPI document */
	const struct field *fields;	/* ended by one without a name */
	bool		 strict;	/* unknown members are refused */
};

/* A query argument: its kind is SHAPE_TEXT, _ID, _SHA256, _INT or _BOOL. */
struct param {
	const char	*name;
	enum shape_kind	 kind;
	const char	*what;
	int64_t		 min, max;	/* of SHAPE_INT */
};

/* PF_DATA with the field that is missing, of a wrong type, or unknown. */
const struct pf_err	*shape_check(const struct shape *,
			    const struct pf_json *);
/* What is wrong with an object, or a member of it, that stands under a name.
 */
const struct pf_err	*shape_below(const struct pf_err *, const char *name);

#endif
