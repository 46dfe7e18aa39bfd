/*
 * What a run under valgrind has shown, told apart: each error and each leak
 * is a finding of its own; see check.h.
 */
#include <string.h>

#include "codec/vgblock.h"
#include "run/check/check.h"

size_t
findings_of(struct finding v[FINDINGS], const struct pf_buf *log)
{
	struct pf_trace t;
	char key[CHECK_KEY];
	const char *p;
	size_t len, at = 0, i, n = 0;

	while (pf_vgblock_next(&p, &len, log->data, log->len, &at)) {
		pf_trace_parse(&t, p, len);
		if (strcmp(t.tool, "valgrind") != 0)
			continue;
		trial_key(key, &t, "unknown");
		for (i = 0; i < n; i++)
			if (strcmp(v[i].key, key) == 0)
				break;
		if (i == FINDINGS)
			continue;
		if (i == n) {
			v[n++] = (struct finding){ .text = PF_BUF_INIT };
			memcpy(v[i].key, key, sizeof(key));
		}
		/* Leaks of one place are one, with the sum of them. */
		pf_buf_add(&v[i].text, p, len);
		pf_buf_addc(&v[i].text, '\n');
	}
	return n;
}

void
findings_free(struct finding v[FINDINGS], size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		pf_buf_free(&v[i].text);
}

void
finding_pick(struct trial *t, const char *key)
{
	struct finding v[FINDINGS];
	size_t k, n = findings_of(v, &t->log);

	for (k = 0; k < n && strcmp(v[k].key, key) != 0; k++)
		;
	if (k == n)
		k = 0;
	if (n > 0) {
		pf_buf_reset(&t->log);
		pf_buf_add(&t->log, v[k].text.data, v[k].text.len);
		pf_trace_parse(&t->trace, t->log.data, t->log.len);
		memcpy(t->key, v[k].key, sizeof(t->key));
		t->crashed = true;
	}
	findings_free(v, n);
}
