/*
 * The clocks.  Wall time is for people; leases and limits count by
 * CLOCK_BOOTTIME, which goes on during suspend and never jumps.
 */
#ifndef PF_OS_CLOCK_H
#define PF_OS_CLOCK_H

#include <stdint.h>

#include "base/err.h"
#include "base/retry.h"

#define PF_BOOT_ID	37	/* room for pf_boot_id() */

int64_t	pf_wall_ms(void);	/* since 1970 UTC */
int64_t	pf_boot_ms(void);	/* since boot, suspend included */
int64_t	pf_boot_us(void);	/* the same, finer */

/* The kernel's id of this boot. */
const struct pf_err	*pf_boot_id(char out[PF_BOOT_ID]);

/* CLOCK_BOOTTIME, real sleep and real chance, for base/retry. */
extern const struct pf_timer pf_timer;

/* Sleeps; ends early when a signal was caught. */
void	pf_sleep_ms(int64_t);

#endif
