/*
 * A disk that remembers: a file system in user space with the file "disk",
 * whose every write and flush goes to a log, and the file "mark", whatever is
 * written to which goes there too.  With a loop device and a real file system
 * on "disk", the log holds every state a power cut could have left.
 *
 *	disk image log mountpoint
 *
 * After the mark "fail" every write and flush fails, until the mark "work".
 *
 * The image is read once and never written.  The log is a sequence of
 * records: a byte (W write, F flush, M mark), offset and length as 64 bits
 * of this machine, then the bytes.
 */
#define FUSE_USE_VERSION 31

#include <errno.h>
#include <fuse3/fuse.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static char *bytes;
static size_t size;
static FILE *record;
static int broken;
static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER;

static void
note(char what, uint64_t at, uint64_t n, const char *p)
{
	fwrite(&what, 1, 1, record);
	fwrite(&at, sizeof(at), 1, record);
	fwrite(&n, sizeof(n), 1, record);
	if (n > 0)
		fwrite(p, 1, n, record);
	if (what != 'W')
		fflush(record);
}

static int
is(const char *path, const char *name)
{
	return strcmp(path + 1, name) == 0;
}

static int
disk_getattr(const char *path, struct stat *st, struct fuse_file_info *fi)
{
	(void)fi;
	memset(st, 0, sizeof(*st));
	if (is(path, "")) {
		st->st_mode = S_IFDIR | 0755;
		st->st_nlink = 2;
	} else if (is(path, "disk") || is(path, "mark")) {
		st->st_mode = S_IFREG | 0600;
		st->st_nlink = 1;
		st->st_size = is(path, "disk") ? (off_t)size : 0;
	} else
		return -ENOENT;
	return 0;
}

static int
disk_open(const char *path, struct fuse_file_info *fi)
{
	/* A mark must not wait in the page cache. */
	fi->direct_io = (unsigned int)is(path, "mark") & 1;
	return 0;
}

static int
disk_read(const char *path, char *to, size_t n, off_t at,
    struct fuse_file_info *fi)
{
	(void)fi;
	if (!is(path, "disk") || (size_t)at >= size)
		return 0;
	if (n > size - (size_t)at)
		n = size - (size_t)at;
	pthread_mutex_lock(&one);
	memcpy(to, bytes + at, n);
	pthread_mutex_unlock(&one);
	return (int)n;
}

static int
disk_write(const char *path, const char *from, size_t n, off_t at,
    struct fuse_file_info *fi)
{
	int got = (int)n;

	(void)fi;
	pthread_mutex_lock(&one);
	if (is(path, "mark")) {
		note('M', 0, n, from);
		if (n >= 4 && memcmp(from, "fail", 4) == 0)
			broken = 1;
		if (n >= 4 && memcmp(from, "work", 4) == 0)
			broken = 0;
	} else if (broken)
		got = -EIO;
	else if ((size_t)at > size || n > size - (size_t)at)
		got = -ENOSPC;
	else {
		memcpy(bytes + at, from, n);
		note('W', (uint64_t)at, n, from);
	}
	pthread_mutex_unlock(&one);
	return got;
}

static int
disk_fsync(const char *path, int data, struct fuse_file_info *fi)
{
	int rc = 0;

	(void)data;
	(void)fi;
	if (!is(path, "disk"))
		return 0;
	pthread_mutex_lock(&one);
	if (broken)
		rc = -EIO;
	else
		note('F', 0, 0, NULL);
	pthread_mutex_unlock(&one);
	return rc;
}

static int
disk_truncate(const char *path, off_t to, struct fuse_file_info *fi)
{
	(void)path;
	(void)to;
	(void)fi;
	return 0;
}

static void *
disk_init(struct fuse_conn_info *conn, struct fuse_config *config)
{
	(void)conn;
	config->attr_timeout = 1e6;
	config->entry_timeout = 1e6;
	return NULL;
}

static const struct fuse_operations operations = {
	.getattr = disk_getattr, .open = disk_open, .read = disk_read,
	.write = disk_write, .fsync = disk_fsync, .truncate = disk_truncate,
	.init = disk_init,
};

int
main(int argc, char **argv)
{
	char *args[] = { argv[0], argc == 4 ? argv[3] : NULL, NULL };
	FILE *f;
	long n;

	if (argc != 4) {
		fprintf(stderr, "usage: disk image log mountpoint\n");
		return 64;
	}
	if ((f = fopen(argv[1], "r")) == NULL || fseek(f, 0, SEEK_END) == -1 ||
	    (n = ftell(f)) <= 0 || (bytes = malloc((size_t)n)) == NULL) {
		perror(argv[1]);
		return 74;
	}
	size = (size_t)n;
	rewind(f);
	if (fread(bytes, 1, size, f) != size ||
	    (record = fopen(argv[2], "we")) == NULL) {
		perror(argv[2]);
		return 74;
	}
	fclose(f);
	return fuse_main(2, args, &operations, NULL);
}
