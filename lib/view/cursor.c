/*
 * Places in a list; see cursor.h.  The text is LETTER AT . ID . CHECK, AT and
 * CHECK in hex: the check tells what was cut or mended from what was given.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/hash.h"
#include "view/cursor.h"

#define CHECK	6	/* digits of it */

void
pf_cursor_text(char out[PF_CURSOR_TEXT], char list, const struct pf_cursor *c)
{
	char sha[PF_SHA_TEXT];
	int n;

	n = snprintf(out, PF_CURSOR_TEXT, "%c%" PRIx64 ".%s", list,
	    (uint64_t)c->at, c->id);
	pf_sha256(sha, out, (size_t)n);
	snprintf(out + n, (size_t)(PF_CURSOR_TEXT - n), ".%.*s", CHECK, sha);
}

/* What the text would say; whether it does is seen by saying it again. */
static void
take(struct pf_cursor *c, const char *text)
{
	const char *id, *end;
	char *dot;

	memset(c, 0, sizeof(*c));
	if (*text == '\0')
		return;
	c->at = (int64_t)(strtoull(text + 1, &dot, 16) & INT64_MAX);
	end = strrchr(text, '.');
	id = dot + 1;
	if (*dot == '.' && id <= end && end - id <= PF_ID_MAX)
		memcpy(c->id, id, (size_t)(end - id));
}

const struct pf_err *
pf_cursor_parse(struct pf_cursor *c, char list, const char *text)
{
	char again[PF_CURSOR_TEXT];

	take(c, text);
	pf_cursor_text(again, list, c);
	if (strcmp(again, text) == 0 && (c->id[0] == '\0' || pf_id_ok(c->id)))
		return NULL;
	return pf_cursor_bad();
}

const struct pf_err *
pf_cursor_bad(void)
{
	return pf_err_field(PF_DATA, "cursor", "that is no cursor of this "
	    "list: pass next_cursor of the answer before on as it is, or none "
	    "to begin");
}
