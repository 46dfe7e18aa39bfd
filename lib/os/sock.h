/*
 * Stream sockets: Unix for the writer, TCP on what the configuration names.
 * All descriptors are O_CLOEXEC.
 */
#ifndef PF_OS_SOCK_H
#define PF_OS_SOCK_H

#include <stdbool.h>

#include "base/err.h"

/*
 * Listens on a Unix socket.  A stale file of a dead listener is replaced; one
 * that still answers is PF_BUSY.  The file gets mode.
 */
const struct pf_err	*pf_sock_listen_unix(int *fd, const char *path,
			    unsigned int mode);

/* Connects; nobody listening is PF_BUSY. */
const struct pf_err	*pf_sock_connect_unix(int *fd, const char *path);

/* Listens on "ADDR:PORT" or "[V6]:PORT"; port 0 takes a free one. */
const struct pf_err	*pf_sock_listen_tcp(int *fd, const char *where);

/* "127.0.0.1:8080" of a bound socket. */
const struct pf_err	*pf_sock_name(int fd, char *out, unsigned int n);

/* What a descriptor is: as inetd or a supervisor hands it over. */
enum pf_sock { PF_SOCK_NONE, PF_SOCK_LISTENS, PF_SOCK_CONNECTED };
enum pf_sock		 pf_sock_kind(int fd);

/*
 * The one socket that a supervisor has opened for us (LISTEN_PID and
 * LISTEN_FDS, as of sd_listen_fds(3)); -1 if there is none.  More than one,
 * or what is not a stream socket, is PF_CONFIG.
 */
const struct pf_err	*pf_sock_passed(int *fd);

/*
 * True if the process at the other end of a Unix connection is root's, our
 * own user's, or in our group (SO_PEERCRED, SO_PEERGROUPS): for sockets whose
 * mode somebody else has set.
 */
bool	pf_sock_peer_ok(int fd);

#endif
