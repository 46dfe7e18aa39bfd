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
	time_t s = (time_t)(ms / 1000);
	int frac = (int)(ms % 1000);
	struct tm tm;
	bool past = ms < 0;

	if (frac < 0) {
		frac += 1000;
		s--;
	}
	if (gmtime_r(&s, &tm) == NULL || tm.tm_year > 8099 ||
	    tm.tm_year < -1900)
		snprintf(out, PF_TIME_TEXT, "%s", past ?
		    "0000-01-01T00:00:00.000Z" : "9999-12-31T23:59:59.999Z");
	else
		snprintf(out, PF_TIME_TEXT,
		    "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ",
		    (unsigned int)(tm.tm_year + 1900) % 10000,
		    (unsigned int)(tm.tm_mon + 1) % 100,
		    (unsigned int)tm.tm_mday % 100,
		    (unsigned int)tm.tm_hour % 100,
		    (unsigned int)tm.tm_min % 100,
		    (unsigned int)tm.tm_sec % 100, (unsigned int)frac);
	return out;
}

/* Whether s begins like the form, where 0 is a digit and T any separator. */
static bool
begins(const char *s, const char *form)
{
	for (; *form != '\0'; s++, form++)
		if (*s == '\0' ||
		    (*form == '0' && !isdigit((unsigned char)*s)) ||
		    (*form == 'T' && strchr("Tt ", *s) == NULL) ||
		    (*form != '0' && *form != 'T' && *s != *form))
			return false;
	return true;
}

static int
two(const char *s)
{
	return (s[0] - '0') * 10 + s[1] - '0';
}

static int
days(int year, int month)
{
	static const int n[] = {
		31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31
	};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return n[month - 1] + (month == 2 && leap);
}

/* "+hh:mm", "-hh:mm" or "Z" as minutes east. */
static bool
offset(int *min, const char *s)
{
	*min = 0;
	if (strcmp(s, "Z") == 0 || strcmp(s, "z") == 0)
		return true;
	if ((*s != '+' && *s != '-') || !begins(s + 1, "00:00") ||
	    s[6] != '\0' || two(s + 1) > 23 || two(s + 4) > 59)
		return false;
	*min = (*s == '-' ? -1 : 1) * (two(s + 1) * 60 + two(s + 4));
	return true;
}

bool
pf_time_parse(int64_t *ms, const char *s)
{
	struct tm tm = { 0 };
	int frac = 0, scale = 100, min, year;

	if (!begins(s, "0000-00-00T00:00:00"))
		return false;
	year = two(s) * 100 + two(s + 2);
	tm.tm_year = year - 1900;
	tm.tm_mon = two(s + 5) - 1;
	tm.tm_mday = two(s + 8);
	tm.tm_hour = two(s + 11);
	tm.tm_min = two(s + 14);
	tm.tm_sec = two(s + 17);
	if (year < 1970 || tm.tm_mon < 0 || tm.tm_mon > 11 ||
	    tm.tm_mday < 1 || tm.tm_mday > days(year, tm.tm_mon + 1) ||
	    tm.tm_hour > 23 || tm.tm_min > 59 || tm.tm_sec > 60)
		return false;
	s += 19;
	if (*s == '.') {
		if (!isdigit((unsigned char)*++s))
			return false;
		for (; isdigit((unsigned char)*s); s++, scale /= 10)
			frac += (*s - '0') * scale;
	}
	if (!offset(&min, s))
		return false;
	*ms = (int64_t)(timegm(&tm) - (time_t)min * 60) * 1000 + frac;
	return true;
}
