/*
 * pf-run - runs fuzzing jobs on a bot.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/num.h"
#include "run/engine.h"
#include "store/conffile.h"

static const char usage_text[] =
    "usage: pf-run [-lnqv] [-c conf] [-j slots] [-m master_url] [-w workdir]\n"
    "       pf-run -h | -V\n";

static void __attribute__((noreturn))
usage(void)
{
	fputs(usage_text, stderr);
	exit(EX_USAGE);
}

/* Options that stand for a key of the configuration, NULL if not given. */
struct given {
	const char	*slots, *master, *workdir;
};

static void
parse(struct options *o, struct given *g, int argc, char *argv[])
{
	int ch;

	while ((ch = getopt(argc, argv, "Vc:hj:lm:nqvw:")) != -1)
		switch (ch) {
		case 'V':
			printf("pf-run %s\n", PF_VERSION);
			exit(pf_exit(NULL));
		case 'c':
			o->conf_path = optarg;
			break;
		case 'h':
			fputs(usage_text, stdout);
			exit(pf_exit(NULL));
		case 'j':
			g->slots = optarg;
			break;
		case 'l':
			o->loop = true;
			break;
		case 'm':
			g->master = optarg;
			break;
		case 'n':
			o->dry = true;
			break;
		case 'q':
			o->quiet = true;
			break;
		case 'v':
			o->verbose = true;
			break;
		case 'w':
			g->workdir = optarg;
			break;
		default:
			usage();
		}
	if (optind != argc)
		usage();
}

static const struct pf_err *
override(struct pf_conf *conf, const struct given *g)
{
	char *full;

	if (g->slots != NULL && !pf_num(&conf->bot_slots, g->slots, 1, 1024))
		return pf_err(PF_USAGE, "-j %s: not a number from 1 to 1024",
		    g->slots);
	if (g->master != NULL)
		snprintf(conf->bot_master_url, PF_CONF_TEXT, "%s", g->master);
	if (g->workdir == NULL)
		return NULL;
	/* Engines run elsewhere: a relative path would lead them astray. */
	if (*g->workdir == '/')
		snprintf(conf->bot_work_directory, PF_CONF_TEXT, "%s",
		    g->workdir);
	else {
		if ((full = getcwd(NULL, 0)) == NULL)
			return pf_errno("getcwd");
		if (snprintf(conf->bot_work_directory, PF_CONF_TEXT, "%s/%s",
		    full, g->workdir) >= PF_CONF_TEXT) {
			free(full);
			return pf_err(PF_USAGE, "-w %s: too long",
			    g->workdir);
		}
		free(full);
	}
	return NULL;
}

static const struct pf_err *
dry_run(const struct pf_conf *conf)
{
	const struct pf_err *err;
	struct pf_buf caps = PF_BUF_INIT;

	if ((err = engine_capabilities(&caps, conf->bot_capabilities)) ==
	    NULL)
		printf("would work for %s with %lld slots in %s, offering "
		    "%s\n", conf->bot_master_url, (long long)conf->bot_slots,
		    conf->bot_work_directory, caps.data);
	pf_buf_free(&caps);
	return err;
}

int
main(int argc, char *argv[])
{
	const struct pf_err *err;
	struct options o = { 0 };
	struct given g = { 0 };
	struct pf_conf conf;
	int status = EX_OK, mine;

	pf_prog = "pf-run";
	parse(&o, &g, argc, argv);
	if ((err = pf_conf_load(&conf, o.conf_path, NULL)) == NULL &&
	    (err = override(&conf, &g)) == NULL)
		err = o.dry ? dry_run(&conf) : slots_run(&o, &conf, &status);
	mine = pf_exit(err);
	return mine != EX_OK ? mine : status;
}
