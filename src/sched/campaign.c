/*
 * pf-sched campaign: groups of jobs.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/num.h"
#include "sched/sched.h"
#include "store/writer.h"

static const struct pf_err *
ask(const struct options *o, const struct pf_conf *conf, const char *line)
{
	const struct pf_err *err;
	struct pf_json *reply = NULL;
	const char *name = "", *status = "";
	int64_t weight = 0;

	if ((err = pf_writer_ask(&reply, conf, o->conf_path, line)) == NULL &&
	    (err = pf_json_need(&name, reply, "campaign")) == NULL &&
	    (err = pf_json_need(&status, reply, "status")) == NULL &&
	    (err = pf_json_int(&weight, reply, "weight", 1, 1000)) == NULL)
		printf("%s\t%s\t%d\n", name, status, (int)weight);
	pf_json_free(reply);
	return err;
}

const struct pf_err *
verb_campaign(struct options *o, const struct pf_conf *conf, int argc,
    char *argv[])
{
	static const char *const verbs[] = { "create", "set", "pause",
	    "resume", "finish" };
	const struct pf_err *err = NULL;
	struct pf_buf line = PF_BUF_INIT;
	const char *verb = argc > 1 ? argv[1] : "";
	int64_t weight = 0;
	size_t i;
	int ch;

	for (i = 0; i < 5 && strcmp(verbs[i], verb) != 0; i++)
		;
	if (i == 5)
		usage();
	optind = 2;
	while ((ch = getopt(argc, argv, "+w:")) != -1)
		if (ch != 'w' || i > 1)
			usage();
		else if (!pf_num(&weight, optarg, 1, 1000))
			return pf_err(PF_USAGE, "-w %s: not a weight from 1 "
			    "to 1000", optarg);
	if (argc - optind != 1 || (i == 1 && weight == 0))
		usage();
	pf_jw_open(&line, NULL, '{');
	pf_jw_str(&line, "op", "campaign");
	pf_jw_str(&line, "do", verb);
	pf_jw_str(&line, "campaign", argv[optind]);
	if (weight != 0)
		pf_jw_int(&line, "weight", weight);
	pf_jw_close(&line, '}');
	if (o->dry)
		puts(line.data);
	else
		err = ask(o, conf, line.data);
	pf_buf_free(&line);
	return err;
}
