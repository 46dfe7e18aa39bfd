/*
 * Requests of the Go program that there are none of here, for that program
 * did nothing useful with them either, because a master does by itself what
 * they asked for, or because it is at another path: what to send instead.
 * See route.h.
 */
#include "httpd/route.h"

#define V	"/api/v1/"

const struct elsewhere elsewhere[] = {
	{ V "bots/{id}/resources", "GET /api/v1/bots/{id} has the bot, GET "
	    "/api/v1/jobs/{id} what its job takes" },
	{ V "timeouts/bot/*", "DELETE /api/v1/bots/{id} takes the job from a "
	    "bot; one that is silent times out by itself" },
	{ V "timeouts/job/*", "PUT /api/v1/jobs/{id}/cancel ends a job; one "
	    "that overruns its duration times out by itself" },
	{ V "jobs/{id}/corpus/*", "inputs go by their SHA-256: GET "
	    "/api/v1/jobs/{id}/corpus lists them, GET "
	    "/api/v1/jobs/{id}/corpus/{sha256} has one" },
	{ V "system/maintenance", "on the master: pf-sched backup DIR, "
	    "pf-ingest fsck and what else its crontab has" },
	{ V "system/recovery", "on the master: pf-sched recover, which each "
	    "start does" },
	{ V "campaigns/{id}/restart", "PUT /api/v1/campaigns/{id} with "
	    "{\"status\":\"active\"}" },
	{ V "campaigns/{id}/binary", "each job has its target: POST "
	    "/api/v1/jobs/upload, with the campaign in job_metadata" },
	{ V "campaigns/{id}/corpus/sync", "GET /api/v1/jobs/{id}/shared tells "
	    "a bot what the others of its campaign found" },
	{ V "campaigns/{id}/corpus/share", "jobs of one campaign share what "
	    "they find by themselves" },
	{ V "campaigns/{id}/corpus/evolution", "GET "
	    "/api/v1/results/coverage?job=ID has a job's coverage in time" },
	{ V "campaigns/{id}/corpus/files", "GET "
	    "/api/v1/campaigns/{id}/corpus" },
	{ V "campaigns/{id}/corpus/files/*", "GET "
	    "/api/v1/jobs/{id}/corpus/{sha256}" },
	{ V "crashes/{id}/stacktrace", "GET /api/v1/results/crashes/{id} has "
	    "the stack" },
	{ V "health", "GET /health, without the base path" },
	{ "/timeouts", "GET /api/v1/timeouts" },
	{ "/api/v2/ws", "GET /api/v1/events tells what happens as it does" },
	{ NULL, NULL }
};
