/*
 * The command of a crash: what is taken apart, what is refused, and that a
 * shell reads what was quoted as it was.
 */
#include <stdio.h>
#include <string.h>

#include "codec/cmdline.h"
#include "t/lib/tap.h"

/* The words with | behind each, < at the end. */
static const char *
parsed(struct pf_buf *b, const char *command)
{
	struct pf_cmdline c;
	const char *w;
	size_t i;

	pf_buf_reset(b);
	if (pf_cmdline_parse(&c, command) != NULL)
		pf_buf_adds(b, "refused");
	else {
		w = c.words.data;
		for (i = 0; i < c.nargs; i++, w += strlen(w) + 1)
			pf_buf_addf(b, "%s|", w);
		if (c.by_stdin)
			pf_buf_adds(b, "<");
	}
	pf_cmdline_free(&c);
	return b->data;
}

int
main(void)
{
	static const char *const good[][2] = {
		{ "%TARGET%", "" },
		{ "  %TARGET%  ", "" },
		{ "%TARGET% %INPUT%", "%INPUT%|" },
		{ "%TARGET% < %INPUT%", "<" },
		{ "%TARGET% <%INPUT% ", "<" },
		{ "%TARGET% '' b", "|b|" },
		{ "%TARGET% 'a;b|c' 'it'\\''s'", "a;b|c|it's|" },
		{ "%TARGET% --in=%INPUT%.x A=b", "--in=%INPUT%.x|A=b|" },
		{ "%TARGET% '$(x)' '\n'", "$(x)|\n|" },
		{ "%TARGET% '<' %INPUT%", "<|%INPUT%|" },
		{ "%TARGET% %TARGET%", "%TARGET%|" },
	};
	static const char *const bad[] = { "", " ", "ls", "ls %TARGET%",
	    "'%TARGET%'", "%TARGET%x", "%TARGET%'x'", "%TARGET%<%INPUT%",
	    "LD_PRELOAD=%INPUT% %TARGET%", "A=1 B='x y' %TARGET%",
	    "A= %TARGET%", "'A'=b %TARGET%", "A'=b' %TARGET%",
	    "1A=b %TARGET%", "A=b", "A=%TARGET%", "=b %TARGET%",
	    "%TARGET% 'a", "%TARGET% a'", "%TARGET% \\a",
	    "%TARGET% \\", "%TARGET% $a", "%TARGET% `a`", "%TARGET% a;b",
	    "%TARGET% a&", "%TARGET% a|b", "%TARGET% >a", "%TARGET% (a)",
	    "%TARGET% *", "%TARGET% ?", "%TARGET% [a]", "%TARGET% {a,b}",
	    "%TARGET% ~", "%TARGET% #a", "%TARGET% !a", "%TARGET% \"a\"",
	    "%TARGET%\nls", "%TARGET% a\tb", "%TARGET% \x80", "%TARGET% <",
	    "%TARGET% < a", "%TARGET% < %INPUT% a", "%TARGET% a<%INPUT%",
	    "%TARGET% < %INPUT%x" };
	struct pf_buf b = PF_BUF_INIT, s = PF_BUF_INIT;
	size_t i;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		is_str(parsed(&b, good[i][0]), good[i][1], good[i][0]);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		is_str(parsed(&b, bad[i]), "refused", "one that is none");
	pf_buf_adds(&s, "%TARGET% ");
	while (s.len < PF_CMDLINE_MAX)
		pf_buf_addc(&s, 'a');
	ok(strcmp(parsed(&b, s.data), "refused") != 0, "a long one");
	pf_buf_addc(&s, 'a');
	is_str(parsed(&b, s.data), "refused", "one that is too long");
	pf_buf_reset(&b);
	pf_cmdline_quote(&b, "it's $x %INPUT%.y");
	is_str(b.data, "'it'\\''s $x '\"$input\"'.y'", "quoted, the input in");
	pf_buf_reset(&b);
	pf_cmdline_quote(&b, "%TARGET%");
	is_str(b.data, "''\"$target\"''", "and the target");
	pf_buf_free(&b);
	pf_buf_free(&s);
	return done_testing();
}
