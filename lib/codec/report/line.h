/*
 * What the lines of many tools have in common: frames, numbers, words.
 */
#ifndef PF_CODEC_REPORT_LINE_H
#define PF_CODEC_REPORT_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codec/report/report.h"

/*
 * A frame as the sanitizers and libFuzzer print it, added to the open stack:
 *
 *	#0 0x55d in parse(char const*) /src/a.c:12:3
 *	#1 0x55e in main (/bin/prog+0x1234) (BuildId: 01ab)
 *	#2 0x55f  (/bin/prog+0x1234)
 *	#0 parse /src/a.c:12:3 (prog+0x5) (BuildId: a8)
 *
 * False (and nothing added) if the line is no such.
 */
bool	pf_line_frame(struct pf_report *, const char *);

/* The text after the blanks it begins with. */
const char *pf_line_skip(const char *);

/* Takes "==123==" and blanks after it off the front, if they are there. */
const char *pf_line_pid(const char *);

/* If s begins with word: what follows it; else NULL. */
const char *pf_line_after(const char *s, const char *word);

/* "0x1f" or "1f" in hex, bounded; false and 0 if there is no digit. */
bool	pf_line_hex(const char *, uint64_t *);
/* Decimal, commas within ignored (valgrind's 1,024); bounded, never < 0. */
bool	pf_line_num(const char *, int64_t *);

#endif
