/*
 * pf-registry: the bots, for people and scripts.  Reads the database and
 * changes it by op lines only.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/num.h"
#include "registry/registry.h"
#include "store/conffile.h"
#include "view/find.h"

static const char usage_text[] =
    "usage: pf-registry [-jn] [-c conf] register -H hostname -e engine ...\n"
    "           [-N name] [-i inc]\n"
    "       pf-registry [-jn] [-c conf] heartbeat [-J job -E epoch "
    "-A attempt]\n"
    "           [-i inc] bot\n"
    "       pf-registry [-jn] [-c conf] deregister bot\n"
    "       pf-registry [-jn] [-c conf] drain [-u] bot\n"
    "       pf-registry [-jn] [-c conf] reset bot\n"
    "       pf-registry [-j] [-c conf] list\n"
    "       pf-registry [-j] [-c conf] show bot\n"
    "       pf-registry -h | -V\n";

static void __attribute__((noreturn))
usage(void)
{
	fputs(usage_text, stderr);
	exit(EX_USAGE);
}

static const struct pf_err *
list(struct registry *g, const char *bot)
{
	(void)bot;
	return pf_show_list(&g->show, &pf_view_bots, NULL, NULL);
}

static const struct pf_err *
show(struct registry *g, const char *bot)
{
	return pf_show_record(&g->show, &pf_view_bots, bot);
}

static const struct command {
	const char		*name;
	const char		*flags;		/* of its own */
	bool			 bot;		/* takes one */
	bool			 db;
	const struct pf_err	*(*run)(struct registry *, const char *);
} commands[] = {
	{ "deregister",	"",		true,	true,	op_deregister },
	{ "drain",	"u",		true,	true,	op_drain },
	{ "heartbeat",	"AEJi",	true,	true,	op_heartbeat },
	{ "list",	"",		false,	true,	list },
	{ "register",	"HNei",	false,	false,	op_register },
	{ "reset",	"",		true,	true,	op_reset },
	{ "show",	"",		true,	true,	show },
};

#define NCOMMANDS	(sizeof(commands) / sizeof(commands[0]))

static void
parse(struct registry *g, int argc, char *argv[])
{
	int ch;

	while ((ch = getopt(argc, argv, "+Vc:hjn")) != -1)
		switch (ch) {
		case 'V':
			printf("pf-registry %s\n", PF_VERSION);
			exit(pf_exit(NULL));
		case 'c':
			g->conf_path = optarg;
			break;
		case 'h':
			fputs(usage_text, stdout);
			exit(pf_exit(NULL));
		case 'j':
			g->show.format = PF_FORMAT_JSON;
			break;
		case 'n':
			g->dry = true;
			break;
		default:
			usage();
		}
}

static void
number(int64_t *out, int flag, const char *text)
{
	if (pf_num(out, text, 0, INT64_C(1) << 53))
		return;
	pf_note("-%c %s: not a number", flag, text);
	usage();
}

/* The options of a command; leaves optind at its arguments. */
static void
parse_own(struct registry *g, const char *flags, int argc, char *argv[])
{
	static char name[64];
	int ch;

	/* Complaints about them shall begin with both words. */
	snprintf(name, sizeof(name), "%s %s", pf_prog, argv[0]);
	argv[0] = name;
	optind = 0;
	while ((ch = getopt(argc, argv, "+A:E:H:J:N:e:i:u")) != -1) {
		if (strchr(flags, ch) == NULL)
			usage();
		switch (ch) {
		case 'A':
			number(&g->attempt, ch, optarg);
			break;
		case 'E':
			number(&g->epoch, ch, optarg);
			break;
		case 'H':
			g->hostname = optarg;
			break;
		case 'J':
			g->job = optarg;
			break;
		case 'N':
			g->name = optarg;
			break;
		case 'e':
			if (g->nengines == ENGINES_MAX)
				usage();
			g->engines[g->nengines++] = optarg;
			break;
		case 'i':
			g->inc = optarg;
			break;
		case 'u':
			g->undo = true;
			break;
		default:
			usage();
		}
	}
}

/* Options that only make sense together. */
static void
check_own(const struct registry *g, const struct command *c)
{
	bool job = g->job != NULL, token = g->epoch != -1 && g->attempt != -1;
	bool part = g->epoch != -1 || g->attempt != -1;

	if (strcmp(c->name, "register") == 0 &&
	    (g->hostname == NULL || g->nengines == 0))
		usage();
	if (job ? !token : part)
		usage();
}

static const struct pf_err *
run(struct registry *g, const struct command *c, const char *bot)
{
	const struct pf_err *err;
	char id[PF_ID_MAX + 1];

	if ((err = pf_conf_load(&g->conf, g->conf_path, NULL)) != NULL)
		return err;
	if (c->db && (err = pf_db_open_conf(&g->show.db, &g->conf)) !=
	    NULL)
		return err;
	if (c->bot && (err = pf_find_bot(id, g->show.db, bot)) != NULL)
		return err;
	return c->run(g, c->bot ? id : NULL);
}

int
main(int argc, char *argv[])
{
	const struct pf_err *err;
	struct registry g = { .show = { .f = stdout, .max = PF_VIEW_ALL },
	    .epoch = -1, .attempt = -1 };
	const struct command *c;

	pf_prog = "pf-registry";
	g.show.format = isatty(STDOUT_FILENO) ? PF_FORMAT_ALIGNED :
	    PF_FORMAT_TSV;
	parse(&g, argc, argv);
	argc -= optind;
	argv += optind;
	if (argc < 1)
		usage();
	for (c = commands; c < commands + NCOMMANDS; c++)
		if (strcmp(c->name, argv[0]) == 0)
			break;
	if (c == commands + NCOMMANDS)
		usage();
	parse_own(&g, c->flags, argc, argv);
	check_own(&g, c);
	if (argc - optind != (c->bot ? 1 : 0))
		usage();
	err = run(&g, c, argv[optind]);
	pf_db_close(g.show.db);
	return pf_exit(err);
}
