/*
 * What sanitizers are told in the environment of engines and targets; the
 * options themselves are in codec/sanopt.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/sanopt.h"
#include "os/proc.h"
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
		argv_addf(envp, "%s=%s", pf_san_variable(s), b.data);
		pf_buf_reset(&b);
	}
	/* glibc speaks to the terminal otherwise. */
	argv_add(envp, "LIBC_FATAL_STDERR_=1");
	pf_buf_free(&b);
	free(tool);
}
