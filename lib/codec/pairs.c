/*
 * Lines "key : value"; see pairs.h.
 */
#include <ctype.h>
#include <string.h>

#include "codec/pairs.h"

void
pf_trim(char *out, size_t size, const char *p, const char *end)
{
	size_t n;

	while (p < end && isspace((unsigned char)*p))
		p++;
	while (end > p && isspace((unsigned char)end[-1]))
		end--;
	n = (size_t)(end - p) < size - 1 ? (size_t)(end - p) : size - 1;
	memcpy(out, p, n);
	out[n] = '\0';
}

bool
pf_pair_next(struct pf_pair *pair, const char **p, const char *end)
{
	const char *line, *nl, *colon;

	while ((line = *p) < end) {
		if ((nl = memchr(line, '\n', (size_t)(end - line))) == NULL)
			nl = end;
		*p = nl < end ? nl + 1 : end;
		colon = memchr(line, ':', (size_t)(nl - line));
		if (colon == NULL)
			continue;
		pf_trim(pair->key, sizeof(pair->key), line, colon);
		pf_trim(pair->value, sizeof(pair->value), colon + 1, nl);
		return true;
	}
	return false;
}
