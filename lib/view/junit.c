/*
 * pf-report crashes -o junit: a suite a campaign, in which each bucket is a
 * test that failed.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/time.h"
#include "codec/xml.h"
#include "view/found.h"

struct junit {
	FILE			*f;
	const struct pf_bugs	*pick;
	const char		*root;
	struct pf_buf		 b;
	struct pf_found		 found;
};

static void
attr_number(struct pf_buf *b, const char *name, int64_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, n);
	pf_xml_attr(b, name, text);
}

static void
add_line(struct pf_buf *b, const char *name, const char *value)
{
	if (*value == '\0')
		return;
	pf_buf_addf(b, "%s: ", name);
	pf_xml_text(b, value, strlen(value));
	pf_buf_addc(b, '\n');
}

static void
add_time(struct pf_buf *b, const char *name, int64_t ms)
{
	char text[PF_TIME_TEXT];

	add_line(b, name, pf_time_text(text, ms));
}

/* What there is to read when it is unfolded. */
static void
add_body(struct junit *j)
{
	const struct pf_bug *bug = j->found.bug;
	const struct pf_judged *s = &j->found.judged;
	const char *output = j->found.given.output;
	struct pf_buf *b = &j->b;

	add_line(b, "bucket", bug->bucket);
	pf_buf_addf(b, "severity: %s, %s", s->severity, s->why);
	if (s->was != NULL)
		pf_buf_addf(b, "; lowered from %s for it was not seen again "
		    "in %" PRId64 " runs", s->was, s->runs);
	pf_buf_addc(b, '\n');
	pf_buf_addf(b, "inputs: %" PRId64 "\n", bug->kept);
	if (bug->dropped > 0)
		pf_buf_addf(b, "reports without their input: %" PRId64 "\n",
		    bug->dropped);
	add_time(b, "first seen", bug->first_seen);
	add_time(b, "last seen", bug->last_seen);
	add_line(b, "crash", bug->crash);
	add_line(b, "job", bug->job);
	add_line(b, "target", bug->target);
	add_line(b, "input", bug->input);
	if (*output != '\0') {
		pf_buf_addc(b, '\n');
		pf_xml_text(b, output, strlen(output));
	}
}

static const struct pf_err *
add_bug(void *arg, const struct pf_bug *bug)
{
	struct junit *j = arg;
	struct pf_found *f = &j->found;
	const struct pf_err *err;
	struct pf_buf *b = &j->b, name = PF_BUF_INIT;

	if ((err = pf_found_read(f, bug)) != NULL)
		return err;
	/* Of two tests with one name some readers drop the second. */
	pf_buf_addf(&name, "%s [%.12s]", f->words.data, bug->bucket);
	pf_buf_adds(b, "<testcase");
	pf_xml_attr(b, "classname", bug->campaign);
	pf_xml_attr(b, "name", name.data);
	pf_xml_attr(b, "time", "0");
	pf_buf_reset(&name);
	if (f->at != NULL) {
		pf_found_uri(&name, f->at->file, j->root);
		pf_xml_attr(b, "file", name.data);
		attr_number(b, "line", f->at->line);
	}
	pf_buf_adds(b, ">\n<failure");
	pf_xml_attr(b, "type", bug->type);
	pf_xml_attr(b, "message", f->words.data);
	pf_buf_addc(b, '>');
	add_body(j);
	pf_buf_adds(b, "</failure>\n</testcase>\n");
	pf_buf_free(&name);
	pf_found_flush(j->f, b);
	return NULL;
}

static void
add_counts(struct pf_buf *b, const char *name, int64_t n)
{
	pf_xml_attr(b, "name", name);
	attr_number(b, "tests", n);
	attr_number(b, "failures", n);
	pf_buf_adds(b, " errors=\"0\" skipped=\"0\" time=\"0\">\n");
}

static const struct pf_err *
add_campaign(void *arg, const char *id, const char *name)
{
	struct junit *j = arg;
	const struct pf_err *err;
	int64_t n;

	if ((err = pf_bugs_count(&n, j->pick, id)) != NULL)
		return err;
	/* That nothing was found is an answer, unless less was asked for. */
	if (n == 0 && (j->pick->bucket != NULL || j->pick->type != NULL))
		return NULL;
	pf_buf_adds(&j->b, "<testsuite");
	add_counts(&j->b, name, n);
	err = pf_bugs_each(j->pick, id, add_bug, j);
	pf_buf_adds(&j->b, "</testsuite>\n");
	return err;
}

const struct pf_err *
pf_found_junit(FILE *f, const struct pf_bugs *pick,
    const char *storage, const char *root)
{
	struct junit *j = pf_calloc(1, sizeof(*j));
	const struct pf_err *err;
	int64_t n;

	*j = (struct junit){ .f = f, .pick = pick, .root = root,
	    .b = PF_BUF_INIT };
	if ((err = pf_found_init(&j->found, pick->db, storage)) == NULL &&
	    (err = pf_bugs_count(&n, pick, NULL)) == NULL) {
		pf_buf_adds(&j->b, "<?xml version=\"1.0\" "
		    "encoding=\"UTF-8\"?>\n<testsuites");
		add_counts(&j->b, "PandaFuzz", n);
		err = pf_bugs_campaigns(pick, add_campaign, j);
		pf_buf_adds(&j->b, "</testsuites>\n");
		fwrite(j->b.data, 1, j->b.len, f);
	}
	pf_found_free(&j->found);
	pf_buf_free(&j->b);
	free(j);
	return err;
}
