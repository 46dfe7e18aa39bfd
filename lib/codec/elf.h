/*
 * What a program needs to be executed, from the headers of its ELF file:
 * machine, loader, shared libraries.  Neither run nor asked of a loader.  The
 * file is hostile: every table is bounded, what makes no sense is passed over.
 */
#ifndef PF_CODEC_ELF_H
#define PF_CODEC_ELF_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PF_ELF_LIBRARIES	64	/* of more the first */
#define PF_ELF_NAME		256	/* of one, with its end */

struct pf_elf {
	bool	 elf;			/* it begins as one */
	bool	 program;		/* and can be started */
	int	 bits;			/* 32, 64; 0: makes no sense */
	bool	 big;			/* its byte order */
	int	 machine;		/* as elf.h has it */
	char	 interp[PF_ELF_NAME];	/* its loader, "" without */
	char	 path[1024];		/* where it looks first, with ':' */
	size_t	 n;
	char	 needed[PF_ELF_LIBRARIES][PF_ELF_NAME];
};

/* Reads n bytes at a place of the file; how many, as pread(2). */
typedef ssize_t	pf_elf_at(void *arg, void *buf, size_t n, int64_t at);

void		 pf_elf_read(struct pf_elf *, pf_elf_at *, void *arg);

/* A name for people, "machine 999" into out if there is none. */
const char	*pf_elf_machine(char out[32], const struct pf_elf *);

#endif
