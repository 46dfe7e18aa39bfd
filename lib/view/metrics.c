/*
 * Metrics of the database, the spool and the disks; see metrics.h.
 */
#include <stdio.h>
#include <string.h>

#include "codec/prom.h"
#include "os/clock.h"
#include "os/fs.h"
#include "store/db.h"
#include "store/spool.h"
#include "view/health.h"
#include "view/metrics.h"
#include "view/view.h"

#define P		"pandafuzz_"
#define COUNTERS	64

struct counters {
	char	 name[COUNTERS][32];
	int64_t	 value[COUNTERS];
	size_t	 n;
};

static const struct pf_err *
read_counters(struct counters *c, struct pf_db *db)
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;
	bool more = false;

	c->n = 0;
	if ((err = pf_view_open(&q, db, &pf_view_counters, NULL,
	    COUNTERS)) == NULL)
		while ((err = pf_q_row(&q, &more)) == NULL && more &&
		    c->n < COUNTERS) {
			snprintf(c->name[c->n], sizeof(c->name[0]), "%s",
			    pf_q_text(&q, 0));
			c->value[c->n++] = pf_q_int(&q, 1);
		}
	pf_q_done(&q);
	return err;
}

/* Counters <prefix>X become samples with label="X". */
static void
put_group(struct pf_buf *b, const struct counters *c, enum pf_prom type,
    const char *name, const char *help, const char *prefix, const char *label)
{
	size_t i, n = strlen(prefix);
	char text[64];

	pf_prom_family(b, type, name, help);
	for (i = 0; i < c->n; i++) {
		if (strncmp(c->name[i], prefix, n) != 0)
			continue;
		snprintf(text, sizeof(text), "%s=\"%s\"", label,
		    c->name[i] + n);
		pf_prom_int(b, name, text, c->value[i]);
	}
}

static void
put_count(struct pf_buf *b, const struct counters *c, enum pf_prom type,
    const char *name, const char *help, const char *counter)
{
	size_t i;

	for (i = 0; i < c->n; i++)
		if (strcmp(c->name[i], counter) == 0) {
			pf_prom_family(b, type, name, help);
			pf_prom_int(b, name, "", c->value[i]);
		}
}

static void
put_counters(struct pf_buf *b, const struct counters *c)
{
	put_group(b, c, PF_GAUGE, P "bots", "Bots that are known, by state.",
	    "bots_", "state");
	put_group(b, c, PF_GAUGE, P "jobs", "Jobs, by state.", "jobs_",
	    "state");
	put_group(b, c, PF_COUNTER, P "results_total",
	    "Results that were filed, by kind.", "results_", "kind");
	put_group(b, c, PF_COUNTER, P "results_dropped_total",
	    "Results that were counted and not kept, by kind.", "dropped_",
	    "kind");
	put_group(b, c, PF_COUNTER, P "results_refused_total",
	    "Records that pf-ingest refused, by kind.", "refused_", "kind");
	put_group(b, c, PF_COUNTER, P "results_foreign_total",
	    "Results under a token that was never given, by kind.",
	    "foreign_", "kind");
	put_count(b, c, PF_GAUGE, P "crashes",
	    "Inputs that crash, each of a job once.", "crashes");
	put_count(b, c, PF_GAUGE, P "crash_buckets",
	    "Buckets: crashes that look alike count once.", "buckets");
	put_count(b, c, PF_GAUGE, P "corpus_files", "Inputs in all corpora.",
	    "corpus_files");
	put_count(b, c, PF_GAUGE, P "corpus_bytes", "Bytes of them.",
	    "corpus_bytes");
	put_count(b, c, PF_GAUGE, P "log_bytes", "Bytes of all jobs' logs.",
	    "log_bytes");
	put_count(b, c, PF_COUNTER, P "log_gone_bytes_total", "Bytes of logs "
	    "that were let go of, to keep to log_size.", "log_gone");
}

/* What the bots told last of the jobs that they have. */
static const struct pf_err *
put_live(struct pf_buf *b, struct pf_db *db)
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;
	bool more = false;

	if ((err = pf_q(&q, db, "SELECT coalesce(sum(s.execs_per_sec), 0.0), "
	    "coalesce(sum(s.edges), 0), coalesce(max(s.edges), 0) FROM "
	    "assignments AS a JOIN job_stats AS s ON s.job_id = a.job_id "
	    "WHERE a.ended_at IS NULL", "")) == NULL &&
	    (err = pf_q_row(&q, &more)) == NULL && more) {
		pf_prom_one(b, PF_GAUGE, P "executions_per_second",
		    "Executions a second, of all jobs that run.",
		    pf_q_real(&q, 0));
		pf_prom_one(b, PF_GAUGE, P "coverage_edges",
		    "Edges of each job that runs, added up.",
		    (double)pf_q_int(&q, 1));
		pf_prom_one(b, PF_GAUGE, P "coverage_edges_most",
		    "Edges of the job that runs and has most.",
		    (double)pf_q_int(&q, 2));
	}
	pf_q_done(&q);
	return err;
}

/* A label for each verdict that there is, whatever bots may say. */
static const struct pf_err *
put_health(struct pf_buf *b, struct pf_db *db)
{
	static const char name[] = P "jobs_unwell";
	const struct pf_err *err;
	struct pf_health h;
	char label[64];
	int i;

	if ((err = pf_health_count(&h, db)) != NULL)
		return err;
	pf_prom_family(b, PF_GAUGE, name,
	    "Jobs that run and are not well, by verdict.");
	for (i = 0; i < PF_VERDICT_MAX; i++) {
		snprintf(label, sizeof(label), "verdict=\"%s\"",
		    pf_verdict_name((enum pf_verdict)i));
		pf_prom_int(b, name, label, h.n[i]);
	}
	return NULL;
}

static const struct pf_err *
put_clock(struct pf_buf *b, struct pf_db *db)
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;
	bool more = false;

	if ((err = pf_q(&q, db, "SELECT tick, time, (SELECT count(*) FROM "
	    "(SELECT 1 FROM hooks LIMIT 1000)) FROM clock", "")) == NULL &&
	    (err = pf_q_row(&q, &more)) == NULL && more) {
		pf_prom_one(b, PF_COUNTER, P "ticks_total",
		    "Ticks of the reaper, by which leases are counted.",
		    (double)pf_q_int(&q, 0));
		pf_prom_one(b, PF_GAUGE, P "tick_time_seconds",
		    "When the last tick was, since 1970.",
		    (double)pf_q_int(&q, 1) / 1000);
		pf_prom_one(b, PF_GAUGE, P "hooks_waiting",
		    "New crashes that on_new_crash was not told of, up to "
		    "1000.", (double)pf_q_int(&q, 2));
	}
	pf_q_done(&q);
	return err;
}

static void
put_database(struct pf_buf *b, const struct pf_conf *conf)
{
	const struct pf_err *err;
	struct pf_buf part = PF_BUF_INIT;
	struct pf_db *db = NULL;
	struct counters c;

	if ((err = pf_db_open(&db, conf->storage_path)) == NULL &&
	    (err = read_counters(&c, db)) == NULL) {
		put_counters(&part, &c);
		if ((err = put_live(&part, db)) == NULL &&
		    (err = put_health(&part, db)) == NULL)
			err = put_clock(&part, db);
	}
	pf_db_close(db);
	pf_prom_one(b, PF_GAUGE, P "database_up",
	    "1 if the database can be read.", err == NULL);
	/* Half of the truth would be taken for all of it. */
	if (err == NULL)
		pf_buf_add(b, part.data, part.len);
	pf_buf_free(&part);
}

static void
put_spool(struct pf_buf *b, const struct pf_conf *conf)
{
	struct pf_spool_depth d;
	int64_t age;

	if (pf_spool_look(&d, conf->spool_path) != NULL)
		return;
	age = d.oldest == 0 ? 0 : pf_wall_ms() - d.oldest;
	pf_prom_one(b, PF_GAUGE, P "spool_packs",
	    "Packs of results that wait for pf-ingest.", (double)d.packs);
	pf_prom_one(b, PF_GAUGE, P "spool_bytes", "Bytes of them.",
	    (double)d.bytes);
	pf_prom_one(b, PF_GAUGE, P "spool_oldest_seconds",
	    "How long the oldest of them waits.",
	    age < 0 ? 0 : (double)age / 1000);
	pf_prom_one(b, PF_GAUGE, P "spool_bad_records",
	    "Records that were set aside.", (double)d.bad);
}

static void
put_disks(struct pf_buf *b, const struct pf_conf *conf)
{
	const struct { const char *labels, *path; } of[] = {
		{ "place=\"storage\"", conf->storage_path },
		{ "place=\"spool\"", conf->spool_path } };
	int64_t bytes[2] = { 0, 0 }, inodes[2] = { 0, 0 };
	bool there[2];
	int i;

	for (i = 0; i < 2; i++)
		there[i] = pf_disk_free(&bytes[i], &inodes[i], of[i].path) ==
		    NULL;
	pf_prom_family(b, PF_GAUGE, P "disk_free_bytes",
	    "Free space on the disk of the storage and of the spool.");
	for (i = 0; i < 2; i++)
		if (there[i])
			pf_prom_int(b, P "disk_free_bytes", of[i].labels,
			    bytes[i]);
	pf_prom_family(b, PF_GAUGE, P "disk_free_inodes",
	    "Files that can be made there.");
	for (i = 0; i < 2; i++)
		if (there[i])
			pf_prom_int(b, P "disk_free_inodes", of[i].labels,
			    inodes[i]);
}

void
pf_metrics(struct pf_buf *b, const struct pf_conf *conf)
{
	pf_prom_family(b, PF_GAUGE, P "build_info",
	    "1; the version is a label.");
	pf_prom_int(b, P "build_info", "version=\"" PF_VERSION "\"", 1);
	put_database(b, conf);
	put_spool(b, conf);
	put_disks(b, conf);
	pf_metrics_writer(b, conf);
}
