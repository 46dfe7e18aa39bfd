/*
 * Listeners: answers that go on, as Server-Sent Events.  One thread looks for
 * what is new, once for all, and only while somebody listens; a listener
 * costs a connection and some bytes, and never a thread.
 *
 * A listener is put together by its handler, then belongs to that thread; what
 * is marked so is under the lock.
 */
#ifndef PF_HTTPD_LIVE_H
#define PF_HTTPD_LIVE_H

#include <sys/types.h>

#include "httpd/httpd.h"
#include "view/known.h"
#include "view/logtail.h"

#define LIVE_OUT	65536	/* bytes that wait for a listener, about; */
#define LIVE_LEAST	4096	/* fewer, but so many, as soon as all of */
#define LIVE_ALL	(8 << 20)	/* them would have more than that */

enum live_kind { LIVE_EVENTS, LIVE_PROGRESS, LIVE_LOG };

struct listener {
	struct live	*live;
	struct req	*r;
	struct MHD_Connection *conn;
	int		 fd;		/* of the connection */
	enum live_kind	 kind;
	char		 job[PF_ID_MAX + 1];	/* its; of events a filter */
	char		 bot[PF_ID_MAX + 1];	/* filters of events, or "" */
	char		 type[16];
	int64_t		 after;		/* event up to which it has all; -1:
					   none before those to come */
	int64_t		 life;		/* of which database; 0: any */
	char		 tag[PF_KNOWN_TAG + 1];	/* likewise; "": any */
	struct pf_logtail log;
	char		*shown;		/* the progress it knows, or NULL */
	bool		 stale;		/* what it was shown may be */
	bool		 over;		/* its job has ended */
	int64_t		 looked;	/* pf_boot_ms(): at its log, */
	int64_t		 grew;		/* and when that had something new */
	int64_t		 spoke;		/* when it was last told anything */

	struct pf_buf	 out;		/* locked: on its way */
	size_t		 sent;		/* locked: bytes of it */
	bool		 waiting;	/* locked: suspended for want of it */
	bool		 ended;		/* locked: nothing follows it */
	bool		 held;		/* locked: the thread works with it */
	bool		 gone;		/* locked: freed when it is not held */
	bool		 behind;	/* locked: there is more than fits */
	struct listener	*next, **prev;	/* locked */
};

/* What the thread has open; live_*.c work with it. */
struct look {
	const struct pf_conf *conf;
	struct pf_db	*db;		/* NULL: there is none to be had */
	dev_t		 dev;		/* of its file */
	ino_t		 ino;
	int64_t		 life;		/* one more with each other file */
	int64_t		 version;	/* changes with each commit */
	bool		 changed;	/* since the turn before */
	bool		 broken;	/* it is to be opened anew */
	bool		 more;		/* the next turn is to come at once */
	size_t		 room;		/* bytes that may wait for each */
	int64_t		 tried;		/* pf_boot_ms(), to open it */
	int64_t		 peers;		/* pf_boot_ms(), last looked at */
	int64_t		 newest;	/* id of the last event, -1: unknown */
	char		 tag[PF_KNOWN_TAG + 1];	/* of this database */
	struct page	*page;		/* of events, see live_events.c */
	char		 job[PF_ID_MAX + 1];	/* whose progress this is */
	struct pf_buf	 progress;	/* as JSON, "" if there is no job */
	bool		 over;
};

/* live.c */
const struct pf_err	*live_start(struct httpd *);
/* All listeners come to their end, and no new one begins. */
void			 live_close(struct httpd *);
void			 live_stop(struct httpd *);
int			 live_count(struct httpd *);
/* A new listener for the request; NULL if there are enough. */
struct listener		*live_new(struct req *, enum live_kind);
void			 live_add(struct listener *);
/* Its connection is gone. */
void			 live_leave(struct listener *);
/* What libmicrohttpd calls for bytes to send. */
ssize_t			 live_read(void *listener, uint64_t pos, char *,
			    size_t);

/* For the thread: adds text; how much there is on its way, and how much more
 * may be; the last of it. */
void			 live_put(struct listener *, const struct pf_buf *);
size_t			 live_waits(struct listener *);
size_t			 live_room(struct listener *, const struct look *);
void			 live_end(struct listener *);

/*
 * events.c.  An event's id is "TAG.N": N counts those of one database, the tag
 * tells which.  One that was told, or N alone, says where to begin; false if
 * it is none.
 */
bool			 events_begin(struct listener *, const char *id);
void			 events_look(struct look *);
void			 events_serve(struct look *, struct listener *);
void			 events_done(struct look *);

/* live_peers.c: ends those that nobody reads. */
void			 peers_look(struct look *, struct listener *const *,
			    int n);

/* live_job.c */
void			 job_serve(struct look *, struct listener *);

#endif
