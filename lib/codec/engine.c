/*
 * What an engine says; see engine.h.
 */
#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "codec/engine.h"
#include "codec/pairs.h"

#define OPTION_MAX	31

bool
pf_option_ok(const char *s)
{
	size_t n = strlen(s);

	return n >= 1 && n <= OPTION_MAX && (*s < '0' || *s > '9') &&
	    strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_") == n;
}

/* One blank between them, each of them a name. */
static const struct pf_err *
set_options(char out[256], const char *list)
{
	char word[256];
	size_t n, k = 0;

	for (list += strspn(list, " \t"); *list != '\0';
	    list += n + strspn(list + n, " \t")) {
		n = strcspn(list, " \t");
		snprintf(word, sizeof(word), "%.*s", (int)n, list);
		if (!pf_option_ok(word))
			return pf_err(PF_DATA, "its option \"%.40s\" is no "
			    "name of small letters, digits and _", word);
		k += (size_t)snprintf(out + k, 256 - k, "%s%s",
		    k > 0 ? " " : "", word);
	}
	return NULL;
}

static void
set_version(char out[64], const char *s)
{
	size_t k = 0;

	for (; *s != '\0' && k < 63; s++)
		out[k++] = *s > 0x20 && *s < 0x7f ? *s : ' ';
	out[k] = '\0';
}

const struct pf_err *
pf_probe_parse(struct pf_probe *probe, const char *p, size_t n)
{
	const struct pf_err *err;
	const char *end = p + n;
	struct pf_pair pair;
	int64_t contract = 0;

	*probe = (struct pf_probe){ .version = "" };
	while (pf_pair_next(&pair, &p, end)) {
		if (strcmp(pair.key, "contract") == 0) {
			if (!pf_num(&contract, pair.value, 1, INT32_MAX))
				contract = -1;
		} else if (strcmp(pair.key, "version") == 0)
			set_version(probe->version, pair.value);
		else if (strcmp(pair.key, "options") == 0 &&
		    (err = set_options(probe->options, pair.value)) != NULL)
			return err;
	}
	if (contract == 0)
		return pf_err(PF_DATA, "it does not print \"contract : %d\"",
		    PF_ENGINE_CONTRACT);
	if (contract != PF_ENGINE_CONTRACT)
		return pf_err(PF_DATA, "it speaks another contract than %d",
		    PF_ENGINE_CONTRACT);
	return NULL;
}

void
pf_crashinfo_parse(struct pf_crashinfo *c, const char *p, size_t n)
{
	const char *all = p, *end = p + n, *head = end, *s;
	struct pf_pair pair;

	*c = (struct pf_crashinfo){ 0 };
	/* The report comes after the first empty line. */
	for (s = p; s < end; s++)
		if (*s == '\n' && (s == p || s[-1] == '\n')) {
			head = s;
			c->report = (size_t)(s + 1 - all);
			c->report_len = n - c->report;
			break;
		}
	while (pf_pair_next(&pair, &p, head)) {
		if (strcmp(pair.key, "signal") == 0)
			(void)pf_num(&c->signal, pair.value, 0, 64);
		else if (strcmp(pair.key, "exit_status") == 0)
			(void)pf_num(&c->exit_status, pair.value, 0, 255);
	}
}
