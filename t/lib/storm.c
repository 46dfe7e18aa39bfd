/*
 * Many bots at once over the socket of pf-sched serve, which may be killed at
 * any moment: each registers, then claims, starts and completes jobs until
 * none is left.  What was asked is asked again until it is answered.
 *
 *	storm socket bots [pause [percent [late]]]
 *
 * Of so many percent of the ops the reply is lost (the connection is closed
 * as soon as the line is out, and it is asked again), and as many are sent
 * twice.  How many of both is the second and third number on stderr, after
 * that of the connections lost.
 *
 * With late, one bot of four falls silent for so many milliseconds in the
 * middle of a job and completes it then, with the token that it had.
 *
 * A line on stdout for each answer: "grant JOB ATTEMPT BOT MS", "done JOB
 * ATTEMPT BOT MS" or, if the completion was refused, "left JOB ATTEMPT BOT
 * MS", where MS is CLOCK_BOOTTIME and that of the latter two is from before it
 * was sent, or when the lease was over if that was earlier: between the two
 * the bot holds the job.  A lease counts from when it was asked for.
 */
#include <sys/socket.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/num.h"
#include "os/clock.h"
#include "os/sock.h"
#include "store/writer.h"

#define PAUSE_MS	25	/* between two ops, unless said otherwise */
#define LATE		4	/* one of so many is */
#define EMPTY_MAX	20	/* claims without a job, then it is over */

static const char *socket_path;
static pthread_mutex_t out = PTHREAD_MUTEX_INITIALIZER;
static atomic_int lost;		/* connections */
static atomic_int cut, doubled;	/* replies, requests */
static int64_t pause_ms = PAUSE_MS, percent, late_ms;

struct bot {
	pthread_t	 thread;
	struct pf_writer *writer;
	int		 number;
	unsigned	 chance;
	char		 id[65];
};

static bool
happens(struct bot *b)
{
	return rand_r(&b->chance) % 100 < percent;
}

/* The line on a connection of its own, whose reply nobody reads. */
static void
shout(const char *line)
{
	int s;

	if (pf_sock_connect_unix(&s, socket_path) != NULL)
		return;
	(void)send(s, line, strlen(line), MSG_NOSIGNAL | MSG_MORE);
	(void)send(s, "\n", 1, MSG_NOSIGNAL);
	close(s);
}

/* Asks until there is an answer; NULL if it is a refusal. */
static struct pf_json *
ask(struct bot *b, const char *line)
{
	const struct pf_err *err;
	struct pf_json *reply = NULL;

	for (;;) {
		err = b->writer == NULL ? pf_writer_open(&b->writer,
		    socket_path, false, NULL) : NULL;
		if (err != NULL) {
			b->writer = NULL;
			pf_sleep_ms(20);
			continue;
		}
		if (happens(b)) {
			shout(line);
			cut++;
		}
		err = pf_writer_op(b->writer, &reply, line, 10000);
		if (err == NULL && happens(b)) {
			pf_json_free(reply);
			doubled++;
			err = pf_writer_op(b->writer, &reply, line, 10000);
		}
		if (err == NULL)
			return reply;
		if (err->class != PF_BUSY && err->class != PF_IO)
			return NULL;
		pf_writer_close(b->writer);
		b->writer = NULL;
		lost++;
	}
}

static void
say(const char *what, const char *job, int64_t attempt, const struct bot *b,
    int64_t ms)
{
	pthread_mutex_lock(&out);
	printf("%s %s %lld %s %lld\n", what, job, (long long)attempt, b->id,
	    (long long)ms);
	fflush(stdout);
	pthread_mutex_unlock(&out);
}

/* Whether it was accepted; *until: its lease is over then. */
static bool
tell(struct bot *b, const char *op, const char *job, int64_t attempt,
    int64_t *until)
{
	struct pf_json *reply;
	char line[512];
	int64_t sent = pf_boot_ms(), lease;

	snprintf(line, sizeof(line), "{\"op\":\"%s\",\"bot\":\"%s\","
	    "\"inc\":\"i%d\",\"job\":\"%s\",\"epoch\":1,\"attempt\":%lld,"
	    "\"result\":\"completed\"}", op, b->id, b->number, job,
	    (long long)attempt);
	if ((reply = ask(b, line)) == NULL)
		return false;
	if (pf_json_int(&lease, reply, "lease_ms", 1, INT32_MAX) == NULL)
		*until = sent + lease;
	pf_json_free(reply);
	return true;
}

/* What a bot does with a job that it was given. */
static void
work(struct bot *b, const char *job, int64_t attempt, int64_t until)
{
	int64_t at = pf_boot_ms();
	bool done = false;

	if (at >= until)
		return;			/* too late to be held at all */
	say("grant", job, attempt, b, at);
	pf_sleep_ms(pause_ms);
	if (tell(b, "start", job, attempt, &until)) {
		pf_sleep_ms(late_ms > 0 && rand_r(&b->chance) % LATE == 0 ?
		    late_ms : pause_ms);
		at = pf_boot_ms();
		done = tell(b, "complete", job, attempt, &(int64_t){ 0 });
	} else
		at = pf_boot_ms();
	say(done ? "done" : "left", job, attempt, b, at < until ? at : until);
}

/* One job from its claim to its end; false if there was none. */
static bool
one(struct bot *b)
{
	struct pf_json *reply;
	const struct pf_json *j;
	const char *id = "";
	char line[256], job[65];
	int64_t attempt = 0, sent = pf_boot_ms(), lease = 0;

	snprintf(line, sizeof(line), "{\"op\":\"claim\",\"bot\":\"%s\","
	    "\"inc\":\"i%d\"}", b->id, b->number);
	reply = ask(b, line);
	j = pf_json_get(reply, "job");
	if (j == NULL || pf_json_need(&id, j, "id") != NULL ||
	    pf_json_int(&attempt, reply, "attempt", 1, 1 << 20) != NULL ||
	    pf_json_int(&lease, reply, "lease_ms", 1, INT32_MAX) != NULL) {
		pf_json_free(reply);
		return false;
	}
	snprintf(job, sizeof(job), "%s", id);
	pf_json_free(reply);
	work(b, job, attempt, sent + lease);
	return true;
}

static void *
run(void *arg)
{
	struct bot *b = arg;
	struct pf_json *reply;
	const char *id = "";
	char line[256];
	int empty = 0, most = EMPTY_MAX;

	/* Without a pause no job means that there is none left; of those that
	 * are late one may come back. */
	if (pause_ms == 0)
		most = 1;
	else
		most += (int)(late_ms / pause_ms);
	snprintf(line, sizeof(line), "{\"op\":\"register\",\"hostname\":\"h\","
	    "\"name\":\"b%d\",\"inc\":\"i%d\",\"capabilities\":[\"libfuzzer\"]"
	    "}", b->number, b->number);
	reply = ask(b, line);
	if (pf_json_need(&id, reply, "bot") == NULL)
		snprintf(b->id, sizeof(b->id), "%s", id);
	pf_json_free(reply);
	while (empty < most) {
		empty = one(b) ? 0 : empty + 1;
		pf_sleep_ms(pause_ms);
	}
	pf_writer_close(b->writer);
	return NULL;
}

int
main(int argc, char *argv[])
{
	struct bot *bots;
	int64_t n = 0;
	int i;

	pf_prog = "storm";
	if (argc < 3 || argc > 6 || !pf_num(&n, argv[2], 1, 1024) ||
	    (argc > 3 && !pf_num(&pause_ms, argv[3], 0, 10000)) ||
	    (argc > 4 && !pf_num(&percent, argv[4], 0, 100)) ||
	    (argc > 5 && !pf_num(&late_ms, argv[5], 0, 60000))) {
		fputs("usage: storm socket bots [pause [percent [late]]]\n",
		    stderr);
		return 64;
	}
	socket_path = argv[1];
	bots = calloc((size_t)n, sizeof(*bots));
	for (i = 0; i < n; i++) {
		bots[i].number = i;
		bots[i].chance = (unsigned)i + 1;
		if (pthread_create(&bots[i].thread, NULL, run, &bots[i]) != 0)
			return 1;
	}
	for (i = 0; i < n; i++)
		pthread_join(bots[i].thread, NULL);
	free(bots);
	fprintf(stderr, "%d %d %d\n", lost, cut, doubled);
	return 0;
}
