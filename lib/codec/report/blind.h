/*
 * What a build cannot see of crashes: a sanitizer finds what no other build
 * dies of.  Pure.
 */
#ifndef PF_CODEC_REPORT_BLIND_H
#define PF_CODEC_REPORT_BLIND_H

#include "codec/report/report.h"

/*
 * The sanitizer (asan, lsan, msan, tsan or ubsan) that a build with those
 * would need to see the crash; "" if it can, or if that is not known.  What it
 * has are words with blanks between them, "none", or "": not told.  A mere
 * signal, an abort or a want of memory is seen by any build, whoever told it.
 */
const char	*pf_report_blind(const struct pf_report *, const char *has);

#endif
