/*
 * pf-sched recover: what a start of the writer does, on demand.
 */
#include <inttypes.h>
#include <stdio.h>

#include "sched/sched.h"
#include "store/dbw.h"
#include "store/writer.h"

/* As a reader: a writer that serves goes on meanwhile. */
static const struct pf_err *
look_over(const struct pf_conf *conf)
{
	const struct pf_err *err;
	struct pf_db *db = NULL;

	if ((err = pf_db_open_conf(&db, conf)) == NULL)
		err = pf_dbw_check(db);
	close_read(db, conf);
	return err;
}

const struct pf_err *
verb_recover(struct options *o, const struct pf_conf *conf, int argc,
    char *argv[])
{
	static const char *const counts[] = { "renewed", "orphans", "waiting",
	    "swept" };
	static const char line[] = "{\"op\":\"recover\"}";
	const struct pf_err *err;
	struct pf_json *reply = NULL;
	int64_t n = 0;
	size_t i;

	(void)argv;
	if (argc != 1)
		usage();
	if (o->dry) {
		puts(line);
		return NULL;
	}
	if ((err = look_over(conf)) == NULL)
		err = pf_writer_ask(&reply, conf, o->conf_path, line);
	for (i = 0; i < sizeof(counts) / sizeof(counts[0]) && err == NULL;
	    i++)
		if ((err = pf_json_int(&n, reply, counts[i], 0, INT64_MAX)) ==
		    NULL && !o->quiet)
			printf("%s\t%" PRId64 "\n", counts[i], n);
	pf_json_free(reply);
	return err;
}
