/*
 * Routes and shapes of campaigns; see route.h.
 */
#include "httpd/api/list.h"

#define CAMPAIGNS	"/api/v1/campaigns"
#define NO_MORE	{ NULL, SHAPE_ANY, NULL, 0, 0 }
#define ONE		CAMPAIGNS "/{id}"
#define END	{ NULL, SHAPE_ANY, 0, NULL, NULL }
/* What Go programs say and a campaign has not; it must be empty. */
#define NO(name)	{ name, SHAPE_ANY, 0, "must be empty", NULL }
#define CHANGE \
	{ "weight", SHAPE_INT, 0, "its share of the bots, 1 to 1000", \
	    NULL }, \
	{ "shared_corpus", SHAPE_BOOL, 0, "true: its jobs share", NULL }, \
	{ "description", SHAPE_TEXT, 0, "what it is for, 1000 bytes at most", \
	    NULL }, \
	{ "tags", SHAPE_TEXT, FIELD_LIST, "32 words at most", NULL }, \
	NO("priority"), NO("target_binary"), \
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
	{ "description", SHAPE_TEXT, 0, "what it is for, or empty", NULL },
	{ "tags", SHAPE_TEXT, FIELD_LIST, "words, as they were given", NULL },
	END
};
static const struct shape campaign = {
	"Campaign", campaign_fields, false
};

static const struct field campaigns_fields[] = {
	{ "campaigns", SHAPE_OBJECT, FIELD_LIST, "the newest first",
	    &campaign },
	LIST_FIELDS,
	END
};
static const struct shape campaigns = {
	"Campaigns", campaigns_fields, false
};
static const struct field stats_fields[] = {
	{ "campaign_id", SHAPE_ID, 0, "the campaign", NULL },
	{ "total_jobs", SHAPE_INT, 0, "its jobs", NULL },
	{ "completed_jobs", SHAPE_INT, 0, "of them", NULL },
	{ "total_crashes", SHAPE_INT, 0, "crashing inputs that were filed",
	    NULL },
	{ "unique_crashes", SHAPE_INT, 0, "buckets of them", NULL },
	{ "total_coverage", SHAPE_INT, 0, "edges of the best job", NULL },
	{ "corpus_size", SHAPE_INT, 0, "inputs of all jobs", NULL },
	{ "corpus_bytes", SHAPE_INT, 0, "of them", NULL },
	{ "last_updated", SHAPE_TIME, FIELD_NULL, "when the last of it came",
	    NULL },
	END
};
static const struct shape stats = { "CampaignStats", stats_fields, false };
static const struct field frame_fields[] = {
	{ "function", SHAPE_TEXT, 0, "its name", NULL },
	END
};
static const struct shape frame = { "StackFrame", frame_fields, false };
static const struct field group_fields[] = {
	{ "id", SHAPE_TEXT, 0, "of the bucket", NULL },
	{ "type", SHAPE_TEXT, 0, "of its crashes", NULL },
	{ "tool", SHAPE_TEXT, 0, "that told", NULL },
	{ "samples", SHAPE_INT, 0, "inputs that are kept", NULL },
	{ "dropped", SHAPE_INT, 0, "reports that were only counted", NULL },
	{ "first_seen", SHAPE_TIME, 0, "by the master", NULL },
	{ "last_seen", SHAPE_TIME, 0, "by the master", NULL },
	{ "campaign", SHAPE_TEXT, 0, "its name", NULL },
	{ "first_crash", SHAPE_ID, 0, "the first of them", NULL },
	{ "frames", SHAPE_TEXT, 0, "the top three, innermost first", NULL },
	{ "campaign_id", SHAPE_ID, 0, "the campaign", NULL },
	{ "stack_hash", SHAPE_TEXT, 0, "the id", NULL },
	{ "count", SHAPE_INT, 0, "samples and dropped", NULL },
	{ "stack_frames", SHAPE_OBJECT, FIELD_LIST, "frames, one by one",
	    &frame },
	{ "example_crash", SHAPE_ID, 0, "first_crash", NULL },
	END
};
static const struct shape group = { "CrashGroup", group_fields, false };
static const struct field groups_fields[] = {
	{ "crashes", SHAPE_OBJECT, FIELD_LIST, "the newest first", &group },
	LIST_FIELDS,
	END
};
static const struct shape groups = { "CrashGroups", groups_fields, false };
static const struct field file_fields[] = {
	{ "id", SHAPE_SHA256, 0, "rid of the report it came with", NULL },
	{ "campaign_id", SHAPE_ID, 0, "the campaign", NULL },
	{ "job_id", SHAPE_ID, 0, "who has filed it", NULL },
	{ "bot_id", SHAPE_TEXT, 0, "who found it first", NULL },
	{ "filename", SHAPE_TEXT, 0, "what the engine called it", NULL },
	{ "hash", SHAPE_SHA256, 0, "of its bytes", NULL },
	{ "size", SHAPE_INT, 0, "of them", NULL },
	{ "engine", SHAPE_TEXT, 0, "that found it", NULL },
	{ "created_at", SHAPE_TIME, 0, "by the bot's clock", NULL },
	{ "synced_at", SHAPE_TIME, 0, "when it was filed", NULL },
	END
};
static const struct shape file = { "CampaignFile", file_fields, false };
static const struct field files_fields[] = {
	{ "files", SHAPE_OBJECT, FIELD_LIST, "in the order of filing, by "
	    "target", &file },
	LIST_FIELDS,
	END
};
static const struct shape files = { "CampaignFiles", files_fields, false };

static const struct param query[] = { LIST_QUERY, NO_MORE };

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
	{ .method = "GET", .path = CAMPAIGNS, .call = api_campaigns,
	    .safe = true, .cli = "pf-report campaigns",
	    .what = "The campaigns, the newest first", .codes = "200 304",
	    .query = query, .gives = &campaigns },
	{ .method = "GET", .path = ONE, .call = api_campaign, .safe = true,
	    .cli = "pf-report campaign", .what = "One campaign",
	    .codes = "200 304", .gives = &campaign },
	{ .method = "GET", .path = ONE "/stats", .call = api_campaign_stats,
	    .safe = true, .cli = "pf-report totals",
	    .what = "What its jobs have done and found", .codes = "200 304",
	    .gives = &stats },
	{ .method = "GET", .path = ONE "/crashes",
	    .call = api_campaign_crashes, .safe = true,
	    .cli = "pf-report buckets -C",
	    .what = "Its crashes, those that look alike as one",
	    .codes = "200 304", .query = query, .gives = &groups },
	{ .method = "GET", .path = ONE "/corpus", .call = api_campaign_corpus,
	    .safe = true, .cli = "pf-report corpus",
	    .what = "The inputs of its jobs", .codes = "200 304",
	    .query = query, .gives = &files },
	{ .path = NULL }
};
