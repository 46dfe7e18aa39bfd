/*
 * Stream sockets; see sock.h.  Knows nothing of what travels on them.
 */
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <netinet/in.h>

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/num.h"
#include "os/sock.h"

#define BACKLOG		1024
#define PASSED_FD	3

static const struct pf_err *
unix_address(struct sockaddr_un *sun, const char *path)
{
	memset(sun, 0, sizeof(*sun));
	sun->sun_family = AF_UNIX;
	if (strlen(path) >= sizeof(sun->sun_path))
		return pf_err(PF_CONFIG, "socket %s: the path is longer than "
		    "%zu bytes", path, sizeof(sun->sun_path) - 1);
	memcpy(sun->sun_path, path, strlen(path));
	return NULL;
}

const struct pf_err *
pf_sock_connect_unix(int *fd, const char *path)
{
	const struct pf_err *err;
	struct sockaddr_un sun;
	int s;

	*fd = -1;
	if ((err = unix_address(&sun, path)) != NULL)
		return err;
	s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (s == -1)
		return pf_errno("socket");
	if (connect(s, (struct sockaddr *)&sun, sizeof(sun)) == 0) {
		*fd = s;
		return NULL;
	}
	if (errno == ENOENT || errno == ECONNREFUSED || errno == EAGAIN)
		err = pf_err(PF_BUSY, "nobody listens on %s", path);
	else
		err = pf_errno("connect to %s", path);
	close(s);
	return err;
}

/*
 * Makes the name free.  Only a socket is ever removed; a listener that
 * answers keeps it.
 */
static const struct pf_err *
clear_stale(const char *path)
{
	const struct pf_err *err;
	struct stat st;
	int fd;

	if (lstat(path, &st) == -1)
		return errno == ENOENT ? NULL : pf_errno("%s", path);
	if (!S_ISSOCK(st.st_mode))
		return pf_err(PF_CONFIG, "%s is there and is not a socket",
		    path);
	err = pf_sock_connect_unix(&fd, path);
	if (err == NULL) {
		close(fd);
		return pf_err(PF_BUSY, "%s is in use by another process",
		    path);
	}
	if (err->class != PF_BUSY)
		return err;
	if (unlink(path) == -1 && errno != ENOENT)
		return pf_errno("remove the stale %s", path);
	return NULL;
}

const struct pf_err *
pf_sock_listen_unix(int *fd, const char *path, unsigned int mode)
{
	const struct pf_err *err;
	struct sockaddr_un sun;
	int s = -1;

	*fd = -1;
	if ((err = unix_address(&sun, path)) != NULL ||
	    (err = clear_stale(path)) != NULL)
		return err;
	s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (s == -1)
		return pf_errno("socket");
	/* The mode is set before anybody can connect: listen comes after. */
	if (bind(s, (struct sockaddr *)&sun, sizeof(sun)) == -1)
		err = pf_errno("bind %s", path);
	else if (chmod(path, (mode_t)mode) == -1)
		err = pf_errno("chmod %s", path);
	else if (listen(s, BACKLOG) == -1)
		err = pf_errno("listen on %s", path);
	if (err != NULL) {
		close(s);
		return err;
	}
	*fd = s;
	return NULL;
}

/* Splits "ADDR:PORT" or "[V6]:PORT"; an empty ADDR is every address. */
static const struct pf_err *
split(char host[256], char port[8], const char *where)
{
	const char *colon = strrchr(where, ':'), *end = colon;
	int64_t n;

	if (colon == NULL || !pf_num(&n, colon + 1, 0, 65535))
		return pf_err(PF_CONFIG, "\"%s\" is not ADDR:PORT", where);
	if (*where == '[' && colon > where && colon[-1] == ']') {
		where++;
		end--;
	}
	if ((size_t)(end - where) >= 256 || memchr(where, '[',
	    (size_t)(end - where)) != NULL)
		return pf_err(PF_CONFIG, "\"%s\" is not ADDR:PORT", where);
	memcpy(host, where, (size_t)(end - where));
	host[end - where] = '\0';
	snprintf(port, 8, "%d", (int)n);
	return NULL;
}

const struct pf_err *
pf_sock_listen_tcp(int *fd, const char *where)
{
	const struct pf_err *err;
	struct addrinfo hints, *ai = NULL;
	char host[256] = "", port[8] = "";
	int on = 1, rc, s = -1;

	*fd = -1;
	if ((err = split(host, port, where)) != NULL)
		return err;
	memset(&hints, 0, sizeof(hints));
	hints.ai_socktype = SOCK_STREAM;
	hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
	rc = getaddrinfo(*host == '\0' ? NULL : host, port, &hints, &ai);
	if (rc != 0)
		return pf_err(PF_CONFIG, "cannot listen on %s: %s", where,
		    gai_strerror(rc));
	s = socket(ai->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (s == -1)
		err = pf_errno("socket");
	else if (setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ==
	    -1 || bind(s, ai->ai_addr, ai->ai_addrlen) == -1 ||
	    listen(s, BACKLOG) == -1)
		err = errno == EADDRINUSE ? pf_err(PF_BUSY,
		    "cannot listen on %s: the port is taken", where) :
		    pf_errno("cannot listen on %s", where);
	freeaddrinfo(ai);
	if (err != NULL) {
		if (s != -1)
			close(s);
		return err;
	}
	*fd = s;
	return NULL;
}

const struct pf_err *
pf_sock_name(int fd, char *out, unsigned int n)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);
	char host[NI_MAXHOST], port[NI_MAXSERV];

	memset(&ss, 0, sizeof(ss));
	if (getsockname(fd, (struct sockaddr *)&ss, &len) == -1)
		return pf_errno("getsockname");
	if (ss.ss_family == AF_UNIX) {
		snprintf(out, n, "%s", ((struct sockaddr_un *)&ss)->sun_path);
		return NULL;
	}
	if (getnameinfo((struct sockaddr *)&ss, len, host, sizeof(host), port,
	    sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV) != 0)
		return pf_err(PF_IO, "a socket has no printable name");
	snprintf(out, n, ss.ss_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host,
	    port);
	return NULL;
}

enum pf_sock
pf_sock_kind(int fd)
{
	int v = 0;
	socklen_t len = sizeof(v);

	if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &v, &len) == -1 ||
	    v != SOCK_STREAM)
		return PF_SOCK_NONE;
	len = sizeof(v);
	if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &v, &len) == -1)
		return PF_SOCK_NONE;
	return v != 0 ? PF_SOCK_LISTENS : PF_SOCK_CONNECTED;
}

const struct pf_err *
pf_sock_passed(int *fd)
{
	const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");
	int64_t n;

	*fd = -1;
	if (pid == NULL || fds == NULL || !pf_num(&n, pid, 1, INT32_MAX) ||
	    n != getpid())
		return NULL;
	if (!pf_num(&n, fds, 1, 1) ||
	    pf_sock_kind(PASSED_FD) == PF_SOCK_NONE)
		return pf_err(PF_CONFIG, "what was passed at descriptor 3 "
		    "must be one stream socket");
	if (fcntl(PASSED_FD, F_SETFD, FD_CLOEXEC) == -1)
		return pf_errno("descriptor %d", PASSED_FD);
	*fd = PASSED_FD;
	return NULL;
}

bool
pf_sock_peer_ok(int fd)
{
	struct ucred who = { 0 };
	socklen_t len = sizeof(who);
	gid_t groups[256];
	size_t i;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len) == -1)
		return false;
	if (who.uid == 0 || who.uid == geteuid() || who.gid == getegid())
		return true;
	len = sizeof(groups);
	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &len) == -1)
		return false;
	for (i = 0; i < len / sizeof(groups[0]); i++)
		if (groups[i] == getegid())
			return true;
	return false;
}
