/*
 * Where progress is shown; see progress.h.
 *
 * On a terminal all that pf-run and its slots say goes through a pipe, so
 * that it can be put above the lines of the slots; each picture is one write,
 * so that nothing flickers.  The pipe never makes anybody wait: what is said
 * while nobody reads is lost.
 */
#include <sys/ioctl.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "codec/table.h"
#include "os/clock.h"
#include "os/stop.h"
#include "run/life/progress.h"

#define SAID_MAX	65536	/* of a line that does not end */

struct screen {
	const struct board	*board;
	bool		 quiet;
	int		 terminal;	/* -1: none to draw on */
	int		 talk[2];	/* what is said comes here, */
	struct pf_buf	 said;		/* and here, not yet shown */
	int64_t		 next;		/* when to draw or tell */
	struct pf_buf	 drawn;		/* lines on the terminal now, NUL- */
	int		 lines;		/* ended, so many */
	struct winsize	 size;
};

static volatile sig_atomic_t continued;

static void
on_continue(int sig)
{
	(void)sig;
	continued = 1;
}

/* A terminal that can go up a line. */
static bool
can_draw(const struct options *o)
{
	const char *term = getenv("TERM");

	return !o->quiet && isatty(STDERR_FILENO) && term != NULL &&
	    *term != '\0' && strcmp(term, "dumb") != 0;
}

/* From now on what is written to stderr goes through the pipe. */
static bool
divert(struct screen *s)
{
	if (pipe2(s->talk, O_CLOEXEC | O_NONBLOCK) == -1)
		return false;
	s->terminal = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	if (s->terminal != -1 && dup2(s->talk[1], STDERR_FILENO) != -1) {
		close(s->talk[1]);
		return true;
	}
	if (s->terminal != -1)
		close(s->terminal);
	close(s->talk[0]);
	close(s->talk[1]);
	s->terminal = -1;
	return false;
}

struct screen *
screen_start(const struct options *o, const struct board *board)
{
	struct sigaction sa = { .sa_handler = on_continue,
	    .sa_flags = SA_RESTART };
	struct screen *s = pf_calloc(1, sizeof(*s));

	s->board = board;
	s->quiet = o->quiet;
	s->terminal = -1;
	s->said = s->drawn = (struct pf_buf)PF_BUF_INIT;
	if (can_draw(o) && divert(s))
		sigaction(SIGCONT, &sa, NULL);
	return s;
}

void
screen_leave(struct screen *s)
{
	if (s->terminal == -1)
		return;
	close(s->terminal);
	close(s->talk[0]);
}

/* Somebody may have stopped it, by control-S. */
static bool
takes(const struct screen *s)
{
	struct pollfd p = { .fd = s->terminal, .events = POLLOUT };

	return poll(&p, 1, 0) == 1 && (p.revents & POLLOUT) != 0;
}

static void
put(const struct screen *s, const struct pf_buf *b)
{
	size_t done = 0;
	ssize_t n;

	while (done < b->len) {
		n = write(s->terminal, b->data + done, b->len - done);
		if (n == -1 && (errno != EINTR || pf_stopping))
			return;
		done += n > 0 ? (size_t)n : 0;
	}
}

/* Rows that the lines drawn take now that the terminal is width wide. */
static int
rows_taken(const struct screen *s, int width)
{
	const char *p = s->drawn.data;
	int i, n = 0, columns;

	for (i = 0; i < s->lines; i++, p += strlen(p) + 1) {
		columns = progress_columns(p);
		n += columns <= width ? 1 : (columns + width - 1) / width;
	}
	return n;
}

/* Goes back to where the lines begin and clears from there. */
static void
go_up(struct screen *s, struct pf_buf *b, int width)
{
	int rows = rows_taken(s, width);

	pf_buf_addc(b, '\r');
	if (rows > 0)
		pf_buf_addf(b, "\033[%dA", rows);
	/* Line by line where nothing moved: that does not flicker. */
	if (rows != s->lines)
		pf_buf_adds(b, "\033[J");
}

/* Whole lines of what was said, each to its end. */
static void
add_said(struct screen *s, struct pf_buf *b)
{
	char *p = s->said.data, *nl;

	while ((nl = memchr(p, '\n', s->said.len - (size_t)(p -
	    s->said.data))) != NULL) {
		*nl = '\0';
		pf_table_escape(b, p);
		pf_buf_adds(b, "\033[K\r\n");
		p = nl + 1;
	}
	pf_buf_eat(&s->said, (size_t)(p - s->said.data));
}

/* The lines of the slots, no more than there is room for. */
static int
add_lines(struct screen *s, struct pf_buf *lines, int n)
{
	int room = s->size.ws_row > 1 ? s->size.ws_row - 1 : 1;
	int width = s->size.ws_col - 1, i, shown = n <= room ? n : room - 1;
	struct line l;

	for (i = 0; i < shown; i++) {
		board_blank(&l);
		(void)board_get(&l, s->board, i);
		progress_line(lines, i, &l, width);
		pf_buf_addc(lines, '\0');
	}
	if (shown == n)
		return n;
	pf_buf_addf(lines, "and %d more", n - shown);
	pf_buf_addc(lines, '\0');
	return shown + 1;
}

static void
add_picture(struct pf_buf *b, const struct pf_buf *lines, int n)
{
	const char *p = lines->data;
	int i;

	/* What is too long after all stays in its line. */
	pf_buf_adds(b, "\033[?7l");
	for (i = 0; i < n; i++, p += strlen(p) + 1)
		pf_buf_addf(b, "%s\033[K\r\n", p);
	pf_buf_adds(b, "\033[J\033[?7h");
}

static void
read_size(struct screen *s)
{
	if (ioctl(s->terminal, TIOCGWINSZ, &s->size) == -1 ||
	    s->size.ws_col == 0 || s->size.ws_row == 0)
		s->size = (struct winsize){ .ws_row = 24, .ws_col = 80 };
	if (s->size.ws_col < 2)
		s->size.ws_col = 2;
}

static void
hear(struct screen *s)
{
	char piece[4096];
	ssize_t n;

	while (s->said.len < SAID_MAX &&
	    (n = read(s->talk[0], piece, sizeof(piece))) > 0)
		pf_buf_add(&s->said, piece, (size_t)n);
	if (s->said.len >= SAID_MAX &&
	    memchr(s->said.data, '\n', s->said.len) == NULL)
		pf_buf_addc(&s->said, '\n');
}

/* Draws n slots, if anything differs from what is there. */
static void
draw(struct screen *s, int n)
{
	struct winsize was = s->size;
	struct pf_buf b = PF_BUF_INIT, lines = PF_BUF_INIT;
	int count;

	if (!takes(s))
		return;
	hear(s);
	read_size(s);
	if (continued) {
		/* The shell has written below. */
		continued = 0;
		pf_buf_reset(&s->drawn);
		s->lines = 0;
	}
	count = add_lines(s, &lines, n);
	if (was.ws_col == s->size.ws_col && was.ws_row == s->size.ws_row &&
	    memchr(s->said.data, '\n', s->said.len) == NULL &&
	    lines.len == s->drawn.len &&
	    memcmp(lines.data, s->drawn.data, lines.len) == 0)
		goto done;
	go_up(s, &b, s->size.ws_col);
	add_said(s, &b);
	add_picture(&b, &lines, count);
	put(s, &b);
	pf_buf_free(&s->drawn);
	s->drawn = lines;
	s->lines = count;
	lines = (struct pf_buf)PF_BUF_INIT;
done:
	pf_buf_free(&b);
	pf_buf_free(&lines);
}

static void
tell(struct screen *s, int n)
{
	struct pf_buf b = PF_BUF_INIT;
	struct line l;
	int i;

	for (i = 0; i < n; i++) {
		board_blank(&l);
		(void)board_get(&l, s->board, i);
		pf_buf_reset(&b);
		progress_line(&b, i, &l, 0);
		pf_note("%s", b.data);
	}
	pf_buf_free(&b);
}

/* Somebody else has the terminal while we are in the background. */
static bool
in_front(const struct screen *s)
{
	pid_t front = tcgetpgrp(s->terminal);

	return front == -1 || front == getpgrp();
}

void
screen_show(struct screen *s, int n, int64_t every)
{
	int64_t now = pf_boot_ms();

	if (s->terminal != -1)
		draw(s, in_front(s) ? n : 0);
	else if (!s->quiet && every > 0) {
		if (s->next != 0 && now >= s->next) {
			tell(s, n);
			s->next = 0;
		}
		/* It may have become less by now. */
		if (s->next == 0 || s->next > now + every)
			s->next = now + every;
	}
}

void
screen_wait(struct screen *s, int64_t ms)
{
	struct pollfd p = { .fd = s->talk[0], .events = POLLIN };

	if (s->terminal == -1)
		pf_sleep_ms(ms);
	else if (poll(&p, 1, (int)ms) == 1)
		pf_sleep_ms(20);	/* there is more to come */
}

void
screen_stop(struct screen *s)
{
	struct pf_buf b = PF_BUF_INIT;

	if (s == NULL)
		return;
	if (s->terminal != -1) {
		(void)dup2(s->terminal, STDERR_FILENO);
		hear(s);
		go_up(s, &b, s->size.ws_col > 0 ? s->size.ws_col : 80);
		pf_buf_adds(&b, "\033[J");
		add_said(s, &b);
		if (takes(s))
			put(s, &b);
		close(s->terminal);
		close(s->talk[0]);
	}
	pf_buf_free(&b);
	pf_buf_free(&s->said);
	pf_buf_free(&s->drawn);
	free(s);
}
