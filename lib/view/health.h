/*
 * How jobs are: the verdicts of codec/verdict.h as they are shown, and how
 * many jobs that run have which.
 */
#ifndef PF_VIEW_HEALTH_H
#define PF_VIEW_HEALTH_H

#include "codec/verdict.h"
#include "store/db.h"

/* The text of the database as a list of objects of verdict, since, means and
 * todo. */
void	pf_health_json(struct pf_buf *, const char *key, const char *text);
/* The names alone, with blanks between; "well" if there are none. */
char	*pf_health_names(char out[PF_VERDICTS_TEXT], const char *text);
/* In sentences, for a job that was explained. */
void	pf_health_words(struct pf_buf *, const char *text);

struct pf_health {
	int64_t	 n[PF_VERDICT_MAX];
	int64_t	 jobs;		/* with any of them */
};
const struct pf_err	*pf_health_count(struct pf_health *, struct pf_db *);
/* The same as members of an object that is open: jobs, and each verdict. */
const struct pf_err	*pf_health_members(struct pf_buf *, struct pf_db *);

#endif
