/*
 * What became of a hook: told, or to be tried again later and ever later, for
 * as long as it takes.
 */
#include "act/announce.h"
#include "act/common.h"
#include "model/hook.h"

#define FIRST_MS	10000
#define LONGEST_MS	3600000

const struct pf_err *
pf_act_hooked(struct pf_act *a, const struct pf_json *req, struct pf_buf *out)
{
	const struct pf_err *err;
	const char *crash = "";
	bool ok = false, due;
	int64_t tries, delay = FIRST_MS, i;

	if ((err = pf_need_id(&crash, req, "crash")) != NULL ||
	    (err = pf_json_bool(&ok, req, "ok")) != NULL ||
	    (err = pf_hook_tries(&tries, &due, a->db, crash)) != NULL)
		return err;
	if (!due)
		return pf_err_field(PF_NOTFOUND, "crash", "no hook of crash "
		    "%s is due", crash);
	for (i = 0; i < tries && delay < LONGEST_MS; i++)
		delay *= 2;
	if (delay > LONGEST_MS)
		delay = LONGEST_MS;
	pf_jw_int(out, "tries", tries + !ok);
	if (!ok)
		return pf_hook_later(a->db, crash, a->now + delay);
	if ((err = pf_announced(a, crash)) != NULL)
		return err;
	return pf_hook_done(a->db, crash);
}
