/*
 * The group of v2 that pf-run itself lives in.  Where processes are in a group
 * nothing below it can be limited, so pf-run moves into one of its own below,
 * pandafuzz-bot, which is what systemd's Delegate= is for.
 */
#ifndef RUN_BOX_HOME_H
#define RUN_BOX_HOME_H

struct home {
	char		*given;	/* the group it was started in, or NULL */
	char		*self;	/* where it lives instead, NULL: it stays */
	unsigned int	 gave;	/* what is given to groups below since then */
};

/*
 * Moves there, with all that descends from this process, if groups below can
 * be limited only so.  Not if others are in that group, unless systemd has
 * marked it as given away as a whole: then they move along.  To be called
 * before what is to live there too is started.
 */
void	home_take(struct home *);
/* Back again, and all as it was, once no group is below any more. */
void	home_leave(struct home *);

#endif
