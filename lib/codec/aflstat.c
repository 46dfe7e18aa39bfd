/*
 * What afl-fuzz writes; see aflstat.h.
 */
#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "codec/aflstat.h"
#include "codec/pairs.h"

#define BIG	INT64_C(9007199254740992)	/* 2^53 */

/* Without blanks and a final '%'. */
static void
trim(char out[64], const char *p, const char *end)
{
	while (end > p && strchr("% \t\r\n", end[-1]) != NULL)
		end--;
	pf_trim(out, 64, p, end);
}

static void
set_int(int64_t *at, const char *value)
{
	if (!pf_num(at, value, 0, BIG))
		*at = -1;
}

static void
set_real(double *at, const char *value)
{
	if (!pf_frac(at, value, 0, 1e15))
		*at = -1;
}

static void
take(struct pf_aflstat *s, const char *key, const char *value)
{
	const struct {
		const char	*key;
		int64_t		*at;
	} ints[] = {
		{ "start_time", &s->start_time },
		{ "last_update", &s->last_update },
		{ "run_time", &s->run_time },
		{ "relative_time", &s->run_time },	/* in plot_data */
		{ "cycles_done", &s->cycles_done },
		{ "execs_done", &s->execs_done },
		{ "total_execs", &s->execs_done },	/* in plot_data */
		{ "corpus_count", &s->corpus_count },
		{ "corpus_imported", &s->corpus_imported },
		{ "pending_total", &s->pending_total },
		{ "saved_crashes", &s->saved_crashes },
		{ "saved_hangs", &s->saved_hangs },
		{ "last_find", &s->last_find },
		{ "exec_timeout", &s->exec_timeout },
		{ "edges_found", &s->edges_found },
		{ "total_edges", &s->total_edges },
		{ "peak_rss_mb", &s->peak_rss_mb },
	};
	size_t i;

	for (i = 0; i < sizeof(ints) / sizeof(ints[0]); i++)
		if (strcmp(ints[i].key, key) == 0)
			set_int(ints[i].at, value);
	if (strcmp(key, "execs_per_sec") == 0)
		set_real(&s->execs_per_sec, value);
	else if (strcmp(key, "stability") == 0)
		set_real(&s->stability, value);
}

static void
unknown(struct pf_aflstat *s)
{
	*s = (struct pf_aflstat){ -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
	    -1, -1, -1, -1, -1, -1 };
}

void
pf_aflstat_parse(struct pf_aflstat *s, const char *p, size_t n)
{
	const char *end = p + n;
	struct pf_pair pair;
	char value[64];

	unknown(s);
	while (pf_pair_next(&pair, &p, end)) {
		trim(value, pair.value, pair.value + strlen(pair.value));
		take(s, pair.key, value);
	}
}

/* The next part of a line up to a comma, trimmed; false at its end. */
static bool
column(char out[64], const char **p, const char *end)
{
	const char *comma;

	if (*p >= end)
		return false;
	if ((comma = memchr(*p, ',', (size_t)(end - *p))) == NULL)
		comma = end;
	trim(out, *p, comma);
	*p = comma + 1;
	return true;
}

void
pf_aflplot_parse(struct pf_aflstat *s, const char *head, size_t nhead,
    const char *tail, size_t ntail)
{
	const char *head_end, *end, *line;
	char key[64], value[64];

	unknown(s);
	head_end = nhead > 0 ? memchr(head, '\n', nhead) : NULL;
	end = ntail > 0 ? memrchr(tail, '\n', ntail) : NULL;
	if (head_end == NULL || end == NULL || *head != '#')
		return;
	line = memrchr(tail, '\n', (size_t)(end - tail));
	line = line == NULL ? tail : line + 1;
	/* A file that has no more than its first line, or a new head. */
	if (line < end && *line == '#')
		return;
	for (head++; column(key, &head, head_end) &&
	    column(value, &line, end); )
		take(s, key, value);
}

/* What follows "key" in a list of "key:value" parts, up to one of ends; ""
 * if it is not there or too long. */
static void
word(char out[32], const char *name, const char *key, const char *ends)
{
	size_t n = strlen(key), len;

	out[0] = '\0';
	for (; name != NULL; name = strchr(name, ',')) {
		if (*name == ',')
			name++;
		if (strncmp(name, key, n) != 0)
			continue;
		if ((len = strcspn(name + n, ends)) < 32) {
			memcpy(out, name + n, len);
			out[len] = '\0';
		}
		return;
	}
}

/* The number there, or -1. */
static int64_t
part(const char *name, const char *key)
{
	char text[32];
	int64_t v;

	word(text, name, key, strcmp(key, "src:") == 0 ? ",+" : ",");
	return pf_num(&v, text, 0, BIG) ? v : -1;
}

bool
pf_aflname_parse(struct pf_aflname *f, const char *name)
{
	if (strncmp(name, "id:", 3) != 0)
		return false;
	f->id = part(name, "id:");
	f->sig = part(name, "sig:");
	f->time = part(name, "time:");
	f->execs = part(name, "execs:");
	f->src = part(name, "src:");
	word(f->op, name, "op:", ",");
	f->imported = strstr(name, ",sync:") != NULL;
	f->seed = strstr(name, ",orig:") != NULL;
	return f->id != -1;
}
