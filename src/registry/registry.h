/*
 * What the files of pf-registry share.
 */
#ifndef PF_REGISTRY_REGISTRY_H
#define PF_REGISTRY_REGISTRY_H

#include <stdbool.h>
#include <stdint.h>

#include "codec/conf.h"
#include "view/show.h"

#define ENGINES_MAX	32

struct registry {
	const char	*conf_path;
	struct pf_conf	 conf;
	bool		 dry;
	struct pf_show	 show;
	/* options of the commands; NULL or -1 when not given */
	const char	*hostname;
	const char	*name;
	const char	*engines[ENGINES_MAX];
	size_t		 nengines;
	const char	*inc;
	const char	*job;
	int64_t		 epoch;
	int64_t		 attempt;
	bool		 undo;
};

/* The commands that change something; bot is an id, NULL of register. */
const struct pf_err	*op_register(struct registry *, const char *bot);
const struct pf_err	*op_heartbeat(struct registry *, const char *bot);
const struct pf_err	*op_deregister(struct registry *, const char *bot);
const struct pf_err	*op_drain(struct registry *, const char *bot);
const struct pf_err	*op_reset(struct registry *, const char *bot);

#endif
