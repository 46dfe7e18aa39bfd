/*
 * A bucket for other programs; see found.h.
 */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "view/found.h"

#define FLUSH	(1 << 16)

const struct pf_err *
pf_found_init(struct pf_found *f, struct pf_db *db, const char *storage)
{
	*f = (struct pf_found){ .db = db, .storage = storage,
	    .words = PF_BUF_INIT };
	return pf_live_load(&f->live, db);
}

void
pf_found_free(struct pf_found *f)
{
	pf_live_free(&f->live);
	pf_better_free(&f->better);
	pf_buf_free(&f->words);
}

static bool
has_line(const struct pf_frame *f)
{
	return f->file[0] != '\0' && f->line > 0;
}

const struct pf_frame *
pf_found_place(const struct pf_found *f, const struct pf_stack *st)
{
	const struct pf_ignore *ignore =
	    pf_rules_ignore(f->live.gen[0].rules);
	const struct pf_frame *frame, *entry = NULL;
	size_t i;

	for (i = 0; st != NULL && i < st->n; i++) {
		frame = &f->report->frames[st->first + i];
		if (!has_line(frame))
			continue;
		if (!frame->ignored)
			return frame;
		if (entry == NULL && pf_ignore_frame(ignore, frame) ==
		    PF_FRAME_ENTRY)
			entry = frame;
	}
	return entry;
}

/* Type, what was said, frames. */
static void
set_words(struct pf_found *f)
{
	char title[PF_TITLE_TEXT];
	const char *frames = f->bug->frames;
	size_t i;

	pf_buf_reset(&f->words);
	pf_report_title(title, f->report);
	pf_buf_adds(&f->words, f->parsed || *f->bug->type == '\0' ?
	    title : f->bug->type);
	if (f->report->message[0] != '\0')
		pf_buf_addf(&f->words, ": %s", f->report->message);
	for (i = 0; i < f->state->n; i++)
		pf_buf_addf(&f->words, "%s%s", i == 0 ? " in " : " < ",
		    f->state->frame[i]);
	if (f->state->n == 0 && frames[0] != '\0')
		pf_buf_addf(&f->words, " in %s", frames);
}

const struct pf_err *
pf_found_read(struct pf_found *f, const struct pf_bug *b)
{
	struct pf_rules *rules = f->live.gen[0].rules;
	const struct pf_report *r = pf_rules_report(rules);
	const struct pf_err *err;
	struct pf_sign s;

	f->bug = b;
	f->given = b->given;
	pf_better_free(&f->better);
	if ((err = pf_better_any(&f->better, f->db, f->storage, b->crash,
	    &b->given)) != NULL)
		return err;
	pf_rules_sign(&f->sign, rules, &b->given);
	snprintf(f->type, sizeof(f->type), "%s", r->type);
	f->parsed = f->sign.parsed;
	if (f->better.output != NULL) {
		f->given.output = f->better.output;
		pf_rules_sign(&s, rules, &f->given);
		f->parsed = s.parsed;
	}
	f->report = r;
	f->state = pf_rules_state(rules);
	f->at = pf_found_place(f, pf_report_main(r));
	if ((f->at == NULL || f->at->ignored) && has_line(&r->place))
		f->at = &r->place;
	set_words(f);
	return pf_judged_get(&f->judged, f->db, b->crash, &f->given);
}

/* A part of a path; . says nothing, .. takes one back. */
static void
add_part(struct pf_buf *b, size_t begin, const char *part, size_t n)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~+,@=$";
	size_t i;

	if (n == 0 || (n == 1 && *part == '.'))
		return;
	if (n == 2 && memcmp(part, "..", 2) == 0) {
		while (b->len > begin && b->data[b->len - 1] != '/')
			b->data[--b->len] = '\0';
		if (b->len > begin)
			b->data[--b->len] = '\0';
		return;
	}
	if (b->len > begin)
		pf_buf_addc(b, '/');
	for (i = 0; i < n; i++)
		if (strchr(plain, part[i]) != NULL)
			pf_buf_addc(b, part[i]);
		else
			pf_buf_addf(b, "%%%02X", (unsigned char)part[i]);
}

static void
add_parts(struct pf_buf *b, size_t begin, const char *path)
{
	size_t n;

	for (; *path != '\0'; path += n) {
		path += strspn(path, "/");
		n = strcspn(path, "/");
		add_part(b, begin, path, n);
	}
}

bool
pf_found_uri(struct pf_buf *b, const char *path, const char *root)
{
	struct pf_buf all = PF_BUF_INIT, top = PF_BUF_INIT;
	bool below = false;

	pf_buf_reset(b);
	if (*path != '/') {
		add_parts(b, 0, path);
		return true;
	}
	add_parts(&all, 0, path);
	if (root != NULL) {
		add_parts(&top, 0, root);
		below = top.len == 0 || (all.len > top.len + 1 &&
		    memcmp(all.data, top.data, top.len) == 0 &&
		    all.data[top.len] == '/');
	}
	if (below)
		pf_buf_adds(b, all.data + (top.len == 0 ? 0 : top.len + 1));
	else
		pf_buf_addf(b, "file:///%s", all.data);
	pf_buf_free(&all);
	pf_buf_free(&top);
	return below;
}

void
pf_found_flush(FILE *f, struct pf_buf *b)
{
	if (b->len <= FLUSH)
		return;
	fwrite(b->data, 1, b->len - 1, f);
	pf_buf_eat(b, b->len - 1);
}
