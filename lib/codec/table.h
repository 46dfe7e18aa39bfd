/*
 * Lists as text: tab-separated for pipes, aligned for people, JSON lines for
 * programs.  Cells come one by one, in the order of the columns.  What they
 * hold is hostile: control bytes never reach the output as they are.
 *
 * TSV escapes \t \n \\ and other control bytes as \xNN; an absent value is
 * "-".  JSON has null, and times in RFC 3339.
 */
#ifndef PF_CODEC_TABLE_H
#define PF_CODEC_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum pf_cell {
	PF_CELL_TEXT, PF_CELL_INT, PF_CELL_REAL, PF_CELL_BOOL,
	PF_CELL_TIME,		/* ms since 1970 */
	PF_CELL_DUR,		/* ms */
	PF_CELL_SIZE,		/* bytes */
	PF_CELL_JSON,		/* JSON text, raw in JSON output */
	PF_CELL_HEALTH		/* verdicts, see verdict.h; a list in JSON */
};

struct pf_column {
	const char	*name;
	enum pf_cell	 kind;
};

enum pf_format { PF_FORMAT_TSV, PF_FORMAT_ALIGNED, PF_FORMAT_JSON };

/* All members are the module's own; start with pf_table_begin(). */
struct pf_table {
	const struct pf_column	*columns;
	size_t			 n;
	enum pf_format		 format;
	struct pf_buf		*out;
	size_t			 at;		/* next column */
	struct pf_buf		 cells;		/* aligned: NUL-ended texts */
	size_t			 rows;
	size_t			 width[32];
};

/*
 * Rows are appended to out as they end, except aligned ones, which come with
 * pf_table_end().  header puts a line of names first (never with JSON; an
 * aligned table always has one).  At most 32 columns.
 */
void	pf_table_begin(struct pf_table *, struct pf_buf *out, enum pf_format,
	    const struct pf_column *, size_t n);
void	pf_table_header(struct pf_table *);
void	pf_table_text(struct pf_table *, const char *);
void	pf_table_int(struct pf_table *, int64_t);	/* any but text, real */
void	pf_table_real(struct pf_table *, double);
void	pf_table_null(struct pf_table *);
void	pf_table_given(struct pf_table *, const char *);	/* "": null */
void	pf_table_end(struct pf_table *);

/* Text as it stands in a cell, appended: one line without control bytes. */
void	pf_table_escape(struct pf_buf *, const char *);

#endif
