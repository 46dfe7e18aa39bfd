/*
 * A fuzz target without a fuzzer: runs it over its corpus and speaks TAP.
 * NAME.t takes the files of t/fuzz/corpus/NAME below $PF_ROOT.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "t/fuzz/fuzz.h"
#include "os/fs.h"

#define INPUT_MAX	(1 << 20)

int
main(int argc, char *argv[])
{
	const char *root = getenv("PF_ROOT"), *base;
	struct pf_buf dir = PF_BUF_INIT, path = PF_BUF_INIT;
	struct pf_buf input = PF_BUF_INIT;
	char **names = NULL;
	size_t i, n = 0;
	int bad = 0;

	(void)argc;
	base = strrchr(argv[0], '/');
	base = base != NULL ? base + 1 : argv[0];
	pf_buf_addf(&dir, "%s/t/fuzz/corpus/%.*s", root != NULL ? root : ".",
	    (int)strcspn(base, "."), base);
	if (pf_names(&names, &n, dir.data) != NULL || n == 0) {
		printf("1..1\nnot ok 1 - corpus %s\n", dir.data);
		return 1;
	}
	for (i = 0; i < n; i++) {
		pf_buf_reset(&path);
		pf_buf_reset(&input);
		pf_buf_addf(&path, "%s/%s", dir.data, names[i]);
		if (pf_slurp(&input, path.data, INPUT_MAX) != NULL) {
			bad++;
			printf("not ok %zu - %s\n", i + 1, names[i]);
			continue;
		}
		/* A broken target ends here, by a signal. */
		LLVMFuzzerTestOneInput((const uint8_t *)input.data,
		    input.len);
		printf("ok %zu - %s\n", i + 1, names[i]);
	}
	printf("1..%zu\n", n);
	pf_names_free(names);
	pf_buf_free(&dir);
	pf_buf_free(&path);
	pf_buf_free(&input);
	return bad != 0;
}
