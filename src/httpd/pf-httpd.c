/*
 * pf-httpd: the HTTP API of a master.  What descriptor 0 is tells how it was
 * started: by hand, by inetd or by a supervisor.  It writes to the spool and
 * asks pf-sched for the rest; it owns nothing.
 */
#include <sys/socket.h>

#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/num.h"
#include "httpd/httpd.h"
#include "os/clock.h"
#include "os/guard.h"
#include "os/sock.h"
#include "os/user.h"
#include "store/conffile.h"

#define IDLE_MS	30000
#define ARENAS	2
#define MAPPED	(128 * 1024)

#define USAGE	"usage: pf-httpd [-hiVv] [-c conf] [-l addr:port] " \
		"[-u user[:group]]\n"

struct opts {
	const char	*conf;
	const char	*where;
	const char	*user;
	bool		 one;
	bool		 verbose;
};

static void
options(struct opts *o, int argc, char *argv[])
{
	int c;

	while ((c = getopt(argc, argv, "c:hil:u:Vv")) != -1)
		switch (c) {
		case 'c':
			o->conf = optarg;
			break;
		case 'h':
			fputs(USAGE, stdout);
			exit(pf_exit(NULL));
		case 'i':
			o->one = true;
			break;
		case 'l':
			o->where = optarg;
			break;
		case 'u':
			o->user = optarg;
			break;
		case 'V':
			printf("pf-httpd %s\n", PF_VERSION);
			exit(pf_exit(NULL));
		case 'v':
			o->verbose = true;
			break;
		default:
			fputs(USAGE, stderr);
			exit(64);
		}
	if (optind < argc || (o->one && o->where != NULL)) {
		fputs(USAGE, stderr);
		exit(64);
	}
}

/* The socket moves up and its old numbers become harmless. */
static const struct pf_err *
take_stdin(int *fd)
{
	int null;

	if ((*fd = fcntl(0, F_DUPFD_CLOEXEC, 3)) == -1 ||
	    (null = open("/dev/null", O_RDWR | O_CLOEXEC)) == -1)
		return pf_errno("standard input");
	if (dup2(null, 0) == -1 || dup2(null, 1) == -1 ||
	    (pf_sock_kind(2) != PF_SOCK_NONE && dup2(null, 2) == -1))
		return pf_errno("standard input");
	close(null);
	return NULL;
}

/* Whether 0 is a connection of the network: only inetd does that. */
static bool
from_network(void)
{
	struct sockaddr_storage ss = { 0 };
	socklen_t len = sizeof(ss);

	return getpeername(0, (struct sockaddr *)&ss, &len) == 0 &&
	    (ss.ss_family == AF_INET || ss.ss_family == AF_INET6);
}

/* Whoever starts us waits for that line; pf_exit() says what failed. */
static const struct pf_err *
announce(int fd, const struct httpd *h)
{
	const struct pf_err *err;
	char name[128];

	if ((err = pf_sock_name(fd, name, sizeof(name))) != NULL)
		return err;
	printf("listening http://%s\n", name);
	if ((err = aside_announce(h)) != NULL)
		return err;
	return fflush(stdout) == EOF ? pf_err(PF_IO, "%s", "") : NULL;
}

/*
 * What descriptor 0 is, else what a supervisor left at 3, else an address of
 * our own: PF_SOCK_NONE.
 */
static const struct pf_err *
find_socket(int *fd, enum pf_sock *kind, const struct opts *o, struct httpd *h)
{
	const struct pf_err *err;

	*kind = pf_sock_kind(0);
	if (o->one && *kind != PF_SOCK_CONNECTED)
		return pf_err(PF_USAGE, "-i: standard input is not a "
		    "connection");
	if (o->one || (o->where == NULL && (*kind == PF_SOCK_LISTENS ||
	    (*kind == PF_SOCK_CONNECTED && from_network()))))
		return take_stdin(fd);
	if (o->where == NULL) {
		if ((err = pf_sock_passed(fd)) != NULL)
			return err;
		if ((*kind = pf_sock_kind(*fd)) != PF_SOCK_NONE)
			return NULL;
	}
	*kind = PF_SOCK_NONE;
	/* What inetd starts on demand hears without being there. */
	h->where = o->where != NULL ? o->where : h->conf.http_listen;
	return pf_sock_listen_tcp(fd, h->where);
}

static const struct pf_err *
start(const struct opts *o, struct httpd *h)
{
	const struct pf_err *err;
	const char *idle = getenv("PF_HTTPD_IDLE");
	int64_t idle_ms = IDLE_MS;
	enum pf_sock kind;
	int fd = -1;

	if (idle != NULL && (!pf_dur(&idle_ms, idle) || idle_ms < 1))
		return pf_err(PF_CONFIG, "PF_HTTPD_IDLE=%s is not a duration",
		    idle);
	if ((err = access_start(h, o->where != NULL ? o->where :
	    h->conf.http_listen)) != NULL ||
	    (err = find_socket(&fd, &kind, o, h)) != NULL ||
	    (kind != PF_SOCK_CONNECTED && (err = aside_open(h)) != NULL) ||
	    (o->user != NULL && (err = pf_user_become(o->user)) != NULL) ||
	    (err = box_enter(h, o->verbose)) != NULL ||
	    (kind == PF_SOCK_NONE && (err = announce(fd, h)) != NULL))
		return err;
	return httpd_serve(h, fd, kind != PF_SOCK_CONNECTED,
	    kind == PF_SOCK_LISTENS ? idle_ms : 0);
}

int
main(int argc, char *argv[])
{
	const struct pf_err *err;
	struct opts o = { 0 };
	/* Not on the stack: a worker may outlive main by a moment. */
	static struct httpd h = { .aside = -1 };

	pf_prog = "pf-httpd";
	pf_guard_stderr();
	options(&o, argc, argv);
	signal(SIGPIPE, SIG_IGN);
	/* One heap a thread would keep what each of them ever needed. */
	mallopt(M_ARENA_MAX, ARENAS);
	/* Nor does a list, once it is sent: the limit would grow with it. */
	mallopt(M_MMAP_THRESHOLD, MAPPED);
	pf_db_many();
	h.started = pf_boot_ms();
	pthread_mutex_init(&h.sharing, NULL);
	if ((err = pf_conf_load(&h.conf, o.conf, NULL)) == NULL) {
		h.exchange = (struct pf_rate){
		    .amount = h.conf.exchange_rate, .period = 1000 };
		if (h.conf.sched_socket[0] == '\0')
			snprintf(h.conf.sched_socket,
			    sizeof(h.conf.sched_socket), "%.400s/sched.sock",
			    h.conf.storage_path);
		err = start(&o, &h);
	}
	return pf_exit(err);
}
