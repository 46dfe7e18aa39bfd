/*
 * What the parts of pf-ingest share.  A result goes through them in this
 * order: batch.c takes packs apart, slice.c sees some of the records through:
 * check.c looks at each and makes its row, room.c judges what is kept, place.c
 * files its input, ledger.c writes it down, rows.c sends it to pf-sched,
 * report.c sees to the report of a crash; and batch.c lets go of the packs.
 */
#ifndef PF_INGEST_INGEST_H
#define PF_INGEST_INGEST_H

#include <sys/types.h>

#include <signal.h>
#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "codec/bucket.h"
#include "codec/conf.h"
#include "codec/rec.h"
#include "codec/report/rules.h"
#include "store/blob.h"
#include "store/db.h"
#include "store/placing.h"
#include "store/spool.h"
#include "store/writer.h"

#define SLICE	100		/* records filed together: rows of one op */

struct ingest {
	const struct pf_conf	*conf;
	const char		*conf_path;	/* as given, or NULL */
	struct pf_db		*db;
	struct pf_live		 live;		/* rules for crashes */
	struct pf_writer	*writer;	/* NULL: not connected */
	char			 known_job[PF_ID_MAX + 1];
	char			 campaign[PF_ID_MAX + 1];	/* of it */
	int			 room;		/* how short it was last */
	struct hook		*hook;		/* hook.c's */
	pid_t			 errand;	/* that is away, or 0 */
	struct ailing		*ailing;	/* stay.c's */
	int			 ailings;
	bool			 hard;		/* the last error of placing:
						 * not of one file */
	bool			 waits;		/* -w */
	int64_t			 bad_bytes;	/* refuse.c's */
	int64_t			 bad_seen;
	int64_t			 swept;		/* boot ms */
	bool			 quiet;
	bool			 verbose;
	int64_t			 filed;		/* since the start */
	int64_t			 refused;
	struct refusals {		/* the writer was not told of */
		char	 job[PF_ID_MAX + 1];
		int	 kind;		/* PF_KIND_MAX: it has none */
		int64_t	 n;
	}			 refusals[8];
	bool			 mend;		/* -r of fsck */
	int64_t			 findings;	/* of it */
};

enum item_state {
	ITEM_TODO,
	ITEM_REFUSED,		/* it is to be put into bad/ */
	ITEM_BAD,
	ITEM_FILED,
	ITEM_STAYS
};

/* One record on its way. */
struct item {
	struct pf_pack	*pack;
	const char	*raw;		/* the record's bytes, in the pack */
	size_t		 rawlen;
	char		 rid[PF_SHA_TEXT];	/* as its frame claims */
	struct pf_rec	 rec;
	struct pf_buf	 row;		/* JSON of its row */
	struct pf_err	*fault;		/* of rec, if it was parsed ahead; or
					 * why it is refused */
	bool		 parsed;
	enum item_state	 state;
	bool		 dropped;	/* counted, its bytes not kept */
	bool		 brief;		/* its row says what counts it, no
					 * more */
	size_t		 output;	/* bytes of it in a brief row */
	int64_t		 bytes;		/* it takes, 0 if they are there */
	bool		 foreign;	/* nobody had such a token */
	bool		 absent;	/* a crash whose input was not sent */
	int64_t		 absent_size;	/* of it, as the sender says */
	char		 campaign[PF_ID_MAX + 1];	/* of its job */
	char		 bucket[PF_BUCKET_TEXT];	/* of a crash */
	bool		 fresh;		/* that is the first of it */
	bool		 chosen;	/* its row tells of this report */
	int		 line;		/* its row went in, 0: in none */
	const char	*what;		/* new, duplicate, again ... */
	char		 id[PF_ID_MAX + 1];	/* of the crash, or "-" */
};

/*
 * Parses and checks the item and makes its row.  PF_DATA or PF_NOTFOUND says
 * why the record is to be refused; any other class is our own trouble.
 */
const struct pf_err	*check_item(struct ingest *, struct item *);
/* The parts of it that a pack needs which is not held in memory. */
const struct pf_err	*check_size(const struct pf_rec *,
			    const struct pf_conf *);
void			 blob_row(struct item *);
/* True if the error is of the kind that refuses a record for good. */
bool			 refuses(const struct pf_err *);

/* The item's bytes are not kept: its row says so, and is only counted. */
void			 drop_item(struct item *);
/*
 * The row of a crash without what nobody will ask of it.  drop is what it is
 * called among those that were dropped, NULL if it is not known there; output
 * is how much of what was printed is in it.
 */
#define SHORT_STACK	512	/* bytes of its stack */
const struct pf_err	*brief_item(struct item *, const char *drop,
			    size_t output);
/* One more member of the item's row. */
void			 add_to_row(struct item *, const char *key,
			    int64_t value);

/*
 * rows.c: one more of a kind that was refused (PF_KIND_MAX: none); tell says
 * so to the writer, as far as it is there.
 */
void			 count_refusal(struct ingest *, int kind,
			    const char *job);
const struct pf_err	*tell_refusals(struct ingest *);

/*
 * refuse.c: puts the item's record into bad/, with a warning, and counts it.
 * refuse_later() only notes it, refuse_items() does it for all that are noted,
 * several at a time.  Where bad/ takes nothing the item stays.
 */
const struct pf_err	*refuse_item(struct ingest *, struct item *,
			    const char *why);
void			 refuse_later(struct item *, const char *why);
const struct pf_err	*refuse_items(struct ingest *, struct item *,
			    size_t n);
/*
 * The end of a pack into bad/, or only counted if that is full; and a whole
 * pack, which is counted as refused, or stays.
 */
const struct pf_err	*keep_bad(struct ingest *, const struct pf_pack *,
			    const void *, size_t n, const char *why);
const struct pf_err	*keep_bad_pack(struct ingest *, struct pf_pack *,
			    const char *why);
/* The error is of the spool's room or rights: then that pack stays. */
bool			 bad_ails(struct ingest *, const char *pack,
			    const struct pf_err *);

/* What a header or a row tells of a crash. */
const struct pf_err	*said_in(struct pf_given *, const struct pf_json *);
/*
 * room.c: drops what is over a limit or for which there is no room, what
 * earlier items take reckoned in: from first on, which no writer has heard of
 * and which lie right before it (or are it).
 */
const struct pf_err	*make_room(struct ingest *, struct item *first,
			    struct item *, size_t n);

/*
 * blob.c: files that jobs need, into targets/.  place_blob() files the item's;
 * blob_settle() one that was written to the file, whose record it is.  Both
 * durable on return.  file_large() files a pack piece by piece, which may
 * hold nothing else, and lets go of it; if something is wrong with one that
 * is not over pack_size it is still ours, and nothing was said.  dry_large()
 * says what it would do, check_large() whether it is damaged.
 */
const struct pf_err	*place_blob(struct ingest *, const struct item *);
const struct pf_err	*blob_settle(struct ingest *, struct pf_blob_file *,
			    const struct pf_rec *);
const struct pf_err	*file_large(struct ingest *, struct pf_pack *);
const struct pf_err	*dry_large(struct ingest *, const char *path);
const struct pf_err	*check_large(struct ingest *, const char *path);

/* The directory below the storage tree where bodies of the kind lie. */
const char		*kind_dir(enum pf_kind);

/* True if the item's bytes lie where they belong, by their size. */
bool			 is_placed(const struct ingest *,
			    const struct item *);

/*
 * Work for the processor while the disk is busy: called once, if there is no
 * error before, by who was given it.  It must not ask the writer.
 */
struct beside {
	void	(*work)(void *arg);
	void	*arg;
};

/*
 * Files the inputs of the items that are to do; all are durable when
 * sync_places() has synced the directories of theirs too.  beside (may be
 * NULL) is done while they are synced.
 */
const struct pf_err	*place_items(struct ingest *, struct item *, size_t n,
			    const struct beside *);
const struct pf_err	*sync_places(struct ingest *, const struct item *,
			    size_t n);

/*
 * stay.c: trouble that is of some packs or records only.  place_all() is
 * place_items(), but an item whose own place is broken, or which is too big for
 * the room that is left, becomes ITEM_STAYS and the others are placed.
 * let_go() removes the pack; what stays of it, and what has not been looked
 * at, is laid down as packs of their own before.  Where the spool has no room
 * for these all of it stays.
 */
const struct pf_err	*place_all(struct ingest *, struct item *, size_t n,
			    const struct beside *);
const struct pf_err	*let_go(struct ingest *, struct pf_pack *,
			    const struct item *, size_t n);
/*
 * The pack stays, with a warning the first time; ail_note() is without, and
 * true the first time.  ail_waits(): it is not its time yet.  ail_over(): it
 * does not any more.  ail_end() forgets them; the error of one that stays.
 * ail_local(): the error is of one place, not of the whole storage.
 */
bool			 ail_local(const struct ingest *,
			    const struct pf_err *);
void			 ail(struct ingest *, const char *pack,
			    const struct pf_err *);
bool			 ail_note(struct ingest *, const char *pack,
			    const struct pf_err *);
bool			 ail_waits(struct ingest *, const char *pack);
void			 ail_over(struct ingest *, const char *pack);
const struct pf_err	*ail_end(struct ingest *);

/*
 * report.c: the report of a crash as it is written; and, of an item that is
 * filed, into its file if the row tells of this one and the file does not.
 */
void			 make_report(struct pf_buf *, const struct pf_rec *);
const struct pf_err	*settle_report(struct ingest *, const struct item *);

/* small.c: the same of the smaller input that the item is, beside the crash. */
const struct pf_err	*settle_small(struct ingest *, const struct item *);

/* Writes a record of a job's log where it belongs, durable on return. */
const struct pf_err	*place_log(struct ingest *, struct item *);
/* Says in rows of logs how much is kept of their jobs' by now, and went. */
const struct pf_err	*measure_logs(struct ingest *, struct item *,
			    size_t n);

/* Appends the items that are to do to the ledger; durable on return. */
const struct pf_err	*ledger_add(struct ingest *, const struct item *,
			    size_t n);
/*
 * A line of it, made of a row (a JSON object), with its sum; lines into it,
 * durable on return.
 */
void			 ledger_line(struct pf_buf *, const char *kind,
			    const char *row);
const struct pf_err	*ledger_put(struct ingest *, const struct pf_buf *);

/*
 * Sends the rows of the items that are to do; and waits for the verdicts on
 * them, by which an item becomes ITEM_FILED or is refused.  In between the
 * writer must not be asked.
 */
const struct pf_err	*send_rows(struct ingest *, struct item *, size_t n);
const struct pf_err	*take_rows(struct ingest *, struct item *, size_t n);
void			 writer_close(struct ingest *);
/* One op line; the connection is made when it is first needed. */
const struct pf_err	*ask(struct ingest *, struct pf_json **reply,
			    const char *line);

/* Prints the item's line on stdout. */
void			 print_item(const struct ingest *, const struct item *);

/*
 * slice.c: records that are filed together, at most SLICE.  A slice goes
 * through two calls of file_slice(), and nobody may change it in between: the
 * first keeps its inputs, while the writer has the rows of the one before; the
 * second writes it into the ledger, while the next is judged, and sends its
 * rows.  Each of the three may be empty; before lies right before s, and of
 * next records are only read ahead, and beside (may be NULL) is done, while
 * inputs are synced: none of the three may move meanwhile.  Prints what is
 * filed.  Of two errors the writer's comes first.  file_alone() is both calls
 * for one slice.
 */
struct slice {
	struct item	*it;
	size_t		 n;
};

const struct pf_err	*file_slice(struct ingest *, struct slice before,
			    struct slice s, struct slice next,
			    const struct beside *);
const struct pf_err	*file_alone(struct ingest *, struct slice);

/*
 * Files all records of the packs that more() gives, one after the other, and
 * lets go of the packs.  more() is called whenever there is time and room for
 * another; held is the bytes of those it gave that are not gone.  It leaves fd
 * -1 if there is none for now, and is asked again until there is none when
 * nothing is held.  After an error every pack is back in the spool.
 */
struct source {
	const struct pf_err	*(*more)(struct pf_pack *, void *arg,
				    int64_t held);
	void			*arg;
};
const struct pf_err	*file_packs(struct ingest *, const struct source *);
/* The same for one pack that a dead pf-ingest left: a record at a time. */
const struct pf_err	*file_carefully(struct ingest *, struct pf_pack *);
/* And for one of more than PACK_PART bytes, which are not in memory. */
#define PACK_PART	(16 << 20)
const struct pf_err	*file_parts(struct ingest *, struct pf_pack *);

/* Lists, or puts back into the spool, what is in bad/; names NULL-ended, none
 * of them is all.  PF_NOTFOUND if one is not there. */
const struct pf_err	*bad_list(struct ingest *, char **names, bool dry);
const struct pf_err	*bad_retry(struct ingest *, char **names, bool dry);

/* Takes lines that tell nothing any more out of old days of the ledger. */
const struct pf_err	*thin(struct ingest *, char **words, bool dry);

/* Compares tree and database; takes no words. */
const struct pf_err	*fsck(struct ingest *, char **words, bool dry);

/* Says what would become of the spool; changes nothing. */
const struct pf_err	*dry_run(struct ingest *);

/*
 * hook.c: [ingest] on_new_crash.  One step: tells the writer of what has
 * ended, starts the next that is due.  *ms is when to come again, -1 if
 * nothing is due.  watch only hears of an end, without the database or the
 * writer, for times when these are away.  end kills what runs; it stays due.
 */
const struct pf_err	*hook_step(struct ingest *, int64_t *ms);
void			 hook_watch(struct ingest *);
void			 hook_end(struct ingest *);
/* Is there one whose time has come? */
const struct pf_err	*hook_due(bool *is, struct ingest *);

/*
 * errand.c: the same for a run that does not stay.  step sends a process off
 * if something is due and none is away; wait gives it a moment, so that short
 * hooks are done and heard of; hooks is what it does, as a command.
 */
#define ERRAND_MS	1000
/* One step of whichever it is of the two. */
const struct pf_err	*hook_or_errand(struct ingest *, int64_t *ms);
const struct pf_err	*errand_step(struct ingest *);
void			 errand_wait(struct ingest *);
const struct pf_err	*hooks(struct ingest *, char **words, bool dry);

/*
 * Signals: TERM and INT are blocked but for moments when it is safe to stop.
 * stopping() is true once one has come; wait_for() sleeps until then, until
 * a pack comes (fd of watch_open(), -1: none) or ms have passed.
 */
const struct pf_err	*watch_signals(void);
bool			 stopping(void);
const struct pf_err	*watch_open(int *fd, const char *spool);
void			 wait_for(int fd, int64_t ms);

#endif
