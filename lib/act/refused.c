/*
 * What pf-ingest refused: it lies in the spool's bad/ until somebody empties
 * that; how many there were stays.
 */
#include <stdio.h>
#include <string.h>

#include "act/common.h"
#include "codec/rec.h"
#include "model/job.h"
#include "store/dbw.h"

/* A record's kind, or what could not be told. */
static bool
kind_ok(const char *kind)
{
	return strcmp(kind, "other") == 0 ||
	    pf_kind_find(kind) != PF_KIND_MAX;
}

const struct pf_err *
pf_act_refused(struct pf_act *a, const struct pf_json *req,
    struct pf_buf *out)
{
	const struct pf_err *err;
	const char *kind = "", *job = "";
	int64_t n = 0, one;
	bool known = false;
	char name[32];

	(void)out;
	if ((err = pf_json_need(&kind, req, "kind")) != NULL ||
	    (err = pf_json_str(&job, req, "job")) != NULL ||
	    (err = pf_json_int(&n, req, "n", 1, PF_INT_MAX)) != NULL)
		return err;
	if (!kind_ok(kind))
		return pf_err_field(PF_DATA, "kind", "kind \"%.32s\" is "
		    "unknown", kind);
	snprintf(name, sizeof(name), "refused_%s", kind);
	if ((err = pf_counter_add(a->db, name, "", n)) != NULL ||
	    (err = pf_db_int(a->db, &one, &known, "SELECT 1 FROM jobs WHERE "
	    "id = ?", "s", job)) != NULL || !known)
		return err;
	return pf_counter_add(a->db, name, job, n);
}
