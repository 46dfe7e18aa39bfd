/*
 * pf-run: what its rooms share.  A slot is one bot: a process of its own
 * with a directory, an identity, an outbox and at most one job.
 */
#ifndef RUN_RUN_H
#define RUN_RUN_H

#include <sys/types.h>

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

struct options {
	const char	*conf_path;
	bool		 dry;
	bool		 loop;
	bool		 quiet;
	bool		 verbose;
};

/* What a job needs, by content. */
struct blob {
	const char	*kind;		/* target, dict, seed */
	const char	*name;
	const char	*sha256;
	int64_t		 size;
};

/* A job as the master gave it; strings belong to doc. */
struct job {
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

struct slot {
	const struct pf_conf	*conf;
	const struct options	*opts;
	const char		*workdir;
	char			*dir;		/* WORKDIR/slot-N */
	char			*outbox;
	char			 name[129];
	char			 bot[PF_ID_MAX + 1];	/* id, once known */
	char			 inc[PF_ID_MAX + 1];
	char			 master[PF_ID_MAX + 1];
	struct pf_http		*http;
	int64_t			 lease_ms, heartbeat_ms;
	int64_t			 seq;		/* of the last record */
	/* deliveries */
	struct pf_breaker	 breaker;	/* of all calls to the master */
	int			 failures;
	int64_t			 not_before;	/* CLOCK_BOOTTIME, ms */
	/* the lease of the job: over at this CLOCK_BOOTTIME, ms */
	int64_t			 lease_end;
	int64_t			 next_beat;
};

/* job.c: from the master's JSON; PF_DATA if it makes no sense. */
const struct pf_err	*job_parse(struct job *, const char *text, size_t n);
void			 job_free(struct job *);

/* fetch.c: the job's files into dir, hash and size checked. */
struct files {
	char	*target, *dict, *seeds;	/* dict may be NULL */
};
const struct pf_err	*fetch_job(struct slot *, const struct job *,
			    const char *dir, struct files *);
void			 files_free(struct files *);

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

/* outbox.c: sends what is there; PF_BUSY if some had to stay. */
const struct pf_err	*outbox_deliver(struct slot *);

/* slot.c: the life of one slot; its exit status. */
int	slot_run(const struct options *, const struct pf_conf *,
	    const char *workdir, int number, int slots);

/* slots.c: all of them; the exit status of pf-run. */
const struct pf_err	*slots_run(const struct options *,
			    const struct pf_conf *, int *status);

/* sweep.c: removes what [retention] work is over for, but this job's. */
void	sweep_work(struct slot *, const char *job);

#endif
