/*
 * Makes packs for tests: frames to stdout, or with -d into a spool, and then
 * the pack's name on stdout.  A value of -f that is a number goes as a
 * number, any other as a string.  With -n, count records of growing seq; "%d"
 * in the body is replaced by the record's number.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/num.h"
#include "codec/rec.h"
#include "os/fs.h"
#include "store/spool.h"

static void
usage(void)
{
	fprintf(stderr, "usage: mkpack kind job bot [-A attempt] [-d spool] "
	    "[-E epoch] [-f field=value]\n              [-i inc] [-n count] "
	    "[-s seq] [-t time] [body-file]\n");
	exit(64);
}

static int64_t
number(const char *s)
{
	int64_t n;

	if (!pf_num(&n, s, 0, INT64_MAX))
		usage();
	return n;
}

/* Appends one member, "edges=12" or "type=segfault". */
static void
field(struct pf_buf *b, char *arg)
{
	char *eq = strchr(arg, '=');
	double d;

	if (eq == NULL)
		usage();
	*eq++ = '\0';
	if (pf_frac(&d, eq, -1e15, 1e15))
		pf_jw_raw(b, arg, eq);
	else
		pf_jw_str(b, arg, eq);
}

/*
 * The body, with the record's number in the place of "%d" if it is text: in
 * random bytes that is only what they are.
 */
static void
make_body(struct pf_buf *out, const struct pf_buf *in, int64_t n)
{
	const char *at = memchr(in->data, '\0', in->len) != NULL ? NULL :
	    strstr(in->data, "%d");

	pf_buf_reset(out);
	if (at == NULL) {
		pf_buf_add(out, in->data, in->len);
		return;
	}
	pf_buf_add(out, in->data, (size_t)(at - in->data));
	pf_buf_addf(out, "%lld", (long long)n);
	pf_buf_add(out, at + 2, in->len - (size_t)(at + 2 - in->data));
}

int
main(int argc, char **argv)
{
	struct pf_buf fields = PF_BUF_INIT, in = PF_BUF_INIT;
	struct pf_buf body = PF_BUF_INIT, out = PF_BUF_INIT;
	struct pf_rec r = { .seq = 1, .time = INT64_C(1700000000000),
	    .epoch = 1, .attempt = 1, .inc = "inc" };
	const struct pf_err *err = NULL;
	const char *spool = NULL;
	char name[PF_PACK_NAME];
	int64_t i, count = 1;
	int ch;

	pf_prog = "mkpack";
	if (argc < 4)
		usage();
	r.kind = pf_kind_find(argv[1]);
	snprintf(r.job, sizeof(r.job), "%s", argv[2]);
	snprintf(r.bot, sizeof(r.bot), "%s", argv[3]);
	if (r.kind == PF_KIND_MAX)
		usage();
	optind = 4;
	while ((ch = getopt(argc, argv, "A:d:E:f:i:n:s:t:")) != -1)
		switch (ch) {
		case 'A':
			r.attempt = number(optarg);
			break;
		case 'd':
			spool = optarg;
			break;
		case 'E':
			r.epoch = number(optarg);
			break;
		case 'f':
			field(&fields, optarg);
			break;
		case 'i':
			snprintf(r.inc, sizeof(r.inc), "%s", optarg);
			break;
		case 'n':
			count = number(optarg);
			break;
		case 's':
			r.seq = number(optarg);
			break;
		case 't':
			r.time = number(optarg);
			break;
		default:
			usage();
		}
	if (optind < argc)
		err = pf_slurp(&in, argv[optind], PF_REC_BODY_MAX);
	for (i = 0; err == NULL && i < count; i++, r.seq++) {
		make_body(&body, &in, i);
		r.body = body.data;
		r.len = body.len;
		pf_rec_frame(&out, &r, fields.data);
	}
	if (err == NULL && spool == NULL)
		err = pf_write_all(STDOUT_FILENO, out.data, out.len, "stdout");
	if (err == NULL && spool != NULL &&
	    (err = pf_spool_put(spool, out.data, out.len, name)) == NULL)
		puts(name);
	pf_buf_free(&out);
	pf_buf_free(&body);
	pf_buf_free(&in);
	pf_buf_free(&fields);
	return pf_exit(err);
}
