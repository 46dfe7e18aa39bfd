/*
 * Metrics that the writer has in its memory; see metrics.h.
 */
#include <stdio.h>

#include "codec/json.h"
#include "codec/prom.h"
#include "store/writer.h"
#include "view/metrics.h"

#define P	"pandafuzz_"
#define ASK_MS	2000	/* a scrape does not wait for long */

static int64_t
number(const struct pf_json *j, const char *key)
{
	int64_t n = 0;

	return pf_json_int(&n, j, key, 0, INT64_MAX) == NULL ? n : 0;
}

static void
put_ops(struct pf_buf *b, const struct pf_json *ops)
{
	static const char *const results[] = { "done", "refused" };
	static const char name[] = P "writer_ops_total";
	const struct pf_json *op;
	char labels[96];
	int i;

	pf_prom_family(b, PF_COUNTER, name, "Op lines, by op and result.");
	for (op = pf_json_first(ops); op != NULL; op = pf_json_next(op))
		for (i = 0; i < 2; i++) {
			snprintf(labels, sizeof(labels), "op=\"%.32s\","
			    "result=\"%s\"", pf_json_key(op), results[i]);
			pf_prom_int(b, name, labels, number(op, results[i]));
		}
}

static void
put_hist(struct pf_buf *b, const struct pf_json *j, const char *name,
    const char *help, const int64_t *steps, double scale)
{
	const struct pf_json *list = pf_json_get(j, "n"), *v;
	struct pf_hist h = { .sum = number(j, "sum") };
	int i = 0;

	for (v = pf_json_first(list); v != NULL && i <= PF_HIST_STEPS;
	    v = pf_json_next(v))
		h.n[i++] = number(list, pf_json_key(v));
	pf_prom_family(b, PF_HISTOGRAM, name, help);
	pf_prom_hist(b, name, "", &h, steps, scale);
}

static void
put_stats(struct pf_buf *b, const struct pf_json *j)
{
	pf_prom_one(b, PF_GAUGE, P "writer_start_time_seconds",
	    "When pf-sched was started; what it counts begins anew then.",
	    (double)number(j, "started") / 1000);
	pf_prom_one(b, PF_GAUGE, P "writer_ears",
	    "Programs through which bots reach it.",
	    (double)number(j, "hearing"));
	pf_prom_one(b, PF_COUNTER, P "claims_total",
	    "Jobs that were given to bots.", (double)number(j, "claims"));
	pf_prom_one(b, PF_COUNTER, P "completions_total",
	    "Jobs that bots ended.", (double)number(j, "completions"));
	pf_prom_one(b, PF_COUNTER, P "executions_total",
	    "Executions that bots told of.",
	    (double)number(j, "executions"));
	pf_prom_one(b, PF_COUNTER, P "new_edges_total",
	    "Edges beyond those that their job had.",
	    (double)number(j, "new_edges"));
	pf_prom_one(b, PF_COUNTER, P "writer_failed_transactions_total",
	    "Transactions that were undone.", (double)number(j, "failed"));
	put_ops(b, pf_json_get(j, "ops"));
	put_hist(b, pf_json_get(j, "batch"), P "writer_batch_ops",
	    "Op lines of a transaction.", pf_hist_num, 1);
	put_hist(b, pf_json_get(j, "commit_us"), P "writer_commit_seconds",
	    "How long a commit took, with its sync.", pf_hist_us, 1e6);
}

void
pf_metrics_writer(struct pf_buf *b, const struct pf_conf *conf)
{
	const struct pf_err *err;
	struct pf_writer *w = NULL;
	struct pf_json *reply = NULL;

	if ((err = pf_writer_open(&w, conf->sched_socket, false, NULL)) ==
	    NULL)
		err = pf_writer_op(w, &reply, "{\"op\":\"stats\"}", ASK_MS);
	pf_writer_close(w);
	pf_prom_one(b, PF_GAUGE, P "writer_up",
	    "1 if pf-sched answers on its socket.", err == NULL);
	if (err == NULL)
		put_stats(b, reply);
	pf_json_free(reply);
}
