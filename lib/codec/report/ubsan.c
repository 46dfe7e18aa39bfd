/*
 * UndefinedBehaviorSanitizer, of clang and gcc.
 */
#include <stdio.h>
#include <string.h>

#include "codec/report/line.h"
#include "codec/report/san.h"
#include "codec/report/scan.h"

#define NOTES	8	/* lines between the error and its stack */

/* What stands in the message; the first that fits counts. */
static const struct {
	const char	*has;
	const char	*type;
	const char	*coarse;
} kinds[] = {
	{ "unsigned integer overflow", "Unsigned-integer-overflow",
	    "unsigned-integer-overflow" },
	{ "signed integer overflow", "Integer-overflow",
	    "signed-integer-overflow" },
	{ "division by zero", "Divide-by-zero", "division-by-zero" },
	/* Of a shift too the result may be one that "cannot be ...". */
	{ "shift exponent", "Undefined-shift", "shift-exponent" },
	{ "left shift of", "Undefined-shift", "left-shift" },
	{ "cannot be represented in type", "Integer-overflow",
	    "signed-integer-overflow" },
	{ "out of bounds for type", "Index-out-of-bounds",
	    "index-out-of-bounds" },
	{ "null pointer passed as", "Invalid-null-argument",
	    "null-pointer" },
	{ "null pointer returned", "Invalid-null-return", "null-pointer" },
	/* The bare word may be in the name of a type. */
	{ "applying ", "Pointer-overflow", "pointer-overflow" },
	{ "unsigned offset ", "Pointer-overflow", "pointer-overflow" },
	{ "pointer index expression", "Pointer-overflow",
	    "pointer-overflow" },
	{ "null pointer", "Null-dereference", "null-pointer" },
	{ "misaligned address", "Misaligned-address", "misaligned" },
	{ "byte alignment", "Misaligned-address", "misaligned" },
	{ "insufficient space", "Object-size", "object-size" },
	{ "bool'", "Invalid-bool-value", "load-of-value" },
	{ "_Bool'", "Invalid-bool-value", "load-of-value" },
	{ "not a valid value for type", "Invalid-enum-value",
	    "load-of-value" },
	{ "does not point to an object of", "Bad-cast", "bad-cast" },
	{ "control flow integrity", "Bad-cast", "bad-cast" },
	{ "incorrect function type", "Incorrect-function-pointer-type",
	    "bad-call" },
	{ "unreachable program point", "Unreachable code",
	    "undefined-behaviour" },
	{ "without returning a value", "No-return-value",
	    "undefined-behaviour" },
	{ "variable length array", "Non-positive-vla-bound-value",
	    "undefined-behaviour" },
	{ "outside the range of", "Float-cast-overflow",
	    "float-cast-overflow" },
	{ "implicit conversion", "Implicit-conversion",
	    "implicit-conversion" },
	{ "passing zero to", "Invalid-builtin-use", "undefined-behaviour" },
	{ "", "Undefined-behavior", "undefined-behaviour" },
};

static void
set_kind(struct pf_report *r, const char *said)
{
	size_t i = 0;

	while (strstr(said, kinds[i].has) == NULL)
		i++;
	snprintf(r->type, sizeof(r->type), "%s", kinds[i].type);
	snprintf(r->coarse, sizeof(r->coarse), "%s", kinds[i].coarse);
	if (strcmp(r->type, "Null-dereference") == 0) {
		r->has_addr = true;
		r->addr_class = PF_ADDR_NULL;
	}
	if (strncmp(said, "load of ", 8) == 0)
		r->access = PF_ACCESS_READ;
	else if (strncmp(said, "store to ", 9) == 0)
		r->access = PF_ACCESS_WRITE;
}

/* What the minimal runtime says, and the words of the other for it. */
static const struct {
	const char	*has;
	const char	*is;
} minimal[] = {
	{ "add-overflow", "signed integer overflow" },
	{ "sub-overflow", "signed integer overflow" },
	{ "mul-overflow", "signed integer overflow" },
	{ "negate-overflow", "cannot be represented in type" },
	{ "divrem-overflow", "division by zero" },
	{ "shift-out-of-bounds", "shift exponent" },
	{ "out-of-bounds", "out of bounds for type" },
	{ "type-mismatch", "null pointer" },
	{ "alignment-assumption", "byte alignment" },
	{ "builtin-unreachable", "unreachable program point" },
	{ "missing-return", "without returning a value" },
	{ "vla-bound-not-positive", "variable length array" },
	{ "float-cast-overflow", "outside the range of" },
	{ "load-invalid-value", "not a valid value for type" },
	{ "invalid-builtin", "passing zero to" },
	{ "function-type-mismatch", "incorrect function type" },
	{ "implicit-conversion", "implicit conversion" },
	{ "nonnull-arg", "null pointer passed as" },
	{ "nullability-arg", "null pointer passed as" },
	{ "nonnull-return", "null pointer returned" },
	{ "nullability-return", "null pointer returned" },
	{ "pointer-overflow", "pointer index expression" },
	{ "cfi-check-fail", "control flow integrity" },
};

/* "ubsan: add-overflow", in newer ones with " by 0x55d0" */
static bool
begins_minimal(struct pf_report *r, const char *said)
{
	size_t i, n = strcspn(said, " ");

	for (i = 0; i < sizeof(minimal) / sizeof(minimal[0]); i++)
		if (strlen(minimal[i].has) == n &&
		    memcmp(minimal[i].has, said, n) == 0)
			break;
	if (i == sizeof(minimal) / sizeof(minimal[0]))
		return false;
	snprintf(r->tool, sizeof(r->tool), "ubsan");
	r->hold = PF_HOLD_REMARK;
	r->message = pf_report_text(r, said, strlen(said));
	set_kind(r, minimal[i].is);
	pf_report_stack(r, PF_STACK_CRASH);
	return true;
}

/* Go has runtime errors too, also behind "testing.go:1349: ". */
static bool
of_go(const char *line, const char *runtime)
{
	if (pf_line_after(pf_line_skip(line), "panic: ") != NULL)
		return true;
	return runtime - line > 5 && memcmp(runtime - 6, " panic", 6) == 0;
}

static bool
begins(struct pf_report *r, const char *line, size_t n)
{
	const char *p;

	if (n < 17)
		return false;
	if ((p = pf_line_after(line, "ubsan: ")) != NULL)
		return begins_minimal(r, p);
	if ((p = strstr(line, ": runtime error: ")) != NULL) {
		if (of_go(line, p))
			return false;
		snprintf(r->tool, sizeof(r->tool), "ubsan");
		r->hold = PF_HOLD_REMARK;
		r->message = pf_report_text(r, p + 17, strlen(p + 17));
		set_kind(r, p + 17);
		/* "<unknown>" is what a program without names says. */
		if (*line != '<')
			pf_frame_place(r, &r->place, line, (size_t)(p - line));
		pf_report_stack(r, PF_STACK_CRASH);
		return true;
	}
	if (pf_san_bare(r, line, "UndefinedBehaviorSanitizer", "ubsan"))
		return true;
	if ((p = strstr(line, "ERROR: UndefinedBehaviorSanitizer: ")) == NULL)
		return false;
	pf_san_begin(r, "ubsan", p + 35);
	return true;
}

/*
 * A stack follows if it was asked for, after a few lines of the source; what
 * else follows is the program's own.
 */
static bool
line(struct pf_report *r, const char *s, size_t n)
{
	(void)n;
	if (r->hold == PF_HOLD_FIRM)
		return pf_san_line(r, s);
	if (pf_san_token(r, s) || pf_line_frame(r, s))
		return true;
	return r->nframes == 0 && ++r->phase < NOTES &&
	    strncmp(s, "SUMMARY: ", 9) != 0 &&
	    strstr(s, ": runtime error: ") == NULL;
}

const struct pf_reader pf_read_ubsan = { .begins = begins, .line = line };
