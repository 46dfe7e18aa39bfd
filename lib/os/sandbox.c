/*
 * The box; see sandbox.h.  Knows nothing of who is put into it.
 */
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "os/sandbox.h"

/*
 * The kernel's interface up to ABI 6, for headers that are older.  Of ABI 1
 * nothing is used: under it no file can be renamed into another directory.
 */
#define ABI_LEAST	2
#define FS_ABI2		((UINT64_C(1) << 14) - 1)
#define FS_TRUNCATE	(UINT64_C(1) << 14)	/* ABI 3 */
#define FS_IOCTL_DEV	(UINT64_C(1) << 15)	/* ABI 5 */
#define NET_TCP		UINT64_C(3)		/* ABI 4: bind, connect */
#define SCOPES		UINT64_C(3)		/* ABI 6: abstract sockets,
						 * signals */

struct ruleset {
	uint64_t	 fs;
	uint64_t	 net;
	uint64_t	 scoped;
};

/* Those that make sense for a file. */
#define FS_OF_FILE	(LANDLOCK_ACCESS_FS_EXECUTE | \
			LANDLOCK_ACCESS_FS_WRITE_FILE | \
			LANDLOCK_ACCESS_FS_READ_FILE | FS_TRUNCATE)

static uint64_t
access_of(unsigned int rights)
{
	uint64_t a = 0;

	if (rights & (PF_BOX_READ | PF_BOX_WRITE))
		a |= LANDLOCK_ACCESS_FS_READ_FILE |
		    LANDLOCK_ACCESS_FS_READ_DIR;
	if (rights & PF_BOX_WRITE)
		a |= LANDLOCK_ACCESS_FS_WRITE_FILE | FS_TRUNCATE |
		    LANDLOCK_ACCESS_FS_MAKE_REG |
		    LANDLOCK_ACCESS_FS_MAKE_DIR |
		    LANDLOCK_ACCESS_FS_REMOVE_FILE |
		    LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REFER;
	if (rights & PF_BOX_EXEC)
		a |= LANDLOCK_ACCESS_FS_EXECUTE;
	return a;
}

static const struct pf_err *
allow(int set, const struct pf_box_path *p, uint64_t handled)
{
	const struct pf_err *err = NULL;
	struct landlock_path_beneath_attr rule = { 0 };
	struct stat st;
	int fd;

	if ((fd = open(p->path, O_PATH | O_CLOEXEC)) == -1)
		return errno == ENOENT || errno == ENOTDIR ||
		    errno == EACCES ? NULL : pf_errno("open %s", p->path);
	rule.parent_fd = fd;
	rule.allowed_access = access_of(p->rights) & handled;
	if (fstat(fd, &st) == -1)
		err = pf_errno("%s", p->path);
	else if (!S_ISDIR(st.st_mode))
		rule.allowed_access &= FS_OF_FILE;
	if (err == NULL && rule.allowed_access != 0 &&
	    syscall(SYS_landlock_add_rule, set, LANDLOCK_RULE_PATH_BENEATH,
	    &rule, 0) == -1)
		err = pf_errno("landlock: %s", p->path);
	close(fd);
	return err;
}

static const struct pf_err *
restrict_paths(const struct pf_box *box, int abi)
{
	const struct pf_err *err = NULL;
	const struct pf_box_path *p;
	struct ruleset r = { .fs = FS_ABI2 };
	int set;

	if (abi >= 3)
		r.fs |= FS_TRUNCATE;
	if (abi >= 4 && !box->network)
		r.net = NET_TCP;
	if (abi >= 5)
		r.fs |= FS_IOCTL_DEV;
	if (abi >= PF_LANDLOCK_SIGNALS)
		r.scoped = SCOPES;
	set = (int)syscall(SYS_landlock_create_ruleset, &r, sizeof(r), 0);
	if (set == -1)
		return pf_errno("landlock");
	for (p = box->paths; err == NULL && p->path != NULL; p++)
		err = allow(set, p, r.fs);
	if (err == NULL && syscall(SYS_landlock_restrict_self, set, 0) == -1)
		err = pf_errno("landlock");
	close(set);
	return err;
}

/* -1 with errno if there is none. */
static long
landlock_abi(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);
}

static const struct pf_err *
landlock(int *used, const struct pf_box *box)
{
	const struct pf_err *err;
	long abi = landlock_abi();

	*used = 0;
	if (abi == -1)
		return errno == ENOSYS || errno == EOPNOTSUPP ? NULL :
		    pf_errno("landlock");
	if (abi < ABI_LEAST)
		return NULL;
	if ((err = restrict_paths(box, (int)abi)) == NULL)
		*used = (int)abi;
	return err;
}

static bool
may_exec(const struct pf_box *box)
{
	const struct pf_box_path *p;

	for (p = box->paths; p->path != NULL; p++)
		if (p->rights & PF_BOX_EXEC)
			return true;
	return false;
}

#if defined(__x86_64__)
#define ARCH	AUDIT_ARCH_X86_64
#define NR_END	0x40000000	/* above are calls of another convention */
#elif defined(__aarch64__)
#define ARCH	AUDIT_ARCH_AARCH64
#define NR_END	0xffffffff
#endif

#define SOCKET_TYPE	0xf	/* without its flags */
#define REFUSE	(SECCOMP_RET_ERRNO | EACCES)
#define LOAD(f)	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, \
		    offsetof(struct seccomp_data, f))
#define IS(k, yes, no)	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (k), (yes), (no))
#define RETURN(k)	BPF_STMT(BPF_RET | BPF_K, (k))
/* No call has that number here. */
#define NR_IF(nr, yes)	((yes) ? (uint32_t)(nr) : UINT32_MAX)
/* A call that is refused unless spare. */
#define NOT(nr, spare)	IS(NR_IF(nr, !(spare)), 0, 1), RETURN(REFUSE)

/*
 * What landlock has no word for: programs that have no path, sockets that are
 * not of TCP, and the ring by which calls go past any filter.
 *
 * One end of a pair of datagram sockets can be connected elsewhere, to any
 * path; an end of the other kinds cannot.
 */
static const struct pf_err *
filter(bool *used, const struct pf_box *box)
{
#ifdef ARCH
	bool exec = may_exec(box), net = box->network, alone = box->alone;
	/* The low half of an argument comes first on both machines. */
	struct sock_filter code[] = {
		LOAD(arch),
		IS(ARCH, 1, 0),
		RETURN(REFUSE),
		LOAD(nr),
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, NR_END, 0, 1),
		RETURN(REFUSE),
		NOT(SYS_execve, exec),
		NOT(SYS_execveat, exec),
		NOT(SYS_io_uring_setup, exec && net),
		NOT(SYS_socket, !alone),
		IS(NR_IF(SYS_socket, !net), 0, 4),
		LOAD(args[0]),
		IS(AF_UNIX, 0, 1),
		RETURN(SECCOMP_RET_ALLOW),
		RETURN(REFUSE),
		IS(NR_IF(SYS_socketpair, alone), 0, 6),
		LOAD(args[1]),
		BPF_STMT(BPF_ALU | BPF_AND | BPF_K, SOCKET_TYPE),
		IS(SOCK_STREAM, 2, 0),
		IS(SOCK_SEQPACKET, 1, 0),
		RETURN(REFUSE),
		RETURN(SECCOMP_RET_ALLOW),
		IS(NR_IF(SYS_kill, alone), 0, 3),
		LOAD(args[0]),
		IS(UINT32_MAX, 0, 1),
		RETURN(REFUSE),
		RETURN(SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = { sizeof(code) / sizeof(code[0]), code };

	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog) == 0)
		*used = true;
	else if (errno != ENOSYS && errno != EINVAL)
		return pf_errno("seccomp");
#else
	(void)box;
#endif
	return NULL;
}

static const struct pf_err *
limit(__rlimit_resource_t what, int64_t want, bool up)
{
	struct rlimit rl;

	if (getrlimit(what, &rl) == -1)
		return pf_errno("getrlimit");
	if (up && rl.rlim_cur >= (rlim_t)want)
		return NULL;
	rl.rlim_cur = (rlim_t)want < rl.rlim_max ? (rlim_t)want : rl.rlim_max;
	if (!up)
		rl.rlim_max = rl.rlim_cur;
	return setrlimit(what, &rl) == -1 ? pf_errno("setrlimit") : NULL;
}

/*
 * Root without them is an ordinary user who owns root's files.  As there are
 * no new privileges, a program that it starts gets none of them back.
 */
static const struct pf_err *
drop_capabilities(void)
{
	struct __user_cap_header_struct head = {
	    .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {
	    { 0 } };

	return syscall(SYS_capset, &head, none) == -1 ? pf_errno("capset") :
	    NULL;
}

const struct pf_err *
pf_sandbox(struct pf_boxed *got, const struct pf_box *box)
{
	const struct pf_err *err;

	memset(got, 0, sizeof(*got));
	if ((err = limit(RLIMIT_CORE, 0, false)) != NULL ||
	    (box->files > 0 &&
	    (err = limit(RLIMIT_NOFILE, box->files, true)) != NULL) ||
	    (box->file_bytes > 0 &&
	    (err = limit(RLIMIT_FSIZE, box->file_bytes, false)) != NULL))
		return err;
	/* A place of its own for shared memory goes with the last in it. */
	if (box->alone)
		(void)unshare(CLONE_NEWIPC);
	if (box->secret && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == -1)
		return pf_errno("prctl");
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		return pf_errno("prctl");
	if (box->alone && (err = drop_capabilities()) != NULL)
		return err;
	if ((err = landlock(&got->landlock, box)) != NULL)
		return err;
	return filter(&got->filter, box);
}

void
pf_sandbox_can(struct pf_boxed *can)
{
	uint32_t action = SECCOMP_RET_ERRNO;
	long abi = landlock_abi();

	can->landlock = abi >= ABI_LEAST ? (int)abi : 0;
#ifdef ARCH
	can->filter = syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0,
	    &action) == 0;
#else
	(void)action;
	can->filter = false;
#endif
}
