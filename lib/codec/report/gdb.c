/*
 * What gdb says of a program that died, and its backtraces.
 *
 *	Program received signal SIGSEGV, Segmentation fault.
 *	#0  0x0000555555555189 in parse (s=0x0) at chunk.c:30
 *	#1  chunk (n=<optimized out>) at chunk.c:44
 *	#2  0x00007ffff7e3c4b2 in __GI_abort () at ./stdlib/abort.c:79
 *	#3  0x00007ffff7e3c4b2 in raise () from /lib/libc.so.6
 *	#4  <signal handler called>
 *	#5  0x0000555555555060 in ?? ()
 *
 * A backtrace that stands alone is taken too.  The instruction and the
 * address tell more if there are lines such as
 *
 *	=> 0x555555555189 <parse+4>:	mov    (%rax),%eax
 *	rax            0x18                24
 *	$1 = (void *) 0x18
 *	$2 = {si_signo = 11, si_errno = 0, si_code = 1, _sifields = {...
 *
 * which x/i $pc, info registers, p $_siginfo._sifields._sigfault.si_addr and
 * p $_siginfo print.
 */
#include <ctype.h>
#include <signal.h>
#include <string.h>

#include "codec/report/line.h"
#include "codec/report/readers.h"
#include "codec/report/scan.h"

/*
 * The phase is the number of the thread that died, with these added; a thread
 * that is not numbered is the first one.
 */
#define THREAD		0xffff
#define IN_STACK	0x10000	/* frames come */
#define HAD_STACK	0x20000	/* the one that matters was there */
#define JUMPS		0x40000	/* the instruction goes where a register, or
				 * the stack, says */
#define BASE		0x80000	/* by the number of the register that the
				 * instruction goes by */

#define PIE_BASE	0x555555554000
#define PIE_SIZE	0x40000000

#define GUARD		0x10000	/* a stack's end is nearer to its pointer */

/* Where the name of a function ends: before the blank and its arguments. */
static size_t
name_end(const char *s)
{
	int angle = 0;
	size_t i;

	for (i = 0; s[i] != '\0'; i++) {
		if (pf_line_after(s + i, "operator") != NULL) {
			i += 8 + strspn(s + i + 8, "<>=-+*/%^&|!~()[]");
			i--;
		} else if (s[i] == '<')
			angle++;
		else if (s[i] == '>' && angle > 0)
			angle--;
		else if (s[i] == ' ' && s[i + 1] == '(' && angle == 0)
			break;
	}
	return i;
}

/* The length of "'x'" or "'\\000'", which may be a quote or a bracket; 0 if it
 * is none: names have apostrophes too. */
static size_t
character(const char *s)
{
	size_t i = 2;

	if (s[1] == '\0' || s[1] == '\'')
		return 0;
	if (s[1] == '\\' && s[2] != '\0')
		for (i = 3; i < 5 && isdigit((unsigned char)s[i]); i++)
			;
	return s[i] == '\'' ? i + 1 : 0;
}

/* What follows the arguments that begin with s[0] == '('. */
static const char *
past_arguments(const char *s)
{
	int depth = 0;
	bool quoted = false;
	size_t len;

	for (; *s != '\0'; s++) {
		if (*s == '\\' && quoted && s[1] != '\0')
			s++;
		else if (!quoted && *s == '\'' && (len = character(s)) > 0)
			s += len - 1;
		else if (*s == '"')
			quoted = !quoted;
		else if (!quoted && *s == '(')
			depth++;
		else if (!quoted && *s == ')' && --depth == 0)
			return s + 1;
	}
	return s;
}

/*
 * Without symbols gdb knows no module either, but it has the program lie
 * where it always does.
 */
static void
without_name(struct pf_report *r, struct pf_frame *f)
{
	if (f->pc >= PIE_BASE && f->pc - PIE_BASE < PIE_SIZE)
		f->offset = f->pc - PIE_BASE;
	else if (f->pc >= PF_NEAR_NULL && f->pc < PIE_SIZE)
		f->offset = f->pc;
	else
		return;
	pf_frame_module(r, f, "program", 7);
}

/* "#1  0x55 in f (x=1) at a.c:3", from its number on. */
static bool
read_frame(struct pf_report *r, const char *s)
{
	const char *p = s + 1 + strspn(s + 1, "0123456789"), *where;
	struct pf_frame *f;
	uint64_t pc = 0;
	bool address = false;
	size_t n;

	if (*s != '#' || p == s + 1 || *p != ' ')
		return false;
	p = pf_line_skip(p);
	if (pf_line_after(p, "0x") != NULL && pf_line_hex(p, &pc)) {
		where = strstr(p, " in ");
		if (where == NULL || where != p + strcspn(p, " "))
			return false;
		p = where + 4;
		address = true;
	}
	f = pf_report_frame(r);
	f->pc = pc;
	n = *p == '<' ? strlen(p) : name_end(p);
	if (pf_line_after(p, "??") == NULL)
		pf_frame_name(r, f, p, n);
	else
		without_name(r, f);
	where = past_arguments(p + n);
	if ((p = pf_line_after(where, " at ")) != NULL)
		pf_frame_place(r, f, p, strlen(p));
	else if ((p = pf_line_after(where, " from ")) != NULL)
		pf_frame_module(r, f, p, strlen(p));
	/* An outer frame without its address has no call of its own. */
	if (!address && s[1] != '0')
		pf_reader_inlined(r, f);
	return true;
}

static int
signal_of(const char *s, const char *before)
{
	const char *p = strstr(s, before);

	return p == NULL ? 0 : pf_signal_find(p + strlen(before),
	    strcspn(p + strlen(before), ",. "));
}

static bool
begins(struct pf_report *r, const char *line, size_t n)
{
	int64_t thread = 1;
	int sig = 0;

	(void)n;
	if (line[0] == '#') {
		if (pf_line_after(line, "#0  ") == NULL)
			return false;
		/* A signal would have been told: there was none, or it is
		 * not known. */
		pf_reader_begin(r, "gdb", "unknown");
		r->hold = PF_HOLD_FIRM;
		r->phase = IN_STACK | HAD_STACK;
		pf_report_stack(r, PF_STACK_CRASH);
		if (read_frame(r, line))
			return true;
		r->tool[0] = r->type[0] = r->coarse[0] = '\0';
		r->phase = 0;
		return false;
	}
	if (pf_line_after(line, "Thread ") != NULL) {
		pf_line_num(line + 7, &thread);
		sig = signal_of(line, " received signal ");
	} else if (pf_line_after(line, "Program ") != NULL) {
		sig = signal_of(line, " received signal ");
		if (sig == 0)
			sig = signal_of(line, " terminated with signal ");
	}
	if (sig == 0)
		return false;
	pf_reader_tool(r, "gdb");
	pf_report_signal(r, sig);
	r->hold = PF_HOLD_FIRM;
	r->phase = (int)(thread > THREAD ? THREAD : thread);
	return true;
}

/* Of "mov    %eax,0x8(%rdi)  # words": the last operand is written. */
static enum pf_access
access_of(const char *insn)
{
	static const char *const readers[] = { "cmp", "test", "push", "call",
	    "jmp", "div", "idiv", "mul", "bt " };
	size_t i, n = strcspn(insn, "#");

	if (memchr(insn, '(', n) == NULL || pf_line_after(insn, "lea") != NULL)
		return PF_ACCESS_NONE;
	while (n > 0 && (insn[n - 1] == ' ' || insn[n - 1] == '\t'))
		n--;
	if (insn[n - 1] != ')')
		return PF_ACCESS_READ;
	for (i = 0; i < sizeof(readers) / sizeof(readers[0]); i++)
		if (pf_line_after(insn, readers[i]) != NULL)
			return PF_ACCESS_READ;
	return PF_ACCESS_WRITE;
}

/* By their number less one. */
static const char *const regs[] = { "rax", "rbx", "rcx", "rdx", "rsi", "rdi",
    "rbp", "rsp", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15" };

#define NREGS	((int)(sizeof(regs) / sizeof(regs[0])))

/* The number of the register whose name stands here; 0 if it is none. */
static int
reg_of(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789");
	int i;

	for (i = 0; i < NREGS; i++)
		if (strlen(regs[i]) == n && memcmp(regs[i], s, n) == 0)
			return i + 1;
	return 0;
}

/* "call   *%rax", "notrack jmp *%rdx", "ret": the memory that it goes to is
 * touched by the instruction after it. */
static bool
jumps(const char *insn)
{
	const char *p = strstr(insn, "*%");

	if (p != NULL)
		return memchr(insn, '(', strcspn(insn, "#")) == NULL;
	p = pf_line_after(insn, "repz ");
	return pf_line_after(p != NULL ? p : insn, "ret") != NULL;
}

/*
 * The processor refused the address, and so the kernel has none to tell: what
 * looks like null is not.
 */
static void
refused(struct pf_report *r)
{
	if (r->addr_class != PF_ADDR_NONE && r->addr_class != PF_ADDR_NULL)
		return;
	pf_report_signal(r, r->signal);
	r->has_addr = false;
	r->addr = 0;
	r->addr_class = PF_ADDR_NON_CANONICAL;
	if (r->phase & JUMPS)
		r->access = PF_ACCESS_EXEC;
}

/* Whoever jumps to null is there when it dies, not where it jumped. */
static void
see_jump(struct pf_report *r)
{
	if (r->phase & JUMPS && r->has_addr && r->addr == 0)
		refused(r);
}

static void
read_instruction(struct pf_report *r, const char *s)
{
	const char *p = strstr(s, ":\t"), *q;

	if (p == NULL || (r->signal != SIGSEGV && r->signal != SIGBUS) ||
	    r->access != PF_ACCESS_NONE)
		return;
	p += 2;
	r->access = access_of(p);
	if ((q = strstr(p, "(%")) != NULL || (q = strstr(p, "*%")) != NULL)
		r->phase |= reg_of(q + 2) * BASE;
	if (jumps(p))
		r->phase |= JUMPS;
	see_jump(r);
}

static bool
faulted(const struct pf_report *r)
{
	return r->signal == SIGSEGV || r->signal == SIGBUS;
}

/* Whether the stack was at its end where it was to grow. */
static void
see_overflow(struct pf_report *r, uint64_t addr, uint64_t sp)
{
	if (sp > GUARD && addr < sp + GUARD && sp < addr + GUARD) {
		pf_report_type(r, "stack-overflow", 14);
		r->addr_class = PF_ADDR_STACK;
	}
}

/*
 * "rax            0x4141414141414141  4702111234474983745": whether it is what
 * the instruction goes by, and none that a processor takes.  The pointer of
 * the stack is kept as the address as long as there is none.
 */
static void
read_register(struct pf_report *r, const char *s)
{
	int reg = reg_of(s);
	uint64_t v;

	if (reg == 0 || !pf_line_hex(pf_line_skip(s + strcspn(s, " ")), &v))
		return;
	if (reg == r->phase / BASE && v >> 47 != 0 && v >> 47 != 0x1ffff)
		refused(r);
	if (strcmp(regs[reg - 1], "rsp") != 0)
		return;
	if (r->has_addr)
		see_overflow(r, r->addr, v);
	else
		r->addr = v;
}

/* What could not be touched is where the program was: it jumped there.  That
 * is no place in a program, wherever it looks to be. */
static void
see_fetch(struct pf_report *r)
{
	const struct pf_stack *st = pf_report_main(r);
	struct pf_frame *f;

	if (st == NULL || !r->has_addr || !faulted(r))
		return;
	f = &r->frames[st->first];
	if (f->pc == 0 || f->pc != r->addr)
		return;
	r->access = PF_ACCESS_EXEC;
	f->module = "";
	f->offset = 0;
}

static void
read_address(struct pf_report *r, const char *s)
{
	uint64_t v, sp = r->addr;

	if (r->addr_class != PF_ADDR_NONE || !pf_line_hex(s, &v))
		return;
	pf_report_addr(r, v);
	see_overflow(r, v, sp);
	see_jump(r);
	see_fetch(r);
}

/*
 * "$1 = (void *) 0x18", or all that the kernel told: "$1 = {si_signo = 11,
 * si_errno = 0, si_code = 128, ...".  A code of 128 is SI_KERNEL; one that is
 * not positive a process's, that sent the signal.
 */
static void
read_value(struct pf_report *r, const char *s)
{
	static const char is[] = " = (void *) 0x", code[] = ", si_code = ",
	    addr[] = "_sigfault = {si_addr = 0x";
	const char *p;
	int64_t v;

	if ((p = strstr(s, is)) != NULL)
		read_address(r, p + sizeof(is) - 3);
	if ((p = strstr(s, code)) == NULL ||
	    !pf_line_num(p + sizeof(code) - 1, &v) || v == 0)
		return;
	if (v == 128)
		refused(r);
	else if ((p = strstr(s, addr)) != NULL)
		read_address(r, p + sizeof(addr) - 3);
}

/* A call of what is no code has left no other trace. */
static void
called_null(struct pf_report *r)
{
	const struct pf_stack *st = pf_report_main(r);
	const struct pf_frame *f;

	if (st == NULL || r->signal != SIGSEGV || r->has_addr)
		return;
	f = &r->frames[st->first];
	if (f->name[0] == '\0' && f->module[0] == '\0' &&
	    f->pc < PF_NEAR_NULL && st->n > 1) {
		pf_report_addr(r, f->pc);
		r->access = PF_ACCESS_EXEC;
	}
}

/* "Thread 2 (Thread 0x7f (LWP 12)):" of "thread apply all bt". */
static bool
other_thread(struct pf_report *r, const char *s)
{
	const char *p = pf_line_after(s, "Thread ");
	int64_t number;

	if (p == NULL || !pf_line_num(p, &number) ||
	    strstr(p, " (") != p + strspn(p, "0123456789"))
		return false;
	r->phase &= ~IN_STACK;
	if (number == (r->phase & THREAD) && (r->phase & HAD_STACK) == 0)
		return true;
	r->phase |= IN_STACK;
	pf_report_stack(r, PF_STACK_OTHER);
	return true;
}

/*
 * A stack begins with its frame 0.  Another one of the same thread says
 * nothing new, but for one that follows the frame where a core was left.
 */
static void
innermost(struct pf_report *r)
{
	struct pf_stack *st;

	if (r->phase & IN_STACK && r->nstacks > 0) {
		st = &r->stacks[r->nstacks - 1];
		if (st->n == 1 && st->dropped == 0) {
			st->n = 0;
			r->nframes--;
		} else if (st->n > 0)
			r->phase &= ~IN_STACK;
	} else if ((r->phase & HAD_STACK) == 0) {
		r->phase |= IN_STACK | HAD_STACK;
		pf_report_stack(r, PF_STACK_CRASH);
	}
}

static bool
line(struct pf_report *r, const char *s, size_t n)
{
	(void)n;
	if (*s == '#') {
		if (pf_line_after(s, "#0  ") != NULL)
			innermost(r);
		if (r->phase & IN_STACK && read_frame(r, s))
			see_fetch(r);
		if (pf_line_after(s, "#1  ") != NULL)
			called_null(r);
	} else if (*s == '=')
		read_instruction(r, s);
	else if (*s == '$' && faulted(r))
		read_value(r, s);
	else if (*s == 'r' && faulted(r))
		read_register(r, s);
	else if (*s == '\0' || !other_thread(r, s))
		/* What stands between frames is of "bt full". */
		return true;
	return true;
}

const struct pf_reader pf_read_gdb = { .begins = begins, .line = line };
