/*
 * os/sandbox: what a process in a box can still do, tried by one in it.
 * Each probe is done twice: outside it succeeds, so that its failure inside
 * means the box and nothing else.
 */
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>

#include <netinet/in.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "../lib/tap.h"
#include "base/mem.h"
#include "os/fs.h"
#include "os/sandbox.h"
#include "os/sock.h"

#define LIMIT	100000

static char dir[] = "/tmp/pf-test.XXXXXX";
static struct sockaddr_in port;		/* a listener of ours */
static bool network;

static int
result(int rc)
{
	return rc == -1 ? errno : 0;
}

static int
try_open(const char *name, int flags)
{
	char *path = pf_asprintf("%s/%s", dir, name);
	int fd = open(path, flags | O_CLOEXEC, 0600);
	int got = result(fd);

	if (fd != -1)
		close(fd);
	free(path);
	return got;
}

static int
read_outside(void)
{
	return try_open("out/file", O_RDONLY);
}

static int
list_outside(void)
{
	return try_open("out", O_RDONLY | O_DIRECTORY);
}

static int
read_system(void)
{
	int fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);

	return result(fd);
}

static int
write_storage(void)
{
	return try_open("read/file", O_WRONLY);
}

static int
make_in_storage(void)
{
	return try_open("read/new", O_WRONLY | O_CREAT);
}

static int
cut_storage(void)
{
	char *path = pf_asprintf("%s/read/file", dir);
	int got = result(truncate(path, 3));

	free(path);
	return got;
}

static int
unlink_storage(void)
{
	char *path = pf_asprintf("%s/read/victim", dir);
	int got = result(unlink(path));

	free(path);
	return got;
}

static int
link_in_spool(void)
{
	char *path = pf_asprintf("%s/write/link.%ld", dir, (long)getpid());
	int got = result(symlink("/etc/passwd", path));

	free(path);
	return got;
}

/* Ends with 7 as another program, or tells why not. */
static int
ran(pid_t pid)
{
	int status = 0;

	if (pid == -1 || waitpid(pid, &status, 0) != pid)
		return errno;
	return WIFEXITED(status) && WEXITSTATUS(status) != 7 ?
	    WEXITSTATUS(status) : 0;
}

static int
exec_path(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		execl("/bin/sh", "sh", "-c", "exit 7", (char *)NULL);
		_exit(errno);
	}
	return ran(pid);
}

/* A program that lies in no directory at all. */
static int
exec_memory(void)
{
	static const char text[] = "#!/bin/sh\nexit 7\n";
	char path[64], *argv[] = { path, NULL };
	int fd = memfd_create("x", 0);
	pid_t pid;

	if (fd == -1 || write(fd, text, sizeof(text) - 1) == -1)
		return errno;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if ((pid = fork()) == 0) {
		fexecve(fd, argv, argv + 1);
		_exit(errno);
	}
	close(fd);
	return ran(pid);
}

static int
connect_tcp(void)
{
	int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int got;

	if (s == -1)
		return errno;
	got = result(connect(s, (struct sockaddr *)&port, sizeof(port)));
	close(s);
	return got;
}

static int
send_udp(void)
{
	int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int got;

	if (s == -1)
		return errno;
	got = result((int)sendto(s, "x", 1, 0, (struct sockaddr *)&port,
	    sizeof(port)));
	close(s);
	return got;
}

/* Sockets of before are only as good as landlock lets them be. */
static int old_socket = -1;
static int
connect_old(void)
{
	return result(connect(old_socket, (struct sockaddr *)&port,
	    sizeof(port)));
}

static int
signal_parent(void)
{
	return result(kill(getppid(), SIGCONT));
}

static int
connect_unix(void)
{
	char *path = pf_asprintf("%s/out/sock", dir);
	int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), got = errno;
	struct sockaddr_un sun = { .sun_family = AF_UNIX };

	snprintf(sun.sun_path, sizeof(sun.sun_path), "%s", path);
	free(path);
	if (s == -1)
		return got;
	got = result(connect(s, (struct sockaddr *)&sun, sizeof(sun)));
	close(s);
	return got;
}

static int
pair(int type)
{
	int fds[2], got = result(socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0,
	    fds));

	if (got == 0) {
		close(fds[0]);
		close(fds[1]);
	}
	return got;
}

/* An end of it could be connected to any path. */
static int
pair_datagrams(void)
{
	return pair(SOCK_DGRAM);
}

static int
pair_raw(void)
{
	return pair(SOCK_RAW);
}

/* Who may signal nobody at all is told that it went well. */
static int
signal_all(void)
{
	return result(kill(-1, 0));
}

struct probe {
	const char	*name;
	int		(*try)(void);
	int		 abi;		/* of landlock; 0: the filter */
};

static const struct probe probes[] = {
	{ "reading a file outside", read_outside, 2 },
	{ "reading a directory outside", list_outside, 2 },
	{ "reading /etc/passwd", read_system, 2 },
	{ "writing what may be read", write_storage, 2 },
	{ "a new file where may be read", make_in_storage, 2 },
	{ "cutting what may be read", cut_storage, 3 },
	{ "removing what may be read", unlink_storage, 2 },
	{ "a symbolic link", link_in_spool, 2 },
	{ "a program by its path", exec_path, 0 },
	{ "a program without a path", exec_memory, 0 },
	{ "a connection to the loopback", connect_tcp, 0 },
	{ "a datagram", send_udp, 0 },
	{ "a connection by an old socket", connect_old, 4 },
	{ "a signal to another process", signal_parent, 6 },
};
#define PROBES	(sizeof(probes) / sizeof(probes[0]))

/* For those who are to be alone. */
static const struct probe lonely[] = {
	{ "a connection to a Unix socket", connect_unix, 0 },
	{ "a pair of datagram sockets", pair_datagrams, 0 },
	{ "a raw pair", pair_raw, 0 },
	{ "a signal to all", signal_all, 0 },
	{ "a signal to another process", signal_parent, 6 },
};
#define LONELY	(sizeof(lonely) / sizeof(lonely[0]))

/* What the box is for still works in it; the first that does not. */
static const char *
good(void)
{
	char *path = pf_asprintf("%s/write/new/file", dir), *tmp, *sock;
	const char *bad = NULL;
	int fd = -1;

	tmp = pf_asprintf("%s/write/tmp/file", dir);
	sock = pf_asprintf("%s/out/sock", dir);
	if (try_open("read/file", O_RDONLY) != 0)
		bad = "reading";
	else if (try_open("read", O_RDONLY | O_DIRECTORY) != 0)
		bad = "listing";
	else if (pf_file_put(path, tmp, "text", 4, 0640) != NULL)
		bad = "a file by way of another directory";
	else if (unlink(path) == -1)
		bad = "removing";
	else if (pf_sock_connect_unix(&fd, sock) != NULL)
		bad = "a Unix socket";
	if (fd != -1)
		close(fd);
	free(sock);
	free(tmp);
	free(path);
	return bad;
}

static bool
limits(void)
{
	struct rlimit core, size, files;

	return getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_max == 0 &&
	    getrlimit(RLIMIT_FSIZE, &size) == 0 && size.rlim_max == LIMIT &&
	    getrlimit(RLIMIT_NOFILE, &files) == 0 && (files.rlim_cur >= 2000 ||
	    files.rlim_cur == files.rlim_max) &&
	    prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 &&
	    prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0;
}

static bool
too_large(void)
{
	char *path = pf_asprintf("%s/write/big", dir), *text;
	const struct pf_err *err;

	text = pf_calloc(1, LIMIT + 1);
	err = pf_file_put(path, NULL, text, LIMIT + 1, 0600);
	free(text);
	free(path);
	return err != NULL && err->class == PF_IO;
}

static void *
in_thread(void *arg)
{
	*(int *)arg = read_outside();
	return NULL;
}

static void
try_all(const struct probe *p, size_t n, const struct pf_boxed *got)
{
	for (; n > 0; n--, p++) {
		if (p->abi == 0 ? !got->filter : got->landlock < p->abi)
			printf("ok %d # SKIP not on this kernel\n", ++tap_n);
		else
			is_int(p->try(), p->try == signal_parent ? EPERM :
			    EACCES, p->name);
	}
}

static int
judge(const struct pf_boxed *got)
{
	const char *bad = good();
	pthread_t t;
	int rc;

	ok(bad == NULL, bad == NULL ? "in it the rest works" : bad);
	ok(limits(), "limits, no new privileges, no dump");
	ok(too_large(), "a file over the limit is an error");
	try_all(probes, PROBES, got);
	rc = -1;
	if (pthread_create(&t, NULL, in_thread, &rc) == 0)
		pthread_join(t, NULL);
	is_int(rc, got->landlock > 0 ? EACCES : 0, "a later thread likewise");
	return tap_bad != 0;
}

static const struct pf_err *
enter(struct pf_boxed *got)
{
	char *r = pf_asprintf("%s/read", dir), *w = pf_asprintf("%s/write",
	    dir), *none = pf_asprintf("%s/none", dir);
	const struct pf_box_path paths[] = { { none, PF_BOX_WRITE },
	    { r, PF_BOX_READ }, { w, PF_BOX_WRITE },
	    { "/proc/self", PF_BOX_READ }, { NULL, 0 } };
	struct pf_box box = { .paths = paths, .secret = true, .files = 2000,
	    .file_bytes = LIMIT, .network = network };
	const struct pf_err *err = pf_sandbox(got, &box);

	free(none);
	free(w);
	free(r);
	return err;
}

/* Runs it in a child: nobody comes back from a box. */
static void
boxed(void)
{
	struct pf_boxed got;
	const struct pf_err *err;
	int status = -1, n = tap_n;
	pid_t pid;

	fflush(stdout);
	if ((pid = fork()) == 0) {
		signal(SIGXFSZ, SIG_IGN);
		if ((err = enter(&got)) != NULL)
			fprintf(stderr, "# %s\n", err->msg);
		ok(err == NULL, "the box is shut");
		/* Without the leak check, which is a tracer. */
		_exit(err != NULL || judge(&got) != 0);
	}
	waitpid(pid, &status, 0);
	tap_n = n + (int)PROBES + 5;
	ok(WIFEXITED(status) && WEXITSTATUS(status) == 0, "all of the box");
}

/* One who is alone, and still runs programs. */
static int
judge_lonely(void)
{
	static const struct pf_box_path paths[] = { { "/", PF_BOX_READ |
	    PF_BOX_EXEC }, { NULL, 0 } };
	struct pf_box box = { .paths = paths, .alone = true };
	struct pf_boxed got;

	ok(pf_sandbox(&got, &box) == NULL, "alone: the box is shut");
	try_all(lonely, LONELY, &got);
	is_int(pair(SOCK_STREAM), 0, "alone: a pair of streams");
	is_int(pair(SOCK_SEQPACKET), 0, "alone: a pair of packets");
	is_int(exec_path(), 0, "alone: a program");
	is_int(result(kill(getpid(), 0)), 0, "alone: a signal to itself");
	is_int(result(kill(0, 0)), 0, "alone: a signal to its group");
	return tap_bad != 0;
}

static void
alone(void)
{
	int status = -1, n = tap_n;
	pid_t pid;

	fflush(stdout);
	if ((pid = fork()) == 0) {
		setsid();
		_exit(judge_lonely());
	}
	waitpid(pid, &status, 0);
	tap_n = n + (int)LONELY + 6;
	ok(WIFEXITED(status) && WEXITSTATUS(status) == 0, "all of being alone");
}

static void
tree(void)
{
	static const char *const dirs[] = { "read", "write", "write/tmp",
	    "write/new", "out" };
	static const char *const files[] = { "read/file", "read/victim",
	    "out/file" };
	char *path;
	size_t i;

	for (i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		path = pf_asprintf("%s/%s", dir, dirs[i]);
		ok(mkdir(path, 0700) == 0, dirs[i]);
		free(path);
	}
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		path = pf_asprintf("%s/%s", dir, files[i]);
		ok(pf_file_put(path, NULL, "text", 4, 0600) == NULL, files[i]);
		free(path);
	}
}

int
main(void)
{
	socklen_t len = sizeof(port);
	int s = -1, u = -1;
	char *path;
	size_t i;

	if (mkdtemp(dir) == NULL)
		return 1;
	tree();
	path = pf_asprintf("%s/out/sock", dir);
	ok(pf_sock_listen_unix(&u, path, 0600) == NULL, "a Unix listener");
	ok(pf_sock_listen_tcp(&s, "127.0.0.1:0") == NULL &&
	    getsockname(s, (struct sockaddr *)&port, &len) == 0,
	    "a TCP listener");
	old_socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	boxed();
	alone();
	for (i = 0; i < PROBES; i++)
		is_int(probes[i].try(), 0, probes[i].name);
	for (i = 0; i < LONELY; i++)
		is_int(lonely[i].try(), 0, lonely[i].name);
	ok(good() == NULL, "outside all of it works");
	ok(pf_rmtree(dir) == NULL, "nothing stays");
	free(path);
	return done_testing();
}
