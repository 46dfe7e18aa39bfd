/*
 * The way to the writer; see writer.h.  Knows lines and replies, not what
 * the ops mean.
 */
#include <sys/socket.h>
#include <sys/wait.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "codec/op.h"
#include "os/clock.h"
#include "os/sock.h"
#include "store/writer.h"

#define REPLY_MAX	(1024 * 1024)

extern char **environ;

struct pf_writer {
	int		 fd;		/* our end of the stream */
	pid_t		 child;		/* pf-sched apply, or 0 */
	bool		 late;		/* lost for want of an answer in time */
	struct pf_buf	 in;		/* bytes after the last reply */
};

/* pf-sched beside the running program, else by PATH. */
static char *
sched_path(void)
{
	char self[4096], *slash, *path;
	ssize_t n;

	n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (n > 0) {
		self[n] = '\0';
		if ((slash = strrchr(self, '/')) != NULL) {
			*slash = '\0';
			path = pf_asprintf("%s/pf-sched", self);
			if (access(path, X_OK) == 0)
				return path;
			free(path);
		}
	}
	return pf_strdup("pf-sched");
}

/* The child's end becomes its stdin and stdout; signals as for a new one. */
static int
spawn(pid_t *pid, const char *path, int fd, const char *conf)
{
	const char *argv[5] = { "pf-sched", "apply" };
	posix_spawn_file_actions_t fa;
	posix_spawnattr_t at;
	sigset_t set;
	int rc;

	if (conf != NULL) {
		argv[1] = "-c";
		argv[2] = conf;
		argv[3] = "apply";
	}
	if ((rc = posix_spawn_file_actions_init(&fa)) != 0)
		return rc;
	if ((rc = posix_spawnattr_init(&at)) != 0) {
		posix_spawn_file_actions_destroy(&fa);
		return rc;
	}
	sigemptyset(&set);
	posix_spawnattr_setsigmask(&at, &set);
	sigaddset(&set, SIGPIPE);
	posix_spawnattr_setsigdefault(&at, &set);
	posix_spawnattr_setflags(&at, POSIX_SPAWN_SETSIGMASK |
	    POSIX_SPAWN_SETSIGDEF);
	if ((rc = posix_spawn_file_actions_adddup2(&fa, fd, 0)) == 0 &&
	    (rc = posix_spawn_file_actions_adddup2(&fa, fd, 1)) == 0)
		rc = posix_spawnp(pid, path, &fa, &at,
		    (char *const *)(uintptr_t)argv, environ);
	posix_spawnattr_destroy(&at);
	posix_spawn_file_actions_destroy(&fa);
	return rc;
}

static const struct pf_err *
start_apply(struct pf_writer *w, const char *conf)
{
	const struct pf_err *err = NULL;
	char *path = NULL;
	int sv[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv) == -1)
		return pf_errno("socketpair");
	path = sched_path();
	errno = spawn(&w->child, path, sv[1], conf);
	if (errno != 0) {
		w->child = 0;
		err = pf_err(PF_UNAVAIL, "cannot run %s apply: %s", path,
		    strerror(errno));
	}
	free(path);
	close(sv[1]);
	if (err != NULL)
		close(sv[0]);
	else
		w->fd = sv[0];
	return err;
}

const struct pf_err *
pf_writer_open(struct pf_writer **out, const char *socket, bool fallback,
    const char *conf)
{
	static const struct pf_buf empty = PF_BUF_INIT;
	const struct pf_err *err;
	struct pf_writer *w;

	*out = NULL;
	w = pf_calloc(1, sizeof(*w));
	w->fd = -1;
	w->in = empty;
	err = pf_sock_connect_unix(&w->fd, socket);
	if (err != NULL && err->class == PF_BUSY)
		err = fallback ? start_apply(w, conf) :
		    pf_err(PF_BUSY, "the writer is not running (%s)",
		    err->msg);
	if (err != NULL) {
		pf_writer_close(w);
		return err;
	}
	*out = w;
	return NULL;
}

/* End of input ends apply; it is waited for so that it leaves no zombie. */
void
pf_writer_close(struct pf_writer *w)
{
	if (w == NULL)
		return;
	if (w->fd != -1)
		close(w->fd);
	if (w->child > 0)
		while (waitpid(w->child, NULL, 0) == -1 && errno == EINTR)
			continue;
	pf_buf_free(&w->in);
	free(w);
}

static void
lose(struct pf_writer *w)
{
	close(w->fd);
	w->fd = -1;
}

/* Waits for the socket; false with errno ETIMEDOUT when time is up. */
static bool
wait_for(int fd, short events, int64_t until)
{
	struct pollfd p = { .fd = fd, .events = events };
	int64_t left;
	int rc;

	for (;;) {
		if ((left = until - pf_boot_ms()) < 0)
			left = 0;
		rc = poll(&p, 1, left > 60000 ? 60000 : (int)left);
		if (rc > 0)
			return true;
		if (rc == -1 && errno != EINTR)
			return false;
		if (left == 0) {
			errno = ETIMEDOUT;
			return false;
		}
	}
}

static bool
send_all(struct pf_writer *w, const struct pf_buf *b, int64_t until)
{
	size_t at = 0;
	ssize_t n;

	while (at < b->len) {
		n = send(w->fd, b->data + at, b->len - at,
		    MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n >= 0)
			at += (size_t)n;
		else if (errno == EAGAIN) {
			if (!wait_for(w->fd, POLLOUT, until))
				return false;
		} else if (errno != EINTR)
			return false;
	}
	return true;
}

/* Appends what arrives; errno is ECONNRESET at end of file. */
static bool
receive(struct pf_writer *w, int64_t until)
{
	char *to;
	ssize_t n;

	for (;;) {
		to = pf_buf_room(&w->in, 16384);
		n = recv(w->fd, to, 16384, MSG_DONTWAIT);
		if (n > 0) {
			pf_buf_grew(&w->in, (size_t)n);
			return true;
		}
		if (n == 0) {
			errno = ECONNRESET;
			return false;
		}
		if (errno == EINTR)
			continue;
		if (errno != EAGAIN || !wait_for(w->fd, POLLIN, until))
			return false;
	}
}

/* The class that a status of apply stands for, as far as it tells. */
static enum pf_class
status_class(int status)
{
	static const enum pf_class classes[] = { PF_BUSY, PF_CONFIG,
	    PF_DENIED, PF_NOTFOUND, PF_UNAVAIL };
	size_t i;

	for (i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
		if (pf_class_exit(classes[i]) == status)
			return classes[i];
	return PF_IO;
}

/* How apply ended, for the message. */
static const struct pf_err *
child_end(struct pf_writer *w)
{
	int status = 0;

	while (waitpid(w->child, &status, 0) == -1 && errno == EINTR)
		continue;
	w->child = 0;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		return pf_err(PF_UNAVAIL, "cannot run pf-sched apply");
	if (WIFEXITED(status))
		return pf_err(status_class(WEXITSTATUS(status)),
		    "pf-sched apply ended with status %d before it answered",
		    WEXITSTATUS(status));
	return pf_err(PF_IO, "pf-sched apply died of signal %d",
	    WTERMSIG(status));
}

/* The stream is void: a later reply on it could answer another line. */
static const struct pf_err *
lost(struct pf_writer *w)
{
	int num = errno;

	lose(w);
	w->late = num == ETIMEDOUT;
	if (w->child > 0 && num != ETIMEDOUT)
		return child_end(w);
	if (num == ETIMEDOUT)
		return pf_err(PF_BUSY, "the writer did not answer in time");
	return pf_err(PF_BUSY, "the connection to the writer was lost: %s",
	    strerror(num));
}

/* The next line of the stream, as JSON. */
static const struct pf_err *
next_reply(struct pf_writer *w, struct pf_json **reply, int64_t until)
{
	const struct pf_err *err;
	size_t seen = 0, n;
	char *nl;

	for (;;) {
		nl = w->in.len > seen ? memchr(w->in.data + seen, '\n',
		    w->in.len - seen) : NULL;
		if (nl != NULL)
			break;
		seen = w->in.len;
		if (seen > REPLY_MAX) {
			lose(w);
			return pf_err(PF_BUG, "the writer's reply is longer "
			    "than %d bytes", REPLY_MAX);
		}
		if (!receive(w, until))
			return lost(w);
	}
	n = (size_t)(nl - w->in.data);
	err = pf_json_parse(reply, w->in.data, n);
	pf_buf_eat(&w->in, n + 1);
	if (err != NULL) {
		lose(w);
		return pf_err(PF_BUG, "the writer's reply is not JSON: %s",
		    err->msg);
	}
	return NULL;
}

const struct pf_err *
pf_writer_line(struct pf_buf *b, const char *line)
{
	size_t n = strlen(line);

	if (memchr(line, '\n', n) != NULL)
		return pf_err(PF_USAGE, "an op line may not hold a newline");
	if (n >= PF_OP_MAX)
		return pf_err(PF_DATA, "the op line is longer than %d bytes",
		    PF_OP_MAX);
	pf_buf_add(b, line, n);
	pf_buf_addc(b, '\n');
	return NULL;
}

const struct pf_err *
pf_writer_send(struct pf_writer *w, const struct pf_buf *lines,
    int64_t timeout_ms)
{
	if (w->fd == -1)
		return pf_err(PF_BUSY, "the connection to the writer is "
		    "closed");
	return send_all(w, lines, pf_boot_ms() + timeout_ms) ? NULL : lost(w);
}

const struct pf_err *
pf_writer_reply(struct pf_writer *w, struct pf_json **reply,
    int64_t timeout_ms)
{
	const struct pf_err *err;

	*reply = NULL;
	if ((err = next_reply(w, reply, pf_boot_ms() + timeout_ms)) != NULL)
		return err;
	if ((err = pf_op_reply(*reply)) != NULL) {
		pf_json_free(*reply);
		*reply = NULL;
	}
	return err;
}

const struct pf_err *
pf_writer_op(struct pf_writer *w, struct pf_json **reply, const char *line,
    int64_t timeout_ms)
{
	const struct pf_err *err;
	struct pf_buf b = PF_BUF_INIT;
	int64_t until = pf_boot_ms() + timeout_ms;

	*reply = NULL;
	if ((err = pf_writer_line(&b, line)) == NULL &&
	    (err = pf_writer_send(w, &b, timeout_ms)) == NULL)
		err = pf_writer_reply(w, reply, until - pf_boot_ms());
	pf_buf_free(&b);
	return err;
}

const struct pf_err *
pf_op_reply(const struct pf_json *reply)
{
	return pf_op_reply_err(reply);
}

bool
pf_writer_lost(const struct pf_writer *w)
{
	return w->fd == -1;
}

struct asking {
	struct pf_json		**reply;
	const struct pf_conf	*conf;
	const char		*conf_path, *line;
	bool			 before;	/* sent, and no answer came */
	int			 enough;	/* it is not to be sent again */
};

/* What the op itself would have made so, if it was done the first time. */
static bool
tells_of_it(const struct pf_err *err)
{
	return err->class == PF_CONFLICT || err->class == PF_NOTFOUND ||
	    err->class == PF_STALE;
}

static const struct pf_err *
ask_once(void *arg)
{
	const struct pf_err *err;
	struct asking *a = arg;
	struct pf_writer *w = NULL;

	if ((err = pf_writer_open(&w, a->conf->sched_socket, true,
	    a->conf_path)) != NULL)
		return err;
	err = pf_writer_op(w, a->reply, a->line, a->conf->request);
	if (err == NULL)
		;
	else if (w->late) {
		a->enough = 1;
		err = pf_err(err->class, "%s; what was asked for may yet be "
		    "done", err->msg);
	} else if (pf_writer_lost(w))
		a->before = true;
	else if (a->before && tells_of_it(err)) {
		a->enough = 1;
		err = pf_err(PF_BUSY, "it may have been done, for its first "
		    "answer was lost: %s", err->msg);
	}
	pf_writer_close(w);
	return err;
}

const struct pf_err *
pf_writer_ask(struct pf_json **reply, const struct pf_conf *conf,
    const char *conf_path, const char *line)
{
	struct asking a = { .reply = reply, .conf = conf,
	    .conf_path = conf_path, .line = line };

	*reply = NULL;
	return pf_retry_run(&conf->retry_operation, &pf_timer, &a.enough,
	    ask_once, &a);
}

bool
pf_writer_there(struct pf_writer *w, int64_t ms)
{
	struct pollfd p = { .fd = w->fd, .events = POLLIN };

	/* Nothing was asked: bytes, or the end of them, mean the end. */
	return poll(&p, 1, (int)ms) == 0;
}
