/*
 * Fields of records; see recfield.h.
 */
#include <string.h>

#include "base/name.h"
#include "codec/check.h"
#include "codec/recfield.h"
#include "codec/verdict.h"

#define BIG	INT64_C(9007199254740992)	/* 2^53 */

enum type { T_TEXT, T_SHA, T_INT, T_REAL, T_HEALTH };

/* The kinds' own fields; max is the longest text or the largest number. */
static const struct field {
	const char	*name;
	enum pf_kind	 kind;
	enum type	 type;
	int64_t		 min;
	int64_t		 max;
} fields[] = {
	{ "type", PF_KIND_CRASH, T_TEXT, 0, 128 },
	{ "signal", PF_KIND_CRASH, T_INT, 0, 128 },
	{ "exit_code", PF_KIND_CRASH, T_INT, -1, 65535 },
	{ "tool", PF_KIND_CRASH, T_TEXT, 0, 128 },
	{ "stack", PF_KIND_CRASH, T_TEXT, 0, 4096 },
	{ "output", PF_KIND_CRASH, T_TEXT, 0, 8192 },
	{ "command", PF_KIND_CRASH, T_TEXT, 0, 4096 },
	{ "engine", PF_KIND_CRASH, T_TEXT, 0, 64 },
	{ "target_hash", PF_KIND_CRASH, T_SHA, 0, 0 },
	{ "run_seed", PF_KIND_CRASH, T_INT, 0, BIG },
	{ "name", PF_KIND_CORPUS, T_TEXT, 0, 512 },
	{ "engine", PF_KIND_CORPUS, T_TEXT, 0, 64 },
	{ "edges", PF_KIND_COVERAGE, T_INT, 0, BIG },
	{ "exec_count", PF_KIND_COVERAGE, T_INT, 0, BIG },
	{ "execs_per_sec", PF_KIND_COVERAGE, T_REAL, 0, 0 },
	{ "corpus_count", PF_KIND_COVERAGE, T_INT, 0, BIG },
	{ "crash_count", PF_KIND_COVERAGE, T_INT, 0, BIG },
	{ "executions", PF_KIND_STATUS, T_INT, 0, BIG },
	{ "execs_per_sec", PF_KIND_STATUS, T_REAL, 0, 0 },
	{ "edges", PF_KIND_STATUS, T_INT, 0, BIG },
	{ "total_edges", PF_KIND_STATUS, T_INT, 0, BIG },
	{ "corpus_count", PF_KIND_STATUS, T_INT, 0, BIG },
	{ "crash_count", PF_KIND_STATUS, T_INT, 0, BIG },
	{ "hang_count", PF_KIND_STATUS, T_INT, 0, BIG },
	{ "peak_rss_mb", PF_KIND_STATUS, T_INT, 0, BIG },
	{ "stability", PF_KIND_STATUS, T_REAL, 0, 0 },
	{ "state", PF_KIND_STATUS, T_TEXT, 0, 64 },
	{ "health", PF_KIND_STATUS, T_HEALTH, 0, 0 },
	{ "offset", PF_KIND_LOG, T_INT, 0, PF_LOG_MAX },
	{ "hash", PF_KIND_CHECK, T_SHA, 0, 0 },
	{ "target", PF_KIND_CHECK, T_SHA, 0, 0 },
	{ "build", PF_KIND_CHECK, T_TEXT, 0, 16 },
	{ "runs", PF_KIND_CHECK, T_INT, 1, PF_CHECK_RUNS },
	{ "crashed", PF_KIND_CHECK, T_INT, 0, PF_CHECK_RUNS },
	{ "same", PF_KIND_CHECK, T_INT, 0, PF_CHECK_RUNS },
	{ "signal", PF_KIND_CHECK, T_INT, 0, 128 },
	{ "exit_code", PF_KIND_CHECK, T_INT, -1, 65535 },
	{ "sanitizers", PF_KIND_CHECK, T_TEXT, 0, 64 },
	{ "of", PF_KIND_SMALL, T_SHA, 0, 0 },
	{ "how", PF_KIND_SMALL, T_TEXT, 0, 32 },
	{ "runs", PF_KIND_SMALL, T_INT, 1, PF_CHECK_RUNS },
	{ "same", PF_KIND_SMALL, T_INT, 0, PF_CHECK_RUNS },
};
#define FIELDS	(sizeof(fields) / sizeof(fields[0]))

size_t
pf_rec_cut(const char *s, size_t len, size_t max)
{
	struct pf_buf quoted = PF_BUF_INIT;
	size_t n = len < max ? len : max;

	for (;;) {
		/* Not in the middle of a character. */
		while (n > 0 && n < len &&
		    ((unsigned char)s[n] & 0xc0) == 0x80)
			n--;
		pf_buf_reset(&quoted);
		pf_jw_strn(&quoted, NULL, s, n);
		if (quoted.len <= max + 2 || n == 0)
			break;
		n = n * max / quoted.len;
	}
	pf_buf_free(&quoted);
	return n;
}

/* Adds a text, cut so that it takes at most max bytes when quoted. */
static void
add_cut(struct pf_buf *b, const char *key, const char *s, size_t max)
{
	pf_jw_strn(b, key, s, pf_rec_cut(s, strlen(s), max));
}

/* As it is kept: only names that are known, each once. */
static const struct pf_err *
add_health(struct pf_buf *b, const struct pf_json *j, const char *key)
{
	const struct pf_err *err;
	char text[PF_VERDICTS_TEXT];
	const char *s = "";

	if ((err = pf_json_str(&s, j, key)) != NULL)
		return err;
	if (strlen(s) > PF_VERDICTS_SAID)
		return pf_err_field(PF_DATA, key, "%s is longer than %d bytes",
		    key, PF_VERDICTS_SAID);
	pf_verdicts_keep(text, s);
	pf_jw_str(b, "health", text);
	return NULL;
}

static const struct pf_err *
add_field(struct pf_buf *b, const struct field *f, const struct pf_json *j,
    const char *key)
{
	const struct pf_err *err = NULL;
	const char *s = NULL;
	double real = 0;
	int64_t num = 0;

	if (pf_json_get(j, key) == NULL)
		return NULL;
	switch (f->type) {
	case T_TEXT:
		if ((err = pf_json_str(&s, j, key)) == NULL)
			add_cut(b, f->name, s, (size_t)f->max);
		break;
	case T_SHA:
		if ((err = pf_json_str(&s, j, key)) != NULL)
			break;
		if (*s != '\0' && !pf_sha_ok(s))
			return pf_err_field(PF_DATA, key, "%s is not the 64 "
			    "hex digits of a SHA-256", key);
		pf_jw_str(b, f->name, s);
		break;
	case T_INT:
		if ((err = pf_json_int(&num, j, key, f->min, f->max)) == NULL)
			pf_jw_int(b, f->name, num);
		break;
	case T_REAL:
		if ((err = pf_json_real(&real, j, key)) == NULL)
			pf_jw_real(b, f->name, real);
		break;
	case T_HEALTH:
		err = add_health(b, j, key);
		break;
	}
	return err;
}

const struct pf_err *
pf_rec_field(struct pf_buf *b, enum pf_kind kind, const char *name,
    const struct pf_json *from, const char *key)
{
	const struct field *f;

	for (f = fields; f < fields + FIELDS; f++)
		if (f->kind == kind && strcmp(f->name, name) == 0)
			return add_field(b, f, from, key);
	pf_die("a %s record has no field %s", pf_kind_name(kind), name);
}

const struct pf_err *
pf_rec_fields(struct pf_buf *b, enum pf_kind kind, const struct pf_json *from)
{
	const struct pf_err *err = NULL;
	const struct field *f;

	for (f = fields; err == NULL && f < fields + FIELDS; f++)
		if (f->kind == kind)
			err = add_field(b, f, from, f->name);
	return err;
}
