/*
 * Fifteen bugs for t/6110-triage-builds.t: the first byte of the input says
 * which one, the others change the way to it: how deep a nesting it is found
 * in, and sizes.
 */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct input {
	const uint8_t	*p;
	size_t		 n;
};

static int table[4] = { 1, 2, 3, 4 };
static volatile int zero;
static char *volatile kept;

static uint8_t
next(struct input *in)
{
	if (in->n == 0)
		return 0;
	in->n--;
	return *in->p++;
}

static char *
new_buffer(size_t n)
{
	char *p = malloc(n);

	if (p == NULL)
		exit(1);
	memset(p, 1, n);
	return p;
}

static int
read_row(struct input *in)
{
	int n = 5 + next(in) % 8;
	char *p = new_buffer((size_t)n);
	int v = p[n + (zero & 1)];

	free(p);
	return v + 1;
}

static int
copy_name(struct input *in)
{
	size_t n = 3 + next(in) % 40;
	char *p = new_buffer(n), from[80] = { 0 };
	int v;

	memcpy(p, from, n + 1 + next(in) % 8);
	v = p[0];
	free(p);
	return v + 1;
}

static int
use_stale(struct input *in)
{
	char *p = new_buffer(16);
	char *volatile q = p;

	free(p);
	return q[next(in) % 16] + 1;
}

static void
drop(char *p)
{
	free(p);
	kept = p;
}

static int
drop_twice(struct input *in)
{
	char *p = new_buffer(1 + next(in) % 30u);

	drop(p);
	drop(kept);
	return 1;
}

static int
follow_link(struct input *in)
{
	int *volatile p = NULL;

	return p[next(in) % 20] + 1;
}

static int pong(struct input *in, int n);

static int
ping(struct input *in, int n)
{
	volatile char room[100];

	room[n % 100] = 1;
	return pong(in, n + 1) + room[0];
}

static int
pong(struct input *in, int n)
{
	volatile char room[200];

	room[n % 200] = (char)in->n;
	return ping(in, n + 1) + room[1];
}

static int
fill_local(struct input *in)
{
	volatile char local[8] = { 0 };
	int n = 8 + next(in) % 4;

	local[n] = 3;
	return local[0] + 1;
}

static int
look_up(struct input *in)
{
	return table[4 + (next(in) & 1)] + 1;
}

static int
check_header(struct input *in)
{
	int kind = next(in) % 7;

	assert(kind > 7 && "a kind of header");
	return kind + 1;
}

static int
check_footer(struct input *in)
{
	int kind = next(in) % 7;

	assert(kind > 8 && "a kind of footer");
	return kind + 1;
}

static int
give_up(struct input *in)
{
	if (in->n < 1000)
		abort();
	return 1;
}

static int
write_far(struct input *in)
{
	volatile char *p = (volatile char *)(uintptr_t)(0x7f1200000000u +
	    4096u * next(in));

	*p = 1;
	return *p + 1;
}

static int
share_out(struct input *in)
{
	return (next(in) + 100) / zero + 1;
}

/* Two callers of one helper: two bugs. */
static int
last_of(const char *p, size_t n)
{
	return p[n] + 1;
}

static int
last_of_line(struct input *in)
{
	size_t n = 1 + next(in) % 20;
	char *p = new_buffer(n);
	int v = last_of(p, n);

	free(p);
	return v + 1;
}

static int
last_of_page(struct input *in)
{
	size_t n = 30 + next(in) % 20;
	char *p = new_buffer(n);
	int v = last_of(p, n);

	free(p);
	return v + 2;
}

static int
run(struct input *in, int which)
{
	switch (which) {
	case 'a':
		return read_row(in);
	case 'b':
		return copy_name(in);
	case 'c':
		return use_stale(in);
	case 'd':
		return drop_twice(in);
	case 'e':
		return follow_link(in);
	case 'f':
		return ping(in, next(in) % 9);
	case 'g':
		return fill_local(in);
	case 'h':
		return look_up(in);
	case 'i':
		return check_header(in);
	case 'j':
		return check_footer(in);
	case 'k':
		return give_up(in);
	case 'l':
		return write_far(in);
	case 'm':
		return share_out(in);
	case 'n':
		return last_of_line(in);
	case 'o':
		return last_of_page(in);
	default:
		return 0;
	}
}

/* Groups within groups, as deep as the input wants. */
static int
read_group(struct input *in, int which, int depth)
{
	int v;

	if (depth == 0)
		return run(in, which) + 1;
	v = read_group(in, which, depth - 1);
	return v * 2 + zero;
}

int
main(int argc, char *argv[])
{
	struct input in;
	int which, v;

	if (argc != 2)
		return 64;
	in.p = (const uint8_t *)argv[1];
	in.n = strlen(argv[1]);
	which = next(&in);
	v = read_group(&in, which, next(&in) % 6);
	printf("%d\n", v);
	return 0;
}
