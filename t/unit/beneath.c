/*
 * os/beneath: reading and renaming in a tree whose owner puts links in the
 * way; and os/fs: a durable file beside what a dead process left of it.
 */
#include <sys/stat.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../lib/tap.h"
#include "base/mem.h"
#include "os/fs.h"

static char dir[] = "/tmp/pf-test.XXXXXX";

static char *
at(const char *rest)
{
	return pf_asprintf("%s/%s", dir, rest);
}

/* What reading says; "" if it went well. */
static const char *
reads(const char *rest, const char *text)
{
	struct pf_buf b = PF_BUF_INIT;
	char *root = at("root"), *path = at(rest);
	const struct pf_err *err = pf_slurp_in(&b, root, path, 100);

	if (err == NULL && strcmp(b.data, text) != 0)
		err = pf_err(PF_DATA, "other bytes: %s", b.data);
	pf_buf_free(&b);
	free(root);
	free(path);
	return err == NULL ? "" : err->msg;
}

static bool
renames(const char *from, const char *to)
{
	char *root = at("root"), *a = at(from), *b = at(to);
	bool good = pf_rename_in(a, root, b) == NULL;

	free(root);
	free(a);
	free(b);
	return good;
}

static void
make(const char *rest, const char *text)
{
	char *path = at(rest);
	struct pf_buf b = PF_BUF_INIT;

	pf_buf_adds(&b, text);
	if (pf_file_write(path, &b) != NULL)
		pf_die("cannot write");
	pf_buf_free(&b);
	free(path);
}

static void
make_link(const char *to, const char *rest)
{
	char *path = at(rest);

	if (symlink(to, path) == -1)
		pf_die("cannot link");
	free(path);
}

/* A killed process may have had our pid. */
static void
put_beside(void)
{
	char *path = at("root/state"), *tmp = pf_asprintf("%s.tmp.%ld", path,
	    (long)getpid());
	char *half = at("root/half");
	struct pf_buf b = PF_BUF_INIT;

	ok(pf_file_put(path, NULL, "old", 3, 0600) == NULL, "a file");
	ok(pf_file_put(tmp, half, "ha", 2, 0600) == NULL,
	    "half of the next, of one who was killed");
	ok(pf_file_put(path, NULL, "new", 3, 0600) == NULL,
	    "is in nobody's way");
	is_str(reads("root/state", "new"), "", "all of it is there");
	ok(pf_slurp(&b, tmp, 100) == NULL && strcmp(b.data, "ha") == 0,
	    "the half is whoever's it may be");
	ok(pf_file_put(path, tmp, "no", 2, 0600) != NULL,
	    "a name that was chosen is not given up");
	is_str(reads("root/state", "new"), "", "and nothing changed");
	pf_buf_free(&b);
	free(half);
	free(tmp);
	free(path);
}

int
main(void)
{
	char *sub, *out;

	if (mkdtemp(dir) == NULL)
		pf_die("no directory");
	sub = at("root/sub");
	out = at("out");
	if (pf_mkdirs(sub, 0700) != NULL || pf_mkdirs(out, 0700) != NULL)
		pf_die("no directories");
	make("root/sub/file", "inside");
	make("out/file", "secret");
	make("new", "new");
	make_link("../out", "root/way");
	make_link(out, "root/far");
	make_link("sub", "root/near");
	make_link("../../out/file", "root/sub/link");
	is_str(reads("root/sub/file", "inside"), "", "a file");
	ok(*reads("root/way/file", "secret") != '\0', "a link out");
	ok(*reads("root/far/file", "secret") != '\0', "an absolute one");
	ok(*reads("root/near/file", "inside") != '\0', "nor one that stays");
	ok(*reads("root/sub/link", "secret") != '\0', "the file itself");
	ok(*reads("root/../out/file", "secret") != '\0', "the way up");
	ok(*reads("out/file", "secret") != '\0', "not in it at all");
	ok(*reads("root/sub", "") != '\0', "a directory");
	ok(strstr(reads("root/sub/none", ""), "No such file") != NULL,
	    "none is none");
	ok(!renames("new", "root/way/new"), "no rename through a link");
	ok(!renames("new", "root/far/new"), "nor an absolute one");
	ok(!renames("new", "out/new"), "nor elsewhere");
	free(out);
	out = at("out/new");
	ok(!pf_exists(out), "nothing came there");
	ok(renames("new", "root/sub/new"), "into a directory");
	is_str(reads("root/sub/new", "new"), "", "it is there");
	put_beside();
	free(sub);
	free(out);
	ok(pf_rmtree(dir) == NULL, "clean");
	return done_testing();
}
