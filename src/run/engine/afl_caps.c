/*
 * What the afl-fuzz of this machine can do, told by its own help: versions
 * are many, and distributions patch them.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/fs.h"
#include "run/box/box.h"
#include "run/engine/afl.h"

#define HELP_MAX	(256 << 10)
#define HELP_MS		20000

#define LETTERS	"abcdefghijklmnopqrstuvwxyz"
#define NAMES	"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"

/*
 *   -p schedule   - power schedules compute a seed's performance score:
 *                   fast(default), explore, coe, lin
 *                   quad -- see docs/FAQ.md for more information
 */
static void
read_schedules(struct afl_caps *c)
{
	const char *p = strstr(c->help.data, "-p schedule"), *end = NULL;
	size_t n;

	if (p != NULL && (p = strstr(p, "score:")) != NULL)
		end = strstr(p, "--");
	if (end == NULL || end - p > 400)
		return;
	for (p += strlen("score:"); p < end; p += n > 0 ? n : 1) {
		n = *p == '(' ? strcspn(p, ")") : strspn(p, LETTERS);
		if (n == 0 || *p == '(')
			continue;
		pf_buf_addc(&c->schedules, ' ');
		pf_buf_add(&c->schedules, p, n);
	}
	if (c->schedules.len > 0)
		pf_buf_addc(&c->schedules, ' ');
}

const struct pf_err *
afl_caps_read(struct fuzz *f, struct afl_caps *c, const char *program)
{
	const struct pf_err *err;
	char *out = pf_asprintf("%s/own/afl.help", f->dir);
	char **argv = NULL, **envp = NULL;
	struct pf_proc_spec spec = { .cwd = f->dir, .out = out, .cpu_s = 10,
	    .file_bytes = HELP_MAX };
	int status;
	pid_t pid;

	*c = (struct afl_caps){ PF_BUF_INIT, PF_BUF_INIT };
	argv_add(&argv, program);
	argv_add(&argv, "-hh");
	env_engine(&envp, f->dir);
	spec.argv = argv;
	spec.envp = envp;
	unlink(out);
	/* It ends with 1, which says nothing. */
	if ((err = box_start(f, &spec, &pid)) == NULL) {
		(void)box_wait(f, pid, &status, HELP_MS);
		(void)pf_slurp(&c->help, out, HELP_MAX);
		read_schedules(c);
	}
	argv_free(argv);
	argv_free(envp);
	free(out);
	return err;
}

bool
afl_knows(const struct afl_caps *c, const char *name)
{
	size_t n = strlen(name);
	const char *p = c->help.data;

	for (; (p = strstr(p, name)) != NULL; p += n)
		if (strspn(p, NAMES) == n)
			return true;
	return false;
}

bool
afl_has_flag(const struct afl_caps *c, char letter)
{
	char text[] = "\n  -x ";

	text[4] = letter;
	return strstr(c->help.data, text) != NULL;
}

const struct pf_err *
afl_check_schedule(const struct afl_caps *c, const char *name)
{
	const struct pf_err *err = NULL;
	char *word = pf_asprintf(" %s ", name);

	/* One that tells none has the last word itself. */
	if (c->schedules.len > 0 && strstr(c->schedules.data, word) == NULL)
		err = pf_err(PF_DATA, "option schedule: there is no %.32s in "
		    "the afl-fuzz here, but%.300s", name, c->schedules.data);
	free(word);
	return err;
}

void
afl_caps_free(struct afl_caps *c)
{
	pf_buf_free(&c->help);
	pf_buf_free(&c->schedules);
}
