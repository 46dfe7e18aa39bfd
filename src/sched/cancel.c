/*
 * pf-sched cancel: ends jobs.
 */
#include <stdio.h>

#include "sched/sched.h"
#include "store/writer.h"

static const struct pf_err *
cancel_one(const struct options *o, const struct pf_conf *conf,
    const char *job)
{
	const struct pf_err *err;
	struct pf_buf line = PF_BUF_INIT;
	struct pf_json *reply = NULL;
	const char *status = "";

	pf_jw_open(&line, NULL, '{');
	pf_jw_str(&line, "op", "cancel");
	pf_jw_str(&line, "job", job);
	pf_jw_close(&line, '}');
	if ((err = pf_writer_ask(&reply, conf, o->conf_path, line.data)) ==
	    NULL && (err = pf_json_need(&status, reply, "status")) == NULL)
		printf("%s\t%s\n", job, status);
	pf_json_free(reply);
	pf_buf_free(&line);
	return err;
}

const struct pf_err *
verb_cancel(struct options *o, const struct pf_conf *conf, int argc,
    char *argv[])
{
	const struct pf_err *err = NULL;
	int i;

	if (argc < 2)
		usage();
	for (i = 1; i < argc; i++)
		if (!pf_id_ok(argv[i]))
			return pf_err(PF_USAGE, "job \"%s\": not an id; "
			    "pf-report jobs lists them", argv[i]);
	if (o->dry) {
		for (i = 1; i < argc; i++)
			printf("%s\twould be cancelled\n", argv[i]);
		return NULL;
	}
	for (i = 1; i < argc && err == NULL; i++)
		err = cancel_one(o, conf, argv[i]);
	return err;
}
