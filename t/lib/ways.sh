# shellcheck shell=sh disable=SC2154
# After run.sh: a libFuzzer target that goes wrong in every way there is, and
# builds of it.

# ways_source: four letters choose the way
ways_source()
{
	cat <<'END'
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void *volatile sink;
static volatile int none;
static int shared;

static void *
other(void *arg)
{
	shared++;
	return arg;
}

static void
race(void)
{
	pthread_t t;

	pthread_create(&t, NULL, other, NULL);
	shared++;
	pthread_join(t, NULL);
}

/* Deep, so that no register or old frame knows what was leaked. */
__attribute__((noinline)) static void
leak(int depth)
{
	int i;

	if (depth > 0)
		leak(depth - 1);
	for (i = 0; depth == 0 && i < 10; i++) {
		sink = malloc(77);
		*(volatile char *)sink = 1;
	}
	sink = NULL;
}

/* Longer than what libFuzzer is told to call slow. */
static void
dawdle(void)
{
	struct timespec a, b;

	clock_gettime(CLOCK_MONOTONIC, &a);
	do
		clock_gettime(CLOCK_MONOTONIC, &b);
	while ((b.tv_sec - a.tv_sec) * 1000 +
	    (b.tv_nsec - a.tv_nsec) / 1000000 < 1200);
}

/* More than there may be, of pieces that each may be. */
static void
fill(void)
{
	int i;
	char *p;

	for (i = 0; i < 48; i++) {
		p = malloc(10 << 20);
		memset(p, 1, 10 << 20);
		sink = p;
		/* libFuzzer looks once a second, the kernel at each page. */
		nanosleep(&(struct timespec){ 0, 80000000 }, NULL);
	}
	for (;;)
		none = 0;
}

static void
memory(const char *way, size_t size)
{
	volatile char *p;

	if (memcmp(way, "HEAP", 4) == 0) {
		p = malloc(4);
		p[size] = 1;
		free((void *)p);
	} else if (memcmp(way, "LEAK", 4) == 0)
		leak(20);
	else if (memcmp(way, "BIGM", 4) == 0) {
		sink = malloc(300 << 20);
		free(sink);
	} else if (memcmp(way, "RSSM", 4) == 0)
		fill();
	else if (memcmp(way, "UNIN", 4) == 0) {
		p = malloc(40);
		if (p[none + 3] == 7)
			puts("seven");
		free((void *)p);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *way = (const char *)data;
	volatile int big = 0x7fffffff;

	if (size < 4)
		return 0;
	memory(way, size);
	if (memcmp(way, "OVER", 4) == 0)
		big += data[1];
	if (memcmp(way, "RACE", 4) == 0)
		race();
	if (memcmp(way, "SLOW", 4) == 0)
		dawdle();
	if (memcmp(way, "LOOP", 4) == 0)
		for (;;)
			none = 0;
	if (memcmp(way, "ABRT", 4) == 0)
		abort();
	if (memcmp(way, "EXIT", 4) == 0)
		exit(3);
	return 0;
}
END
}

# build_ways NAME SANITIZERS: $T/NAME
build_ways()
{
	ways_source >"$T/ways.c"
	clang -g -O1 -fno-omit-frame-pointer "-fsanitize=fuzzer$2" -o "$T/$1" \
	    "$T/ways.c" || exit 1
}

# ways_seeds WORD ...: $T/seeds with one of each, and one that is harmless
ways_seeds()
{
	rm -rf "$T/seeds"
	mkdir "$T/seeds"
	printf good >"$T/seeds/good"
	for ways_w; do
		printf %s "$ways_w" >"$T/seeds/$ways_w"
	done
}

# hash_of TEXT
hash_of()
{
	printf %s "$1" | sha256sum | cut -d ' ' -f 1
}

# crash_has INPUT COLUMNS: of the crash of the job at hand with this input
crash_has()
{
	master_sql "SELECT $2 FROM crashes WHERE job_id = '$job' AND
	    hash = '$(hash_of "$1")'"
}

# crash_filed INPUT ...: each is there
crash_filed()
{
	for ways_w; do
		[ "$(crash_has "$ways_w" 'count(*)')" = 1 ] || return 1
	done
}

# bot_start: a bot in the background, killed at the end
bot_start()
{
	pf-run -m "$url" >>"$T/bot.out" 2>>"$T/bot.err" &
	bot=$!
	# shellcheck disable=SC2016 # the last one
	at_end '[ -z "$bot" ] || kill "$bot" 2>/dev/null'
}

# bot_done: ends the job at hand, and waits for the bot
bot_done()
{
	pf-sched cancel "$job" >/dev/null
	ways_st=0
	wait "$bot" || ways_st=$?
	bot=
	return $ways_st
}
