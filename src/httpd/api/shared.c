/*
 * Inputs that jobs of a campaign have for one another: the list by a cursor,
 * and the bytes, one by one or as many as are wanted.  All come from the
 * database and the storage alone.
 */
#include <sys/stat.h>

#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/num.h"
#include "httpd/reply.h"
#include "httpd/route.h"
#include "os/clock.h"
#include "view/shared.h"

#define LIMIT		256	/* inputs of one answer, if not said */
#define WANT_MAX	1024	/* in one pack, */
#define PACK_MAX	((4 << 20) - 64)	/* of so many bytes */

static const struct pf_err *
read_shared(struct pf_db *db, struct req *r)
{
	const struct pf_err *err;
	struct pf_shared s = { .limit = LIMIT, .epoch = -1 };
	struct pf_buf *b = &r->reply.body;
	int64_t own = 0;

	route_int(&s.after, r, "after");
	route_int(&s.epoch, r, "epoch");
	route_int(&s.limit, r, "limit");
	route_int(&own, r, "own");
	s.own = own == 1;
	reply_open(r, 200, NULL);
	pf_jw_open(b, "inputs", '[');
	if ((err = pf_shared_list(&s, db, r->id, b)) == NULL && !s.known)
		err = pf_err(PF_NOTFOUND, "there is no job %s", r->id);
	if (err != NULL)
		return err;
	pf_jw_close(b, ']');
	pf_jw_int(b, "cursor", s.after);
	pf_jw_int(b, "epoch", s.epoch);
	pf_jw_bool(b, "more", s.more);
	reply_close(r);
	return NULL;
}

const struct pf_err *
api_shared(struct worker *w, struct req *r)
{
	return worker_read(w, r, read_shared);
}

const struct pf_err *
api_input(struct worker *w, struct req *r)
{
	const struct pf_err *err;
	char *path = pf_asprintf("%s/corpus/%s/%s",
	    w->h->conf.storage_path, r->id, r->sha);

	err = reply_file(r, path, "input", r->sha);
	free(path);
	return err;
}

/* The bytes of the file, if it is one of that size. */
static bool
read_file(struct pf_buf *b, const char *path, int64_t size)
{
	size_t want = (size_t)size;
	struct stat st;
	ssize_t n = 1;
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd == -1)
		return false;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size == size)
		while (b->len < want && n > 0) {
			n = read(fd, pf_buf_room(b, want - b->len),
			    want - b->len);
			if (n > 0)
				pf_buf_grew(b, (size_t)n);
		}
	close(fd);
	return b->len == want && n >= 0;
}

/*
 * With lines what is gone is told as well: so it is not asked for again.
 * Without them there must be nothing to tell.
 */
static const struct pf_err *
add_input(struct req *r, int64_t cursor, const struct pf_shared_input *in,
    bool lines)
{
	const struct pf_err *err = NULL;
	struct pf_buf *b = &r->reply.body, bytes = PF_BUF_INIT;
	char *path = NULL;
	bool there;

	if (in != NULL)
		path = pf_asprintf("%s/corpus/%s/%s",
		    r->h->conf.storage_path, in->job, in->hash);
	there = in != NULL && read_file(&bytes, path, in->size);
	if (!there && !lines)
		err = pf_err_field(PF_NOTFOUND, "want", "there is no input %"
		    PRId64, cursor);
	else if (!there)
		pf_buf_addf(b, "%" PRId64 " -\n", cursor);
	else if (lines)
		pf_buf_addf(b, "%" PRId64 " %zu\n", cursor, bytes.len);
	pf_buf_add(b, bytes.data, there ? bytes.len : 0);
	pf_buf_free(&bytes);
	free(path);
	return err;
}

/* The next number of a list; false if it is none. */
static bool
next_wanted(int64_t *n, const char **list)
{
	char text[24];
	size_t len = strcspn(*list, ",");

	if (len >= sizeof(text))
		return false;
	memcpy(text, *list, len);
	text[len] = '\0';
	*list += len + ((*list)[len] == ',' && (*list)[len + 1] != '\0');
	return pf_num(n, text, 1, INT64_MAX);
}

static const struct pf_err *
add_wanted(struct pf_db *db, struct req *r, int64_t pool, bool lines)
{
	const char *list = route_text(r, "want");
	const struct pf_err *err;
	struct pf_shared_input in;
	int64_t cursor;
	bool found;
	int n = 0;

	while (list != NULL && *list != '\0') {
		if (n++ == WANT_MAX || !next_wanted(&cursor, &list))
			return pf_err_field(PF_DATA, "want", "want is no list "
			    "of 1 to %d cursors", WANT_MAX);
		if ((err = pf_shared_find(&in, &found, db, pool, cursor)) !=
		    NULL)
			return err;
		found = found && in.size <= PACK_MAX;
		if (found && (int64_t)r->reply.body.len + in.size > PACK_MAX)
			return lines ? NULL : pf_err_field(PF_DATA, "want",
			    "these inputs are more than %d bytes", PACK_MAX);
		if ((err = add_input(r, cursor, found ? &in : NULL, lines)) !=
		    NULL)
			return err;
	}
	return NULL;
}

static const struct pf_err *
read_wanted(struct pf_db *db, struct req *r, bool lines)
{
	const struct pf_err *err;
	int64_t epoch = -1, pool;

	route_int(&epoch, r, "epoch");
	if ((err = pf_shared_pool(&pool, db, r->id, epoch)) != NULL ||
	    (err = add_wanted(db, r, pool, lines)) != NULL)
		return err;
	r->reply.status = 200;
	r->reply.type = "application/octet-stream";
	return NULL;
}

static const struct pf_err *
read_inputs(struct pf_db *db, struct req *r)
{
	return read_wanted(db, r, true);
}

static const struct pf_err *
read_bytes(struct pf_db *db, struct req *r)
{
	return read_wanted(db, r, false);
}

/* So many bytes a second leave, whoever they are for. */
static const struct pf_err *
send_wanted(struct worker *w, struct req *r,
    const struct pf_err *(*read)(struct pf_db *, struct req *))
{
	const struct pf_err *err;
	struct httpd *h = w->h;
	bool may;

	pthread_mutex_lock(&h->sharing);
	may = pf_rate_may(&h->exchange, pf_boot_ms());
	pthread_mutex_unlock(&h->sharing);
	if (!may) {
		reply_error(r, 0, pf_err(PF_BUSY, "exchange_rate is reached"),
		    "ask again in a second");
		r->reply.retry_after = 1;
		return NULL;
	}
	if ((err = worker_read(w, r, read)) != NULL)
		return err;
	atomic_fetch_add(&h->exchanged, (int64_t)r->reply.body.len);
	pthread_mutex_lock(&h->sharing);
	pf_rate_take(&h->exchange, (int64_t)r->reply.body.len);
	pthread_mutex_unlock(&h->sharing);
	return NULL;
}

const struct pf_err *
api_shared_inputs(struct worker *w, struct req *r)
{
	return send_wanted(w, r, read_inputs);
}

const struct pf_err *
api_shared_bytes(struct worker *w, struct req *r)
{
	return send_wanted(w, r, read_bytes);
}
