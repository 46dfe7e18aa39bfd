/*
 * The log of a job line by line; see loglines.h.
 */
#include <stdio.h>
#include <string.h>

#include "codec/json.h"
#include "view/loglines.h"

#define LIST		'l'		/* of its cursors */
#define LINE_MAX	4096		/* bytes of a line */
#define ALL_MAX		(2 * 1024 * 1024)	/* of an answer, about */

struct lines {
	struct pf_loglines	*l;
	struct pf_logread	 r;
	struct pf_buf		*out;
	struct pf_buf		 line;	/* as far as it is there */
	bool			 open;	/* a line has begun */
	int64_t			 seen;	/* lines */
	bool			 full;	/* out takes no more */
};

/* Whether the line that comes now is to go out. */
static bool
wanted(const struct lines *s)
{
	return !s->full && s->seen >= s->l->skip;
}

static void
put_line(struct lines *s, const char *level, const char *source)
{
	struct pf_joblog at = { 0 };
	size_t n = s->line.len;

	if (n > 0 && s->line.data[n - 1] == '\r')
		n--;
	(void)pf_joblog_parse(&at, s->r.name);
	pf_jw_open(s->out, NULL, '{');
	pf_jw_null(s->out, "timestamp");
	pf_jw_str(s->out, "level", level);
	pf_jw_str(s->out, "source", source);
	pf_jw_strn(s->out, "message", s->line.data, n);
	pf_jw_int(s->out, "epoch", at.epoch);
	pf_jw_int(s->out, "attempt", at.attempt);
	pf_jw_close(s->out, '}');
}

/* The line has ended before that place.  False if no other matters. */
static bool
end_line(struct lines *s, int64_t at, const char *level, const char *source)
{
	struct pf_cursor c = { .at = at };

	s->open = false;
	if (wanted(s)) {
		put_line(s, level, source);
		/* The name of a segment without its ".log" */
		snprintf(c.id, sizeof(c.id), "%.*s",
		    (int)strcspn(s->r.name, "l") - 1, s->r.name);
		pf_cursor_text(s->l->next, LIST, &c);
		s->l->count++;
		s->full = s->l->count == s->l->limit ||
		    s->out->len > ALL_MAX;
	} else if (s->full)
		s->l->more = true;
	pf_buf_reset(&s->line);
	s->seen++;
	return s->l->cursor == NULL || !s->l->more;
}

static bool
take_text(void *arg, const char *p, size_t n)
{
	struct lines *s = arg;
	const char *begin = p, *end = p + n, *nl;
	size_t len, room;

	for (; p < end; p = nl + 1) {
		s->open = true;
		nl = memchr(p, '\n', (size_t)(end - p));
		len = (size_t)((nl != NULL ? nl : end) - p);
		room = LINE_MAX - s->line.len;
		if (wanted(s))
			pf_buf_add(&s->line, p, len < room ? len : room);
		if (nl == NULL)
			break;
		if (!end_line(s, s->r.at + (nl + 1 - begin), "info",
		    s->l->source))
			return false;
	}
	return true;
}

static bool
take_mark(void *arg, const char *text)
{
	struct lines *s = arg;

	/* What was cut off by it ends here. */
	if (s->open && !end_line(s, s->r.at, "info", s->l->source))
		return false;
	if (text == NULL)
		return true;
	if (wanted(s))
		pf_buf_adds(&s->line, text);
	return end_line(s, s->r.at, "warning", "pandafuzz");
}

/* The place of a cursor in the files. */
static const struct pf_err *
go_to(struct pf_logread *r, const char *cursor)
{
	const struct pf_err *err;
	struct pf_cursor c;

	if ((err = pf_cursor_parse(&c, LIST, cursor)) != NULL)
		return err;
	snprintf(r->name, sizeof(r->name), "%s.log", c.id);
	r->at = c.at;
	r->begun = true;
	return NULL;
}

const struct pf_err *
pf_loglines(struct pf_loglines *l, struct pf_buf *out)
{
	const struct pf_err *err = NULL;
	struct lines s = { .l = l, .out = out, .line = PF_BUF_INIT,
	    .r = { .dir = l->dir, .text = take_text, .mark = take_mark } };

	s.r.arg = &s;
	l->count = 0;
	l->more = false;
	l->next[0] = '\0';
	if (l->cursor != NULL) {
		l->skip = 0;
		snprintf(l->next, sizeof(l->next), "%s", l->cursor);
		err = go_to(&s.r, l->cursor);
	}
	if (err == NULL && (err = pf_logread(&s.r)) == NULL && s.open &&
	    l->over)
		(void)end_line(&s, s.r.at, "info", l->source);
	l->total = l->cursor == NULL ? s.seen : -1;
	pf_buf_free(&s.line);
	return err;
}
