/*
 * The disk as a power cut leaves it: takes the image and the log of disk.c,
 * cuts at a place that follows from the seed, and writes what might be there.
 *
 *	cut image log seed out [mark]
 *
 * All that was flushed is there.  Of what was written since the last flush,
 * the disk had any part: none, all, a random choice, or a random choice with
 * a sector-wise torn write.  The marks before the cut go to stdout.  No cut
 * lies before the mark "begin".  With the number of a mark after that, the
 * cut is right behind it, and nothing that was not flushed is there.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECTOR	512

struct record {
	char		 what;
	uint64_t	 at, n;
	const char	*p;
};

static uint64_t chance;

static uint64_t
roll(uint64_t n)
{
	chance ^= chance << 13;
	chance ^= chance >> 7;
	chance ^= chance << 17;
	return chance % n;
}

static char *
slurp(const char *path, size_t *n)
{
	FILE *f = fopen(path, "r");
	char *p;
	long end;

	if (f == NULL || fseek(f, 0, SEEK_END) == -1 || (end = ftell(f)) < 0 ||
	    (p = malloc((size_t)end + 1)) == NULL) {
		perror(path);
		exit(74);
	}
	rewind(f);
	*n = fread(p, 1, (size_t)end, f);
	fclose(f);
	return p;
}

/* The next record of the log; 0 at its end. */
static int
next(struct record *r, const char **at, const char *end)
{
	if (end - *at < 17)
		return 0;
	r->what = **at;
	memcpy(&r->at, *at + 1, 8);
	memcpy(&r->n, *at + 9, 8);
	if (r->n > (uint64_t)(end - *at - 17))
		return 0;
	r->p = *at + 17;
	*at += 17 + r->n;
	return 1;
}

/* One unflushed write, whole or torn, or not at all. */
static void
maybe(char *disk, const struct record *r, int how)
{
	uint64_t n = r->n;

	if (how == 0 || (how > 1 && roll(2) == 0))
		return;
	if (how == 3 && n > SECTOR && roll(4) == 0)
		n = SECTOR * (1 + roll(n / SECTOR));
	memcpy(disk + r->at, r->p, n < r->n ? n : r->n);
}

/* Number of records from "begin" on; *skip is how many lie before. */
static uint64_t
count(const char *log, const char *end, uint64_t *skip)
{
	struct record r;
	uint64_t n = 0;

	*skip = 0;
	while (next(&r, &log, end)) {
		n++;
		if (r.what == 'M' && r.n >= 5 && memcmp(r.p, "begin", 5) == 0)
			*skip = n;
	}
	return n - *skip;
}

/* How many records there are up to the mark of that number. */
static uint64_t
behind(const char *log, const char *end, uint64_t skip, uint64_t mark)
{
	struct record r;
	uint64_t n = 0;

	while (next(&r, &log, end))
		if (++n > skip && r.what == 'M' && mark-- == 1)
			return n;
	return 0;
}

int
main(int argc, char **argv)
{
	size_t size, len;
	char *disk, *log;
	const char *at, *flushed, *end;
	struct record r;
	uint64_t skip, n, stop, i;
	int how;
	FILE *out;

	if (argc != 5 && argc != 6) {
		fprintf(stderr, "usage: cut image log seed out [mark]\n");
		return 64;
	}
	disk = slurp(argv[1], &size);
	log = slurp(argv[2], &len);
	end = log + len;
	chance = strtoull(argv[3], NULL, 10) * UINT64_C(0x9e3779b97f4a7c15) + 1;
	for (i = 0; i < 16; i++)
		(void)roll(2);
	n = count(log, end, &skip);
	if (n == 0) {
		fprintf(stderr, "cut: no record after the mark begin\n");
		return 65;
	}
	stop = skip + 1 + roll(n);
	how = (int)roll(4);
	if (argc == 6) {
		stop = behind(log, end, skip, strtoull(argv[5], NULL, 10));
		how = 0;
		if (stop == 0)
			return 1;
	}
	/* What was flushed, and where the rest begins. */
	at = flushed = log;
	for (i = 0; i < stop && next(&r, &at, end); i++) {
		if (r.what == 'M')
			fwrite(r.p, 1, r.n, stdout);
		if (r.what != 'F')
			continue;
		while (flushed < at && next(&r, &flushed, end))
			if (r.what == 'W')
				memcpy(disk + r.at, r.p, r.n);
	}
	while (flushed < at && next(&r, &flushed, end))
		if (r.what == 'W')
			maybe(disk, &r, how);
	if ((out = fopen(argv[4], "we")) == NULL ||
	    fwrite(disk, 1, size, out) != size || fclose(out) == EOF) {
		perror(argv[4]);
		return 74;
	}
	return 0;
}
