/*
 * RFC 3339 text of a wall time; see time.h.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/time.h"

char *
pf_time_text(char out[PF_TIME_TEXT], int64_t ms)
{
	time_t s;
	struct tm tm;
	int frac;
	char date[24];

	s = (time_t)(ms / 1000);
	frac = (int)(ms % 1000);
	if (frac < 0) {
		frac += 1000;
		s--;
	}
	if (gmtime_r(&s, &tm) == NULL || tm.tm_year > 8099 ||
	    strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm) == 0)
		snprintf(out, PF_TIME_TEXT, "9999-12-31T23:59:59.999Z");
	else
		snprintf(out, PF_TIME_TEXT, "%s.%03dZ", date, frac);
	return out;
}

/* "+hh:mm", "-hh:mm" or "Z" as minutes east. */
static bool
offset(int *min, const char *s)
{
	int h, m, n = 0;

	*min = 0;
	if (strcmp(s, "Z") == 0 || strcmp(s, "z") == 0)
		return true;
	if ((*s != '+' && *s != '-') ||
	    sscanf(s + 1, "%2d:%2d%n", &h, &m, &n) != 2 || n != 5 ||
	    s[6] != '\0' || h > 23 || m > 59)
		return false;
	*min = (*s == '-' ? -1 : 1) * (h * 60 + m);
	return true;
}

bool
pf_time_parse(int64_t *ms, const char *s)
{
	struct tm tm = { 0 };
	int frac = 0, scale = 100, min, n = 0;

	if (strspn(s, "0123456789-") < 10 ||
	    sscanf(s, "%4d-%2d-%2d%*1[Tt ]%2d:%2d:%2d%n", &tm.tm_year,
	    &tm.tm_mon, &tm.tm_mday, &tm.tm_hour, &tm.tm_min, &tm.tm_sec,
	    &n) != 6 || n != 19)
		return false;
	if (tm.tm_mon < 1 || tm.tm_mon > 12 || tm.tm_mday < 1 ||
	    tm.tm_mday > 31 || tm.tm_hour > 23 || tm.tm_min > 59 ||
	    tm.tm_sec > 60 || tm.tm_year < 1970)
		return false;
	s += n;
	if (*s == '.')
		for (s++; isdigit((unsigned char)*s); s++, scale /= 10)
			frac += (*s - '0') * scale;
	if (!offset(&min, s))
		return false;
	tm.tm_year -= 1900;
	tm.tm_mon--;
	*ms = (int64_t)(timegm(&tm) - (time_t)min * 60) * 1000 + frac;
	return true;
}
