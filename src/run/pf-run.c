/*
 * pf-run - runs fuzzing jobs on a bot.
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "run/box/box.h"
#include "run/doctor/doctor.h"

#define BLOCK	(128 << 10)	/* a larger one has pages of its own */

static const char usage_text[] =
    "usage: pf-run [-Blnqv] [-c conf] [-j slots] [-m master_url] [-w workdir]\n"
    "       pf-run -D [-BJ] [-c conf] [-j slots] [-m master_url] "
    "[-w workdir]\n"
    "       pf-run -h | -V\n";

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

	while ((ch = getopt(argc, argv, "BDJVc:hj:lm:nqvw:")) != -1)
		switch (ch) {
		case 'B':
			o->unbound = true;
			break;
		case 'D':
			o->doctor = true;
			break;
		case 'J':
			o->json = true;
			break;
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
			o->slots = optarg;
			break;
		case 'l':
			o->loop = true;
			break;
		case 'm':
			o->master = optarg;
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
			o->workdir = optarg;
			break;
		default:
			usage();
		}
	if (optind != argc || (o->json && !o->doctor))
		usage();
}

static const struct pf_err *
dry_run(const struct pf_conf *conf)
{
	const struct pf_err *err;
	struct pf_buf caps = PF_BUF_INIT, box = PF_BUF_INIT;

	if ((err = engine_capabilities(&caps, conf->bot_capabilities)) ==
	    NULL)
		printf("would work for %s with %lld slots in %s, offering "
		    "%s\n", conf->bot_master_url, (long long)conf->bot_slots,
		    conf->bot_work_directory, caps.data);
	pf_buf_free(&caps);
	if (err == NULL) {
		box_describe(&box, conf);
		fputs(box.data, stdout);
		pf_buf_free(&box);
	}
	return err;
}

int
main(int argc, char *argv[])
{
	const struct pf_err *err;
	struct options o = { 0 };
	struct pf_conf conf;
	int status = EX_OK, mine;

	pf_prog = "pf-run";
	/* Lists of names, packs and answers come and go: what they took is
	 * given back, and not kept for the largest that there ever was. */
	mallopt(M_MMAP_THRESHOLD, BLOCK);
	mallopt(M_TRIM_THRESHOLD, BLOCK);
	mallopt(M_ARENA_MAX, 1);
	parse(&o, argc, argv);
	if (o.doctor)
		err = doctor_run(&o, &status);
	else if ((err = settings_load(&conf, &o)) == NULL) {
		engine_learn(&conf, o.verbose ? ENGINE_VERBOSE :
		    ENGINE_FAULTS, NULL);
		err = o.dry ? dry_run(&conf) : slots_run(&o, &conf, &status);
	}
	mine = pf_exit(err);
	return mine != EX_OK ? mine : status;
}
