/*
 * What no master will take: a person finds it in outbox/bad, as long as that
 * has no more than a part of the outbox; beyond, it is only counted.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "os/clock.h"
#include "run/engine/engine.h"
#include "store/spool.h"

#define SHARE		4	/* bad/ has outbox_size / SHARE */
#define FRESH_MS	10000	/* its size is known for so long */
#define WHY		(2 * PF_SPOOL_BLOCK + 1024)	/* at most, for .why */
#define REASONS		1000	/* beyond those none is said */

struct refused {
	struct seen	 said;
	int64_t		 bytes;		/* of bad/, at */
	int64_t		 at;		/* CLOCK_BOOTTIME, ms; 0: never */
	bool		 full;		/* and it is said */
};

static struct refused *
get(struct slot *s)
{
	if (s->refused == NULL)
		s->refused = pf_calloc(1, sizeof(*s->refused));
	return s->refused;
}

bool
refused_new(struct slot *s, const char *why)
{
	struct refused *r = get(s);
	char *key = pf_strdup(why), *to = key;
	const char *p;
	bool is_new;

	/* One size is as good a reason as another. */
	for (p = why; *p != '\0'; p++)
		if (!isdigit((unsigned char)*p))
			*to++ = *p;
	*to = '\0';
	is_new = r->said.n < REASONS && seen_add(&r->said, key);
	free(key);
	return is_new;
}

bool
refused_room(struct slot *s, int64_t n)
{
	const struct pf_err *err = NULL;
	struct refused *r = get(s);
	int64_t now = pf_boot_ms();

	/* People tidy up: now and then it is measured. */
	if (r->at == 0 || now - r->at > FRESH_MS) {
		err = pf_spool_bad_size(&r->bytes, s->outbox);
		r->at = now;
	}
	if (r->bytes + n + WHY <= s->conf->outbox_size / SHARE) {
		r->bytes += n + WHY;
		r->full = false;
	} else {
		if (!r->full)
			pf_warn("%s: outbox: %s/bad is full: what is refused "
			    "is only counted", s->name, s->outbox);
		r->full = true;
		err = pf_spool_drop_count(s->outbox, n);
	}
	if (err != NULL)
		pf_warn("%s: outbox: %s", s->name, err->msg);
	return !r->full;
}

void
refused_free(struct slot *s)
{
	if (s->refused != NULL)
		seen_free(&s->refused->said);
	free(s->refused);
	s->refused = NULL;
}
