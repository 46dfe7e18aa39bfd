/*
 * A request on its way to what pf-httpd hands on: an op line for the writer,
 * frames for the spool, or a question to the database.  The bytes are a first
 * line "METHOD PATH?QUERY", headers and, behind an empty line, the body; no
 * network, no writer, a database with a few rows.  A header Pieces has the
 * body fed that many bytes at a time.
 */
#include <sys/socket.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "t/fuzz/fuzz.h"
#include "t/fuzz/request.h"
#include "base/mem.h"
#include "base/num.h"
#include "httpd/body.h"
#include "httpd/reply.h"
#include "httpd/route.h"
#include "os/fs.h"
#include "os/sock.h"
#include "store/dbw.h"
#include "store/spool.h"

static struct httpd server;
static struct worker worker = { .h = &server };
static char home[64];
static int writer = -1;

static void
clear(void)
{
	worker_forget(&worker);
	(void)pf_rmtree(home);
}

/* A job that a bot holds. */
static const char *const rows[] = {
	"INSERT INTO campaigns (id, name, created_at) VALUES ('c', 'c', 1)",
	"INSERT INTO bots (id, name, hostname, status, inc, capabilities, "
	    "registered_at, last_seen, timeout_at, is_online, lease_tick) "
	    "VALUES ('b', 'b', 'h', 'busy', 'i', '[\"afl++\"]', 1, 1, 1, 1, "
	    "1)",
	"INSERT INTO jobs (id, campaign, name, kind, target, target_hash, "
	    "fuzzer, status, assigned_bot, priority, created_at, work_dir, "
	    "duration, memory_limit, timeout, seed_corpus, output_dir, args, "
	    "options, epoch, attempt) VALUES ('j', 'c', 'j', 'fuzz', 't', "
	    "'h', 'afl++', 'running', 'b', 0, 1, 'w', 1000, 0, 1000, '[]', "
	    "'o', '[]', '{}', 1, 1)",
	"UPDATE bots SET current_job = 'j'",
	"INSERT INTO assignments (job_id, epoch, attempt, bot_id, inc, "
	    "timestamp, status, lease_tick) VALUES ('j', 1, 1, 'b', 'i', 1, "
	    "'started', 1)",
};

static void
fill(void)
{
	struct pf_db *db = NULL;
	int lock = -1;
	size_t i;

	MUST(pf_dbw_open(&db, &lock, server.conf.storage_path) == NULL);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		MUST(pf_db_run(db, NULL, rows[i], "") == NULL);
	pf_db_close(db);
	close(lock);
}

static void
prepare(void)
{
	struct pf_conf *c = &server.conf;
	const char *tmp = getenv("TMPDIR");
	bool made;
	char path[sizeof(home) + 8];

	if (home[0] != '\0')
		return;
	snprintf(home, sizeof(home), "%.40s/request.XXXXXX",
	    tmp != NULL ? tmp : "/tmp");
	MUST(mkdtemp(home) != NULL);
	atexit(clear);
	pf_prog = "request";
	pf_conf_default(c);
	snprintf(c->storage_path, sizeof(c->storage_path), "%s/m", home);
	snprintf(c->spool_path, sizeof(c->spool_path), "%s/s", home);
	snprintf(c->sched_socket, sizeof(c->sched_socket), "%s/w", home);
	snprintf(path, sizeof(path), "%s/m/data", home);
	MUST(pf_mkdirs(path, 0700) == NULL);
	MUST(pf_spool_init(c->spool_path, 0700) == NULL);
	MUST(pf_dbw_init(c->storage_path, &made) == NULL);
	fill();
	MUST(pf_sock_listen_unix(&writer, c->sched_socket, 0600) == NULL);
	MUST(fcntl(writer, F_SETFL, O_NONBLOCK) == 0);
}

/* name=value&...; the escapes are route.c's to undo. */
static void
take_args(struct text *t, char *s)
{
	char *p;

	for (; s != NULL && t->nargs < PAIRS_MAX; t->nargs++) {
		t->args[t->nargs].name = strsep(&s, "&");
		p = t->args[t->nargs].name;
		strsep(&p, "=");
		t->args[t->nargs].value = p;
	}
}

static bool
take(struct text *t, const uint8_t *p, size_t n)
{
	const char *end = memmem(p, n, "\n\n", 2);
	size_t head = end != NULL ? (size_t)(end - (const char *)p) : n;
	char *s, *line, *query;

	*t = (struct text){ .body = "" };
	if (memchr(p, '\0', head) != NULL)
		return false;
	t->head = s = pf_malloc(head + 1);
	memcpy(s, p, head);
	s[head] = '\0';
	if (end != NULL) {
		t->body = end + 2;
		t->len = n - head - 2;
	}
	t->path = strsep(&s, "\n");
	t->method = strsep(&t->path, " ");
	if (t->path == NULL)
		return false;
	query = t->path;
	t->path = strsep(&query, "?");
	take_args(t, query);
	while ((line = strsep(&s, "\n")) != NULL && t->nheaders < PAIRS_MAX) {
		t->headers[t->nheaders].name = strsep(&line, ":");
		if (line == NULL)
			continue;
		t->headers[t->nheaders++].value = line + strspn(line, " ");
	}
	return true;
}

/* What pool.c does with a body that is fed. */
static void
feed(struct req *r, size_t piece)
{
	const struct pf_err *err;
	size_t at = 0, n;

	r->fed = true;
	do {
		n = asked->len - at < piece ? asked->len - at : piece;
		pf_buf_reset(&r->body);
		pf_buf_add(&r->body, asked->body + at, n);
		at += n;
		r->received = (int64_t)at;
		r->last = at == asked->len;
		if ((err = r->route->feed(&worker, r, r->last)) != NULL)
			req_refuse(r, 0, err, NULL);
	} while (!r->last && !r->refused);
}

static const struct pf_err *
ask(struct req *r)
{
	const struct pf_err *err;
	struct pf_buf line = PF_BUF_INIT;
	struct pf_json *reply = NULL;

	if ((err = route_check(r)) == NULL &&
	    (err = r->route->ask(r, &line)) == NULL &&
	    (err = worker_op(&worker, &reply, &line)) == NULL)
		err = r->route->tell(r, reply);
	pf_json_free(reply);
	pf_buf_free(&line);
	return err;
}

static void
call(struct req *r)
{
	const struct pf_err *err;
	int64_t piece = 0;
	const char *text = header("Pieces");

	if (text != NULL)
		(void)pf_num(&piece, text, 1, 1 << 20);
	if (piece > 0 && body_is_fed(r)) {
		feed(r, (size_t)piece);
		return;
	}
	pf_buf_add(&r->body, asked->body, asked->len);
	r->received = (int64_t)asked->len;
	worker.taken = false;
	if ((err = r->route->ask != NULL ? ask(r) :
	    route_call(&worker, r)) != NULL)
		reply_error(r, 0, err, NULL);
	if (!worker.taken)
		reply_settle(r);
}

/* As request.c does it, but for who asks. */
static void
serve(struct req *r)
{
	const struct pf_err *err = route_find(r, asked->method, asked->path);

	if (err != NULL) {
		req_refuse(r, err->class == PF_USAGE ? 405 : 0, err, NULL);
		return;
	}
	MUST(r->id[0] == '\0' || pf_id_ok(r->id));
	MUST(r->sha[0] == '\0' || pf_sha_ok(r->sha));
	r->length = header("Chunked") != NULL ? -1 : (int64_t)asked->len;
	body_check(r, asked->len > 0, r->length);
	if (!r->refused)
		call(r);
}

/* What is left in the spool is whole. */
static void
look_at_spool(void)
{
	struct pf_buf dir = PF_BUF_INIT, b = PF_BUF_INIT;
	char **names = NULL;
	size_t n, i;

	pf_buf_addf(&dir, "%s/tmp", server.conf.spool_path);
	MUST(pf_names(&names, &n, dir.data) == NULL && n == 0);
	pf_names_free(names);
	pf_buf_reset(&dir);
	pf_buf_addf(&dir, "%s/new/", server.conf.spool_path);
	MUST(pf_names(&names, &n, dir.data) == NULL && n <= 1);
	for (i = 0; i < n; i++) {
		pf_buf_adds(&dir, names[i]);
		MUST(pf_slurp(&b, dir.data, 1 << 24) == NULL);
		look_at_frames(b.data, b.len);
		MUST(unlink(dir.data) == 0);
	}
	pf_names_free(names);
	pf_buf_free(&dir);
	pf_buf_free(&b);
}

static void
look_at_reply(struct req *r)
{
	struct reply *p = &r->reply;
	struct pf_json *j = NULL;
	char status[8];
	const char *s;

	MUST(p->status >= 200 && p->status < 600 && p->status != 500);
	snprintf(status, sizeof(status), "%u", p->status);
	MUST(p->status >= 300 || r->route->codes == NULL ||
	    strstr(r->route->codes, status) != NULL);
	for (s = p->name; *s != '\0'; s++)
		MUST(*s > ' ' && *s < 0x7f && *s != '"' && *s != '\\');
	if (p->fill == NULL && p->type == NULL && !p->gzip &&
	    p->body.len > 0) {
		MUST(pf_json_parse(&j, p->body.data, p->body.len) == NULL);
		MUST(pf_json_is_object(j));
		pf_json_free(j);
	}
	while (p->fill != NULL && !p->cut)
		reply_refill(&worker, r);
	if (r->drop != NULL)
		r->drop(r->upload);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const struct pf_buf empty = PF_BUF_INIT;
	struct text t;
	struct req r = { .h = &server };
	int i, fd;

	prepare();
	if (take(&t, p, n)) {
		asked = &t;
		asking = &r;
		r.conn = form_connection();
		r.body = r.frames = r.verdicts = r.reply.body = empty;
		r.reply.fd = -1;
		serve(&r);
		look_at_reply(&r);
		look_at_spool();
		while ((fd = accept(writer, NULL, NULL)) != -1)
			close(fd);
		atomic_fetch_sub(&server.bodies, r.held);
		atomic_fetch_sub(&server.answers, r.large);
		MUST(server.archives == 0 && server.bodies == 0);
		for (i = 0; i < ARGS_MAX; i++)
			free(r.args[i]);
		pf_json_free(r.json);
		pf_buf_free(&r.body);
		pf_buf_free(&r.frames);
		pf_buf_free(&r.verdicts);
		reply_free(&r.reply);
	}
	free(t.head);
	return 0;
}
