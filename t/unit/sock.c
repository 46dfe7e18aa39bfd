/*
 * os/sock: listeners, stale sockets, and what descriptors are.
 */
#include <sys/socket.h>
#include <sys/stat.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../lib/tap.h"
#include "base/mem.h"
#include "os/sock.h"

static void
unix_sockets(const char *dir)
{
	const struct pf_err *err;
	char *path = pf_asprintf("%s/sock", dir), *file;
	char longest[200];
	struct stat st;
	int fd = -1, again = -1, c = -1;

	err = pf_sock_connect_unix(&c, path);
	ok(err != NULL && err->class == PF_BUSY, "nobody listens: busy");
	is_int(c, -1, "and no descriptor");
	ok(pf_sock_listen_unix(&fd, path, 0600) == NULL, "listens");
	ok(stat(path, &st) == 0 && (st.st_mode & 07777) == 0600, "its mode");
	is_int(pf_sock_kind(fd), PF_SOCK_LISTENS, "a listener is one");
	ok(fcntl(fd, F_GETFD) & FD_CLOEXEC, "closed on exec");
	ok(pf_sock_connect_unix(&c, path) == NULL, "connects");
	is_int(pf_sock_kind(c), PF_SOCK_CONNECTED, "a connection is one");
	close(c);
	err = pf_sock_listen_unix(&again, path, 0600);
	ok(err != NULL && err->class == PF_BUSY, "a live listener stays");
	close(fd);
	err = pf_sock_connect_unix(&c, path);
	ok(err != NULL && err->class == PF_BUSY, "a dead one: busy");
	ok(pf_sock_listen_unix(&fd, path, 0660) == NULL, "and is replaced");
	close(fd);
	unlink(path);

	file = pf_asprintf("%s/file", dir);
	close(open(file, O_CREAT | O_WRONLY, 0600));
	err = pf_sock_listen_unix(&fd, file, 0600);
	ok(err != NULL && err->class == PF_CONFIG, "a file is no socket");
	ok(stat(file, &st) == 0, "and is not removed");
	unlink(file);
	memset(longest, 'a', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	err = pf_sock_listen_unix(&fd, longest, 0600);
	ok(err != NULL && err->class == PF_CONFIG, "a path too long");
	free(file);
	free(path);
}

static void
tcp_sockets(void)
{
	static const char *const bad[] = { "", ":", "127.0.0.1", "a:b",
	    "127.0.0.1:65536", "127.0.0.1:-1", "[::1:80", "no.invalid:1" };
	const struct pf_err *err;
	char name[64] = "";
	size_t i;
	int fd = -1, again = -1;

	ok(pf_sock_listen_tcp(&fd, "127.0.0.1:0") == NULL, "a free port");
	ok(pf_sock_name(fd, name, sizeof(name)) == NULL, "has a name");
	ok(strncmp(name, "127.0.0.1:", 10) == 0 && strcmp(name + 10, "0") != 0,
	    "with the port");
	is_int(pf_sock_kind(fd), PF_SOCK_LISTENS, "and listens");
	err = pf_sock_listen_tcp(&again, name);
	ok(err != NULL && err->class == PF_BUSY, "a taken port is busy");
	is_int(again, -1, "and gives no descriptor");
	close(fd);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		err = pf_sock_listen_tcp(&fd, bad[i]);
		ok(err != NULL && err->class == PF_CONFIG && fd == -1, bad[i]);
	}
}

/* What a supervisor leaves at descriptor 3. */
static void
passed(void)
{
	const struct pf_err *err;
	char pid[24];
	int fd = -1, s = -1, old = dup(3);

	ok(pf_sock_passed(&fd) == NULL && fd == -1, "nothing is passed");
	ok(pf_sock_listen_tcp(&s, "127.0.0.1:0") == NULL && dup2(s, 3) == 3,
	    "a listener at 3");
	snprintf(pid, sizeof(pid), "%ld", (long)getpid());
	setenv("LISTEN_FDS", "1", 1);
	ok(pf_sock_passed(&fd) == NULL && fd == -1, "to whom is not said");
	setenv("LISTEN_PID", "1", 1);
	ok(pf_sock_passed(&fd) == NULL && fd == -1, "to somebody else");
	setenv("LISTEN_PID", pid, 1);
	ok(pf_sock_passed(&fd) == NULL && fd == 3, "to us");
	ok(fcntl(3, F_GETFD) & FD_CLOEXEC, "closed on exec");
	setenv("LISTEN_FDS", "2", 1);
	err = pf_sock_passed(&fd);
	ok(err != NULL && err->class == PF_CONFIG && fd == -1, "two");
	setenv("LISTEN_FDS", "1", 1);
	close(3);
	err = pf_sock_passed(&fd);
	ok(err != NULL && err->class == PF_CONFIG && fd == -1, "no socket");
	unsetenv("LISTEN_PID");
	if (s != 3)
		close(s);
	if (old != -1) {
		dup2(old, 3);
		close(old);
	}
}

int
main(void)
{
	char dir[] = "/tmp/pf-test.XXXXXX";
	int p[2];

	if (mkdtemp(dir) == NULL || pipe2(p, O_CLOEXEC) == -1)
		return 1;
	unix_sockets(dir);
	tcp_sockets();
	passed();
	is_int(pf_sock_kind(p[0]), PF_SOCK_NONE, "a pipe is no socket");
	is_int(pf_sock_kind(-1), PF_SOCK_NONE, "nothing is no socket");
	rmdir(dir);
	return done_testing();
}
