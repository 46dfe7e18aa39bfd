/*
 * pf-sched rules: other rules for crashes come into force, or go again.
 *
 * The writer places the crashes by them piece by piece; whoever waits here
 * only asks for the next one, or whether a server has done the last.  If
 * that ends early the writer goes on when it serves, or the next call does.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "codec/op.h"
#include "codec/report/rules.h"
#include "os/clock.h"
#include "os/fs.h"
#include "os/stop.h"
#include "sched/sched.h"
#include "store/writer.h"
#include "view/inforce.h"
#include "view/rebucket.h"

/* So much text goes into an op line, whatever is escaped in it. */
#define TEXT_MAX	(PF_OP_MAX - 256)

static const struct pf_err *
read_text(struct pf_buf *text, char version[PF_RULES_TEXT], const char *path)
{
	const struct pf_err *err;
	struct pf_rules *rules = pf_rules_new();

	if ((err = pf_slurp(text, path, PF_RULES_BYTES)) == NULL) {
		if (memchr(text->data, '\0', text->len) != NULL)
			err = pf_err(PF_DATA, "%s: there is a NUL in it",
			    path);
		else if ((err = pf_rules_add(rules, text->data, text->len)) !=
		    NULL)
			err = pf_err_at(err, "%s", path);
	}
	pf_rules_version(version, rules);
	pf_rules_free(rules);
	return err;
}

#define LOOK_MS	50	/* while a server does it by itself */

/* Asks for one piece after the other until there is none. */
static const struct pf_err *
wait_for(const struct options *o, const struct pf_conf *conf,
    struct pf_writer *w, const char *line)
{
	static const char step[] = "{\"v\":1,\"op\":\"rules\",\"do\":\"step\"}";
	const struct pf_err *err = NULL;
	struct pf_json *reply;
	const char *version;
	bool left = true, places = false;

	while (err == NULL && left && !pf_stopping) {
		if (places)
			pf_sleep_ms(LOOK_MS);
		reply = NULL;
		version = "";
		if ((err = pf_writer_op(w, &reply, line, conf->request)) ==
		    NULL && (err = pf_json_bool(&left, reply, "left")) ==
		    NULL && (err = pf_json_bool(&places, reply, "places")) ==
		    NULL && (err = pf_json_str(&version, reply, "version")) ==
		    NULL && !left && !o->quiet)
			printf("in force\t%s\n", version);
		pf_json_free(reply);
		line = step;
	}
	if (err == NULL && left)
		err = pf_err(PF_BUSY, "stopped before all crashes are placed: "
		    "what was in force still is; pf-sched serve goes on, or "
		    "do the same once more");
	return err;
}

static const struct pf_err *
send(const struct options *o, const struct pf_conf *conf, const char *line)
{
	const struct pf_err *err;
	struct pf_writer *w = NULL;

	pf_stop_catch();
	if ((err = pf_writer_open(&w, conf->sched_socket, true,
	    o->conf_path)) == NULL)
		err = wait_for(o, conf, w, line);
	pf_writer_close(w);
	return err;
}

/* Of a rule that fits nothing that there is, as pf-report rebucket says it: an
 * id of a bucket, a hash of before other rules, a slip. */
static const struct pf_err *
say_idle(const struct pf_conf *conf, const char *path,
    const struct pf_buf *text)
{
	const struct pf_err *err;
	struct pf_rules *rules = pf_rules_new();
	struct pf_db *db = NULL;
	struct pf_ways w = { .n = 0 };
	const char *what;
	size_t at = 0;
	int line;

	if ((err = pf_rules_add(rules, text->data, text->len)) == NULL &&
	    (err = pf_db_open_conf(&db, conf)) == NULL &&
	    (err = pf_rebucket(&w, db, rules, -1)) == NULL)
		while (pf_rules_idle(rules, &at, &line, &what))
			pf_warn("%s: line %d fits no crash: %s", path, line,
			    what);
	pf_ways_free(&w);
	pf_db_close(db);
	pf_rules_free(rules);
	return err;
}

static const struct pf_err *
apply(const struct options *o, const struct pf_conf *conf, const char *path)
{
	const struct pf_err *err;
	struct pf_buf text = PF_BUF_INIT, line = PF_BUF_INIT;
	char version[PF_RULES_TEXT];

	if ((err = read_text(&text, version, path)) != NULL)
		goto done;
	pf_jw_open(&line, NULL, '{');
	pf_jw_int(&line, "v", 1);
	pf_jw_str(&line, "op", "rules");
	pf_jw_str(&line, "do", "apply");
	pf_jw_str(&line, "text", text.data);
	pf_jw_close(&line, '}');
	if (line.len > TEXT_MAX)
		err = pf_err(PF_DATA, "%s: rules of more than %d bytes, as "
		    "they are written in an op line", path, TEXT_MAX);
	else if (o->dry)
		printf("would be in force\t%s\n", version);
	else
		err = send(o, conf, line.data);
	if (err == NULL)
		err = say_idle(conf, path, &text);
done:
	pf_buf_free(&text);
	pf_buf_free(&line);
	return err;
}

static const struct pf_err *
say_undo(const struct pf_conf *conf)
{
	const struct pf_err *err;
	struct pf_db *db = NULL;
	char version[PF_RULES_TEXT];

	if ((err = pf_db_open_conf(&db, conf)) == NULL &&
	    (err = pf_inforce_undone(version, db)) == NULL)
		printf("would be in force\t%s\n", version);
	pf_db_close(db);
	return err;
}

const struct pf_err *
verb_rules(struct options *o, const struct pf_conf *conf, int argc,
    char *argv[])
{
	if (argc == 3 && strcmp(argv[1], "apply") == 0)
		return apply(o, conf, argv[2]);
	if (argc != 2 || strcmp(argv[1], "undo") != 0)
		usage();
	if (o->dry)
		return say_undo(conf);
	return send(o, conf, "{\"v\":1,\"op\":\"rules\",\"do\":\"undo\"}");
}
