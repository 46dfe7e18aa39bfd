/*
 * What afl-fuzz writes: its fuzzer_stats file ("key : value" lines, AFL++
 * 4.04c), its plot_data file (lines of numbers) and the names of the files in
 * queue/, crashes/ and hangs/
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
	int64_t	 cycles_done;
	int64_t	 execs_done;
	int64_t	 corpus_count;
	int64_t	 corpus_imported;
	int64_t	 pending_total;
	int64_t	 saved_crashes;
	int64_t	 saved_hangs;
	int64_t	 last_find;		/* seconds since 1970, 0: never */
	int64_t	 exec_timeout;		/* ms */
	int64_t	 edges_found;
	int64_t	 total_edges;
	int64_t	 peak_rss_mb;
	double	 execs_per_sec;
	double	 stability;		/* percent */
};

/* Reads the n bytes of a stats file; unknown lines are passed over. */
void	pf_aflstat_parse(struct pf_aflstat *, const char *, size_t n);

/*
 * Reads the last whole line of a plot_data file; the columns are those that
 * its first line names.  head holds the beginning, tail the end of the file,
 * which may be the same bytes.
 */
void	pf_aflplot_parse(struct pf_aflstat *, const char *head, size_t nhead,
	    const char *tail, size_t ntail);

struct pf_aflname {
	int64_t	 id;
	int64_t	 sig;			/* -1: not in the name */
	int64_t	 time;			/* ms since the start, -1 */
	int64_t	 execs;			/* -1 */
	bool	 imported;		/* "sync:": from another fuzzer */
	bool	 seed;			/* "orig:": it was given */
	int64_t	 src;			/* id of what it was made of, -1 */
	char	 op[32];		/* how, "" if not in the name */
};

/* False if the name does not start with "id:" and digits. */
bool	pf_aflname_parse(struct pf_aflname *, const char *name);

#endif
