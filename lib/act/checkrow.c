/*
 * A crash that was run again, or a smaller input of it, among the rows; see
 * row.h.  Whether there is a crash of that input is not asked: it may come
 * later.
 */
#include "act/row.h"
#include "model/check.h"

static struct pf_check_from
told(const struct row *row)
{
	return (struct pf_check_from){ .rid = row->r.rid, .job = row->r.job,
	    .bot = row->r.bot, .campaign = row->campaign,
	    .time = row->r.time, .filed = row->filed };
}

const struct pf_err *
pf_put_check(struct pf_act *a, struct row *row, struct pf_buf *out)
{
	const struct pf_err *err;
	const struct pf_check_from t = told(row);
	struct pf_check_report r = { .report = "", .type = "", .tool = "",
	    .stack = "", .major = "" };
	struct pf_check c;

	(void)out;
	if ((err = pf_check_read(&c, row->j)) != NULL ||
	    (err = pf_json_str(&r.report, row->j, "report")) != NULL ||
	    (err = pf_json_int(&r.size, row->j, "size", 0, PF_INT_MAX)) !=
	    NULL || (err = pf_json_str(&r.type, row->j, "type")) != NULL ||
	    (err = pf_json_str(&r.tool, row->j, "tool")) != NULL ||
	    (err = pf_json_str(&r.stack, row->j, "stack")) != NULL ||
	    (err = pf_json_str(&r.major, row->j, "major")) != NULL)
		return err;
	if (r.report[0] != '\0' && !pf_sha_ok(r.report))
		return pf_err_field(PF_DATA, "report",
		    "report is not a SHA-256");
	if (!row->stored)
		r.report = "";
	return pf_check_put(a->db, &t, &c, &r);
}

const struct pf_err *
pf_put_small(struct pf_act *a, struct row *row, struct pf_buf *out)
{
	const struct pf_err *err;
	const struct pf_check_from t = told(row);
	const char *hash = "";
	struct pf_small s;
	int64_t size = 0;
	bool chosen = false;

	if ((err = pf_small_read(&s, row->j)) != NULL ||
	    (err = pf_json_need(&hash, row->j, "hash")) != NULL ||
	    (err = pf_json_int(&size, row->j, "size", 1, PF_INT_MAX)) != NULL)
		return err;
	if (!pf_sha_ok(hash))
		return pf_err_field(PF_DATA, "hash", "hash is not a SHA-256");
	if (row->stored && (err = pf_small_put(&chosen, a->db, &t, &s, hash,
	    size)) != NULL)
		return err;
	pf_jw_bool(out, "chosen", chosen);
	return NULL;
}
