/*
 * What the files of pf-report share.
 */
#ifndef PF_REPORT_REPORT_H
#define PF_REPORT_REPORT_H

#include <stdbool.h>

#include "codec/conf.h"
#include "codec/json.h"
#include "view/pick.h"
#include "view/show.h"

struct report {
	const char	*conf_path;
	struct pf_conf	 conf;
	int		*lines;		/* where keys stand, pf_conf_count() */
	struct pf_show	 show;
	const char	*job;		/* -J */
	const char	*bucket;	/* -b, of a build its number too */
	const char	*type;		/* -t */
	struct pf_pick	 pick;		/* -C, -e, -s */
	char		**rest;		/* all arguments */
	bool		 follow;	/* -f */
	bool		 script;	/* -x */
	bool		 target;	/* -T */
	const char	*out;		/* -o */
	const char	*root;		/* -d */
};

/* True if nobody reads what is printed any more. */
bool	reader_gone(void);

/* The commands that are more than a list; arg is the id. */
const struct pf_err	*report_crash(struct report *, const char *arg);
const struct pf_err	*report_regressions(struct report *,
			    const char *arg);
const struct pf_err	*report_bundle(struct report *, const char *arg);
const struct pf_err	*report_explain(struct report *, const char *arg);
const struct pf_err	*explain_crash(struct report *, const char *id);
const struct pf_err	*report_leaks(struct report *, const char *arg);
const struct pf_err	*report_rebucket(struct report *, const char *arg);
const struct pf_err	*report_rules(struct report *, const char *arg);
const struct pf_err	*report_status(struct report *, const char *arg);
const struct pf_err	*report_metrics(struct report *, const char *arg);
const struct pf_err	*report_events(struct report *, const char *arg);
const struct pf_err	*report_log(struct report *, const char *arg);
const struct pf_err	*report_config(struct report *, const char *arg);

#endif
