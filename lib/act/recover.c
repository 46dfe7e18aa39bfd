/*
 * What has to be right before the writer serves: recover.
 *
 * Leases are renewed in full, for nobody could renew them while the writer
 * was away; a lease whose bot is gone or failed ends.  The configuration in
 * force is written down.
 */
#include <inttypes.h>
#include <stdio.h>

#include "act/common.h"
#include "model/system.h"

/* SystemConfig, for readers of the database alone. */
static const struct pf_err *
keep_config(struct pf_act *a)
{
	const struct pf_err *err = NULL;
	const struct {
		const char	*key;
		int64_t		 value;
	} numbers[] = {
		{ "bot_timeout", a->conf->bot },
		{ "job_timeout", a->conf->job },
		{ "heartbeat_interval", a->conf->heartbeat_interval },
		{ "max_concurrent_jobs", a->conf->max_concurrent_jobs },
	};
	char text[32];
	size_t i;

	for (i = 0; err == NULL && i < sizeof(numbers) / sizeof(numbers[0]);
	    i++) {
		snprintf(text, sizeof(text), "%" PRId64, numbers[i].value);
		err = pf_system_set(a->db, numbers[i].key, text);
	}
	if (err == NULL)
		err = pf_system_set(a->db, "storage_path",
		    a->conf->storage_path);
	return err;
}

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
	if (err != NULL || (err = keep_config(a)) != NULL ||
	    (err = pf_assignment_renew_all(a->db, &renewed,
	    a->tick)) != NULL || (err = pf_bot_renew_all(a->db, a->tick)) !=
	    NULL)
		return err;
	pf_jw_int(out, "renewed", renewed);
	pf_jw_int(out, "orphans", orphans);
	return NULL;
}
