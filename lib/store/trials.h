/*
 * How a crash did on one build after the other, read from the sums of its
 * checks: for who plans runs and for who tells of them.  Read-only.
 */
#ifndef PF_STORE_TRIALS_H
#define PF_STORE_TRIALS_H

#include "codec/report/ignore.h"
#include "codec/repro.h"
#include "store/db.h"

struct pf_trials {
	struct pf_trial	*v;
	size_t		 n, room;
};
#define PF_TRIALS_INIT	{ NULL, 0, 0 }

/*
 * The crashes c of an input in a campaign, found by the input: by itself
 * SQLite goes through all jobs of the campaign for them.
 */
#define PF_TRIALS_CRASHES(campaign, hash) \
	"crashes AS c CROSS JOIN jobs AS j ON j.id = c.job_id WHERE c.hash = " \
	hash " AND j.campaign = " campaign

/*
 * How often the runs of a row r of check_records did what the crash does.  Who
 * runs it on another build may not know how it crashed; so where its report
 * and that of the crash can be read both, they have to have one major hash.
 * Where that is not known, of what was filed before or by other rules, type
 * and stack have to be the same, so far as both are told; and where neither
 * has a stack they have to have died of the same signal.
 */
#define PF_TRIALS_ALIKE \
	"coalesce(iif(r.major GLOB '" PF_RULES ":*', nullif(major(c.output), " \
	"'') = r.major, NULL), CASE WHEN (c.stack = '') <> (r.stack = '') " \
	"THEN 1 WHEN c.stack = '' THEN c.signal = 0 OR c.signal = r.signal " \
	"ELSE (c.type, c.stack) = (r.type, r.stack) END)"
#define PF_TRIALS_SAME \
	"iif((r.stack <> '' OR r.major <> '' OR r.signal > 0) AND EXISTS " \
	"(SELECT 1 FROM " PF_TRIALS_CRASHES("r.campaign", "r.hash") ") AND " \
	"NOT EXISTS (SELECT 1 FROM " PF_TRIALS_CRASHES("r.campaign", "r.hash") \
	" AND " PF_TRIALS_ALIKE "), 0, r.same)"

/*
 * For SQL: whether valgrind alone has seen what an input does in a campaign;
 * only runs under it tell then what became of that.
 */
#define PF_TRIALS_UNDER(campaign, hash) \
	"coalesce((SELECT min(c.tool = 'valgrind') FROM " \
	PF_TRIALS_CRASHES(campaign, hash) "), 0)"
/* Whether a job has such inputs to run. */
#define PF_TRIALS_MEMCHECK(job) \
	"EXISTS (SELECT 1 FROM regressions AS r WHERE r.job = " job " AND " \
	PF_TRIALS_UNDER("r.campaign", "r.hash") ")"

/*
 * The sanitizer without which those runs could not see it, as pf_report_blind()
 * says of all that is known by that input; "": they could, or nobody told.
 */
#define PF_TRIALS_MISSING \
	"iif(r.crashed > 0 OR r.sanitizers = '', '', coalesce((SELECT " \
	"min(blind(c.output, c.tool, c.type, r.sanitizers)) FROM " \
	PF_TRIALS_CRASHES("r.campaign", "r.hash") "), ''))"

/*
 * What it was found with first, be it one of the campaign's builds or not, and
 * all that is none of them together; then the builds it was run on that come
 * before the one of the number; last that one, run on or not.  Of what valgrind
 * alone has seen these are the runs under it.  Reads no more than the checks of
 * the input.  pf_trials_free() in every case.
 */
const struct pf_err	*pf_trials_get(struct pf_trials *, struct pf_db *,
			    const char *campaign, const char *hash,
			    int64_t seq);
void			 pf_trials_free(struct pf_trials *);

#endif
