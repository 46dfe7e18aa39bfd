/*
 * Finds and reads the configuration file: the given path, else $PF_CONF,
 * else /etc/pandafuzz.conf.  Only the last may be missing: then everything
 * is at its default.
 */
#ifndef PF_STORE_CONFFILE_H
#define PF_STORE_CONFFILE_H

#include "base/err.h"
#include "codec/conf.h"

#define PF_CONF_FILE	"/etc/pandafuzz.conf"

/* path may be NULL.  lines as for pf_conf_parse().  Errors are PF_CONFIG. */
const struct pf_err	*pf_conf_load(struct pf_conf *, const char *path,
			    int *lines);

/* The file pf_conf_load(path) would read. */
const char		*pf_conf_path(const char *path);

#endif
