/*
 * What became of a hook: told, or to be tried again later and ever later, for
 * as long as it takes.
 */
#include "act/announce.h"
#include "act/common.h"
#include "base/retry.h"
#include "codec/op.h"
#include "model/hook.h"

/* Without a limit of tries; one hook, so no jitter. */
static const struct pf_retry later = { .initial_delay = 10000,
    .max_delay = PF_HOOK_LATER, .multiplier = 2.0 };

const struct pf_err *
pf_act_hooked(struct pf_act *a, const struct pf_json *req, struct pf_buf *out)
{
	const struct pf_err *err;
	const char *crash = "";
	bool ok = false, due;
	int64_t tries;

	if ((err = pf_need_id(&crash, req, "crash")) != NULL ||
	    (err = pf_json_bool(&ok, req, "ok")) != NULL ||
	    (err = pf_hook_tries(&tries, &due, a->db, crash)) != NULL)
		return err;
	if (!due)
		return pf_err_field(PF_NOTFOUND, "crash", "no hook of crash "
		    "%s is due", crash);
	pf_jw_int(out, "tries", tries + !ok);
	if (!ok)
		return pf_hook_later(a->db, crash, a->now +
		    pf_retry_delay(&later, NULL, tries));
	if ((err = pf_announced(a, crash)) != NULL)
		return err;
	return pf_hook_done(a->db, crash);
}
