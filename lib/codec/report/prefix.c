/*
 * Text before the lines of a report; see prefix.h.
 */
#include <ctype.h>
#include <string.h>

#include "codec/report/line.h"
#include "codec/report/prefix.h"

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "2026-11-28T06:23:51.123456789Z ", "[2026-11-28 06:23:51,123 +0100] " */
static size_t
of_time(const char *s)
{
	static const char shape[] = "0000-00-00T00:00:00";
	const char *p = s + (*s == '[');
	size_t i;

	for (i = 0; shape[i] != '\0'; i++, p++)
		if (shape[i] == '0' ? !is_digit(*p) : *p != shape[i] &&
		    (shape[i] != 'T' || *p != ' '))
			return 0;
	if (*p == '.' || *p == ',')
		p += 1 + strspn(p + 1, "0123456789");
	if (*p == 'Z')
		p++;
	else if ((i = *p == ' ', p[i] == '+' || p[i] == '-') &&
	    strspn(p + i + 1, "0123456789:") >= 4)
		p += i + 1 + strspn(p + i + 1, "0123456789:");
	if (*s == '[' && *p++ != ']')
		return 0;
	if (*p != ' ' && *p != '\0')
		return 0;
	return (size_t)(p - s) + (*p == ' ');
}

/* "app_1  | " */
static size_t
of_container(const char *s)
{
	const char *p = s;

	while (isalnum((unsigned char)*p) || (*p != '\0' &&
	    strchr("_.-/", *p) != NULL))
		p++;
	if (p == s || *p != ' ')
		return 0;
	p = pf_line_skip(p);
	if (*p != '|' || (p[1] != ' ' && p[1] != '\0'))
		return 0;
	return (size_t)(p - s) + 1 + (p[1] == ' ');
}

/* Whether a report begins here, or goes on: what nothing else begins with. */
static bool
is_mark(const char *s)
{
	static const char *const marks[] = { "WARNING: ThreadSanitizer: ",
	    "ThreadSanitizer: CHECK failed: ",
	    "MemorySanitizer: CHECK failed: ",
	    "Program received signal SIG", "Program terminated with signal SIG",
	    "#0  0x" };
	size_t i;

	if (*s == '=')
		return pf_line_pid(s) != s;
	for (i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (*s == *marks[i] && pf_line_after(s, marks[i]) != NULL)
			return true;
	return false;
}

/* Takes what is before it, if that is more than blanks, for the prefix. */
static size_t
learn(struct pf_prefix *x, const char *s)
{
	size_t i;

	for (i = 1; i <= PF_PREFIX_TEXT && s[i - 1] != '\0'; i++)
		if (s[i - 1] == ' ' && is_mark(s + i))
			break;
	if (i > PF_PREFIX_TEXT || s[i - 1] == '\0' ||
	    pf_line_skip(s) == s + i)
		return 0;
	memcpy(x->text, s, i);
	return x->n = i;
}

/* A line that is nothing else may have lost the blanks at its end. */
static size_t
fits(const struct pf_prefix *x, const char *s)
{
	size_t i;

	for (i = 0; i < x->n && s[i] != '\0'; i++)
		if (s[i] != x->text[i] && (!is_digit(s[i]) ||
		    !is_digit(x->text[i])))
			return 0;
	return i == x->n || strspn(x->text + i, " ") >= x->n - i ? i : 0;
}

size_t
pf_prefix(struct pf_prefix *x, const char *line, bool open)
{
	size_t n = 0, more;

	while ((more = of_time(line + n)) > 0 ||
	    (more = of_container(line + n)) > 0)
		n += more;
	more = fits(x, line + n);
	if (more == 0 && open && !is_mark(line + n))
		more = learn(x, line + n);
	return n + more;
}
