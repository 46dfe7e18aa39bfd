/*
 * codec/wire, codec/base64: what a request says becomes the record of it, or
 * it is refused by the member at fault.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/tap.h"
#include "codec/base64.h"
#include "codec/wire.h"

#define WHO	"\"job_id\":\"j\",\"bot_id\":\"b\","
#define HELLO	"2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362" \
		"938b9824"

static void
base64(void)
{
	static const struct {
		const char	*text, *bytes;
	} right[] = {
		{ "", "" }, { "Zg==", "f" }, { "Zm8=", "fo" },
		{ "Zm9v", "foo" }, { "Zm9vYg==", "foob" },
		{ "+/+/", "\xfb\xff\xbf" },
	};
	static const char *const wrong[] = {
		"Z", "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm 9v", "Zm9v\n",
		"-_-_", "=Zm9", "Zg==Zg==", "====", "Zm9v=", "Z=g=", "Zm9\xc3",
	};
	struct pf_buf b = PF_BUF_INIT;
	size_t i;

	for (i = 0; i < sizeof(right) / sizeof(right[0]); i++) {
		pf_buf_reset(&b);
		ok(pf_base64(&b, right[i].text, strlen(right[i].text)),
		    right[i].text);
		is_str(b.data, right[i].bytes, "its bytes");
	}
	pf_buf_reset(&b);
	pf_buf_adds(&b, "kept");
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		ok(!pf_base64(&b, wrong[i], strlen(wrong[i])), wrong[i]);
	is_str(b.data, "kept", "nothing is added of them");
	ok(pf_base64(&b, "AAAA", 4) && b.len == 7 && b.data[6] == '\0',
	    "bytes that are NUL");
	pf_buf_free(&b);
}

/* Reads text as a result of the kind; "" or the field at fault. */
static const char *
read_as(struct pf_wire *w, struct pf_json **j, enum pf_kind kind,
    const char *text)
{
	static char field[32];
	const struct pf_rec outer = { .epoch = 3 };
	const struct pf_err *err;

	if (pf_json_parse(j, text, strlen(text)) != NULL) {
		*w = (struct pf_wire)PF_WIRE_INIT;
		return "no JSON";
	}
	if ((err = pf_wire_read(w, kind, *j, &outer)) == NULL)
		err = pf_wire_ready(w);
	snprintf(field, sizeof(field), "%s", err != NULL ? err->field : "");
	return field;
}

static void
refused(void)
{
	static const struct {
		enum pf_kind	 kind;
		const char	*text, *field;
	} t[] = {
		{ PF_KIND_CRASH, "{\"bot_id\":\"b\"}", "job_id" },
		{ PF_KIND_CRASH, "{\"job_id\":\"j\"}", "bot_id" },
		{ PF_KIND_CRASH, "{\"job_id\":\"../j\"}", "job_id" },
		{ PF_KIND_CRASH, "{" WHO "\"bot_id2\":1}", "input" },
		{ PF_KIND_CRASH, "{" WHO "\"hash\":\"abc\"}", "hash" },
		{ PF_KIND_CRASH, "{" WHO "\"input\":\"a\"}", "input" },
		{ PF_KIND_CRASH, "{" WHO "\"input\":5}", "input" },
		{ PF_KIND_CRASH, "{" WHO "\"input\":\"aGVsbG8=\",\"size\":6}",
		    "size" },
		{ PF_KIND_CRASH, "{" WHO "\"input\":\"aGVsbG8=\",\"hash\":"
		    "\"2cf2\"}", "hash" },
		{ PF_KIND_CRASH, "{" WHO "\"signal\":129,\"input\":\"\"}",
		    "signal" },
		{ PF_KIND_CRASH, "{" WHO "\"signal\":1e300}", "signal" },
		{ PF_KIND_CRASH, "{" WHO "\"exit_code\":-2}", "exit_code" },
		{ PF_KIND_CRASH, "{" WHO "\"stack_trace\":[]}",
		    "stack_trace" },
		{ PF_KIND_CRASH, "{" WHO "\"timestamp\":\"now\"}",
		    "timestamp" },
		{ PF_KIND_CRASH, "{" WHO "\"timestamp\":"
		    "\"1970-01-01T00:00:00+01:00\"}", "timestamp" },
		{ PF_KIND_CRASH, "{" WHO "\"seq\":-1}", "seq" },
		{ PF_KIND_CRASH, "{" WHO "\"epoch\":9007199254740993}",
		    "epoch" },
		{ PF_KIND_CRASH, "{" WHO "\"inc\":\"A B\"}", "inc" },
		{ PF_KIND_CRASH, "{" WHO "\"id\":\"a\\nb\"}", "id" },
		{ PF_KIND_COVERAGE, "{" WHO "\"edges\":-1}", "edges" },
		{ PF_KIND_COVERAGE, "{" WHO "\"edges\":1.5}", "edges" },
		{ PF_KIND_STATUS, "{" WHO "\"type\":\"resource_alert\"}",
		    "type" },
		{ PF_KIND_STATUS, "{" WHO "\"cpu_usage\":1}", "executions" },
		{ PF_KIND_STATUS, "{" WHO "\"total_crashes\":true}",
		    "total_crashes" },
	};
	struct pf_json *j;
	struct pf_wire w;
	size_t i;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		is_str(read_as(&w, &j, t[i].kind, t[i].text), t[i].field,
		    t[i].text);
		pf_wire_free(&w);
		pf_json_free(j);
	}
}

static void
crash(void)
{
	struct pf_json *j;
	struct pf_wire w;
	struct pf_buf a = PF_BUF_INIT, b = PF_BUF_INIT;

	is_str(read_as(&w, &j, PF_KIND_CRASH, "{" WHO "\"id\":\"x\",\"hash\":"
	    "\"" HELLO "\",\"size\":5,\"is_unique\":true,\"signal\":11,"
	    "\"stack_trace\":\"f < g\",\"timestamp\":\"2026-11-23T18:16:00.5Z"
	    "\",\"attempt\":\"7\",\"input\":\"aGVsbG8=\"}"), "",
	    "a crash as Go has it");
	is_int(w.rec.time, 1795457760500, "its time");
	is_int(w.rec.seq, w.rec.time, "is its seq");
	is_int(w.rec.attempt, 7, "its token");
	is_int(w.rec.epoch, 3, "what it does not say is the outer one's");
	ok(w.rec.len == 5 && memcmp(w.rec.body, "hello", 5) == 0, "its input");
	pf_wire_frame(&a, &w);
	is_str(w.rec.sha256, HELLO, "and the hash");
	is_str(w.fields.data, "{\"sender_id\":\"x\",\"signal\":11,\"stack\":"
	    "\"f < g\"", "the fields, by the record's names");
	pf_wire_free(&w);
	pf_json_free(j);
	read_as(&w, &j, PF_KIND_CRASH, "{\"input\":\"aGVsbG8=\",\"bot_id\":"
	    "\"b\",\"stack\":\"f < g\", \"is_unique\":false,\"signal\":11.0,"
	    "\"attempt\":7,\"timestamp\":\"2026-11-23T19:16:00.500+01:00\","
	    "\"job_id\":\"j\",\"id\":\"x\"}");
	pf_wire_frame(&b, &w);
	is_str(b.data, a.data, "said in another way it is the same record");
	pf_wire_free(&w);
	pf_json_free(j);
	is_str(read_as(&w, &j, PF_KIND_CRASH, "{" WHO "\"size\":5,\"hash\":\""
	    HELLO "\",\"timestamp\":\"0001-01-01T00:00:00Z\"}"), "",
	    "a crash without its input");
	is_str(w.fields.data, "{\"input_hash\":\"" HELLO "\",\"input_size\":5",
	    "tells which");
	is_int(w.rec.time, PF_TIME_UNTOLD + 1, "Go's time of none is the last, "
	    "for it tells nothing");
	is_int(w.rec.seq, 0, "which is no seq");
	pf_wire_free(&w);
	pf_json_free(j);
	is_str(read_as(&w, &j, PF_KIND_CRASH, "{" WHO "\"size\":5,\"hash\":\""
	    HELLO "\"}"), "", "its input by another way");
	pf_wire_free(&w);
	pf_json_free(j);
	pf_buf_free(&a);
	pf_buf_free(&b);
}

/* What is not told, or cannot be, is the same each time, and comes last. */
static void
untold(void)
{
	static const char *const times[] = { "", "\"timestamp\":\"\",",
	    "\"timestamp\":\"0001-01-01T00:00:00Z\",",
	    "\"timestamp\":\"1970-01-01T00:00:00Z\",",
	    "\"timestamp\":\"9999-12-31T23:59:59Z\"," };
	char text[256];
	struct pf_json *j;
	struct pf_wire w;
	size_t i;

	for (i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		snprintf(text, sizeof(text), "{%s" WHO "\"input\":\"\","
		    "\"output\":\"it says\"}", times[i]);
		pf_json_parse(&j, text, strlen(text));
		pf_wire_read(&w, PF_KIND_CRASH, j, &(struct pf_rec){
		    .epoch = 1 });
		pf_wire_latest(&w, INT64_C(1795457760500));
		ok(pf_wire_ready(&w) == NULL, "a crash at no time");
		is_int(w.rec.time, PF_TIME_UNTOLD, "has the last but one");
		is_int(w.rec.seq, 0, "and no seq of it");
		pf_wire_free(&w);
		pf_json_free(j);
	}
	is_str(read_as(&w, &j, PF_KIND_STATUS, "{" WHO "\"executions\":1,"
	    "\"timestamp\":\"2027-01-01T00:00:00Z\",\"seq\":7}"), "",
	    "numbers of times to come");
	pf_wire_latest(&w, INT64_C(1795457760500));
	is_int(w.rec.time, 0, "have none");
	is_int(w.rec.seq, 7, "but their own seq");
	pf_wire_free(&w);
	pf_json_free(j);
}

static void
input(void)
{
	struct pf_json *j = NULL;
	struct pf_wire w;
	const struct pf_rec outer = { .job = "j", .bot = "b" };
	const char *text = "{\"size\":5,\"hash\":\"" HELLO "\"}";
	char sha[PF_SHA_TEXT] = HELLO, other[PF_SHA_TEXT];

	pf_sha256(other, "other", 5);
	ok(pf_json_parse(&j, text, strlen(text)) == NULL &&
	    pf_wire_read(&w, PF_KIND_CRASH, j, &outer) == NULL, "a crash");
	ok(pf_wire_input(&w, other, 5) != NULL, "the bytes of another");
	w.given = false;
	ok(pf_wire_input(&w, sha, 4) != NULL, "or too few");
	w.given = false;
	ok(pf_wire_input(&w, sha, 5) == NULL, "its own");
	ok(pf_wire_input(&w, sha, 5) != NULL, "but once");
	pf_wire_free(&w);
	pf_json_free(j);
}

static void
corpus(void)
{
	struct pf_json *j;
	struct pf_wire w;
	const struct pf_json *v;
	const struct pf_err *err;

	read_as(&w, &j, PF_KIND_CORPUS, "{" WHO "\"files\":[{\"name\":\"n\","
	    "\"data\":\"Zm9v\"},{\"data\":\"\"},\"only\",{\"name\":\"n\"},"
	    "{\"data\":\"!\"},{\"name\":\"a\\nb\",\"data\":\"\"}]}");
	v = pf_json_first(pf_json_get(j, "files"));
	ok(pf_wire_file(&w, v) == NULL, "a file");
	is_str(w.rec.body, "foo", "its bytes");
	is_str(w.fields.data, "{\"name\":\"n\"", "its name");
	v = pf_json_next(v);
	ok(pf_wire_file(&w, v) == NULL && w.rec.len == 0, "an empty one");
	is_str(w.fields.data, "{", "without a name");
	v = pf_json_next(v);
	err = pf_wire_file(&w, v);
	ok(err != NULL && err->field[0] == '\0', "a name only, of no member");
	v = pf_json_next(v);
	err = pf_wire_file(&w, v);
	ok(err != NULL && strcmp(err->field, "data") == 0, "without data");
	v = pf_json_next(v);
	err = pf_wire_file(&w, v);
	ok(err != NULL && strcmp(err->field, "data") == 0, "no base64");
	v = pf_json_next(v);
	err = pf_wire_file(&w, v);
	ok(err != NULL && strcmp(err->field, "name") == 0, "an odd name");
	pf_wire_free(&w);
	pf_json_free(j);
}

int
main(void)
{
	base64();
	refused();
	crash();
	untold();
	input();
	corpus();
	return done_testing();
}
