/*
 * What outlives the process: who this slot is (bot.json), and the job it has
 * with its token and, once it is over, its result (state.json).  Both are on
 * disk before anybody is told.
 */
#include <sys/random.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/num.h"
#include "os/fs.h"
#include "run/run.h"

#define RAN_MAX		64
#define STATE_MAX	(1 << 22)

static const struct pf_err *
save_identity(const struct slot *s)
{
	const struct pf_err *err;
	char *path = pf_asprintf("%s/bot.json", s->dir);
	struct pf_buf b = PF_BUF_INIT;

	pf_jw_open(&b, NULL, '{');
	pf_jw_str(&b, "inc", s->inc);
	pf_jw_str(&b, "master", s->master);
	pf_jw_close(&b, '}');
	pf_buf_addc(&b, '\n');
	err = pf_file_put(path, NULL, b.data, b.len, 0640);
	pf_buf_free(&b);
	free(path);
	return err;
}

static const struct pf_err *
make_identity(struct slot *s)
{
	unsigned char r[16];
	size_t i;

	if (getrandom(r, sizeof(r), 0) != (ssize_t)sizeof(r))
		return pf_errno("getrandom");
	for (i = 0; i < sizeof(r); i++)
		snprintf(s->inc + 2 * i, 3, "%02x", r[i]);
	return save_identity(s);
}

const struct pf_err *
state_identity(struct slot *s)
{
	const struct pf_err *err;
	char *path = pf_asprintf("%s/bot.json", s->dir);
	struct pf_buf b = PF_BUF_INIT;
	struct pf_json *j = NULL;
	const char *inc = "", *master = "";

	err = pf_slurp(&b, path, STATE_MAX);
	if (err != NULL && err->class == PF_NOTFOUND) {
		err = make_identity(s);
		goto done;
	}
	if (err != NULL || (err = pf_json_parse(&j, b.data, b.len)) != NULL ||
	    (err = pf_json_need(&inc, j, "inc")) != NULL ||
	    (err = pf_json_str(&master, j, "master")) != NULL)
		goto done;
	if (!pf_id_ok(inc) || (*master != '\0' && !pf_id_ok(master)))
		err = pf_err(PF_CONFIG, "%s: damaged; remove it to start as a "
		    "new bot", path);
	snprintf(s->inc, sizeof(s->inc), "%s", inc);
	snprintf(s->master, sizeof(s->master), "%s", master);
done:
	pf_json_free(j);
	pf_buf_free(&b);
	free(path);
	return err;
}

/*
 * A work directory belongs to one master: results for one must never go to
 * another.  The first one that answers is written down.
 */
const struct pf_err *
state_check_master(struct slot *s, const char *master)
{
	if (s->master[0] == '\0' && pf_id_ok(master)) {
		snprintf(s->master, sizeof(s->master), "%s", master);
		return save_identity(s);
	}
	if (strcmp(s->master, master) != 0)
		return pf_err(PF_CONFIG, "%s belongs to master %s, this is "
		    "%.64s: use another work directory", s->dir, s->master,
		    master);
	return NULL;
}

const struct pf_err *
state_save(struct slot *s, const struct job *j, const char *result,
    const char *message)
{
	const struct pf_err *err;
	char *path = pf_asprintf("%s/state.json", s->dir);
	struct pf_buf b = PF_BUF_INIT;

	pf_jw_open(&b, NULL, '{');
	pf_jw_str(&b, "bot", s->bot);
	pf_jw_str(&b, "result", result);
	pf_jw_str(&b, "message", message);
	pf_jw_raw(&b, "job", j->text);
	pf_jw_close(&b, '}');
	pf_buf_addc(&b, '\n');
	err = pf_file_put(path, NULL, b.data, b.len, 0640);
	pf_buf_free(&b);
	free(path);
	return err;
}

const struct pf_err *
state_load(struct slot *s, struct job *job, bool *found, char result[16],
    struct pf_buf *message)
{
	const struct pf_err *err;
	char *path = pf_asprintf("%s/state.json", s->dir);
	struct pf_buf b = PF_BUF_INIT, text = PF_BUF_INIT;
	struct pf_json *j = NULL;
	const char *how = "", *words = "";

	*found = false;
	err = pf_slurp(&b, path, STATE_MAX);
	if (err != NULL && err->class == PF_NOTFOUND) {
		err = NULL;
		goto done;
	}
	if (err != NULL || (err = pf_json_parse(&j, b.data, b.len)) != NULL ||
	    (err = pf_json_str(&how, j, "result")) != NULL ||
	    (err = pf_json_str(&words, j, "message")) != NULL)
		goto done;
	if (!pf_json_is_object(pf_json_get(j, "job"))) {
		err = pf_err(PF_DATA, "%s: no job in it", path);
		goto done;
	}
	pf_json_print(&text, pf_json_get(j, "job"));
	if ((err = job_parse(job, text.data, text.len)) != NULL) {
		job_free(job);
		goto done;
	}
	*found = true;
	snprintf(result, 16, "%s", how);
	pf_buf_adds(message, words);
done:
	pf_json_free(j);
	pf_buf_free(&b);
	pf_buf_free(&text);
	free(path);
	return err;
}

const struct pf_err *
state_clear(struct slot *s)
{
	const struct pf_err *err = NULL;
	char *path = pf_asprintf("%s/state.json", s->dir);

	if (unlink(path) == -1 && errno != ENOENT)
		err = pf_errno("unlink %s", path);
	free(path);
	return err;
}

bool
state_has_job(const struct slot *s)
{
	char *path = pf_asprintf("%s/state.json", s->dir);
	bool has = pf_exists(path);

	free(path);
	return has;
}

bool
state_owner(struct slot *gone)
{
	char *state = pf_asprintf("%s/state.json", gone->dir);
	char *path = pf_asprintf("%s/bot.json", gone->dir);
	char master[PF_ID_MAX + 1];
	struct pf_buf b = PF_BUF_INIT;
	struct pf_json *j = NULL;
	const char *bot = "";
	bool known;

	snprintf(master, sizeof(master), "%s", gone->master);
	known = pf_exists(path) && state_identity(gone) == NULL &&
	    strcmp(gone->master, master) == 0 &&
	    pf_slurp(&b, state, STATE_MAX) == NULL &&
	    pf_json_parse(&j, b.data, b.len) == NULL &&
	    pf_json_str(&bot, j, "bot") == NULL && pf_id_ok(bot);
	if (known)
		snprintf(gone->bot, sizeof(gone->bot), "%s", bot);
	pf_json_free(j);
	pf_buf_free(&b);
	free(path);
	free(state);
	return known;
}

static char *
ran_path(const struct slot *s)
{
	return pf_asprintf("%s/ran", s->dir);
}

void
state_save_ran(const struct slot *s, const struct job *j, int64_t ms)
{
	char *path = ran_path(s);
	FILE *out = fopen(path, "we");

	if (out != NULL) {
		fprintf(out, "%" PRId64 " %s %" PRId64 "\n", ms, j->id,
		    j->attempt);
		fclose(out);
	}
	free(path);
}

int64_t
state_load_ran(const struct slot *s, const struct job *j)
{
	char *path = ran_path(s), *sp, want[PF_ID_MAX + 32];
	struct pf_buf b = PF_BUF_INIT;
	int64_t ms = 0;

	snprintf(want, sizeof(want), "%s %" PRId64 "\n", j->id, j->attempt);
	if (pf_slurp(&b, path, RAN_MAX + PF_ID_MAX) == NULL &&
	    (sp = strchr(b.data, ' ')) != NULL && strcmp(sp + 1, want) == 0) {
		*sp = '\0';
		if (!pf_num(&ms, b.data, 0, INT64_MAX))
			ms = 0;
	}
	pf_buf_free(&b);
	free(path);
	return ms;
}
