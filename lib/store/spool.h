/*
 * A spool directory: durable packs on their way, as pf-spool(5) says.  The
 * spool of the master and the outbox of a bot are both one.
 */
#ifndef PF_STORE_SPOOL_H
#define PF_STORE_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "codec/hash.h"

#define PF_PACK_NAME	48	/* room for a pack's name in new/ or cur/ */
#define PF_SPOOL_BLOCK	4096	/* what a file takes beside its bytes */
#define PF_SPOOL_TRIES	5	/* at this claim the culprit is refused */

/* Makes the directory and tmp new cur bad below it; safe to repeat. */
const struct pf_err	*pf_spool_init(const char *dir, unsigned int mode);

/*
 * Lays down n bytes of frames as one pack: on return without error they are
 * on disk under new/, file and directory synced.  name (may be NULL) receives
 * the pack's name.  On error nothing of it is left.
 */
const struct pf_err	*pf_spool_put(const char *dir, const void *, size_t n,
			    char name[PF_PACK_NAME]);

/*
 * The same in pieces, for what is not to be held in memory.  Nothing is seen
 * of the file before the commit; after an error it can only be aborted.
 */
struct pf_spool_file {
	int		 fd;		/* -1: none, or void */
	char		*dir;
	char		*tmp;		/* its path until it has its name */
	char		 name[PF_PACK_NAME];
	int64_t		 size;
};
#define PF_SPOOL_FILE_INIT	{ -1, NULL, NULL, "", 0 }

/* A new empty file in tmp/; pf_spool_abort() is needed in every case. */
const struct pf_err	*pf_spool_begin(struct pf_spool_file *,
			    const char *dir);
const struct pf_err	*pf_spool_write(struct pf_spool_file *, const void *,
			    size_t n);
/* Takes back what was written beyond size bytes. */
const struct pf_err	*pf_spool_cut(struct pf_spool_file *, int64_t size);
/* Looks at and changes n bytes of what was written, at an offset. */
const struct pf_err	*pf_spool_reread(struct pf_spool_file *, int64_t at,
			    void *, size_t n);
const struct pf_err	*pf_spool_patch(struct pf_spool_file *, int64_t at,
			    const void *, size_t n);
/* Synced under new/ with its directory; name (may be NULL) as above. */
const struct pf_err	*pf_spool_commit(struct pf_spool_file *,
			    char name[PF_PACK_NAME]);
/* The same under another part of the spool and a name of the caller's. */
const struct pf_err	*pf_spool_settle(struct pf_spool_file *,
			    const char *part, const char *name);
/* Removes what was not committed and frees what the struct holds. */
void			 pf_spool_abort(struct pf_spool_file *);

/*
 * A pack claimed from the spool.  data is its bytes; fd holds the lock that
 * tells others the claimer is alive.  A pack larger than the claimer's max
 * is claimed with data left empty: look at size, and reject it.
 */
struct pf_pack {
	char		 name[PF_PACK_NAME];	/* in cur/, with ":N" */
	int		 tries;			/* N */
	int		 fd;
	struct pf_buf	 data;
	int64_t		 size;			/* bytes of the file */
	bool		 stays;			/* as it is, says its owner */
};
#define PF_PACK_INIT	{ "", 0, -1, PF_BUF_INIT, 0, false }

/*
 * Claims the oldest pack of new/, and if there is none one in cur/ that a dead
 * process left, those with the fewest deaths first.  *found is false when
 * there is none for us.  max bounds what is read.  One that cannot be read is
 * passed over; its error comes when there is no other.  After an error
 * nothing is claimed.
 */
const struct pf_err	*pf_spool_claim(struct pf_pack *, bool *found,
			    const char *dir, size_t max);

/*
 * The same in two steps, for who claims many: the packs that are there, as
 * "cur/NAME:N" and "new/NAME" in the order of claiming (free the list with
 * pf_spool_list_free()), and the claim of one of them.  *found is false if it
 * is gone by now or somebody else's.  After an error *found is true if it is
 * this pack's own, which cannot be read, and not the whole spool's.
 */
const struct pf_err	*pf_spool_list(char ***out, size_t *n,
			    const char *dir);
void			 pf_spool_list_free(char **);
const struct pf_err	*pf_spool_take(struct pf_pack *, bool *found,
			    const char *dir, const char *entry, size_t max);
/* The bytes of one that was claimed with data left empty; or it goes back. */
const struct pf_err	*pf_spool_read(struct pf_pack *, const char *dir);

/* The pack has been dealt with: removes it and frees the struct. */
const struct pf_err	*pf_spool_done(struct pf_pack *, const char *dir);

/*
 * Orderly failure: the pack gets the name it had before the claim, in new/ or
 * in cur/ with the old N, and the struct is freed.
 */
const struct pf_err	*pf_spool_back(struct pf_pack *, const char *dir);

/*
 * One more record of the pack is settled, so deaths from here on are the
 * next one's: N above 2 becomes 2.
 */
const struct pf_err	*pf_spool_progress(struct pf_pack *, const char *dir);

/*
 * Copies a refused record (p, n: its bytes) to bad/<rid>.rec, or with rid
 * NULL what is no record to bad/<name>.pack, with why in .why beside it;
 * synced before it returns.  The pack itself stays claimed.  Repeating it
 * changes nothing.  Of bytes whose hash is not the rid that their frame claims
 * the name is <rid>.<hash>.
 */
const struct pf_err	*pf_spool_bad(const struct pf_pack *, const char *dir,
			    const char *rid, const void *p, size_t n,
			    const char *why);

/* True if just these bytes lie in bad/ as a record of that rid. */
bool			 pf_spool_is_bad(const char *dir, const char *rid,
			    const void *, size_t n);

/* The rid of a record in bad/ from its name without ".rec"; false if it has
 * none. */
bool			 pf_spool_claimed(char rid[PF_SHA_TEXT],
			    const char *stem);

/* Moves a file of bad/ into new/ as a pack, under a fresh name. */
const struct pf_err	*pf_spool_return(const char *dir, const char *path);

/* What bad/ takes, each file with PF_SPOOL_BLOCK beside its bytes. */
const struct pf_err	*pf_spool_bad_size(int64_t *bytes, const char *dir);

/*
 * What was refused and not kept: one more, of so many bytes, counted on disk
 * when it returns; and the sums of it.
 */
const struct pf_err	*pf_spool_drop_count(const char *dir, int64_t bytes);
const struct pf_err	*pf_spool_dropped(const char *dir, int64_t *n,
			    int64_t *bytes);

/* Moves the whole pack to bad/<name>.pack with its why; frees the struct. */
const struct pf_err	*pf_spool_reject(struct pf_pack *, const char *dir,
			    const char *why);

/*
 * Removes strays of tmp/: nothing written to them for 36 hours, and their
 * owner dead, as everybody of another boot is.
 */
const struct pf_err	*pf_spool_sweep(const char *dir, int *removed);

/* Packs and bytes that wait in new/ and cur/, and records in bad/. */
struct pf_spool_depth {
	int64_t	 packs, bytes, bad;
	int64_t	 oldest;		/* wall time of a pack, ms; 0: none */
};
const struct pf_err	*pf_spool_look(struct pf_spool_depth *,
			    const char *dir);
/* The same without the time. */
const struct pf_err	*pf_spool_depth(const char *dir, int64_t *packs,
			    int64_t *bytes, int64_t *bad);

/*
 * Between spool.c, spoolfile.c and spoolbad.c, for nobody else: a fresh name
 * for a pack; digits that tell this boot from others, zeros if there are none;
 * a durable file dir/part/name by way of tmp; a claim forgotten, its file
 * where it is.
 */
#define PF_SPOOL_BOOT	8
const struct pf_err	*pf_spool_name(char name[PF_PACK_NAME]);
void			 pf_spool_boot(char out[PF_SPOOL_BOOT + 1]);
const struct pf_err	*pf_spool_place(const char *dir, const char *part,
			    const char *name, const void *, size_t n);
void			 pf_spool_drop(struct pf_pack *);

#endif
