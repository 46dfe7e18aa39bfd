/*
 * A request without a server, for the target of that name: what the handlers
 * of pf-httpd need around them is in seams.c, and looks at what they make.
 */
#ifndef FUZZ_REQUEST_H
#define FUZZ_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "httpd/httpd.h"

#define MUST(what)	do { if (!(what)) abort(); } while (0)
#define PAIRS_MAX	24
#define BOUNDARY	"BB"	/* of every form */

struct pair {
	char	*name, *value;	/* value: NULL if there is none */
};

/* The text that is fuzzed, taken apart. */
struct text {
	char		*head;		/* all but the body */
	char		*method, *path;
	struct pair	 args[PAIRS_MAX], headers[PAIRS_MAX];
	int		 nargs, nheaders;
	const char	*body;
	size_t		 len;
};

/*
 * Of the request at hand: set before its handlers run.  There are headers of
 * the target's own: Writer and Room name a class of errors that the writer
 * and the spool answer with.
 */
extern const struct text *asked;
extern const struct req *asking;

/* One of asked->headers, or NULL. */
const char	*header(const char *name);

/* A line for the writer: is it one, and does each word in it stand where the
 * request said it? */
void		 look_at_line(const struct req *, const char *line);

/* Packs: whole frames of records that pf-ingest would take. */
void		 look_at_frames(const char *, size_t n);

/* A connection whose request is a form, for libmicrohttpd to ask. */
struct MHD_Connection	*form_connection(void);

#endif
