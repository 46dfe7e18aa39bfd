/*
 * A target of libFuzzer or AFL++; the first letter of its input is the bug.
 */
#include <stdint.h>
#include <unistd.h>

#include "bug.h"

static char *volatile kept[4096];
static int *volatile none;

BUG
spin(int one)
{
	for (;;)
		sink += one;
}

BUG
hoard(int one)
{
	int i;

	for (i = 0; i < 4096; i++) {
		kept[i] = malloc((size_t)one << 20);
		memset(kept[i], one, (size_t)one << 20);
	}
}

BUG
one_big(int one)
{
	kept[0] = malloc((size_t)one << 27);
	memset(kept[0], one, 100);
	free(kept[0]);
}

BUG
leak(int one)
{
	kept[1] = malloc((size_t)one * 77);
	kept[1] = NULL;
}

BUG
overflow(int one)
{
	char *p = malloc((size_t)one * 10);

	((volatile char *)p)[one * 10] = 1;
	free(p);
}

BUG
give_up(int one)
{
	sink = one;
	abort();
}

BUG
null_write(int one)
{
	*(volatile int *)none = one;
}

BUG
leave(int one)
{
	exit(one + 1);
}

BUG
descend(int one)
{
	volatile char a[1024];

	a[one & 1023] = 1;
	descend(one + 1);
	sink = a[one & 1023];
}

static const struct bug bugs[] = {
	{ "T", spin },		{ "M", hoard },
	{ "B", one_big },	{ "L", leak },
	{ "O", overflow },	{ "A", give_up },
	{ "N", null_write },	{ "E", leave },
	{ "R", descend },
};

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *argv[3], word[2] = { 0, 0 };
	int i;

	if (size < 1)
		return 0;
	word[0] = (char)data[0];
	argv[1] = word;
	for (i = 0; i < NBUGS; i++)
		if (bugs[i].name[0] == word[0])
			choose(bugs, NBUGS, 2, argv);
	return 0;
}

#ifdef PLAIN
int
main(void)
{
	uint8_t c;

	if (read(STDIN_FILENO, &c, 1) == 1)
		LLVMFuzzerTestOneInput(&c, 1);
	return 0;
}
#endif
