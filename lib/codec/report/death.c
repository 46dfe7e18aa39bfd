/*
 * Plain deaths by signal, as shells, time(1) and the kernel tell them.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "codec/report/line.h"
#include "codec/report/scan.h"

static const struct {
	const char	*words;
	int		 signal;
} deaths[] = {
	{ "Segmentation fault",		SIGSEGV },
	{ "Aborted",			SIGABRT },
	{ "Bus error",			SIGBUS },
	{ "Floating point exception",	SIGFPE },
	{ "Illegal instruction",	SIGILL },
	{ "Trace/breakpoint trap",	SIGTRAP },
	{ "Bad system call",		SIGSYS },
	{ "Killed",			SIGKILL },
	{ "Quit",			SIGQUIT },
	{ "CPU time limit exceeded",	SIGXCPU },
	{ "File size limit exceeded",	SIGXFSZ },
	{ "Stack fault",		SIGSTKFLT },
};

#define NDEATHS	(sizeof(deaths) / sizeof(deaths[0]))

/*
 * "Aborted (core dumped)" as a line of its own, or after "sh: line 1:  123"
 * and with the command behind it.
 */
static int
of_shell(const char *line)
{
	const char *p;
	size_t i, n;

	for (i = 0; i < NDEATHS; i++) {
		if ((p = strstr(line, deaths[i].words)) == NULL)
			continue;
		n = strlen(deaths[i].words);
		if (p != line && (p - line < 3 || p[-1] != ' ' ||
		    p[-2] < '0' || p[-2] > '9'))
			continue;
		/* A column of a shell may be too narrow for a blank. */
		if (p[n] == '\0' || (p[n] == ' ' && (p[n + 1] == ' ' ||
		    p[n + 1] == '(')) || (p != line && (p[n] == '.' ||
		    p[n] == '/')))
			return deaths[i].signal;
		/* The longest ones leave one blank before the command, or
		 * none. */
		if (p != line && (n == 24 || (n == 23 && p[n] == ' ')))
			return deaths[i].signal;
	}
	return 0;
}

/* As zsh has it. */
static const struct {
	const char	*words;
	int		 signal;
} of_zsh[] = {
	{ "segmentation fault",		SIGSEGV },
	{ "abort",			SIGABRT },
	{ "IOT instruction",		SIGABRT },
	{ "bus error",			SIGBUS },
	{ "floating point exception",	SIGFPE },
	{ "illegal hardware instruction", SIGILL },
	{ "trace trap",			SIGTRAP },
	{ "invalid system call",	SIGSYS },
	{ "killed",			SIGKILL },
	{ "quit",			SIGQUIT },
	{ "cpu limit exceeded",		SIGXCPU },
	{ "file size limit exceeded",	SIGXFSZ },
};

#define NZSH	(sizeof(of_zsh) / sizeof(of_zsh[0]))

/* Whether that is all that is said before the command; the longest ones leave
 * no blank before it, or but one. */
static bool
says(const char *s, const char *words)
{
	const char *p = pf_line_after(s, words);

	return p != NULL && (*p == '\0' || *p == '(' || p - s >= 23 ||
	    (*p == ' ' && (p[1] == ' ' || p[1] == '(')));
}

/* "zsh: bus error  ./a", "[1]+  Aborted   ./a", "[2]  - 12 killed  ./a" */
static int
of_job(const char *line)
{
	const char *p = pf_line_after(line, "zsh: ");
	size_t i;

	if (p == NULL) {
		if (*line != '[')
			return 0;
		p = line + 1 + strspn(line + 1, "0123456789");
		if (p == line + 1 || *p != ']')
			return 0;
		p = pf_line_skip(p + 1);
		if (*p == '+' || *p == '-')
			p = pf_line_skip(p + 1);
		p = pf_line_skip(p + strspn(p, "0123456789"));
	}
	for (i = 0; i < NDEATHS; i++)
		if (says(p, deaths[i].words))
			return deaths[i].signal;
	for (i = 0; i < NZSH; i++)
		if (says(p, of_zsh[i].words))
			return of_zsh[i].signal;
	return 0;
}

/* "Command terminated by signal 11", "killed by signal 6" */
static int
by_number(const char *line)
{
	const char *p = strstr(line, "ed by signal ");
	int64_t v;

	if (p == NULL)
		return 0;
	p += 13;
	if (pf_line_num(p, &v))
		return v > 0 && v < 65 ? (int)v : 0;
	return pf_signal_find(p, strcspn(p, " ().,"));
}

/* "prog[12]: segfault at 10 ip 0055 sp 0077 error 6 in prog[55000+1000]" */
static bool
of_kernel(struct pf_report *r, const char *line)
{
	const char *p = strstr(line, "]: segfault at "), *q;
	uint64_t addr, code;

	if (p == NULL || !pf_line_hex(p + 15, &addr) ||
	    (q = strstr(p, " error ")) == NULL || !pf_line_hex(q + 7, &code))
		return false;
	pf_report_signal(r, SIGSEGV);
	/* It is hexadecimal too: "error 14" is a fetch of code. */
	r->access = code & 16 ? PF_ACCESS_EXEC : code & 2 ? PF_ACCESS_WRITE :
	    PF_ACCESS_READ;
	pf_report_addr(r, addr);
	return true;
}

/* "traps: prog[12] trap divide error ip:55d0 sp:7ffc error:0 in prog[...]" */
static bool
of_trap(struct pf_report *r, const char *line)
{
	static const struct {
		const char	*words;
		int		 signal;
	} traps[] = {
		{ "] general protection",	SIGSEGV },
		{ "] control protection",	SIGSEGV },
		{ "] trap divide error",	SIGFPE },
		{ "] trap fpu exception",	SIGFPE },
		{ "] trap simd exception",	SIGFPE },
		{ "] trap invalid opcode",	SIGILL },
		{ "] trap int3",		SIGTRAP },
		{ "] trap stack segment",	SIGBUS },
		{ "] trap alignment check",	SIGBUS },
	};
	const char *p = strstr(line, "traps: "), *q;
	size_t i;

	for (i = 0; p != NULL && i < sizeof(traps) / sizeof(traps[0]); i++) {
		q = strstr(p, traps[i].words);
		if (q == NULL || strstr(q, " ip:") == NULL)
			continue;
		pf_report_signal(r, traps[i].signal);
		/* A processor that refuses an address does not tell it. */
		if (i == 0)
			r->addr_class = PF_ADDR_NON_CANONICAL;
		return true;
	}
	return false;
}

/* "Out of memory: Killed process 12 (prog) total-vm:33316kB, ...", and of a
 * cgroup; long ago it was "Kill process". */
static bool
of_memory(struct pf_report *r, const char *line)
{
	const char *p = strstr(line, "ut of memory: Kill");

	if (p == NULL || strstr(p, " process ") == NULL)
		return false;
	pf_report_signal(r, SIGKILL);
	pf_report_type(r, "out-of-memory", 13);
	return true;
}

static bool
begins(struct pf_report *r, const char *line, size_t n)
{
	int sig;

	if (n < 6)
		return false;
	if ((sig = of_shell(line)) != 0 || (sig = of_job(line)) != 0 ||
	    (sig = by_number(line)) != 0)
		pf_report_signal(r, sig);
	else if (!of_kernel(r, line) && !of_trap(r, line) &&
	    !of_memory(r, line))
		return false;
	snprintf(r->tool, sizeof(r->tool), "signal");
	r->hold = PF_HOLD_WEAK;
	return true;
}

const struct pf_reader pf_read_signal = { .weak = true, .begins = begins };
