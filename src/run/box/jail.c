/*
 * Without bubblewrap: landlock for files and signals, a filter of system
 * calls for sockets.  Other processes stay in sight, and with an old kernel
 * can be signalled one by one.  /dev/shm is the machine's, so it is none to
 * write in: what is left there nobody would take away.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "run/box/room.h"

/* The kernel's faces; of other processes only what anybody may read. */
static const char *const looks[] = { "/proc", "/dev/urandom", "/dev/random",
    "/dev/zero", "/sys/devices/system/cpu", NULL };
static const char *const writes[] = { "/dev/null", NULL };

static void
add(struct jail *j, const char *path, unsigned int rights)
{
	size_t n = 0;

	argv_add(&j->names, path);
	while (j->paths != NULL && j->paths[n].path != NULL)
		n++;
	j->paths = pf_reallocarray(j->paths, n + 2, sizeof(*j->paths));
	for (n = 0; j->names[n] != NULL; n++)
		j->paths[n].path = j->names[n];
	j->paths[n - 1].rights = rights;
	j->paths[n] = (struct pf_box_path){ NULL, 0 };
}

static void
add_list(struct jail *j, char **list, unsigned int rights)
{
	size_t i;

	for (i = 0; list != NULL && list[i] != NULL; i++)
		add(j, list[i], rights);
	argv_free(list);
}

void
jail_make(struct jail *j, struct fuzz *f, const struct pf_proc_spec *s)
{
	char **hidden = hide_list(f->slot), **dirs = NULL, **programs;
	size_t i;

	*j = (struct jail){ 0 };
	for (i = 0; box_system[i] != NULL; i++)
		if (!hide_covers(hidden, box_system[i]))
			hide_rest(&dirs, hidden, box_system[i]);
	programs = box_programs(s->argv[0], hidden);
	for (i = 0; programs != NULL && programs[i] != NULL; i++)
		hide_rest(&dirs, hidden, programs[i]);
	add_list(j, dirs, PF_BOX_READ | PF_BOX_EXEC);
	argv_free(programs);
	argv_free(hidden);
	for (i = 0; looks[i] != NULL; i++)
		add(j, looks[i], PF_BOX_READ);
	for (i = 0; writes[i] != NULL; i++)
		add(j, writes[i], PF_BOX_WRITE);
	add(j, f->dir, PF_BOX_READ | PF_BOX_EXEC);
	add_list(j, box_writable(f->dir), PF_BOX_WRITE);
	j->box = (struct pf_box){ .paths = j->paths, .alone = true };
}

void
jail_free(struct jail *j)
{
	argv_free(j->names);
	free(j->paths);
	*j = (struct jail){ 0 };
}
