/*
 * The bodies of the fuzz targets; see fuzz.h.
 */
#include <stdlib.h>
#include <string.h>

#include "t/fuzz/fuzz.h"
#include "base/err.h"
#include "base/mem.h"
#include "codec/aflstat.h"
#include "codec/conf.h"
#include "codec/elf.h"
#include "codec/elfscan.h"
#include "codec/engine.h"
#include "codec/fuzzlog.h"
#include "codec/json.h"
#include "codec/op.h"
#include "codec/rec.h"
#include "codec/recfield.h"
#include "codec/table.h"
#include "codec/trace.h"
#include "codec/unpack.h"
#include "codec/verdict.h"
#include "codec/vgblock.h"
#include "codec/wire.h"

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
	MUST(pf_rec_parse(&r, rec, len, rid) == NULL &&
	    r.len == (int64_t)n && memcmp(r.body, p, n) == 0);
	pf_rec_free(&r);
	pf_buf_free(&b);
}

/* What was seen of a pack, as text, and what passed through. */
struct seen {
	struct pf_buf	 text, bytes, body, kept;
};

static const struct pf_err *
see_header(const struct pf_err **why, void *arg, const struct pf_rec *r)
{
	(void)arg;
	if (r->kind == PF_KIND_LOG)
		*why = pf_err(PF_DATA, "no logs");
	return NULL;
}

static const struct pf_err *
see_bytes(void *arg, const void *p, size_t n)
{
	pf_buf_add(&((struct seen *)arg)->bytes, p, n);
	return NULL;
}

static const struct pf_err *
see_body(void *arg, const void *p, size_t n)
{
	pf_buf_add(&((struct seen *)arg)->body, p, n);
	return NULL;
}

static const struct pf_err *
see_end(void *arg, const struct pf_rec *r, const struct pf_err *verdict)
{
	struct seen *s = arg;

	pf_buf_addf(&s->text, "%s %s\n", r->rid, verdict != NULL ?
	    verdict->msg : "right");
	if (verdict == NULL) {
		pf_buf_add(&s->kept, s->bytes.data, s->bytes.len);
		pf_buf_add(&s->kept, s->body.data, s->body.len);
	}
	pf_buf_reset(&s->bytes);
	pf_buf_reset(&s->body);
	return NULL;
}

/* The same by the functions that have all of it in memory. */
static void
see_whole(struct seen *s, const char *p, size_t n)
{
	const struct pf_err *err = NULL;
	const char *rec;
	struct pf_rec r;
	char rid[PF_SHA_TEXT];
	size_t at = 0, used = 1, len;

	for (; at < n && used > 0; at += used) {
		err = pf_frame_next(p + at, n - at, &used, &rec, &len, rid);
		if (err != NULL || used == 0)
			break;
		err = pf_rec_parse(&r, rec, len, rid);
		if (err == NULL && r.kind == PF_KIND_LOG)
			err = pf_err(PF_DATA, "no logs");
		pf_buf_addf(&s->text, "%s %s\n", rid, err != NULL ?
		    err->msg : "right");
		if (err == NULL) {
			pf_buf_add(&s->kept, p + at, used);
			pf_buf_add(&s->kept, r.body, (size_t)r.len);
		}
		pf_rec_free(&r);
		err = NULL;
	}
	pf_buf_addf(&s->text, "%s\n", err != NULL ? err->msg : n == 0 ||
	    at < n ? "cut" : "whole");
}

static void
seen_free(struct seen *s)
{
	pf_buf_free(&s->text);
	pf_buf_free(&s->bytes);
	pf_buf_free(&s->body);
	pf_buf_free(&s->kept);
}

/* Pieces of one size or the other, as chance (from the bytes) has it. */
static void
see_pieces(const char *p, size_t n, unsigned int chance)
{
	static const struct pf_unpack_calls calls = { see_header, see_bytes,
	    see_body, see_end };
	struct seen a = { PF_BUF_INIT, PF_BUF_INIT, PF_BUF_INIT, PF_BUF_INIT };
	struct seen b = a;
	struct pf_unpack *u = pf_unpack_new(&calls, &b);
	const struct pf_err *err = NULL;
	size_t at = 0, k;

	see_whole(&a, p, n);
	for (; at < n && err == NULL; at += k) {
		chance = chance * 1103515245 + 12345;
		k = (chance >> 16) % ((chance & 256) != 0 ? 7 : 70000) + 1;
		if (k > n - at)
			k = n - at;
		err = pf_unpack_feed(u, p + at, k);
	}
	pf_buf_addf(&b.text, "%s\n", err != NULL ? err->msg :
	    pf_unpack_end(u) != NULL ? "cut" : "whole");
	MUST(strcmp(a.text.data, b.text.data) == 0);
	MUST(a.kept.len == b.kept.len &&
	    memcmp(a.kept.data, b.kept.data, a.kept.len) == 0);
	pf_unpack_free(u);
	seen_free(&a);
	seen_free(&b);
}

/* Bytes as a pack, whole and in pieces; then with their right names. */
void
fuzz_unpack(const uint8_t *bytes, size_t n)
{
	const char *p = (const char *)bytes, *rec;
	struct pf_buf b = PF_BUF_INIT;
	struct pf_rec r = { .kind = (enum pf_kind)(n % PF_KIND_MAX),
	    .job = "j", .bot = "b", .body = p, .len = (int64_t)n };
	char rid[PF_SHA_TEXT];
	size_t at = 0, used = 1, len;

	see_pieces(p, n, (unsigned int)n);
	for (; at < n && used > 0; at += used) {
		if (pf_frame_next(p + at, n - at, &used, &rec, &len, rid) !=
		    NULL || used == 0)
			break;
		pf_sha256(rid, rec, len);
		pf_buf_addf(&b, "%s %zu\n", rid, len);
		pf_buf_add(&b, rec, len);
	}
	/* A record of any first line, and one that is right. */
	pf_sha256(rid, p, n);
	if (n > 8) {
		pf_buf_addf(&b, "%s %zu\n", rid, n);
		pf_buf_add(&b, p, n);
	}
	pf_rec_frame(&b, &r, "");
	see_pieces(b.data, b.len, n > 0 ? bytes[0] + 7U : 1);
	if (n > 0 && b.len > bytes[0]) {
		b.data[b.len - 1 - bytes[0]] ^= 1;
		see_pieces(b.data, b.len - bytes[0] % 3, (unsigned int)n);
	}
	pf_buf_free(&b);
}

/* A record made of a request is one that is taken, whatever was asked. */
static void
see_wire(struct pf_wire *w)
{
	const char *rec;
	struct pf_rec r;
	struct pf_buf b = PF_BUF_INIT, again = PF_BUF_INIT;
	struct pf_buf own = PF_BUF_INIT;
	char rid[PF_SHA_TEXT];
	size_t used, len;

	if (pf_wire_ready(w) == NULL) {
		pf_wire_frame(&b, w);
		pf_wire_frame(&again, w);
		MUST(b.len == again.len && strcmp(b.data, again.data) == 0);
		MUST(pf_frame_next(b.data, b.len, &used, &rec, &len, rid) ==
		    NULL && used == b.len);
		MUST(pf_rec_parse(&r, rec, len, rid) == NULL);
		MUST(strcmp(rid, w->rec.rid) == 0);
		pf_jw_open(&own, NULL, '{');
		MUST(pf_rec_fields(&own, r.kind, r.fields) == NULL);
		pf_rec_free(&r);
	}
	pf_buf_free(&own);
	pf_buf_free(&again);
	pf_buf_free(&b);
}

/* The first byte is the kind, the rest a request of it. */
void
fuzz_wire(const uint8_t *p, size_t n)
{
	const struct pf_rec outer = { .job = "j", .bot = "b", .epoch = 1 };
	struct pf_json *j = NULL;
	const struct pf_json *v;
	struct pf_wire w;
	enum pf_kind kind;

	if (n == 0 || pf_json_parse(&j, (const char *)p + 1, n - 1) != NULL ||
	    !pf_json_is_object(j)) {
		pf_json_free(j);
		return;
	}
	kind = (enum pf_kind)(p[0] % PF_KIND_BLOB);
	if (pf_wire_read(&w, kind, j, &outer) == NULL) {
		v = pf_json_first(pf_json_get(j, "files"));
		if (kind != PF_KIND_CORPUS)
			see_wire(&w);
		for (; kind == PF_KIND_CORPUS && v != NULL;
		    v = pf_json_next(v))
			if (pf_wire_file(&w, v) == NULL)
				see_wire(&w);
	}
	pf_wire_free(&w);
	pf_json_free(j);
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
	pf_aflplot_parse(&s, (const char *)p, n, (const char *)p + n / 2,
	    n - n / 2);
	MUST(s.execs_done >= -1 && s.execs_per_sec >= -1);
	memcpy(text, p, k);
	text[k] = '\0';
	if (pf_aflname_parse(&name, text))
		MUST(name.id >= 0 && name.sig >= -1);
}

/* The answer of an engine, and what lies beside its crash. */
void
fuzz_engine(const uint8_t *p, size_t n)
{
	struct pf_probe probe;
	struct pf_crashinfo c;
	char *word, *save = NULL;

	if (pf_probe_parse(&probe, (const char *)p, n) == NULL) {
		MUST(strlen(probe.version) < sizeof(probe.version));
		for (word = strtok_r(probe.options, " ", &save); word != NULL;
		    word = strtok_r(NULL, " ", &save))
			MUST(pf_option_ok(word));
	}
	pf_crashinfo_parse(&c, (const char *)p, n);
	MUST(c.report + c.report_len <= n);
	MUST(c.signal >= 0 && c.signal <= 64);
	MUST(c.exit_status >= 0 && c.exit_status <= 255);
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
		MUST(f.execs >= -1 && f.cov >= -1 && f.merged >= -1 &&
		    f.to_merge >= -1 && f.crashes >= -1 &&
		    (f.crashes == -1) == (f.ooms == -1) &&
		    strlen(f.artifact) < sizeof(f.artifact));
		if (nl == end)
			break;
	}
}

/* A file in pieces as the first byte says, and whole: both tell the same. */
void
fuzz_elfscan(const uint8_t *p, size_t n)
{
	struct pf_elfscan whole = PF_ELFSCAN_INIT, parts = PF_ELFSCAN_INIT;
	size_t at, piece, k;

	if (n == 0)
		return;
	piece = p[0] + (size_t)1;
	pf_elfscan_add(&whole, p + 1, n - 1);
	for (at = 1; at < n; at += k) {
		k = n - at < piece ? n - at : piece;
		pf_elfscan_add(&parts, p + at, k);
	}
	MUST(whole.built == parts.built && whole.seen == parts.seen);
	MUST(whole.elf == parts.elf);
}

struct file {
	const uint8_t	*p;
	size_t		 n, reads;
};

static ssize_t
file_at(void *arg, void *buf, size_t n, int64_t at)
{
	struct file *f = arg;

	MUST(at >= 0 && n > 0);
	f->reads++;
	if ((uint64_t)at >= f->n)
		return 0;
	if (n > f->n - (size_t)at)
		n = f->n - (size_t)at;
	memcpy(buf, f->p + at, n);
	return (ssize_t)n;
}

/* A file by itself, whatever its tables say: few reads, names that end. */
void
fuzz_elf(const uint8_t *p, size_t n)
{
	struct file f = { p, n, 0 };
	struct pf_elf e;
	char out[32];
	size_t i;

	pf_elf_read(&e, file_at, &f);
	MUST(f.reads < 10000 && e.n <= PF_ELF_LIBRARIES);
	for (i = 0; i < e.n; i++)
		MUST(e.needed[i][0] != '\0' &&
		    strnlen(e.needed[i], PF_ELF_NAME) < PF_ELF_NAME);
	MUST(strnlen(e.interp, PF_ELF_NAME) < PF_ELF_NAME);
	MUST(strnlen(e.path, sizeof(e.path)) < sizeof(e.path));
	MUST(strlen(pf_elf_machine(out, &e)) < 32);
}

/* What is kept of any text is read back as it is. */
void
fuzz_verdict(const uint8_t *p, size_t n)
{
	char out[PF_VERDICTS_TEXT], again[PF_VERDICTS_TEXT];
	char *s = pf_strndup((const char *)p, n);
	struct pf_verdicts v;

	pf_verdicts_parse(&v, s, 1);
	pf_verdicts_text(out, &v);
	MUST(pf_verdicts_any(&v) == (out[0] != '\0'));
	pf_verdicts_parse(&v, out, 2);
	pf_verdicts_text(again, &v);
	MUST(strcmp(out, again) == 0);
	free(s);
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

/* Blocks lie in the text, one behind the other, and none is empty. */
void
fuzz_vgblock(const uint8_t *p, size_t n)
{
	const char *text = (const char *)p, *block;
	size_t len, at = 0, before = 0;

	while (pf_vgblock_next(&block, &len, text, n, &at)) {
		MUST(len > 0 && at <= n && block >= text + before);
		MUST(block + len == text + at);
		before = at;
	}
	MUST(at == n);
}
