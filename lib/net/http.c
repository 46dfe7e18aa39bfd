/*
 * The bot's HTTP client; see http.h.
 */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "net/http.h"
#include "os/fs.h"

#define CONNECT_MS	5000L
#define STALL_S		20L	/* a transfer slower than a byte a second */

struct pf_http {
	CURL	*curl;
	char	*base;
	int64_t	 timeout;
	char	*token;			/* the whole header, or NULL */
	bool	 (*meanwhile)(void *);
	void	*arg;
	char	 error[CURL_ERROR_SIZE];
};

const struct pf_err *
pf_http_open(struct pf_http **out, const char *base, int64_t timeout)
{
	struct pf_http *h;
	size_t n = strlen(base);

	*out = NULL;
	if (strncmp(base, "http://", 7) != 0 &&
	    strncmp(base, "https://", 8) != 0)
		return pf_err(PF_CONFIG, "master \"%s\": not an http:// or "
		    "https:// URL", base);
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return pf_err(PF_UNAVAIL, "libcurl does not start");
	h = pf_calloc(1, sizeof(*h));
	h->curl = curl_easy_init();
	h->base = pf_strndup(base, base[n - 1] == '/' ? n - 1 : n);
	h->timeout = timeout;
	if (h->curl == NULL) {
		pf_http_close(h);
		return pf_err(PF_UNAVAIL, "libcurl does not start");
	}
	*out = h;
	return NULL;
}

static void
forget(struct pf_http *h)
{
	if (h->token != NULL)
		explicit_bzero(h->token, strlen(h->token));
	free(h->token);
	h->token = NULL;
}

void
pf_http_close(struct pf_http *h)
{
	if (h == NULL)
		return;
	curl_easy_cleanup(h->curl);
	forget(h);
	free(h->base);
	free(h);
}

bool
pf_http_token(struct pf_http *h, const char *token)
{
	char *header = pf_asprintf("Authorization: Bearer %s", token);
	bool new = h->token == NULL || strcmp(h->token, header) != 0;

	forget(h);
	h->token = header;
	return new;
}

void
pf_http_meanwhile(struct pf_http *h, bool (*fn)(void *), void *arg)
{
	h->meanwhile = fn;
	h->arg = arg;
}

static int
on_wait(void *arg, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	struct pf_http *h = arg;

	(void)a, (void)b, (void)c, (void)d;
	return h->meanwhile(h->arg) ? 0 : 1;
}

/* Collects a reply, up to its limit. */
static size_t
on_body(char *p, size_t size, size_t n, void *arg)
{
	struct pf_buf *b = arg;

	n *= size;
	if (b->len + n > PF_HTTP_REPLY_MAX)
		return 0;
	pf_buf_add(b, p, n);
	return n;
}

static size_t
on_header(char *p, size_t size, size_t n, void *arg)
{
	static const char name[] = "retry-after:";
	struct pf_http_call *c = arg;
	char text[16];
	size_t len = size * n, at = sizeof(name) - 1, k = 0;
	int64_t s;

	if (len > at && strncasecmp(p, name, at) == 0) {
		for (; at < len && k < sizeof(text) - 1; at++)
			if (p[at] >= '0' && p[at] <= '9')
				text[k++] = p[at];
		text[k] = '\0';
		if (pf_num(&s, text, 0, 3600))
			c->retry_after = s * 1000;
	}
	return len;
}

/* Options of every request; the handle keeps the connection. */
static void
prepare(struct pf_http *h, const char *path)
{
	char *url = pf_asprintf("%s%s", h->base, path);
	CURL *c = h->curl;

	curl_easy_reset(c);
	h->error[0] = '\0';
	curl_easy_setopt(c, CURLOPT_URL, url);
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, h->error);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_PROXY, "");
	curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
	curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, STALL_S);
	curl_easy_setopt(c, CURLOPT_USERAGENT, "pf-run/" PF_VERSION);
	if (h->meanwhile != NULL) {
		curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
		curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, on_wait);
		curl_easy_setopt(c, CURLOPT_XFERINFODATA, h);
	}
	free(url);
}

/* The request with its headers, which are freed after it. */
static CURLcode
perform(struct pf_http *h, struct curl_slist *headers)
{
	CURLcode rc;

	if (h->token != NULL)
		headers = curl_slist_append(headers, h->token);
	curl_easy_setopt(h->curl, CURLOPT_HTTPHEADER, headers);
	rc = curl_easy_perform(h->curl);
	curl_slist_free_all(headers);
	return rc;
}

static const struct pf_err *
away(const struct pf_http *h, CURLcode rc)
{
	if (rc == CURLE_ABORTED_BY_CALLBACK)
		return pf_err(PF_BUSY, "master %s: given up before its end",
		    h->base);
	return pf_err(PF_BUSY, "master %s: %s", h->base,
	    h->error[0] != '\0' ? h->error : curl_easy_strerror(rc));
}

const struct pf_err *
pf_http_call(struct pf_http *h, struct pf_http_call *call)
{
	struct curl_slist *headers = NULL;
	char *type = NULL;
	CURLcode rc;

	prepare(h, call->path);
	call->status = 0;
	call->retry_after = 0;
	pf_buf_reset(&call->reply);
	curl_easy_setopt(h->curl, CURLOPT_TIMEOUT_MS, (long)(call->most > 0 ?
	    call->most : h->timeout));
	curl_easy_setopt(h->curl, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(h->curl, CURLOPT_WRITEDATA, &call->reply);
	curl_easy_setopt(h->curl, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(h->curl, CURLOPT_HEADERDATA, call);
	curl_easy_setopt(h->curl, CURLOPT_CUSTOMREQUEST, call->method);
	if (call->type != NULL) {
		type = pf_asprintf("Content-Type: %s", call->type);
		headers = curl_slist_append(headers, type);
		/* No round trip of "100 Continue" for each pack. */
		headers = curl_slist_append(headers, "Expect:");
		curl_easy_setopt(h->curl, CURLOPT_POSTFIELDS, call->body);
		curl_easy_setopt(h->curl, CURLOPT_POSTFIELDSIZE_LARGE,
		    (curl_off_t)call->len);
	}
	rc = perform(h, headers);
	free(type);
	if (rc != CURLE_OK)
		return away(h, rc);
	curl_easy_getinfo(h->curl, CURLINFO_RESPONSE_CODE, &call->status);
	return NULL;
}

struct download {
	struct pf_http		*http;
	struct pf_http_sink	*sink;
	const struct pf_err	*err;
	long			 wanted;	/* status */
};

/*
 * What a proxy makes of a tag, W/"..." or "...-gzip", is the same here.  There
 * are some that drop it; then a file is at least no page.
 */
static bool
is_tagged(const struct download *d)
{
	CURL *curl = d->http->curl;
	struct curl_header *h;

	if (curl_easy_header(curl, "ETag", 0, CURLH_HEADER, -1, &h) ==
	    CURLHE_OK)
		return strstr(h->value, d->sink->tag) != NULL;
	return curl_easy_header(curl, "Content-Type", 0, CURLH_HEADER, -1,
	    &h) == CURLHE_OK &&
	    strcmp(h->value, "application/octet-stream") == 0;
}

static const struct pf_err *
stranger(long status)
{
	return pf_err(PF_BUSY, "%ld was answered, and not by a master",
	    status);
}

static size_t
on_said(struct pf_buf *said, const char *p, size_t n)
{
	size_t room = PF_HTTP_SAID - said->len;

	pf_buf_add(said, p, n < room ? n : room);
	return n;
}

static size_t
on_piece(char *p, size_t size, size_t n, void *arg)
{
	struct download *d = arg;
	long status = 0;

	n *= size;
	curl_easy_getinfo(d->http->curl, CURLINFO_RESPONSE_CODE, &status);
	if ((status == 200 || status == 206) && !is_tagged(d)) {
		d->err = stranger(status);
		return 0;
	}
	if (status == 200 && d->wanted == 206) {
		d->err = pf_err(PF_STALE, "the master sends it from its "
		    "beginning");
		return 0;
	}
	if (status != d->wanted)
		return on_said(&d->sink->said, p, n);
	d->sink->got += (int64_t)n;
	if (d->sink->got > d->sink->max)
		d->err = pf_err(PF_DATA, "more than the %lld bytes announced",
		    (long long)d->sink->max);
	else
		d->err = pf_write_all(d->sink->fd, p, n, "download");
	if (d->err != NULL)
		return 0;
	if (d->sink->see != NULL)
		d->sink->see(d->sink->arg, p, n);
	return n;
}

const struct pf_err *
pf_http_get(struct pf_http *h, const char *path, struct pf_http_sink *sink,
    long *status)
{
	struct download d = { h, sink, NULL, sink->got > 0 ? 206 : 200 };
	char range[32];
	CURLcode rc;

	prepare(h, path);
	*status = 0;
	pf_buf_reset(&sink->said);
	if (sink->got > 0) {
		snprintf(range, sizeof(range), "%lld-",
		    (long long)sink->got);
		curl_easy_setopt(h->curl, CURLOPT_RANGE, range);
	}
	curl_easy_setopt(h->curl, CURLOPT_WRITEFUNCTION, on_piece);
	curl_easy_setopt(h->curl, CURLOPT_WRITEDATA, &d);
	rc = perform(h, NULL);
	if (d.err != NULL)
		return d.err;
	if (rc != CURLE_OK)
		return away(h, rc);
	curl_easy_getinfo(h->curl, CURLINFO_RESPONSE_CODE, status);
	return *status == d.wanted && !is_tagged(&d) ? stranger(*status) :
	    NULL;
}
