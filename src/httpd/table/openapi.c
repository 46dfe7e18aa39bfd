/*
 * The OpenAPI document: the route table in the words of OpenAPI 3.1, whose
 * schemas are JSON Schema.  It is written at the first request for it and
 * stays the same for the life of the process.
 */
#include <ctype.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "httpd/table/openapi.h"
#include "httpd/reply.h"
#include "httpd/route.h"

#define BASE	"/api/v1"
#define JSON	"application/json"

struct doc {
	struct pf_buf	 b;
	struct names	 names;		/* of shapes */
};

static struct doc doc;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void
put_ref(struct pf_buf *b, const char *key, const char *ref)
{
	pf_jw_open(b, key, '{');
	pf_jw_str(b, "$ref", ref);
	pf_jw_close(b, '}');
}

static void
put_head(struct pf_buf *b)
{
	const struct table *t;

	pf_jw_str(b, "openapi", "3.1.0");
	pf_jw_open(b, "info", '{');
	pf_jw_str(b, "title", "PandaFuzz");
	pf_jw_str(b, "version", PF_VERSION);
	pf_jw_str(b, "description", "The HTTP API of a PandaFuzz master.  The "
	    "manual page pf-api(7) tells of each request.  HEAD is answered "
	    "where GET has no effect, OPTIONS everywhere, with the methods "
	    "there are in Allow.");
	pf_jw_close(b, '}');
	pf_jw_open(b, "servers", '[');
	pf_jw_open(b, NULL, '{');
	pf_jw_str(b, "url", "/");
	pf_jw_close(b, '}');
	pf_jw_close(b, ']');
	/* None is needed, or a token: that is the configuration's. */
	pf_jw_open(b, "security", '[');
	pf_jw_open(b, NULL, '{');
	pf_jw_close(b, '}');
	pf_jw_open(b, NULL, '{');
	pf_jw_open(b, "bearer", '[');
	pf_jw_close(b, ']');
	pf_jw_close(b, '}');
	pf_jw_close(b, ']');
	pf_jw_open(b, "tags", '[');
	for (t = route_tables; t->segment != NULL; t++) {
		/* Tables of one segment stand together. */
		if (t > route_tables &&
		    strcmp(t->segment, t[-1].segment) == 0)
			continue;
		pf_jw_open(b, NULL, '{');
		pf_jw_str(b, "name", t->segment);
		pf_jw_close(b, '}');
	}
	pf_jw_close(b, ']');
}

/* A name for programs: "get_v1_bots_id_job". */
static void
put_operation_id(struct pf_buf *b, const struct route *r)
{
	struct pf_buf id = PF_BUF_INIT;
	const char *p;
	bool gap = true;

	for (p = r->method; *p != '\0'; p++)
		pf_buf_addc(&id, (char)tolower((unsigned char)*p));
	p = r->path;
	if (strncmp(p, BASE "/", sizeof(BASE)) == 0)
		p += strlen("/api");
	for (; *p != '\0'; p++)
		if (!isalnum((unsigned char)*p))
			gap = true;
		else {
			if (gap)
				pf_buf_addc(&id, '_');
			gap = false;
			pf_buf_addc(&id, *p);
		}
	pf_jw_str(b, "operationId", id.data);
	pf_buf_free(&id);
}

static void
put_parameter(struct pf_buf *b, const char *in, const char *name,
    const char *what)
{
	pf_jw_open(b, NULL, '{');
	pf_jw_str(b, "name", name);
	pf_jw_str(b, "in", in);
	pf_jw_str(b, "description", what);
	pf_jw_bool(b, "required", strcmp(in, "path") == 0);
	pf_jw_open(b, "schema", '{');
}

static void
put_parameters(struct pf_buf *b, const struct route *r)
{
	const struct param *q;

	pf_jw_open(b, "parameters", '[');
	if (strstr(r->path, "{id}") != NULL) {
		put_parameter(b, "path", "id", "which one");
		schema_id(b);
		pf_jw_close(b, '}');
		pf_jw_close(b, '}');
	}
	if (strstr(r->path, "{sha256}") != NULL) {
		put_parameter(b, "path", "sha256", "SHA-256 of the bytes");
		schema_sha256(b);
		pf_jw_close(b, '}');
		pf_jw_close(b, '}');
	}
	for (q = r->query; q != NULL && q->name != NULL; q++) {
		put_parameter(b, "query", q->name, q->what);
		schema_param(b, q);
		pf_jw_close(b, '}');
		pf_jw_close(b, '}');
	}
	pf_jw_close(b, ']');
}

/* The content of a body: a shape, or bytes of a type. */
static void
put_content(struct doc *d, const char *type, const struct shape *s, bool in)
{
	struct pf_buf *b = &d->b;
	char ref[128];

	pf_jw_open(b, type, '{');
	if (s != NULL) {
		names_ref(ref, sizeof(ref), &d->names, s, in);
		put_ref(b, "schema", ref);
	} else {
		pf_jw_open(b, "schema", '{');
		pf_jw_str(b, "type", strcmp(type, JSON) == 0 ? "object" :
		    "string");
		pf_jw_close(b, '}');
	}
	pf_jw_close(b, '}');
}

/* Bytes, of one of the types. */
static void
put_types(struct doc *d, const char *types)
{
	char type[64];
	size_t n;

	for (; *types != '\0'; types += n + strspn(types + n, "|")) {
		n = strcspn(types, "|");
		snprintf(type, sizeof(type), "%.*s", (int)n, types);
		put_content(d, type, NULL, false);
	}
}

/* Each kind that the body may be. */
static void
put_body(struct doc *d, const struct route *r)
{
	struct pf_buf *b = &d->b;
	unsigned int kind;

	pf_jw_open(b, "requestBody", '{');
	pf_jw_bool(b, "required", true);
	pf_jw_open(b, "content", '{');
	for (kind = 1; kind <= r->body; kind <<= 1)
		if ((r->body & kind) != 0)
			put_content(d, req_media_type(kind),
			    kind == BODY_JSON ? r->takes :
			    kind == BODY_FORM ? r->form : NULL, true);
	pf_jw_close(b, '}');
	pf_jw_close(b, '}');
}

static const char *
told_by(const char *code)
{
	static const char *const words[][2] = {
		{ "200", "It is so" },
		{ "201", "It was made" },
		{ "202", "It was taken, and will be done" },
		{ "204", "It is done; there is nothing to say" },
		{ "206", "A part of it" },
		{ "304", "The client has it already" },
	};
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i][0], code) == 0)
			return words[i][1];
	return code;
}

static void
put_responses(struct doc *d, const struct route *r)
{
	struct pf_buf *b = &d->b;
	const char *p = r->codes;
	char code[4];

	pf_jw_open(b, "responses", '{');
	for (; strlen(p) >= 3; p += 3 + strspn(p + 3, " ")) {
		memcpy(code, p, 3);
		code[3] = '\0';
		if (code[0] == '4')
			continue;	/* an error as all others */
		pf_jw_open(b, code, '{');
		pf_jw_str(b, "description", told_by(code));
		if (strcmp(code, "204") != 0 && strcmp(code, "304") != 0 &&
		    (r->gives != NULL || r->type != NULL)) {
			pf_jw_open(b, "content", '{');
			if (r->gives != NULL)
				put_content(d, JSON, r->gives, false);
			else
				put_types(d, r->type);
			pf_jw_close(b, '}');
		}
		pf_jw_close(b, '}');
	}
	put_ref(b, "4XX", "#/components/responses/Error");
	put_ref(b, "5XX", "#/components/responses/Error");
	pf_jw_close(b, '}');
}

static void
put_operation(struct doc *d, const char *tag, const struct route *r)
{
	struct pf_buf *b = &d->b, text = PF_BUF_INIT;
	char method[16];
	size_t i;

	for (i = 0; r->method[i] != '\0' && i < sizeof(method) - 1; i++)
		method[i] = (char)tolower((unsigned char)r->method[i]);
	method[i] = '\0';
	pf_jw_open(b, method, '{');
	pf_jw_open(b, "tags", '[');
	pf_jw_str(b, NULL, tag);
	pf_jw_close(b, ']');
	put_operation_id(b, r);
	pf_jw_str(b, "summary", r->what);
	pf_buf_addf(&text, "%s.  Command line: `%s`.", r->what, r->cli);
	pf_jw_str(b, "description", text.data);
	pf_buf_free(&text);
	put_parameters(b, r);
	if (r->body != BODY_NONE)
		put_body(d, r);
	put_responses(d, r);
	pf_jw_close(b, '}');
}

/*
 * All routes of a path, or none of them if a row before this one has it.
 * The rows of a path may stand in several tables.
 */
static void
put_path(struct doc *d, const struct route *r)
{
	const struct table *t;
	const struct route *o;
	bool open = false;

	for (t = route_tables; t->segment != NULL; t++)
		for (o = t->routes; o->path != NULL; o++) {
			if (strcmp(o->path, r->path) != 0)
				continue;
			if (!open && o != r)
				return;
			if (!open)
				pf_jw_open(&d->b, r->path, '{');
			open = true;
			put_operation(d, t->segment, o);
		}
	pf_jw_close(&d->b, '}');
}

static void
put_paths(struct doc *d)
{
	const struct table *t;
	const struct route *r;

	pf_jw_open(&d->b, "paths", '{');
	for (t = route_tables; t->segment != NULL; t++)
		for (r = t->routes; r->path != NULL; r++)
			put_path(d, r);
	pf_jw_close(&d->b, '}');
}

static void
put_components(struct doc *d)
{
	struct pf_buf *b = &d->b;

	pf_jw_open(b, "components", '{');
	pf_jw_open(b, "responses", '{');
	pf_jw_open(b, "Error", '{');
	pf_jw_str(b, "description", "What is wrong, and what to do instead");
	pf_jw_open(b, "headers", '{');
	pf_jw_open(b, "Retry-After", '{');
	pf_jw_str(b, "description", "Seconds; with 503 and 507");
	pf_jw_open(b, "schema", '{');
	pf_jw_str(b, "type", "integer");
	pf_jw_close(b, '}');
	pf_jw_close(b, '}');
	pf_jw_close(b, '}');
	pf_jw_open(b, "content", '{');
	put_content(d, JSON, &reply_error_shape, false);
	pf_jw_close(b, '}');
	pf_jw_close(b, '}');
	pf_jw_close(b, '}');
	pf_jw_open(b, "securitySchemes", '{');
	pf_jw_open(b, "bearer", '{');
	pf_jw_str(b, "type", "http");
	pf_jw_str(b, "scheme", "bearer");
	pf_jw_close(b, '}');
	pf_jw_close(b, '}');
	pf_jw_open(b, "schemas", '{');
	schemas_put(b, &d->names);
	pf_jw_close(b, '}');
	pf_jw_close(b, '}');
}

static void
make(void)
{
	doc.b = (struct pf_buf)PF_BUF_INIT;
	pf_jw_open(&doc.b, NULL, '{');
	put_head(&doc.b);
	put_paths(&doc);
	put_components(&doc);
	pf_jw_close(&doc.b, '}');
	pf_buf_addc(&doc.b, '\n');
	names_free(&doc.names);
}

const struct pf_err *
api_openapi(struct worker *w, struct req *r)
{
	(void)w;
	pthread_once(&once, make);
	r->reply.status = 200;
	pf_buf_add(&r->reply.body, doc.b.data, doc.b.len);
	return NULL;
}

const struct pf_err *
api_options(struct worker *w, struct req *r)
{
	(void)w;
	r->reply.status = 204;		/* Allow is there */
	return NULL;
}
