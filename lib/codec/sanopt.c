/*
 * The options of sanitizers; see sanopt.h.
 */
#include <inttypes.h>
#include <string.h>

#include "base/num.h"
#include "codec/sanopt.h"

static const struct {
	const char	*prefix, *variable;
	const char	*fixed;
} san[PF_SAN_MAX] = {
	[PF_SAN_ASAN] = { "asan", "ASAN_OPTIONS", "abort_on_error=0:"
	    "handle_abort=1:symbolize=1:dedup_token_length=3" },
	[PF_SAN_UBSAN] = { "ubsan", "UBSAN_OPTIONS", "print_stacktrace=1:"
	    "symbolize=1:dedup_token_length=3" },
	[PF_SAN_MSAN] = { "msan", "MSAN_OPTIONS", "symbolize=1:"
	    "dedup_token_length=3" },
	/* In a signal's handler libFuzzer allocates: a report of that, from
	 * within an allocation, would wait for itself for ever. */
	[PF_SAN_TSAN] = { "tsan", "TSAN_OPTIONS", "halt_on_error=1:symbolize=1:"
	    "report_signal_unsafe=0" },
	[PF_SAN_LSAN] = { "lsan", "LSAN_OPTIONS", "symbolize=1:"
	    "dedup_token_length=3" },
};

/* What a job may choose; -1: the runtime's own unless it does. */
static const struct {
	enum pf_san	 of;
	const char	*key;
	int		 normal, max;
} choices[] = {
	{ PF_SAN_ASAN, "alloc_dealloc_mismatch", -1, 1 },
	{ PF_SAN_ASAN, "allocator_may_return_null", -1, 1 },
	{ PF_SAN_ASAN, "check_initialization_order", -1, 1 },
	{ PF_SAN_ASAN, "detect_container_overflow", -1, 1 },
	{ PF_SAN_ASAN, "detect_invalid_pointer_pairs", -1, 2 },
	{ PF_SAN_ASAN, "detect_odr_violation", -1, 2 },
	{ PF_SAN_ASAN, "detect_stack_use_after_return", -1, 2 },
	{ PF_SAN_ASAN, "fast_unwind_on_malloc", -1, 1 },
	{ PF_SAN_ASAN, "malloc_context_size", -1, 256 },
	{ PF_SAN_ASAN, "max_allocation_size_mb", -1, 1 << 20 },
	{ PF_SAN_ASAN, "quarantine_size_mb", -1, 4096 },
	{ PF_SAN_ASAN, "strict_init_order", -1, 1 },
	{ PF_SAN_ASAN, "strict_memcmp", -1, 1 },
	{ PF_SAN_ASAN, "strict_string_checks", -1, 1 },
	/* Without it what is found is a line in the log and no more. */
	{ PF_SAN_UBSAN, "halt_on_error", 1, 1 },
	{ PF_SAN_UBSAN, "report_error_type", 1, 1 },
	{ PF_SAN_UBSAN, "silence_unsigned_overflow", -1, 1 },
	{ PF_SAN_MSAN, "allocator_may_return_null", -1, 1 },
	{ PF_SAN_MSAN, "poison_in_dtor", -1, 1 },
	{ PF_SAN_MSAN, "poison_in_free", -1, 1 },
	{ PF_SAN_MSAN, "poison_in_malloc", -1, 1 },
	{ PF_SAN_MSAN, "strict_memcmp", -1, 1 },
	{ PF_SAN_TSAN, "detect_deadlocks", -1, 1 },
	{ PF_SAN_TSAN, "history_size", -1, 7 },
	{ PF_SAN_TSAN, "memory_limit_mb", -1, 1 << 20 },
	{ PF_SAN_TSAN, "report_atomic_races", -1, 1 },
	{ PF_SAN_TSAN, "second_deadlock_stack", -1, 1 },
	{ PF_SAN_LSAN, "max_leaks", -1, 1000 },
	{ PF_SAN_LSAN, "use_globals", -1, 1 },
	{ PF_SAN_LSAN, "use_registers", -1, 1 },
	{ PF_SAN_LSAN, "use_stacks", -1, 1 },
	{ PF_SAN_LSAN, "use_tls", -1, 1 },
};

#define NCHOICES	(sizeof(choices) / sizeof(choices[0]))

/* The key of an option of this sanitizer, or NULL. */
static const char *
key_of(enum pf_san s, const char *option)
{
	size_t n = strlen(san[s].prefix);

	return strncmp(option, san[s].prefix, n) == 0 && option[n] == '.' ?
	    option + n + 1 : NULL;
}

/* detect_ may be left out: names of options are short. */
static bool
is_called(size_t i, const char *key)
{
	const char *full = choices[i].key;

	return strcmp(full, key) == 0 || (strncmp(full, "detect_", 7) == 0 &&
	    strcmp(full + 7, key) == 0);
}

bool
pf_san_option(const struct pf_err **err, const char *option,
    const char *value)
{
	const char *key = NULL;
	int64_t v;
	size_t i;
	int s;

	*err = NULL;
	for (s = 0; s < PF_SAN_MAX && key == NULL; s++)
		key = key_of((enum pf_san)s, option);
	if (key == NULL)
		return false;
	for (i = 0; i < NCHOICES; i++)
		if ((int)choices[i].of == s - 1 && is_called(i, key))
			break;
	if (i == NCHOICES)
		*err = pf_err(PF_DATA, "option %.64s: not one that a job may "
		    "choose; pf-run(1) lists them", option);
	else if (value == NULL || !pf_num(&v, value, 0, choices[i].max))
		*err = pf_err(PF_DATA, "option %.64s: not a number from 0 to "
		    "%d", option, choices[i].max);
	return true;
}

/* What the job chooses, and, if all, what is chosen for it. */
static void
add_choices(struct pf_buf *b, enum pf_san s, const struct pf_json *options,
    bool all)
{
	const struct pf_json *o;
	const char *key;
	int64_t v;
	size_t i;

	for (i = 0; i < NCHOICES; i++) {
		if (choices[i].of != s)
			continue;
		v = all ? choices[i].normal : -1;
		for (o = pf_json_first(options); o != NULL;
		    o = pf_json_next(o))
			if ((key = key_of(s, pf_json_key(o))) != NULL &&
			    is_called(i, key) && pf_json_text(o) != NULL)
				(void)pf_num(&v, pf_json_text(o), 0,
				    choices[i].max);
		if (v >= 0)
			pf_buf_addf(b, ":%s=%" PRId64, choices[i].key, v);
	}
}

/* The job's word on leaks stands under a name of its own. */
static bool
wants_leaks(const struct pf_json *options)
{
	const char *leaks = pf_json_text(pf_json_get(options, "detect_leaks"));

	return leaks == NULL || strcmp(leaks, "0") != 0;
}

const char *
pf_san_variable(enum pf_san s)
{
	return san[s].variable;
}

void
pf_san_options(struct pf_buf *b, enum pf_san s, const struct pf_json *options,
    const char *tool, bool libfuzzer)
{
	pf_buf_adds(b, san[s].fixed);
	if (tool != NULL)
		pf_buf_addf(b, ":external_symbolizer_path=%s", tool);
	if (s == PF_SAN_ASAN)
		pf_buf_addf(b, ":detect_leaks=%d", wants_leaks(options));
	/* libFuzzer checks after each input that may leak; what is left at
	 * the end is nobody's, or of the last input. */
	if (s == PF_SAN_LSAN && libfuzzer)
		pf_buf_adds(b, ":leak_check_at_exit=0");
	add_choices(b, s, options, true);
}

void
pf_san_chosen(struct pf_buf *b, enum pf_san s, const struct pf_json *options)
{
	add_choices(b, s, options, false);
}
