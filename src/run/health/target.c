/*
 * Why an engine did not start; see target.h.
 */
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "codec/elf.h"
#include "os/fs.h"
#include "run/health/target.h"

#define CONF_DIR	"/etc/ld.so.conf.d"
#define CONF_MAX	65536

/* In the order in which they are looked for; the first is it. */
static const struct {
	const char	*words;
	enum pf_verdict	 v;
} known[] = {
	{ "error while loading shared libraries", PF_VERDICT_MISSING_LIBRARY },
	{ "cannot open shared object file", PF_VERDICT_MISSING_LIBRARY },
	{ "not found (required by", PF_VERDICT_MISSING_LIBRARY },
	{ "No instrumentation detected", PF_VERDICT_NOT_INSTRUMENTED },
	{ "instrumented for coverage?", PF_VERDICT_NOT_INSTRUMENTED },
	{ "test cases time out or crash", PF_VERDICT_BAD_SEEDS },
	{ "valid input seed that does not crash", PF_VERDICT_BAD_SEEDS },
	{ "results in a crash", PF_VERDICT_BAD_SEEDS },
	{ "results in a timeout", PF_VERDICT_BAD_SEEDS },
	{ "Exec format error", PF_VERDICT_WRONG_BINARY },
	{ "is not an ELF binary", PF_VERDICT_WRONG_BINARY },
	{ "is a shell script", PF_VERDICT_WRONG_BINARY },
	{ "not found or not executable", PF_VERDICT_WRONG_BINARY },
};

enum pf_verdict
target_words(const char *words)
{
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strstr(words, known[i].words) != NULL)
			return known[i].v;
	return PF_VERDICT_MAX;
}

static ssize_t
read_at(void *arg, void *buf, size_t n, int64_t at)
{
	return pread(*(const int *)arg, buf, n, (off_t)at);
}

static bool
read_elf(struct pf_elf *e, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	memset(e, 0, sizeof(*e));
	if (fd == -1)
		return false;
	pf_elf_read(e, read_at, &fd);
	close(fd);
	return true;
}

/* Directories as of LD_LIBRARY_PATH: is the library in one of them? */
static bool
lies_in(const char *dirs, const char *name, const char *origin)
{
	char path[1400];
	size_t n;

	for (; *dirs != '\0'; dirs += n + (dirs[n] != '\0')) {
		n = strcspn(dirs, ":\n");
		if (strncmp(dirs, "$ORIGIN", 7) == 0 && n >= 7)
			snprintf(path, sizeof(path), "%.256s%.*s/%s", origin,
			    (int)(n - 7), dirs + 7, name);
		else
			snprintf(path, sizeof(path), "%.*s/%s", (int)n, dirs,
			    name);
		if (n > 0 && n < 1024 && access(path, R_OK) == 0)
			return true;
	}
	return false;
}

/* Where the loader of this machine looks, beyond its own directories. */
static char *
system_dirs(void)
{
	struct pf_buf b = PF_BUF_INIT, file = PF_BUF_INIT;
	char **names = NULL, *path;
	size_t i, n = 0;

	pf_buf_adds(&b, "/lib:/usr/lib:/lib64:/usr/lib64:/usr/local/lib\n");
	if (pf_names(&names, &n, CONF_DIR) != NULL)
		n = 0;
	for (i = 0; i < n && i < 64; i++) {
		path = pf_asprintf(CONF_DIR "/%s", names[i]);
		pf_buf_reset(&file);
		if (pf_slurp(&file, path, CONF_MAX) == NULL) {
			pf_buf_add(&b, file.data, file.len);
			pf_buf_addc(&b, '\n');
		}
		free(path);
	}
	pf_names_free(names);
	pf_buf_free(&file);
	return b.data;
}

/* The first library that is nowhere, or NULL. */
static const char *
missing(const struct pf_elf *e, const char *target)
{
	char origin[1024], *dirs = system_dirs();
	const char *slash = strrchr(target, '/'), *name = NULL;
	size_t i;

	snprintf(origin, sizeof(origin), "%.*s",
	    slash != NULL ? (int)(slash - target) : 1,
	    slash != NULL ? target : ".");
	for (i = 0; i < e->n && name == NULL; i++) {
		if (strchr(e->needed[i], '/') != NULL ?
		    access(e->needed[i], R_OK) != 0 :
		    !lies_in(e->path, e->needed[i], origin) &&
		    !lies_in(dirs, e->needed[i], origin))
			name = e->needed[i];
	}
	free(dirs);
	return name;
}

/* A program of this machine; its kernel may run 32 bits of the same. */
static bool
foreign(const struct pf_elf *e, const struct pf_elf *own)
{
	char a[32], b[32];

	if (e->machine == own->machine && e->bits == own->bits &&
	    e->big == own->big)
		return false;
	return !(e->bits == 32 && own->bits == 64 &&
	    strcmp(pf_elf_machine(a, e), "i386") == 0 &&
	    strcmp(pf_elf_machine(b, own), "x86-64") == 0);
}

static enum pf_verdict
look_at_elf(const struct pf_elf *e, const char *path, char *why, size_t n)
{
	char a[32], b[32];
	const char *name;
	struct pf_elf own;

	if (!e->program) {
		snprintf(why, n, "it is an ELF file and no program");
		return PF_VERDICT_WRONG_BINARY;
	}
	if (read_elf(&own, "/proc/self/exe") && own.program &&
	    foreign(e, &own)) {
		snprintf(why, n, "it is for %s (%d bits), this bot is %s "
		    "(%d bits)", pf_elf_machine(a, e), e->bits,
		    pf_elf_machine(b, &own), own.bits);
		return PF_VERDICT_WRONG_BINARY;
	}
	if (e->interp[0] != '\0' && access(e->interp, X_OK) != 0) {
		snprintf(why, n, "its loader %s is not here", e->interp);
		return PF_VERDICT_MISSING_LIBRARY;
	}
	if ((name = missing(e, path)) != NULL) {
		snprintf(why, n, "its library %s is not here", name);
		return PF_VERDICT_MISSING_LIBRARY;
	}
	return PF_VERDICT_MAX;
}

enum pf_verdict
target_look(const char *path, char *why, size_t n)
{
	struct statvfs fs;
	struct pf_elf e;
	char head[2] = "";
	struct stat st;
	int fd;

	why[0] = '\0';
	if (stat(path, &st) == -1 || !S_ISREG(st.st_mode)) {
		snprintf(why, n, "it is no file");
		return PF_VERDICT_WRONG_BINARY;
	}
	if ((st.st_mode & 0111) == 0 || access(path, X_OK) != 0) {
		snprintf(why, n, "nobody may execute it");
		if (statvfs(path, &fs) == 0 && (fs.f_flag & ST_NOEXEC) != 0)
			snprintf(why, n, "the bot's work directory is on a "
			    "file system that is mounted noexec");
		return PF_VERDICT_WRONG_BINARY;
	}
	if (!read_elf(&e, path) || e.elf)
		return e.elf ? look_at_elf(&e, path, why, n) :
		    PF_VERDICT_MAX;
	if ((fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)) != -1) {
		(void)!read(fd, head, 2);
		close(fd);
	}
	/* A script may be what the engine wants; it has said if not. */
	if (memcmp(head, "#!", 2) == 0)
		return PF_VERDICT_MAX;
	snprintf(why, n, "it is neither an ELF program nor a script");
	return PF_VERDICT_WRONG_BINARY;
}
