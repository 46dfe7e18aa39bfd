/*
 * What cannot be filed for a reason of its own stays in the spool, and keeps
 * nobody else waiting: a pack that cannot be read, records whose place in the
 * storage tree is broken.  Each is told of once, and tried again by itself,
 * later and later.
 */
#include <sys/statvfs.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "codec/rec.h"
#include "ingest/ingest.h"
#include "os/clock.h"
#include "os/fs.h"

#define TELL	10	/* packs that get a warning of their own */
/* With that much free a disk is not full, one thing was too big for it. */
#define SOME_BYTES	(1 << 20)
#define SOME_INODES	16

/* One of them; they are few, or all is lost anyway. */
struct ailing {
	char		 name[PF_PACK_NAME];	/* without its :N */
	struct pf_err	 why;
	int64_t		 again;			/* boot ms */
	int64_t		 failures;
	struct ailing	*next;
};

/* The link that leads to the pack's entry, or to the end. */
static struct ailing **
find(struct ingest *g, const char *name)
{
	const size_t len = strcspn(name, ":");
	struct ailing **a = &g->ailing;

	while (*a != NULL && (strncmp((*a)->name, name, len) != 0 ||
	    (*a)->name[len] != '\0'))
		a = &(*a)->next;
	return a;
}

bool
ail_waits(struct ingest *g, const char *name)
{
	const struct ailing *a = *find(g, name);

	return a != NULL && pf_boot_ms() < a->again;
}

bool
ail_note(struct ingest *g, const char *name, const struct pf_err *why)
{
	struct ailing **link = find(g, name), *a = *link;
	bool fresh = a == NULL;

	if (fresh) {
		a = *link = pf_calloc(1, sizeof(*a));
		memcpy(a->name, name, strcspn(name, ":"));
		g->ailings++;
	}
	a->why = *why;
	a->again = pf_boot_ms() + pf_retry_delay(&g->conf->retry_update,
	    &pf_timer, a->failures++);
	return fresh;
}

void
ail(struct ingest *g, const char *name, const struct pf_err *why)
{
	/* Without -w the first of them is how the run ends. */
	if (!ail_note(g, name, why) || (!g->waits && g->ailings == 1))
		return;
	if (g->ailings <= TELL)
		pf_warn("pack %.*s stays in the spool: %s",
		    (int)strcspn(name, ":"), name, why->msg);
	else if (g->ailings == TELL + 1)
		pf_warn("more packs stay in the spool: %s", why->msg);
}

void
ail_over(struct ingest *g, const char *name)
{
	struct ailing **link = find(g, name), *a = *link;

	if (a != NULL) {
		*link = a->next;
		free(a);
		g->ailings--;
	}
}

const struct pf_err *
ail_end(struct ingest *g)
{
	const struct pf_err *err = NULL;
	struct ailing *a;

	if ((a = g->ailing) != NULL)
		err = pf_err(a->why.class, "%s", a->why.msg);
	while ((a = g->ailing) != NULL) {
		g->ailing = a->next;
		free(a);
	}
	g->ailings = 0;
	return err;
}

/* Trouble with one place, not with the whole of the storage? */
bool
ail_local(const struct ingest *g, const struct pf_err *err)
{
	struct statvfs st;

	if (g->hard || (err->class != PF_IO && err->class != PF_NOTFOUND &&
	    err->class != PF_DENIED))
		return false;
	return statvfs(g->conf->storage_path, &st) == 0 &&
	    (st.f_flag & ST_RDONLY) == 0;
}

/* No room for this one, while there is some for others? */
static bool
too_big(const struct ingest *g, const struct item *it,
    const struct pf_err *err)
{
	int64_t bytes = 0, inodes = 0;
	char *path = pf_asprintf("%s/%s", g->conf->storage_path,
	    kind_dir(it->rec.kind));
	bool room = !g->hard && err->class == PF_FULL &&
	    pf_disk_free(&bytes, &inodes, path) == NULL &&
	    bytes >= SOME_BYTES && inodes >= SOME_INODES;

	free(path);
	return room;
}

static bool
stays(const struct ingest *g, const struct item *it,
    const struct pf_err *err)
{
	return ail_local(g, err) || too_big(g, it, err);
}

const struct pf_err *
place_all(struct ingest *g, struct item *it, size_t n,
    const struct beside *beside)
{
	const struct pf_err *err;
	size_t i;

	err = place_items(g, it, n, beside);
	if (err == NULL || !stays(g, it, err))
		return err;
	for (i = 0, err = NULL; err == NULL && i < n; i++) {
		if (it[i].state != ITEM_TODO ||
		    (err = place_items(g, &it[i], 1, NULL)) == NULL)
			continue;
		if (!stays(g, &it[i], err))
			break;
		ail(g, it[i].pack->name, err);
		it[i].state = ITEM_STAYS;
		err = NULL;
	}
	return err;
}

/* The frames of the pack's items of that state. */
static void
gather(struct pf_buf *b, const struct pf_pack *p, const struct item *it,
    size_t n, enum item_state state)
{
	size_t i;

	pf_buf_reset(b);
	for (i = 0; i < n; i++)
		if (it[i].pack == p && it[i].state == state) {
			pf_buf_addf(b, "%s %zu\n", it[i].rid, it[i].rawlen);
			pf_buf_add(b, it[i].raw, it[i].rawlen);
		}
}

/* Lays b down as a pack that stays for the reason the old one does. */
static const struct pf_err *
lay_down(struct ingest *g, const struct pf_pack *old, const struct pf_buf *b)
{
	const struct ailing *a = *find(g, old->name);
	const struct pf_err *err;
	char name[PF_PACK_NAME];

	err = pf_spool_put(g->conf->spool_path, b->data, b->len, name);
	if (err == NULL && a != NULL)
		(void)ail_note(g, name, &a->why);
	return err;
}

const struct pf_err *
let_go(struct ingest *g, struct pf_pack *p, const struct item *it, size_t n)
{
	const struct pf_err *err = NULL;
	const char *spool = g->conf->spool_path;
	struct pf_buf b = PF_BUF_INIT;
	bool whole;

	gather(&b, p, it, n, ITEM_STAYS);
	whole = b.len > 0 && b.len == p->data.len;
	if (b.len > 0 && !whole)
		err = lay_down(g, p, &b);
	if (err == NULL && !whole) {
		gather(&b, p, it, n, ITEM_TODO);
		whole = b.len > 0 && b.len == p->data.len;
		if (b.len > 0 && !whole)
			err = pf_spool_put(spool, b.data, b.len, NULL);
	}
	pf_buf_free(&b);
	if (whole || p->stays)
		return pf_spool_back(p, spool);
	if (err != NULL) {
		/* What is filed of it will be found filed. */
		if (bad_ails(g, p->name, err))
			err = NULL;
		pf_spool_back(p, spool);
		return err;
	}
	ail_over(g, p->name);
	return pf_spool_done(p, spool);
}
