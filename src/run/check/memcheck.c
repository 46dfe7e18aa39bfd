/*
 * A job of kind memcheck: seeds and what the campaign has found are run under
 * valgrind, one after the other, for builds without a sanitizer.  Each error
 * and each leak that is told apart from all before goes as a crash, of the
 * first input that shows it and was not sent for another.  These are run again
 * when no input waits.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/clock.h"
#include "os/fs.h"
#include "os/proc.h"
#include "run/box/box.h"
#include "run/check/check.h"

#define LOOK_MS		800
#define SHARED_MS	60000	/* to hear what the campaign has */
#define BUSY_MS		60000	/* for a run that cannot be started */
#define DONE_MAX	(64 << 20)

struct memcheck {
	struct build	 build;
	struct trial	 trial;
	char		**todo;		/* paths, NULL-ended */
	size_t		 n, next;
	struct seen	 done;		/* inputs, by hash */
	struct seen	 keys;		/* findings */
	int64_t		 ran, found;
	int64_t		 undone;	/* inputs whose run did not end */
	int64_t		 busy;		/* none starts since, 0: they do */
	bool		 broken;	/* nothing can be run */
	char		 hash[PF_SHA_TEXT];	/* at work on it */
};

static char *
own_path(const struct fuzz *f, const char *what)
{
	return pf_asprintf("%s/own/%s", f->dir, what);
}

static void
add(struct memcheck *m, const char *path)
{
	argv_add(&m->todo, path);
	m->n++;
}

static void
add_dir(struct memcheck *m, const char *dir)
{
	char **names = NULL, *path;
	size_t i, n = 0;

	if (pf_names(&names, &n, dir) != NULL)
		return;
	for (i = 0; i < n; i++) {
		path = pf_asprintf("%s/%s", dir, names[i]);
		add(m, path);
		free(path);
	}
	pf_names_free(names);
}

/* Lines of "done HASH", "undone HASH" and "key KEY", which only grow. */
static void
note(const struct fuzz *f, const char *what, const char *word)
{
	char *path = own_path(f, "memcheck");
	char line[128];
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW |
	    O_CLOEXEC, 0640);

	snprintf(line, sizeof(line), "%s %.80s\n", what, word);
	if (fd != -1) {
		(void)pf_write_all(fd, line, strlen(line), path);
		close(fd);
	}
	free(path);
}

static void
resume(struct fuzz *f, struct memcheck *m)
{
	char *path = own_path(f, "memcheck"), *line, *nl;
	struct pf_buf b = PF_BUF_INIT;

	if (pf_slurp_in(&b, f->dir, path, DONE_MAX) == NULL)
		for (line = b.data; (nl = strchr(line, '\n')) != NULL;
		    line = nl + 1) {
			*nl = '\0';
			if (strncmp(line, "done ", 5) == 0)
				m->ran += seen_add(&m->done, line + 5);
			else if (strncmp(line, "undone ", 7) == 0)
				m->undone += seen_add(&m->done, line + 7);
			else if (strncmp(line, "key ", 4) == 0)
				m->found += seen_add(&m->keys, line + 4);
		}
	pf_buf_free(&b);
	free(path);
	path = own_path(f, "in");
	add_dir(m, path);
	free(path);
}

static const struct pf_err *
start(struct fuzz *f)
{
	const struct pf_err *err;
	char *in = own_path(f, "in"), *program = pf_proc_find("valgrind");
	struct memcheck *m;

	err = program == NULL ? pf_err(PF_UNAVAIL, "valgrind is not here") :
	    pf_mkdirs(in, 0750);
	if (err == NULL && (f->built & (PF_BUILT_SHADOW | PF_BUILT_LSAN)) != 0)
		err = pf_err(PF_DATA, "a target that was built with a "
		    "sanitizer does not run under valgrind");
	free(program);
	free(in);
	if (err != NULL)
		return err;
	f->state = m = pf_calloc(1, sizeof(*m));
	m->trial.log = (struct pf_buf)PF_BUF_INIT;
	m->build = (struct build){ .word = "valgrind", .sha256 = "",
	    .path = pf_strdup(f->files->target), .built = f->built,
	    .valgrind = true };
	env_engine(&m->build.envp, f->dir);
	add_dir(m, f->files->seeds);
	resume(f, m);
	f->now.execs = 0;
	return NULL;
}

static const struct pf_err *
import(struct fuzz *f, const char *path, const char *hash, int64_t size)
{
	struct memcheck *m = f->state;
	char *to = pf_asprintf("%s/own/in/%s", f->dir, hash);
	const struct pf_err *err = NULL;

	(void)size;
	if (rename(path, to) == -1)
		err = pf_errno("rename %s", path);
	else
		add(m, to);
	free(to);
	return err;
}

static void
say_others(struct fuzz *f, const struct memcheck *m, size_t others)
{
	char words[200];

	snprintf(words, sizeof(words), "input %.16s shows %zu more that no "
	    "input was sent for yet", m->hash, others);
	if (others > 0)
		find_say(f, words);
}

/* The first that is new goes; the others may come with other inputs. */
static const struct pf_err *
take_run(struct fuzz *f, struct memcheck *m)
{
	struct finding v[FINDINGS];
	const struct pf_err *err = NULL;
	const char *path = m->todo[m->next];
	struct find found = { .crash = true, .path = path,
	    .name = strrchr(path, '/') + 1, .signal = m->trial.signal,
	    .exit_code = m->trial.exit_code };
	size_t i, k, n = findings_of(v, &m->trial.log), more = 0;

	for (k = 0; k < n && seen_has(&m->keys, v[k].key); k++)
		;
	for (i = k + 1; i < n; i++)
		more += !seen_has(&m->keys, v[i].key);
	if (k < n) {
		found.report = v[k].text.data;
		found.report_len = v[k].text.len;
		if ((err = find_file(f, &found)) == NULL &&
		    (err = find_flush(f)) == NULL) {
			(void)seen_add(&m->keys, v[k].key);
			note(f, "key", v[k].key);
			m->found++;
			say_others(f, m, more);
		}
	}
	findings_free(v, n);
	return err;
}

static void
give_up(struct fuzz *f, struct memcheck *m, const char *why)
{
	f->over = m->broken = true;
	f->result = "failed";
	snprintf(f->message, sizeof(f->message), "%.500s", why);
}

static void
ran(struct fuzz *f, struct memcheck *m)
{
	const struct trial *t = &m->trial;
	bool whole = !t->empty && !t->hung;

	if (t->unrun) {
		give_up(f, m, "valgrind does not run the target: see what it "
		    "says with valgrind TARGET; it may need the symbols of "
		    "the C library, or a target without debug information");
		return;
	}
	if (seen_add(&m->done, m->hash)) {
		note(f, whole ? "done" : "undone", m->hash);
		m->ran += whole;
		m->undone += !whole;
	}
	m->trial.word = NULL;
	m->next++;
}

/* A start has failed; what will pass is tried again at the next look. */
static void
not_started(struct fuzz *f, struct memcheck *m, const struct pf_err *err)
{
	int64_t now = pf_boot_ms();

	m->trial.word = NULL;
	if (m->busy == 0)
		m->busy = now;
	if (err->class != PF_BUSY || now - m->busy > BUSY_MS)
		give_up(f, m, err->msg);
}

/* Starts the run of the next input; false: none is here, or not now. */
static bool
start_run(struct fuzz *f, struct memcheck *m)
{
	const struct pf_err *err;
	struct pf_buf b = PF_BUF_INIT;

	for (; m->next < m->n; m->next++) {
		pf_buf_reset(&b);
		err = pf_slurp_in(&b, f->dir, m->todo[m->next],
		    (size_t)f->slot->conf->corpus_size);
		if (err != NULL)
			continue;
		pf_sha256(m->hash, b.data, b.len);
		(void)find_known(f, m->hash);
		if (seen_has(&m->done, m->hash))
			continue;
		if ((err = trial_start(&m->trial, f, &m->build, b.data,
		    b.len)) == NULL)
			m->busy = 0;
		else
			not_started(f, m, err);
		break;
	}
	pf_buf_free(&b);
	return m->trial.word != NULL;
}

static void
say_end(struct fuzz *f, const struct memcheck *m)
{
	char words[80] = "";

	if (m->undone > 0)
		snprintf(words, sizeof(words), "; %" PRId64 " more did not "
		    "come to an end", m->undone);
	snprintf(f->message, sizeof(f->message), "%" PRId64 " inputs were run "
	    "under valgrind, which found %" PRId64 " errors and leaks%s",
	    m->ran, m->found, words);
}

/* One run at a time is made in a job's directory. */
static bool
checking(const struct fuzz *f)
{
	return f->checks != NULL && f->checks->trial.word != NULL;
}

/* No input waits; false: nothing is left to do now. */
static bool
spare(struct fuzz *f, const struct memcheck *m, int64_t ms)
{
	/* One that cannot be started now is not all. */
	if (m->next < m->n)
		return false;
	if (check_left(f, false))
		return check_step(f, ms);
	/* The campaign's come in rounds. */
	f->over = f->share.own || pf_boot_ms() - f->started > SHARED_MS;
	return false;
}

static const struct pf_err *
poll(struct fuzz *f)
{
	struct memcheck *m = f->state;
	const struct pf_err *err = NULL;
	int64_t until = pf_boot_ms() + LOOK_MS, left;

	if (f->over)
		return NULL;
	while (!f->over && err == NULL && (left = until - pf_boot_ms()) > 0) {
		if (m->trial.word != NULL) {
			if (!trial_wait(&m->trial, f, left))
				break;
			if ((err = take_run(f, m)) == NULL)
				ran(f, m);
		} else if (checking(f))
			(void)check_step(f, left);
		else if (!start_run(f, m) && !spare(f, m, left))
			break;
	}
	if (f->over && m->broken)
		return NULL;
	f->result = "completed";
	f->progress = pf_boot_ms();
	f->now.execs = m->ran;
	f->now.corpus = (int64_t)m->n;
	say_end(f, m);
	return err;
}

static void
release(struct fuzz *f)
{
	struct memcheck *m = f->state;

	if (m == NULL)
		return;
	trial_stop(&m->trial, f);
	builds_free(&m->build, 1);
	argv_free(m->todo);
	seen_free(&m->done);
	seen_free(&m->keys);
	free(m);
	f->state = NULL;
}

const struct engine engine_memcheck = { .name = "memcheck",
    .program = "valgrind", .start = start, .poll = poll, .import = import,
    .release = release };
