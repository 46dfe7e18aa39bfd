/*
 * Numbers, durations and sizes; see num.h.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"

static const struct {
	const char	*name;
	int64_t		 ms;
} units[] = {
	{ "d", 86400000 }, { "h", 3600000 }, { "m", 60000 }, { "s", 1000 },
	{ "ms", 1 },
};

#define NUNITS	(sizeof(units) / sizeof(units[0]))

bool
pf_num(int64_t *out, const char *s, int64_t min, int64_t max)
{
	const char *digits = s;
	long long v;
	char *end;

	if (*digits == '-' && min < 0)
		digits++;
	if (!isdigit((unsigned char)*digits))
		return false;
	errno = 0;
	v = strtoll(s, &end, 10);
	if (errno != 0 || *end != '\0' || v < min || v > max)
		return false;
	*out = v;
	return true;
}

bool
pf_frac(double *out, const char *s, double min, double max)
{
	double v;
	char *end;

	if (!isdigit((unsigned char)*s) ||
	    s[strspn(s, "0123456789.")] != '\0')
		return false;
	errno = 0;
	v = strtod(s, &end);
	if (errno != 0 || *end != '\0' || !isfinite(v) || v < min || v > max)
		return false;
	*out = v;
	return true;
}

/* Digits at *s as a number; false without any or on overflow. */
static bool
digits(int64_t *out, const char **s)
{
	int64_t v = 0;
	int digit;

	if (!isdigit((unsigned char)**s))
		return false;
	for (; isdigit((unsigned char)**s); (*s)++) {
		digit = **s - '0';
		if (v > (INT64_MAX - digit) / 10)
			return false;
		v = v * 10 + digit;
	}
	*out = v;
	return true;
}

bool
pf_dur(int64_t *ms, const char *s)
{
	int64_t total = 0, v;
	size_t i, n, from = 0;

	if (strcmp(s, "0") == 0) {
		*ms = 0;
		return true;
	}
	if (*s == '\0')
		return false;
	while (*s != '\0') {
		if (!digits(&v, &s))
			return false;
		n = strspn(s, "dhms");
		for (i = from; i < NUNITS; i++)
			if (strlen(units[i].name) == n &&
			    strncmp(units[i].name, s, n) == 0)
				break;
		if (i == NUNITS || v > (INT64_MAX - total) / units[i].ms)
			return false;
		total += v * units[i].ms;
		from = i + 1;
		s += n;
	}
	*ms = total;
	return true;
}

char *
pf_dur_text(char out[32], int64_t ms)
{
	size_t i, n = 0;

	if (ms <= 0)
		n = (size_t)snprintf(out, 32, "0");
	for (i = 0; i < NUNITS && ms > 0; i++) {
		if (ms < units[i].ms)
			continue;
		n += (size_t)snprintf(out + n, 32 - n, "%" PRId64 "%s",
		    ms / units[i].ms, units[i].name);
		ms %= units[i].ms;
	}
	return out;
}

bool
pf_size(int64_t *bytes, const char *s)
{
	static const char letters[] = "KMGT";
	const char *unit;
	int64_t v;
	int shift = 0;

	if (!digits(&v, &s))
		return false;
	if (*s != '\0') {
		if ((unit = strchr(letters, *s)) == NULL || s[1] != '\0')
			return false;
		shift = 10 * (int)(unit - letters + 1);
	}
	if (v > INT64_MAX >> shift)
		return false;
	*bytes = v << shift;
	return true;
}

char *
pf_size_text(char out[32], int64_t bytes)
{
	static const char letters[] = "KMGT";
	int i = -1;

	while (i < 3 && bytes != 0 && bytes % 1024 == 0) {
		bytes /= 1024;
		i++;
	}
	if (i < 0)
		snprintf(out, 32, "%" PRId64, bytes);
	else
		snprintf(out, 32, "%" PRId64 "%c", bytes, letters[i]);
	return out;
}
