/*
 * pf-run: what its rooms share.  A slot is one bot: a process of its own
 * with a directory, an identity, an outbox and at most one job.
 */
#ifndef RUN_RUN_H
#define RUN_RUN_H

#include <sys/types.h>

#include <sched.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/breaker.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/name.h"
#include "codec/conf.h"
#include "codec/hash.h"
#include "codec/json.h"
#include "net/http.h"
#include "run/life/board.h"

struct options {
	const char	*conf_path;
	/* These stand for keys of the configuration, NULL if not given. */
	const char	*slots, *master, *workdir;
	bool		 unbound;	/* likewise */
	bool		 doctor;
	bool		 dry;
	bool		 json;
	bool		 loop;
	bool		 quiet;
	bool		 verbose;
};

/* A set of cores. */
#define CORES_MAX	4096
struct cores {
	cpu_set_t	 set[CORES_MAX / CPU_SETSIZE];
};

/* What a job needs, by content. */
struct blob {
	const char	*kind;		/* target, dict, seed */
	const char	*name;
	const char	*sha256;
	int64_t		 size;
};

enum job_kind { JOB_FUZZ, JOB_REGRESS, JOB_MEMCHECK };

/* A job as the master gave it; strings belong to doc. */
struct job {
	enum job_kind	 kind;
	struct pf_json	*doc;
	char		*text;		/* the document, for state.json */
	const char	*id, *name, *engine;
	int64_t		 duration;	/* ms */
	int64_t		 memory;	/* bytes, 0: no limit */
	int64_t		 timeout;	/* ms an execution may take */
	int64_t		 epoch, attempt;
	struct blob	*blobs;
	size_t		 nblobs;
};

struct box;

/* What became of the lease of the job at hand. */
enum lease {
	LEASE_NONE,		/* there is no job */
	LEASE_HELD,
	LEASE_OVER,		/* it ended while the master was away */
	LEASE_TAKEN,		/* the master says it is not ours any more */
	LEASE_CANCELLED		/* the job is */
};

struct slot {
	struct pf_conf		*conf;		/* settings_take() changes it */
	const struct options	*opts;
	const char		*workdir;
	int			 number;
	bool			 alone;		/* there was one at the start */
	struct board		*board;
	struct line		 shown;		/* there, by show() */
	struct cores		 cores;		/* while not bound to one */
	struct pf_conf		 fresh;		/* read again, */
	unsigned int		 seen;		/* this version of it, */
	bool			 late;		/* not all of it is in force */
	struct pf_buf		 offers;	/* what the master was told */
	char			*dir;		/* WORKDIR/slot-N */
	char			*outbox;
	int			 lock;		/* of dir, while it lives */
	char			 name[129];
	char			 bot[PF_ID_MAX + 1];	/* id, once known */
	char			 inc[PF_ID_MAX + 1];
	char			 master[PF_ID_MAX + 1];
	struct pf_http		*http;
	struct pf_http		*beat;	/* for what keeps a lease: */
					/* such calls go while another waits */
	int64_t			 lease_ms, heartbeat_ms;
	int64_t			 seq;		/* of the last record */
	/* deliveries */
	struct pf_breaker	 breaker;	/* of all calls to the master */
	int64_t			 waits_packs;	/* in the outbox */
	int64_t			 waits_bytes;
	bool			 unread;	/* a pack, and it is said */
	struct refused		*refused;	/* refused.c */
	char			 past[64];	/* of a list: next go those */
	int64_t			 tidy_at;	/* CLOCK_BOOTTIME, ms */
	int64_t			 allowance;	/* bytes that may go now */
	int64_t			 allowed_at;	/* CLOCK_BOOTTIME, ms */
	int64_t			 away;		/* none has reached it since */
	bool			 silent;	/* nor does it say it is well */
	int			 failures;
	int64_t			 not_before;	/* CLOCK_BOOTTIME, ms */
	struct box		*box;		/* box.h */
	struct later		*later;		/* later.c */
	int64_t			 spare_end;	/* likewise */
	/* the lease of the job: over at this CLOCK_BOOTTIME, ms */
	int64_t			 lease_end;
	int64_t			 next_beat;
	const struct job	*job;		/* whose lease it is */
	enum lease		 lease;
	int			 beats_failed;	/* in a row */
	bool			 without;	/* past its end */
	bool			 drained;	/* as the master said last */
	bool			 beating;	/* beat has a call */
	/* while a call waits */
	bool			 fetching;	/* ends if told to stop */
	bool			 looking;
	int64_t			 next_look;	/* CLOCK_BOOTTIME, ms */
	void			(*look)(void *);	/* at the engine */
	void			*look_arg;
};

/* job.c: from the master's JSON; PF_DATA if it makes no sense. */
const struct pf_err	*job_parse(struct job *, const char *text, size_t n);
void			 job_free(struct job *);

/* fetch.c: the job's files into dir, hash and size checked. */
struct files {
	char	*target, *dict, *seeds;	/* may be NULL; after fetch_job() only
					 * dict */
	char	*dir;			/* of all but the seeds */
	const struct job *job;
};
/* Path of what is of this kind (see pf_build_kinds), or NULL; free it. */
char			*files_get(const struct files *, const char *kind);
/* The bytes of an input that the master has, by their hash and size. */
const struct pf_err	*fetch_input(struct slot *, const char *hash,
			    int64_t size, struct pf_buf *);
const struct pf_err	*fetch_job(struct slot *, const struct job *,
			    const char *dir, struct files *);
void			 files_free(struct files *);
/* harvest.c: as an earlier process put them there; target NULL: it did not. */
void			 files_old(struct files *, const struct job *,
			    const char *dir);

/* state.c: what outlives the process. */
const struct pf_err	*state_identity(struct slot *);
const struct pf_err	*state_check_master(struct slot *,
			    const char *master);
const struct pf_err	*state_save(struct slot *, const struct job *,
			    const char *result, const char *message);
/* *found false if there is no saved job; result is "" while it runs. */
const struct pf_err	*state_load(struct slot *, struct job *, bool *found,
			    char result[16], struct pf_buf *message);
const struct pf_err	*state_clear(struct slot *);
bool			 state_has_job(const struct slot *);
/* Who had the job of a slot that is no more: its bot and inc.  False if that
 * is not known, or another master's. */
bool			 state_owner(struct slot *gone);
/* Milliseconds that the engine of this attempt has run, not synced. */
void			 state_save_ran(const struct slot *,
			    const struct job *, int64_t ms);
int64_t			 state_load_ran(const struct slot *,
			    const struct job *);

/*
 * master.c: the calls.  PF_BUSY: the master is away or asks to wait;
 * PF_STALE: the lease is not ours any more.
 */
const struct pf_err	*master_register(struct slot *, const char *caps);
/* Reads the token, if the configuration names one; *new (may be NULL): it is
 * another one than before. */
const struct pf_err	*master_token(struct slot *, bool *new);
/* Any call through the slot's breaker; what keeps a lease always goes. */
const struct pf_err	*master_http(struct slot *, struct pf_http_call *,
			    bool lease);
const struct pf_err	*master_claim(struct slot *, struct job *,
			    bool *found);
struct beat {
	bool	 cancel, drain;
};
const struct pf_err	*master_heartbeat(struct slot *, const struct job *,
			    struct beat *);
const struct pf_err	*master_start(struct slot *, const struct job *);
const struct pf_err	*master_complete(struct slot *, const struct job *,
			    const char *result, const char *message);
const struct pf_err	*master_handback(struct slot *, const struct job *);

/* True if it is the master's own error, not that of something in between. */
bool			 master_said(const struct pf_json *reply);
/* The error of a reply that is not a 2xx; PF_BUSY if it is not his. */
const struct pf_err	*master_refusal(long status,
			    const struct pf_json *reply);

/*
 * lease.c: takes, keeps (a heartbeat, if one is due) and drops the lease of a
 * job.  meanwhile is for pf_http_meanwhile().
 */
void		 lease_take(struct slot *, const struct job *);
enum lease	 lease_keep(struct slot *);
/* Milliseconds until the engine has to have ended. */
int64_t		 lease_left(const struct slot *);
void		 lease_drop(struct slot *);
bool		 lease_meanwhile(void *slot);

/*
 * wait.c: a pause, false if it ended early: told to stop, or settings to be
 * read again; and one while the master does not answer, which ends when it is
 * there again.
 */
bool	wait_ms(struct slot *, int64_t ms);
void	wait_master(struct slot *, int64_t ms);

/* outbox.c: sends what is there; PF_BUSY if some had to stay. */
const struct pf_err	*outbox_deliver(struct slot *);

/*
 * refused.c: whether outbox/bad has room for so many bytes more, which else
 * are counted; whether that is the first time for such a reason.
 */
bool	refused_room(struct slot *, int64_t n);
bool	refused_new(struct slot *, const char *why);
void	refused_free(struct slot *);

/*
 * trim.c: the bounds of the outbox.  count counts what waits; over tells
 * whether that is more than so many eighths of what may; trim lets go what may
 * go, says in words what that was, "" if nothing, and whether it was enough.
 */
void			 outbox_count(struct slot *);
bool			 outbox_over(const struct slot *, int eighths);
bool			 outbox_trim(struct slot *, char *words, size_t n);

/* show.c: how the slot is, for people, on the board. */
void	show(struct slot *, const char *state);

/*
 * settings.c: the configuration with the options over it, and whether a bot
 * could work by it.
 */
const struct pf_err	*settings_load(struct pf_conf *,
			    const struct options *);
const struct pf_err	*settings_check(const struct pf_conf *);
/*
 * What pf-run has read again since: what may change under a job, or, between
 * two jobs, all, and what engines there are.  True if then the slot has to sign
 * on anew.
 */
bool			 settings_take(struct slot *, bool between);
/* The connection to the master, opened anew with the settings and token. */
const struct pf_err	*settings_connect(struct slot *);

/* slot.c: the life of one slot; its exit status. */
int	slot_run(const struct options *, const struct pf_conf *,
	    struct board *, int number, bool alone);

/*
 * heir.c: what waits in outboxes beyond those of so many slots goes to that of
 * the first, before any of them runs; what waits in that of one which has
 * ended and is not wanted any more; and, by the first slot between two jobs,
 * the finds that nobody took there.
 */
const struct pf_err	*heir_take(const char *workdir, int slots);
void			 heir_take_one(const char *workdir, int slot);
void			 heir_harvest(struct slot *);
/* The job of this slot, if it had another name then: its end is told, or it
 * is handed back, by the bot that had it. */
const struct pf_err	*heir_renamed(struct slot *);

/* slots.c: all of them; the exit status of pf-run. */
const struct pf_err	*slots_run(const struct options *, struct pf_conf *,
			    int *status);

/*
 * warden.c: a process that ends what the slots started when all of pf-run was
 * killed; sweep does that for one slot.
 */
const struct pf_err	*warden_start(int *fd, const char *workdir, int slots);
void			 warden_stop(int fd);
void			 warden_sweep(const char *workdir, int slot);

/*
 * sweep.c: strays removes from the directory of a slot what a dead process left
 * half-written, work that and what [retention] work is over for, but this
 * job's; tidy does all that and looks for finds, now and then, when no job is
 * held.
 */
void	sweep_strays(const char *dir);
void	sweep_work(struct slot *, const char *job);
void	sweep_tidy(struct slot *);

#endif
