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

static bool
begins(struct pf_report *r, const char *line, size_t n)
{
	int sig;

	if (n < 6)
		return false;
	if ((sig = of_shell(line)) != 0 || (sig = by_number(line)) != 0)
		pf_report_signal(r, sig);
	else if (!of_kernel(r, line))
		return false;
	snprintf(r->tool, sizeof(r->tool), "signal");
	r->hold = PF_HOLD_WEAK;
	return true;
}

const struct pf_reader pf_read_signal = { .weak = true, .begins = begins };
