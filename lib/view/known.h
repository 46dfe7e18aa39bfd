/*
 * Small questions to the database: is this known?  Read-only.
 */
#ifndef PF_VIEW_KNOWN_H
#define PF_VIEW_KNOWN_H

#include <stdbool.h>

#include "codec/bucket.h"
#include "codec/check.h"
#include "codec/rec.h"
#include "store/db.h"

/* Is there a job of this id?  Then its campaign. */
const struct pf_err	*pf_known_job(bool *known,
			    char campaign[PF_ID_MAX + 1], struct pf_db *,
			    const char *job);

/* What a job is, cut to what is there for it. */
struct pf_about {
	char	 name[256], target[256], fuzzer[64], status[16];
	char	 target_hash[PF_SHA_TEXT];
	bool	 over;			/* it has ended */
};
const struct pf_err	*pf_known_about(struct pf_about *, bool *known,
			    struct pf_db *, const char *job);

/* Is there a bot of this id that has not left? */
const struct pf_err	*pf_known_bot(bool *known, struct pf_db *,
			    const char *bot);

/* Is there one, or was there? */
const struct pf_err	*pf_known_bot_ever(bool *known, struct pf_db *,
			    const char *bot);

/* Is there a campaign of this id? */
const struct pf_err	*pf_known_campaign(bool *known, struct pf_db *,
			    const char *campaign);

/* The bucket of a crash, by its job and input; "" if it is not there. */
const struct pf_err	*pf_known_place(char bucket[PF_BUCKET_TEXT],
			    struct pf_db *, const char *job,
			    const char *hash);

/* Inputs kept of a bucket, if there is one; buckets of a campaign; bytes of a
 * job's inputs, reports and logs; bytes of those of all jobs. */
const struct pf_err	*pf_known_samples(int64_t *, bool *known,
			    struct pf_db *, const char *bucket);
const struct pf_err	*pf_known_buckets(int64_t *, struct pf_db *,
			    const char *campaign);
const struct pf_err	*pf_known_job_bytes(int64_t *, struct pf_db *,
			    const char *job);
const struct pf_err	*pf_known_bytes(int64_t *, struct pf_db *);

/* Was this token of a job ever given? */
const struct pf_err	*pf_known_token(bool *known, struct pf_db *,
			    const struct pf_rec *);

/* The lease that a record's bot holds, of its job if it names one: then job,
 * inc, epoch and attempt are of it. */
const struct pf_err	*pf_known_lease(bool *known, struct pf_db *,
			    struct pf_rec *);

/* Was the result of this rid counted? */
const struct pf_err	*pf_known_result(bool *known, struct pf_db *,
			    const char *rid);

/* Is this the report of numbers that is shown of the job? */
const struct pf_err	*pf_known_report(bool *known, struct pf_db *,
			    const char *job, int64_t epoch, int64_t attempt,
			    int64_t seq);

/* rid of the report that a crash's row tells of; "" if there is no row. */
const struct pf_err	*pf_known_chosen(char rid[PF_SHA_TEXT],
			    struct pf_db *, const char *job,
			    const char *hash);

/* Does that row tell of a report that comes before this one? */
const struct pf_err	*pf_known_told(bool *, struct pf_db *,
			    const struct pf_rec *);

/* rid of the smaller input that is told of a crash's; "" if there is none. */
const struct pf_err	*pf_known_small(char rid[PF_SHA_TEXT],
			    struct pf_db *, const char *job, const char *of);

/* Is there one called this among the crashes that were dropped?  How many of
 * a campaign are there? */
const struct pf_err	*pf_known_drop(bool *, struct pf_db *,
			    const char *id);
const struct pf_err	*pf_known_drops(int64_t *, struct pf_db *,
			    const char *campaign);

/* How many checks of this crash on this build were counted. */
const struct pf_err	*pf_known_checks(int64_t *, struct pf_db *,
			    const char *campaign, const struct pf_check *);

/* Does the job have this crash or corpus input, or this report of a check?
 * False of other kinds. */
const struct pf_err	*pf_known_input(bool *known, struct pf_db *,
			    enum pf_kind, const char *job, const char *hash);

/*
 * Some digits of its own for each database: one made anew has another epoch,
 * one of another master another id.
 */
#define PF_KNOWN_TAG	8
const struct pf_err	*pf_known_database(char tag[PF_KNOWN_TAG + 1],
			    struct pf_db *);

#endif
