/*
 * pf-httpd: what its files share.  One struct httpd a process, one struct
 * req a request.  The event thread (loop.c) owns a request until it
 * hands it to the pool and again after req_finish(); in between it belongs
 * to one worker (or to the thread that commits packs).
 */
#ifndef PF_HTTPD_HTTPD_H
#define PF_HTTPD_HTTPD_H

#include <sys/types.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/name.h"
#include "base/rate.h"
#include "codec/conf.h"
#include "codec/hash.h"
#include "codec/json.h"
#include "store/db.h"

struct MHD_Connection;
struct MHD_Daemon;
struct access;
struct commit;
struct ear;
struct listener;
struct live;
struct loop;
struct meter;
struct pool;
struct req;
struct route;
struct watch;
struct watched;

#define JSON_MAX	65536		/* bytes of a JSON body */
#define JSON_BULK	(8 << 20)	/* of one with inputs in it */
#define RETRY_AFTER	5		/* seconds, with 503 and 507 */
#define PIECE		(256 * 1024)	/* of a body that is fed */
#define CONN_MAX	4096		/* connections at the same time */
#define PLACES		2		/* storage, spool */
#define ARGS_MAX	12		/* of a query that a route knows */

/* A directory as it was at the start. */
struct place {
	const char	*path;
	bool		 there;
	dev_t		 dev;
	ino_t		 ino;
	bool		 barred;	/* may not be opened */
};

struct httpd {
	struct pf_conf	 conf;
	int64_t		 started;	/* pf_boot_ms() */
	int		 wake;		/* eventfd: main looks again */
	struct pool	*pool;
	struct commit	*commit;
	struct ear	*ear;
	int		 aside;		/* the other listener, or -1 */
	bool		 from_aside;	/* the connection being added */
	struct access	*access;
	struct loop	*loop;
	struct watch	*watch;
	struct meter	*meter;
	struct live	*live;
	const char	*where;		/* name of the ear, or NULL */
	bool		 boxed;		/* landlock holds */
	struct place	 places[PLACES];
	bool		 anew;		/* SIGHUP wants another start */
	atomic_bool	 stopping;	/* answer what is here, then close */
	atomic_int	 requests;	/* begun and not yet answered */
	atomic_int	 connections;
	int		 room;		/* for so many of them */
	atomic_int	 closed;	/* connections that ended */
	_Atomic int64_t	 last;		/* pf_boot_ms() of the last request */
	_Atomic int64_t	 bodies;	/* bytes of bodies held in memory */
	_Atomic int64_t	 answers;	/* bytes of large answers */
	atomic_int	 archives;	/* on their way out */
	pthread_mutex_t	 sharing;	/* for what follows */
	struct pf_rate	 exchange;	/* bytes of inputs for other jobs */
	_Atomic int64_t	 exchanged;	/* so many went */
};

/* What one thread of the pool has for itself. */
struct worker {
	struct httpd	*h;
	struct pf_writer *writer;	/* or NULL */
	struct pf_db	*db;		/* or NULL, */
	dev_t		 dev;		/* and which file that is */
	ino_t		 ino;
	bool		 taken;		/* the request went on elsewhere */
	bool		 list;		/* it is making one */
};

/*
 * The answer, filled by a handler.  If that leaves fill set, body is only the
 * first piece: whenever it is gone, fill puts the next one there, in a worker
 * while the connection sleeps, and sets itself to NULL with the last.  After
 * an error the connection is cut.
 */
struct reply {
	unsigned int	 status;
	struct pf_buf	 body;
	const struct pf_err *(*fill)(struct worker *, struct req *);
	size_t		 at;		/* so much of a piece is gone */
	bool		 cut;		/* there will be no next one */
	const char	*type;		/* NULL: application/json */
	int		 fd;		/* the body instead, or -1 */
	int64_t		 from, size;	/* what of fd goes out */
	bool		 file;		/* fd is, or was, one to save, */
	int64_t		 whole;		/* of so many bytes */
	char		 name[80];	/* to save it under, or "" */
	size_t		 stamp;		/* where the time begins in body */
	char		 etag[80];	/* with its quotes, or "" */
	bool		 gzip;		/* that is what body is */
	bool		 varies;	/* by Accept-Encoding */
	char		 allow[64];
	int		 retry_after;	/* seconds, 0: none */
	bool		 wants_token;	/* it says so */
	bool		 close;
};

struct req {
	struct httpd	*h;
	struct MHD_Connection *conn;
	struct watched	*watched;	/* that connection, while it lasts */
	const struct route *route;
	char		 id[PF_ID_MAX + 1];	/* what stands for {id}, */
	char		 sha[PF_SHA_TEXT];	/* and for {sha256} */
	struct listener	*stream;	/* the answer goes on, or NULL */
	char		*args[ARGS_MAX];	/* of the query, by route */
	struct pf_json	*json;			/* the body, if it is JSON */
	struct pf_buf	 body;
	int64_t		 held;		/* counted in h->bodies */
	int64_t		 large;		/* counted in h->answers */
	bool		 head;		/* the method is HEAD */
	unsigned int	 kind;		/* of the body: BODY_* */
	int64_t		 length;	/* of the body, -1: not announced */
	int64_t		 received;	/* of it so far */
	int64_t		 begun;		/* pf_boot_us() */
	bool		 metered;	/* counted already */
	int64_t		 deadline;	/* pf_boot_ms() */
	int64_t		 discarded;
	bool		 fed;		/* to route->feed, piece by piece */
	bool		 last;		/* this is the last piece */
	atomic_bool	 away;		/* a worker has it, piece by piece */
	void		*upload;	/* the feeder's, or reply.fill's */
	void		(*drop)(void *);	/* ends it, if it is not NULL */
	bool		 refused;	/* reply holds why; body is dropped */
	bool		 done;		/* reply is complete */
	bool		 apart;		/* not among h->requests */
	struct reply	 reply;
	struct req	*next;		/* in a queue */
	struct pf_err	 later;		/* why only crashes are kept */
	bool		 short_of;	/* there is such a reason */
	struct pf_buf	 frames;	/* of a pack: what is to be kept */
	int		 records;	/* in them, if they were made here */
	struct pf_buf	 verdicts;	/* and the reply once it is */
};

/* request.c: the callbacks of libmicrohttpd and the life of a request. */
struct MHD_Daemon	*httpd_start(struct httpd *, int listener);
/* The reply is complete: back to the event thread, from any thread. */
void			 req_finish(struct req *);
/* It is refused from the event thread; see reply_error(). */
void			 req_refuse(struct req *, unsigned int status,
			    const struct pf_err *, const char *hint);
/* The piece was taken, or the request refused: more of the body may come. */
void			 req_resume(struct req *);
/* The last of a request whose connection is gone. */
void			 req_free(struct req *);
/* Value of a query argument (the first, if it is there twice) or of a header,
 * NULL if absent. */
const char		*req_query(bool *twice, const struct req *,
			    const char *name);
const char		*req_header(const struct req *, const char *name);

/*
 * access.c: who may ask.  access_start() reads the token, which the box keeps
 * out of reach later on, and remembers the name in where ("addr:port").  The
 * host is that header, or NULL.
 */
const struct pf_err	*access_start(struct httpd *, const char *where);
const struct pf_err	*access_host(const struct httpd *, const char *host);
const struct pf_err	*access_token(struct req *);
const struct pf_err	*access_origin(const struct req *, const char *host);

/*
 * watch.c: ends connections whose headers, or whose reading of an answer,
 * take too long: of an answer PIECE bytes, or all of it, must get through in
 * the time of a request.  In a crowd those go soon that ask nothing.  What a
 * connection does is told by the event thread; watch_look() is for the main
 * thread, each second.  A struct watched may be NULL: nobody looks then.
 */
void			 watch_start(struct httpd *);
void			 watch_stop(struct httpd *);
struct watched		*watch_add(struct watch *, int fd, bool aside);
bool			 watch_aside(const struct watched *);
void			 watch_remove(struct watch *, struct watched *);
void			 watch_body(struct watched *);
void			 watch_asked(struct watched *);
void			 watch_answered(struct watched *);
void			 watch_stream(struct watched *);
void			 watch_idle(struct watched *);
void			 watch_look(struct httpd *);

/*
 * loop.c: the event thread, which is the only one that calls libmicrohttpd.
 * loop_resume() is MHD_resume_connection() for all others: that one wakes
 * nobody here.  loop_deafen() ends listening; loop_stop() is false if requests
 * are left that nothing but the end of the process ends.
 */
const struct pf_err	*loop_start(struct httpd *, struct MHD_Daemon *);
void			 loop_resume(struct loop *, struct req *);
void			 loop_deafen(struct loop *);
bool			 loop_stop(struct httpd *);

/*
 * aside.c: a second listener that answers /metrics and /health only.  The
 * event thread accepts, and ends it together with the first.
 */
const struct pf_err	*aside_open(struct httpd *);
const struct pf_err	*aside_announce(const struct httpd *);
void			 aside_accept(struct httpd *, struct MHD_Daemon *);
void			 aside_close(struct httpd *);
/* PF_NOTFOUND for a request that came there and is none of these. */
const struct pf_err	*aside_check(const struct req *);

/* serve.c: one connection, or a listener until it is idle or told to end. */
const struct pf_err	*httpd_serve(struct httpd *, int fd, bool listens,
			    int64_t idle_ms);

/*
 * box.c: shuts the box, before there are threads; if verbose, notes what the
 * kernel gave.  box_moved() is PF_BUSY once the storage or the spool is a
 * directory that the box does not know.
 */
const struct pf_err	*box_enter(struct httpd *, bool verbose);
const struct pf_err	*box_moved(const struct httpd *);

/*
 * pool.c: threads for whatever waits for a disk or the writer.  The event
 * thread pushes requests, and they go in when it flushes.
 */
const struct pf_err	*pool_start(struct httpd *, int threads);
void			 pool_push(struct pool *, struct req *);
void			 pool_flush(struct pool *);
void			 pool_stop(struct pool *);

/*
 * ops.c: the writer, over a connection of the worker's own, for replies on
 * one come in order; it is opened when needed and once more when it was lost.
 * worker_op() is one op line, *reply as pf_writer_op().  ops_do() finishes a
 * list of requests for which ops_is() holds: their routes ask and tell.
 */
const struct pf_err	*worker_op(struct worker *, struct pf_json **reply,
			    const struct pf_buf *line);
void			 worker_hang_up(struct worker *);
bool			 ops_is(const struct req *);
void			 ops_do(struct worker *, struct req *);

/*
 * db.c: the database.  A reader fills r->reply from one state of it; it may
 * be called twice.  What keeps it from being read is PF_UNAVAIL.
 */
typedef const struct pf_err *reader(struct pf_db *, struct req *);
const struct pf_err	*worker_read(struct worker *, struct req *, reader *);
/* The database itself, the worker's to close. */
const struct pf_err	*worker_db(struct pf_db **, struct worker *);
void			 worker_forget(struct worker *);

/*
 * commit.c: the way into the spool.  Packs that arrive together are laid
 * down as one, with one sync; each request is finished after that.
 */
const struct pf_err	*commit_start(struct httpd *);
void			 commit_push(struct commit *, struct req *);
void			 commit_stop(struct commit *);
/* Whether the spool and the disk have room for n more bytes: of crashes, or
 * of anything, which has to stop sooner. */
const struct pf_err	*commit_admit(struct commit *, int64_t n,
			    bool crashes);
/* The same for bytes that will be long in coming; they count as there until
 * they are released. */
const struct pf_err	*commit_reserve(struct commit *, int64_t n,
			    bool crashes);
void			 commit_release(struct commit *, int64_t n);
/* What the client hears of an error of the spool; the operator is told. */
const struct pf_err	*commit_refuse(struct commit *, const struct pf_err *);

/*
 * ear.c: tells the writer that bots are heard at this address, from a thread
 * of its own, again after each loss; ear_stop() ends both.
 */
const struct pf_err	*ear_start(struct httpd *);
void			 ear_stop(struct httpd *);

#endif
