/*
 * What the parts of the reader of mangled names have in common: mangled.c has
 * the names, mangled_type.c the types and expressions, mangled_rust.c the newer
 * names of Rust, mangled_in.c what all read and write.
 */
#ifndef PF_CODEC_REPORT_MANGLED_IN_H
#define PF_CODEC_REPORT_MANGLED_IN_H

#include <stdbool.h>
#include <stddef.h>

#define PF_MANGLED_OUT	1024
#define PF_MANGLED_DEPTH	200
#define PF_MANGLED_SUBS	1000
#define PF_MANGLED_SUBTEXT	(16 << 10)

/*
 * The text that was read last stands at the end of out; who does not want it
 * goes back to the length before.  Once it failed nothing is read any more.
 */
struct pf_mangled {
	const char	*p, *end;
	int		 depth;
	bool		 failed;
	bool		 rust;
	char		 out[PF_MANGLED_OUT];
	size_t		 len;
	/* What S_, S0_ ... stand for. */
	struct {
		size_t	at, n;
	}		 sub[PF_MANGLED_SUBS];
	size_t		 nsubs;
	char		 text[PF_MANGLED_SUBTEXT];
	size_t		 used;
};

/* The byte that comes, and the one behind it; 0 at the end. */
char	pf_mangled_peek(const struct pf_mangled *);
char	pf_mangled_peek2(const struct pf_mangled *);
/* Goes behind the word if it comes. */
bool	pf_mangled_eat(struct pf_mangled *, const char *word);
void	pf_mangled_fail(struct pf_mangled *);
/* False, and failed, if it is too deep; else depth must be taken back. */
bool	pf_mangled_down(struct pf_mangled *);
void	pf_mangled_put(struct pf_mangled *, const char *, size_t n);
void	pf_mangled_puts(struct pf_mangled *, const char *);
/* What stands in out from there on may be referred to. */
void	pf_mangled_add_sub(struct pf_mangled *, size_t from);

/* Digits; false if there are none. */
bool	pf_mangled_number(struct pf_mangled *, size_t *);
/* "_", "3_": what numbers its kind. */
void	pf_mangled_index(struct pf_mangled *);

void	pf_mangled_encoding(struct pf_mangled *, bool args);
void	pf_mangled_name(struct pf_mangled *);
void	pf_mangled_unqualified(struct pf_mangled *, size_t from);
void	pf_mangled_source(struct pf_mangled *);
void	pf_mangled_substitution(struct pf_mangled *);
/* An operator that is no conversion; NULL if it is none. */
const char *pf_mangled_operator(struct pf_mangled *);
void	pf_mangled_types(struct pf_mangled *);	/* to an E, without text */
void	pf_mangled_type(struct pf_mangled *);
void	pf_mangled_arguments(struct pf_mangled *);	/* of a template */
void	pf_mangled_expression(struct pf_mangled *);	/* without text */

/* What follows the _R; as pf_mangled_read(). */
bool	pf_mangled_rust(char out[PF_MANGLED_OUT], const char *, size_t n);

#endif
