/*
 * Who may ask: the names this server goes by, the pages that may write and
 * the token; see httpd.h.  Against browsers, which are made to speak for
 * somebody else, and against those who have no token.
 */
#include <arpa/inet.h>

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/mem.h"
#include "codec/hash.h"
#include "httpd/httpd.h"
#include "httpd/route.h"
#include "store/token.h"

#define NAME_MAX_	255
#define BETWEEN		" \t,"		/* of the names in hosts */

struct access {
	char	 own[NAME_MAX_ + 1];	/* of this machine */
	char	 listen[PF_CONF_TEXT];	/* the host part of the address */
	char	 sha[PF_SHA_TEXT];	/* of the token; "" if none is asked */
};

/* The name in "name:port", or in brackets, without a dot at its end. */
static size_t
name_len(const char *host)
{
	size_t n = *host == '[' ? strcspn(host, "]") : strcspn(host, ":");

	if (*host == '[')
		return host[n] == ']' ? n + 1 : 0;
	return n > 1 && host[n - 1] == '.' ? n - 1 : n;
}

/* What follows the name is a port. */
static bool
is_host(const char *host)
{
	size_t n = name_len(host);

	n += host[n] == '.';
	if (n == 0 || host[n] == '\0')
		return n > 0;
	return host[n] == ':' && strspn(host + n + 1, "0123456789") ==
	    strlen(host + n + 1) && strlen(host + n + 1) <= 5;
}

static bool
same(const char *host, size_t n, const char *name)
{
	return n > 0 && strlen(name) == n && strncasecmp(host, name, n) == 0;
}

/* No name was looked up to get here: nobody can have bent it. */
static bool
is_address(const char *host, size_t n)
{
	struct in6_addr a;
	char text[INET6_ADDRSTRLEN + 1];
	bool six = *host == '[';

	if (six) {
		host++;
		n -= n < 2 ? n : 2;
	}
	if (n == 0 || n >= sizeof(text))
		return false;
	memcpy(text, host, n);
	text[n] = '\0';
	return inet_pton(six ? AF_INET6 : AF_INET, text, &a) == 1;
}

static bool
is_listed(const char *list, const char *host, size_t n)
{
	size_t k;

	for (list += strspn(list, BETWEEN); *list != '\0';
	    list += strspn(list, BETWEEN)) {
		k = strcspn(list, BETWEEN);
		if ((k == 1 && *list == '*') ||
		    (k == n && strncasecmp(list, host, n) == 0))
			return true;
		list += k;
	}
	return false;
}

const struct pf_err *
access_host(const struct httpd *h, const char *host)
{
	const struct access *a = h->access;
	size_t n;

	if (host == NULL)
		return NULL;	/* HTTP/1.0: browsers have names to tell */
	n = name_len(host);
	if (is_host(host) && (is_address(host, n) ||
	    same(host, n, "localhost") || same(host, n, a->own) ||
	    same(host, n, a->listen) || (a->own[0] != '\0' &&
	    n == strcspn(a->own, ".") && strncasecmp(host, a->own, n) == 0)))
		return NULL;
	if (is_listed(h->conf.http_hosts, host, n))
		return NULL;
	return pf_err(PF_DENIED, "this server does not go by the name "
	    "\"%.100s\"", host);
}

/* scheme://authority, the authority being that of the request. */
static bool
is_own_origin(const char *origin, const char *host)
{
	size_t n = strncasecmp(origin, "http://", 7) == 0 ? 7 :
	    strncasecmp(origin, "https://", 8) == 0 ? 8 : 0;

	return n > 0 && host != NULL && strcasecmp(origin + n, host) == 0;
}

const struct pf_err *
access_origin(const struct req *r, const char *host)
{
	const char *origin = req_header(r, "Origin");
	const char *site = req_header(r, "Sec-Fetch-Site");

	if (r->route->safe)
		return NULL;
	if ((origin != NULL && !is_own_origin(origin, host)) ||
	    (site != NULL && strcasecmp(site, "same-origin") != 0 &&
	    strcasecmp(site, "none") != 0))
		return pf_err(PF_DENIED, "requests from other sites are "
		    "refused");
	return NULL;
}

const struct pf_err *
access_token(struct req *r)
{
	const struct access *a = r->h->access;
	const char *given;
	char sha[PF_SHA_TEXT];

	if (a->sha[0] == '\0')
		return NULL;
	r->reply.wants_token = true;
	given = req_header(r, "Authorization");
	if (given == NULL || strncasecmp(given, "Bearer ", 7) != 0)
		return pf_err(PF_DENIED, "a token is needed");
	given += 7 + strspn(given + 7, " ");
	pf_sha256(sha, given, strcspn(given, " \t"));
	if (!pf_sha_same(sha, a->sha))
		return pf_err(PF_DENIED, "the token is not the right one");
	r->reply.wants_token = false;
	return NULL;
}

/* A slip in the list would shut out, and nobody know why. */
static const struct pf_err *
check_hosts(const char *list)
{
	size_t k, i;

	for (list += strspn(list, BETWEEN); *list != '\0';
	    list += k + strspn(list + k, BETWEEN)) {
		k = strcspn(list, BETWEEN);
		if (k == 1 && *list == '*')
			continue;
		for (i = 0; i < k; i++)
			if (!isalnum((unsigned char)list[i]) &&
			    strchr("-._", list[i]) == NULL)
				return pf_err(PF_CONFIG, "hosts in [http]: "
				    "\"%.*s\" is not a name (no port, no "
				    "http://)", (int)k, list);
	}
	return NULL;
}

const struct pf_err *
access_start(struct httpd *h, const char *where)
{
	const struct pf_err *err;
	struct access *a = pf_calloc(1, sizeof(*a));
	struct pf_buf token = PF_BUF_INIT;

	h->access = a;
	if (gethostname(a->own, sizeof(a->own) - 1) == -1)
		a->own[0] = '\0';
	memcpy(a->listen, where, strnlen(where, sizeof(a->listen) - 1));
	a->listen[name_len(a->listen)] = '\0';
	if ((err = check_hosts(h->conf.http_hosts)) != NULL ||
	    h->conf.http_token_file[0] == '\0')
		return err;
	if ((err = pf_token_read(&token, h->conf.http_token_file)) != NULL)
		return err;
	/* What is compared is the hash, and that is all that stays here. */
	pf_sha256(a->sha, token.data, token.len);
	pf_token_free(&token);
	return NULL;
}
