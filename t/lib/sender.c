/*
 * Many senders of results over HTTP that never give up: a pack is sent again
 * until it is acknowledged, whatever becomes of the server.  Only then the
 * rids of its records are written to the file of promises, with a word for
 * what each is: an input or a number.
 *
 *	sender ADDR JOB SENDERS SECONDS PROMISES
 *
 * Prints how many results were acknowledged.
 */
#include <sys/socket.h>

#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/num.h"
#include "codec/rec.h"
#include "os/clock.h"

#define EACH	4		/* records of a pack */
#define PAUSE	20		/* ms before it is tried again */

static struct sockaddr_in addr;
static const char *job;
static int64_t until;
static FILE *promises;
static atomic_long done, again;

static int
dial(void)
{
	const struct timeval most = { 10, 0 };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd != -1 && connect(fd, (struct sockaddr *)&addr,
	    sizeof(addr)) == -1) {
		close(fd);
		fd = -1;
	}
	if (fd != -1)
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &most, sizeof(most));
	return fd;
}

/* True if each record of the pack was accepted; a refusal is a mistake. */
static bool
accepted(const char *body)
{
	int n = 0;

	for (; (body = strstr(body, "\"accepted\"}")) != NULL; body++)
		n++;
	if (n != EACH) {
		fprintf(stderr, "sender: %d of %d accepted\n", n, EACH);
		exit(65);
	}
	return true;
}

/* One answer, its head and as many bytes as that says: true if it is 200. */
static bool
answer(int fd)
{
	char b[16384], *body, *len;
	size_t n = 0, want = 0;
	ssize_t got;

	while (n < sizeof(b) - 1 &&
	    (got = recv(fd, b + n, sizeof(b) - 1 - n, 0)) > 0) {
		n += (size_t)got;
		b[n] = '\0';
		if ((body = strstr(b, "\r\n\r\n")) == NULL)
			continue;
		if ((len = strcasestr(b, "content-length:")) != NULL)
			want = strtoul(len + 15, NULL, 10);
		if (n >= (size_t)(body + 4 - b) + want)
			return strncmp(b + 9, "200", 3) == 0 &&
			    accepted(body);
	}
	return false;
}

/* Records of a sender: mostly numbers, and a new input now and then. */
static void
make(struct pf_buf *b, char rids[EACH][PF_SHA_TEXT], int sender, long n)
{
	char body[64], fields[64];
	int i;

	pf_buf_reset(b);
	for (i = 0; i < EACH; i++) {
		struct pf_rec r = { .kind = PF_KIND_COVERAGE, .epoch = 1,
		    .seq = n * EACH + i, .time = pf_wall_ms(),
		    .attempt = 1, .body = body };

		snprintf(r.job, sizeof(r.job), "%s", job);
		snprintf(r.bot, sizeof(r.bot), "b%d-%d", (int)getpid(),
		    sender);
		snprintf(body, sizeof(body), "%d %d %ld", (int)getpid(),
		    sender, n);
		snprintf(fields, sizeof(fields), "\"edges\":%ld", n);
		if (i == 0) {
			r.kind = n % 16 == 0 ? PF_KIND_CRASH : PF_KIND_CORPUS;
			r.len = strlen(body);
			fields[0] = '\0';
		}
		pf_rec_frame(b, &r, fields);
		snprintf(rids[i], PF_SHA_TEXT, "%s", r.rid);
	}
}

static void *
run(void *arg)
{
	struct pf_buf b = PF_BUF_INIT, req = PF_BUF_INIT;
	char rids[EACH][PF_SHA_TEXT];
	int sender = (int)(intptr_t)arg, fd = -1, i;
	long n;

	for (n = 0; pf_boot_ms() < until; n++) {
		make(&b, rids, sender, n);
		pf_buf_reset(&req);
		pf_buf_addf(&req, "POST /api/v1/results/batch HTTP/1.1\r\n"
		    "Host: 127.0.0.1\r\nContent-Type: application/"
		    "x-pandafuzz-pack\r\nContent-Length: %zu\r\n\r\n", b.len);
		pf_buf_add(&req, b.data, b.len);
		while ((fd == -1 && (fd = dial()) == -1) ||
		    send(fd, req.data, req.len, MSG_NOSIGNAL) !=
		    (ssize_t)req.len || !answer(fd)) {
			if (fd != -1)
				close(fd);
			fd = -1;
			again++;
			if (pf_boot_ms() >= until)
				goto done;
			pf_sleep_ms(PAUSE);
		}
		for (i = 0; i < EACH; i++)
			fprintf(promises, "%s %s\n", rids[i],
			    i == 0 ? "input" : "number");
		done += EACH;
	}
done:
	if (fd != -1)
		close(fd);
	pf_buf_free(&b);
	pf_buf_free(&req);
	return NULL;
}

int
main(int argc, char **argv)
{
	pthread_t threads[256];
	int64_t n, seconds, port;
	const char *colon;
	int i;

	if (argc != 6 || (colon = strchr(argv[1], ':')) == NULL ||
	    !pf_num(&port, colon + 1, 1, 65535) ||
	    !pf_num(&n, argv[3], 1, 256) ||
	    !pf_num(&seconds, argv[4], 1, 100000) ||
	    (promises = fopen(argv[5], "we")) == NULL) {
		fputs("usage: sender addr job senders seconds promises\n",
		    stderr);
		return 64;
	}
	addr.sin_family = AF_INET;
	addr.sin_port = htons((uint16_t)port);
	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	job = argv[2];
	until = pf_boot_ms() + seconds * 1000;
	for (i = 0; i < (int)n; i++)
		if (pthread_create(&threads[i], NULL, run,
		    (void *)(intptr_t)i) != 0)
			return 71;
	for (i = 0; i < (int)n; i++)
		pthread_join(threads[i], NULL);
	fprintf(stderr, "sender: %ld tries more\n", (long)again);
	printf("%ld\n", (long)done);
	return fclose(promises) == EOF ? 74 : 0;
}
