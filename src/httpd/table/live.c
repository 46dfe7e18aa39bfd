/*
 * Routes whose answer goes on, but those of jobs; see route.h.
 */
#include "httpd/route.h"

static const struct param events_query[] = {
	{ "after", SHAPE_TEXT, "the id of the last event that is known, as "
	    "it came or its number alone; without it only what is to come",
	    0, 0 },
	{ "job", SHAPE_ID, "events of this job and of its crashes", 0, 0 },
	{ "bot", SHAPE_ID, "events of this bot, and crashes it found", 0, 0 },
	{ "type", SHAPE_TEXT, "bot, job, crash, campaign, "
	    "health or system", 0, 0 },
	{ NULL, SHAPE_ANY, NULL, 0, 0 }
};

const struct route routes_events[] = {
	{ .method = "GET", .path = "/api/v1/events", .call = api_events,
	    .safe = true, .cli = "pf-report events -f",
	    .what = "Changes of state as they happen", .codes = "200",
	    .query = events_query, .type = "text/event-stream" },
	{ .path = NULL }
};
