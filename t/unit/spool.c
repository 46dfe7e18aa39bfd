/*
 * store/spool: each call, each name it leaves, claimers side by side.
 */
#include <sys/stat.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "../lib/tap.h"
#include "codec/hash.h"
#include "os/clock.h"
#include "os/fs.h"
#include "store/spool.h"

#define MAX	(1 << 20)

static char dir[64];

static const char *
at(const char *name)
{
	static char path[512];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

/* Number of entries in a part of the spool. */
static int
count(const char *part)
{
	char **names;
	size_t n;

	if (pf_names(&names, &n, at(part)) != NULL)
		return -1;
	pf_names_free(names);
	return (int)n;
}

static void
put(const char *name, const char *text)
{
	int fd = open(at(name), O_WRONLY | O_CREAT | O_TRUNC, 0640);

	if (fd == -1 || pf_write_all(fd, text, strlen(text), name) != NULL)
		exit(99);
	close(fd);
}

/* Claims in a child that dies with the pack in its hands. */
static int
claim_and_die(void)
{
	struct pf_pack p;
	bool found;
	pid_t pid = fork();
	int st;

	if (pid == 0) {
		if (pf_spool_claim(&p, &found, dir, MAX) != NULL)
			_exit(200);
		_exit(found ? p.tries : 100);
	}
	if (waitpid(pid, &st, 0) != pid || !WIFEXITED(st))
		return -1;
	return WEXITSTATUS(st);
}

static void
test_init(void)
{
	struct stat st;

	ok(pf_spool_init(dir, 0770) == NULL, "init");
	ok(pf_spool_init(dir, 0770) == NULL, "init again");
	ok(stat(at("new"), &st) == 0 && (st.st_mode & 07777) == 0770,
	    "mode is as asked for, whatever the umask");
	ok(stat(at("bad"), &st) == 0, "bad is there");
}

static void
test_put_claim(void)
{
	struct pf_pack p, q;
	char a[PF_PACK_NAME], b[PF_PACK_NAME];
	struct stat st;
	bool found;

	ok(pf_spool_put(dir, "one", 3, a) == NULL, "put");
	pf_sleep_ms(2);
	ok(pf_spool_put(dir, "two", 3, b) == NULL, "put another");
	ok(strcmp(a, b) < 0, "names sort by age");
	ok(count("tmp") == 0 && count("new") == 2, "two in new, none in tmp");
	snprintf(p.name, sizeof(p.name), "new/%.40s", a);
	ok(stat(at(p.name), &st) == 0 && (st.st_mode & 0777) == 0640,
	    "mode 0640");
	ok(pf_spool_claim(&p, &found, dir, MAX) == NULL && found, "claim");
	is_str(p.data.data, "one", "the oldest first");
	is_int(p.tries, 1, "for the first time");
	ok(pf_spool_claim(&q, &found, dir, MAX) == NULL && found, "claim two");
	is_str(q.data.data, "two", "then the next");
	ok(pf_spool_done(&q, dir) == NULL, "done");
	ok(pf_spool_claim(&q, &found, dir, MAX) == NULL && !found,
	    "what another holds is not given");
	is_int(count("cur"), 1, "it stands in cur");
	ok(pf_spool_back(&p, dir) == NULL, "back");
	snprintf(p.name, sizeof(p.name), "new/%.40s", a);
	ok(pf_exists(at(p.name)), "under its old name");
	ok(pf_spool_claim(&p, &found, dir, MAX) == NULL && found &&
	    p.tries == 1, "claimed again, the first time still");
	ok(pf_spool_done(&p, dir) == NULL && count("cur") == 0 &&
	    count("new") == 0, "nothing is left");
}

static void
test_deaths(void)
{
	struct pf_pack p;
	bool found;
	int i, n = 0;

	put("new/a", "x");
	for (i = 1; i <= 4; i++)
		n += claim_and_die() == i;
	is_int(n, 4, "each death makes N grow");
	ok(pf_exists(at("cur/a:4")), "cur/a:4");
	ok(pf_spool_claim(&p, &found, dir, MAX) == NULL && found &&
	    p.tries == 5, "claimed for the fifth time");
	ok(pf_spool_back(&p, dir) == NULL && pf_exists(at("cur/a:4")),
	    "an orderly failure does not count");
	ok(pf_spool_claim(&p, &found, dir, MAX) == NULL && found &&
	    p.tries == 5, "fifth time again");
	ok(pf_spool_progress(&p, dir) == NULL && p.tries == 2 &&
	    pf_exists(at("cur/a:2")), "progress: N is 2");
	put("new/0", "y");
	ok(pf_spool_done(&p, dir) == NULL, "done");
	put("cur/y:2", "y");
	put("cur/z:1", "z");
	ok(pf_spool_claim(&p, &found, dir, MAX) == NULL && found &&
	    p.tries == 1 && pf_spool_done(&p, dir) == NULL, "new first");
	ok(pf_spool_claim(&p, &found, dir, MAX) == NULL && found &&
	    p.tries == 2 && strcmp(p.data.data, "z") == 0,
	    "what a dead one left comes after it");
	ok(pf_spool_done(&p, dir) == NULL, "done");
	ok(pf_spool_claim(&p, &found, dir, MAX) == NULL && found &&
	    p.tries == 3 && pf_spool_done(&p, dir) == NULL,
	    "what died twice at last");
}

static void
test_odd(void)
{
	struct pf_pack p;
	bool found;

	put("new/.hidden", "x");
	put("new/a name", "x");
	put("new/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	    "x");
	put("cur/noN", "x");
	put("cur/x:0", "x");
	put("cur/x:1a", "x");
	if (mkdir(at("new/dir"), 0700) == -1 ||
	    symlink("/etc/passwd", at("new/link")) == -1 ||
	    mkfifo(at("new/fifo"), 0600) == -1)
		exit(99);
	ok(pf_spool_claim(&p, &found, dir, MAX) == NULL && !found,
	    "names that are no packs, directories, links, FIFOs: left alone");
	is_int(count("new") + count("cur"), 9, "all of them");
	put("new/large", "0123456789");
	ok(pf_spool_claim(&p, &found, dir, 9) == NULL && found &&
	    p.size == 10 && p.data.len == 0, "too large: not read");
	ok(pf_spool_reject(&p, dir, "too large") == NULL &&
	    pf_exists(at("bad/large.pack")) && pf_exists(at("bad/large.why")),
	    "rejected whole");
	ok(pf_spool_claim(&p, &found, "/nonexistent", 9) != NULL && !found,
	    "no such spool");
	ok(pf_spool_put("/nonexistent", "x", 1, NULL) != NULL,
	    "nor put there");
	ok(pf_spool_take(&p, &found, dir, "new/gone", MAX) == NULL && !found,
	    "a pack that is gone");
}

/* What lies there under the name is these bytes. */
static bool
holds(const char *name, const char *text)
{
	struct pf_buf b = PF_BUF_INIT;
	bool same = pf_slurp(&b, at(name), 1000) == NULL &&
	    strcmp(b.data, text) == 0;

	pf_buf_free(&b);
	return same;
}

static void
test_bad(void)
{
	struct pf_pack p;
	bool found;
	char rid[PF_SHA_TEXT], hash[PF_SHA_TEXT], got[PF_SHA_TEXT];
	char name[160];
	int n = count("bad"), in_new = count("new");

	put("new/b", "x");
	ok(pf_spool_claim(&p, &found, dir, MAX) == NULL && found, "claim");
	pf_sha256(rid, "rec", 3);
	pf_sha256(hash, "other", 5);
	ok(!pf_spool_is_bad(dir, rid, "rec", 3), "not bad yet");
	ok(pf_spool_bad(&p, dir, rid, "other", 5, "damaged") == NULL, "bad");
	ok(pf_spool_is_bad(dir, rid, "other", 5), "now it is");
	ok(!pf_spool_is_bad(dir, rid, "rec", 3), "other bytes are not");
	ok(!pf_spool_is_bad(dir, hash, "other", 5), "nor of another rid");
	ok(pf_spool_bad(&p, dir, rid, "other", 5, "damaged") == NULL &&
	    count("bad") == n + 2, "twice changes nothing");
	ok(pf_spool_bad(&p, dir, rid, "rec", 3, "because") == NULL &&
	    count("bad") == n + 4, "nor do the right bytes overwrite it");
	snprintf(name, sizeof(name), "bad/%s.rec", rid);
	ok(holds(name, "rec"), "they have its rid as name");
	snprintf(name, sizeof(name), "bad/%s.%s.rec", rid, hash);
	ok(holds(name, "other"), "the damaged ones their hash beside it");
	snprintf(name, sizeof(name), "%s.%s", rid, hash);
	ok(pf_spool_claimed(got, name), "what it claims is kept");
	is_str(got, rid, "the rid it claims");
	ok(!pf_spool_claimed(got, "hello"), "not every name has one");
	ok(pf_spool_bad(&p, dir, NULL, "rest", 4, "torn") == NULL &&
	    pf_exists(at("bad/b.pack")), "what is no record");
	ok(holds("bad/b.why", "torn\n"), "why");
	ok(pf_exists(at("cur/b:1")), "the pack stays claimed");
	ok(pf_spool_return(dir, at("bad/b.pack")) == NULL &&
	    count("new") == in_new + 1 && !pf_exists(at("new/b")),
	    "the rest of a pack comes back under another name");
	ok(pf_spool_done(&p, dir) == NULL, "done");
	ok(pf_spool_claim(&p, &found, dir, MAX) == NULL && found &&
	    pf_spool_done(&p, dir) == NULL, "done with the rest");
}

/* Packs of one name, made by hand: none of them replaces another. */
static void
test_same_name(void)
{
	struct pf_pack p, q;
	bool found;
	int in_new = count("new"), in_cur = count("cur");

	put("new/n", "one");
	ok(pf_spool_claim(&p, &found, dir, MAX) == NULL && found, "claim");
	put("new/n", "two");
	ok(pf_spool_claim(&q, &found, dir, MAX) == NULL && found, "another");
	is_str(q.data.data, "two", "of the same name");
	ok(holds("cur/n:1", "one"), "the first stays what it is");
	put("new/n", "three");
	ok(pf_spool_back(&p, dir) == NULL && count("new") == in_new + 2 &&
	    holds("new/n", "three"), "nor does one that goes back");
	put("cur/n:2", "four");
	ok(pf_spool_back(&q, dir) == NULL && count("new") == in_new + 3,
	    "all there");
	put("bad/n.pack", "five");
	while (pf_spool_claim(&p, &found, dir, MAX) == NULL && found)
		ok(pf_spool_reject(&p, dir, "no") == NULL, "rejected");
	ok(holds("bad/n.pack", "five"), "what was bad before stays");
	ok(count("new") == in_new && count("cur") == in_cur, "none is left");
}

static void
test_sweep(void)
{
	struct timespec old[2] = { { 0, UTIME_OMIT }, { 1000, 0 } };
	char mine[64], dead[64], other[64], same[64], boot[PF_BOOT_ID];
	pid_t pid = fork();
	int n = -1;

	if (pid == 0)
		_exit(0);
	waitpid(pid, NULL, 0);
	snprintf(mine, sizeof(mine), "tmp/%ld.x", (long)getpid());
	snprintf(dead, sizeof(dead), "tmp/%ld.x", (long)pid);
	put(mine, "x");
	put(dead, "x");
	ok(pf_spool_sweep(dir, &n) == NULL && n == 0, "young ones stay");
	utimensat(AT_FDCWD, at(mine), old, 0);
	utimensat(AT_FDCWD, at(dead), old, 0);
	ok(pf_boot_id(boot) == NULL, "this boot");
	snprintf(same, sizeof(same), "tmp/%ld.%.8s.x", (long)getpid(), boot);
	boot[7] = boot[7] == '0' ? '1' : '0';
	snprintf(other, sizeof(other), "tmp/%ld.%.8s.x", (long)getpid(), boot);
	put(same, "x");
	put(other, "x");
	ok(pf_spool_sweep(dir, &n) == NULL && pf_exists(at(other)),
	    "a young one of another boot stays");
	utimensat(AT_FDCWD, at(same), old, 0);
	utimensat(AT_FDCWD, at(other), old, 0);
	put("tmp/noone", "x");
	utimensat(AT_FDCWD, at("tmp/noone"), old, 0);
	ok(pf_spool_sweep(dir, &n) == NULL && n == 1, "an old one is removed");
	ok(!pf_exists(at(other)), "its pid is another's since the boot");
	ok(pf_exists(at(same)), "that of this boot lives");
	ok(pf_exists(at(mine)), "old, but its owner lives");
	ok(pf_exists(at("tmp/noone")), "not a name of ours");
	ok(!pf_exists(at(dead)), "old and dead");
}

static void
test_pieces(void)
{
	struct pf_spool_file f;
	struct pf_buf b = PF_BUF_INIT;
	char name[PF_PACK_NAME], path[PF_PACK_NAME + 8], old[80], new[80];
	int before = count("new"), strays = count("tmp");

	snprintf(old, sizeof(old), "%s/old", dir);
	snprintf(new, sizeof(new), "%s/new", dir);
	ok(pf_spool_begin(&f, dir) == NULL &&
	    pf_spool_write(&f, "one two", 7) == NULL, "a file in pieces");
	ok(count("tmp") == strays + 1 && count("new") == before,
	    "is not seen yet");
	ok(pf_spool_cut(&f, 4) == NULL && f.size == 4 &&
	    pf_spool_write(&f, "three", 5) == NULL, "its end is taken back");
	ok(pf_spool_commit(&f, name) == NULL, "committed");
	pf_spool_abort(&f);
	snprintf(path, sizeof(path), "new/%s", name);
	ok(pf_slurp(&b, at(path), 100) == NULL, "it has the name given");
	is_str(b.data, "one three", "and its bytes without a hole");
	unlink(at(path));
	ok(pf_spool_begin(&f, dir) == NULL &&
	    pf_spool_write(&f, "x", 1) == NULL, "another one");
	pf_spool_abort(&f);
	is_int(count("tmp"), strays, "given up leaves nothing");
	pf_spool_abort(&f);
	is_int(f.fd, -1, "twice is fine");
	ok(pf_spool_begin(&f, dir) == NULL && rename(new, old) == 0,
	    "a spool that breaks");
	ok(pf_spool_commit(&f, NULL) != NULL, "is noticed");
	pf_spool_abort(&f);
	ok(count("tmp") == strays && rename(old, new) == 0,
	    "and nothing is left of it");
	ok(pf_spool_begin(&f, "/nowhere") != NULL, "no spool at all");
	pf_spool_abort(&f);
	pf_buf_free(&b);
}

static void
test_depth(void)
{
	int64_t packs, bytes, bad;
	int64_t before, b2, bad2;

	ok(pf_spool_depth(dir, &before, &b2, &bad2) == NULL, "depth");
	put("new/c", "12345");
	put("new/.x", "");
	put("cur/odd", "");
	put("bad/q.rec", "x");
	put("bad/q.why", "x");
	ok(pf_spool_depth(dir, &packs, &bytes, &bad) == NULL, "depth again");
	is_int(packs - before, 1, "one pack more, and two that are none");
	is_int(bytes - b2, 5, "five bytes more");
	is_int(bad - bad2, 1, "one refused more");
}

/* Four processes drain 200 packs: each pack is had once. */
static void
test_race(void)
{
	struct pf_pack p;
	bool found = true;
	int i, st, total = 0;
	char name[32];
	pid_t pid[4];

	for (i = 0; i < 200; i++) {
		snprintf(name, sizeof(name), "new/r%03d", i);
		put(name, "x");
	}
	for (i = 0; i < 4; i++)
		if ((pid[i] = fork()) == 0) {
			for (st = 0; found; st += found)
				if (pf_spool_claim(&p, &found, dir, MAX) !=
				    NULL || (found && (p.tries != 1 ||
				    pf_spool_done(&p, dir) != NULL)))
					_exit(255);
			_exit(st);
		}
	for (i = 0; i < 4; i++) {
		if (waitpid(pid[i], &st, 0) != pid[i] || !WIFEXITED(st) ||
		    WEXITSTATUS(st) == 255)
			total = -10000;
		total += WEXITSTATUS(st);
	}
	is_int(total, 201, "four claimers, each pack once");
}

int
main(void)
{
	umask(027);
	snprintf(dir, sizeof(dir), "/tmp/pf-spool.XXXXXX");
	if (mkdtemp(dir) == NULL)
		return 99;
	test_init();
	test_put_claim();
	test_deaths();
	test_odd();
	test_bad();
	test_same_name();
	test_sweep();
	test_pieces();
	test_depth();
	test_race();
	ok(pf_rmtree(dir) == NULL, "cleaned up");
	return done_testing();
}
