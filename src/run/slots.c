/*
 * All slots of a machine: a process each, started, watched and stopped; and
 * the configuration, read again when SIGHUP says so.
 */
#include <sys/prctl.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/clock.h"
#include "os/fs.h"
#include "os/lock.h"
#include "os/stop.h"
#include "run/box/home.h"
#include "run/engine/engine.h"
#include "run/life/progress.h"

#define AGAIN_MS	5000	/* before a slot that died is started anew */
#define LOOK_MS		200
#define LOCK_MS		3000	/* for the lock of one that was killed */
#define LOCK_STEP_MS	50

struct member {
	pid_t	 pid;		/* 0: it does not run */
	int64_t	 again;		/* when it is started anew, 0: never */
};

struct crew {
	const struct options	*opts;
	struct pf_conf		*conf;
	struct board		*board;
	struct screen		*screen;
	struct member		*all;		/* BOARD_SLOTS of them */
	int			 n;		/* are wanted */
	int			 most;		/* ever were */
	int			 worst;		/* status, -1: none yet */
	bool			 alone;		/* slot 0 bears the bare name */
	bool			 terminal;	/* whose end is ours */
	bool			 told;		/* all: to stop */
};

static void
on_child(int sig)
{
	(void)sig;		/* it ends a sleep */
}

static void
say(struct crew *c, int i, const char *state)
{
	struct line l;

	board_blank(&l);
	snprintf(l.state, sizeof(l.state), "%s", state);
	board_put(c->board, i, &l);
}

static const struct pf_err *
start_slot(struct crew *c, int i)
{
	struct sigaction sa = { .sa_handler = SIG_DFL };
	pid_t pid, parent = getpid();

	say(c, i, "starting");
	if ((pid = fork()) == -1)
		return pf_errno("fork");
	c->all[i] = (struct member){ .pid = pid };
	if (i >= c->most)
		c->most = i + 1;
	if (pid != 0)
		return NULL;
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(EX_TEMPFAIL);
	sigaction(SIGCHLD, &sa, NULL);
	screen_leave(c->screen);
	_exit(slot_run(c->opts, c->conf, c->board, i,
	    c->alone && i == 0));
}

/* 0 if any slot ran a job, else the most telling of the others. */
static int
combine(int a, int b)
{
	if (a == -1 || b == EX_OK)
		return b;
	return a == EX_OK || a > b ? a : b;
}

static void
tell_from(struct crew *c, int first)
{
	int i;

	for (i = first; i < c->most; i++) {
		c->all[i].again = 0;
		if (c->all[i].pid > 0)
			(void)kill(c->all[i].pid, SIGTERM);
	}
}

/* True if a slot ended for a reason that passes. */
static bool
accident(int status)
{
	if (WIFSIGNALED(status))
		return true;
	switch (WEXITSTATUS(status)) {
	case EX_OSERR:
	case EX_IOERR:
	case EX_TEMPFAIL:
		return true;
	default:
		return false;
	}
}

/* With -l one that died by accident comes back, while it is wanted. */
static void
ended(struct crew *c, int i, int status)
{
	struct member *m = &c->all[i];

	m->pid = 0;
	if (WIFSIGNALED(status))
		warden_sweep(c->conf->bot_work_directory, i);
	say(c, i, "ended");
	if (i >= c->n)
		heir_take_one(c->conf->bot_work_directory, i);
	if (c->opts->loop && !pf_stopping && i < c->n && accident(status)) {
		pf_warn("slot %d ended with %s %d; starting it anew", i,
		    WIFSIGNALED(status) ? "signal" : "status",
		    WIFSIGNALED(status) ? WTERMSIG(status) :
		    WEXITSTATUS(status));
		m->again = pf_boot_ms() + AGAIN_MS;
		say(c, i, "ended, starts anew");
	} else if (m->again == 0)
		c->worst = combine(c->worst, WIFEXITED(status) ?
		    WEXITSTATUS(status) : EX_SOFTWARE);
}

static void
reap(struct crew *c)
{
	int i, status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		for (i = 0; i < c->most && c->all[i].pid != pid; i++)
			;
		if (i < c->most)
			ended(c, i, status);
	}
}

/* Those whose time has come; true while any runs or will. */
static bool
revive(struct crew *c)
{
	const struct pf_err *err;
	struct member *m;
	bool any = false;
	int i;

	for (i = 0; i < c->most; i++) {
		m = &c->all[i];
		if (m->pid == 0 && m->again != 0 && pf_boot_ms() >= m->again &&
		    (err = start_slot(c, i)) != NULL) {
			pf_warn("slot %d: %s", i, err->msg);
			m->again = pf_boot_ms() + AGAIN_MS;
		}
		if (m->pid != 0 || m->again != 0)
			any = true;
	}
	return any;
}

/* More slots, or fewer: the last ones hand back their jobs and end. */
static void
resize(struct crew *c, int n)
{
	int i;

	if (!c->opts->loop)
		return;		/* each slot has its one job */
	/* Those too that had to end: perhaps it is mended now. */
	for (i = 0; i < n; i++)
		if (i >= c->n || c->all[i].pid == 0)
			c->all[i].again = 1;
	if (n > c->most)
		c->most = n;
	c->n = n;
	tell_from(c, n);
}

/* SIGHUP is also how a terminal says that it goes away. */
static bool
hung_up(const struct crew *c)
{
	int fd;

	if (!c->terminal)
		return false;
	if ((fd = open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC)) == -1)
		return true;
	close(fd);
	return false;
}

/*
 * The configuration and the engines there are now, if a bot could work so;
 * else all stays.  Slots that are started later have these engines, those that
 * run look for themselves.
 */
static const struct pf_err *
read_again(struct crew *c, struct pf_conf *conf)
{
	const struct pf_err *err;

	if ((err = settings_load(conf, c->opts)) != NULL)
		return err;
	if (strcmp(conf->bot_work_directory, c->conf->bot_work_directory) != 0)
		return pf_err(PF_CONFIG, "another work directory takes a new "
		    "start");
	engine_learn(conf, c->opts->verbose ? ENGINE_VERBOSE : ENGINE_FAULTS,
	    NULL);
	if ((err = settings_check(conf)) != NULL)
		engine_learn(c->conf, ENGINE_QUIET, NULL);
	return err;
}

static void
reload(struct crew *c)
{
	const struct pf_err *err;
	struct pf_conf conf;

	pf_reload = 0;
	if (hung_up(c)) {
		pf_stopping = 1;
		return;
	}
	if ((err = read_again(c, &conf)) != NULL) {
		pf_warn("%s; the old configuration stays", err->msg);
		return;
	}
	*c->conf = conf;
	board_publish(c->board, &conf);
	resize(c, (int)conf.bot_slots);
	pf_note("the configuration was read again");
}

static void
watch(struct crew *c)
{
	do {
		if (pf_stopping && !c->told) {
			tell_from(c, 0);
			c->told = true;
		}
		if (pf_reload && !c->told)
			reload(c);
		screen_show(c->screen, c->n, c->conf->bot_progress);
		screen_wait(c->screen, LOOK_MS);
		reap(c);
	} while (revive(c));
}

/* Not if it was started to outlive its terminal, as nohup(1) does. */
static bool
has_terminal(void)
{
	struct sigaction sa;
	int fd;

	if (sigaction(SIGHUP, NULL, &sa) == 0 && sa.sa_handler == SIG_IGN)
		return false;
	if ((fd = open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC)) == -1)
		return false;
	close(fd);
	return true;
}

static void
run_crew(struct crew *c)
{
	const struct pf_err *err = NULL;
	struct sigaction sa = { .sa_handler = on_child };
	int i;

	c->terminal = has_terminal();
	pf_stop_catch();
	pf_reload_catch();
	sigaction(SIGCHLD, &sa, NULL);
	c->board = board_new();
	board_publish(c->board, c->conf);
	c->screen = screen_start(c->opts, c->board);
	c->all = pf_calloc(BOARD_SLOTS, sizeof(*c->all));
	for (i = 0; i < c->n && err == NULL; i++)
		err = start_slot(c, i);
	if (err != NULL) {
		pf_warn("slot %d: %s", i - 1, err->msg);
		c->worst = pf_class_exit(err->class);
		pf_stopping = 1;
	}
	watch(c);
	screen_stop(c->screen);
	board_free(c->board);
	free(c->all);
}

/*
 * Nobody else works here.  Of one that was killed a moment ago a child may
 * still be between fork and exec: that is waited for.
 */
static const struct pf_err *
take_lock(int *lock, const char *dir)
{
	char *path = pf_asprintf("%s/lock", dir);
	const struct pf_err *err;
	int64_t end = pf_boot_ms() + LOCK_MS;

	while ((err = pf_lock(lock, path)) != NULL && err->class == PF_BUSY &&
	    pf_boot_ms() < end)
		pf_sleep_ms(LOCK_STEP_MS);
	free(path);
	return err == NULL || err->class != PF_BUSY ? err :
	    pf_err(PF_BUSY, "%s: another pf-run works here", dir);
}

const struct pf_err *
slots_run(const struct options *o, struct pf_conf *conf, int *status)
{
	const struct pf_err *err;
	struct crew c = { .opts = o, .conf = conf, .worst = -1,
	    .n = (int)conf->bot_slots, .alone = conf->bot_slots == 1 };
	struct home home = { 0 };
	int lock = -1, warden = -1;

	if ((err = pf_mkdirs(conf->bot_work_directory, 0750)) == NULL)
		err = take_lock(&lock, conf->bot_work_directory);
	if (err == NULL && (err = heir_take(conf->bot_work_directory,
	    c.n)) != NULL) {
		pf_warn("%s", err->msg);
		err = NULL;
	}
	/* The warden and the slots are to live there too. */
	if (err == NULL)
		home_take(&home);
	if (err == NULL && (err = warden_start(&warden,
	    conf->bot_work_directory, BOARD_SLOTS)) == NULL) {
		run_crew(&c);
		warden_stop(warden);
	}
	home_leave(&home);
	*status = c.worst == -1 ? EX_OK : c.worst;
	if (lock != -1)
		close(lock);
	return err;
}
