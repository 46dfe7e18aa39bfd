/*
 * A text of any length goes in by pieces, one record comes out: that of the
 * first report in it.
 *
 * Works in one pass, line by line, in time linear in the text and in memory
 * that is fixed.  Of a line the first PF_SCAN_LINE bytes are looked at; NULs
 * are blanks in it, and colours are taken out, as is what others have put
 * before each line; see prefix.h.
 */
#ifndef PF_CODEC_REPORT_SCAN_H
#define PF_CODEC_REPORT_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codec/report/prefix.h"
#include "codec/report/report.h"

#define PF_SCAN_LINE	4096

/*
 * A reader of one tool's reports.  Lines come without their newline, NUL
 * behind, n bytes before it.
 *
 * begins() says whether a report begins with this line, and if so has set
 * tool, type (by pf_report_type() or pf_report_signal()) and hold; otherwise
 * it leaves the record alone.  It is asked for every line of rubbish, so it
 * must know quickly that it is not meant.
 *
 * line() takes the lines that follow, and says whether there may be more: once
 * it said no it is not asked again.  The line for which it says no belongs to
 * the report if it was taken, it makes no difference.  NULL: a report is but
 * the line that it begins with.  While a report is not firm and has no frame
 * the others are asked begins() first; after a remark so is the reader itself,
 * for a firm one.
 */
struct pf_reader {
	bool	weak;		/* it reads only what no other has: hold is
				 * always PF_HOLD_WEAK */
	bool	(*begins)(struct pf_report *, const char *line, size_t n);
	bool	(*line)(struct pf_report *, const char *line, size_t n);
};

/* Who can read what; the order is that in which they are asked. */
extern const struct pf_reader
    pf_read_asan, pf_read_hwasan, pf_read_lsan, pf_read_msan, pf_read_tsan,
    pf_read_ubsan, pf_read_libfuzzer, pf_read_afl, pf_read_signal,
    pf_read_glibc, pf_read_check, pf_read_cxx, pf_read_rust, pf_read_go,
    pf_read_valgrind, pf_read_valgrind_xml, pf_read_gdb;

/* What the record said before another report came. */
struct pf_said {
	char		 tool[16];
	char		 type[PF_TYPE_TEXT], coarse[PF_TYPE_TEXT];
	enum pf_hold	 hold;
	enum pf_access	 access;
	int64_t		 size;
	bool		 has_addr;
	uint64_t	 addr;
	enum pf_addr	 addr_class;
	int		 signal, phase;
	const char	*message;
	struct pf_frame	 place;
	size_t		 nstacks, nframes, used;
	struct pf_stack	 last;		/* an empty one may be taken again */
	bool		 cut;
};

/* All members are the module's own. */
struct pf_scan {
	struct pf_report	*report;
	const struct pf_reader	*reader;	/* at work, or NULL */
	bool			 done;		/* nothing more to learn */
	bool			 found;
	bool			 skip;		/* the rest of a long line */
	uint64_t		 at;		/* bytes fed */
	uint64_t		 begun;		/* offset of the line */
	uint64_t		 offset;	/* where the report begins */
	struct {				/* that another one replaced */
		struct pf_said	 said;
		const char	*name;		/* of its first frame, "" */
		uint32_t	 line;
		uint64_t	 offset;
	} remark;
	struct pf_prefix	 prefix;	/* of its lines */
	size_t			 len;
	char			 line[PF_SCAN_LINE + 1];
};

/* The report must have been initialised, and outlive the scan. */
void	pf_scan_begin(struct pf_scan *, struct pf_report *);
void	pf_scan_feed(struct pf_scan *, const char *, size_t n);
/* Takes a last line without newline; false if nothing was recognised. */
bool	pf_scan_end(struct pf_scan *);

/* All at once; *offset is where the report begins (0 if there is none). */
bool	pf_report_parse(struct pf_report *, const char *, size_t n,
	    size_t *offset);

#endif
