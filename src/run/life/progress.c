/*
 * The line of a slot.  Where columns are few the less telling fields go, and
 * the same ones for each slot, unless it has more to say than usual: what
 * stays is aligned.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "codec/table.h"
#include "os/clock.h"
#include "run/life/progress.h"

#define STATE_MIN	20	/* columns; before that fields go, */
#define STATE_MORE	50	/* also if there is so much to say */

/* Who counts which columns a character takes: none that is wider. */
static int
columns_of(unsigned char first)
{
	return first >= 0xe1 ? 2 : 1;	/* U+1000 and above */
}

int
progress_columns(const char *text)
{
	const char *p;
	int n = 0;

	for (p = text; *p != '\0'; p++)
		if (((unsigned char)*p & 0xc0) != 0x80)
			n += columns_of((unsigned char)*p);
	return n;
}

/* Text of hostile origin as at most width columns; how many it took. */
static int
add_text(struct pf_buf *b, const char *text, int width)
{
	struct pf_buf clean = PF_BUF_INIT;
	bool good = pf_text_ok(text);
	const char *p;
	int used = 0, one = 0;

	pf_table_escape(&clean, text);
	for (p = clean.data; *p != '\0'; p++) {
		if (((unsigned char)*p & 0xc0) != 0x80 || !good) {
			one = good ? columns_of((unsigned char)*p) : 1;
			if (used + one > width)
				break;
			used += one;
		}
		pf_buf_addc(b, good || (unsigned char)*p < 0x7f ? *p : '?');
	}
	pf_buf_free(&clean);
	return used;
}

/* "12.3k": four digits or fewer. */
static void
short_number(char out[16], double v)
{
	static const char units[] = " kMGTPE";
	size_t i = 0;

	while (v >= 999.5 && i + 2 < sizeof(units)) {
		v /= 1000;
		i++;
	}
	if (i == 0)
		snprintf(out, 16, "%.0f", v);
	else
		snprintf(out, 16, "%.*f%c", v < 9.95 ? 2 : v < 99.5 ? 1 : 0,
		    v, units[i]);
}

/* The two largest units; a person does not want more. */
static void
short_time(char out[16], int64_t ms)
{
	int64_t s = ms <= 0 ? 0 : ms / 1000;

	if (s >= 86400)
		snprintf(out, 16, "%" PRId64 "d%" PRId64 "h",
		    s / 86400 % 10000, s % 86400 / 3600);
	else if (s >= 3600)
		snprintf(out, 16, "%" PRId64 "h%" PRId64 "m", s / 3600,
		    s % 3600 / 60);
	else if (s >= 60)
		snprintf(out, 16, "%" PRId64 "m%" PRId64 "s", s / 60, s % 60);
	else
		snprintf(out, 16, "%" PRId64 "s", s);
}

/* What is shown, in this order; rank 1 goes last where columns are few. */
enum { CORE, JOB, ENGINE, LEFT, EXECS, SPEED, EDGES, CORPUS, CRASHES,
    FIELDS };

static const struct {
	int		 width, rank;
	const char	*unit;
} fields[FIELDS] = {
	[CORE] = { 7, 6, NULL },
	[JOB] = { 16, 2, NULL },
	[ENGINE] = { 9, 5, NULL },
	[LEFT] = { 11, 4, NULL },
	[EXECS] = { 11, 7, " execs" },
	[SPEED] = { 7, 1, "/s" },
	[EDGES] = { 11, 8, " edges" },
	[CORPUS] = { 12, 9, " corpus" },
	[CRASHES] = { 13, 3, " crashes" },
};

static double
number_of(const struct line *l, int field)
{
	switch (field) {
	case EXECS:
		return (double)l->execs;
	case SPEED:
		return l->execs_per_sec;
	case EDGES:
		return (double)l->edges;
	case CORPUS:
		return (double)l->corpus;
	case CRASHES:
		return (double)l->crashes;
	default:
		return -1;
	}
}

/* A field's text, "" if there is nothing to say. */
static void
field_text(char out[80], const struct line *l, int field, bool brief)
{
	char number[16];
	double v = number_of(l, field);

	out[0] = '\0';
	if (field == CORE && l->core >= 0)
		snprintf(out, 80, "core %d", l->core);
	else if (field == JOB)
		snprintf(out, 80, "%.64s", l->job);
	else if (field == ENGINE)
		snprintf(out, 80, "%.32s", l->engine);
	else if (field == LEFT && l->deadline > 0) {
		short_time(number, l->deadline - pf_boot_ms());
		snprintf(out, 80, "%s left", number);
	} else if (v >= 0) {
		if (brief)
			short_number(number, v);
		else
			snprintf(number, sizeof(number), "%.0f", v);
		snprintf(out, 80, "%s%s", number, fields[field].unit);
	}
}

static void
state_text(struct pf_buf *b, const struct line *l)
{
	char age[16];

	pf_buf_adds(b, l->state);
	if (l->away != 0) {
		short_time(age, pf_boot_ms() - l->away);
		pf_buf_addf(b, ", master away %s", age);
	}
	if (l->waiting > 0)
		pf_buf_addf(b, ", %" PRId64 " pack%s wait%s", l->waiting,
		    l->waiting == 1 ? "" : "s", l->waiting == 1 ? "s" : "");
	if (l->verdict[0] != '\0')
		pf_buf_addf(b, ", %s", l->verdict);
}

static void
sentence(struct pf_buf *b, int slot, const struct line *l)
{
	struct pf_buf state = PF_BUF_INIT;
	char text[80];
	int i;

	pf_buf_addf(b, "slot %d: ", slot);
	state_text(&state, l);
	add_text(b, state.data, INT16_MAX);
	pf_buf_free(&state);
	for (i = 0; i < FIELDS; i++) {
		field_text(text, l, i, false);
		if (text[0] == '\0')
			continue;
		pf_buf_adds(b, ", ");
		add_text(b, text, INT16_MAX);
	}
}

/* Fields of this rank and all before it fit beside the state. */
static int
last_rank(int width, int state)
{
	int rank, i, used;

	if (state > STATE_MORE)
		state = STATE_MORE;
	for (rank = FIELDS; rank > 0; rank--) {
		used = state > STATE_MIN ? state : STATE_MIN;
		for (i = 0; i < FIELDS; i++)
			if (fields[i].rank <= rank)
				used += fields[i].width + 1;
		if (used <= width)
			break;
	}
	return rank;
}

void
progress_line(struct pf_buf *b, int slot, const struct line *l, int width)
{
	struct pf_buf state = PF_BUF_INIT;
	char text[80];
	int i, n, rank, used;

	if (width == 0) {
		sentence(b, slot, l);
		return;
	}
	snprintf(text, sizeof(text), "%-3d ", slot);
	used = add_text(b, text, width);
	state_text(&state, l);
	rank = last_rank(width - used, progress_columns(state.data));
	for (i = 0; i < FIELDS; i++) {
		if (fields[i].rank > rank)
			continue;
		field_text(text, l, i, true);
		n = add_text(b, text, fields[i].width);
		for (; n <= fields[i].width; n++)
			pf_buf_addc(b, ' ');
		used += fields[i].width + 1;
	}
	add_text(b, state.data, width - used);
	pf_buf_free(&state);
}
