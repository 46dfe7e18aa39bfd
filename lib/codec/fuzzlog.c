/*
 * What libFuzzer prints; see fuzzlog.h.  The target prints to the same
 * stream, so any line may be anything.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "codec/fuzzlog.h"

#define LINE_MAX_USED	2048	/* bytes of a line that are looked at */
#define BIG		INT64_C(9007199254740992)	/* 2^53 */

void
pf_fuzzlog_init(struct pf_fuzzlog *f)
{
	*f = (struct pf_fuzzlog){ .execs = -1, .cov = -1, .ft = -1,
	    .corpus = -1, .execs_per_sec = -1, .rss_mb = -1, .seed = -1,
	    .ooms = -1, .timeouts = -1, .crashes = -1,
	    .to_merge = -1, .merged = -1 };
}

/* Digits at s as a number, -1 without any or beyond 2^53. */
static int64_t
number(const char *s)
{
	int64_t v = 0;

	while (*s == ' ')
		s++;
	if (!isdigit((unsigned char)*s))
		return -1;
	for (; isdigit((unsigned char)*s); s++)
		if ((v = v * 10 + (*s - '0')) > BIG)
			return -1;
	return v;
}

static void
after(int64_t *out, const char *line, const char *key)
{
	const char *p = strstr(line, key);
	int64_t v;

	if (p != NULL && (v = number(p + strlen(key))) != -1)
		*out = v;
}

/* "oom/timeout/crash: 0/2/1", all three or none. */
static void
fork_ends(struct pf_fuzzlog *f, const char *line)
{
	static const char key[] = " oom/timeout/crash:";
	const char *p = strstr(line, key);
	int64_t v[3];
	int i;

	if (p == NULL)
		return;
	p += sizeof(key) - 1;
	for (i = 0; i < 3; i++) {
		if ((v[i] = number(p)) == -1)
			return;
		p += strspn(p, " ");
		p += strspn(p, "0123456789");
		if (i < 2 && *p++ != '/')
			return;
	}
	f->ooms = v[0];
	f->timeouts = v[1];
	f->crashes = v[2];
}

static enum pf_fuzzline
status_line(struct pf_fuzzlog *f, const char *line)
{
	static const char *const words[] = { "\tINITED", "\tREAD", "\tNEW",
	    "\tREDUCE", "\tRELOAD", "\tpulse", "\tDONE", ": cov:" };
	int64_t n = number(line + 1);
	size_t i, digits = strspn(line + 1, "0123456789");

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strncmp(line + 1 + digits, words[i], strlen(words[i])) ==
		    0)
			break;
	if (n == -1 || i == sizeof(words) / sizeof(words[0]))
		return PF_FL_OTHER;
	f->execs = n;
	after(&f->cov, line, " cov:");
	after(&f->ft, line, " ft:");
	after(&f->corpus, line, " corp:");
	after(&f->execs_per_sec, line, " exec/s:");
	after(&f->execs_per_sec, line, " exec/s ");
	fork_ends(f, line);
	after(&f->rss_mb, line, " rss:");
	if (i != 1)
		f->inited = true;
	return PF_FL_STATUS;
}

/* "==123==ERROR: AddressSanitizer" and "==123== ERROR: libFuzzer". */
static bool
starts_report(const char *line)
{
	if (strncmp(line, "==", 2) == 0 && strstr(line, "==ERROR: ") != NULL)
		return true;
	if (strncmp(line, "==", 2) == 0 &&
	    (strstr(line, "== ERROR: ") != NULL ||
	    strstr(line, "==WARNING: MemorySanitizer") != NULL))
		return true;
	return strncmp(line, "WARNING: ThreadSanitizer", 24) == 0 ||
	    strstr(line, ": runtime error: ") != NULL;
}

static bool
artifact_line(struct pf_fuzzlog *f, const char *line)
{
	static const char mark[] = "Test unit written to ";
	const char *p;

	if (strncmp(line, "artifact_prefix=", 16) != 0 ||
	    (p = strstr(line, mark)) == NULL)
		return false;
	snprintf(f->artifact, sizeof(f->artifact), "%s",
	    p + sizeof(mark) - 1);
	return true;
}

/* "MERGE-OUTER: 9 files, 0 in the initial corpus, ..." and how it ended. */
static enum pf_fuzzline
merge_line(struct pf_fuzzlog *f, const char *line)
{
	static const char outer[] = "MERGE-OUTER: ";
	const char *p = line + sizeof(outer) - 1;
	int64_t n;

	if (strncmp(line, "MERGE-INNER: ", sizeof(outer) - 1) == 0)
		return PF_FL_MERGE;
	if (strncmp(line, outer, sizeof(outer) - 1) != 0)
		return PF_FL_OTHER;
	n = number(p);
	p += strspn(p, " 0123456789");
	if (n != -1 && strncmp(p, "new files with ", 15) == 0) {
		f->merged = n;
		return PF_FL_DONE;
	}
	if (n != -1 && strncmp(p, "files, ", 7) == 0)
		f->to_merge = n;
	return PF_FL_MERGE;
}

enum pf_fuzzline
pf_fuzzlog_line(struct pf_fuzzlog *f, const char *p, size_t n)
{
	char line[LINE_MAX_USED + 1];
	size_t i;

	if (n > LINE_MAX_USED)
		n = LINE_MAX_USED;
	for (i = 0; i < n; i++)
		line[i] = p[i] != '\0' ? p[i] : ' ';
	line[n] = '\0';
	if (line[0] == '#')
		return status_line(f, line);
	/* The first: it comes before the target can say anything. */
	if (f->seed == -1 && strncmp(line, "INFO: Seed: ", 12) == 0)
		f->seed = number(line + 12);
	if (artifact_line(f, line))
		return PF_FL_ARTIFACT;
	if (strncmp(line, "stat::", 6) == 0) {
		after(&f->execs, line, "stat::number_of_executed_units:");
		after(&f->rss_mb, line, "stat::peak_rss_mb:");
		return PF_FL_STATUS;
	}
	if (strncmp(line, "Done ", 5) == 0 && strstr(line, " runs in ") !=
	    NULL) {
		after(&f->execs, line, "Done ");
		return PF_FL_DONE;
	}
	if (strncmp(line, "MERGE-", 6) == 0)
		return merge_line(f, line);
	return starts_report(line) ? PF_FL_REPORT : PF_FL_OTHER;
}
