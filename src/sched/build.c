/*
 * pf-sched build: a new build of what a campaign fuzzes, and jobs that run
 * known crashes on it.
 */
#include <inttypes.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "sched/sched.h"
#include "store/blob.h"
#include "store/writer.h"

struct request {
	const char	*campaign, *target, *engine;
	struct pf_buf	 common;	/* the op without its end */
};

static void
read_options(struct request *r, int argc, char *argv[])
{
	int ch;

	optind = 0;
	while ((ch = getopt(argc, argv, "+C:e:t:")) != -1)
		switch (ch) {
		case 'C':
			r->campaign = optarg;
			break;
		case 'e':
			r->engine = optarg;
			break;
		case 't':
			r->target = optarg;
			break;
		default:
			usage();
		}
	if (optind != argc || r->campaign == NULL || r->target == NULL)
		usage();
}

/* A build that nobody takes must not cost a copy of it. */
static const struct pf_err *
check_all(const struct request *r, const struct pf_conf *conf)
{
	const struct pf_err *err;
	struct pf_db *db = NULL;
	char sha[PF_SHA_TEXT], name[33];
	int64_t size, one;
	bool found = false;

	if (r->engine != NULL && !pf_engine_name(name, r->engine))
		return pf_err(PF_USAGE, "-e %s: not a name of an engine such "
		    "as afl++, libfuzzer or honggfuzz", r->engine);
	if ((err = pf_blob_hash(sha, &size, r->target, conf->target_size)) !=
	    NULL)
		return pf_err_at(err, "target");
	if (access(r->target, X_OK) == -1)
		return pf_err(PF_DATA, "target: %s is not executable",
		    r->target);
	if ((err = pf_db_open_conf(&db, conf)) == NULL)
		err = pf_db_int(db, &one, &found, "SELECT 1 FROM campaigns "
		    "WHERE name = ?1 OR id = ?1", "s", r->campaign);
	pf_db_close(db);
	if (err == NULL && !found)
		err = pf_err(PF_NOTFOUND, "there is no campaign %s",
		    r->campaign);
	return err;
}

static const struct pf_err *
begin_line(struct request *r, const struct pf_conf *conf)
{
	const struct pf_err *err;
	struct pf_buf *b = &r->common;
	char sha[PF_SHA_TEXT], *copy;
	int64_t size = 0;

	if ((err = pf_blob_add(sha, &size, conf->storage_path, r->target,
	    conf->target_size)) != NULL)
		return err;
	copy = pf_strdup(r->target);
	pf_jw_open(b, NULL, '{');
	pf_jw_str(b, "op", "build");
	pf_jw_str(b, "campaign", r->campaign);
	if (r->engine != NULL)
		pf_jw_str(b, "engine", r->engine);
	pf_jw_open(b, "target", '{');
	pf_jw_str(b, "sha256", sha);
	pf_jw_str(b, "name", basename(copy));
	pf_jw_close(b, '}');
	free(copy);
	return NULL;
}

static void
print_job(int64_t seq, const char *job, int64_t crashes, int64_t *jobs)
{
	*jobs += job != NULL;
	if (job != NULL)
		printf("%" PRId64 "\t%s\t%" PRId64 "\n", seq, job, crashes);
}

/* One op; next is where the one after it is to go on, "" if it was the last. */
static const struct pf_err *
ask(const struct options *o, const struct pf_conf *conf,
    const struct request *r, struct pf_buf *next, int64_t *jobs)
{
	const struct pf_err *err;
	struct pf_json *reply = NULL;
	struct pf_buf line = PF_BUF_INIT;
	const struct pf_json *v, *u;
	const char *job = NULL, *under = NULL;
	int64_t seq = 0, crashes = 0, those = 0;

	pf_buf_add(&line, r->common.data, r->common.len);
	if (next->len > 0)
		pf_jw_raw(&line, "after", next->data);
	pf_jw_close(&line, '}');
	pf_buf_reset(next);
	if ((err = pf_writer_ask(&reply, conf, o->conf_path, line.data)) ==
	    NULL && (err = pf_json_int(&seq, reply, "seq", 1, INT64_MAX)) ==
	    NULL && (err = pf_json_int(&crashes, reply, "crashes", 0,
	    INT64_MAX)) == NULL &&
	    (err = pf_json_str(&job, reply, "job")) == NULL &&
	    (err = pf_json_int(&those, u = pf_json_get(reply, "under"),
	    "crashes", 0, INT64_MAX)) == NULL &&
	    (err = pf_json_str(&under, u, "job")) == NULL) {
		v = pf_json_get(reply, "next");
		if (pf_json_is_object(v))
			pf_json_print(next, v);
		print_job(seq, job, crashes, jobs);
		print_job(seq, under, those, jobs);
		if (next->len == 0 && *jobs == 0)
			printf("%" PRId64 "\t-\t0\n", seq);
	}
	pf_json_free(reply);
	pf_buf_free(&line);
	return err;
}

const struct pf_err *
verb_build(struct options *o, const struct pf_conf *conf, int argc,
    char *argv[])
{
	const struct pf_err *err;
	struct request r = { .common = PF_BUF_INIT };
	struct pf_buf next = PF_BUF_INIT;
	int64_t jobs = 0;

	read_options(&r, argc, argv);
	if ((err = check_all(&r, conf)) == NULL && o->dry)
		printf("would run the crashes of %s on %s\n", r.campaign,
		    r.target);
	else if (err == NULL && (err = begin_line(&r, conf)) == NULL)
		do
			err = ask(o, conf, &r, &next, &jobs);
		while (err == NULL && next.len > 0);
	pf_buf_free(&next);
	pf_buf_free(&r.common);
	return err;
}
