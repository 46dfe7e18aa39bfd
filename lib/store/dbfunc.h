/*
 * Functions of ours in SQL: pure ones, of the columns that are given to them.
 *
 *	blind(output, tool, type, sanitizers)
 *		what pf_report_blind() says of a crash, by its report or what
 *		was told of it
 *	major(output)
 *		what pf_trace_major() says of a report
 *	severity(type, tool, output, signal, lowered)
 *		how bad a crash may be by its report, else by what was told of
 *		it; a step less if lowered
 */
#ifndef PF_STORE_DBFUNC_H
#define PF_STORE_DBFUNC_H

struct sqlite3;

/* SQLITE_OK, or why not. */
int	pf_dbfunc_add(struct sqlite3 *);

#endif
