/*
 * What the files of a bundle are made of: texts, from what is known of the
 * crash and of its target.  No files here.
 */
#ifndef PF_REPORT_BUNDLE_H
#define PF_REPORT_BUNDLE_H

#include "codec/cmdline.h"
#include "codec/elf.h"
#include "codec/sanopt.h"
#include "store/placing.h"
#include "view/again.h"

struct bundle {
	struct pf_again		 crash;
	struct pf_cmdline	 command;
	struct pf_json		*options;	/* of the job, or NULL */
	struct pf_elf		 elf;
	unsigned		 built;		/* of enum pf_built */
	int64_t			 runs, same;	/* of its target, so far */
	struct pf_live		 live;		/* the rules in force, */
	char			*rules;		/* and their text */
};

/* The parts of repro.sh and its helper that are always the same. */
extern const char bundle_repro_sh[], bundle_signature_awk[];

/* What it is about, for people: a name and a value a line. */
void	bundle_about(struct pf_buf *, struct bundle *);
/* The rules that are built in and those in force, for signature.awk. */
void	bundle_frames(struct pf_buf *, const struct bundle *);
/* The whole repro.sh. */
void	bundle_script(struct pf_buf *, const struct bundle *);

#endif
