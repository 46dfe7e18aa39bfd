/*
 * pf-sched campaign: groups of jobs.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/name.h"
#include "base/num.h"
#include "os/clock.h"
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

struct request {
	const char	*description;	/* NULL: not said */
	struct pf_buf	 tags;		/* an array, open; "" if not said */
	int64_t		 weight;
};

/* True if it says anything; only who makes or sets one may. */
static const struct pf_err *
read_options(struct request *r, bool *says, int argc, char *argv[])
{
	int ch;

	*says = false;
	optind = 2;
	while ((ch = getopt(argc, argv, "+D:t:w:")) != -1) {
		*says = true;
		if (ch == 'D')
			r->description = optarg;
		else if (ch == 't') {
			if (r->tags.len == 0)
				pf_jw_open(&r->tags, NULL, '[');
			if (*optarg != '\0')
				pf_jw_str(&r->tags, NULL, optarg);
		} else if (ch != 'w')
			usage();
		else if (!pf_num(&r->weight, optarg, 1, 1000))
			return pf_err(PF_USAGE, "-w %s: not a weight from 1 "
			    "to 1000", optarg);
	}
	return NULL;
}

static void
put_line(struct pf_buf *line, struct request *r, const char *verb,
    const char *name, bool dry)
{
	char id[PF_ID_MAX + 1];

	pf_jw_open(line, NULL, '{');
	pf_jw_str(line, "op", "campaign");
	pf_jw_str(line, "do", verb);
	pf_jw_str(line, "campaign", name);
	if (strcmp(verb, "create") == 0 && !dry) {
		/* An answer may be lost and the line sent again. */
		pf_uuid7(id, pf_wall_ms());
		pf_jw_str(line, "request", id);
	}
	if (r->weight != 0)
		pf_jw_int(line, "weight", r->weight);
	if (r->description != NULL)
		pf_jw_str(line, "description", r->description);
	if (r->tags.len > 0) {
		pf_jw_close(&r->tags, ']');
		pf_jw_raw(line, "tags", r->tags.data);
	}
	pf_jw_close(line, '}');
}

const struct pf_err *
verb_campaign(struct options *o, const struct pf_conf *conf, int argc,
    char *argv[])
{
	static const char *const verbs[] = { "create", "set", "pause",
	    "resume", "finish" };
	const struct pf_err *err;
	struct request r = { .tags = PF_BUF_INIT };
	struct pf_buf line = PF_BUF_INIT;
	const char *verb = argc > 1 ? argv[1] : "";
	bool says;
	size_t i;

	for (i = 0; i < 5 && strcmp(verbs[i], verb) != 0; i++)
		;
	if (i == 5)
		usage();
	if ((err = read_options(&r, &says, argc, argv)) != NULL)
		goto done;
	if (argc - optind != 1 || (i == 1 && !says) || (i > 1 && says))
		usage();
	put_line(&line, &r, verb, argv[optind], o->dry);
	if (o->dry)
		puts(line.data);
	else
		err = ask(o, conf, line.data);
done:
	pf_buf_free(&line);
	pf_buf_free(&r.tags);
	return err;
}
