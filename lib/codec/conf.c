/*
 * The table of the configuration and its reader; see conf.h.
 */
#include <ini.h>

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/name.h"
#include "base/num.h"
#include "codec/conf.h"

enum type { T_PATH, T_FILE, T_TEXT, T_WORD, T_ERRORS, T_DUR, T_SIZE, T_NUM,
    T_FRAC, T_BOOL };

#define AT(member)	offsetof(struct pf_conf, member)
#define BYTES		((int64_t)1 << 50)

/* A retry section has the same keys each time. */
#define RETRY(name, member, tries, first, most, mult) \
	{ name, "max_retries", T_NUM, AT(member.max_retries), tries, \
	    0, 1000 }, \
	{ name, "initial_delay", T_DUR, AT(member.initial_delay), first, \
	    1, 3600000 }, \
	{ name, "max_delay", T_DUR, AT(member.max_delay), most, \
	    1, 86400000 }, \
	{ name, "multiplier", T_FRAC, AT(member.multiplier), mult, 1, 100 }, \
	{ name, "jitter", T_BOOL, AT(member.jitter), "yes", 0, 0 }, \
	{ name, "retryable_errors", T_ERRORS, AT(member.retryable_errors), \
	    "busy", 0, 0 }

static const struct key {
	const char	*section;
	const char	*name;
	enum type	 type;
	size_t		 at;
	const char	*value;		/* default; of a T_WORD the first of all
					 * it may be, "|" between them */
	int64_t		 min, max;
} keys[] = {
	{ "storage", "path", T_PATH, AT(storage_path),
	    "/var/lib/pandafuzz", 0, 0 },
	{ "spool", "path", T_PATH, AT(spool_path),
	    "/var/spool/pandafuzz", 0, 0 },
	{ "sched", "socket", T_PATH, AT(sched_socket),
	    "/run/pandafuzz/sched.sock", 0, 0 },
	{ "ingest", "on_new_crash", T_FILE, AT(on_new_crash), "", 0, 0 },
	{ "ingest", "hook_timeout", T_DUR, AT(hook_timeout), "1m",
	    100, 86400000 },
	{ "ingest", "hooks_per_minute", T_NUM, AT(hooks_per_minute), "30",
	    1, 6000 },
	{ "http", "listen", T_TEXT, AT(http_listen), "127.0.0.1:8080", 0, 0 },
	{ "http", "metrics_listen", T_TEXT, AT(http_metrics_listen), "", 0,
	    0 },
	{ "http", "hosts", T_TEXT, AT(http_hosts), "", 0, 0 },
	{ "http", "token_file", T_FILE, AT(http_token_file), "", 0, 0 },
	{ "http", "header_timeout", T_DUR, AT(http_headers), "10s",
	    100, 3600000 },
	{ "http", "connections_per_address", T_NUM, AT(http_per_address),
	    "1024", 0, 4096 },
	{ "timeouts", "tick", T_DUR, AT(tick), "15s", 100, 3600000 },
	{ "timeouts", "bot", T_DUR, AT(bot), "60s", 1000, 86400000 },
	{ "timeouts", "job", T_DUR, AT(job), "1h", 1000, 2592000000 },
	{ "timeouts", "job_grace", T_DUR, AT(job_grace), "5m",
	    1000, 86400000 },
	{ "timeouts", "heartbeat_interval", T_DUR, AT(heartbeat_interval),
	    "30s", 100, 3600000 },
	{ "timeouts", "request", T_DUR, AT(request), "30s", 1000, 3600000 },
	{ "timeouts", "master_communication", T_DUR,
	    AT(master_communication), "30s", 1000, 3600000 },
	{ "timeouts", "bot_operation", T_DUR, AT(bot_operation), "5m",
	    1000, 86400000 },
	{ "limits", "crash_size", T_SIZE, AT(crash_size), "16M",
	    1, 256 << 20 },
	{ "limits", "corpus_size", T_SIZE, AT(corpus_size), "1M",
	    1, 256 << 20 },
	{ "limits", "log_size", T_SIZE, AT(log_size), "16M", 2 << 20, BYTES },
	{ "limits", "crash_samples", T_NUM, AT(crash_samples), "1000",
	    1, 1000000000 },
	{ "limits", "crash_buckets", T_NUM, AT(crash_buckets), "10000",
	    1, 1000000000 },
	{ "limits", "regress_inputs", T_NUM, AT(regress_inputs), "0",
	    0, 1000000000 },
	{ "limits", "job_size", T_SIZE, AT(job_size), "0", 0, BYTES },
	{ "limits", "storage_size", T_SIZE, AT(storage_size), "0", 0, BYTES },
	{ "limits", "target_size", T_SIZE, AT(target_size), "2G", 1, BYTES },
	{ "limits", "pack_size", T_SIZE, AT(pack_size), "64M",
	    65536, 1 << 30 },
	{ "limits", "spool_size", T_SIZE, AT(spool_size), "1G", 1, BYTES },
	{ "limits", "outbox_size", T_SIZE, AT(outbox_size), "1G",
	    16384, BYTES },
	{ "limits", "outbox_packs", T_NUM, AT(outbox_packs), "100000",
	    16, 10000000 },
	{ "limits", "disk_min_free", T_SIZE, AT(disk_min_free), "256M",
	    0, BYTES },
	{ "limits", "inodes_min_free", T_NUM, AT(inodes_min_free), "1024",
	    0, INT64_C(1) << 50 },
	{ "limits", "max_attempts", T_NUM, AT(max_attempts), "5", 1, 1000 },
	{ "limits", "max_failures", T_NUM, AT(max_failures), "5", 1, 1000 },
	{ "limits", "max_concurrent_jobs", T_NUM, AT(max_concurrent_jobs),
	    "0", 0, 1000000 },
	{ "limits", "exchange_rate", T_SIZE, AT(exchange_rate), "32M",
	    0, BYTES },
	{ "retention", "events", T_DUR, AT(keep_events), "90d",
	    0, 3153600000000 },
	{ "retention", "jobs", T_DUR, AT(keep_jobs), "0",
	    0, 3153600000000 },
	{ "retention", "numbers", T_DUR, AT(keep_numbers), "30d",
	    0, 3153600000000 },
	{ "retention", "uploads", T_DUR, AT(keep_uploads), "30d",
	    0, 3153600000000 },
	{ "retention", "work", T_DUR, AT(keep_work), "7d",
	    0, 3153600000000 },
	RETRY("retry.database", retry_database, "3", "1s", "10s", "2.0"),
	RETRY("retry.bot_operation", retry_operation,
	    "5", "2s", "30s", "1.5"),
	RETRY("retry.recovery", retry_recovery, "5", "2s", "30s", "2.0"),
	RETRY("retry.communication", retry_communication,
	    "3", "2s", "15s", "2.0"),
	RETRY("retry.update_recovery", retry_update,
	    "20", "5s", "1m", "1.5"),
	RETRY("retry.engine", retry_engine, "5", "1s", "30s", "2.0"),
	{ "circuit_breaker", "max_failures", T_NUM, AT(breaker_failures),
	    "5", 1, 1000 },
	{ "circuit_breaker", "reset_timeout", T_DUR, AT(breaker_reset),
	    "60s", 1, 86400000 },
	{ "circuit_breaker", "max_timeout", T_DUR, AT(breaker_max),
	    "10m", 1, 86400000 },
	{ "bot", "master_url", T_TEXT, AT(bot_master_url),
	    "http://127.0.0.1:8080", 0, 0 },
	{ "bot", "name", T_TEXT, AT(bot_name), "", 0, 0 },
	{ "bot", "work_directory", T_PATH, AT(bot_work_directory),
	    "/var/lib/pandafuzz-bot", 0, 0 },
	{ "bot", "capabilities", T_TEXT, AT(bot_capabilities), "", 0, 0 },
	{ "bot", "engines", T_FILE, AT(bot_engines),
	    "/usr/local/lib/pandafuzz/engines.d", 0, 0 },
	{ "bot", "slots", T_NUM, AT(bot_slots), "1", 1, 1024 },
	{ "bot", "delivery_rate", T_SIZE, AT(delivery_rate), "1M",
	    1024, BYTES },
	{ "bot", "offline", T_DUR, AT(bot_offline), "0",
	    0, 3153600000000 },
	{ "bot", "token_file", T_FILE, AT(bot_token_file), "", 0, 0 },
	{ "bot", "isolation", T_WORD, AT(bot_isolation),
	    "auto|strict|none", 0, 0 },
	{ "bot", "disk", T_SIZE, AT(bot_disk), "4G", 1 << 20, BYTES },
	{ "bot", "import_rate", T_SIZE, AT(import_rate), "4M", 0, BYTES },
	{ "bot", "import_inputs", T_NUM, AT(import_inputs), "12000",
	    0, 1000000000 },
	{ "bot", "patience", T_DUR, AT(bot_patience), "5m", 1, 86400000 },
	{ "bot", "stall", T_DUR, AT(bot_stall), "1h", 1, 31536000000 },
	{ "bot", "affinity", T_BOOL, AT(bot_affinity), "yes", 0, 0 },
	{ "bot", "progress", T_DUR, AT(bot_progress), "1m", 0, 86400000 },
	{ "bot", "recheck_runs", T_NUM, AT(recheck_runs), "10", 0, 1000 },
	{ "bot", "minimise_time", T_DUR, AT(minimise_time), "2m",
	    0, 86400000 },
};

#define NKEYS	(sizeof(keys) / sizeof(keys[0]))

/* What the handler of inih needs and leaves behind. */
struct reading {
	struct pf_conf	*conf;
	const char	*name;
	const char	*text;
	size_t		 left;
	int		 line;		/* of the text handed out last */
	int		*lines;
	int		 at[NKEYS];	/* where each key was, 0 nowhere */
	int		 err_line;
	const struct pf_err *err;
};

static bool
set_flag(bool *out, const char *s)
{
	static const char *const words[] = { "no", "yes", "false", "true",
	    "off", "on", "0", "1" };
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i], s) == 0) {
			*out = i % 2 == 1;
			return true;
		}
	return false;
}

/* One of the words of the key; the list of all means its first. */
static const char *
set_word(char *at, const struct key *k, const char *s)
{
	const char *p = k->value;
	size_t n = strcspn(s, "|");

	if (s != k->value && s[n] != '\0')
		return k->value;
	for (; strcspn(p, "|") != n || memcmp(p, s, n) != 0; p++) {
		p += strcspn(p, "|");
		if (*p == '\0')
			return k->value;
	}
	snprintf(at, PF_CONF_TEXT, "%.*s", (int)n, s);
	return NULL;
}

static const char *
set_text(char *at, const struct key *k, const char *s)
{
	if (k->type != T_TEXT && k->type != T_ERRORS && *s != '/' &&
	    (k->type == T_PATH || *s != '\0'))
		return "an absolute path";
	if (strlen(s) >= PF_CONF_TEXT ||
	    (*s != '\0' && !pf_utf8_ok(s, strlen(s))))
		return "a shorter text";
	if (k->type == T_ERRORS && !pf_retry_words_ok(s))
		return "a list of classes of errors (usage, data, notfound, "
		    "unavailable, bug, io, busy, full, stale, conflict, "
		    "denied, config), timeout, or parts of messages of two "
		    "words or more";
	snprintf(at, PF_CONF_TEXT, "%s", s);
	return NULL;
}

/* NULL, or what the value should have been. */
static const char *
set_value(struct pf_conf *conf, const struct key *k, const char *s)
{
	void *at = (char *)conf + k->at;
	int64_t v;

	switch (k->type) {
	case T_PATH:
	case T_FILE:
	case T_TEXT:
	case T_ERRORS:
		return set_text(at, k, s);
	case T_WORD:
		return set_word(at, k, s);
	case T_DUR:
		if (!pf_dur(&v, s) || v < k->min || v > k->max)
			return "a duration such as 90s or 1h30m";
		*(int64_t *)at = v;
		return NULL;
	case T_SIZE:
		if (!pf_size(&v, s) || v < k->min || v > k->max)
			return "a size such as 4096, 64K or 2G";
		*(int64_t *)at = v;
		return NULL;
	case T_NUM:
		return pf_num(at, s, k->min, k->max) ? NULL : "a number";
	case T_FRAC:
		return pf_frac(at, s, (double)k->min, (double)k->max) ? NULL :
		    "a number";
	case T_BOOL:
		return set_flag(at, s) ? NULL : "yes or no";
	}
	return "known";
}

/* " from MIN to MAX" in the key's own unit, "" where there is none. */
static const char *
range(char out[80], const struct key *k)
{
	char min[32], max[32];

	out[0] = '\0';
	if (k->type == T_DUR)
		snprintf(out, 80, " from %s to %s", pf_dur_text(min, k->min),
		    pf_dur_text(max, k->max));
	else if (k->type == T_SIZE)
		snprintf(out, 80, " from %s to %s", pf_size_text(min, k->min),
		    pf_size_text(max, k->max));
	else if (k->type == T_NUM || k->type == T_FRAC)
		snprintf(out, 80, " from %" PRId64 " to %" PRId64, k->min,
		    k->max);
	return out;
}

static void
refuse(struct reading *r, const struct pf_err *err)
{
	if (r->err == NULL) {
		r->err = err;
		r->err_line = r->line;
	}
}

/* inih calls this for each "key = value"; 0 stops it. */
static int
on_pair(void *arg, const char *section, const char *name, const char *value)
{
	struct reading *r = arg;
	const char *want;
	char text[80];
	bool known = false;
	size_t i;

	for (i = 0; i < NKEYS; i++) {
		if (strcmp(keys[i].section, section) != 0)
			continue;
		known = true;
		if (strcmp(keys[i].name, name) == 0)
			break;
	}
	if (i == NKEYS) {
		if (*section == '\0')
			refuse(r, pf_err(PF_CONFIG, "%s:%d: \"%s\" stands "
			    "before any [section]", r->name, r->line, name));
		else if (!known)
			refuse(r, pf_err(PF_CONFIG, "%s:%d: unknown section "
			    "[%s]", r->name, r->line, section));
		else
			refuse(r, pf_err(PF_CONFIG, "%s:%d: unknown key \"%s\""
			    " in [%s]", r->name, r->line, name, section));
		return 0;
	}
	if ((want = set_value(r->conf, &keys[i], value)) != NULL) {
		refuse(r, pf_err(PF_CONFIG, "%s:%d: %s = \"%s\" in [%s] is not "
		    "%s%s", r->name, r->line, name, value, section, want,
		    range(text, &keys[i])));
		return 0;
	}
	r->at[i] = r->line;
	if (r->lines != NULL)
		r->lines[i] = r->line;
	return 1;
}

/*
 * Hands inih one line at a time and counts them.  A line longer than its
 * buffer would arrive in parts and be misread, so it ends the reading.
 */
static char *
next_line(char *buf, int size, void *arg)
{
	struct reading *r = arg;
	const char *nl;
	size_t n;

	if (r->left == 0 || r->err != NULL)
		return NULL;
	r->line++;
	nl = memchr(r->text, '\n', r->left);
	n = nl != NULL ? (size_t)(nl - r->text) + 1 : r->left;
	if (n >= (size_t)size || memchr(r->text, '\0', n) != NULL) {
		refuse(r, pf_err(PF_CONFIG, "%s:%d: line is longer than %d "
		    "bytes or not text", r->name, r->line, size - 1));
		return NULL;
	}
	memcpy(buf, r->text, n);
	buf[n] = '\0';
	r->text += n;
	r->left -= n;
	return buf;
}

void
pf_conf_default(struct pf_conf *conf)
{
	size_t i;

	*conf = (struct pf_conf){ 0 };
	for (i = 0; i < NKEYS; i++)
		if (set_value(conf, &keys[i], keys[i].value) != NULL)
			pf_die("default of %s in [%s] is out of range",
			    keys[i].name, keys[i].section);
}

/* A first pause that was asked for is not cut by the longest in silence. */
static const struct pf_err *
delays(const struct reading *r)
{
	const char *conf = (const char *)r->conf;
	char first[32], most[32];
	int64_t v, max;
	size_t i;

	for (i = 0; i + 1 < NKEYS; i++) {
		if (r->at[i] == 0 || strcmp(keys[i].name, "initial_delay") !=
		    0)
			continue;
		/* max_delay is the next one. */
		memcpy(&v, conf + keys[i].at, sizeof(v));
		memcpy(&max, conf + keys[i + 1].at, sizeof(max));
		if (v > max)
			return pf_err(PF_CONFIG, "%s:%d: initial_delay = %s "
			    "in [%s] is more than its max_delay, which is %s",
			    r->name, r->at[i], pf_dur_text(first, v),
			    keys[i].section, pf_dur_text(most, max));
	}
	return NULL;
}

const struct pf_err *
pf_conf_parse(struct pf_conf *conf, const char *name, const char *text,
    size_t n, int *lines)
{
	struct reading r = { .conf = conf, .name = name, .text = text,
	    .left = n, .lines = lines };
	size_t i;
	int rc;

	for (i = 0; lines != NULL && i < NKEYS; i++)
		lines[i] = 0;
	rc = ini_parse_stream(next_line, &r, on_pair, &r);
	/* A line that is nothing may be why a later one makes no sense. */
	if (r.err != NULL && (rc <= 0 || r.err_line <= rc))
		return r.err;
	if (rc != 0)
		return pf_err(PF_CONFIG, "%s:%d: neither [section] nor "
		    "key = value", name, rc > 0 ? rc : r.line);
	return delays(&r);
}

size_t
pf_conf_count(void)
{
	return NKEYS;
}

const char *
pf_conf_section(size_t i)
{
	return keys[i].section;
}

const char *
pf_conf_key(size_t i)
{
	return keys[i].name;
}

void
pf_conf_value(struct pf_buf *b, const struct pf_conf *conf, size_t i)
{
	const void *at = (const char *)conf + keys[i].at;
	char text[32];

	switch (keys[i].type) {
	case T_PATH:
	case T_FILE:
	case T_TEXT:
	case T_WORD:
	case T_ERRORS:
		pf_buf_adds(b, at);
		break;
	case T_DUR:
		pf_buf_adds(b, pf_dur_text(text, *(const int64_t *)at));
		break;
	case T_SIZE:
		pf_buf_adds(b, pf_size_text(text, *(const int64_t *)at));
		break;
	case T_NUM:
		pf_buf_addf(b, "%" PRId64, *(const int64_t *)at);
		break;
	case T_FRAC:
		pf_buf_addf(b, "%g", *(const double *)at);
		break;
	case T_BOOL:
		pf_buf_adds(b, *(const bool *)at ? "yes" : "no");
		break;
	}
}

int64_t
pf_conf_lease_ticks(const struct pf_conf *conf)
{
	int64_t n = (conf->bot + conf->tick - 1) / conf->tick;

	return n < 2 ? 2 : n;
}

int64_t
pf_conf_silent_ticks(const struct pf_conf *conf)
{
	return (pf_conf_lease_ticks(conf) + 1) / 2 + 1;
}

int64_t
pf_conf_lease_ms(const struct pf_conf *conf)
{
	int64_t least = pf_conf_lease_ticks(conf) * conf->tick;
	int64_t margin = least / 10 < 5000 ? least / 10 : 5000;

	assert(margin > 0 && margin < least);
	return least - margin;
}

int64_t
pf_conf_heartbeat_ms(const struct pf_conf *conf)
{
	int64_t third = pf_conf_lease_ms(conf) / 3;

	return conf->heartbeat_interval < third ? conf->heartbeat_interval :
	    third;
}
