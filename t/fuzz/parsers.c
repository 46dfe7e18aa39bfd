/*
 * The bodies of the fuzz targets; see fuzz.h.
 */
#include <stdlib.h>
#include <string.h>

#include "t/fuzz/fuzz.h"
#include "base/err.h"
#include "codec/aflstat.h"
#include "codec/conf.h"
#include "codec/fuzzlog.h"
#include "codec/json.h"
#include "codec/op.h"
#include "codec/rec.h"
#include "codec/table.h"
#include "codec/trace.h"

#define MUST(what)	do { if (!(what)) abort(); } while (0)

/* What was read, written and read again is the same text. */
void
fuzz_json(const uint8_t *p, size_t n)
{
	struct pf_json *a = NULL, *b = NULL;
	struct pf_buf x = PF_BUF_INIT, y = PF_BUF_INIT;

	if (pf_json_parse(&a, (const char *)p, n) == NULL) {
		pf_json_print(&x, a);
		MUST(pf_json_parse(&b, x.data, x.len) == NULL);
		pf_json_print(&y, b);
		MUST(x.len == y.len && memcmp(x.data, y.data, x.len) == 0);
		(void)pf_op_reply_err(a);
	} else
		MUST(a == NULL);
	pf_json_free(a);
	pf_json_free(b);
	pf_buf_free(&x);
	pf_buf_free(&y);
}

/* Bytes as a pack; and as the fields and body of a record of our own. */
void
fuzz_rec(const uint8_t *p, size_t n)
{
	const char *rec;
	struct pf_rec r;
	struct pf_buf b = PF_BUF_INIT;
	char rid[PF_SHA_TEXT];
	size_t at = 0, used = 1, len;

	while (at < n && used > 0 && pf_frame_next((const char *)p + at,
	    n - at, &used, &rec, &len, rid) == NULL && used > 0) {
		MUST(used <= n - at && len < used);
		/* Its name is almost never right: try the right one too. */
		(void)pf_rec_parse(&r, rec, len, rid);
		pf_rec_free(&r);
		pf_sha256(rid, rec, len);
		(void)pf_rec_parse(&r, rec, len, rid);
		pf_rec_free(&r);
		at += used;
	}
	r = (struct pf_rec){ .kind = (enum pf_kind)(n % PF_KIND_MAX),
	    .job = "j", .bot = "b", .body = (const char *)p, .len = n };
	pf_rec_frame(&b, &r, "");
	MUST(pf_frame_next(b.data, b.len, &used, &rec, &len, rid) == NULL);
	MUST(used == b.len && strcmp(rid, r.rid) == 0);
	MUST(pf_rec_parse(&r, rec, len, rid) == NULL && r.len == n &&
	    memcmp(r.body, p, n) == 0);
	pf_rec_free(&r);
	pf_buf_free(&b);
}

/* What a configuration says is what it says when written down again. */
void
fuzz_conf(const uint8_t *p, size_t n)
{
	struct pf_conf a, b;
	struct pf_buf x = PF_BUF_INIT;
	int *lines = calloc(pf_conf_count(), sizeof(*lines));
	size_t i;

	pf_conf_default(&a);
	pf_conf_default(&b);
	if (lines != NULL &&
	    pf_conf_parse(&a, "fuzz", (const char *)p, n, lines) == NULL) {
		MUST(pf_conf_lease_ms(&a) <
		    pf_conf_lease_ticks(&a) * a.tick);
		for (i = 0; i < pf_conf_count(); i++) {
			if (lines[i] == 0)
				continue;
			pf_buf_addf(&x, "[%s]\n%s = ", pf_conf_section(i),
			    pf_conf_key(i));
			pf_conf_value(&x, &a, i);
			pf_buf_addc(&x, '\n');
		}
		(void)pf_conf_parse(&b, "again", x.data, x.len, NULL);
	}
	free(lines);
	pf_buf_free(&x);
}

void
fuzz_aflstat(const uint8_t *p, size_t n)
{
	struct pf_aflstat s;
	struct pf_aflname name;
	char text[256];
	size_t k = n < sizeof(text) - 1 ? n : sizeof(text) - 1;

	pf_aflstat_parse(&s, (const char *)p, n);
	MUST(s.execs_done >= -1 && s.stability >= -1);
	memcpy(text, p, k);
	text[k] = '\0';
	if (pf_aflname_parse(&name, text))
		MUST(name.id >= 0 && name.sig >= -1);
}

void
fuzz_fuzzlog(const uint8_t *p, size_t n)
{
	const char *s = (const char *)p, *end = s + n, *nl;
	struct pf_fuzzlog f;

	pf_fuzzlog_init(&f);
	for (; s < end; s = nl + 1) {
		if ((nl = memchr(s, '\n', (size_t)(end - s))) == NULL)
			nl = end;
		(void)pf_fuzzlog_line(&f, s, (size_t)(nl - s));
		MUST(f.execs >= -1 && f.cov >= -1 &&
		    strlen(f.artifact) < sizeof(f.artifact));
		if (nl == end)
			break;
	}
}

/* A report, and what it says in each form of a table. */
void
fuzz_trace(const uint8_t *p, size_t n)
{
	static const struct pf_column columns[] = {
		{ "type", PF_CELL_TEXT }, { "stack", PF_CELL_TEXT },
	};
	struct pf_table t;
	struct pf_trace tr;
	struct pf_buf b = PF_BUF_INIT;
	int format;

	pf_trace_parse(&tr, (const char *)p, n);
	MUST(tr.offset <= n && tr.length <= n - tr.offset);
	for (format = 0; format <= PF_FORMAT_JSON; format++) {
		pf_table_begin(&t, &b, (enum pf_format)format, columns, 2);
		pf_table_text(&t, tr.type);
		pf_table_text(&t, tr.stack);
		pf_table_end(&t);
	}
	pf_buf_free(&b);
}
