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

/* What would become of it. */
static const struct pf_err *
say_one(struct pf_db *db, const char *job)
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;
	bool more = false;

	if ((err = pf_q(&q, db, "SELECT status, completed_at IS NOT NULL AND "
	    "status <> 'cancelled' FROM jobs WHERE id = ?", "s", job)) == NULL
	    && (err = pf_q_row(&q, &more)) == NULL && !more)
		err = pf_err(PF_NOTFOUND, "job %s: unknown", job);
	else if (err == NULL && pf_q_int(&q, 1) != 0)
		err = pf_err(PF_CONFLICT, "job %s is %s already", job,
		    pf_q_text(&q, 0));
	else if (err == NULL)
		printf("%s\twould be cancelled\n", job);
	pf_q_done(&q);
	return err;
}

static const struct pf_err *
dry_run(const struct pf_conf *conf, int argc, char *argv[])
{
	const struct pf_err *err;
	struct pf_db *db = NULL;
	int i;

	err = pf_db_open_conf(&db, conf);
	for (i = 1; i < argc && err == NULL; i++)
		err = say_one(db, argv[i]);
	pf_db_close(db);
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
	if (o->dry)
		return dry_run(conf, argc, argv);
	for (i = 1; i < argc && err == NULL; i++)
		err = cancel_one(o, conf, argv[i]);
	return err;
}
