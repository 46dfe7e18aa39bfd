/*
 * Campaigns, as lists and records; see campaigns.h.
 */
#include "view/campaigns.h"
#include "view/columns.h"

static const struct pf_view_col campaigns_cols[] = {
	{ "id",		"id",			TEXT },
	{ "name",	"name",			TEXT },
	{ "status",	"status",		TEXT },
	{ "weight",	"weight",		INT },
	{ "pending",	"pending_jobs",		INT },
	{ "running",	"running_jobs",		INT },
	{ NULL,		"turns",		REAL },
	{ "created",	"created_at",		TIME },
	{ NULL,		"ended_at",		TIME },
	{ NULL,		"description",		TEXT },
	{ NULL,		"tags",			JSON },
};
#define CAMPAIGNS \
	"SELECT id, name, status, weight, pending, running, turns, " \
	"created_at, ended_at, description, tags FROM "
VIEW(campaigns,
    CAMPAIGNS "(SELECT * FROM campaigns ORDER BY created_at DESC, id DESC "
    "LIMIT ?1) ORDER BY created_at, id",
    CAMPAIGNS "campaigns WHERE id = ?1 LIMIT ?2");

/* It costs what the jobs of the campaign are, not what they have found. */
static const struct pf_view_col campaign_stats_cols[] = {
	{ NULL,		"campaign_id",		TEXT },
	{ "jobs",	"total_jobs",		INT },
	{ "completed",	"completed_jobs",	INT },
	{ "crashes",	"total_crashes",	INT },
	{ "buckets",	"unique_crashes",	INT },
	{ "edges",	"total_coverage",	INT },
	{ "files",	"corpus_size",		INT },
	{ "bytes",	"corpus_bytes",		SIZE },
	{ "updated",	"last_updated",		TIME },
};
VIEW(campaign_stats, NULL,
    "SELECT k.id, t.jobs, t.completed, t.crashes, coalesce((SELECT value "
    "FROM counters WHERE name = 'buckets' AND scope = k.id), 0), t.edges, "
    "t.files, t.bytes, nullif(max(t.updated, coalesce((SELECT "
    "max(first_seen) FROM buckets WHERE campaign = k.id), 0)), 0) "
    "FROM campaigns AS k CROSS JOIN (SELECT count(*) AS jobs, "
    "coalesce(sum(j.status = 'completed'), 0) AS completed, "
    "coalesce(sum(c.value), 0) AS crashes, "
    "coalesce(max(max(coalesce(s.edges, 0), coalesce((SELECT edges FROM "
    "coverage WHERE job_id = j.id ORDER BY timestamp DESC, id DESC "
    "LIMIT 1), 0))), 0) AS edges, "
    "coalesce(sum(m.file_count), 0) AS files, "
    "coalesce(sum(m.total_size), 0) AS bytes, "
    "coalesce(max(max(coalesce(m.last_updated, 0), coalesce(s.time, 0), "
    "coalesce(j.completed_at, j.started_at, j.created_at))), 0) AS updated "
    "FROM jobs AS j LEFT JOIN corpus_meta AS m ON m.job_id = j.id "
    "LEFT JOIN job_stats AS s ON s.job_id = j.id LEFT JOIN counters AS c "
    "ON c.name = 'crashes' AND c.scope = j.id WHERE j.campaign = ?1) AS t "
    "WHERE k.id = ?1 LIMIT ?2");

/* Their ids are in the order of their making. */
const struct pf_walk pf_walk_campaigns = { 'p', &pf_view_campaigns,
    "SELECT 0, id, 1 FROM campaigns WHERE ?1 >= 0 AND id < ?2 "
    "ORDER BY id DESC", 0 };
