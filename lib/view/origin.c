/*
 * How an engine came upon a crash; see origin.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/name.h"
#include "codec/json.h"
#include "os/fs.h"
#include "view/origin.h"

#define MOST	(1 << 20)	/* bytes, of a report */

static void
text(char *out, size_t n, const struct pf_json *j, const char *key)
{
	const char *s = "";

	if (pf_json_str(&s, j, key) == NULL)
		snprintf(out, n, "%s", s);
}

static void
number(int64_t *out, const struct pf_json *j, const char *key)
{
	*out = -1;
	if (pf_json_int(out, j, key, 0, INT64_C(9007199254740992)) != NULL)
		*out = -1;
}

bool
pf_origin_get(struct pf_origin *o, const char *input)
{
	char *path = pf_asprintf("%s.json", input);
	struct pf_buf b = PF_BUF_INIT;
	struct pf_json *j = NULL;

	*o = (struct pf_origin){ .ms = -1, .execs = -1 };
	if (pf_slurp(&b, path, MOST) == NULL &&
	    pf_json_parse(&j, b.data, b.len) == NULL && pf_json_is_object(j)) {
		text(o->name, sizeof(o->name), j, "file_path");
		text(o->op, sizeof(o->op), j, "op");
		text(o->parent, sizeof(o->parent), j, "parent");
		number(&o->ms, j, "found_ms");
		number(&o->execs, j, "found_execs");
		if (!pf_sha_ok(o->parent))
			o->parent[0] = '\0';
	}
	pf_json_free(j);
	pf_buf_free(&b);
	free(path);
	return o->name[0] != '\0' || o->op[0] != '\0' ||
	    o->parent[0] != '\0' || o->ms >= 0 || o->execs >= 0;
}

void
pf_origin_json(struct pf_buf *b, const char *input)
{
	struct pf_origin o;

	if (!pf_origin_get(&o, input)) {
		pf_jw_null(b, "origin");
		return;
	}
	pf_jw_open(b, "origin", '{');
	pf_jw_str(b, "name", o.name);
	pf_jw_str(b, "op", o.op);
	if (o.ms >= 0)
		pf_jw_int(b, "found_ms", o.ms);
	else
		pf_jw_null(b, "found_ms");
	if (o.execs >= 0)
		pf_jw_int(b, "found_execs", o.execs);
	else
		pf_jw_null(b, "found_execs");
	pf_jw_str(b, "parent", o.parent);
	pf_jw_close(b, '}');
}
