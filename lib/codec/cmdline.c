/*
 * The command of a crash; see cmdline.h.
 */
#include <ctype.h>
#include <string.h>

#include "codec/cmdline.h"

static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/=+:,@%";

/* The next word into b. */
static const struct pf_err *
word(struct pf_buf *b, const char **at)
{
	const char *s = *at, *end;
	size_t n;

	while (*s != '\0' && *s != ' ') {
		if (*s == '\'') {
			if ((end = strchr(s + 1, '\'')) == NULL)
				return pf_err(PF_DATA, "a quote is open");
			pf_buf_add(b, s + 1, (size_t)(end - s - 1));
			s = end + 1;
		} else if (s[0] == '\\' && s[1] == '\'') {
			pf_buf_addc(b, '\'');
			s += 2;
		} else if ((n = strspn(s, plain)) > 0) {
			pf_buf_add(b, s, n);
			s += n;
		} else
			return pf_err(PF_DATA, "byte 0x%02x is not quoted",
			    (unsigned int)(unsigned char)*s);
	}
	*at = s;
	return NULL;
}

/* NAME=value, before the target. */
static bool
is_setting(const char *s)
{
	size_t n = 0;

	while (isalnum((unsigned char)s[n]) || s[n] == '_')
		n++;
	return n > 0 && s[n] == '=';
}

/* What follows the target. */
static const struct pf_err *
arguments(struct pf_cmdline *c, const char *s)
{
	const struct pf_err *err;

	for (;;) {
		s += strspn(s, " ");
		if (*s == '\0')
			return NULL;
		if (*s == '<') {
			s += 1 + strspn(s + 1, " ");
			if (strncmp(s, "%INPUT%", 7) != 0 ||
			    s[7 + strspn(s + 7, " ")] != '\0')
				return pf_err(PF_DATA, "what follows < is not "
				    "the input alone");
			c->by_stdin = true;
			return NULL;
		}
		if ((err = word(&c->words, &s)) != NULL)
			return err;
		pf_buf_addc(&c->words, '\0');
		c->nargs++;
	}
}

const struct pf_err *
pf_cmdline_parse(struct pf_cmdline *c, const char *s)
{
	*c = (struct pf_cmdline)PF_CMDLINE_INIT;
	if (strlen(s) > PF_CMDLINE_MAX)
		return pf_err(PF_DATA, "it is longer than %d bytes",
		    PF_CMDLINE_MAX);
	s += strspn(s, " ");
	if (is_setting(s))
		return pf_err(PF_DATA, "it sets a variable, which could load "
		    "other code into the target");
	if (strncmp(s, "%TARGET%", 8) != 0 || (s[8] != '\0' && s[8] != ' '))
		return pf_err(PF_DATA, "it does not begin with the target");
	return arguments(c, s + 8);
}

void
pf_cmdline_free(struct pf_cmdline *c)
{
	pf_buf_free(&c->words);
	*c = (struct pf_cmdline)PF_CMDLINE_INIT;
}

void
pf_cmdline_quote(struct pf_buf *b, const char *s)
{
	pf_buf_addc(b, '\'');
	while (*s != '\0')
		if (strncmp(s, "%INPUT%", 7) == 0) {
			pf_buf_adds(b, "'\"$input\"'");
			s += 7;
		} else if (strncmp(s, "%TARGET%", 8) == 0) {
			pf_buf_adds(b, "'\"$target\"'");
			s += 8;
		} else if (*s == '\'') {
			pf_buf_adds(b, "'\\''");
			s++;
		} else
			pf_buf_addc(b, *s++);
	pf_buf_addc(b, '\'');
}
