/*
 * pf-report bundle: all it takes to see a crash on another machine, where no
 * PandaFuzz is, as one archive.  The same crash gives the same bytes.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "codec/elfscan.h"
#include "codec/tar.h"
#include "report/bundle.h"
#include "report/report.h"
#include "view/better.h"
#include "view/checked.h"
#include "view/find.h"

#define CHUNK	(64 << 10)

/* The archive on its way. */
struct pack {
	FILE		*f;
	char		 dir[PF_ID_MAX + sizeof("crash-")];
	int64_t		 mtime;
};

/* A file that goes in as it is. */
struct source {
	const char	*path;
	const char	*sha;
	int		 fd;
	int64_t		 size;
};

static void
put(struct pack *p, struct pf_buf *b)
{
	fwrite(b->data, 1, b->len, p->f);
	pf_buf_free(b);
}

/* A text of ours, under a name of ours. */
static void
put_text(struct pack *p, const char *name, const char *s, size_t n)
{
	struct pf_buf b = PF_BUF_INIT;

	if (strcmp(name, "repro.sh") == 0)
		pf_tar_program(&b, p->dir, name, (int64_t)n, p->mtime);
	else
		pf_tar_file(&b, p->dir, name, (int64_t)n, p->mtime);
	pf_buf_add(&b, s, n);
	pf_tar_pad(&b, (int64_t)n);
	put(p, &b);
}

/* n bytes, or all of them, from the beginning; their hash. */
static const struct pf_err *
walk(const struct source *s, void (*eat)(void *, const char *, size_t),
    void *arg)
{
	struct pf_hash *h = pf_hash_begin();
	char *chunk = pf_malloc(CHUNK), sha[PF_SHA_TEXT];
	int64_t at = 0;
	ssize_t n = 0;

	while (at < s->size) {
		n = pread(s->fd, chunk, s->size - at < CHUNK ?
		    (size_t)(s->size - at) : CHUNK, at);
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		pf_hash_add(h, chunk, (size_t)n);
		eat(arg, chunk, (size_t)n);
		at += n;
	}
	free(chunk);
	pf_hash_end(h, sha);
	if (n == -1)
		return pf_errno("read %s", s->path);
	if (strcmp(sha, s->sha) != 0)
		return pf_err(PF_DATA, "%s is not what its name says: its "
		    "hash is %s", s->path, sha);
	return NULL;
}

static const struct pf_err *
open_source(struct source *s, const char *path, const char *sha)
{
	struct stat st;

	*s = (struct source){ .path = path, .sha = sha };
	s->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (s->fd == -1)
		return pf_errno("open %s", path);
	if (fstat(s->fd, &st) == -1)
		return pf_errno("stat %s", path);
	if (!S_ISREG(st.st_mode))
		return pf_err(PF_DATA, "%s: not a regular file", path);
	s->size = st.st_size;
	return NULL;
}

static void
eat_write(void *arg, const char *s, size_t n)
{
	struct pack *p = arg;

	fwrite(s, 1, n, p->f);
}

static void
eat_scan(void *arg, const char *s, size_t n)
{
	pf_elfscan_add(arg, s, n);
}

static ssize_t
elf_at(void *arg, void *buf, size_t n, int64_t at)
{
	const struct source *s = arg;

	return pread(s->fd, buf, n, at);
}

/* Also if the target does not go along: what it takes to run it. */
static const struct pf_err *
learn(struct bundle *u, struct source *target)
{
	struct pf_elfscan scan = PF_ELFSCAN_INIT;
	const struct pf_err *err;

	if ((err = walk(target, eat_scan, &scan)) != NULL)
		return err;
	u->built = scan.built;
	pf_elf_read(&u->elf, elf_at, target);
	return NULL;
}

static const struct pf_err *
put_source(struct pack *p, const char *name, const struct source *s)
{
	const struct pf_err *err;
	struct pf_buf b = PF_BUF_INIT;

	if (strcmp(name, "target") == 0)
		pf_tar_program(&b, p->dir, name, s->size, p->mtime);
	else
		pf_tar_file(&b, p->dir, name, s->size, p->mtime);
	put(p, &b);
	if ((err = walk(s, eat_write, p)) != NULL)
		return err;
	pf_tar_pad(&b, s->size);
	put(p, &b);
	return NULL;
}

static const struct pf_err *
put_all(struct pack *p, struct bundle *u, const struct source *input,
    const struct source *target)
{
	const struct pf_again *a = &u->crash;
	const struct pf_err *err;
	struct pf_buf b = PF_BUF_INIT;

	bundle_about(&b, u);
	put_text(p, "about", b.data, b.len);
	pf_buf_reset(&b);
	bundle_script(&b, u);
	put_text(p, "repro.sh", b.data, b.len);
	pf_buf_reset(&b);
	bundle_frames(&b, u);
	put_text(p, "frames", b.data, b.len);
	pf_buf_free(&b);
	put_text(p, "rules", u->rules, strlen(u->rules));
	put_text(p, "signature.awk", bundle_signature_awk,
	    strlen(bundle_signature_awk));
	put_text(p, "report", a->output, strlen(a->output));
	if ((err = put_source(p, "input", input)) != NULL ||
	    (target != NULL && (err = put_source(p, "target", target)) !=
	    NULL))
		return err;
	pf_tar_end(&b);
	put(p, &b);
	return NULL;
}

/* To standard output, or to a file that is whole or not there. */
static const struct pf_err *
write_out(const struct report *r, struct pack *p, struct bundle *u,
    const struct source *input, const struct source *target)
{
	const struct pf_err *err;
	char *tmp;
	int fd;

	p->f = stdout;
	if (r->out == NULL)
		return put_all(p, u, input, target);
	tmp = pf_asprintf("%s.tmp.%ld", r->out, (long)getpid());
	fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd == -1 || (p->f = fdopen(fd, "w")) == NULL) {
		err = pf_errno("open %s", tmp);
		free(tmp);
		return err;
	}
	err = put_all(p, u, input, target);
	if ((fflush(p->f) != 0 || fsync(fd) == -1) && err == NULL)
		err = pf_errno("write %s", tmp);
	if (fclose(p->f) != 0 && err == NULL)
		err = pf_errno("close %s", tmp);
	if (err == NULL && rename(tmp, r->out) == -1)
		err = pf_errno("rename to %s", r->out);
	if (err != NULL)
		unlink(tmp);
	free(tmp);
	return err;
}

/* What cannot be run elsewhere is no bundle. */
static const struct pf_err *
understand(struct bundle *u)
{
	const struct pf_again *a = &u->crash;
	const struct pf_err *err;

	if (*a->command == '\0')
		return pf_err(PF_NOTFOUND, "crash %s: its bot told no command;"
		    " the input is %s", a->id, a->input);
	if ((err = pf_cmdline_parse(&u->command, a->command)) != NULL)
		return pf_err_at(err, "crash %s: its command is not one that "
		    "is run elsewhere", a->id);
	if (*a->target == '\0')
		return pf_err(PF_NOTFOUND, "crash %s: its target is not "
		    "known", a->id);
	if (*a->options != '\0' && (err = pf_json_parse(&u->options,
	    a->options, strlen(a->options))) != NULL)
		return pf_err_at(err, "options of its job");
	return NULL;
}

/* What is looked for is what the best report tells: where its own has no
 * names, whoever has a symbolizer would see another crash. */
static const struct pf_err *
take_best(struct pf_again *a, const struct report *r)
{
	const struct pf_given own = { .type = a->type, .tool = a->tool,
	    .stack = a->stack, .output = a->output, .signal = a->signal };
	const struct pf_err *err;
	struct pf_better best;

	if ((err = pf_better_find(&best, r->show.db, r->conf.storage_path,
	    a->id, &own)) == NULL && best.output != NULL) {
		free(a->output);
		a->output = best.output;
		best.output = NULL;
	}
	pf_better_free(&best);
	return err;
}

/* How often it crashed again where it was found, and as repro.sh runs it. */
static void
add_checked(void *arg, const struct pf_checked *c)
{
	struct bundle *u = arg;
	const char *build = strcmp(u->crash.tool, "valgrind") == 0 ?
	    "valgrind" : "target";

	if (strcmp(c->target, u->crash.target_hash) != 0 ||
	    strcmp(c->build, build) != 0)
		return;
	u->runs += c->runs;
	u->same += c->same;
}

const struct pf_err *
report_bundle(struct report *r, const char *arg)
{
	const struct pf_err *err;
	struct bundle u = { .command = PF_CMDLINE_INIT };
	struct source input = { .fd = -1 }, target = { .fd = -1 };
	struct pack p = { .f = NULL };
	char id[PF_ID_MAX + 1];

	if (r->out == NULL && isatty(STDOUT_FILENO))
		return pf_err(PF_USAGE, "an archive is nothing for a "
		    "terminal: give -o file");
	if ((err = pf_find_crash(id, r->show.db, arg)) == NULL &&
	    (err = pf_again_load(&u.crash, r->show.db, r->conf.storage_path,
	    id)) == NULL && (err = take_best(&u.crash, r)) == NULL &&
	    (err = understand(&u)) == NULL &&
	    (err = pf_checked_each(r->show.db, id, add_checked, &u)) ==
	    NULL &&
	    (err = pf_live_load(&u.live, r->show.db)) == NULL &&
	    (err = pf_live_text(&u.rules, r->show.db)) == NULL &&
	    (err = open_source(&input, u.crash.input, u.crash.input_hash)) ==
	    NULL && (err = open_source(&target, u.crash.target,
	    u.crash.target_hash)) == NULL &&
	    (err = learn(&u, &target)) == NULL) {
		snprintf(p.dir, sizeof(p.dir), "crash-%s", id);
		p.mtime = u.crash.seen / 1000;
		err = write_out(r, &p, &u, &input, r->target ? &target : NULL);
	}
	if (input.fd != -1)
		close(input.fd);
	if (target.fd != -1)
		close(target.fd);
	pf_json_free(u.options);
	pf_cmdline_free(&u.command);
	pf_live_free(&u.live);
	free(u.rules);
	pf_again_free(&u.crash);
	return err;
}
