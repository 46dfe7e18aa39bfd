/*
 * Headers that must not be read in two ways; see framing.h.  libmicrohttpd
 * takes the first of several, and "Content-Length : 5" for a header of some
 * other name.
 */
#include <microhttpd.h>

#include <string.h>
#include <strings.h>

#include "base/num.h"
#include "httpd/framing.h"

/* A name without blanks, a value on one line. */
static bool
is_odd(const char *key, const char *value)
{
	const unsigned char *p = (const unsigned char *)key;

	if (*p == '\0')
		return true;
	for (; *p != '\0'; p++)
		if (*p <= ' ' || *p >= 0x7f)
			return true;
	p = (const unsigned char *)(value != NULL ? value : "");
	for (; *p != '\0'; p++)
		if ((*p < ' ' && *p != '\t') || *p == 0x7f)
			return true;
	return false;
}

static enum MHD_Result
see_header(void *cls, enum MHD_ValueKind kind, const char *key,
    const char *value)
{
	struct framing *f = cls;

	(void)kind;
	f->odd |= is_odd(key, value);
	if (strcasecmp(key, "Host") == 0) {
		f->hosts++;
		f->host = value;
	} else if (strcasecmp(key, "Origin") == 0) {
		f->origins++;
	} else if (strcasecmp(key, "Content-Length") == 0) {
		f->lengths++;
		f->length = value;
	} else if (strcasecmp(key, "Transfer-Encoding") == 0) {
		f->codings++;
		f->coding = value;
	}
	return MHD_YES;
}

static const struct pf_err *
check(const struct framing *f, const char *version)
{
	int64_t n;

	if (f->odd)
		return pf_err(PF_USAGE, "a header with blanks in its name, or "
		    "control bytes");
	if (f->hosts > 1)
		return pf_err(PF_USAGE, "more than one Host header");
	if (f->origins > 1)
		return pf_err(PF_USAGE, "more than one Origin header");
	if (f->lengths > 1)
		return pf_err(PF_USAGE, "more than one Content-Length header");
	if (f->codings > 0 && f->lengths > 0)
		return pf_err(PF_USAGE, "Content-Length and "
		    "Transfer-Encoding exclude each other");
	if (f->codings > 1 || (f->codings == 1 &&
	    (f->coding == NULL || strcasecmp(f->coding, "chunked") != 0)))
		return pf_err(PF_USAGE, "the only known Transfer-Encoding is "
		    "chunked");
	if (f->codings == 1 && strcmp(version, "HTTP/1.0") == 0)
		return pf_err(PF_USAGE, "HTTP/1.0 has no Transfer-Encoding");
	if (f->lengths == 1 && (f->length == NULL ||
	    !pf_num(&n, f->length, 0, INT64_MAX)))
		return pf_err(PF_USAGE, "the Content-Length is not a number");
	return NULL;
}

const struct pf_err *
framing_read(struct framing *f, struct MHD_Connection *conn,
    const char *version)
{
	MHD_get_connection_values(conn, MHD_HEADER_KIND, see_header, f);
	return check(f, version);
}

const struct pf_err *
framing_path(const char **path, const char *target, const struct framing *f)
{
	size_t n;

	*path = target;
	if (strncasecmp(target, "http://", 7) != 0)
		return NULL;
	n = strcspn(target += 7, "/");
	if (f->host == NULL || strlen(f->host) != n ||
	    strncasecmp(target, f->host, n) != 0)
		return pf_err(PF_USAGE, "the URL names another host than the "
		    "Host header");
	*path = target[n] == '\0' ? "/" : target + n;
	return NULL;
}
