/*
 * Messages of what inetd starts.
 *
 * inetd puts its socket on 0, 1 and 2 alike: a message would reach the
 * client, or nobody.
 */
#ifndef PF_OS_GUARD_H
#define PF_OS_GUARD_H

/* First thing in main: stderr is the system's log if 2 is a socket. */
void	pf_guard_stderr(void);

#endif
