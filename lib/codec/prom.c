/*
 * Metrics as text; see prom.h.
 */
#include <inttypes.h>

#include "codec/prom.h"

void
pf_prom_family(struct pf_buf *b, enum pf_prom type, const char *name,
    const char *help)
{
	static const char *const types[] = { "gauge", "counter", "histogram" };

	pf_buf_addf(b, "# HELP %s %s\n# TYPE %s %s\n", name, help, name,
	    types[type]);
}

static void
put_name(struct pf_buf *b, const char *name, const char *labels)
{
	if (*labels == '\0')
		pf_buf_addf(b, "%s ", name);
	else
		pf_buf_addf(b, "%s{%s} ", name, labels);
}

void
pf_prom_int(struct pf_buf *b, const char *name, const char *labels,
    int64_t value)
{
	put_name(b, name, labels);
	pf_buf_addf(b, "%" PRId64 "\n", value);
}

void
pf_prom_real(struct pf_buf *b, const char *name, const char *labels,
    double value)
{
	put_name(b, name, labels);
	pf_buf_addf(b, "%.15g\n", value);
}

void
pf_prom_one(struct pf_buf *b, enum pf_prom type, const char *name,
    const char *help, double value)
{
	pf_prom_family(b, type, name, help);
	pf_prom_real(b, name, "", value);
}

void
pf_prom_hist(struct pf_buf *b, const char *name, const char *labels,
    const struct pf_hist *h, const int64_t steps[PF_HIST_STEPS], double scale)
{
	const char *comma = *labels == '\0' ? "" : ",";
	const char *open = *labels == '\0' ? "" : "{";
	const char *close = *labels == '\0' ? "" : "}";
	int64_t n = 0;
	int i;

	for (i = 0; i < PF_HIST_STEPS; i++) {
		n += h->n[i];
		pf_buf_addf(b, "%s_bucket{%s%sle=\"%g\"} %" PRId64 "\n", name,
		    labels, comma, (double)steps[i] / scale, n);
	}
	n += h->n[PF_HIST_STEPS];
	pf_buf_addf(b, "%s_bucket{%s%sle=\"+Inf\"} %" PRId64 "\n", name,
	    labels, comma, n);
	pf_buf_addf(b, "%s_sum%s%s%s %.15g\n", name, open, labels, close,
	    (double)h->sum / scale);
	pf_buf_addf(b, "%s_count%s%s%s %" PRId64 "\n", name, open, labels,
	    close, n);
}
