/*
 * JSON (RFC 8259): strict reading by cJSON behind our own checks, and a
 * small writer.  Bytes in, values out; no files.
 *
 * Reading refuses: duplicate keys, bytes after the value, nesting deeper than
 * PF_JSON_DEPTH, invalid UTF-8, NUL (escaped or not), numbers that are not
 * finite.
 * Integers beyond 2^53 cannot travel as JSON numbers; pf_json_int() therefore
 * takes a string of digits as well.
 */
#ifndef PF_CODEC_JSON_H
#define PF_CODEC_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

#define PF_JSON_DEPTH	16

struct pf_json;		/* a value inside a parsed document */

/*
 * Parses n bytes, which must be one object or array.  On success *out is the
 * root, to be freed with pf_json_free(); errors are PF_DATA.
 */
const struct pf_err	*pf_json_parse(struct pf_json **out, const char *,
			    size_t n);
void			 pf_json_free(struct pf_json *);
/* At least as many as there are values in n bytes that may be JSON: each takes
 * memory, however short it is. */
size_t			 pf_json_values(const char *, size_t n);

/* Member of an object or NULL; JSON null counts as absent. */
const struct pf_json	*pf_json_get(const struct pf_json *, const char *key);
/* Walking an object or array; pf_json_key() is NULL in an array. */
const struct pf_json	*pf_json_first(const struct pf_json *);
const struct pf_json	*pf_json_next(const struct pf_json *);
const char		*pf_json_key(const struct pf_json *);
size_t			 pf_json_count(const struct pf_json *);

bool		 pf_json_is_object(const struct pf_json *);
bool		 pf_json_is_array(const struct pf_json *);
bool		 pf_json_is_string(const struct pf_json *);
/* Text of a string value, NULL of any other (or of NULL). */
const char	*pf_json_text(const struct pf_json *);

/*
 * Members with a type.  The value is left alone when the key is absent (or
 * null), so initialise it with the default; a wrong type or range is PF_DATA
 * with the key as the field.  The strings belong to the document.
 */
const struct pf_err	*pf_json_str(const char **out, const struct pf_json *,
			    const char *key);
const struct pf_err	*pf_json_int(int64_t *out, const struct pf_json *,
			    const char *key, int64_t min, int64_t max);
const struct pf_err	*pf_json_real(double *out, const struct pf_json *,
			    const char *key);
const struct pf_err	*pf_json_bool(bool *out, const struct pf_json *,
			    const char *key);
/* As pf_json_str(), but the key must be there: PF_DATA "key is missing". */
const struct pf_err	*pf_json_need(const char **out, const struct pf_json *,
			    const char *key);

/* The value as compact JSON text, appended. */
void	pf_json_print(struct pf_buf *, const struct pf_json *);

/*
 * Writing, straight into a buffer; commas are put where needed.  A NULL key
 * writes an array element.  Strings are escaped; bytes that are not UTF-8
 * become U+FFFD.
 *
 *	pf_jw_open(b, NULL, '{');
 *	pf_jw_str(b, "op", "claim");
 *	pf_jw_close(b, '}');
 */
void	pf_jw_open(struct pf_buf *, const char *key, char bracket);
void	pf_jw_close(struct pf_buf *, char bracket);
void	pf_jw_str(struct pf_buf *, const char *key, const char *);
void	pf_jw_strn(struct pf_buf *, const char *key, const char *, size_t n);
void	pf_jw_int(struct pf_buf *, const char *key, int64_t);
void	pf_jw_real(struct pf_buf *, const char *key, double);
void	pf_jw_bool(struct pf_buf *, const char *key, bool);
void	pf_jw_null(struct pf_buf *, const char *key);
/* Text that is JSON already. */
void	pf_jw_raw(struct pf_buf *, const char *key, const char *json);

#endif
