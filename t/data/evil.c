/*
 * A libFuzzer target that does harm, by the name it is called: what a test
 * hopes pf-run's box keeps it from.  What it prints is looked for in the
 * job's log.  EVIL_TREE is the only tree it tries to remove, EVIL_PORT a port
 * somebody listens on.  With EVIL_MAIN it is a program for other engines,
 * with its input on standard input.
 */
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <netinet/in.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* So many bytes are no other program's. */
#define EVIL_LEFT	(1000000 + EVIL_PORT)

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
forks(void)
{
	for (;;) {
		if (fork() == 0)
			setsid();
		usleep(50000);
	}
}

static void
stays(void)
{
	int sig;

	for (sig = 1; sig < 32; sig++)
		signal(sig, SIG_IGN);
	if (fork() == 0)
		setsid();
	for (;;)
		sleep(1);
}

static void
fills(void)
{
	static char block[1 << 20];
	char name[512];
	int i, k, fd;

	memset(block, 'x', sizeof(block));
	for (i = 0;; i++) {
		snprintf(name, sizeof(name), "%s/%d", getenv("TMPDIR"), i);
		fd = open(name, O_WRONLY | O_CREAT, 0600);
		for (k = 0; k < 16 && write(fd, block, sizeof(block)) > 0;
		    k++)
			usleep(2000);
		close(fd);
	}
}

/* In a child, which keeps what it has: libFuzzer looks at its own memory
 * only. */
static void
grows(void)
{
	size_t n = 8 << 20;
	void *p;
	pid_t pid;

	if ((pid = fork()) != 0) {
		waitpid(pid, NULL, 0);
		usleep(200000);
		return;
	}
	for (;;) {
		p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE |
		    MAP_ANONYMOUS, -1, 0);
		if (p != MAP_FAILED)
			memset(p, 1, n);
		usleep(20000);
	}
}

static void
connects(void)
{
	struct sockaddr_in sin = { .sin_family = AF_INET,
	    .sin_port = htons(EVIL_PORT) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd != -1 && connect(fd, (struct sockaddr *)&sin, sizeof(sin)) ==
	    0)
		fprintf(stderr, "evil: connected\n");
	close(fd);
	usleep(50000);
}

/* Everybody it can see whose name is pf-run, and its parent. */
static void
traces(void)
{
	struct dirent *d;
	DIR *proc = opendir("/proc");
	char path[300], name[32];
	FILE *f;
	long pid;
	int fd;

	while (proc != NULL && (d = readdir(proc)) != NULL) {
		if ((pid = strtol(d->d_name, NULL, 10)) <= 0)
			continue;
		snprintf(path, sizeof(path), "/proc/%ld/comm", pid);
		name[0] = '\0';
		if ((f = fopen(path, "r")) != NULL) {
			if (fgets(name, sizeof(name), f) == NULL)
				name[0] = '\0';
			fclose(f);
		}
		if (strcmp(name, "pf-run\n") != 0)
			continue;
		if (ptrace(PTRACE_ATTACH, pid, NULL, NULL) == 0)
			fprintf(stderr, "evil: traced\n");
		snprintf(path, sizeof(path), "/proc/%ld/mem", pid);
		if ((fd = open(path, O_RDWR)) != -1)
			fprintf(stderr, "evil: in memory\n");
		if (kill((pid_t)pid, SIGSTOP) == 0)
			fprintf(stderr, "evil: stopped\n");
	}
	if (proc != NULL)
		closedir(proc);
	usleep(50000);
}

static int
remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	(void)remove(path);
	return 0;
}

static void
removes(void)
{
	char name[512];
	int i;

	(void)nftw(EVIL_TREE, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	/* And leaves what is hard to remove. */
	snprintf(name, sizeof(name), "%s", getenv("TMPDIR"));
	if (chdir(name) == 0)
		for (i = 0; i < 200; i++)
			if (mkdir("deep", 0700) == -1 || chdir("deep") == -1)
				break;
	(void)mkdir("closed", 0700);
	(void)close(open("closed/file", O_CREAT | O_WRONLY, 0600));
	(void)chmod("closed", 0);
	usleep(50000);
}

static void
daemons(void)
{
	if (fork() != 0) {
		usleep(100000);
		return;
	}
	setsid();
	if (fork() != 0)
		_exit(0);
	signal(SIGHUP, SIG_IGN);
	(void)chdir("/");
	sleep(3600);
	_exit(0);
}

static void
prints(void)
{
	static char block[1 << 20];
	int i;

	memset(block, 'y', sizeof(block));
	block[sizeof(block) - 1] = '\n';
	for (i = 0; i < 64; i++)
		(void)!write(STDOUT_FILENO, block, sizeof(block));
}

/* Everybody it may; as root by a signal that harms nobody, should it arrive. */
static void
signals(void)
{
	(void)kill(-1, geteuid() == 0 ? SIGURG : SIGKILL);
	usleep(50000);
}

/* Memory that no process has: what it is in nobody would give back. */
static void
leaves(void)
{
	static char block[1 << 20];
	static bool done;
	char name[64];
	int i, fd;

	usleep(20000);
	if (done)
		return;
	done = true;
	(void)shmget(IPC_PRIVATE, EVIL_LEFT, IPC_CREAT | 0600);
	snprintf(name, sizeof(name), "/dev/shm/evil-%d-%ld", EVIL_PORT,
	    (long)getpid());
	fd = open(name, O_WRONLY | O_CREAT | O_EXCL, 0600);
	for (i = 0; i < 80 && write(fd, block, sizeof(block)) ==
	    sizeof(block); i++)
		;
	if (i == 80)
		fprintf(stderr, "evil: left\n");
	close(fd);
}

/* The writer of the master, as its tools do; it may be in the same machine. */
static void
asks(void)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX,
	    .sun_path = EVIL_TREE "/m/sock" };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (fd != -1 && connect(fd, (struct sockaddr *)&sun, sizeof(sun)) ==
	    0)
		fprintf(stderr, "evil: asked\n");
	close(fd);
	usleep(50000);
}

/* Files with nothing in them: the disk stays empty and is full. */
static void
inodes(void)
{
	static int n;
	char name[512];
	int i;

	for (i = 0; i < 500 && n < 20000; i++, n++) {
		snprintf(name, sizeof(name), "%s/n%d", getenv("TMPDIR"), n);
		close(open(name, O_WRONLY | O_CREAT, 0600));
	}
	usleep(20000);
}

static const struct {
	const char	*name;
	void		(*harm)(void);
} all[] = {
	{ "forks", forks }, { "stays", stays }, { "fills", fills },
	{ "grows", grows }, { "connects", connects }, { "traces", traces },
	{ "removes", removes }, { "daemons", daemons }, { "prints", prints },
	{ "signals", signals }, { "leaves", leaves }, { "asks", asks },
	{ "inodes", inodes },
};

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t i;

	(void)data;
	if (size == 0)
		return 0;
	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (strcmp(program_invocation_short_name, all[i].name) == 0)
			all[i].harm();
	return 0;
}

#ifdef EVIL_MAIN
int
main(void)
{
	uint8_t b[64];
	ssize_t n = read(STDIN_FILENO, b, sizeof(b));

	return LLVMFuzzerTestOneInput(b, n > 0 ? (size_t)n : 0);
}
#endif
