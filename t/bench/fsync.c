/*
 * What the disk gives: 4 KiB written and synced over and over for a while;
 * prints how many a second.  Figures, not a test.
 *
 *	fsync file seconds
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

int
main(int argc, char *argv[])
{
	static char page[4096];
	time_t end;
	long n = 0;
	int fd;

	if (argc != 3 || (fd = open(argv[1], O_RDWR | O_CREAT | O_CLOEXEC,
	    0600)) == -1)
		return 64;
	end = time(NULL) + strtol(argv[2], NULL, 10);
	for (; time(NULL) < end; n++)
		if (pwrite(fd, page, sizeof(page), (n % 256) * 4096) == -1 ||
		    fdatasync(fd) == -1)
			return 74;
	close(fd);
	printf("%ld\n", n / strtol(argv[2], NULL, 10));
	return 0;
}
