/*
 * Listeners and the thread that serves them; see live.h.
 */
#include <sys/socket.h>
#include <sys/stat.h>

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <microhttpd.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "httpd/live/live.h"
#include "os/clock.h"

#define LOOK_MS		250	/* between two looks at the database */
#define OPEN_MS		500	/* between two tries to open it */
#define QUIET_MS	15000	/* then a comment keeps the connection */
#define LISTENERS	2048
#define STACK		(512 * 1024)

struct live {
	struct httpd	*h;
	pthread_mutex_t	 lock;
	pthread_cond_t	 more;
	pthread_t	 thread;
	bool		 stop;
	bool		 closed;
	bool		 hurry;		/* somebody came, or took all he had */
	int		 n;
	struct listener	*first;
};

static void
free_listener(struct listener *l)
{
	pf_logtail_close(&l->log);
	pf_buf_free(&l->out);
	free(l->shown);
	free(l);
}

/* Locked: the connection goes on. */
static void
wake(struct listener *l)
{
	if (l->waiting && !l->gone)
		loop_resume(l->live->h->loop, l->r);
	l->waiting = false;
}

static void
hurry(struct live *v)
{
	v->hurry = true;
	pthread_cond_signal(&v->more);
}

/* The kernel neither holds much for who does not read, nor for long. */
static void
bound(int fd, int64_t ms)
{
	int bytes = LIVE_OUT, patience = (int)ms;

	/* Not for all sockets, and no harm where it is not. */
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
	(void)setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &patience,
	    sizeof(patience));
}

struct listener *
live_new(struct req *r, enum live_kind kind)
{
	const union MHD_ConnectionInfo *info;
	struct live *v = r->h->live;
	struct listener *l = NULL;

	pthread_mutex_lock(&v->lock);
	if (v->n < LISTENERS && v->n < r->h->room / 4 * 3) {
		v->n++;
		l = pf_calloc(1, sizeof(*l));
	}
	pthread_mutex_unlock(&v->lock);
	if (l == NULL)
		return NULL;
	l->live = v;
	l->r = r;
	l->conn = r->conn;
	info = MHD_get_connection_info(r->conn,
	    MHD_CONNECTION_INFO_CONNECTION_FD);
	l->fd = info != NULL ? info->connect_fd : -1;
	bound(l->fd, r->h->conf.request);
	l->kind = kind;
	l->after = -1;
	l->out = (struct pf_buf)PF_BUF_INIT;
	r->stream = l;
	return l;
}

/* Those of one job stand side by side, so that it is asked for once. */
void
live_add(struct listener *l)
{
	struct live *v = l->live;
	struct listener **p, *o;

	l->spoke = pf_boot_ms();
	pf_buf_adds(&l->out, ": here begins what happens\nretry: 2000\n\n");
	pthread_mutex_lock(&v->lock);
	for (p = &v->first; (o = *p) != NULL; p = &o->next)
		if (o->kind == l->kind && strcmp(o->job, l->job) == 0)
			break;
	if (o == NULL)
		p = &v->first;
	if ((l->next = *p) != NULL)
		l->next->prev = &l->next;
	*p = l;
	l->prev = p;
	hurry(v);
	pthread_mutex_unlock(&v->lock);
}

void
live_leave(struct listener *l)
{
	struct live *v = l->live;
	bool held;

	pthread_mutex_lock(&v->lock);
	v->n--;
	if (l->prev != NULL && (*l->prev = l->next) != NULL)
		l->next->prev = l->prev;
	l->gone = true;
	held = l->held;
	pthread_mutex_unlock(&v->lock);
	if (!held)
		free_listener(l);
}

int
live_count(struct httpd *h)
{
	int n;

	pthread_mutex_lock(&h->live->lock);
	n = h->live->n;
	pthread_mutex_unlock(&h->live->lock);
	return n;
}

ssize_t
live_read(void *cls, uint64_t pos, char *to, size_t max)
{
	struct listener *l = cls;
	struct live *v = l->live;
	ssize_t n = 0;

	(void)pos;
	pthread_mutex_lock(&v->lock);
	if (l->sent < l->out.len) {
		if (max > l->out.len - l->sent)
			max = l->out.len - l->sent;
		memcpy(to, l->out.data + l->sent, max);
		l->sent += max;
		n = (ssize_t)max;
		if (l->sent == l->out.len) {
			pf_buf_free(&l->out);
			l->sent = 0;
			if (l->behind)
				hurry(v);
			l->behind = false;
		}
	} else if (l->ended || v->closed)
		n = MHD_CONTENT_READER_END_OF_STREAM;
	else {
		l->waiting = true;
		MHD_suspend_connection(l->conn);
	}
	pthread_mutex_unlock(&v->lock);
	return n;
}

void
live_put(struct listener *l, const struct pf_buf *text)
{
	if (text->len == 0)
		return;
	l->spoke = pf_boot_ms();
	pthread_mutex_lock(&l->live->lock);
	/* Who always has something to take would have all of it kept. */
	pf_buf_eat(&l->out, l->sent);
	l->sent = 0;
	pf_buf_add(&l->out, text->data, text->len);
	wake(l);
	pthread_mutex_unlock(&l->live->lock);
}

size_t
live_waits(struct listener *l)
{
	size_t n;

	pthread_mutex_lock(&l->live->lock);
	n = l->out.len - l->sent;
	pthread_mutex_unlock(&l->live->lock);
	return n;
}

size_t
live_room(struct listener *l, const struct look *k)
{
	size_t n;

	pthread_mutex_lock(&l->live->lock);
	n = l->out.len - l->sent;
	l->behind = n >= k->room;
	pthread_mutex_unlock(&l->live->lock);
	return n < k->room ? k->room - n : 0;
}

void
live_end(struct listener *l)
{
	pthread_mutex_lock(&l->live->lock);
	l->ended = true;
	wake(l);
	pthread_mutex_unlock(&l->live->lock);
}

static void
shut(struct look *k)
{
	pf_db_close(k->db);
	k->db = NULL;
	k->newest = -1;
	k->changed = true;
}

/*
 * Is there a database, is it still the file of that name, and has anything
 * been committed since?
 */
static void
look_at_database(struct look *k)
{
	struct pf_buf path = PF_BUF_INIT;
	int64_t now = pf_boot_ms(), version = 0;
	struct stat st;
	bool there;

	pf_db_path(&path, k->conf->storage_path);
	there = stat(path.data, &st) == 0;
	pf_buf_free(&path);
	if (k->db != NULL && (k->broken || !there || st.st_dev != k->dev ||
	    st.st_ino != k->ino))
		shut(k);
	k->broken = false;
	k->changed = false;
	if (k->db == NULL) {
		if (!there || (k->tried != 0 && now - k->tried < OPEN_MS))
			return;
		k->tried = now;
		if (pf_db_open(&k->db, k->conf->storage_path) != NULL) {
			shut(k);
			return;
		}
		/* It may as well be the one that was away for a while. */
		if (st.st_dev != k->dev || st.st_ino != k->ino)
			k->life++;
		k->dev = st.st_dev;
		k->ino = st.st_ino;
		k->changed = true;
	}
	if (pf_db_int(k->db, &version, NULL, "PRAGMA data_version", "") !=
	    NULL) {
		shut(k);
		return;
	}
	k->changed = k->changed || version != k->version;
	k->version = version;
}

/* A comment now and then, with the id that is to be resumed after. */
static void
keep(struct listener *l)
{
	struct pf_buf b = PF_BUF_INIT;

	if (pf_boot_ms() - l->spoke < QUIET_MS || live_waits(l) > 0)
		return;
	pf_buf_adds(&b, ":\n");
	if (l->kind == LIVE_EVENTS && l->after >= 0)
		pf_buf_addf(&b, "id: %s%s%lld\n", l->tag,
		    l->tag[0] != '\0' ? "." : "", (long long)l->after);
	pf_buf_adds(&b, "\n");
	live_put(l, &b);
	pf_buf_free(&b);
}

static void
serve(struct look *k, struct listener *const *all, int n)
{
	int i;

	k->room = n < LIVE_ALL / LIVE_OUT ? LIVE_OUT : LIVE_ALL / (size_t)n;
	if (k->room < LIVE_LEAST)
		k->room = LIVE_LEAST;
	peers_look(k, all, n);
	k->more = false;
	k->job[0] = '\0';
	look_at_database(k);
	if (k->db != NULL && (k->changed || k->newest < 0))
		events_look(k);
	for (i = 0; i < n; i++) {
		if (all[i]->kind == LIVE_EVENTS)
			events_serve(k, all[i]);
		else
			job_serve(k, all[i]);
		keep(all[i]);
	}
}

/* Locked: all there are, each held until the turn is over. */
static int
hold_all(struct live *v, struct listener ***all)
{
	struct listener *l;
	int n = 0;

	*all = pf_reallocarray(*all, (size_t)v->n + 1, sizeof(**all));
	for (l = v->first; l != NULL; l = l->next) {
		l->held = true;
		(*all)[n++] = l;
	}
	return n;
}

/* Locked */
static void
release_all(struct listener **all, int n)
{
	int i;

	for (i = 0; i < n; i++) {
		all[i]->held = false;
		if (all[i]->gone)
			free_listener(all[i]);
	}
}

/* Locked: until it is time for the next turn. */
static void
wait_turn(struct live *v, const struct look *k)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_nsec += LOOK_MS * 1000000L;
	t.tv_sec += t.tv_nsec / 1000000000;
	t.tv_nsec %= 1000000000;
	if (!v->hurry && !k->more && !v->stop)
		pthread_cond_timedwait(&v->more, &v->lock, &t);
	v->hurry = false;
}

static void *
run(void *arg)
{
	struct live *v = arg;
	struct look k = { .conf = &v->h->conf, .newest = -1,
	    .progress = PF_BUF_INIT };
	struct listener **all = NULL;
	int n;

	pthread_mutex_lock(&v->lock);
	while (!v->stop) {
		if (v->first == NULL) {
			shut(&k);
			k.tried = 0;
			pthread_cond_wait(&v->more, &v->lock);
			continue;
		}
		n = hold_all(v, &all);
		pthread_mutex_unlock(&v->lock);
		serve(&k, all, n);
		pthread_mutex_lock(&v->lock);
		release_all(all, n);
		wait_turn(v, &k);
	}
	pthread_mutex_unlock(&v->lock);
	shut(&k);
	events_done(&k);
	pf_buf_free(&k.progress);
	free(all);
	return NULL;
}

const struct pf_err *
live_start(struct httpd *h)
{
	struct live *v = pf_calloc(1, sizeof(*v));
	pthread_condattr_t clock;
	pthread_attr_t attr;
	int rc;

	v->h = h;
	pthread_mutex_init(&v->lock, NULL);
	pthread_condattr_init(&clock);
	pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
	pthread_cond_init(&v->more, &clock);
	pthread_condattr_destroy(&clock);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK);
	rc = pthread_create(&v->thread, &attr, run, v);
	pthread_attr_destroy(&attr);
	if (rc != 0) {
		free(v);
		return pf_err(PF_BUSY, "cannot start a thread: %s",
		    strerror(rc));
	}
	h->live = v;
	return NULL;
}

void
live_close(struct httpd *h)
{
	struct listener *l;

	pthread_mutex_lock(&h->live->lock);
	h->live->closed = true;
	for (l = h->live->first; l != NULL; l = l->next)
		wake(l);
	pthread_mutex_unlock(&h->live->lock);
}

void
live_stop(struct httpd *h)
{
	struct live *v = h->live;

	pthread_mutex_lock(&v->lock);
	v->stop = true;
	pthread_cond_signal(&v->more);
	pthread_mutex_unlock(&v->lock);
	pthread_join(v->thread, NULL);
	pthread_cond_destroy(&v->more);
	pthread_mutex_destroy(&v->lock);
	free(v);
	h->live = NULL;
}
