/*
 * pf-triage: the report of a crash in, one record out.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/err.h"
#include "codec/hash.h"
#include "codec/report/scan.h"
#include "os/fs.h"
#include "os/sandbox.h"
#include "triage/triage.h"

#define CHUNK		(64 << 10)

static const char usage_text[] =
    "usage: pf-triage [-Hj] [-i rules] [file ...]\n"
    "       pf-triage -h | -r | -V\n";

struct triage {
	struct pf_rules		*rules;
	enum pf_format		 format;
	bool			 header;
	size_t			 missed;	/* texts without a report */
	struct crash		 crash;
	struct pf_scan		 scan;
	char			 text[PF_REPORT_TEXT];
	char			 chunk[CHUNK];
};

static void __attribute__((noreturn))
usage(void)
{
	fputs(usage_text, stderr);
	exit(EX_USAGE);
}

/* As a text that may be given by -i. */
static void
print_rules(void)
{
	const char *const *part;

	printf("# The rules for frames that are built in, version %s.\n",
	    PF_RULES);
	for (part = pf_ignore_builtin; *part != NULL; part++)
		fputs(*part, stdout);
}

static const struct pf_err *
add_rules(struct triage *t, const char *path)
{
	const struct pf_err *err;
	struct pf_buf b = PF_BUF_INIT;

	if ((err = pf_slurp(&b, path, PF_RULES_BYTES)) == NULL &&
	    (err = pf_rules_add(t->rules, b.data, b.len)) != NULL)
		err = pf_err_at(err, "%s", path);
	pf_buf_free(&b);
	return err;
}

static void
parse(struct triage *t, int argc, char *argv[])
{
	const struct pf_err *err;
	int ch;

	while ((ch = getopt(argc, argv, "+HVhi:jr")) != -1)
		switch (ch) {
		case 'H':
			t->header = true;
			break;
		case 'V':
			printf("pf-triage %s\n", PF_VERSION);
			exit(pf_exit(NULL));
		case 'h':
			fputs(usage_text, stdout);
			exit(pf_exit(NULL));
		case 'i':
			if ((err = add_rules(t, optarg)) != NULL)
				exit(pf_exit(err));
			break;
		case 'j':
			t->format = PF_FORMAT_JSON;
			break;
		case 'r':
			print_rules();
			exit(pf_exit(NULL));
		default:
			usage();
		}
}

/* Reads to the end of the first report, and not further. */
static const struct pf_err *
read_report(struct triage *t, int fd, const char *name)
{
	struct crash *c = &t->crash;
	ssize_t n = 0;

	c->file = name;
	c->state = (struct pf_state){ .n = 0 };
	c->sign = (struct pf_sign){ .glob = "" };
	pf_report_init(&c->report, t->text, sizeof(t->text));
	pf_scan_begin(&t->scan, &c->report);
	while (!t->scan.done) {
		n = read(fd, t->chunk, sizeof(t->chunk));
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		pf_scan_feed(&t->scan, t->chunk, (size_t)n);
	}
	if (n == -1)
		return pf_errno("%s", name);
	c->found = pf_scan_end(&t->scan);
	if (c->found) {
		pf_state_of(&c->state, &c->report,
		    pf_rules_ignore(t->rules));
		pf_rules_key(&c->sign, t->rules, &c->report, &c->state);
		c->severity = pf_severity_of(&c->report);
	} else
		t->missed++;
	return NULL;
}

static void
print(struct triage *t)
{
	struct pf_buf b = PF_BUF_INIT;

	if (t->format == PF_FORMAT_ALIGNED)
		explain(&b, &t->crash);
	else
		record_line(&b, t->format, &t->crash);
	fwrite(b.data, 1, b.len, stdout);
	pf_buf_free(&b);
}

static const struct pf_err *
triage(struct triage *t, const char *path)
{
	const struct pf_err *err;
	int fd = STDIN_FILENO;

	if (strcmp(path, "-") != 0 &&
	    (fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)) == -1)
		return pf_errno("%s", path);
	err = read_report(t, fd, path);
	if (fd != STDIN_FILENO)
		close(fd);
	if (err == NULL)
		print(t);
	return err;
}

/* What it reads was written by programs that had gone mad. */
static const struct pf_err *
shut_in(void)
{
	static const struct pf_box_path paths[] = { { "/", PF_BOX_READ },
	    { NULL, 0 } };
	struct pf_box box = { .paths = paths, .network = false };
	struct pf_boxed got;
	char sum[PF_SHA_TEXT];

	/* libcrypto reads its settings when it is first used. */
	pf_sha256(sum, "", 0);
	return pf_sandbox(&got, &box);
}

int
main(int argc, char *argv[])
{
	static struct triage t;
	const struct pf_err *err, *first = NULL;
	struct pf_buf b = PF_BUF_INIT;
	int i;

	pf_prog = "pf-triage";
	t.format = isatty(STDOUT_FILENO) ? PF_FORMAT_ALIGNED : PF_FORMAT_TSV;
	t.rules = pf_rules_new();
	parse(&t, argc, argv);
	pf_rules_version(t.crash.rules, t.rules);
	if ((first = shut_in()) != NULL)
		return pf_exit(first);
	if (t.header && t.format == PF_FORMAT_TSV) {
		record_header(&b, t.format);
		fwrite(b.data, 1, b.len, stdout);
		pf_buf_free(&b);
	}
	if (optind == argc)
		first = triage(&t, "-");
	for (i = optind; i < argc; i++) {
		if ((err = triage(&t, argv[i])) == NULL)
			continue;
		/* The others are read all the same. */
		pf_note("%s", err->msg);
		if (first == NULL)
			first = pf_err(err->class, "%s", "");
	}
	pf_rules_free(t.rules);
	if (first == NULL && t.missed > 0)
		first = pf_err(PF_NO, "%zu without a report of a crash",
		    t.missed);
	return pf_exit(first);
}
