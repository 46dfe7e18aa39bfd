/*
 * base/err: classes in their three dialects, messages, errno, the ring, and
 * what main says at the end.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>

#include "../lib/tap.h"
#include "base/err.h"

static void
test_classes(void)
{
	static const struct {
		enum pf_class	 class;
		const char	*name;
		int		 status;
		int		 http;
	} t[] = {
		{ PF_OK, "ok", 0, 200 },
		{ PF_NO, "no", 1, 404 },
		{ PF_USAGE, "usage", 64, 400 },
		{ PF_DATA, "data", 65, 422 },
		{ PF_NOTFOUND, "notfound", 66, 404 },
		{ PF_UNAVAIL, "unavailable", 69, 503 },
		{ PF_BUG, "bug", 70, 500 },
		{ PF_IO, "io", 74, 500 },
		{ PF_BUSY, "busy", 75, 503 },
		{ PF_FULL, "full", 75, 507 },
		{ PF_STALE, "stale", 65, 409 },
		{ PF_CONFLICT, "conflict", 65, 409 },
		{ PF_DENIED, "denied", 77, 403 },
		{ PF_CONFIG, "config", 78, 500 },
	};
	size_t i, n = sizeof(t) / sizeof(t[0]);

	is_int(n, PF_CLASS_MAX, "every class is in the table");
	for (i = 0; i < n; i++) {
		is_str(pf_class_name(t[i].class), t[i].name, "its name");
		is_int(pf_class_exit(t[i].class), t[i].status, "its status");
		is_int(pf_class_http(t[i].class), t[i].http, "its HTTP");
		is_int(pf_class_find(t[i].name), t[i].class, "found by name");
	}
	is_int(pf_class_find(""), PF_BUG, "no name is a bug");
	is_int(pf_class_find("OK"), PF_BUG, "names are lower case");
	is_int(pf_class_find("stale "), PF_BUG, "and whole");
}

static void
test_errno(void)
{
	static const struct {
		int		 num;
		enum pf_class	 class;
	} t[] = {
		{ ENOSPC, PF_FULL }, { EDQUOT, PF_FULL },
		{ EAGAIN, PF_BUSY }, { EMFILE, PF_BUSY }, { ENFILE, PF_BUSY },
		{ ENOMEM, PF_BUSY },
		{ ENOENT, PF_NOTFOUND }, { ENOTDIR, PF_NOTFOUND },
		{ EACCES, PF_DENIED }, { EPERM, PF_DENIED },
		{ EROFS, PF_IO },
		{ EIO, PF_IO }, { EBADF, PF_IO }, { 0, PF_IO }, { -1, PF_IO },
	};
	const struct pf_err *err;
	char want[128];
	size_t i;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		errno = t[i].num;
		err = pf_errno("open %s", "x");
		is_int(errno, t[i].num, "errno is kept");
		is_int(err->class, t[i].class, strerror(t[i].num));
		snprintf(want, sizeof(want), "open x: %s", strerror(t[i].num));
		is_str(err->msg, want, "message, then the reason");
		is_str(err->field, "", "no field");
	}
}

static void
test_messages(void)
{
	const struct pf_err *err, *outer, *first;
	char big[2 * PF_ERR_MSG];
	int i;

	memset(big, 'x', sizeof(big));
	big[sizeof(big) - 1] = '\0';
	err = pf_err(PF_DATA, "%s", big);
	is_int(strlen(err->msg), PF_ERR_MSG - 1, "a long message is cut");
	errno = ENOENT;
	is_int(strlen(pf_errno("%s", big)->msg), PF_ERR_MSG - 1,
	    "with a reason too");
	err = pf_err_field(PF_DATA, big, "x");
	is_int(strlen(err->field), sizeof(err->field) - 1,
	    "a long field is cut");

	err = pf_err_field(PF_STALE, "epoch", "token %d", 7);
	outer = pf_err_at(err, "%s:%d", "conf", 3);
	is_str(outer->msg, "conf:3: token 7", "put in front");
	is_int(outer->class, PF_STALE, "the class stays");
	is_str(outer->field, "epoch", "the field stays");
	is_str(err->msg, "token 7", "the first one is as it was");
	is_str(pf_err_at(pf_err(PF_IO, "a"), "%s", err->msg)->msg,
	    "token 7: a", "from another error's text");
	is_int(strlen(pf_err_at(err, "%s", big)->msg), PF_ERR_MSG - 1,
	    "a long front is cut");

	first = pf_err(PF_DENIED, "first");
	for (i = 1; i < PF_ERR_RING; i++)
		pf_err(PF_IO, "%d", i);
	is_str(first->msg, "first", "valid through a ring of others");
	for (i = 0, err = first; i < 3 * PF_ERR_RING; i++)
		err = pf_err_at(err, "%d", i % 10);
	ok(strncmp(err->msg, "7: 6: 5: ", 9) == 0 &&
	    strcmp(err->msg + strlen(err->msg) - 5, "first") == 0,
	    "a chain longer than the ring");
	/* The oldest slot is the next one, so both ends may be the same. */
	first = pf_err_field(PF_DENIED, "inc", "oldest");
	for (i = 1; i < PF_ERR_RING; i++)
		pf_err(PF_IO, "%d", i);
	err = pf_err_at(first, "at");
	is_str(err->msg, "at: oldest", "the oldest error in its own slot");
	is_int(err->class, PF_DENIED, "with its class");
	is_str(err->field, "inc", "and its field");
	for (i = 1; i < PF_ERR_RING; i++)
		pf_err(PF_IO, "%d", i);
	is_str(pf_err(PF_IO, "again %s", err->msg)->msg,
	    "again at: oldest", "its text in a new one");
}

static void
end_well(void)
{
	_exit(pf_exit(NULL));
}

static void
end_badly(void)
{
	_exit(pf_exit(pf_err(PF_CONFIG, "no %s", "sense")));
}

static void
end_quietly(void)
{
	_exit(pf_exit(pf_err(PF_NO, "%s", "")));
}

static void
full(void)
{
	dup2(open("/dev/full", O_WRONLY | O_CLOEXEC), 1);
	printf("lost");
}

static void
end_full(void)
{
	full();
	_exit(pf_exit(NULL));
}

/* What was lost before the end counts as well. */
static void
end_full_before(void)
{
	full();
	fflush(stdout);
	_exit(pf_exit(NULL));
}

static void
end_both(void)
{
	full();
	_exit(pf_exit(pf_err(PF_BUSY, "later")));
}

static void
end_no_reader(void)
{
	int p[2];

	signal(SIGPIPE, SIG_IGN);
	if (pipe(p) == -1)
		_exit(99);
	close(p[0]);
	dup2(p[1], 1);
	printf("unread");
	_exit(pf_exit(NULL));
}

static void
die(void)
{
	pf_die("%d is not %d", 1, 2);
}

static void
talk(void)
{
	errno = EXDEV;
	pf_note("note %s", "a");
	pf_warn("warning %s", "b");
	_exit(errno == EXDEV ? 0 : 1);
}

static void
test_ends(void)
{
	static const struct {
		void		(*function)(void);
		int		 status;
		const char	*said;
		const char	*name;
	} t[] = {
		{ end_well, 0, "", "all is well" },
		{ end_badly, 78, "t: no sense\n", "an error" },
		{ end_quietly, 1, "", "an error without words" },
		{ end_full, 74, "t: cannot write standard output: No space "
		    "left on device\n", "a full stdout" },
		{ end_full_before, 74, "t: cannot write standard output: "
		    "Input/output error\n", "an earlier failure" },
		{ end_both, 75, "t: cannot write standard output: No space "
		    "left on device\nt: later\n", "the first error wins" },
		{ end_no_reader, 74, "", "a reader that went away" },
		{ die, 70, "t: bug: 1 is not 2\n", "what cannot happen" },
		{ talk, 0, "t: note a\nt: warning: warning b\n",
		    "talk keeps errno" },
	};
	char said[512];
	size_t i;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		is_int(tap_dies(said, sizeof(said), t[i].function),
		    t[i].status, t[i].name);
		is_str(said, t[i].said, "and its words");
	}
}

int
main(void)
{
	pf_prog = "t";
	test_classes();
	test_errno();
	test_messages();
	test_ends();
	return done_testing();
}
