/*
 * Where the database of a tree is, and whether it was lost; see db.h.
 */
#include <sys/stat.h>

#include <errno.h>
#include <stdlib.h>

#include "base/mem.h"
#include "os/fs.h"
#include "store/db.h"

void
pf_db_path(struct pf_buf *b, const char *storage)
{
	pf_buf_addf(b, "%s/data/pandafuzz.db", storage);
}

/* What no new tree has: work, or a snapshot of it. */
static bool
tells_of_work(const char *storage)
{
	static const char *const where[] = { "jobs", "bots", "ledger" };
	char *path = pf_asprintf("%s/metadata/system/snapshot.json", storage);
	bool told = pf_exists(path);
	char **names;
	size_t i, n = 0;

	free(path);
	for (i = 0; i < sizeof(where) / sizeof(where[0]) && !told; i++) {
		path = pf_asprintf("%s/metadata/%s", storage, where[i]);
		if (pf_names(&names, &n, path) == NULL) {
			told = n > 0;
			pf_names_free(names);
		}
		free(path);
	}
	return told;
}

const struct pf_err *
pf_db_lost(const char *storage)
{
	const struct pf_err *err = NULL;
	struct pf_buf path = PF_BUF_INIT;
	struct stat st = { 0 };
	bool gone;

	pf_db_path(&path, storage);
	gone = stat(path.data, &st) == -1;
	if ((gone ? errno == ENOENT : st.st_size == 0) &&
	    tells_of_work(storage)) {
		if (gone)
			err = pf_err(PF_NOTFOUND, "%s: no such database, but "
			    "metadata tells of work: see pf-recovery(7) for "
			    "how to get it back, or move the tree away to "
			    "begin anew", path.data);
		else
			err = pf_err(PF_IO, "%s: the database is "
			    "damaged: it is empty; pf-recovery(7) says what "
			    "to do", path.data);
	}
	pf_buf_free(&path);
	return err;
}
