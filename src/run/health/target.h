/*
 * Why an engine did not start: by its last words, and by the file of the
 * target, which is looked at and never run.
 */
#ifndef RUN_TARGET_H
#define RUN_TARGET_H

#include <stddef.h>

#include "codec/verdict.h"

/* What an engine's words stand for; PF_VERDICT_MAX if it is not known. */
enum pf_verdict	target_words(const char *words);

/*
 * What keeps this machine from executing a program, into why; PF_VERDICT_MAX
 * if nothing does.
 */
enum pf_verdict	target_look(const char *path, char *why, size_t n);

#endif
