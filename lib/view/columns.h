/*
 * Short words for the tables of columns in lib/view: a view is its SQL and
 * its columns side by side.
 */
#ifndef PF_VIEW_COLUMNS_H
#define PF_VIEW_COLUMNS_H

#include "view/view.h"

#define N(cols)	(sizeof(cols) / sizeof(cols[0]))
#define VIEW_LIKE(what, cols, all, by) \
	const struct pf_view pf_view_##what = \
	    { #what, cols##_cols, N(cols##_cols), all, by }
#define VIEW(what, all, by)	VIEW_LIKE(what, what, all, by)

#define TEXT	PF_CELL_TEXT
#define INT	PF_CELL_INT
#define REAL	PF_CELL_REAL
#define BOOL	PF_CELL_BOOL
#define TIME	PF_CELL_TIME
#define DUR	PF_CELL_DUR
#define SIZE	PF_CELL_SIZE
#define JSON	PF_CELL_JSON
#define HEALTH	PF_CELL_HEALTH

#endif
