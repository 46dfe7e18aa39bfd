/*
 * Files of jobs that come by upload: what pf-ingest filed, and the jobs that
 * waited for it.
 *
 * The file is in its place before the op comes.  So a submission that does
 * not see it is followed by an op that finds the job, and one after the op
 * sees the file: in whatever order they come, the job can be given.
 */
#include <string.h>

#include "act/common.h"
#include "model/campaign.h"
#include "model/event.h"
#include "model/upload.h"
#include "store/blob.h"

/* Its last file has come. */
static const struct pf_err *
complete(struct pf_act *a, const char *id, int64_t *n)
{
	const struct pf_err *err;
	struct pf_event e = { .time = a->now, .kind = "job", .subject = id,
	    .who = a->op, .why = "all its files are here" };
	struct pf_job j;

	if ((err = pf_job_get(&j, a->db, id)) != NULL)
		return err;
	e.was = e.now = pf_job_state_name(j.state);
	if (!pf_job_claimable(j.state, j.waiting))
		return NULL;
	if (n != NULL)
		++*n;
	if ((err = pf_campaign_join(a->db, j.campaign)) != NULL ||
	    (err = pf_campaign_count(a->db, j.campaign, 1, 0, 0)) != NULL)
		return err;
	return pf_event_add(a->db, &e);
}

const struct pf_err *
pf_blob_arrived(struct pf_act *a, int64_t *n, const char *sha, int64_t size)
{
	const struct pf_err *err;
	char id[PF_ID_MAX + 1];
	int64_t left = 0;
	bool found;

	while ((err = pf_job_lacks(id, &found, a->db, sha)) == NULL && found)
		if ((err = pf_job_fill(&left, a->db, id, sha, size)) != NULL ||
		    (left == 0 && (err = complete(a, id, n)) != NULL))
			return err;
	return err;
}

const struct pf_err *
pf_blobs_look(struct pf_act *a)
{
	const struct pf_err *err;
	char sha[PF_SHA_HEX + 1] = "", after[PF_SHA_HEX + 1];
	int64_t size;
	bool found;

	do {
		memcpy(after, sha, sizeof(after));
		err = pf_job_lacking(sha, &found, a->db, after);
		if (err == NULL && found &&
		    pf_blob_has(a->conf->storage_path, sha, &size))
			err = pf_blob_arrived(a, NULL, sha, size);
	} while (err == NULL && found);
	return err;
}

static const struct pf_err *
put_blob(struct pf_act *a, const struct pf_json *j, const void *arg,
    struct pf_buf *out)
{
	const struct pf_err *err;
	struct pf_upload u = { .rid = "", .sha = "", .time = a->now };
	int64_t there = -1, n = 0;
	bool fresh, here;

	(void)arg;
	if (!pf_json_is_object(j))
		return pf_err_field(PF_DATA, "rows", "row is not an object");
	if ((err = pf_json_need(&u.rid, j, "rid")) != NULL ||
	    (err = pf_json_need(&u.sha, j, "sha256")) != NULL ||
	    (err = pf_json_int(&u.size, j, "size", 0, PF_INT_MAX)) != NULL ||
	    (err = pf_json_int(&u.time, j, "filed", 0, PF_INT_MAX)) != NULL)
		return err;
	if (!pf_sha_ok(u.rid))
		return pf_err_field(PF_DATA, "rid", "rid is not a hash");
	if (!pf_sha_ok(u.sha))
		return pf_err_field(PF_DATA, "sha256",
		    "sha256 is not a hash");
	here = pf_blob_has(a->conf->storage_path, u.sha, &there);
	/* A file of long ago may be gone when the ledger is read again. */
	if (!here && !a->remaking)
		return pf_err_field(PF_NOTFOUND, "sha256", "blob %.16s... is "
		    "not in the storage", u.sha);
	if (here && there != u.size)
		return pf_err_field(PF_DATA, "size", "the blob has other "
		    "than that many bytes");
	if ((err = pf_upload_put(&fresh, a->db, &u)) != NULL)
		return err;
	/* Also when it was counted before: the file may have been lost. */
	if (here && (err = pf_blob_arrived(a, &n, u.sha, u.size)) != NULL)
		return err;
	pf_jw_str(out, "rid", u.rid);
	pf_jw_bool(out, "new", fresh);
	pf_jw_int(out, "jobs", n);
	return NULL;
}

const struct pf_err *
pf_act_blob(struct pf_act *a, const struct pf_json *req, struct pf_buf *out)
{
	return pf_each_row(a, req, out, put_blob, NULL);
}
