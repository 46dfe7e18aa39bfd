/*
 * The crashes of a job that are to be run again: own/checks has each under
 * its hash, and beside it HASH.c, lines of words that only grow:
 *
 *	key KEY SIGNAL RUNS	how it crashed
 *	done BUILD		so a killed process need not run it again
 *	under			valgrind it is run
 *	over, steady, try; back: that try was ended by another job
 *	=bad, =good		of a job of kind regress: it crashed, or not
 *	by TOOL			what made HASH.min of it
 *
 * and past, the keys that were made smaller.  Nothing of it is synced, nor is
 * it believed: a target may have had its hands on it.  What is damaged is
 * dropped, and only a check is lost.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/num.h"
#include "os/fs.h"
#include "run/check/check.h"

#define CARD_MAX	65536
#define PAST_MAX	(1 << 20)
#define SMALL_MAX	(1 << 20)	/* larger ones are not made smaller */
#define TRIES		2
#define BACKS		10	/* tries that others ended do not count */
#define ALIKE		20	/* of one kind that wait */

static const char *const words[BUILD_MAX] = { "target", "asan", "ubsan",
    "msan", "tsan", "valgrind" };

/* What makes one smaller. */
static const char *const makers[] = { "ddmin", "libfuzzer", "afl-tmin" };

unsigned int
build_bit(const char *word)
{
	size_t i;

	for (i = 0; i < BUILD_MAX; i++)
		if (strcmp(word, words[i]) == 0)
			return 1U << i;
	return 0;
}

static char *
queue_path(const struct fuzz *f, const char *name, const char *end)
{
	return pf_asprintf("%s/own/checks/%s%s", f->dir, name, end);
}

static bool
key_ok(const char *s)
{
	return *s != '\0' && strlen(s) < CHECK_KEY && s[strspn(s,
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789-_.")] == '\0';
}

static void
append(const struct fuzz *f, const char *name, const char *end,
    const char *line)
{
	char *path = queue_path(f, name, end);
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW |
	    O_CLOEXEC, 0640);

	/* It is done again, if nobody can be told that it was. */
	if (fd != -1) {
		(void)pf_write_all(fd, line, strlen(line), path);
		close(fd);
	}
	free(path);
}

static void
take_word(struct known *k, const char *word)
{
	size_t i;

	if (strcmp(word, "over") == 0)
		k->over = true;
	else if (strcmp(word, "steady") == 0)
		k->steady = true;
	else if (strcmp(word, "under") == 0)
		k->under = true;
	else if (strcmp(word, "try") == 0)
		k->tries++;
	else if (strcmp(word, "back") == 0 && k->tries > 0 &&
	    k->backs++ < BACKS)
		k->tries--;
	else if (strcmp(word, PAST_BAD) == 0)
		k->outcome = PAST_BAD;
	else if (strcmp(word, PAST_GOOD) == 0)
		k->outcome = PAST_GOOD;
	for (i = 0; i < sizeof(makers) / sizeof(makers[0]); i++)
		if (strncmp(word, "by ", 3) == 0 &&
		    strcmp(word + 3, makers[i]) == 0)
			k->by = makers[i];
	k->done |= build_bit(word);
}

/* The line that a card begins with. */
static bool
take_first(struct known *k, char *line)
{
	const char *what = strsep(&line, " "), *key = strsep(&line, " ");
	const char *sig = strsep(&line, " "), *runs = strsep(&line, " ");
	int64_t v;

	if (runs == NULL || line != NULL || strcmp(what, "key") != 0 ||
	    (strcmp(key, "-") != 0 && !key_ok(key)) ||
	    !pf_num(&v, sig, 0, 64) || !pf_num(&k->runs, runs, 0, 10000))
		return false;
	k->signal = (int)v;
	snprintf(k->key, sizeof(k->key), "%s", strcmp(key, "-") == 0 ? "" :
	    key);
	return true;
}

static bool
read_card(struct known *k, const struct fuzz *f, const char *hash)
{
	char *path = queue_path(f, hash, ".c"), *line, *next;
	struct pf_buf b = PF_BUF_INIT;
	bool good = false;

	*k = (struct known){ .size = 0 };
	snprintf(k->hash, sizeof(k->hash), "%s", hash);
	if (pf_slurp_in(&b, f->dir, path, CARD_MAX) == NULL)
		for (line = b.data; line != NULL && *line != '\0';
		    line = next) {
			if ((next = strchr(line, '\n')) != NULL)
				*next++ = '\0';
			if (line == b.data)
				good = take_first(k, line);
			else
				take_word(k, line);
		}
	pf_buf_free(&b);
	free(path);
	return good;
}

static void
remove_files(const struct fuzz *f, const char *hash)
{
	static const char *const ends[] = { "", ".c", ".min" };
	char *path;
	size_t i;

	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		path = queue_path(f, hash, ends[i]);
		unlink(path);
		free(path);
	}
}

static void
insert(struct queue *q, const struct known *k)
{
	q->v = pf_reallocarray(q->v, q->n + 1, sizeof(struct known *));
	q->v[q->n] = pf_malloc(sizeof(*k));
	*q->v[q->n++] = *k;
	q->bytes += k->size;
}

static void
read_past(struct queue *q, const struct fuzz *f)
{
	char *path = queue_path(f, "past", ""), *line, *next;
	struct pf_buf b = PF_BUF_INIT;

	if (pf_slurp_in(&b, f->dir, path, PAST_MAX) == NULL)
		for (line = b.data; (next = strchr(line, '\n')) != NULL;
		    line = next + 1) {
			*next = '\0';
			argv_add(&q->past, line);
		}
	pf_buf_free(&b);
	free(path);
}

/* Of one; those of a job of kind regress come one after the other. */
static int64_t
size_max(const struct fuzz *f)
{
	return f->job->kind == JOB_REGRESS ? f->slot->conf->crash_size :
	    CHECK_SIZE;
}

void
queue_open(struct queue *q, struct fuzz *f)
{
	char *dir = pf_asprintf("%s/own/checks", f->dir), **names = NULL;
	struct pf_buf b = PF_BUF_INIT;
	struct known k;
	size_t i, n = 0;

	*q = (struct queue){ 0 };
	if (pf_names(&names, &n, dir) != NULL)
		n = 0;
	for (i = 0; i < n; i++) {
		if (!pf_sha_ok(names[i]))
			continue;
		pf_buf_reset(&b);
		if (read_card(&k, f, names[i]) && q->n < CHECK_MAX &&
		    queue_body(f, &k, &b) == NULL) {
			k.size = (int64_t)b.len;
			insert(q, &k);
		} else
			remove_files(f, names[i]);
	}
	read_past(q, f);
	pf_names_free(names);
	pf_buf_free(&b);
	free(dir);
}

void
queue_free(struct queue *q)
{
	size_t i;

	for (i = 0; i < q->n; i++)
		free(q->v[i]);
	free(q->v);
	argv_free(q->past);
	*q = (struct queue){ 0 };
}

const struct pf_err *
queue_body(struct fuzz *f, const struct known *k, struct pf_buf *b)
{
	const struct pf_err *err;
	char *path = queue_path(f, k->hash, ""), sha[PF_SHA_TEXT];

	err = pf_slurp_in(b, f->dir, path, (size_t)size_max(f));
	if (err == NULL) {
		pf_sha256(sha, b->data, b->len);
		if (strcmp(sha, k->hash) != 0)
			err = pf_err(PF_DATA, "%s is damaged", path);
	}
	free(path);
	return err;
}

static struct known *
find(const struct queue *q, const char *hash)
{
	size_t i;

	for (i = 0; i < q->n; i++)
		if (strcmp(q->v[i]->hash, hash) == 0)
			return q->v[i];
	return NULL;
}

int64_t
queue_count_past(const struct queue *q, const char *key)
{
	int64_t n = 0;
	size_t i;

	for (i = 0; q->past != NULL && q->past[i] != NULL; i++)
		n += strcmp(q->past[i], key) == 0;
	return n;
}

static bool
is_past(const struct queue *q, const char *key)
{
	return queue_count_past(q, key) > 0;
}

bool
queue_has(const struct queue *q, const char *hash)
{
	return find(q, hash) != NULL || is_past(q, hash);
}

/* How many of this kind wait, or were run by now. */
static size_t
count_key(const struct queue *q, const char *key, bool over)
{
	size_t i, n = 0;

	for (i = 0; i < q->n; i++)
		n += q->v[i]->over == over && strcmp(q->v[i]->key, key) == 0;
	return n;
}

bool
queue_add(struct queue *q, struct fuzz *f, const struct known *given,
    const char *body)
{
	struct known k = *given;
	const struct pf_err *err;
	char *dir = pf_asprintf("%s/own/checks", f->dir), *path, line[256];
	struct pf_buf b = PF_BUF_INIT;
	size_t before = q->n;

	if (!key_ok(k.key))
		k.key[0] = '\0';
	if (q->n < CHECK_MAX && (k.key[0] == '\0' ||
	    count_key(q, k.key, false) < ALIKE) && k.size <= size_max(f) &&
	    (q->n == 0 || q->bytes + k.size <= CHECK_BYTES) &&
	    find(q, k.hash) == NULL && (err = pf_mkdirs(dir, 0750)) == NULL) {
		remove_files(f, k.hash);
		snprintf(line, sizeof(line), "key %s %d %" PRId64 "\n%s",
		    k.key[0] == '\0' ? "-" : k.key, k.signal, k.runs,
		    k.under ? "under\n" : "");
		append(f, k.hash, ".c", line);
		path = queue_path(f, k.hash, "");
		pf_buf_add(&b, body, (size_t)k.size);
		if ((err = pf_file_write(path, &b)) == NULL)
			insert(q, &k);
		else
			pf_warn("%s: %s; that crash is not run again",
			    f->slot->name, err->msg);
		pf_buf_free(&b);
		free(path);
	}
	free(dir);
	return q->n > before;
}

void
queue_mark(struct fuzz *f, struct known *k, const char *word)
{
	char line[32];

	take_word(k, word);
	snprintf(line, sizeof(line), "%.24s\n", word);
	append(f, k->hash, ".c", line);
}

void
queue_drop(struct queue *q, struct fuzz *f, struct known *k)
{
	size_t i = 0;

	while (q->v[i] != k)
		i++;
	q->v[i] = q->v[--q->n];
	q->bytes -= k->size;
	remove_files(f, k->hash);
	free(k);
}

bool
queue_waits(const struct queue *q)
{
	size_t i;

	for (i = 0; i < q->n; i++)
		if (!q->v[i]->over)
			return true;
	return false;
}

/* One of each kind before a second of any, small ones first. */
struct known *
queue_check(struct queue *q)
{
	struct known *best = NULL, *k;
	size_t i, n, least = 0;

	for (i = 0; i < q->n; i++) {
		k = q->v[i];
		if (k->over)
			continue;
		n = count_key(q, k->key, true);
		if (best == NULL || n < least ||
		    (n == least && k->size < best->size)) {
			best = k;
			least = n;
		}
	}
	return best;
}

/* Keys that are done with, both or neither; second may be NULL. */
static void
add_past(struct queue *q, const struct fuzz *f, const char *first,
    const char *second)
{
	char lines[2 * CHECK_KEY + 2];

	argv_add(&q->past, first);
	if (second != NULL)
		argv_add(&q->past, second);
	snprintf(lines, sizeof(lines), "%s\n%s%s", first, second != NULL ?
	    second : "", second != NULL ? "\n" : "");
	append(f, "past", "", lines);
}

void
queue_past(struct queue *q, struct fuzz *f, const char *key)
{
	add_past(q, f, key, NULL);
}

char *
queue_least(const struct fuzz *f, const struct known *k)
{
	return queue_path(f, k->hash, ".min");
}

void
queue_sent_key(char key[QUEUE_KEY], const struct known *k, const char *word)
{
	snprintf(key, QUEUE_KEY, "?%.64s.%.24s", k->hash, word);
}

void
queue_settle(struct queue *q, struct fuzz *f)
{
	char key[QUEUE_KEY];
	size_t i, w;

	for (i = 0; i < q->n; i++)
		for (w = 0; w < BUILD_MAX; w++) {
			queue_sent_key(key, q->v[i], words[w]);
			if ((q->v[i]->done & 1U << w) == 0 &&
			    seen_has(&f->inputs, key))
				queue_mark(f, q->v[i], words[w]);
		}
}

/* It was run on all builds: of each kind one stays, to be made smaller. */
void
queue_over(struct queue *q, struct fuzz *f, struct known *k)
{
	struct known *old;
	size_t i;

	queue_mark(f, k, "over");
	if (f->job->kind == JOB_REGRESS)
		add_past(q, f, k->hash, k->outcome);
	if (f->job->kind != JOB_FUZZ || !k->steady || k->key[0] == '\0' ||
	    is_past(q, k->key) ||
	    f->slot->conf->minimise_time == 0) {
		queue_drop(q, f, k);
		return;
	}
	for (i = 0; i < q->n; i++) {
		old = q->v[i];
		if (old != k && old->over && strcmp(old->key, k->key) == 0) {
			queue_drop(q, f, old->size > k->size ? old : k);
			return;
		}
	}
}

struct known *
queue_small(struct queue *q)
{
	struct known *best = NULL, *k;
	size_t i;

	for (i = 0; i < q->n; i++) {
		k = q->v[i];
		if (k->over && k->steady && k->size > 1 &&
		    k->size <= SMALL_MAX && k->key[0] != '\0' &&
		    k->tries < TRIES && !is_past(q, k->key) &&
		    (best == NULL || k->size < best->size))
			best = k;
	}
	return best;
}
