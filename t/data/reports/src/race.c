/*
 * Threads in one another's way, for ThreadSanitizer and helgrind.  They take
 * turns by a flag of their own and no lock, so that the end is the same each
 * time.
 */
#include <pthread.h>
#include <stdint.h>
#include <unistd.h>

#include "bug.h"

static int counter;
static int *volatile block;
static pthread_mutex_t a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t b = PTHREAD_MUTEX_INITIALIZER;

static void *
count_on(void *arg)
{
	counter++;
	return arg;
}

BUG
race(int one)
{
	pthread_t t;

	pthread_create(&t, NULL, count_on, NULL);
	counter += one;
	pthread_join(t, NULL);
}

static void *
fill_block(void *arg)
{
	block[2] = 7;
	return arg;
}

BUG
race_heap(int one)
{
	pthread_t t;

	block = calloc(10, sizeof(*block));
	pthread_create(&t, NULL, fill_block, NULL);
	sleep((unsigned int)one);
	sink = block[2];
	pthread_join(t, NULL);
	free(block);
}

BUG
race_free(int one)
{
	pthread_t t;

	block = calloc(10, sizeof(*block));
	pthread_create(&t, NULL, fill_block, NULL);
	sleep((unsigned int)one);
	free(block);
	pthread_join(t, NULL);
}

static void *
other_order(void *arg)
{
	pthread_mutex_lock(&b);
	pthread_mutex_lock(&a);
	pthread_mutex_unlock(&a);
	pthread_mutex_unlock(&b);
	return arg;
}

BUG
inversion(int one)
{
	pthread_t t;

	pthread_mutex_lock(&a);
	pthread_mutex_lock(&b);
	sink = one;
	pthread_mutex_unlock(&b);
	pthread_mutex_unlock(&a);
	pthread_create(&t, NULL, other_order, NULL);
	pthread_join(t, NULL);
}

BUG
destroy_locked(int one)
{
	pthread_mutex_t m;

	pthread_mutex_init(&m, NULL);
	pthread_mutex_lock(&m);
	sink = one;
	pthread_mutex_destroy(&m);
}

BUG
unlock_twice(int one)
{
	pthread_mutex_lock(&a);
	pthread_mutex_unlock(&a);
	sink = one;
	pthread_mutex_unlock(&a);
}

static void *
idle(void *arg)
{
	return arg;
}

BUG
never_joined(int one)
{
	pthread_t t;

	pthread_create(&t, NULL, idle, NULL);
	sleep((unsigned int)one);
}

BUG
die(int one)
{
	*(volatile int *)(uintptr_t)(one - 1) = one;
}

static const struct bug bugs[] = {
	{ "race", race },		{ "race-heap", race_heap },
	{ "race-free", race_free },	{ "inversion", inversion },
	{ "destroy", destroy_locked },	{ "unlock", unlock_twice },
	{ "thread", never_joined },	{ "segv", die },
};

int
main(int argc, char **argv)
{
	return choose(bugs, NBUGS, argc, argv);
}
