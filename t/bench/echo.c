/*
 * A server that answers each line at once with 120 bytes and does nothing
 * else: what of a figure of ops is the socket's and the clients'.  Its loop
 * is that of pf-sched serve.
 *
 *	echo socket
 */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "os/sock.h"

#define CLIENTS	1024
#define REPLY	120

int
main(int argc, char *argv[])
{
	static struct pollfd polls[CLIENTS];
	static bool asked[CLIENTS];
	char line[4096], reply[REPLY];
	nfds_t n = 1, i;

	if (argc != 2 || pf_sock_listen_unix(&polls[0].fd, argv[1], 0600) !=
	    NULL) {
		fputs("usage: echo socket\n", stderr);
		return 64;
	}
	memset(reply, '.', sizeof(reply));
	reply[REPLY - 1] = '\n';
	for (polls[0].events = POLLIN; poll(polls, n, -1) > 0;) {
		for (i = 1; i < n; i++)
			asked[i] = polls[i].revents != 0 &&
			    read(polls[i].fd, line, sizeof(line)) > 0;
		for (i = 1; i < n; i++)
			if (asked[i])
				send(polls[i].fd, reply, REPLY, MSG_NOSIGNAL);
			else if (polls[i].revents != 0)
				polls[i].fd = -1;
		if (polls[0].revents != 0 && n < CLIENTS) {
			polls[n].fd = accept(polls[0].fd, NULL, NULL);
			polls[n].events = POLLIN;
			polls[n++].revents = 0;
		}
	}
	return 0;
}
