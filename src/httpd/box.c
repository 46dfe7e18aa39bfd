/*
 * The box of pf-httpd: the storage to read, the spool to write, and the
 * sockets it has; see httpd.h.
 *
 * The box knows directories, not names.  One that is put in place of another
 * is out of reach, so it ends and whoever started it does so again.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "codec/hash.h"
#include "httpd/httpd.h"
#include "os/sandbox.h"

static void
look(struct place *p, const char *path)
{
	struct stat st;
	int fd;

	p->path = path;
	p->there = stat(path, &st) == 0;
	p->dev = p->there ? st.st_dev : 0;
	p->ino = p->there ? st.st_ino : 0;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	p->barred = fd == -1 && errno == EACCES;
	if (fd != -1)
		close(fd);
}

/* What libraries read once, and the first use by several threads leaks. */
static void
warm(void)
{
	char sha[PF_SHA_TEXT];

	tzset();
	pf_sha256(sha, "", 0);
}

const struct pf_err *
box_enter(struct httpd *h, bool verbose)
{
	const struct pf_conf *conf = &h->conf;
	/* Of its own process a sanitizer looks for leaks, and libc for CPUs. */
	const struct pf_box_path paths[] = {
	    { conf->storage_path, PF_BOX_READ },
	    { conf->spool_path, PF_BOX_WRITE },
	    { "/proc/self", PF_BOX_READ }, { NULL, 0 } };
	struct pf_box box = { .paths = paths, .files = CONN_MAX * 2 + 1,
	    .file_bytes = conf->spool_size > conf->pack_size ?
	    conf->spool_size : conf->pack_size };
	struct pf_boxed got;
	const struct pf_err *err;

	warm();
	look(&h->places[0], conf->storage_path);
	look(&h->places[1], conf->spool_path);
	signal(SIGXFSZ, SIG_IGN);
	if ((err = pf_sandbox(&got, &box)) != NULL)
		return pf_err_at(err, "the box cannot be shut");
	h->boxed = got.landlock > 0;
	if (verbose && h->boxed)
		pf_note("landlock ABI %d: %s to read, %s to write",
		    got.landlock, conf->storage_path, conf->spool_path);
	else if (verbose)
		pf_note("this kernel has no landlock: files are protected by "
		    "their modes only");
	if (verbose && !got.filter)
		pf_note("this kernel has no filter of system calls");
	return NULL;
}

const struct pf_err *
box_moved(const struct httpd *h)
{
	struct place now;
	size_t i;

	for (i = 0; h->boxed && i < PLACES; i++) {
		look(&now, h->places[i].path);
		/*
		 * One that is away may come back.  One that was mounted anew
		 * has the old numbers, but the box has forgotten it.
		 */
		if (now.there && (now.dev != h->places[i].dev ||
		    now.ino != h->places[i].ino ||
		    (now.barred && !h->places[i].barred)))
			return pf_err(PF_BUSY, "%s is another directory than "
			    "at the start: it takes a new start", now.path);
	}
	return NULL;
}
