/*
 * The work directory: whose it is, whether it can be written and how fast,
 * and what waits in it that no slot delivers.
 */
#include <sys/stat.h>

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/num.h"
#include "os/clock.h"
#include "os/fs.h"
#include "os/lock.h"
#include "run/doctor/doctor.h"
#include "store/spool.h"

#define TRIAL_BYTES	(4 << 20)
#define SLOW_MS		1000	/* for the trial; a plain disk takes 50 */
#define STATE_MAX	4096

/* The part of a path that is there. */
static char *
existing(const char *path)
{
	char *p = pf_strdup(path), *slash;

	while (!pf_exists(p) && (slash = strrchr(p, '/')) != NULL &&
	    slash != p)
		*slash = '\0';
	if (!pf_exists(p))
		p[1] = '\0';	/* "/x" */
	return p;
}

static void
look_lock(struct doctor *d, const char *dir)
{
	const struct pf_err *err = NULL;
	char *path = pf_asprintf("%s/lock", dir);
	int fd = -1;

	/* Where none was there is nobody, and none is made. */
	if (pf_exists(path))
		err = pf_lock(&fd, path);
	if (fd != -1)
		close(fd);
	if (err != NULL && err->class == PF_BUSY)
		doctor_ok(d, "work directory", "a pf-run works here now");
	else if (err != NULL)
		doctor_fail(d, EX_CONFIG, "work directory", err->msg,
		    "give the files in it to this user");
	else
		doctor_ok(d, "work directory", dir);
	free(path);
}

/* Writes, syncs and removes a file of some size; NULL if it could. */
static const struct pf_err *
trial(const char *dir, int64_t *ms)
{
	const struct pf_err *err;
	char *path = pf_asprintf("%s/doctor-trial", dir);
	char *bytes = pf_calloc(1, TRIAL_BYTES);
	int64_t start = pf_boot_ms();

	/* Not zeros: some file systems keep none of those. */
	memset(bytes, 0x5a, TRIAL_BYTES);
	err = pf_file_put(path, NULL, bytes, TRIAL_BYTES, 0640);
	*ms = pf_boot_ms() - start;
	(void)unlink(path);
	free(bytes);
	free(path);
	return err;
}

static void
look_speed(struct doctor *d, const char *dir)
{
	const struct pf_err *err;
	char text[128];
	int64_t ms;

	if ((err = trial(dir, &ms)) != NULL) {
		doctor_fail(d, err->class == PF_FULL ? EX_TEMPFAIL :
		    EX_CONFIG, "disk speed", err->msg, err->class == PF_FULL ?
		    "make room" : "give the work directory to this user");
		return;
	}
	snprintf(text, sizeof(text), "4 MiB written and synced in %" PRId64
	    " ms", ms);
	if (ms > SLOW_MS)
		doctor_warn(d, "disk speed", text, "another disk, or tmpfs if "
		    "results may be lost with the machine");
	else
		doctor_ok(d, "disk speed", text);
}

static void
look_space(struct doctor *d, const char *dir)
{
	const struct pf_err *err;
	int64_t bytes, inodes, need = d->conf->bot_slots * d->conf->bot_disk;
	char text[128];

	if ((err = pf_disk_free(&bytes, &inodes, dir)) != NULL) {
		doctor_fail(d, EX_CONFIG, "disk space", err->msg,
		    "mend the path or its file system");
		return;
	}
	snprintf(text, sizeof(text), "%" PRId64 " MiB and %" PRId64 " files "
	    "free", bytes >> 20, inodes);
	if (bytes < d->conf->disk_min_free || inodes <
	    d->conf->inodes_min_free)
		doctor_fail(d, EX_TEMPFAIL, "disk space", text, "make room, "
		    "or lower disk_min_free and inodes_min_free in [limits]");
	else if (bytes < need)
		doctor_warn(d, "disk space", text, "each slot may use disk in "
		    "[bot]: lower that, or fewer slots");
	else
		doctor_ok(d, "disk space", text);
}

/* The master a slot has written down; "" if none. */
static void
read_master(struct doctor *d, const char *slot)
{
	char *path = pf_asprintf("%s/%s/bot.json",
	    d->conf->bot_work_directory, slot);
	struct pf_buf b = PF_BUF_INIT;
	struct pf_json *j = NULL;
	const char *id = "";

	if (d->master[0] == '\0' &&
	    pf_slurp(&b, path, STATE_MAX) == NULL &&
	    pf_json_parse(&j, b.data, b.len) == NULL &&
	    pf_json_str(&id, j, "master") == NULL && pf_id_ok(id))
		snprintf(d->master, sizeof(d->master), "%s", id);
	pf_json_free(j);
	pf_buf_free(&b);
	free(path);
}

/* Results that no slot sends, for there is none of that number now. */
static void
look_slot(struct doctor *d, const char *slot)
{
	char *outbox = pf_asprintf("%s/%s/outbox",
	    d->conf->bot_work_directory, slot), text[128];
	int64_t number, packs = 0, bytes, bad = 0, dropped = 0;

	if (!pf_num(&number, slot + 5, 0, BOARD_SLOTS - 1) ||
	    pf_spool_depth(outbox, &packs, &bytes, &bad) != NULL)
		packs = bad = 0;
	else if (pf_spool_dropped(outbox, &dropped, &bytes) == NULL)
		bad += dropped;
	free(outbox);
	snprintf(text, sizeof(text), "%" PRId64 " packs wait, %" PRId64
	    " results were refused", packs, bad);
	if (bad > 0)
		doctor_warn(d, slot, text, "see what is in its outbox/bad");
	else if (packs > 0)
		doctor_ok(d, slot, text);
}

static void
look_slots(struct doctor *d)
{
	char **names = NULL;
	size_t i, n = 0;

	if (pf_names(&names, &n, d->conf->bot_work_directory) != NULL)
		return;
	for (i = 0; i < n; i++)
		if (strncmp(names[i], "slot-", 5) == 0) {
			read_master(d, names[i]);
			look_slot(d, names[i]);
		}
	pf_names_free(names);
}

void
doctor_workdir(struct doctor *d)
{
	const char *dir = d->conf->bot_work_directory;
	char *there = existing(dir);
	struct stat st;
	bool is_dir = stat(there, &st) == 0 && S_ISDIR(st.st_mode);

	if (!is_dir || access(there, R_OK | W_OK | X_OK) == -1)
		doctor_fail(d, EX_CONFIG, "work directory", there, !is_dir ?
		    "it is no directory: work_directory in [bot], or -w" :
		    "this user may not write there: give it to him, or "
		    "another one by -w");
	else if (strcmp(there, dir) != 0)
		doctor_ok(d, "work directory", "it will be made");
	else {
		look_lock(d, dir);
		look_speed(d, dir);
		look_slots(d);
	}
	if (is_dir)
		look_space(d, there);
	free(there);
}
