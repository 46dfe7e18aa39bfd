/*
 * What sanitizers are told in the environment of engines and targets; the
 * options themselves are in codec/sanopt.h.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "codec/sanopt.h"
#include "os/proc.h"
#include "run/box/box.h"
#include "run/engine/engine.h"

char *
env_symbolizer(void)
{
	char name[32], *tool = pf_proc_find("llvm-symbolizer");
	int v;

	for (v = 21; tool == NULL && v >= 11; v--) {
		snprintf(name, sizeof(name), "llvm-symbolizer-%d", v);
		tool = pf_proc_find(name);
	}
	/* Nothing that would end the option in which it goes. */
	if (tool != NULL && tool[strcspn(tool, " \t,:'\"")] != '\0') {
		free(tool);
		tool = NULL;
	}
	return tool;
}

/*
 * They look ten times a second, libFuzzer's -rss_limit_mb once.  Beyond the
 * soft limit a run by itself ends with a report of where it was, but not with
 * MemorySanitizer.
 */
static void
add_limit(struct pf_buf *b, const struct fuzz *f, enum pf_san s)
{
	int64_t soft = f->job->memory, hard = box_rss_limit(f);

	if (strcmp(f->job->engine, "libfuzzer") != 0)
		return;
	if (s == PF_SAN_MSAN)
		pf_buf_addf(b, ":hard_rss_limit_mb=%" PRId64, hard >> 20);
	else if (s == PF_SAN_ASAN && soft > 0)
		pf_buf_addf(b, ":soft_rss_limit_mb=%" PRId64,
		    (soft < hard ? soft : hard) >> 20);
}

/* Beyond the soft one libFuzzer could not write what it ran. */
void
env_hard_limit(char **envp, const struct fuzz *f)
{
	const char *name = pf_san_variable(PF_SAN_ASAN);
	char *old;

	for (; *envp != NULL; envp++)
		if (strncmp(*envp, name, strlen(name)) == 0) {
			old = *envp;
			*envp = pf_asprintf("%s:soft_rss_limit_mb=0:"
			    "hard_rss_limit_mb=%" PRId64, old,
			    box_rss_limit(f) >> 20);
			free(old);
		}
}

void
env_sanitizers(char ***envp, const struct fuzz *f)
{
	const struct pf_json *options = pf_json_get(f->job->doc, "options");
	struct pf_buf b = PF_BUF_INIT;
	char *tool = env_symbolizer();
	enum pf_san s;

	for (s = 0; s < PF_SAN_MAX; s++) {
		pf_san_options(&b, s, options, tool,
		    (f->built & PF_BUILT_LIBFUZZER) != 0);
		add_limit(&b, f, s);
		argv_addf(envp, "%s=%s", pf_san_variable(s), b.data);
		pf_buf_reset(&b);
	}
	/* glibc speaks to the terminal otherwise. */
	argv_add(envp, "LIBC_FATAL_STDERR_=1");
	pf_buf_free(&b);
	free(tool);
}
