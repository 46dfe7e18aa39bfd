/*
 * pf-report: every number and list of the master, read-only.
 */
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/num.h"
#include "report/report.h"
#include "store/conffile.h"
#include "view/crashes.h"
#include "view/detail.h"
#include "view/find.h"
#include "view/found.h"

static const char usage_text[] =
    "usage: pf-report [-Hj] [-c conf] [-n max] jobs [-C campaign] [-e engine] "
    "[-s status]\n"
    "       pf-report [-Hj] [-c conf] job id\n"
    "       pf-report [-Hj] [-c conf] [-n max] archive\n"
    "       pf-report [-Hj] [-c conf] [-n max] campaigns\n"
    "       pf-report [-Hj] [-c conf] campaign name\n"
    "       pf-report [-j] [-c conf] explain job | bot | crash id\n"
    "       pf-report [-Hj] [-c conf] [-n max] bots [-s status]\n"
    "       pf-report [-Hj] [-c conf] [-n max] crashes [-b bucket]\n"
    "                 [-C campaign] [-J job] [-t type]\n"
    "       pf-report [-c conf] [-n max] crashes -o junit | sarif [-b bucket]\n"
    "                 [-C campaign] [-d directory] [-J job] [-t type]\n"
    "       pf-report [-Hj] [-c conf] crash [-x] id\n"
    "       pf-report [-Hj] [-c conf] [-n max] builds campaign\n"
    "       pf-report [-Hj] [-c conf] regressions [-C campaign] [-b build]\n"
    "       pf-report [-c conf] bundle [-T] [-o file] id\n"
    "       pf-report [-Hj] [-c conf] [-n max] buckets [-C campaign]\n"
    "       pf-report [-Hj] [-c conf] [-n max] leaks [-C campaign]\n"
    "       pf-report [-Hj] [-c conf] [-n max] rebucket rules\n"
    "       pf-report [-j] [-c conf] rules\n"
    "       pf-report [-Hj] [-c conf] [-n max] coverage [job]\n"
    "       pf-report [-Hj] [-c conf] [-n max] corpus [job]\n"
    "       pf-report [-c conf] log [-f] job\n"
    "       pf-report [-c conf] metrics\n"
    "       pf-report [-Hj] [-c conf] status\n"
    "       pf-report [-Hj] [-c conf] [-n max] events [-f]\n"
    "       pf-report [-Hj] [-c conf] [-n max] timeouts\n"
    "       pf-report [-Hj] [-c conf] config\n"
    "       pf-report [-Hj] [-c conf] totals name\n"
    "       pf-report -h | -V\n";

static void __attribute__((noreturn))
usage(void)
{
	fputs(usage_text, stderr);
	exit(EX_USAGE);
}

static const struct pf_err *
report_jobs(struct report *r, const char *arg)
{
	const struct pf_err *err;
	struct pf_page p = { 0 };

	(void)arg;
	if (r->pick.status == NULL && r->pick.fuzzer == NULL &&
	    r->pick.campaign == NULL)
		return pf_show_list(&r->show, &pf_view_jobs, NULL, NULL);
	if ((err = pf_pick_jobs(&r->pick, &p, r->show.db)) != NULL)
		return err;
	return pf_show_page(&r->show, r->pick.walk, &p);
}

static const struct pf_err *
report_buckets(struct report *r, const char *arg)
{
	const struct pf_err *err;
	struct pf_page p = { 0 };
	char id[PF_ID_MAX + 1];

	(void)arg;
	if (r->pick.campaign == NULL)
		return pf_show_list(&r->show, &pf_view_buckets, NULL, NULL);
	if ((err = pf_find_campaign(id, r->show.db, r->pick.campaign)) != NULL)
		return err;
	p.want[0] = id;
	return pf_show_page(&r->show, &pf_walk_buckets, &p);
}

static const struct pf_err *
report_bots(struct report *r, const char *arg)
{
	const struct pf_err *err;
	struct pf_page p = { 0 };

	(void)arg;
	if (r->pick.status == NULL)
		return pf_show_list(&r->show, &pf_view_bots, NULL, NULL);
	if ((err = pf_pick_bots(&r->pick, &p, r->show.db)) != NULL)
		return err;
	return pf_show_page(&r->show, r->pick.walk, &p);
}

/* A job with its files and leases, as one object. */
static const struct pf_err *
job_json(struct report *r, const char *id)
{
	const struct pf_err *err;
	struct pf_buf b = PF_BUF_INIT;
	bool found;

	pf_jw_open(&b, NULL, '{');
	err = pf_detail_job(&b, &found, r->show.db, id, PF_VIEW_ALL);
	pf_jw_close(&b, '}');
	pf_buf_addc(&b, '\n');
	if (err == NULL && found)
		pf_show_flush(&r->show, &b);
	pf_buf_free(&b);
	return err;
}

static const struct pf_err *
report_job(struct report *r, const char *arg)
{
	const struct pf_err *err;
	char id[PF_ID_MAX + 1];

	if ((err = pf_find_job(id, r->show.db, arg)) != NULL)
		return err;
	if (r->show.format == PF_FORMAT_JSON)
		return job_json(r, id);
	if ((err = pf_show_record(&r->show, &pf_view_jobs, id)) != NULL ||
	    r->show.format != PF_FORMAT_ALIGNED)
		return err;
	putchar('\n');
	if ((err = pf_show_list(&r->show, &pf_view_blobs, id, NULL)) != NULL)
		return err;
	putchar('\n');
	return pf_show_list(&r->show, &pf_view_assignments, id, NULL);
}

/* A list of which a job may be asked for. */
static const struct pf_err *
of_job(struct report *r, const struct pf_view *all, const struct pf_view *one,
    const char *job)
{
	const struct pf_err *err;
	char id[PF_ID_MAX + 1];

	if (job == NULL)
		return pf_show_list(&r->show, all, NULL, NULL);
	if ((err = pf_find_job(id, r->show.db, job)) != NULL)
		return err;
	return pf_show_list(&r->show, one, id, NULL);
}

static const struct pf_err *
report_archive(struct report *r, const char *arg)
{
	(void)arg;
	return pf_show_list(&r->show, &pf_view_archive, NULL, NULL);
}

static const struct pf_err *
report_timeouts(struct report *r, const char *arg)
{
	(void)arg;
	return pf_show_list(&r->show, &pf_view_timeouts, NULL, NULL);
}

static const struct pf_err *
report_campaigns(struct report *r, const char *arg)
{
	(void)arg;
	return pf_show_list(&r->show, &pf_view_campaigns, NULL, NULL);
}

static const struct pf_err *
report_campaign(struct report *r, const char *arg)
{
	const struct pf_err *err;
	char id[PF_ID_MAX + 1];

	if ((err = pf_find_campaign(id, r->show.db, arg)) != NULL ||
	    (err = pf_show_record(&r->show, &pf_view_campaigns, id)) !=
	    NULL || r->show.format == PF_FORMAT_JSON)
		return err;
	putchar('\n');
	return pf_show_list(&r->show, &pf_view_campaign_jobs, id, NULL);
}

static const struct pf_err *
report_builds(struct report *r, const char *arg)
{
	const struct pf_err *err;
	char id[PF_ID_MAX + 1];

	if ((err = pf_find_campaign(id, r->show.db, arg)) != NULL)
		return err;
	return pf_show_list(&r->show, &pf_view_builds, id, NULL);
}

static const struct pf_err *
report_totals(struct report *r, const char *arg)
{
	const struct pf_err *err;
	char id[PF_ID_MAX + 1];

	if ((err = pf_find_campaign(id, r->show.db, arg)) != NULL)
		return err;
	return pf_show_record(&r->show, &pf_view_campaign_stats, id);
}

/* Buckets, in a form that other programs take. */
static const struct pf_err *
report_found(struct report *r)
{
	const struct pf_err *err, *end;
	struct pf_bugs k = { .campaign = r->pick.campaign, .job = r->job,
	    .bucket = r->bucket, .type = r->type, .max = r->show.max };
	bool sarif = strcmp(r->out, "sarif") == 0;

	if (!sarif && strcmp(r->out, "junit") != 0) {
		pf_note("crashes -o %s: neither junit nor sarif", r->out);
		usage();
	}
	if (r->show.format == PF_FORMAT_JSON)
		usage();
	if ((err = pf_bugs_begin(&k, r->show.db)) == NULL)
		err = (sarif ? pf_found_sarif : pf_found_junit)(stdout, &k,
		    r->conf.storage_path, r->root);
	end = pf_bugs_end(&k);
	return err != NULL ? err : end;
}

static const struct pf_err *
report_crashes(struct report *r, const char *arg)
{
	const struct pf_err *err;
	struct pf_crash_pick k = { .campaign = r->pick.campaign,
	    .bucket = r->bucket, .type = r->type };
	struct pf_page p = { 0 };
	char job[PF_ID_MAX + 1];

	(void)arg;
	if (r->out != NULL)
		return report_found(r);
	if (r->root != NULL)
		usage();
	if (r->job == NULL && k.campaign == NULL && k.bucket == NULL &&
	    k.type == NULL)
		return pf_show_list(&r->show, &pf_view_crashes, NULL, NULL);
	if (r->job != NULL) {
		if ((err = pf_find_job(job, r->show.db, r->job)) != NULL)
			return err;
		k.job = job;
	}
	if ((err = pf_pick_crashes(&k, &p, r->show.db)) != NULL)
		return err;
	return pf_show_page(&r->show, k.walk, &p);
}

static const struct pf_err *
report_coverage(struct report *r, const char *arg)
{
	return of_job(r, &pf_view_coverage, &pf_view_coverage, arg);
}

static const struct pf_err *
report_corpus(struct report *r, const char *arg)
{
	return of_job(r, &pf_view_corpora, &pf_view_corpus, arg);
}

/* True when whoever reads our output has gone. */
bool
reader_gone(void)
{
	struct pollfd p = { .fd = STDOUT_FILENO, .events = 0 };

	return ferror(stdout) || (poll(&p, 1, 0) == 1 &&
	    (p.revents & (POLLERR | POLLNVAL)) != 0);
}

static const struct command {
	const char		*name;
	const char		*flags;		/* of its own */
	int			 min, max;	/* arguments */
	bool			 db;
	const struct pf_err	*(*run)(struct report *, const char *);
} commands[] = {
	{ "archive",	"",	0, 0, true,	report_archive },
	{ "bots",	"s",	0, 0, true,	report_bots },
	{ "buckets",	"C",	0, 0, true,	report_buckets },
	{ "builds",	"",	1, 1, true,	report_builds },
	{ "bundle",	"To",	1, 1, true,	report_bundle },
	{ "campaign",	"",	1, 1, true,	report_campaign },
	{ "campaigns",	"",	0, 0, true,	report_campaigns },
	{ "config",	"",	0, 0, false,	report_config },
	{ "corpus",	"",	0, 1, true,	report_corpus },
	{ "coverage",	"",	0, 1, true,	report_coverage },
	{ "crash",	"x",	1, 1, true,	report_crash },
	{ "crashes",	"CJbdot",	0, 0, true,	report_crashes },
	{ "events",	"f",	0, 0, true,	report_events },
	{ "explain",	"",	2, 2, true,	report_explain },
	{ "job",	"",	1, 1, true,	report_job },
	{ "jobs",	"Ces",	0, 0, true,	report_jobs },
	{ "leaks",	"C",	0, 0, true,	report_leaks },
	{ "log",	"f",	1, 1, true,	report_log },
	{ "metrics",	"",	0, 0, false,	report_metrics },
	{ "rebucket",	"",	1, 1, true,	report_rebucket },
	{ "regressions", "Cb",	0, 0, true,	report_regressions },
	{ "rules",	"",	0, 0, true,	report_rules },
	{ "status",	"",	0, 0, true,	report_status },
	{ "timeouts",	"",	0, 0, true,	report_timeouts },
	{ "totals",	"",	1, 1, true,	report_totals },
};

#define NCOMMANDS	(sizeof(commands) / sizeof(commands[0]))

static void
parse(struct report *r, int argc, char *argv[])
{
	int ch;

	while ((ch = getopt(argc, argv, "+HVc:hjn:")) != -1)
		switch (ch) {
		case 'H':
			r->show.header = true;
			break;
		case 'V':
			printf("pf-report %s\n", PF_VERSION);
			exit(pf_exit(NULL));
		case 'c':
			r->conf_path = optarg;
			break;
		case 'h':
			fputs(usage_text, stdout);
			exit(pf_exit(NULL));
		case 'j':
			r->show.format = PF_FORMAT_JSON;
			break;
		case 'n':
			if (pf_num(&r->show.max, optarg, 1, INT64_MAX))
				break;
			pf_note("-n %s: not a number of rows", optarg);
			usage();
		default:
			usage();
		}
}

/* The options of a command; leaves optind at its arguments. */
static void
parse_own(struct report *r, const char *flags, int argc, char *argv[])
{
	static char name[64];
	int ch;

	/* Complaints about them shall begin with both words. */
	snprintf(name, sizeof(name), "%s %s", pf_prog, argv[0]);
	argv[0] = name;
	optind = 0;
	while ((ch = getopt(argc, argv, "+C:J:Tb:d:e:fo:s:t:x")) != -1) {
		if (strchr(flags, ch) == NULL)
			usage();
		switch (ch) {
		case 'C':
			r->pick.campaign = optarg;
			break;
		case 'J':
			r->job = optarg;
			break;
		case 'T':
			r->target = true;
			break;
		case 'b':
			r->bucket = optarg;
			break;
		case 'd':
			r->root = optarg;
			break;
		case 'e':
			r->pick.fuzzer = optarg;
			break;
		case 'f':
			r->follow = true;
			break;
		case 'o':
			r->out = optarg;
			break;
		case 's':
			r->pick.status = optarg;
			break;
		case 't':
			r->type = optarg;
			break;
		case 'x':
			r->script = true;
			break;
		default:
			usage();
		}
	}
}

int
main(int argc, char *argv[])
{
	const struct pf_err *err;
	struct report r = { .show = { .f = stdout, .max = PF_VIEW_ALL } };
	const struct command *c;

	pf_prog = "pf-report";
	r.show.format = isatty(STDOUT_FILENO) ? PF_FORMAT_ALIGNED :
	    PF_FORMAT_TSV;
	parse(&r, argc, argv);
	argc -= optind;
	argv += optind;
	if (argc < 1)
		usage();
	for (c = commands; c < commands + NCOMMANDS; c++)
		if (strcmp(c->name, argv[0]) == 0)
			break;
	if (c == commands + NCOMMANDS)
		usage();
	parse_own(&r, c->flags, argc, argv);
	if (argc - optind < c->min || argc - optind > c->max)
		usage();
	r.lines = pf_calloc(pf_conf_count(), sizeof(*r.lines));
	if ((err = pf_conf_load(&r.conf, r.conf_path, r.lines)) == NULL &&
	    c->db)
		err = pf_db_open_conf(&r.show.db, &r.conf);
	if (err == NULL)
		r.rest = argv + optind;
	if (err == NULL)
		err = c->run(&r, argv[optind]);
	pf_db_close(r.show.db);
	free(r.lines);
	return pf_exit(err);
}
