/*
 * The clocks; see clock.h.
 */
#include <sys/random.h>

#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "os/clock.h"
#include "os/fs.h"

static int64_t
read_us(clockid_t id)
{
	struct timespec ts;

	if (clock_gettime(id, &ts) == -1)
		pf_die("clock_gettime failed");
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static int64_t
read_clock(clockid_t id)
{
	return read_us(id) / 1000;
}

int64_t
pf_wall_ms(void)
{
	return read_clock(CLOCK_REALTIME);
}

int64_t
pf_boot_ms(void)
{
	return read_clock(CLOCK_BOOTTIME);
}

int64_t
pf_boot_us(void)
{
	return read_us(CLOCK_BOOTTIME);
}

const struct pf_err *
pf_boot_id(char out[PF_BOOT_ID])
{
	static const char path[] = "/proc/sys/kernel/random/boot_id";
	const struct pf_err *err;
	struct pf_buf b = PF_BUF_INIT;

	err = pf_slurp(&b, path, 128);
	if (err == NULL && b.len < PF_BOOT_ID - 1)
		err = pf_err(PF_IO, "%s: too short", path);
	if (err == NULL) {
		memcpy(out, b.data, PF_BOOT_ID - 1);
		out[PF_BOOT_ID - 1] = '\0';
	}
	pf_buf_free(&b);
	return err;
}

void
pf_sleep_ms(int64_t ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000 };

	if (ms > 0)
		nanosleep(&ts, NULL);
}

static double
chance(void)
{
	uint32_t n = 0;

	if (getrandom(&n, sizeof(n), 0) != (ssize_t)sizeof(n))
		return 1.0;
	return (double)n / (double)UINT32_MAX;
}

const struct pf_timer pf_timer = { pf_boot_ms, pf_sleep_ms, chance };
