/*
 * Telling a supervisor how we are: the datagrams of sd_notify(3), to the
 * socket that NOTIFY_SOCKET names.  Without one nothing happens.
 */
#ifndef PF_OS_NOTIFY_H
#define PF_OS_NOTIFY_H

/* Such as "READY=1"; it never fails, for nothing could be done about it. */
void	pf_notify(const char *state);

#endif
