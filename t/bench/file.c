/*
 * What filing costs, and what it is measured by.  Figures, not a test.
 *
 *	file http ADDR JOB SENDERS SECONDS	results of 1 KiB by POST, each
 *						sender waits for its answer
 *	file put DIR JOB SENDERS SECONDS	the same results, a pack and so
 *						two syncs each
 *	file raw DIR N SIZE			N files synced, 16 at a time,
 *						and the directory once in 100
 *	file run CMD ...			seconds, and KiB of memory
 *	file many DIR < names			an empty file of each name
 *
 * The first three print how many a second.
 */
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "codec/rec.h"
#include "os/clock.h"
#include "os/fs.h"
#include "store/spool.h"

#define BODY	1024
#define FLIGHT	16
#define EVERY	100

static const char *where, *job;
static int64_t until;
static atomic_long done, failed;
static long total, size;

static void
make(struct pf_buf *b, int sender, long n)
{
	char body[BODY];
	struct pf_rec r = { .kind = PF_KIND_CORPUS, .bot = "bench",
	    .seq = n, .time = 1, .body = body, .len = sizeof(body) };

	memset(body, 'x', sizeof(body));
	snprintf(body, sizeof(body), "%d %d %ld", (int)getpid(), sender, n);
	snprintf(r.job, sizeof(r.job), "%s", job);
	pf_buf_reset(b);
	pf_rec_frame(b, &r, "");
}

static int
dial(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	const char *colon = strchr(where, ':');
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	a.sin_port = htons((uint16_t)atoi(colon + 1));
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd == -1 || connect(fd, (struct sockaddr *)&a, sizeof(a)) == -1) {
		perror(where);
		exit(74);
	}
	return fd;
}

/* One answer: its head and as many bytes as that says. */
static int
answer(int fd)
{
	char b[8192], *body, *len;
	size_t n = 0, want = 0;
	ssize_t got;

	for (;;) {
		got = recv(fd, b + n, sizeof(b) - 1 - n, 0);
		if (got <= 0)
			return 0;
		n += (size_t)got;
		b[n] = '\0';
		if ((body = strstr(b, "\r\n\r\n")) == NULL)
			continue;
		if ((len = strcasestr(b, "content-length:")) != NULL)
			want = strtoul(len + 15, NULL, 10);
		if (n >= (size_t)(body + 4 - b) + want)
			return strncmp(b + 9, "200", 3) == 0;
	}
}

static void *
post(void *arg)
{
	struct pf_buf b = PF_BUF_INIT, req = PF_BUF_INIT;
	int sender = (int)(intptr_t)arg, fd = dial();
	long n;

	for (n = 0; pf_boot_ms() < until; n++) {
		make(&b, sender, n);
		pf_buf_reset(&req);
		pf_buf_addf(&req, "POST /api/v1/results/batch HTTP/1.1\r\n"
		    "Host: 127.0.0.1\r\nContent-Type: application/"
		    "x-pandafuzz-pack\r\nContent-Length: %zu\r\n\r\n", b.len);
		pf_buf_add(&req, b.data, b.len);
		if (send(fd, req.data, req.len, MSG_NOSIGNAL) !=
		    (ssize_t)req.len || !answer(fd)) {
			failed++;
			close(fd);
			fd = dial();
			continue;
		}
		done++;
	}
	close(fd);
	pf_buf_free(&b);
	pf_buf_free(&req);
	return NULL;
}

static void *
put(void *arg)
{
	struct pf_buf b = PF_BUF_INIT;
	long n;

	for (n = 0; pf_boot_ms() < until; n++) {
		make(&b, (int)(intptr_t)arg, n);
		if (pf_spool_put(where, b.data, b.len, NULL) == NULL)
			done++;
		else
			failed++;
	}
	pf_buf_free(&b);
	return NULL;
}

static void *
raw(void *arg)
{
	char *p = pf_calloc(1, (size_t)size), *tmp, *path;
	unsigned int seed = 1;
	long n;
	int fd;

	/* Zeros are nothing to some disks. */
	(void)arg;
	for (n = 0; n < size; n++)
		p[n] = (char)rand_r(&seed);
	while ((n = done++) < total) {
		snprintf(p, (size_t)size, "%ld", n);
		tmp = pf_asprintf("%s/.%ld", where, n);
		path = pf_asprintf("%s/%ld", where, n);
		fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL, 0640);
		if (fd == -1 || write(fd, p, (size_t)size) != size ||
		    fsync(fd) == -1 || close(fd) == -1 ||
		    rename(tmp, path) == -1)
			failed++;
		if (n % EVERY == EVERY - 1)
			(void)pf_sync_dir(where);
		free(tmp);
		free(path);
	}
	free(p);
	return NULL;
}

static int
run(char **argv)
{
	int64_t began = pf_boot_ms();
	struct rusage r;
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		execvp(argv[0], argv);
		_exit(127);
	}
	if (pid == -1 || wait4(pid, &status, 0, &r) != pid)
		return 71;
	printf("%.3f %ld\n", (double)(pf_boot_ms() - began) / 1000,
	    r.ru_maxrss);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 70;
}

static int
many(const char *dir)
{
	char name[256];
	int fd;

	if (chdir(dir) == -1)
		return 74;
	while (fgets(name, sizeof(name), stdin) != NULL) {
		name[strcspn(name, "\n")] = '\0';
		fd = open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0640);
		if (fd == -1 || close(fd) == -1)
			return 74;
	}
	return 0;
}

int
main(int argc, char **argv)
{
	pthread_t threads[256];
	void *(*work)(void *) = NULL;
	int64_t began;
	int i, n = FLIGHT;

	if (argc > 2 && strcmp(argv[1], "run") == 0)
		return run(argv + 2);
	if (argc == 3 && strcmp(argv[1], "many") == 0)
		return many(argv[2]);
	if (argc == 6 && strcmp(argv[1], "http") == 0)
		work = post;
	else if (argc == 6 && strcmp(argv[1], "put") == 0)
		work = put;
	else if (argc == 5 && strcmp(argv[1], "raw") == 0)
		work = raw;
	else
		return 64;
	where = argv[2];
	if (work == raw) {
		total = atol(argv[3]);
		size = atol(argv[4]);
	} else {
		job = argv[3];
		n = atoi(argv[4]);
		if (n < 1 || n > 256)
			return 64;
		until = pf_boot_ms() + atol(argv[5]) * 1000;
	}
	began = pf_boot_ms();
	for (i = 0; i < n; i++)
		if (pthread_create(&threads[i], NULL, work,
		    (void *)(intptr_t)i) != 0)
			return 71;
	for (i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
	if (failed > 0)
		fprintf(stderr, "file: %ld failed\n", (long)failed);
	printf("%.0f\n", (double)(work == raw ? total : done) * 1000 /
	    (double)(pf_boot_ms() - began + 1));
	return 0;
}
