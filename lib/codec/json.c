/*
 * Strict JSON; see json.h.  cJSON builds the tree; what it tolerates and we
 * do not is checked before and after it.
 */
#include <cjson/cJSON.h>

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/name.h"
#include "base/num.h"
#include "codec/json.h"

#define FEW	16	/* keys that are compared without sorting */
#define EXACT	9007199254740992.0	/* 2^53: integers are exact below */

/* struct pf_json is cJSON under a name that no other header needs. */
static const cJSON *
in(const struct pf_json *j)
{
	return (const cJSON *)(const void *)j;
}

static const struct pf_json *
out(const cJSON *c)
{
	return (const struct pf_json *)(const void *)c;
}

/* Length of a number by the grammar of RFC 8259, 0 if it is none. */
static size_t
number(const char *s, size_t n)
{
	size_t i = 0, from;

	if (i < n && s[i] == '-')
		i++;
	from = i;
	while (i < n && isdigit((unsigned char)s[i]))
		i++;
	if (i == from || (s[from] == '0' && i > from + 1))
		return 0;
	if (i < n && s[i] == '.') {
		for (from = ++i; i < n && isdigit((unsigned char)s[i]); i++)
			;
		if (i == from)
			return 0;
	}
	if (i < n && (s[i] == 'e' || s[i] == 'E')) {
		i++;
		if (i < n && (s[i] == '+' || s[i] == '-'))
			i++;
		for (from = i; i < n && isdigit((unsigned char)s[i]); i++)
			;
		if (i == from)
			return 0;
	}
	return i;
}

/* cJSON recurses while parsing: bound the depth before it runs. */
static const struct pf_err *
check_text(const char *s, size_t n)
{
	size_t i, len;
	int depth = 0;
	bool quoted = false;

	if (memchr(s, '\0', n) != NULL || !pf_utf8_ok(s, n))
		return pf_err(PF_DATA, "JSON is not valid UTF-8 text");
	for (i = 0; i < n; i++) {
		if (quoted) {
			if (s[i] == '\\') {
				/* A string would end there, for C. */
				if (n - i >= 6 && memcmp(s + i, "\\u0000", 6) ==
				    0)
					return pf_err(PF_DATA, "JSON string "
					    "with a NUL at byte %zu", i + 1);
				i++;
			} else if (s[i] == '"')
				quoted = false;
			else if ((unsigned char)s[i] < 0x20)
				return pf_err(PF_DATA, "JSON string with a "
				    "control character at byte %zu", i + 1);
		} else if (s[i] == '"')
			quoted = true;
		else if (s[i] == '{' || s[i] == '[') {
			if (++depth > PF_JSON_DEPTH)
				return pf_err(PF_DATA, "JSON is nested deeper "
				    "than %d", PF_JSON_DEPTH);
		} else if (s[i] == '}' || s[i] == ']')
			depth--;
		else if (s[i] == '-' || isdigit((unsigned char)s[i])) {
			/* cJSON takes what strtod() takes. */
			if ((len = number(s + i, n - i)) == 0)
				return pf_err(PF_DATA, "JSON number is none "
				    "at byte %zu", i + 1);
			i += len - 1;
		}
	}
	return NULL;
}

size_t
pf_json_values(const char *s, size_t n)
{
	size_t i, values = 1;
	bool quoted = false;

	for (i = 0; i < n; i++) {
		if (quoted && s[i] == '\\')
			i++;
		else if (s[i] == '"')
			quoted = !quoted;
		else if (!quoted && (s[i] == ',' || s[i] == '{' ||
		    s[i] == '['))
			values++;
	}
	return values;
}

static int
cmp_key(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The first of n keys that is there twice. */
static const char *
twice(char **keys, size_t n)
{
	size_t i, k;

	if (n <= FEW) {
		for (i = 1; i < n; i++)
			for (k = 0; k < i; k++)
				if (strcmp(keys[i], keys[k]) == 0)
					return keys[i];
		return NULL;
	}
	/* A hostile object may have very many. */
	qsort(keys, n, sizeof(*keys), cmp_key);
	for (i = 1; i < n; i++)
		if (strcmp(keys[i - 1], keys[i]) == 0)
			return keys[i];
	return NULL;
}

static const struct pf_err *
check_keys(const cJSON *obj)
{
	const struct pf_err *err = NULL;
	const cJSON *c;
	char *few[FEW], **keys = few;
	const char *key;
	size_t i, n = 0;

	for (c = obj->child; c != NULL; c = c->next)
		n++;
	if (n > FEW)
		keys = pf_calloc(n, sizeof(*keys));
	for (i = 0, c = obj->child; c != NULL; c = c->next)
		keys[i++] = c->string;
	if ((key = twice(keys, n)) != NULL)
		err = pf_err(PF_DATA, "JSON key \"%.64s\" twice", key);
	if (keys != few)
		free(keys);
	return err;
}

/* Depth is bounded by check_text(), so recursion is. */
static const struct pf_err *
check_tree(const cJSON *c)
{
	const struct pf_err *err;
	const cJSON *kid;

	if (cJSON_IsNumber(c) && !isfinite(c->valuedouble))
		return pf_err(PF_DATA, "JSON number out of range");
	if (cJSON_IsObject(c) && (err = check_keys(c)) != NULL)
		return err;
	for (kid = c->child; kid != NULL; kid = kid->next)
		if ((err = check_tree(kid)) != NULL)
			return err;
	return NULL;
}

const struct pf_err *
pf_json_parse(struct pf_json **res, const char *s, size_t n)
{
	const struct pf_err *err;
	const char *end = NULL;
	cJSON *c;

	*res = NULL;
	if ((err = check_text(s, n)) != NULL)
		return err;
	errno = 0;
	if ((c = cJSON_ParseWithLengthOpts(s, n, &end, 0)) == NULL) {
		/* That nothing can be had is not the text's fault. */
		if (errno == ENOMEM)
			return pf_err(PF_BUSY, "out of memory");
		return pf_err(PF_DATA, "not JSON at byte %zu",
		    end != NULL ? (size_t)(end - s) + 1 : (size_t)1);
	}
	while (end < s + n && strchr(" \t\r\n", *end) != NULL)
		end++;
	if (end != s + n)
		err = pf_err(PF_DATA, "bytes after the JSON value at byte %zu",
		    (size_t)(end - s) + 1);
	else if (!cJSON_IsObject(c) && !cJSON_IsArray(c))
		err = pf_err(PF_DATA, "JSON value is not an object");
	else
		err = check_tree(c);
	if (err != NULL)
		cJSON_Delete(c);
	else
		*res = (struct pf_json *)(void *)c;
	return err;
}

void
pf_json_free(struct pf_json *j)
{
	cJSON_Delete((cJSON *)(void *)j);
}

const struct pf_json *
pf_json_get(const struct pf_json *j, const char *key)
{
	const cJSON *c = cJSON_GetObjectItemCaseSensitive(in(j), key);

	return c == NULL || cJSON_IsNull(c) ? NULL : out(c);
}

const struct pf_json *
pf_json_first(const struct pf_json *j)
{
	return j == NULL ? NULL : out(in(j)->child);
}

const struct pf_json *
pf_json_next(const struct pf_json *j)
{
	return out(in(j)->next);
}

const char *
pf_json_key(const struct pf_json *j)
{
	return in(j)->string;
}

size_t
pf_json_count(const struct pf_json *j)
{
	const cJSON *c;
	size_t n = 0;

	if (j != NULL)
		for (c = in(j)->child; c != NULL; c = c->next)
			n++;
	return n;
}

bool
pf_json_is_object(const struct pf_json *j)
{
	return j != NULL && cJSON_IsObject(in(j));
}

bool
pf_json_is_array(const struct pf_json *j)
{
	return j != NULL && cJSON_IsArray(in(j));
}

bool
pf_json_is_string(const struct pf_json *j)
{
	return j != NULL && cJSON_IsString(in(j));
}

const char *
pf_json_text(const struct pf_json *j)
{
	return pf_json_is_string(j) ? in(j)->valuestring : NULL;
}

const struct pf_err *
pf_json_str(const char **res, const struct pf_json *j, const char *key)
{
	const struct pf_json *v = pf_json_get(j, key);

	if (v == NULL)
		return NULL;
	if (!pf_json_is_string(v))
		return pf_err_field(PF_DATA, key, "%s: not a string", key);
	*res = in(v)->valuestring;
	return NULL;
}

const struct pf_err *
pf_json_need(const char **res, const struct pf_json *j, const char *key)
{
	if (pf_json_get(j, key) == NULL)
		return pf_err_field(PF_DATA, key, "%s is missing", key);
	return pf_json_str(res, j, key);
}

const struct pf_err *
pf_json_int(int64_t *res, const struct pf_json *j, const char *key,
    int64_t min, int64_t max)
{
	const struct pf_json *v = pf_json_get(j, key);
	double d;

	if (v == NULL)
		return NULL;
	if (pf_json_is_string(v)) {
		if (!pf_num(res, in(v)->valuestring, min, max))
			return pf_err_field(PF_DATA, key,
			    "%s: \"%.40s\" is not an integer from %" PRId64
			    " to %" PRId64, key, in(v)->valuestring, min, max);
		return NULL;
	}
	if (!cJSON_IsNumber(in(v)))
		return pf_err_field(PF_DATA, key, "%s: not an integer", key);
	d = in(v)->valuedouble;
	if (d != floor(d) || fabs(d) >= EXACT || (int64_t)d < min ||
	    (int64_t)d > max)
		return pf_err_field(PF_DATA, key, "%s: %.17g is not an integer "
		    "from %" PRId64 " to %" PRId64, key, d, min, max);
	*res = (int64_t)d;
	return NULL;
}

const struct pf_err *
pf_json_real(double *res, const struct pf_json *j, const char *key)
{
	const struct pf_json *v = pf_json_get(j, key);

	if (v == NULL)
		return NULL;
	if (!cJSON_IsNumber(in(v)))
		return pf_err_field(PF_DATA, key, "%s: not a number", key);
	*res = in(v)->valuedouble;
	return NULL;
}

const struct pf_err *
pf_json_bool(bool *res, const struct pf_json *j, const char *key)
{
	const struct pf_json *v = pf_json_get(j, key);

	if (v == NULL)
		return NULL;
	if (!cJSON_IsBool(in(v)))
		return pf_err_field(PF_DATA, key, "%s: not true or false", key);
	*res = cJSON_IsTrue(in(v));
	return NULL;
}

static void
print_value(struct pf_buf *b, const char *key, const cJSON *c)
{
	const cJSON *kid;
	bool object = cJSON_IsObject(c);

	if (object || cJSON_IsArray(c)) {
		pf_jw_open(b, key, object ? '{' : '[');
		for (kid = c->child; kid != NULL; kid = kid->next)
			print_value(b, object ? kid->string : NULL, kid);
		pf_jw_close(b, object ? '}' : ']');
	} else if (cJSON_IsString(c))
		pf_jw_str(b, key, c->valuestring);
	else if (cJSON_IsNumber(c)) {
		if (c->valuedouble == floor(c->valuedouble) &&
		    fabs(c->valuedouble) < EXACT)
			pf_jw_int(b, key, (int64_t)c->valuedouble);
		else
			pf_jw_real(b, key, c->valuedouble);
	} else if (cJSON_IsBool(c))
		pf_jw_bool(b, key, cJSON_IsTrue(c));
	else
		pf_jw_null(b, key);
}

void
pf_json_print(struct pf_buf *b, const struct pf_json *j)
{
	struct pf_buf one = PF_BUF_INIT;

	/* Apart, so that what stands in b does not call for a comma. */
	print_value(&one, NULL, in(j));
	pf_buf_add(b, one.data, one.len);
	pf_buf_free(&one);
}
