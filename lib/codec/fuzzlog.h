/*
 * What libFuzzer prints (clang 14), a line at a time:
 *
 *	INFO: Seed: 3046428154
 *	#1024	NEW    cov: 12 ft: 15 corp: 4/9b lim: 4 exec/s: 0 rss: 27Mb
 *	stat::number_of_executed_units: 1024
 *	artifact_prefix='./'; Test unit written to ./crash-...
 *
 * with -fork
 *
 *	#4096: cov: 20 ft: 30 corp: 6 exec/s 100 oom/timeout/crash: 0/0/1 ...
 *
 * and with -merge
 *
 *	MERGE-OUTER: 5 new files with 9 new features added; 8 new coverage ...
 */
#ifndef PF_CODEC_FUZZLOG_H
#define PF_CODEC_FUZZLOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum pf_fuzzline {
	PF_FL_OTHER,
	PF_FL_STATUS,		/* numbers were updated */
	PF_FL_REPORT,		/* first line of a crash report */
	PF_FL_ARTIFACT,		/* a file was written; see artifact */
	PF_FL_DONE,		/* "Done N runs", or of a merge: a normal end */
	PF_FL_MERGE		/* it tells how its merge goes */
};

/* The latest numbers of one process; -1 where it has not told. */
struct pf_fuzzlog {
	int64_t	 execs;
	int64_t	 cov;		/* edges */
	int64_t	 ft;		/* features */
	int64_t	 corpus;	/* units in memory */
	int64_t	 execs_per_sec;
	int64_t	 rss_mb;
	int64_t	 seed;		/* of its random numbers */
	int64_t	 ooms, timeouts, crashes;	/* with -fork */
	int64_t	 to_merge;	/* files a merge was given, */
	int64_t	 merged;	/* and those it chose */
	bool	 inited;	/* it has run its first inputs */
	char	 artifact[1024];
};

void			pf_fuzzlog_init(struct pf_fuzzlog *);
/* One line without its newline. */
enum pf_fuzzline	pf_fuzzlog_line(struct pf_fuzzlog *, const char *,
			    size_t n);

#endif
