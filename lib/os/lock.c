/*
 * Locks; see lock.h.
 */
#include <sys/file.h>

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "os/lock.h"

const struct pf_err *
pf_lock(int *out, const char *path)
{
	const struct pf_err *err;
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);

	*out = -1;
	if (fd == -1)
		return pf_errno("open %s", path);
	while (flock(fd, LOCK_EX | LOCK_NB) == -1) {
		if (errno == EINTR)
			continue;
		if (errno == EWOULDBLOCK)
			err = pf_err(PF_BUSY, "%s is held by another process",
			    path);
		else
			err = pf_errno("lock %s", path);
		close(fd);
		return err;
	}
	*out = fd;
	return NULL;
}
