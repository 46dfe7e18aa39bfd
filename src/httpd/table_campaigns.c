/*
 * Routes and shapes of campaigns; see route.h.
 */
#include "httpd/route.h"

#define CAMPAIGNS	"/api/v1/campaigns"
#define END	{ NULL, SHAPE_ANY, 0, NULL, NULL }
/* What Go programs say and a campaign has not; it must be empty. */
#define NO(name)	{ name, SHAPE_ANY, 0, "must be empty", NULL }
#define CHANGE \
	{ "weight", SHAPE_INT, 0, "its share of the bots, 1 to 1000", \
	    NULL }, \
	{ "shared_corpus", SHAPE_BOOL, 0, "true: its jobs share", NULL }, \
	NO("description"), NO("tags"), NO("priority"), NO("target_binary"), \
	NO("binary_hash"), NO("job_template"), NO("max_jobs"), \
	NO("max_duration"), NO("auto_restart")

static const struct field new_fields[] = {
	{ "name", SHAPE_TEXT, FIELD_NEEDED, "no other has it", NULL },
	{ "start_after_create", SHAPE_BOOL, 0, "false: it is paused", NULL },
	CHANGE,
	END
};
static const struct shape new_campaign = { "NewCampaign", new_fields, true };
static const struct field change_fields[] = {
	{ "name", SHAPE_TEXT, 0, "the one it has", NULL },
	{ "status", SHAPE_TEXT, 0, "active, paused or finished", NULL },
	CHANGE,
	END
};
static const struct shape change = { "CampaignChange", change_fields, true };
static const struct field campaign_fields[] = {
	{ "id", SHAPE_ID, 0, "the campaign's", NULL },
	{ "name", SHAPE_TEXT, 0, "as jobs name it", NULL },
	{ "status", SHAPE_TEXT, 0, "active, paused or finished", NULL },
	{ "weight", SHAPE_INT, 0, "its share of the bots", NULL },
	{ "pending_jobs", SHAPE_INT, FIELD_MAYBE, "that can be given", NULL },
	{ "running_jobs", SHAPE_INT, FIELD_MAYBE, "that bots have", NULL },
	{ "turns", SHAPE_REAL, FIELD_MAYBE, "jobs given, for its share",
	    NULL },
	{ "created_at", SHAPE_TIME, FIELD_MAYBE, "when it was made", NULL },
	{ "ended_at", SHAPE_TIME, FIELD_MAYBE | FIELD_NULL, "finished",
	    NULL },
	END
};
static const struct shape campaign = {
	"Campaign", campaign_fields, false
};

const struct route routes_campaigns[] = {
	{ .method = "POST", .path = CAMPAIGNS, .call = api_campaign_new,
	    .body = BODY_JSON, .cli = "pf-sched campaign create",
	    .what = "A new campaign", .codes = "201 200",
	    .takes = &new_campaign, .gives = &campaign },
	{ .method = "PUT", .path = CAMPAIGNS "/{id}",
	    .call = api_campaign_set, .body = BODY_JSON,
	    .cli = "pf-sched campaign set",
	    .what = "Pauses, resumes or finishes a campaign, or weighs it",
	    .codes = "200", .takes = &change, .gives = &campaign },
	{ .method = "PATCH", .path = CAMPAIGNS "/{id}",
	    .call = api_campaign_set, .body = BODY_JSON,
	    .cli = "pf-sched campaign set",
	    .what = "The same", .codes = "200", .takes = &change,
	    .gives = &campaign },
	{ .method = "DELETE", .path = CAMPAIGNS "/{id}",
	    .call = api_campaign_end, .cli = "pf-sched campaign finish",
	    .what = "Finishes a campaign and cancels its jobs",
	    .codes = "204" },
	{ .path = NULL }
};
