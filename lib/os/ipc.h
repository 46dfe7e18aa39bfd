/*
 * System V shared memory: unlike all else that a process has it stays when
 * the process goes, until the machine does.
 */
#ifndef PF_OS_IPC_H
#define PF_OS_IPC_H

#include <sys/types.h>

#include <stddef.h>
#include <stdint.h>

/*
 * Removes the segments of this user that these processes, which have ended or
 * are to end, have made since then (Unix time, seconds): not those of others
 * that had their numbers before.
 */
void	pf_ipc_remove(const pid_t *, size_t n, int64_t since);

#endif
