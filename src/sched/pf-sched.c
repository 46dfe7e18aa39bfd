/*
 * pf-sched - the one program that changes the database.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "os/guard.h"
#include "sched/sched.h"
#include "store/conffile.h"

static const char usage_text[] =
    "usage: pf-sched [-nqv] [-c conf] init\n"
    "       pf-sched [-v] [-c conf] serve\n"
    "       pf-sched [-q] [-c conf] apply\n"
    "       pf-sched [-n] [-c conf] submit -N name -e engine -t target\n"
    "           [-s seeds] [-x dictionary] [-b kind=file] [-d duration]\n"
    "           [-p priority] [-k copies] [-C campaign] [-m memory]\n"
    "           [-T exec_timeout] [-K kind] [-o key=value] [-r request]\n"
    "           [-- arg ...]\n"
    "       pf-sched [-n] [-c conf] cancel job ...\n"
    "       pf-sched [-n] [-c conf] campaign create | set [-D description]\n"
    "           [-t tag] [-w weight] name\n"
    "       pf-sched [-n] [-c conf] campaign pause | resume | finish name\n"
    "       pf-sched [-n] [-c conf] build -C campaign -t target [-e engine]\n"
    "       pf-sched [-nq] [-c conf] recover\n"
    "       pf-sched [-q] [-c conf] snapshot\n"
    "       pf-sched [-nq] [-c conf] backup directory\n"
    "       pf-sched [-nq] [-c conf] rebuild\n"
    "       pf-sched [-nq] [-c conf] restore directory\n"
    "       pf-sched [-nq] [-c conf] rules apply file\n"
    "       pf-sched [-nq] [-c conf] rules undo\n"
    "       pf-sched -h | -V\n";

static const struct {
	const char		*name;
	const struct pf_err	*(*run)(struct options *,
				    const struct pf_conf *, int, char *[]);
} verbs[] = {
	{ "init",	verb_init },
	{ "serve",	verb_serve },
	{ "apply",	verb_apply },
	{ "submit",	verb_submit },
	{ "cancel",	verb_cancel },
	{ "campaign",	verb_campaign },
	{ "build",	verb_build },
	{ "recover",	verb_recover },
	{ "snapshot",	verb_snapshot },
	{ "backup",	verb_backup },
	{ "rebuild",	verb_rebuild },
	{ "restore",	verb_restore },
	{ "rules",	verb_rules },
};

#define NVERBS	(sizeof(verbs) / sizeof(verbs[0]))

void
usage(void)
{
	fputs(usage_text, stderr);
	exit(EX_USAGE);
}

static void
parse(struct options *o, int argc, char *argv[])
{
	int ch;

	while ((ch = getopt(argc, argv, "+Vc:hnqv")) != -1)
		switch (ch) {
		case 'V':
			printf("pf-sched %s\n", PF_VERSION);
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
		case 'q':
			o->quiet = true;
			break;
		case 'v':
			o->verbose = true;
			break;
		default:
			usage();
		}
}

int
main(int argc, char *argv[])
{
	const struct pf_err *err;
	struct options o = { 0 };
	struct pf_conf conf;
	size_t i;

	pf_prog = "pf-sched";
	pf_guard_stderr();
	parse(&o, argc, argv);
	argc -= optind;
	argv += optind;
	if (argc < 1)
		usage();
	for (i = 0; i < NVERBS && strcmp(verbs[i].name, argv[0]) != 0; i++)
		;
	if (i == NVERBS)
		usage();
	if ((err = pf_conf_load(&conf, o.conf_path, NULL)) == NULL)
		err = verbs[i].run(&o, &conf, argc, argv);
	return pf_exit(err);
}
