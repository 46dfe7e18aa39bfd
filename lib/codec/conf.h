/*
 * Configuration: an INI text (inih) against one table of every section, key,
 * type and default.  pandafuzz.conf(5) is the table in words; a key that is
 * not in it is refused with file and line.  Text in, struct out; the file is
 * read by store/conffile.
 */
#ifndef PF_CODEC_CONF_H
#define PF_CODEC_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/retry.h"

#define PF_CONF_TEXT	PF_RETRY_TEXT	/* room of a string value */

struct pf_conf {
	/* [storage] [spool] [sched] [http] */
	char	 storage_path[PF_CONF_TEXT];
	char	 spool_path[PF_CONF_TEXT];
	char	 sched_socket[PF_CONF_TEXT];	/* "" = <storage>/sched.sock */
	char	 http_listen[PF_CONF_TEXT];
	char	 http_metrics_listen[PF_CONF_TEXT];	/* "" = nowhere */
	char	 http_hosts[PF_CONF_TEXT];	/* names, or "*" */
	char	 http_token_file[PF_CONF_TEXT];	/* "" = no token */
	int64_t	 http_headers;			/* ms */
	int64_t	 http_per_address;		/* connections, 0: no limit */
	/* [timeouts], ms */
	int64_t	 tick;
	int64_t	 bot;			/* silence after which a lease ends */
	int64_t	 job;			/* default duration of a job */
	int64_t	 job_grace;		/* what a job may overrun */
	int64_t	 heartbeat_interval;
	int64_t	 request;		/* HTTP, server side */
	int64_t	 master_communication;	/* HTTP, bot side */
	char	 on_new_crash[PF_CONF_TEXT];	/* program, or "" */
	int64_t	 hook_timeout, hooks_per_minute;
	int64_t	 crash_samples;		/* inputs kept of a bucket */
	int64_t	 crash_buckets;		/* of a campaign */
	int64_t	 regress_inputs;	/* of a bucket for a build, 0: all */
	int64_t	 job_size, storage_size;	/* bytes, 0: no limit */
	int64_t	 keep_numbers;
	int64_t	 log_size;		/* of a job, kept */
	int64_t	 bot_operation;		/* one delivery of results */
	/* [limits] */
	int64_t	 crash_size;		/* bytes */
	int64_t	 corpus_size;
	int64_t	 target_size;
	int64_t	 pack_size;
	int64_t	 spool_size;
	int64_t	 outbox_size;		/* of each slot of a bot */
	int64_t	 outbox_packs;
	int64_t	 disk_min_free;
	int64_t	 inodes_min_free;
	int64_t	 max_attempts;
	int64_t	 max_failures;
	int64_t	 max_concurrent_jobs;	/* 0: no limit */
	int64_t	 exchange_rate;		/* bytes a second, 0: no limit */
	/* [retention], ms; 0: for ever */
	int64_t	 keep_events;
	int64_t	 keep_jobs;
	int64_t	 keep_uploads;	/* that a job waits for them */
	int64_t	 keep_work;
	/* [retry.*] */
	struct pf_retry	 retry_database;
	struct pf_retry	 retry_operation;
	struct pf_retry	 retry_recovery;
	struct pf_retry	 retry_communication;
	struct pf_retry	 retry_update;
	struct pf_retry	 retry_engine;
	/* [circuit_breaker] */
	int64_t	 breaker_failures;
	int64_t	 breaker_reset;		/* ms */
	int64_t	 breaker_max;
	/* [bot] */
	char	 bot_master_url[PF_CONF_TEXT];
	char	 bot_name[PF_CONF_TEXT];	/* "" = host name */
	char	 bot_work_directory[PF_CONF_TEXT];
	char	 bot_capabilities[PF_CONF_TEXT];	/* "" = what is found */
	char	 bot_engines[PF_CONF_TEXT];	/* directory, "" = none */
	int64_t	 bot_slots;
	int64_t	 bot_offline;		/* ms past the end of a lease */
	int64_t	 delivery_rate;		/* bytes a second */
	char	 bot_token_file[PF_CONF_TEXT];	/* "" = no token */
	char	 bot_isolation[PF_CONF_TEXT];	/* auto, strict or none */
	int64_t	 bot_disk;			/* bytes a job may use */
	int64_t	 import_rate;		/* bytes a second, 0: no limit */
	int64_t	 import_inputs;		/* a minute, 0: no limit */
	int64_t	 bot_patience;		/* ms, see run/health/judge.h */
	int64_t	 bot_stall;		/* ms without a find */
	bool	 bot_affinity;
	int64_t	 bot_progress;			/* ms, 0: none */
	int64_t	 recheck_runs;		/* of a crash on a build, 0: none */
	int64_t	 minimise_time;		/* ms for a crash, 0: none */
};

/* Everything at its default. */
void			 pf_conf_default(struct pf_conf *);

/*
 * Reads n bytes of text named name (for messages) into conf, over what is
 * there.  Errors are PF_CONFIG: "name:7: unknown key \"scoket\" in [sched]".
 * lines, if not NULL, is an array of pf_conf_count() entries: the line each
 * key was set on, 0 if it was not.
 */
const struct pf_err	*pf_conf_parse(struct pf_conf *, const char *name,
			    const char *text, size_t n, int *lines);

/* Walking the table, for pf-report config: i from 0 to pf_conf_count()-1. */
size_t			 pf_conf_count(void);
const char		*pf_conf_section(size_t i);
const char		*pf_conf_key(size_t i);
/* The value in force as the text one would write in the file. */
void			 pf_conf_value(struct pf_buf *, const struct pf_conf *,
			    size_t i);

/*
 * The nested timers of a lease, derived here and nowhere else: the reaper may
 * end a lease after pf_conf_lease_ticks() whole intervals; a bot is told to
 * give up after pf_conf_lease_ms(), which is less, and to send a heartbeat
 * every pf_conf_heartbeat_ms(), a third of that or less.  Who has not been
 * heard for pf_conf_silent_ticks(), half a lease and the tick that was under
 * way, may be replaced by another of its name.
 */
int64_t	pf_conf_lease_ticks(const struct pf_conf *);
int64_t	pf_conf_silent_ticks(const struct pf_conf *);
int64_t	pf_conf_lease_ms(const struct pf_conf *);
int64_t	pf_conf_heartbeat_ms(const struct pf_conf *);

#endif
