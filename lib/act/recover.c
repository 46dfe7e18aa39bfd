/*
 * What has to be right before the writer serves: recover.
 *
 * Leases are renewed in full, for nobody could renew them while the writer
 * was away; a lease whose bot is gone or failed ends.
 */
#include "act/common.h"

const struct pf_err *
pf_act_recover(struct pf_act *a, const struct pf_json *req,
    struct pf_buf *out)
{
	const struct pf_err *err;
	struct pf_assignment as;
	int64_t renewed = 0, orphans = 0;
	bool found;

	(void)req;
	while ((err = pf_assignment_orphan(&as, &found, a->db)) == NULL &&
	    found) {
		if ((err = pf_end_lease(a, &as, false, "its bot is gone")) !=
		    NULL)
			return err;
		orphans++;
	}
	if (err != NULL || (err = pf_assignment_renew_all(a->db, &renewed,
	    a->tick)) != NULL || (err = pf_bot_renew_all(a->db, a->tick)) !=
	    NULL)
		return err;
	pf_jw_int(out, "renewed", renewed);
	pf_jw_int(out, "orphans", orphans);
	return NULL;
}
