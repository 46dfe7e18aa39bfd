/*
 * What an engine of pf-engine(5) says of itself and of a crash.  Its numbers
 * are in the words of afl-fuzz: codec/aflstat.  All of it is from a stranger.
 */
#ifndef PF_CODEC_ENGINE_H
#define PF_CODEC_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define PF_ENGINE_CONTRACT	1	/* the one we speak */

/* Answer to -c. */
struct pf_probe {
	char	 version[64];		/* printable, "" if it tells none */
	char	 options[256];		/* names with a blank between them */
};

/*
 * Reads n bytes; PF_DATA if the contract is missing or another, or the name
 * of an option is none.
 */
const struct pf_err	*pf_probe_parse(struct pf_probe *, const char *,
			    size_t n);

/* A name that can be part of that of a variable of sh. */
bool			 pf_option_ok(const char *);

/* The file beside a crash. */
struct pf_crashinfo {
	int64_t		 signal;	/* 0: it tells none */
	int64_t		 exit_status;	/* 0: it tells none */
	size_t		 report;	/* where it begins in the bytes, */
	size_t		 report_len;	/* 0: there is none */
};
void			 pf_crashinfo_parse(struct pf_crashinfo *,
			    const char *, size_t n);

#endif
