/*
 * Checks and smaller inputs; see check.h.
 */
#include <inttypes.h>
#include <string.h>

#include "base/name.h"
#include "codec/check.h"

static const char *const builds[] = { "target", "asan", "ubsan", "msan",
	"tsan", "valgrind" };
static const char *const hows[] = { "libfuzzer", "afl-tmin", "ddmin" };

static bool
is_one(const char *s, const char *const *list, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strcmp(s, list[i]) == 0)
			return true;
	return false;
}

bool
pf_check_build(const char *s)
{
	return is_one(s, builds, sizeof(builds) / sizeof(builds[0]));
}

static const struct pf_err *
need_sha(const char **out, const struct pf_json *j, const char *key)
{
	const struct pf_err *err;

	*out = "";
	if ((err = pf_json_need(out, j, key)) == NULL && !pf_sha_ok(*out))
		err = pf_err_field(PF_DATA, key, "%s is not a SHA-256", key);
	return err;
}

/* A number that has no value of its own when it is left out. */
static const struct pf_err *
need_int(int64_t *out, const struct pf_json *j, const char *key, int64_t min,
    int64_t max)
{
	if (pf_json_get(j, key) == NULL)
		return pf_err_field(PF_DATA, key, "%s is missing", key);
	return pf_json_int(out, j, key, min, max);
}

const struct pf_err *
pf_check_read(struct pf_check *c, const struct pf_json *j)
{
	const struct pf_err *err;

	*c = (struct pf_check){ .build = "", .sanitizers = "" };
	if ((err = need_sha(&c->hash, j, "hash")) != NULL ||
	    (err = need_sha(&c->target, j, "target")) != NULL ||
	    (err = pf_json_need(&c->build, j, "build")) != NULL ||
	    (err = need_int(&c->runs, j, "runs", 1, PF_CHECK_RUNS)) != NULL ||
	    (err = need_int(&c->crashed, j, "crashed", 0, PF_CHECK_RUNS)) !=
	    NULL || (err = need_int(&c->same, j, "same", 0, PF_CHECK_RUNS)) !=
	    NULL || (err = pf_json_int(&c->signal, j, "signal", 0, 128)) !=
	    NULL ||
	    (err = pf_json_str(&c->sanitizers, j, "sanitizers")) != NULL)
		return err;
	if (!pf_check_build(c->build))
		return pf_err_field(PF_DATA, "build", "build \"%.32s\" is "
		    "none of " PF_CHECK_BUILDS, c->build);
	if (c->crashed > c->runs)
		return pf_err_field(PF_DATA, "crashed", "%" PRId64 " of %"
		    PRId64 " runs cannot have crashed", c->crashed, c->runs);
	if (c->same > c->crashed)
		return pf_err_field(PF_DATA, "same", "%" PRId64 " of %" PRId64
		    " crashes cannot be the same", c->same, c->crashed);
	return pf_json_int(&c->exit_code, j, "exit_code", -1, 65535);
}

const struct pf_err *
pf_small_read(struct pf_small *s, const struct pf_json *j)
{
	const struct pf_err *err;

	*s = (struct pf_small){ .how = "" };
	if ((err = need_sha(&s->of, j, "of")) != NULL ||
	    (err = pf_json_need(&s->how, j, "how")) != NULL ||
	    (err = need_int(&s->runs, j, "runs", 1, PF_CHECK_RUNS)) != NULL ||
	    (err = need_int(&s->same, j, "same", 0, PF_CHECK_RUNS)) != NULL)
		return err;
	if (!is_one(s->how, hows, sizeof(hows) / sizeof(hows[0])))
		return pf_err_field(PF_DATA, "how", "how \"%.32s\" is none of "
		    "libfuzzer, afl-tmin or ddmin", s->how);
	if (s->same > s->runs)
		return pf_err_field(PF_DATA, "same", "%" PRId64 " of %" PRId64
		    " runs cannot be the same", s->same, s->runs);
	if (s->same == 0)
		return pf_err_field(PF_DATA, "same", "it was never seen to do "
		    "the same");
	return NULL;
}

/* A frame without a name is called by its module and offset. */
int
pf_check_rank(const struct pf_check *c, const char *stack)
{
	bool names = *stack != '\0' && strstr(stack, "+0x") == NULL;

	return (c->same > 0 ? 4 : c->crashed > 0 ? 2 : 0) + names;
}
