/*
 * Engines that are executables of their own, by the contract of pf-engine(5).
 */
#ifndef RUN_EXTERN_H
#define RUN_EXTERN_H

#include <sys/types.h>

#include "codec/engine.h"
#include "run/engine/engine.h"

/* One that was found in the directory of engines. */
struct external {
	struct engine	 engine;	/* its name is ours to free */
	char		*path;
	struct pf_probe	 probe;
};

/* extern_learn.c: that of the name, or NULL. */
const struct external	*extern_named(const char *name);
/* Nobody but its owner, who is root or we, may change the file. */
const struct pf_err	*extern_check(const char *path);

/*
 * extern_tray.c: a directory that an engine leaves files in, for us to take
 * away.  It is held open and everything in it is reached through that, so no
 * link that an engine puts in its place leads us elsewhere.
 */
struct tray {
	int		 fd;
	char		*path;		/* for the engine and its target */
	const char	*what;		/* for messages */
	bool		 crashes;
	bool		 told;		/* of what it should not hold */
};
/* Makes base/name and opens it; base is a directory held open. */
const struct pf_err	*tray_open(struct tray *, int base, const char *dir,
			    const char *name);
void			 tray_close(struct tray *);
/* Files there are, or -1 if that is not to be had; at most INT_MAX. */
int			 tray_count(const struct tray *);
/*
 * Takes what is there, as much as is good for one look: *n is how many.  An
 * error is of the job: PF_DATA: too much that nobody can take, PF_NO: there is
 * no room for more now.
 */
const struct pf_err	*tray_take(struct tray *, struct fuzz *, size_t *n);

#endif
