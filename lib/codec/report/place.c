/*
 * Where a frame is: source file and module; see report.h.
 */
#include <string.h>

#include "codec/report/line.h"

/* Takes ":12" off the end of s; what is left. */
static size_t
take_number(const char *s, size_t n, uint32_t *out)
{
	size_t end = n;
	int64_t v;

	while (n > 0 && s[n - 1] >= '0' && s[n - 1] <= '9')
		n--;
	if (n == end || n < 2 || s[n - 1] != ':')
		return end;
	pf_line_num(s + n, &v);
	*out = v > UINT32_MAX ? UINT32_MAX : (uint32_t)v;
	return n - 1;
}

void
pf_frame_place(struct pf_report *r, struct pf_frame *f, const char *s,
    size_t n)
{
	uint32_t last = 0, before = 0;
	size_t len, shorter;

	len = take_number(s, n, &last);
	shorter = len < n ? take_number(s, len, &before) : len;
	f->line = shorter < len ? before : last;
	f->column = shorter < len ? last : 0;
	if (f == &r->spare)
		return;
	f->file = pf_report_text(r, s, shorter > PF_REPORT_PATH ?
	    PF_REPORT_PATH : shorter);
}

void
pf_frame_module(struct pf_report *r, struct pf_frame *f, const char *s,
    size_t n)
{
	const struct pf_frame *prev;
	const char *plus = memrchr(s, '+', n);

	if (plus != NULL && (size_t)(plus - s) + 3 < n && plus[1] == '0' &&
	    plus[2] == 'x') {
		pf_line_hex(plus + 1, &f->offset);
		n = (size_t)(plus - s);
	}
	if (f == &r->spare || n > PF_REPORT_PATH)
		return;
	/* Most frames are of the module that the one before is of. */
	prev = f > r->frames ? f - 1 : f;
	if (prev->module[0] != '\0' && strncmp(prev->module, s, n) == 0 &&
	    prev->module[n] == '\0')
		f->module = prev->module;
	else
		f->module = pf_report_text(r, s, n);
}
