/*
 * The rules in force, and those that crashes are being placed by to be the
 * next, as the database has them.  Read-only.
 *
 * Where a crash is by rules n is the bucket of its row, unless the table
 * moves has another one for n.  By rules that come it is placed if its id is
 * not behind the cursor.
 */
#ifndef PF_STORE_PLACING_H
#define PF_STORE_PLACING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/name.h"
#include "codec/bucket.h"
#include "codec/hash.h"
#include "codec/json.h"
#include "codec/report/rules.h"
#include "store/db.h"

/* For SQL: the ids of the crashes in a bucket, an expression of it. */
#define PF_IN_BUCKET(b) \
	"(SELECT o.id FROM crashes AS o WHERE o.bucket = " b " AND NOT " \
	"EXISTS (SELECT 1 FROM moves WHERE rules = (SELECT rules FROM " \
	"placing) AND crash = o.id) UNION ALL SELECT crash FROM moves WHERE " \
	"rules = (SELECT rules FROM placing) AND bucket = " b ") "

#define PF_PLACED_ALL	"~"	/* behind the id of every crash */

struct pf_gen {
	int64_t		 n;
	struct pf_rules	*rules;
	bool		 coming;	/* not in force yet */
	char		 cursor[PF_ID_MAX + 2];
	char		 version[PF_RULES_TEXT];	/* by the text, as this
						 * program reads it */
	char		 was[PF_RULES_TEXT];	/* as crashes were placed */
};

/* The first one is in force. */
struct pf_live {
	struct pf_gen	 gen[2];
	int		 n;		/* 0: not loaded */
};

/* Loads both, if they are not those that are loaded already. */
const struct pf_err	*pf_live_load(struct pf_live *, struct pf_db *);
/* Frees, and makes it fit to be loaded anew. */
void			 pf_live_free(struct pf_live *);

/* The text of those in force, "" if there is none; free it in any case. */
const struct pf_err	*pf_live_text(char **, struct pf_db *);

/*
 * Crashes were placed by the rules in force as this program reads them; if
 * not, by those of a version before, until pf-sched has placed them anew.
 */
bool			 pf_live_sound(const struct pf_live *);

/* The bucket that the rules in force have for what was told. */
void			 pf_live_bucket(struct pf_bucket *, struct pf_live *,
			    const char *campaign, const struct pf_given *);

/*
 * What a crash of which no input is kept is called in the table dropped: two
 * that say the same to all rules are called the same; over says that it is in
 * the bucket of the rest.  pf_drop_name() is of the one that the rules have
 * signed last, parsed or not.  Of a campaign the table has so many, and of
 * what comes after them no more than their bucket.
 */
#define PF_DROPS_MAX	256
void			 pf_live_drop(char id[PF_SHA_TEXT], struct pf_live *,
			    bool over, const char *campaign,
			    const struct pf_given *);
void			 pf_drop_name(char id[PF_SHA_TEXT],
			    const struct pf_rules *, bool parsed, bool over,
			    const char *campaign, const struct pf_given *);
/*
 * What is known of the one called id: an object of type, tool, stack, output
 * and signal, to be freed; NULL if there is none.
 */
const struct pf_err	*pf_drop_said(struct pf_json **, struct pf_db *,
			    const char *id);

#endif
