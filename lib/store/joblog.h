/*
 * Logs of jobs below the storage tree: logs/jobs/JOB/EPOCH.ATTEMPT.SEGMENT.log
 * with numbers of six, six and eight digits, so that names sort by age.  A
 * segment holds the bytes of its attempt's log from SEGMENT times its size
 * on; NUL is what is not there.
 */
#ifndef PF_STORE_JOBLOG_H
#define PF_STORE_JOBLOG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

#define PF_JOBLOG_SEGMENT	(INT64_C(1) << 20)	/* bytes */
#define PF_JOBLOG_NAME		72

struct pf_joblog {
	int64_t	 epoch, attempt, segment;
};

/* Directory of a job's log; the caller's to free. */
char	*pf_joblog_dir(const char *storage, const char *job);

/* Name of a segment, and back: false of what is none. */
void	 pf_joblog_name(char out[PF_JOBLOG_NAME], const struct pf_joblog *);
bool	 pf_joblog_parse(struct pf_joblog *, const char *name);

/* Bytes of all segments of a job that are there, holes among them. */
const struct pf_err	*pf_joblog_bytes(int64_t *, const char *storage,
			    const char *job);

/*
 * What was let go of to keep to a limit: the newest segment of it, "" if there
 * is none, and its bytes in all.  It stands beside the segments, in the file
 * of that name; all that is not newer is gone, or is about to be.
 */
#define PF_JOBLOG_GONE	"gone"
struct pf_joblog_gone {
	char	 name[PF_JOBLOG_NAME];
	int64_t	 bytes;
};
const struct pf_err	*pf_joblog_gone(struct pf_joblog_gone *,
			    const char *dir);
const struct pf_err	*pf_joblog_let_go(const char *dir,
			    const struct pf_joblog_gone *);

#endif
