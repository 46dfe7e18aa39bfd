/*
 * pf-reaper: says what has timed out, as op lines; decides nothing.
 *
 * What is overdue is judged by the ticks the database has now, before the
 * tick printed here is counted: something that is due by that one is found
 * by the next run.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "codec/json.h"
#include "os/clock.h"
#include "store/conffile.h"
#include "view/overdue.h"

struct options {
	const char	*conf_path;
	bool		 dry;
};

static const char usage_text[] =
    "usage: pf-reaper [-n] [-c conf]\n"
    "       pf-reaper -h | -V\n";

static void __attribute__((noreturn))
usage(void)
{
	fputs(usage_text, stderr);
	exit(EX_USAGE);
}

static void
parse(struct options *o, int argc, char *argv[])
{
	int ch;

	while ((ch = getopt(argc, argv, "Vc:hn")) != -1)
		switch (ch) {
		case 'V':
			printf("pf-reaper %s\n", PF_VERSION);
			exit(pf_exit(NULL));
		case 'c':
			o->conf_path = optarg;
			break;
		case 'h':
			fputs(usage_text, stdout);
			exit(pf_exit(NULL));
		case 'n':
			o->dry = true;
			break;
		default:
			usage();
		}
	if (optind != argc)
		usage();
}

static void
print_line(struct pf_buf *b)
{
	pf_jw_close(b, '}');
	puts(b->data);
	pf_buf_free(b);
}

static void
open_line(struct pf_buf *b, const char *op)
{
	pf_jw_open(b, NULL, '{');
	pf_jw_int(b, "v", 1);
	pf_jw_str(b, "op", op);
}

/* Called for each thing that is overdue. */
static void
expire(void *arg, const struct pf_overdue *o)
{
	struct pf_buf b = PF_BUF_INIT;

	(void)arg;
	open_line(&b, "expire");
	pf_jw_str(&b, "what", o->what);
	if (strcmp(o->what, "upload") == 0) {
		pf_jw_str(&b, "job", o->job);
		print_line(&b);
		return;
	}
	if (*o->job != '\0') {
		pf_jw_str(&b, "job", o->job);
		pf_jw_int(&b, "epoch", o->epoch);
		pf_jw_int(&b, "attempt", o->attempt);
	}
	pf_jw_str(&b, "bot", o->bot);
	pf_jw_int(&b, "lease_tick", o->lease_tick);
	pf_jw_int(&b, "tick", o->tick);
	print_line(&b);
}

static void
say(void *arg, const struct pf_overdue *o)
{
	int64_t silent = o->tick - o->lease_tick;

	(void)arg;
	if (strcmp(o->what, "lease") == 0)
		printf("job %s (%s) would be taken from bot %s (%s), silent "
		    "for %" PRId64 " ticks\n", o->job, o->job_name, o->bot,
		    o->bot_name, silent);
	else if (strcmp(o->what, "upload") == 0)
		printf("job %s (%s) would fail: its files never came\n",
		    o->job, o->job_name);
	else if (strcmp(o->what, "job") == 0)
		printf("job %s (%s) on bot %s (%s) would time out: over its "
		    "duration and grace\n", o->job, o->job_name, o->bot,
		    o->bot_name);
	else
		printf("bot %s (%s) would time out, silent for %" PRId64
		    " ticks\n", o->bot, o->bot_name, silent);
}

/*
 * The tick that is due.  After a boot there is nothing but that: the writer
 * then renews every lease, so nothing is overdue.
 */
static void
tick(const struct pf_clock *c, const char *boot, int64_t now, bool dry)
{
	struct pf_buf b = PF_BUF_INIT;

	if (dry && strcmp(boot, c->boot) == 0 && now >= c->boot_ms)
		printf("tick %" PRId64 " would be counted\n", c->tick + 1);
	else if (dry)
		puts("a new boot would be noted, and every lease renewed");
	if (dry)
		return;
	open_line(&b, "tick");
	pf_jw_str(&b, "boot", boot);
	pf_jw_int(&b, "boot_ms", now);
	pf_jw_int(&b, "prev", c->tick);
	print_line(&b);
}

static void
archive(const char *job)
{
	struct pf_buf b = PF_BUF_INIT;

	open_line(&b, "archive");
	pf_jw_str(&b, "job", job);
	print_line(&b);
}

static void
say_archive(const char *job)
{
	printf("job %s would be archived\n", job);
}

/* What is past its retention, by the clock that cannot jump (op tick). */
static const struct pf_err *
sweep(struct pf_db *db, const struct pf_conf *conf, const struct pf_clock *c,
    bool dry)
{
	const struct pf_err *err;
	struct pf_buf b = PF_BUF_INIT;
	int64_t now = pf_wall_ms();
	bool old = false;

	if (now > c->trusted)
		now = c->trusted;
	if ((err = pf_overdue_old(db, conf, now, &old,
	    dry ? say_archive : archive)) != NULL ||
	    (err = pf_overdue_uploads(db, conf, now, dry ? say : expire,
	    NULL)) != NULL || !old)
		return err;
	if (dry) {
		puts("old events and reports would be deleted");
		return NULL;
	}
	open_line(&b, "sweep");
	print_line(&b);
	return NULL;
}

static const struct pf_err *
reap(struct pf_db *db, const struct pf_conf *conf, bool dry)
{
	const struct pf_err *err;
	struct pf_clock c;
	char boot[PF_BOOT_ID];
	int64_t now;

	if ((err = pf_clock_get(&c, db)) != NULL ||
	    (err = pf_boot_id(boot)) != NULL)
		return err;
	/* After that: the writer's own time of the last tick is over. */
	now = pf_boot_ms();
	if (strcmp(boot, c.boot) != 0 || now < c.boot_ms) {
		tick(&c, boot, now, dry);
		return NULL;
	}
	if (now - c.boot_ms >= conf->tick)
		tick(&c, boot, now, dry);
	if ((err = pf_overdue(db, conf, &c, dry ? say : expire, NULL)) !=
	    NULL)
		return err;
	return sweep(db, conf, &c, dry);
}

int
main(int argc, char *argv[])
{
	const struct pf_err *err;
	struct options o = { 0 };
	struct pf_db *db = NULL;
	struct pf_conf conf;

	pf_prog = "pf-reaper";
	parse(&o, argc, argv);
	if ((err = pf_conf_load(&conf, o.conf_path, NULL)) == NULL &&
	    (err = pf_db_open_conf(&db, &conf)) == NULL)
		err = reap(db, &conf, o.dry);
	pf_db_close(db);
	return pf_exit(err);
}
