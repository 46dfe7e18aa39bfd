/*
 * What the machine gives: cores, memory, limits, and settings of the kernel
 * that fuzzers care about.
 */
#include <sys/resource.h>
#include <sys/sysinfo.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/num.h"
#include "os/fs.h"
#include "run/doctor/doctor.h"
#include "run/life/cores.h"

#define TEXT_MAX	4096
#define SLOT_MEMORY	((int64_t)512 << 20)	/* an engine and its target */
#define SLOT_FILES	64			/* descriptors of a slot */
#define SLOT_TASKS	32

/* The first line of a file of the kernel; false if there is none. */
static bool
first_line(char out[256], const char *path)
{
	struct pf_buf b = PF_BUF_INIT;
	bool got = pf_slurp(&b, path, TEXT_MAX) == NULL;

	b.data[strcspn(b.data, "\n")] = '\0';
	snprintf(out, 256, "%s", b.data);
	pf_buf_free(&b);
	return got;
}

static void
look_user(struct doctor *d)
{
	if (getuid() == 0)
		doctor_warn(d, "user", "root", "targets run as this user: "
		    "make one that may do nothing else");
	else
		doctor_ok(d, "user", "not root");
}

static void
look_cores(struct doctor *d)
{
	struct cores c;
	char text[128];
	int all, unbound, slots = (int)d->conf->bot_slots;

	if (!cores_allowed(&c)) {
		doctor_warn(d, "cores", "the kernel does not say",
		    "affinity = no in [bot]");
		return;
	}
	all = cores_count(&c);
	unbound = cores_free(&c);
	snprintf(text, sizeof(text), "%d, %d of them free, for %d slot%s",
	    all, unbound, slots, slots == 1 ? "" : "s");
	if (slots > all)
		doctor_warn(d, "cores", text, "fewer slots: two engines on a "
		    "core get half of it each");
	else if (slots > unbound && d->conf->bot_affinity)
		doctor_warn(d, "cores", text, "other programs are bound to "
		    "cores: fewer slots, or end them");
	else
		doctor_ok(d, "cores", text);
}

static void
look_governor(struct doctor *d)
{
	char g[256], text[300];

	if (!first_line(g, "/sys/devices/system/cpu/cpu0/cpufreq/"
	    "scaling_governor"))
		doctor_ok(d, "governor", "none: the frequency is not ours");
	else if (strcmp(g, "performance") == 0)
		doctor_ok(d, "governor", g);
	else {
		snprintf(text, sizeof(text), "%s", g);
		doctor_warn(d, "governor", text, "as root: cpupower "
		    "frequency-set -g performance");
	}
}

/* A core dump given to a program is a crash that takes long to be seen. */
static void
look_core_pattern(struct doctor *d)
{
	char p[256];

	if (!first_line(p, "/proc/sys/kernel/core_pattern"))
		doctor_warn(d, "core_pattern", "cannot be read",
		    "crashes may be taken for timeouts");
	else if (p[0] == '|')
		doctor_warn(d, "core_pattern", p, "as root: echo core "
		    ">/proc/sys/kernel/core_pattern, else crashes are slow "
		    "and may be taken for timeouts");
	else
		doctor_ok(d, "core_pattern", p);
}

/* What programs could get without others being thrown out, -1 unknown. */
static int64_t
memory_available(void)
{
	struct pf_buf b = PF_BUF_INIT;
	const char *key = "MemAvailable:";
	char *p;
	int64_t kb = -1;

	if (pf_slurp(&b, "/proc/meminfo", 65536) == NULL &&
	    (p = strstr(b.data, key)) != NULL) {
		p += strlen(key);
		p += strspn(p, " ");
		p[strcspn(p, " ")] = '\0';
		if (!pf_num(&kb, p, 0, INT64_C(1) << 50))
			kb = -1;
	}
	pf_buf_free(&b);
	return kb < 0 ? -1 : kb * 1024;
}

static void
look_memory(struct doctor *d)
{
	char text[128];
	int64_t have = memory_available();
	int64_t slots = d->conf->bot_slots;

	if (have < 0) {
		doctor_warn(d, "memory", "the kernel does not say", "");
		return;
	}
	snprintf(text, sizeof(text), "%" PRId64 " MiB available for %" PRId64
	    " slot%s", have >> 20, slots, slots == 1 ? "" : "s");
	if (have / slots < SLOT_MEMORY)
		doctor_warn(d, "memory", text, "fewer slots: an engine and "
		    "its target want 512 MiB or more");
	else
		doctor_ok(d, "memory", text);
}

/* A soft limit as text. */
static int64_t
limit_of(int what, char out[32])
{
	struct rlimit rl;

	if (getrlimit((__rlimit_resource_t)what, &rl) == -1 ||
	    rl.rlim_cur == RLIM_INFINITY) {
		snprintf(out, 32, "unlimited");
		return INT64_MAX;
	}
	snprintf(out, 32, "%llu", (unsigned long long)rl.rlim_cur);
	return (int64_t)rl.rlim_cur;
}

static void
look_limits(struct doctor *d)
{
	char n[32], text[64];
	int64_t slots = d->conf->bot_slots;

	if (limit_of(RLIMIT_NOFILE, n) < 256 + SLOT_FILES)
		doctor_warn(d, "nofile", n, "ulimit -n 1024, or LimitNOFILE "
		    "of the service");
	else
		doctor_ok(d, "nofile", n);
	if (limit_of(RLIMIT_NPROC, n) < slots * SLOT_TASKS)
		doctor_warn(d, "nproc", n, "ulimit -u 4096, or LimitNPROC of "
		    "the service");
	else
		doctor_ok(d, "nproc", n);
	if (limit_of(RLIMIT_AS, n) != INT64_MAX ||
	    limit_of(RLIMIT_DATA, n) != INT64_MAX) {
		snprintf(text, sizeof(text), "%s bytes", n);
		doctor_warn(d, "address space", text, "ulimit -v unlimited; "
		    "ulimit -d unlimited: sanitizers need terabytes of it");
	} else
		doctor_ok(d, "address space", "unlimited");
}

void
doctor_machine(struct doctor *d)
{
	look_user(d);
	look_cores(d);
	look_governor(d);
	look_core_pattern(d);
	look_memory(d);
	look_limits(d);
}
