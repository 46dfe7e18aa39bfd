/*
 * Names and ids that come from outside, checked by allow-list before they
 * become a path, SQL or markup.
 */
#ifndef PF_BASE_NAME_H
#define PF_BASE_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PF_ID_MAX	64	/* longest id; arrays hold PF_ID_MAX + 1 */
#define PF_SHA_HEX	64	/* hex digits of a SHA-256 */

/* [a-z0-9][a-z0-9._-]{0,63} without "..": ids of bots, jobs, campaigns. */
bool	pf_id_ok(const char *);

/* Exactly 64 of [0-9a-f]: a SHA-256 or a rid. */
bool	pf_sha_ok(const char *);

/*
 * A name shown to people: 1..128 bytes of valid UTF-8 without control or
 * bidirectional formatting characters.
 */
bool	pf_text_ok(const char *);
/* The same of lines, and of any length. */
bool	pf_lines_ok(const char *);

/* Valid UTF-8 of any length (n bytes), control characters allowed. */
bool	pf_utf8_ok(const char *, size_t n);

/*
 * Canonical name of an engine or capability: lower case, and "afl",
 * "aflplusplus" are "afl++".  False unless [a-z0-9][a-z0-9+._-]{0,31}.
 */
bool	pf_engine_name(char out[33], const char *);

/* Is the canonical name one that pf-run knows without help of its owner? */
bool	pf_engine_builtin(const char *);

/*
 * What a job may bring beside its target, each kind once: the same program
 * built otherwise (asan, ubsan, msan, tsan, cmplog, cov), or what an engine
 * works with (mutator, grammar).  NULL ends the list.
 */
extern const char *const pf_build_kinds[];
bool	pf_build_kind(const char *);
#define PF_BUILD_KINDS	"asan, ubsan, msan, tsan, cmplog, cov, mutator or " \
	"grammar"

/*
 * A new UUID of version 7 (RFC 9562) for the time in ms; 36 characters.  In
 * one thread those of one millisecond go up.
 */
void	pf_uuid7(char out[PF_ID_MAX + 1], int64_t now);

/*
 * A UUID that is the same for the same time and hash (64 hex digits):
 * ordered by time as version 7 is, of version 8.
 */
void	pf_uuid_of(char out[PF_ID_MAX + 1], int64_t ms, const char *sha);

/* A UUID of version 8 made of a hash alone. */
void	pf_uuid_sha(char out[PF_ID_MAX + 1], const char *sha);

#endif
