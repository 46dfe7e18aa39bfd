/*
 * The doctor: whether a bot could work on this machine and what would keep it
 * from that or slow it down, a line each with what to do about it.
 */
#ifndef RUN_DOCTOR_H
#define RUN_DOCTOR_H

#include "codec/table.h"
#include "run/run.h"

struct doctor {
	const struct pf_conf	*conf;
	struct pf_table		 table;
	bool			 failed[128];	/* with this status */
	char			 master[PF_ID_MAX + 1];	/* of it, "" if new */
};

/*
 * doctor.c: a line: what was looked at, what is there, and what to do; the
 * latter is "" if all is well.  With doctor_fail no bot can work, and status
 * is the one it would end with.
 */
void	doctor_ok(struct doctor *, const char *what, const char *found);
void	doctor_warn(struct doctor *, const char *what, const char *found,
	    const char *todo);
void	doctor_fail(struct doctor *, int status, const char *what,
	    const char *found, const char *todo);

/* All of them; the exit status of pf-run -D. */
const struct pf_err	*doctor_run(const struct options *, int *status);

/* Each looks at a part of it. */
void	doctor_machine(struct doctor *);	/* machine.c */
void	doctor_engines(struct doctor *);	/* engines.c */
void	doctor_workdir(struct doctor *);	/* workdir.c */
void	doctor_master(struct doctor *);		/* master.c */

#endif
