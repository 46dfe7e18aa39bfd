/*
 * What a job takes while it runs: disk, memory where no control group counts
 * it, the engine's log; and whether it met its limits.
 */
#include <sys/stat.h>

#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "codec/elfscan.h"
#include "os/clock.h"
#include "os/fs.h"
#include "run/box/room.h"

#define EVERY_MS	30000	/* between two looks at a quiet disk */
#define SHARE		200	/* a look takes one of so many parts of time */
#define LOG_MAX		(96 << 20)	/* then it is begun anew */
#define MEMORY_MS	500	/* between two looks at memory */
#define ALARM_MS	50	/* for one that is to be told in time */
#define REAP_MS		10	/* for others to end too */
#define ENGINE_BYTES	(INT64_C(128) << 20)	/* for an engine, */
#define WATCH_BYTES	(INT64_C(512) << 20)	/* for one that watches */
#define RSS_LIMIT	(INT64_C(2048) << 20)	/* libFuzzer's own */
#define PIDS_LEAST	256
#define PIDS_A_CPU	16

/*
 * All the job may have; without a limit of its own its part of the machine.
 * libFuzzer looks once a second, and is to tell of an input before the kernel
 * ends it without a word.
 */
static int64_t
wall(const struct fuzz *f)
{
	int64_t all = (int64_t)sysconf(_SC_PHYS_PAGES) *
	    sysconf(_SC_PAGESIZE);
	int64_t share = all / 10 * 9 / f->slot->conf->bot_slots;
	int64_t want = f->job->memory + f->job->memory / 4 + ENGINE_BYTES;

	if (strcmp(f->job->engine, "libfuzzer") == 0)
		want = f->job->memory * 2 + WATCH_BYTES;
	return f->job->memory > 0 && want < share ? want : share;
}

int64_t
box_rss_limit(const struct fuzz *f)
{
	int64_t all = f->slot->box->memory, own = f->job->memory;

	if (own == 0)
		own = RSS_LIMIT;
	return own < all ? own + (all - own) / 3 : all - all / 8;
}

void
watch_begin(struct fuzz *f)
{
	struct box *box = f->slot->box;
	const struct pf_err *err;
	int64_t pids = sysconf(_SC_NPROCESSORS_ONLN) * PIDS_A_CPU;

	box->memory = wall(f);
	box->poll_memory = !groups_limit_memory(&box->groups);
	box->killed = box->killed_asked = box->refused = 0;
	box->used = box->free_then = (struct used){ 0 };
	box->look_at = box->memory_at = 0;
	box->told = false;
	box->alarm = 0;
	box->alarmed = 0;
	groups_met(&box->groups, &box->killed_before, &box->refused_before);
	if (pids < PIDS_LEAST)
		pids = PIDS_LEAST;
	err = groups_set(&box->groups, box->memory, pids);
	if (err != NULL) {
		pf_warn("%s: %s", f->slot->name, err->msg);
		box->poll_memory = true;
	}
}

static void
give_up(struct fuzz *f, const char *why)
{
	f->over = f->condemned = true;
	f->result = "failed";
	snprintf(f->message, sizeof(f->message), "the job's directory: %.400s",
	    why);
}

/*
 * The file system is asked each time, which costs next to nothing; the
 * directory is walked when so much of it has gone that the job may be the
 * one who took it, or seldom.
 */
static void
look_disk(struct fuzz *f, int64_t now)
{
	const struct pf_err *err;
	struct box *box = f->slot->box;
	struct used left = { 0 };
	int64_t max = f->slot->conf->bot_disk, began, took;

	if (pf_disk_free(&left.bytes, &left.files, f->dir) != NULL)
		return;
	if (now < box->look_at &&
	    box->free_then.bytes - left.bytes < (max - box->used.bytes) / 2 &&
	    box->free_then.files - left.files <
	    (usage_files(max) - box->used.files) / 2 + 1)
		return;
	began = pf_boot_ms();
	err = usage(&box->used, f->dir, max);
	took = pf_boot_ms() - began;
	box->free_then = left;
	box->look_at = now + (took * SHARE > EVERY_MS ? took * SHARE :
	    EVERY_MS);
	if (err != NULL && err->class == PF_FULL)
		give_up(f, err->msg);
}

/* A target that prints must not fill the disk. */
static void
look_log(struct fuzz *f)
{
	struct stat st;

	if (lstat(f->log, &st) == 0 && S_ISREG(st.st_mode) &&
	    st.st_size > LOG_MAX && truncate(f->log, 0) == -1)
		pf_warn("%s: %s", f->slot->name, pf_errno("%s", f->log)->msg);
}

static void
look_limits(struct fuzz *f)
{
	struct box *box = f->slot->box;
	int64_t killed, refused;

	groups_met(&box->groups, &killed, &refused);
	box->refused = refused - box->refused_before;
	if (!box->poll_memory)
		box->killed = killed - box->killed_before;
	if (box->told || (box->killed == 0 && box->refused == 0))
		return;
	box->told = true;
	if (box->killed > 0)
		pf_warn("%s: the target needs more memory than %" PRId64
		    " MiB", f->slot->name, box->memory >> 20);
	else
		pf_warn("%s: the target starts more processes than it may",
		    f->slot->name);
}

int64_t
box_killed(const struct fuzz *f)
{
	const struct box *box = f->slot->box;

	return box->poll_memory ? box->killed : 0;
}

bool
box_starved(struct fuzz *f)
{
	struct box *box = f->slot->box;
	int64_t before = box->killed_asked;

	look_limits(f);
	box->killed_asked = box->killed;
	return box->killed > before;
}

void
box_poll(struct fuzz *f)
{
	if (f->over)
		return;
	look_limits(f);
	look_log(f);
	look_disk(f, pf_boot_ms());
}

/* Does what the kernel does with a control group. */
static void
look_memory(struct fuzz *f)
{
	struct box *box = f->slot->box;
	pid_t most;

	if (pf_proc_memory(&most, box->memory) <= box->memory || most == 0)
		return;
	(void)kill(most, SIGKILL);
	box->killed++;
}

void
box_alarm(struct fuzz *f, pid_t pid, int64_t bytes)
{
	struct box *box = f->slot->box;

	box->alarm = pid;
	box->alarm_bytes = bytes;
	box->alarmed = 0;
}

int64_t
box_alarmed(const struct fuzz *f)
{
	return f->slot->box->alarmed;
}

static void
look_alarm(struct box *box)
{
	pid_t self = boxed_self(box, box->alarm);
	int64_t bytes = self == 0 ? 0 : pf_proc_bytes(self);

	if (bytes <= box->alarm_bytes)
		return;
	box->alarm = 0;
	box->alarmed = bytes;
	pf_proc_signal_aside(self, SIGABRT);
}

/* Sleeps, until a process ends: many that nobody waits for would be as many
 * that a job may not start. */
static void
doze(struct box *box, int64_t ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000 };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	if (sigtimedwait(&set, NULL, &ts) == SIGCHLD)
		pf_sleep_ms(ms < REAP_MS ? ms : REAP_MS);
	boxed_reap(box);
}

void
box_nap(struct fuzz *f, int64_t ms)
{
	struct box *box = f->slot->box;
	int64_t now = pf_boot_ms(), end = now + ms, left;
	bool poll = box->poll_memory;

	for (; now < end; now = pf_boot_ms()) {
		if (poll && now >= box->memory_at) {
			look_memory(f);
			box->memory_at = (now = pf_boot_ms()) + MEMORY_MS;
		}
		if (box->alarm != 0)
			look_alarm(box);
		left = (poll && box->memory_at < end ? box->memory_at : end) -
		    now;
		if (box->alarm != 0 && left > ALARM_MS)
			left = ALARM_MS;
		if (left > 0)
			doze(box, left);
	}
}

/* The shadow of a sanitizer leaves no room to a limit of address space. */
int64_t
box_engine_memory(const struct fuzz *f)
{
	if (!f->slot->box->poll_memory || f->job->memory == 0 ||
	    (f->built & PF_BUILT_SHADOW) != 0)
		return 0;
	return f->job->memory;
}

static void
add_words(struct pf_buf *b, const char *first, const char *next)
{
	pf_buf_adds(b, b->len == 0 ? first : next);
}

void
box_verdict(struct fuzz *f, char *message, size_t n)
{
	const struct box *box = f->slot->box;
	struct pf_buf b = PF_BUF_INIT;
	size_t i, k = strlen(message);
	int any = 0;

	look_limits(f);
	if (box->killed > 0)
		pf_buf_addf(&b, "limits met: memory (%" PRId64 " processes "
		    "ended at %" PRId64 " MiB in all)", box->killed,
		    box->memory >> 20);
	if (box->refused > 0) {
		add_words(&b, "limits met: ", ", ");
		pf_buf_addf(&b, "processes (%" PRId64 " not started)",
		    box->refused);
	}
	for (i = 0; i < BOX_LAYERS; i++) {
		if (box->can[i].have && (!box->none || i != BOX_NAMES))
			continue;
		if (any++ == 0)
			add_words(&b, "isolation without: ",
			    "; isolation without: ");
		pf_buf_addf(&b, "%s%s", any > 1 ? ", " : "",
		    box->can[i].name);
	}
	if (b.len > 0 && k < n)
		snprintf(message + k, n - k, "%s%s", k > 0 ? "; " : "",
		    b.data);
	pf_buf_free(&b);
}
