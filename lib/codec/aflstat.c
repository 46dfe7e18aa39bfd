/*
 * What afl-fuzz writes; see aflstat.h.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "codec/aflstat.h"

#define BIG	INT64_C(9007199254740992)	/* 2^53 */

/* Copies a value without blanks and a final '%' into a small buffer. */
static void
trim(char out[64], const char *p, const char *end)
{
	size_t n;

	while (p < end && isspace((unsigned char)*p))
		p++;
	while (end > p && (isspace((unsigned char)end[-1]) || end[-1] == '%'))
		end--;
	n = (size_t)(end - p) < 63 ? (size_t)(end - p) : 63;
	memcpy(out, p, n);
	out[n] = '\0';
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
		{ "execs_done", &s->execs_done },
		{ "corpus_count", &s->corpus_count },
		{ "corpus_imported", &s->corpus_imported },
		{ "saved_crashes", &s->saved_crashes },
		{ "saved_hangs", &s->saved_hangs },
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

void
pf_aflstat_parse(struct pf_aflstat *s, const char *p, size_t n)
{
	const char *end = p + n, *nl, *colon;
	char key[64], value[64];

	*s = (struct pf_aflstat){ -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
	    -1, -1 };
	for (; p < end; p = nl + 1) {
		if ((nl = memchr(p, '\n', (size_t)(end - p))) == NULL)
			nl = end;
		if ((colon = memchr(p, ':', (size_t)(nl - p))) != NULL) {
			trim(key, p, colon);
			trim(value, colon + 1, nl);
			take(s, key, value);
		}
		if (nl == end)
			break;
	}
}

/* The number after "key" in a list of "key:value" parts, or -1. */
static int64_t
part(const char *name, const char *key)
{
	size_t n = strlen(key);
	char text[24];
	int64_t v;
	size_t len;

	for (; name != NULL; name = strchr(name, ',')) {
		if (*name == ',')
			name++;
		if (strncmp(name, key, n) != 0)
			continue;
		len = strcspn(name + n, ",");
		if (len >= sizeof(text))
			return -1;
		memcpy(text, name + n, len);
		text[len] = '\0';
		return pf_num(&v, text, 0, BIG) ? v : -1;
	}
	return -1;
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
	f->imported = strstr(name, ",sync:") != NULL;
	f->seed = strstr(name, ",orig:") != NULL;
	return f->id != -1;
}
