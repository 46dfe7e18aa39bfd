/*
 * TAP for tests in C: ok() a condition, is_int() and is_str() with what was
 * expected, done_testing() as the value of main.  A function that ends the
 * process is tried with tap_dies().
 */
#ifndef PF_TAP_H
#define PF_TAP_H

#include <sys/wait.h>

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int tap_n, tap_bad;

static inline bool
tap_line(bool good, const char *name, const char *file, int line)
{
	/* A name may be the input that is tried: only its first line. */
	printf("%sok %d - %.*s\n", good ? "" : "not ", ++tap_n,
	    (int)strcspn(name, "\n"), name);
	if (!good) {
		tap_bad++;
		fprintf(stderr, "# failed at %s:%d: %s\n", file, line, name);
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
		fprintf(stderr, "# got %lld, expected %lld\n", got, want);
	return good;
}

static inline bool
tap_str(const char *got, const char *want, const char *name, const char *file,
    int line)
{
	bool good = tap_line(strcmp(got, want) == 0, name, file, line);

	if (!good)
		fprintf(stderr, "# got \"%s\", expected \"%s\"\n", got, want);
	return good;
}

/*
 * Runs the function in a child.  Returns its exit status (-1: a signal) and
 * leaves in said, NUL-ended, what it wrote to stderr.
 */
static inline int
tap_dies(char *said, size_t size, void (*function)(void))
{
	size_t len = 0;
	ssize_t n;
	pid_t pid;
	int p[2], status = -1;

	said[0] = '\0';
	if (pipe(p) == -1 || (pid = fork()) == -1)
		return -1;
	if (pid == 0) {
		dup2(p[1], 2);
		close(p[0]);
		close(p[1]);
		function();
		_exit(0);
	}
	close(p[1]);
	while (len + 1 < size &&
	    (n = read(p[0], said + len, size - len - 1)) > 0)
		len += (size_t)n;
	said[len] = '\0';
	close(p[0]);
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
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
