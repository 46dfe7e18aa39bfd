/*
 * pf-sched submit: a new job, or copies of it.
 *
 * Files are hashed, copied and synced into targets/ here, in the process of
 * whoever submits; only their names and hashes go to the writer.  Everything
 * is looked at before the first copy, so that a mistake leaves nothing.
 */
#include <sys/stat.h>

#include <errno.h>
#include <inttypes.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/num.h"
#include "os/clock.h"
#include "os/fs.h"
#include "sched/sched.h"
#include "store/blob.h"
#include "store/writer.h"

#define SEED_MAX	(1 << 20)	/* what afl-fuzz takes */
#define SEEDS_MAX	500		/* so that an op line holds them */
#define DAY		INT64_C(86400000)
#define MEMORY_MIN	(INT64_C(16) << 20)
#define MEMORY_MAX	(INT64_C(1) << 40)

#define BUILDS		16		/* room for each kind */

/* KIND=FILE; both belong to the command line. */
struct build {
	const char	*kind, *path;
};

struct submission {
	const char	*name, *engine, *target, *seeds, *dict;
	const char	*campaign, *kind, *request;
	int64_t		 duration, priority, copies, memory, timeout;
	struct pf_buf	 options;	/* members of a JSON object */
	struct build	 builds[BUILDS];
	size_t		 nbuilds;
	char		**args;
	int		 nargs;
};

/*
 * Whoever adds an engine to bots may submit before they have registered; but
 * a slip must not wait for ever unnoticed.
 */
static const struct pf_err *
check_engine(struct submission *s, char name[33], const struct pf_conf *conf)
{
	const struct pf_err *err;
	struct pf_db *db = NULL;
	bool offered = false;
	int64_t one;

	if (!pf_engine_name(name, s->engine))
		return pf_err(PF_USAGE, "-e %s: not a name of an engine such "
		    "as afl++, libfuzzer or honggfuzz", s->engine);
	s->engine = name;
	if (pf_engine_builtin(name))
		return NULL;
	if ((err = pf_db_open_conf(&db, conf)) == NULL)
		err = pf_db_int(db, &one, &offered, "SELECT 1 FROM bots, "
		    "json_each(capabilities) AS c WHERE gone_at IS NULL AND "
		    "c.value = ? LIMIT 1", "s", name);
	pf_db_close(db);
	if (err == NULL && !offered)
		pf_warn("no bot offers engine %s; the job waits until one "
		    "does", name);
	return err;
}

static const struct pf_err *
add_build(struct submission *s, char *arg)
{
	char *eq = strchr(arg, '=');
	size_t i;

	if (eq == NULL || eq[1] == '\0')
		return pf_err(PF_USAGE, "-b %s: not KIND=FILE", arg);
	*eq = '\0';
	if (!pf_build_kind(arg))
		return pf_err(PF_USAGE, "-b %s: none of " PF_BUILD_KINDS, arg);
	for (i = 0; i < s->nbuilds; i++)
		if (strcmp(s->builds[i].kind, arg) == 0)
			return pf_err(PF_USAGE, "-b %s: given twice", arg);
	s->builds[s->nbuilds++] = (struct build){ arg, eq + 1 };
	return NULL;
}

static const struct pf_err *
add_option(struct submission *s, const char *arg)
{
	const char *eq = strchr(arg, '=');
	char *key, name[33];
	bool ok;

	if (eq == NULL || eq == arg)
		return pf_err(PF_USAGE, "-o %s: not KEY=VALUE", arg);
	key = pf_strndup(arg, (size_t)(eq - arg));
	ok = pf_engine_name(name, key);
	if (ok)
		pf_jw_str(&s->options, key, eq + 1);
	free(key);
	return ok ? NULL : pf_err(PF_USAGE, "-o %s: not KEY=VALUE", arg);
}

static const struct pf_err *
take_dur(int64_t *out, int letter, const char *arg, int64_t min, int64_t max)
{
	char text[32];

	if (!pf_dur(out, arg) || *out < min)
		return pf_err(PF_USAGE, "-%c %s: not a duration such as 90s, "
		    "10m or 1h30m", letter, arg);
	if (*out > max)
		return pf_err(PF_USAGE, "-%c %s: more than %s", letter, arg,
		    pf_dur_text(text, max));
	return NULL;
}

static const struct pf_err *
take_option(struct submission *s, int letter, char *arg)
{
	switch (letter) {
	case 'b':
		return add_build(s, arg);
	case 'd':
		return take_dur(&s->duration, letter, arg, 1000, 30 * DAY);
	case 'T':
		return take_dur(&s->timeout, letter, arg, 1, DAY);
	case 'm':
		if (!pf_size(&s->memory, arg) || (s->memory != 0 &&
		    (s->memory < MEMORY_MIN || s->memory > MEMORY_MAX)))
			return pf_err(PF_USAGE, "-m %s: not a size such as "
			    "512M, from 16M to 1T", arg);
		return NULL;
	case 'p':
		if (!pf_num(&s->priority, arg, -100, 100))
			return pf_err(PF_USAGE, "-p %s: not a priority from "
			    "-100 to 100", arg);
		return NULL;
	case 'k':
		if (!pf_num(&s->copies, arg, 1, 1000))
			return pf_err(PF_USAGE, "-k %s: not a number from 1 "
			    "to 1000", arg);
		return NULL;
	case 'o':
		return add_option(s, arg);
	default:
		usage();
	}
}

static const struct pf_err *
read_options(struct submission *s, int argc, char *argv[])
{
	const struct pf_err *err = NULL;
	int ch;

	optind = 0;
	while (err == NULL && (ch = getopt(argc, argv,
	    "+C:K:N:T:b:d:e:k:m:o:p:r:s:t:x:")) != -1)
		switch (ch) {
		case 'C':
			s->campaign = optarg;
			break;
		case 'K':
			s->kind = optarg;
			break;
		case 'N':
			s->name = optarg;
			break;
		case 'e':
			s->engine = optarg;
			break;
		case 'r':
			s->request = optarg;
			break;
		case 's':
			s->seeds = optarg;
			break;
		case 't':
			s->target = optarg;
			break;
		case 'x':
			s->dict = optarg;
			break;
		default:
			err = take_option(s, ch, optarg);
		}
	if (err != NULL)
		return err;
	s->args = argv + optind;
	s->nargs = argc - optind;
	/* What follows without "--" is more likely a slip than an argument. */
	if (s->nargs > 0 && strcmp(argv[optind - 1], "--") != 0)
		usage();
	if (s->name == NULL || s->engine == NULL || s->target == NULL)
		usage();
	return NULL;
}

/* A target must be a program; its absence is the commonest mistake. */
static const struct pf_err *
check_target(const char *path, int64_t max)
{
	char sha[PF_SHA_TEXT];
	int64_t size;
	const struct pf_err *err = pf_blob_hash(sha, &size, path, max);

	if (err != NULL)
		return pf_err_at(err, "target");
	if (access(path, X_OK) == -1)
		return pf_err(PF_DATA, "target: %s is not executable", path);
	return NULL;
}

/* Adds one file to the store (not on a dry run) and to the line. */
static const struct pf_err *
add_file(struct pf_buf *line, const char *key, const struct pf_conf *conf,
    const char *path, int64_t max)
{
	const struct pf_err *err;
	char sha[PF_SHA_TEXT], *copy = pf_strdup(path);
	int64_t size = 0;

	if ((err = pf_blob_add(sha, &size, conf->storage_path, path, max)) ==
	    NULL) {
		pf_jw_open(line, key, '{');
		pf_jw_str(line, "sha256", sha);
		pf_jw_str(line, "name", basename(copy));
		pf_jw_int(line, "size", size);
		pf_jw_close(line, '}');
	}
	free(copy);
	return err;
}

/* Calls for each seed file in turn, hidden files left out. */
static const struct pf_err *
each_seed(struct pf_buf *line, const struct submission *s,
    const struct pf_conf *conf)
{
	const struct pf_err *err;
	char **names = NULL, *path, sha[PF_SHA_TEXT];
	size_t i, n = 0, used = 0;
	int64_t size;

	if ((err = pf_names(&names, &n, s->seeds)) != NULL)
		return pf_err_at(err, "seeds");
	for (i = 0; i < n && err == NULL; i++) {
		if (names[i][0] == '.')
			continue;
		path = pf_asprintf("%s/%s", s->seeds, names[i]);
		if (++used > SEEDS_MAX)
			err = pf_err(PF_DATA, "seeds: %s holds more than %d "
			    "files; minimise it first", s->seeds, SEEDS_MAX);
		else if (line != NULL)
			err = add_file(line, NULL, conf, path, SEED_MAX);
		else if ((err = pf_blob_hash(sha, &size, path, SEED_MAX)) !=
		    NULL)
			err = pf_err_at(err, "seeds");
		free(path);
	}
	if (err == NULL && used == 0)
		err = pf_err(PF_DATA, "seeds: %s holds no file", s->seeds);
	pf_names_free(names);
	return err;
}

/* One that takes no job must not cost a copy of the target. */
static const struct pf_err *
check_campaign(const char *name, const struct pf_conf *conf)
{
	const struct pf_err *err;
	struct pf_db *db = NULL;
	bool finished = false;
	int64_t one;

	if (name == NULL)
		return NULL;
	if (!pf_text_ok(name))
		return pf_err(PF_USAGE, "-C: not a name of 1 to 128 printable "
		    "bytes");
	if ((err = pf_db_open_conf(&db, conf)) == NULL)
		err = pf_db_int(db, &one, &finished, "SELECT 1 FROM campaigns "
		    "WHERE name = ? AND status = 'finished'", "s", name);
	pf_db_close(db);
	if (err == NULL && finished)
		err = pf_err(PF_CONFLICT, "campaign %s is finished and takes "
		    "no more jobs", name);
	return err;
}

static const struct pf_err *
check_all(struct submission *s, char engine[33], const struct pf_conf *conf)
{
	const struct pf_err *err;
	char sha[PF_SHA_TEXT];
	int64_t size;
	size_t i;

	if (!pf_text_ok(s->name))
		return pf_err(PF_USAGE, "-N: not a name of 1 to 128 printable "
		    "bytes");
	if (s->request != NULL && !pf_id_ok(s->request))
		return pf_err(PF_USAGE, "-r %s: not an id of 1 to 64 of a-z, "
		    "0-9, dot, underscore and dash", s->request);
	if (s->kind != NULL && strcmp(s->kind, "fuzz") != 0 &&
	    strcmp(s->kind, "memcheck") != 0)
		return pf_err(PF_USAGE, "-K %s: not fuzz or memcheck",
		    s->kind);
	if ((err = check_engine(s, engine, conf)) != NULL ||
	    (err = check_campaign(s->campaign, conf)) != NULL ||
	    (err = check_target(s->target, conf->target_size)) != NULL)
		return err;
	if (s->dict != NULL && (err = pf_blob_hash(sha, &size, s->dict,
	    SEED_MAX)) != NULL)
		return pf_err_at(err, "dictionary");
	for (i = 0; i < s->nbuilds; i++)
		if ((err = pf_blob_hash(sha, &size, s->builds[i].path,
		    conf->target_size)) != NULL)
			return pf_err_at(err, "%s", s->builds[i].kind);
	if (s->seeds != NULL)
		return each_seed(NULL, s, conf);
	return NULL;
}

static const struct pf_err *
make_line(struct pf_buf *line, const struct submission *s,
    const struct pf_conf *conf)
{
	const struct pf_err *err;
	const struct build *b;
	char request[PF_ID_MAX + 1];
	int i;

	pf_jw_open(line, NULL, '{');
	pf_jw_str(line, "op", "submit");
	pf_jw_str(line, "name", s->name);
	pf_jw_str(line, "engine", s->engine);
	pf_jw_int(line, "priority", s->priority);
	pf_jw_int(line, "copies", s->copies);
	/* An answer may be lost and the line sent again. */
	pf_uuid7(request, pf_wall_ms());
	pf_jw_str(line, "request", s->request != NULL ? s->request : request);
	pf_jw_int(line, "memory_limit", s->memory);
	if (s->duration != 0)
		pf_jw_int(line, "duration_ms", s->duration);
	if (s->timeout != 0)
		pf_jw_int(line, "exec_timeout_ms", s->timeout);
	if (s->campaign != NULL)
		pf_jw_str(line, "campaign", s->campaign);
	if (s->kind != NULL)
		pf_jw_str(line, "kind", s->kind);
	pf_jw_open(line, "args", '[');
	for (i = 0; i < s->nargs; i++)
		pf_jw_str(line, NULL, s->args[i]);
	pf_jw_close(line, ']');
	pf_jw_open(line, "options", '{');
	pf_buf_add(line, s->options.data, s->options.len);
	pf_jw_close(line, '}');
	if ((err = add_file(line, "target", conf, s->target,
	    conf->target_size)) != NULL)
		return err;
	if (s->dict != NULL && (err = add_file(line, "dictionary", conf,
	    s->dict, SEED_MAX)) != NULL)
		return err;
	pf_jw_open(line, "builds", '{');
	for (b = s->builds; b < s->builds + s->nbuilds; b++)
		if ((err = add_file(line, b->kind, conf, b->path,
		    conf->target_size)) != NULL)
			return err;
	pf_jw_close(line, '}');
	if (s->seeds != NULL) {
		pf_jw_open(line, "seeds", '[');
		if ((err = each_seed(line, s, conf)) != NULL)
			return err;
		pf_jw_close(line, ']');
	}
	pf_jw_close(line, '}');
	if (line->len >= PF_OP_MAX)
		return pf_err(PF_DATA, "the job's description is %zu bytes, "
		    "at most %d: fewer seeds or shorter names", line->len,
		    PF_OP_MAX);
	return NULL;
}

static void
print_jobs(const struct pf_json *list)
{
	const struct pf_json *id;

	for (id = pf_json_first(list); id != NULL; id = pf_json_next(id))
		if (pf_json_text(id) != NULL)
			printf("%s\n", pf_json_text(id));
}

static const struct pf_err *
send_line(const struct options *o, const struct pf_conf *conf,
    const char *line)
{
	const struct pf_err *err;
	struct pf_json *reply = NULL;

	if ((err = pf_writer_ask(&reply, conf, o->conf_path, line)) == NULL)
		print_jobs(pf_json_get(reply, "jobs"));
	pf_json_free(reply);
	return err;
}

const struct pf_err *
verb_submit(struct options *o, const struct pf_conf *conf, int argc,
    char *argv[])
{
	const struct pf_err *err;
	struct submission s = { .copies = 1, .options = PF_BUF_INIT };
	struct pf_buf line = PF_BUF_INIT;
	char engine[33], text[32];

	if ((err = read_options(&s, argc, argv)) != NULL ||
	    (err = check_all(&s, engine, conf)) != NULL)
		goto done;
	if (o->dry)
		printf("would submit %" PRId64 " x %s: %s on %s for %s\n",
		    s.copies, s.name, s.engine, s.target, pf_dur_text(text,
		    s.duration != 0 ? s.duration : conf->job));
	else if ((err = make_line(&line, &s, conf)) == NULL)
		err = send_line(o, conf, line.data);
done:
	pf_buf_free(&line);
	pf_buf_free(&s.options);
	return err;
}
