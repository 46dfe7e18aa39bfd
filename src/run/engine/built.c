/*
 * What the target was built with, from its file.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "run/engine/engine.h"

#define PIECE		(256 << 10)
#define LOOK_MAX	(INT64_C(1) << 30)	/* bytes; the rest is unseen */

unsigned
engine_built(const char *path)
{
	struct pf_elfscan scan = PF_ELFSCAN_INIT;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	char *piece;
	ssize_t n = -1;

	if (fd == -1)
		return 0;
	piece = pf_calloc(1, PIECE);
	while (scan.seen < LOOK_MAX && (n = read(fd, piece, PIECE)) > 0)
		pf_elfscan_add(&scan, piece, (size_t)n);
	free(piece);
	close(fd);
	return scan.built | (scan.elf && n == 0 ? PF_BUILT_WHOLE : 0u);
}
