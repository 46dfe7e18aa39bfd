/*
 * What outlives any database, a line a file in metadata/system, beside every
 * backup of it: epoch, and master, the id by which bots know whom they serve.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "os/fs.h"
#include "sched/sched.h"

#define LINE_ROOM	128

static char *
path_of(const char *storage, const char *name)
{
	return pf_asprintf("%s/metadata/system/%s", storage, name);
}

bool
keep_master(char id[PF_ID_MAX + 1], const char *storage)
{
	char *path = path_of(storage, "master");
	struct pf_buf b = PF_BUF_INIT;
	bool ok;

	id[0] = '\0';
	ok = pf_slurp(&b, path, LINE_ROOM) == NULL && b.len > 1 &&
	    b.data[b.len - 1] == '\n';
	if (ok) {
		b.data[b.len - 1] = '\0';
		ok = pf_id_ok(b.data);
	}
	if (ok)
		snprintf(id, PF_ID_MAX + 1, "%s", b.data);
	pf_buf_free(&b);
	free(path);
	return ok;
}

const struct pf_err *
keep_line(const char *storage, const char *name, const char *value)
{
	const struct pf_err *err;
	char *path = path_of(storage, name);
	char *line = pf_asprintf("%s\n", value);

	err = pf_file_put(path, NULL, line, strlen(line), 0640);
	free(line);
	free(path);
	return err;
}

const struct pf_err *
keep_once(const char *storage, const char *name, const char *value)
{
	char *path = path_of(storage, name);
	bool there = pf_exists(path);

	free(path);
	return there ? NULL : keep_line(storage, name, value);
}
