/*
 * A bad network between two programs: a TCP proxy on loopback.
 *
 *	proxy port file
 *
 * Prints "listening PORT" and passes what comes there to the other port.
 * The file says what happens to each piece, read anew every time:
 *
 *	delay MS	replies come so much later
 *	hole		nothing gets through, either way, nothing is closed
 *	cut N		N bytes of a reply, then the connection is reset
 *	chaos N		of a thousand pieces so many meet something: lost with
 *			all that follows, cut in the middle, late by up to half
 *			a second; and of as many requests a second copy gets
 *			through, before the reply to the first
 *	refuse		connections are reset, old ones at their next piece
 *
 * Empty or not there, all of it passes.  A process a connection.
 */
#include <sys/socket.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/num.h"
#include "os/clock.h"

#define KEPT	(4 << 20)	/* bytes of a request, to send it again */

static int port;
static char kept[KEPT];
static size_t kept_n;
static const char *file;

static void
rule(char what[16], int64_t *n)
{
	char number[24] = "0";
	FILE *f = fopen(file, "r");

	what[0] = '\0';
	*n = 0;
	if (f == NULL)
		return;
	if (fscanf(f, "%15s %23s", what, number) >= 1)
		(void)pf_num(n, number, 0, 1 << 30);
	fclose(f);
}

static struct sockaddr_in
loopback(int p)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
	    .sin_port = htons((uint16_t)p) };

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return a;
}

/* Ends the process; the peer sees ECONNRESET. */
static void
reset(int fd)
{
	struct linger now = { .l_onoff = 1 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(fd);
	_exit(0);
}

static void
put(int fd, const char *p, size_t n)
{
	ssize_t w;

	for (; n > 0; p += w, n -= (size_t)w)
		if ((w = send(fd, p, n, MSG_NOSIGNAL)) <= 0)
			_exit(0);
}

static bool
chance(int64_t per_mille)
{
	return random() % 1000 < per_mille;
}

/* The request once more, by another connection; nobody wants the reply. */
static void
again(void)
{
	struct sockaddr_in a = loopback(port);
	struct timeval wait = { .tv_usec = 300000 };
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	char b[4096];

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	if (connect(fd, (struct sockaddr *)&a, sizeof(a)) == 0 &&
	    send(fd, kept, kept_n, MSG_NOSIGNAL) == (ssize_t)kept_n)
		while (recv(fd, b, sizeof(b), 0) > 0)
			;
	close(fd);
}

/* What a piece meets, from the client (i = 0) or the master. */
static void
chaos(int client, int i, int to, const char *b, size_t n, int64_t per_mille)
{
	if (i == 0) {
		if (kept_n + n <= KEPT)
			memcpy(kept + kept_n, b, n);
		kept_n = kept_n + n <= KEPT ? kept_n + n : KEPT + 1;
	} else {
		if (kept_n > 0 && kept_n <= KEPT && chance(per_mille))
			again();
		kept_n = 0;
	}
	if (!chance(per_mille))
		return;
	switch (random() % 3) {
	case 0:
		pf_sleep_ms(1000);
		reset(client);
		break;
	case 1:
		put(to, b, n / 2);
		reset(client);
		break;
	default:
		pf_sleep_ms(random() % 500);
	}
}

static void
pass(int client, int server)
{
	struct pollfd of[2] = { { client, POLLIN, 0 }, { server, POLLIN, 0 } };
	int64_t n, replied = 0;
	char b[16384], what[16];
	ssize_t got;
	int i;

	for (;;) {
		if (poll(of, 2, -1) == -1)
			_exit(1);
		i = (of[1].revents != 0);
		if ((got = recv(of[i].fd, b, sizeof(b), 0)) <= 0)
			_exit(0);
		rule(what, &n);
		if (strcmp(what, "hole") == 0)
			for (;;)
				pause();
		if (strcmp(what, "refuse") == 0)
			reset(client);
		if (strcmp(what, "chaos") == 0)
			chaos(client, i, of[1 - i].fd, b, (size_t)got, n);
		if (i == 1 && strcmp(what, "delay") == 0)
			pf_sleep_ms(n);
		if (i == 1 && strcmp(what, "cut") == 0 && replied + got > n) {
			put(client, b, (size_t)(n - replied));
			reset(client);
		}
		put(of[1 - i].fd, b, (size_t)got);
		replied = i == 1 ? replied + got : 0;
	}
}

static void
serve(int client)
{
	struct sockaddr_in a = loopback(port);
	int server = socket(AF_INET, SOCK_STREAM, 0);
	char what[16];
	int64_t n;

	srandom((unsigned int)getpid());
	rule(what, &n);
	if (strcmp(what, "refuse") == 0 || server == -1 || connect(server,
	    (struct sockaddr *)&a, sizeof(a)) == -1)
		reset(client);
	pass(client, server);
}

int
main(int argc, char **argv)
{
	struct sockaddr_in a = loopback(0);
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM, 0), client;
	int64_t n;

	if (argc != 3 || !pf_num(&n, argv[1], 1, 65535)) {
		fprintf(stderr, "usage: proxy port file\n");
		return 64;
	}
	port = (int)n;
	file = argv[2];
	signal(SIGCHLD, SIG_IGN);
	if (fd == -1 || bind(fd, (struct sockaddr *)&a, len) == -1 ||
	    listen(fd, 64) == -1 ||
	    getsockname(fd, (struct sockaddr *)&a, &len) == -1) {
		perror("proxy");
		return 71;
	}
	printf("listening %d\n", ntohs(a.sin_port));
	fflush(stdout);
	for (;;) {
		if ((client = accept(fd, NULL, NULL)) == -1)
			continue;
		if (fork() == 0) {
			/* With its parent: a test ends only that. */
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			close(fd);
			serve(client);
		}
		close(client);
	}
}
