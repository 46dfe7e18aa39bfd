/*
 * The configuration file; see conffile.h.
 */
#include <stdlib.h>
#include <string.h>

#include "os/fs.h"
#include "store/conffile.h"

#define CONF_MAX	(1 << 20)

const char *
pf_conf_path(const char *path)
{
	if (path == NULL)
		path = getenv("PF_CONF");
	return path != NULL && *path != '\0' ? path : PF_CONF_FILE;
}

const struct pf_err *
pf_conf_load(struct pf_conf *conf, const char *given, int *lines)
{
	const struct pf_err *err;
	const char *path = pf_conf_path(given);
	struct pf_buf b = PF_BUF_INIT;

	pf_conf_default(conf);
	err = pf_slurp(&b, path, CONF_MAX);
	if (err != NULL && err->class == PF_NOTFOUND &&
	    strcmp(path, PF_CONF_FILE) == 0)
		err = pf_conf_parse(conf, path, "", 0, lines);
	else if (err != NULL)
		err = pf_err(PF_CONFIG, "%s", err->msg);
	else
		err = pf_conf_parse(conf, path, b.data, b.len, lines);
	pf_buf_free(&b);
	return err;
}
