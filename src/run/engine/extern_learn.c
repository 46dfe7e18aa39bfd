/*
 * Which engines the directory of engines holds: each file of a good name is
 * asked whether it can run here.  Who may write such a file decides what this
 * bot runs, so it must be nobody but root or us.
 */
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/fs.h"
#include "os/proc.h"
#include "run/engine/extern.h"

#define ASK_MS		10000	/* an answer may take */
#define ANSWER_MAX	65536	/* bytes of one */
#define ENGINES_MAX	64

static struct external engines[ENGINES_MAX];
static size_t nengines;

const struct engine *
engine_learnt(size_t i)
{
	return i < nengines ? &engines[i].engine : NULL;
}

const struct external *
extern_named(const char *name)
{
	size_t i;

	for (i = 0; i < nengines; i++)
		if (strcmp(engines[i].engine.name, name) == 0)
			return &engines[i];
	return NULL;
}

/* dir: a directory, else a file to execute. */
static const struct pf_err *
check_owner(const char *path, bool dir)
{
	struct stat st;

	if (lstat(path, &st) == -1)
		return pf_errno("%s", path);
	if (dir ? !S_ISDIR(st.st_mode) : !S_ISREG(st.st_mode))
		return pf_err(PF_CONFIG, "%s: not a %s", path, dir ?
		    "directory" : "regular file");
	if (st.st_uid != 0 && st.st_uid != geteuid())
		return pf_err(PF_DENIED, "%s: belongs to user %ld, neither "
		    "root nor the one pf-run works as", path,
		    (long)st.st_uid);
	if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return pf_err(PF_DENIED, "%s: others may write to it; chmod "
		    "go-w", path);
	if (!dir && access(path, X_OK) == -1)
		return pf_errno("%s: not to be executed", path);
	return NULL;
}

const struct pf_err *
extern_check(const char *path)
{
	return check_owner(path, false);
}

/* What an engine prints when it is asked; *status as from waitpid(2). */
static const struct pf_err *
ask(struct pf_buf *answer, int *status, const char *path)
{
	const struct pf_err *err;
	char *argv[] = { pf_strdup(path), pf_strdup("-c"), NULL };
	char **envp = NULL;
	int fd = memfd_create("engine", MFD_CLOEXEC);
	struct pf_proc_spec spec = { .argv = argv, .cwd = "/", .out_fd = fd,
	    .file_bytes = ANSWER_MAX, .cpu_s = ASK_MS / 1000 };
	pid_t pid;

	env_engine(&envp, "/nonexistent");
	argv_addf(&envp, "PF_ENGINE_CONTRACT=%d", PF_ENGINE_CONTRACT);
	spec.envp = envp;
	if (fd == -1)
		err = pf_errno("memfd_create");
	else if ((err = pf_proc_start(&pid, &spec)) == NULL) {
		if (!pf_proc_wait(pid, status, ASK_MS))
			err = pf_err(PF_BUSY, "no answer in %d seconds",
			    ASK_MS / 1000);
		/* What it may have left in its group. */
		(void)kill(-pid, SIGKILL);
		if (err == NULL && lseek(fd, 0, SEEK_SET) == -1)
			err = pf_errno("lseek");
		if (err == NULL)
			err = pf_read_all(answer, fd, ANSWER_MAX, "answer");
	}
	if (fd != -1)
		close(fd);
	argv_free(envp);
	free(argv[0]);
	free(argv[1]);
	return err;
}

/* The last line of an answer, for a message. */
static void
last_line(char *out, size_t size, struct pf_buf *b)
{
	size_t end = b->len, n = 0, i;

	while (end > 0 && b->data[end - 1] == '\n')
		end--;
	for (i = end; i > 0 && b->data[i - 1] != '\n'; i--)
		;
	for (; i < end && n + 1 < size; i++)
		if ((unsigned char)b->data[i] >= 0x20 &&
		    (unsigned char)b->data[i] < 0x7f)
			out[n++] = b->data[i];
	out[n] = '\0';
}

static const struct pf_err *
learn_one(const char *path, const char *name)
{
	const struct pf_err *err;
	struct external *x = &engines[nengines];
	struct pf_buf answer = PF_BUF_INIT;
	char canon[33], words[200];
	int status = 0;

	*x = (struct external){ .engine = engine_extern };
	if (!pf_engine_name(canon, name) || strcmp(canon, name) != 0)
		return pf_err(PF_CONFIG, "%s: not the name of an engine",
		    path);
	if (engine_find(name) != NULL)
		return pf_err(PF_CONFIG, "%s: that engine is built in", path);
	if (nengines == ENGINES_MAX)
		return pf_err(PF_CONFIG, "%s: more than %d engines", path,
		    ENGINES_MAX);
	if ((err = extern_check(path)) != NULL)
		return err;
	if ((err = ask(&answer, &status, path)) == NULL) {
		last_line(words, sizeof(words), &answer);
		if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
			err = pf_err(WIFEXITED(status) &&
			    WEXITSTATUS(status) == EX_UNAVAILABLE ?
			    PF_UNAVAIL : PF_CONFIG, "%s %d: %s",
			    WIFSIGNALED(status) ? "signal" : "status",
			    WIFSIGNALED(status) ? WTERMSIG(status) :
			    WEXITSTATUS(status), words);
		else
			err = pf_probe_parse(&x->probe, answer.data,
			    answer.len);
	}
	pf_buf_free(&answer);
	if (err != NULL)
		return pf_err_at(err, "%s -c", path);
	x->engine.name = pf_strdup(name);
	x->path = pf_strdup(path);
	nengines++;
	return NULL;
}

static void
forget(void)
{
	char *name;

	while (nengines > 0) {
		nengines--;
		memcpy(&name, &engines[nengines].engine.name, sizeof(name));
		free(name);
		free(engines[nengines].path);
	}
}

static void
say(const struct engine_ear *ear, const char *what, const struct pf_err *err)
{
	if (ear != NULL)
		ear->refused(ear->arg, err);
	else
		pf_warn("%s: %s", what, err->msg);
}

void
engine_learn(const struct pf_conf *conf, enum engine_talk talk,
    const struct engine_ear *ear)
{
	const struct pf_err *err;
	const char *dir = conf->bot_engines;
	struct pf_conf usual;
	char **names = NULL, *path;
	size_t i, n = 0;

	forget();
	if (*dir == '\0')
		return;
	pf_conf_default(&usual);
	err = check_owner(dir, true);
	/* Nothing was installed: only where somebody says so it is missed. */
	if (err != NULL && err->class == PF_NOTFOUND &&
	    strcmp(dir, usual.bot_engines) == 0)
		return;
	if (err == NULL)
		err = pf_names(&names, &n, dir);
	if (err != NULL && talk != ENGINE_QUIET)
		say(ear, "no engines besides those built in", err);
	for (i = 0; i < n; i++) {
		if (names[i][0] == '.')
			continue;
		path = pf_asprintf("%s/%s", dir, names[i]);
		err = learn_one(path, names[i]);
		/* That a program is not installed is no fault. */
		if (err != NULL && (talk == ENGINE_VERBOSE ||
		    (talk == ENGINE_FAULTS && err->class != PF_UNAVAIL)))
			say(ear, "not offered", err);
		free(path);
	}
	pf_names_free(names);
}
