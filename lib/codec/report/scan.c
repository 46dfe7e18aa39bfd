/*
 * From text to record, line by line; see scan.h.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "codec/report/scan.h"

#define NEAR		3	/* frames of a runtime before the culprit */
#define SHORTEST	6	/* no report begins with less: "Killed" */

/*
 * A line is offered to them in this order, until one takes it.  Those whose
 * first lines are unmistakable stand before those that go by less.
 */
static const struct pf_reader *const readers[] = {
	&pf_read_asan, &pf_read_hwasan, &pf_read_lsan, &pf_read_msan,
	&pf_read_tsan, &pf_read_ubsan, &pf_read_libfuzzer, &pf_read_valgrind,
	&pf_read_valgrind_xml, &pf_read_gdb, &pf_read_go, &pf_read_rust,
	&pf_read_cxx, &pf_read_glibc, &pf_read_check, &pf_read_afl,
	&pf_read_signal,
};

#define NREADERS	(sizeof(readers) / sizeof(readers[0]))

void
pf_scan_begin(struct pf_scan *s, struct pf_report *r)
{
	s->report = r;
	s->reader = NULL;
	s->done = s->found = s->skip = false;
	s->at = s->begun = s->offset = 0;
	s->remark.line = 0;
	s->remark.name = "";
	s->len = 0;
	s->prefix.n = 0;
}

/* Keeps what it says, and makes room for what another says. */
static void
remember(struct pf_said *b, struct pf_report *r)
{
	*b = (struct pf_said){ .hold = r->hold, .access = r->access,
	    .size = r->size, .has_addr = r->has_addr, .addr = r->addr,
	    .addr_class = r->addr_class, .signal = r->signal,
	    .phase = r->phase, .message = r->message, .place = r->place,
	    .nstacks = r->nstacks, .nframes = r->nframes, .used = r->used,
	    .cut = r->cut };
	if (r->nstacks > 0)
		b->last = r->stacks[r->nstacks - 1];
	memcpy(b->tool, r->tool, sizeof(b->tool));
	memcpy(b->type, r->type, sizeof(b->type));
	memcpy(b->coarse, r->coarse, sizeof(b->coarse));
	r->access = PF_ACCESS_NONE;
	r->size = -1;
	r->has_addr = false;
	r->addr = 0;
	r->addr_class = PF_ADDR_NONE;
	r->signal = r->phase = 0;
	r->message = "";
	r->place = (struct pf_frame){ .name = "", .file = "", .module = "" };
}

static void
recall(struct pf_report *r, const struct pf_said *b)
{
	memcpy(r->tool, b->tool, sizeof(r->tool));
	memcpy(r->type, b->type, sizeof(r->type));
	memcpy(r->coarse, b->coarse, sizeof(r->coarse));
	r->hold = b->hold;
	r->access = b->access;
	r->size = b->size;
	r->has_addr = b->has_addr;
	r->addr = b->addr;
	r->addr_class = b->addr_class;
	r->signal = b->signal;
	r->phase = b->phase;
	r->message = b->message;
	r->place = b->place;
}

static bool
is_abort(const struct pf_report *r)
{
	return r->signal == SIGABRT || strcmp(r->coarse, "abort") == 0 ||
	    strcmp(r->coarse, "trap") == 0;
}

/* Whether it is of how a program ended that had said why it would: by the
 * abort, or where MemorySanitizer saw C++ say it. */
static bool
is_end(const struct pf_said *b, const struct pf_report *r)
{
	return is_abort(r) || (strcmp(b->tool, "cxx") == 0 &&
	    strcmp(r->tool, "msan") == 0);
}

/* As if the line had never been looked at. */
static void
forget(struct pf_report *r, const struct pf_said *b)
{
	recall(r, b);
	r->nstacks = b->nstacks;
	if (r->nstacks > 0)
		r->stacks[r->nstacks - 1] = b->last;
	r->nframes = b->nframes;
	r->used = b->used;
	r->cut = b->cut;
}

/* Takes out the stacks of what was but a remark; its strings stay. */
static void
drop_stacks(struct pf_report *r, const struct pf_said *b)
{
	size_t i;

	if (b->nframes == 0)
		return;
	r->token = "";
	r->nframes -= b->nframes;
	memmove(r->frames, r->frames + b->nframes,
	    r->nframes * sizeof(r->frames[0]));
	r->nstacks -= b->nstacks;
	memmove(r->stacks, r->stacks + b->nstacks,
	    r->nstacks * sizeof(r->stacks[0]));
	for (i = 0; i < r->nstacks; i++)
		r->stacks[i].first = (uint16_t)(r->stacks[i].first -
		    b->nframes);
}

/* Where a remark with a stack was, before another report takes its place. */
static void
keep_remark(struct pf_scan *s, const struct pf_said *b)
{
	const struct pf_report *r = s->report;

	if (b->nframes == 0)
		return;
	s->remark.said = *b;
	s->remark.name = r->frames[0].name;
	s->remark.line = r->frames[0].line;
	s->remark.offset = s->offset;
}

/*
 * What ended it says more than a remark did, even at the same place: that
 * memory was freed counts, not that the address was odd.  But of a division
 * there is no more than a signal, and the remark knows by what.
 */
static void
settle_remark(struct pf_scan *s)
{
	struct pf_report *r = s->report;
	const struct pf_stack *st = pf_report_main(r);
	const struct pf_frame *f;
	size_t i;

	if (s->remark.name[0] == '\0' || r->signal != SIGFPE ||
	    strstr(s->remark.said.message, "division") == NULL)
		return;
	for (i = 0; st != NULL && i < st->n && i < NEAR; i++) {
		f = &r->frames[st->first + i];
		if (strcmp(f->name, s->remark.name) != 0)
			continue;
		if (f->line == s->remark.line || f->line == 0 ||
		    s->remark.line == 0) {
			recall(r, &s->remark.said);
			s->offset = s->remark.offset;
		}
		break;
	}
}

/*
 * A report after one that was not all of the truth.  What announced an abort
 * says why, the report of the abort where.  False if there is another report
 * where the abort should be: then the first one stands.
 */
static bool
follow(struct pf_scan *s, const struct pf_said *b)
{
	struct pf_report *r = s->report;

	if (b->hold == PF_HOLD_WEAK || (b->hold == PF_HOLD_REMARK &&
	    (r->hold == PF_HOLD_ABORT || !is_abort(r)))) {
		keep_remark(s, b);
		s->offset = s->begun;
		drop_stacks(r, b);
		return true;
	}
	/* Where a remark was is known, and the abort is its own. */
	if (b->nframes > 0) {
		forget(r, b);
		s->done = true;
		return false;
	}
	if (!is_end(b, r)) {
		recall(r, b);
		r->nstacks = r->nframes = 0;
		s->done = true;
		return false;
	}
	memcpy(r->type, b->type, sizeof(r->type));
	memcpy(r->coarse, b->coarse, sizeof(r->coarse));
	if (b->message[0] != '\0')
		r->message = b->message;
	r->place = b->place;
	r->signal = SIGABRT;
	return true;
}

/* Whether another report may still say more than what there is. */
static bool
is_open(const struct pf_scan *s)
{
	const struct pf_report *r = s->report;

	return !s->found || r->hold == PF_HOLD_REMARK ||
	    (r->hold != PF_HOLD_FIRM && r->nframes == 0);
}

/* Whether a reader is asked for what may follow a report. */
static bool
is_asked(const struct pf_scan *s, const struct pf_said *b,
    const struct pf_reader *by)
{
	return !by->weak && (by != s->reader || b->hold == PF_HOLD_REMARK);
}

/* Remarks may be many; what did end it is none, nor anybody's word, nor a
 * stack of which nobody says what it is. */
static bool
is_heard(const struct pf_said *b, const struct pf_report *r)
{
	return b->hold != PF_HOLD_REMARK || r->hold == PF_HOLD_ABORT ||
	    (r->hold == PF_HOLD_FIRM && strcmp(r->coarse, "unknown") != 0);
}

/* Whether a report begins with the line; then it is of nobody else. */
static bool
starts(struct pf_scan *s, size_t n)
{
	struct pf_report *r = s->report;
	struct pf_said b;
	bool had = s->found;
	size_t i;

	if (had)
		remember(&b, r);
	for (i = 0; i < NREADERS; i++)
		if ((!had || is_asked(s, &b, readers[i])) &&
		    readers[i]->begins(r, s->line, n))
			break;
	if (i == NREADERS || (had && !is_heard(&b, r))) {
		if (had)
			forget(r, &b);
		return false;
	}
	if (!had)
		s->offset = s->begun;
	else if (!follow(s, &b))
		return true;
	s->reader = readers[i];
	s->found = true;
	return true;
}

/* Takes out what only moves colours about: ESC [ numbers m. */
static void
strip_colours(struct pf_scan *s)
{
	char *to = memchr(s->line, '\033', s->len);
	size_t i, from;

	if (to == NULL)
		return;
	for (i = (size_t)(to - s->line); i < s->len; i++) {
		from = i;
		if (s->line[i] == '\033' && s->line[i + 1] == '[') {
			i += 2 + strspn(s->line + i + 2, "0123456789;");
			if (s->line[i] == 'm')
				continue;
			i = from;
		}
		*to++ = s->line[i];
	}
	s->len = (size_t)(to - s->line);
}

static void
take_line(struct pf_scan *s)
{
	char *nul = s->line;
	size_t n;

	while ((nul = memchr(nul, '\0', s->len - (size_t)(nul - s->line))) !=
	    NULL)
		*nul = ' ';
	s->line[s->len] = '\0';
	strip_colours(s);
	while (s->len > 0 && s->line[s->len - 1] == '\r')
		s->len--;
	s->line[s->len] = '\0';
	if ((n = pf_prefix(&s->prefix, s->line, is_open(s))) > 0)
		memmove(s->line, s->line + n, (s->len -= n) + 1);
	if (is_open(s) && s->len >= SHORTEST && starts(s, s->len))
		return;
	if (s->reader != NULL && (s->reader->line == NULL ||
	    !s->reader->line(s->report, s->line, s->len))) {
		s->reader = NULL;
		s->done = !is_open(s);
	}
}

void
pf_scan_feed(struct pf_scan *s, const char *p, size_t n)
{
	const char *end = p + n, *nl;
	size_t room, len;

	while (p < end && !s->done) {
		if (s->len == 0 && !s->skip)
			s->begun = s->at;
		nl = memchr(p, '\n', (size_t)(end - p));
		len = (size_t)((nl == NULL ? end : nl) - p);
		if (!s->skip) {
			room = PF_SCAN_LINE - s->len;
			memcpy(s->line + s->len, p, len < room ? len : room);
			s->len += len < room ? len : room;
			s->skip = s->len == PF_SCAN_LINE;
		}
		s->at += len + (nl != NULL);
		if (nl == NULL)
			return;
		take_line(s);
		s->len = 0;
		s->skip = false;
		p = nl + 1;
	}
}

bool
pf_scan_end(struct pf_scan *s)
{
	if (!s->done && s->len > 0)
		take_line(s);
	s->done = true;
	settle_remark(s);
	return s->found;
}

bool
pf_report_parse(struct pf_report *r, const char *text, size_t n,
    size_t *offset)
{
	struct pf_scan s;
	bool found;

	pf_scan_begin(&s, r);
	pf_scan_feed(&s, text, n);
	found = pf_scan_end(&s);
	*offset = found ? (size_t)s.offset : 0;
	return found;
}
