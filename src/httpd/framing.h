/*
 * The headers that decide where a request ends and whose it is: what two
 * parsers could read in two ways is read in none.
 */
#ifndef PF_HTTPD_FRAMING_H
#define PF_HTTPD_FRAMING_H

#include <stdbool.h>

#include "base/err.h"

struct MHD_Connection;

struct framing {
	int		 hosts, origins, lengths, codings;
	const char	*host, *length, *coding;
	bool		 odd;		/* there is a header that is none */
};

/* Both are PF_USAGE if the connection has to be closed. */
const struct pf_err	*framing_read(struct framing *,
			    struct MHD_Connection *, const char *version);
/* The path of a target in whichever form; a whole URL names the host too. */
const struct pf_err	*framing_path(const char **path, const char *target,
			    const struct framing *);

#endif
