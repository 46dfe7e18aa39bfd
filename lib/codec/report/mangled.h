/*
 * Names of C++ as the linker has them (_Z..., the Itanium C++ ABI), those of
 * Rust that have the same form, and the newer ones of Rust (_R..., RFC 2603):
 * what they are called, without arguments.
 *
 * The demanglers of libstdc++ and libiberty are not asked, since whoever sends
 * a report may send any name: a hundred bytes suffice to keep them busy for
 * years.  Here arguments and template arguments are read only to find their
 * end, what is read twice is counted, and depth and memory are bounded.
 */
#ifndef PF_CODEC_REPORT_MANGLED_H
#define PF_CODEC_REPORT_MANGLED_H

#include <stdbool.h>
#include <stddef.h>

#define PF_MANGLED_MAX	4096	/* bytes of a name that is read */
#define PF_MANGLED_TEXT	1024

/*
 * The name as tools print it, but that nothing stands for its arguments and <>
 * for those of templates; what follows a mangled name (.part.0) is kept.
 * False if it is no such name, or one too deep or too long.
 */
bool	pf_mangled_read(char out[PF_MANGLED_TEXT], const char *, size_t n);

#endif
