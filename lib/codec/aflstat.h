/*
 * What afl-fuzz writes: its fuzzer_stats file ("key : value" lines, AFL++
 * 4.04c) and the names of the files in queue/, crashes/ and hangs/
 * ("id:000000,sig:06,src:000000,time:2,execs:16,op:havoc,rep:2").
 */
#ifndef PF_CODEC_AFLSTAT_H
#define PF_CODEC_AFLSTAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A number that is not there, or makes no sense, is -1. */
struct pf_aflstat {
	int64_t	 start_time;		/* seconds since 1970 */
	int64_t	 last_update;
	int64_t	 run_time;		/* seconds */
	int64_t	 execs_done;
	double	 execs_per_sec;
	int64_t	 corpus_count;
	int64_t	 corpus_imported;
	int64_t	 saved_crashes;
	int64_t	 saved_hangs;
	int64_t	 edges_found;
	int64_t	 total_edges;
	int64_t	 peak_rss_mb;
	double	 stability;		/* percent */
};

/* Reads the n bytes of a stats file; unknown lines are passed over. */
void	pf_aflstat_parse(struct pf_aflstat *, const char *, size_t n);

struct pf_aflname {
	int64_t	 id;
	int64_t	 sig;			/* -1: not in the name */
	int64_t	 time;			/* ms since the start, -1 */
	int64_t	 execs;			/* -1 */
	bool	 imported;		/* "sync:": from another fuzzer */
	bool	 seed;			/* "orig:": it was given */
};

/* False if the name does not start with "id:" and digits. */
bool	pf_aflname_parse(struct pf_aflname *, const char *name);

#endif
