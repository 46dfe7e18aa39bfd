/*
 * TAP for tests in C: ok() a condition, is_int() and is_str() with what was
 * expected, done_testing() as the value of main.
 */
#ifndef PF_TAP_H
#define PF_TAP_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static int tap_n, tap_bad;

static inline bool
tap_line(bool good, const char *name, const char *file, int line)
{
	printf("%sok %d - %s\n", good ? "" : "not ", ++tap_n, name);
	if (!good) {
		tap_bad++;
		printf("# failed at %s:%d\n", file, line);
	}
	fflush(stdout);
	return good;
}

static inline bool
tap_int(long long got, long long want, const char *name, const char *file,
    int line)
{
	bool good = tap_line(got == want, name, file, line);

	if (!good)
		printf("# got %lld, expected %lld\n", got, want);
	return good;
}

static inline bool
tap_str(const char *got, const char *want, const char *name, const char *file,
    int line)
{
	bool good = tap_line(strcmp(got, want) == 0, name, file, line);

	if (!good)
		printf("# got \"%s\", expected \"%s\"\n", got, want);
	return good;
}

static inline int
done_testing(void)
{
	printf("1..%d\n", tap_n);
	return tap_bad != 0;
}

#define ok(cond, name)		tap_line((cond), (name), __FILE__, __LINE__)
#define is_int(got, want, name)	\
	tap_int((got), (want), (name), __FILE__, __LINE__)
#define is_str(got, want, name)	\
	tap_str((got), (want), (name), __FILE__, __LINE__)

#endif
