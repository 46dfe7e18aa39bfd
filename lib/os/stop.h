/*
 * Being told to stop: SIGTERM and SIGINT set a flag and end a sleep, SIGPIPE
 * is an error of the write it belongs to.  SIGINT stays ignored if it was: a
shell starts programs in the background so, and ends them in its own order.
 */
#ifndef PF_OS_STOP_H
#define PF_OS_STOP_H

#include <signal.h>

extern volatile sig_atomic_t pf_stopping;

/* Set by SIGHUP after pf_reload_catch(); whoever acts on it clears it. */
extern volatile sig_atomic_t pf_reload;
void	pf_reload_catch(void);

/* From now on; system calls that sleep are not restarted. */
void	pf_stop_catch(void);

#endif
