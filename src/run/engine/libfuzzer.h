/*
 * libFuzzer: what the files of this engine share.
 */
#ifndef RUN_LIBFUZZER_H
#define RUN_LIBFUZZER_H

#include "codec/fuzzlog.h"
#include "run/engine/engine.h"

/* What the process at hand does. */
enum lf_phase { LF_FUZZ, LF_MERGE };

/* What is counted over all starts of an attempt, also of a killed pf-run. */
struct lf_counts {
	int64_t	 execs, edges, starts;
	int64_t	 merged;		/* files after the last merge */
};

/* What is new in the corpus, see lf_watch.c. */
struct lf_watch {
	bool	 begun;
	int	 fd;			/* the kernel tells; -1: it does not */
	bool	 missed;		/* all of it has to be looked at, */
	int64_t	 not_before;		/* CLOCK_BOOTTIME, ms */
	char	**waiting;		/* names that were told */
	size_t	 n;
};

struct lf {
	struct pf_fuzzlog	 log;		/* of this process */
	char			*corpus, *artifacts, *merge;
	enum lf_phase		 phase;
	struct lf_counts	 n;		/* of those before it */
	int64_t			 execs_before;	/* by earlier pf-runs */
	int64_t			 timeouts;
	int64_t			 save_at;
	int64_t			 pos;		/* read of the log */
	int64_t			 report_at;	/* -1: none in this run */
	int64_t			 report_seen;	/* when, CLOCK_BOOTTIME, ms */
	struct pf_buf		 part;		/* a line without its end */
	int64_t			 launched;	/* CLOCK_BOOTTIME, ms */
	int64_t			 told_at;	/* its last numbers */
	int64_t			 overdue;	/* it hangs beyond this */
	int64_t			 resume_at;	/* when to start again */
	int64_t			 pause;
	int			 touch;		/* looks until the corpus is */
	int			 bad_starts;
	int64_t			 found;		/* before this one */
	bool			 waits;		/* ended, but not done with */
	int			 status;	/* how */
	bool			 killed;	/* it hung */
	bool			 held;		/* it was told to end */
	bool			 blind;		/* it sees no coverage */
	bool			 said;		/* so */
	struct lf_watch		 watch;
	int64_t			 early_at;	/* to look for artifacts */
	bool			 more;		/* of them, for the next look */
	int			 untold;	/* of them, by this process */
	bool			 strange;	/* which was said */
	struct seen		 merging;	/* files of the corpus then */
};

/* lf_options.c: PF_DATA if the job asks for what there is not. */
const struct pf_err	*lf_check(const struct job *);
/* A number the job chose, or normal. */
int64_t			 lf_number(const struct job *, const char *option,
			    int64_t normal);
/* The command line of a start that is to last so many seconds at most. */
void			 lf_argv(struct fuzz *, struct lf *, int64_t seconds);
/* What a run on a single input needs to end as it did. */
void			 lf_rerun_argv(char ***, const struct job *);
/* Seconds after which a process is started anew. */
int64_t			 lf_term(const struct fuzz *);
/* The name of the job's strategy. */
const char		*lf_strategy(const struct job *);

/* lf_log.c: what it has printed since the last look. */
void			 lf_read_log(struct fuzz *, struct lf *);
/* The crash report of the process that has just ended. */
void			 lf_read_report(struct fuzz *, struct lf *,
			    struct pf_buf *);

/* lf_watch.c: new inputs.  PF_NO: some have to wait. */
void			 lf_watch_init(struct lf_watch *);
void			 lf_watch_end(struct lf_watch *);
const struct pf_err	*lf_corpus(struct fuzz *, struct lf *);

/* lf_finds.c: an input, unless it was taken before, and artifacts of a process
 * that wrote them all.  PF_NO: some have to wait. */
const struct pf_err	*lf_input(struct fuzz *, const struct lf *,
			    const char *name);
const struct pf_err	*lf_artifacts(struct fuzz *, struct lf *, int status);
/* Those of workers while others run: what is complete, a few at a time. */
const struct pf_err	*lf_artifacts_early(struct fuzz *, struct lf *);
/* A crashing input out of seeds and corpus; false if it is in neither. */
bool			 lf_drop_bad(struct fuzz *, struct lf *);
/* How many of the artifacts that are there are timeouts. */
int64_t			 lf_timeouts(const struct lf *);

/* lf_counts.c: what outlives pf-run. */
void			 lf_load(struct fuzz *, struct lf *);
void			 lf_save(struct fuzz *, struct lf *);

/* lf_merge.c: true if a merge was started in place of fuzzing. */
bool			 lf_merge_start(struct fuzz *, struct lf *);
void			 lf_merge_ended(struct fuzz *, struct lf *, bool well);

#endif
