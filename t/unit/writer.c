/*
 * store/writer: against a writer that answers well, badly, late or never.
 */
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../lib/tap.h"
#include "base/mem.h"
#include "os/fs.h"
#include "os/sock.h"
#include "store/writer.h"

static char dir[] = "/tmp/pf-test.XXXXXX";

static char *
at(const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

/* What the other side does with one line: the line tells. */
static void
answer(int fd, const char *line)
{
	static char big[2000000];
	const char *say = "{\"ok\":true,\"n\":7}\n";

	if (strstr(line, "refuse") != NULL)
		say = "{\"ok\":false,\"class\":\"stale\",\"field\":\"attempt\","
		    "\"error\":\"too late\"}\n";
	else if (strstr(line, "garbage") != NULL)
		say = "hello\n";
	else if (strstr(line, "empty") != NULL)
		say = "{}\n";
	else if (strstr(line, "half") != NULL)
		say = "{\"ok\":";
	else if (strstr(line, "long") != NULL) {
		memset(big, 'x', sizeof(big));
		(void)!write(fd, big, sizeof(big));
		return;
	} else if (strstr(line, "never") != NULL)
		return;
	(void)!write(fd, say, strlen(say));
	if (strstr(line, "half") != NULL)
		shutdown(fd, SHUT_RDWR);
}

static pid_t
serve(void)
{
	int fd, c;
	char line[70000];
	ssize_t n;
	pid_t pid;

	if (pf_sock_listen_unix(&fd, at("sock"), 0600) != NULL)
		exit(1);
	if ((pid = fork()) != 0) {
		close(fd);
		return pid;
	}
	signal(SIGPIPE, SIG_IGN);
	while ((c = accept(fd, NULL, NULL)) != -1) {
		while ((n = read(c, line, sizeof(line) - 1)) > 0) {
			line[n] = '\0';
			answer(c, line);
		}
		close(c);
	}
	_exit(0);
}

static const struct pf_err *
ask(struct pf_writer *w, const char *line, int64_t ms)
{
	const struct pf_err *err;
	struct pf_json *reply = NULL;
	int64_t n = 0;

	err = pf_writer_op(w, &reply, line, ms);
	if (err == NULL && (pf_json_int(&n, reply, "n", 0, 9) != NULL ||
	    n != 7))
		err = pf_err(PF_BUG, "not the reply that was sent");
	ok((err == NULL) == (reply != NULL), "a reply or an error");
	pf_json_free(reply);
	return err;
}

/* One line on a connection of its own that ends with it. */
static void
loses(const char *line, enum pf_class class)
{
	const struct pf_err *err;
	struct pf_writer *w = NULL;

	ok(pf_writer_open(&w, at("sock"), false, NULL) == NULL, "opens");
	err = ask(w, line, 100);
	ok(err != NULL && err->class == class, line);
	ok(pf_writer_lost(w), "the connection is void");
	err = ask(w, "{\"op\":\"x\"}", 100);
	ok(err != NULL && err->class == PF_BUSY, "and stays so");
	pf_writer_close(w);
}

static void
over_socket(void)
{
	const struct pf_err *err;
	struct pf_writer *w = NULL;
	char *big = pf_malloc(PF_OP_MAX + 1);
	pid_t pid;

	err = pf_writer_open(&w, at("sock"), false, NULL);
	ok(err != NULL && err->class == PF_BUSY && w == NULL, "nobody there");
	pid = serve();
	ok(pf_writer_open(&w, at("sock"), false, NULL) == NULL, "somebody");
	ok(ask(w, "{\"op\":\"x\"}", 1000) == NULL, "an answer");
	err = ask(w, "{\"op\":\"refuse\"}", 1000);
	ok(err != NULL && err->class == PF_STALE, "a refusal has its class");
	is_str(err != NULL ? err->field : "", "attempt", "and its field");
	is_str(err != NULL ? err->msg : "", "too late", "and its words");
	ok(!pf_writer_lost(w), "a refusal loses nothing");
	err = ask(w, "{\"op\":\"empty\"}", 1000);
	ok(err != NULL && err->class == PF_BUG, "neither ok nor not");
	err = ask(w, "{\n}", 1000);
	ok(err != NULL && err->class == PF_USAGE, "two lines are not one");
	memset(big, 'a', PF_OP_MAX);
	big[PF_OP_MAX] = '\0';
	err = ask(w, big, 1000);
	ok(err != NULL && err->class == PF_DATA, "a line too long");
	ok(ask(w, "{\"op\":\"x\"}", 1000) == NULL, "it goes on");
	pf_writer_close(w);
	loses("never", PF_BUSY);
	loses("half", PF_BUSY);
	loses("garbage", PF_BUG);
	loses("long", PF_BUG);
	kill(pid, SIGTERM);
	waitpid(pid, NULL, 0);
	unlink(at("sock"));
	free(big);
}

/* A stand-in for pf-sched on PATH. */
static void
stand_in(const char *script)
{
	FILE *f = fopen(at("pf-sched"), "we");

	if (f == NULL)
		exit(1);
	fprintf(f, "#!/bin/sh\n%s\n", script);
	fclose(f);
	chmod(at("pf-sched"), 0700);
}

static void
over_apply(void)
{
	const struct pf_err *err;
	struct pf_writer *w = NULL;
	char *path = pf_asprintf("%s:/usr/bin:/bin", dir);

	setenv("PATH", "/nowhere", 1);
	/* Some exec wrappers tell of a missing program only by status 127. */
	err = pf_writer_open(&w, at("sock"), true, NULL);
	if (err == NULL)
		err = ask(w, "{\"op\":\"x\"}", 5000);
	pf_writer_close(w);
	w = NULL;
	ok(err != NULL && err->class == PF_UNAVAIL, "no pf-sched anywhere");
	setenv("PATH", path, 1);
	stand_in("[ \"$*\" = '-c the.conf apply' ] || exit 64\n"
	    "while read -r line; do echo '{\"ok\":true,\"n\":7}'; done");
	ok(pf_writer_open(&w, at("sock"), true, "the.conf") == NULL, "apply");
	ok(ask(w, "{\"op\":\"x\"}", 5000) == NULL, "answers");
	ok(ask(w, "{\"op\":\"y\"}", 5000) == NULL, "and again");
	pf_writer_close(w);
	ok(waitpid(-1, NULL, WNOHANG) == -1, "and leaves no zombie");
	stand_in("exit 78");
	ok(pf_writer_open(&w, at("sock"), true, NULL) == NULL, "apply fails");
	err = ask(w, "{\"op\":\"x\"}", 5000);
	ok(err != NULL && strstr(err->msg, "status 78") != NULL,
	    "its status is told");
	ok(err != NULL && err->class == PF_CONFIG, "and has its class");
	pf_writer_close(w);
	free(path);
}

int
main(void)
{
	if (mkdtemp(dir) == NULL)
		return 1;
	signal(SIGPIPE, SIG_IGN);
	over_socket();
	over_apply();
	if (pf_rmtree(dir) != NULL)
		return 1;
	return done_testing();
}
