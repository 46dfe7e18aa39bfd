/*
 * The doctor's lines and his verdict; see doctor.h.
 */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "run/doctor/doctor.h"
#include "run/engine/engine.h"
#include "store/conffile.h"

static const struct pf_column columns[] = {
	{ "check", PF_CELL_TEXT }, { "status", PF_CELL_TEXT },
	{ "found", PF_CELL_TEXT }, { "advice", PF_CELL_TEXT },
};

static void
line(struct doctor *d, const char *what, const char *status,
    const char *found, const char *todo)
{
	pf_table_text(&d->table, what);
	pf_table_text(&d->table, status);
	pf_table_text(&d->table, found);
	if (*todo == '\0')
		pf_table_null(&d->table);
	else
		pf_table_text(&d->table, todo);
}

void
doctor_ok(struct doctor *d, const char *what, const char *found)
{
	line(d, what, "ok", found, "");
}

void
doctor_warn(struct doctor *d, const char *what, const char *found,
    const char *todo)
{
	line(d, what, "warn", found, todo);
}

void
doctor_fail(struct doctor *d, int status, const char *what,
    const char *found, const char *todo)
{
	line(d, what, "fail", found, todo);
	d->failed[status] = true;
}

/* What has to be mended first: waiting alone helps only the last. */
static int
verdict(const struct doctor *d)
{
	static const int order[] = { EX_CONFIG, EX_UNAVAILABLE,
	    EX_TEMPFAIL };
	size_t i;

	for (i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		if (d->failed[order[i]])
			return order[i];
	return EX_OK;
}

static const struct pf_err *
look(struct doctor *d, const struct options *o, struct pf_conf *conf)
{
	const struct pf_err *err;

	if ((err = settings_load(conf, o)) != NULL) {
		if (err->class != PF_CONFIG)
			return err;
		doctor_fail(d, EX_CONFIG, "configuration", err->msg,
		    "mend it; pandafuzz.conf(5)");
		return NULL;
	}
	d->conf = conf;
	doctor_ok(d, "configuration", pf_conf_path(o->conf_path));
	doctor_machine(d);
	doctor_engines(d);
	doctor_workdir(d);
	doctor_master(d);
	return NULL;
}

const struct pf_err *
doctor_run(const struct options *o, int *status)
{
	const struct pf_err *err;
	struct doctor d = { .conf = NULL };
	struct pf_conf conf;
	struct pf_buf out = PF_BUF_INIT;

	pf_table_begin(&d.table, &out, o->json ? PF_FORMAT_JSON :
	    isatty(STDOUT_FILENO) ? PF_FORMAT_ALIGNED : PF_FORMAT_TSV,
	    columns, sizeof(columns) / sizeof(columns[0]));
	err = look(&d, o, &conf);
	pf_table_end(&d.table);
	if (err == NULL)
		fwrite(out.data, 1, out.len, stdout);
	pf_buf_free(&out);
	*status = verdict(&d);
	return err;
}
