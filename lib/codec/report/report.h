/*
 * A crash report, whoever wrote it, as one record: which tool found what,
 * where, and how the program had come there.
 *
 * Pure: no files, no clock, nothing allocated.  The struct and the memory of
 * its strings are the caller's; both are of fixed size, so that a report of
 * any length is read in the same room.  What does not fit is left out and
 * counted.  All texts are hostile: they may hold any byte but NUL.
 *
 * Who reads a tool's reports has one file of its own with two functions, and
 * a row in the table of scan.c; see scan.h.  It fills the record by the calls
 * below.  What follows from the record alone (state.h, severity.h) is no
 * business of any reader.
 */
#ifndef PF_CODEC_REPORT_REPORT_H
#define PF_CODEC_REPORT_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PF_REPORT_FRAMES	512	/* of all stacks of a report */
#define PF_STACK_FRAMES		256	/* of one */
#define PF_REPORT_STACKS	64
#define PF_REPORT_LEAKS		48
#define PF_REPORT_TEXT		(96 << 10)	/* room for strings that is
						 * enough for most reports */
#define PF_REPORT_NAME		512	/* bytes kept of a function's name */
#define PF_REPORT_PATH		512	/* and of a file's */
#define PF_TYPE_TEXT		64

/* What the program did at the address. */
enum pf_access {
	PF_ACCESS_NONE,		/* not told, or nothing was accessed */
	PF_ACCESS_READ, PF_ACCESS_WRITE, PF_ACCESS_EXEC, PF_ACCESS_FREE
};

/* What the address is. */
enum pf_addr {
	PF_ADDR_NONE,		/* there is none */
	PF_ADDR_NULL,		/* 0 */
	PF_ADDR_NEAR_NULL,	/* below PF_NEAR_NULL: a member of nothing */
	PF_ADDR_STACK, PF_ADDR_HEAP, PF_ADDR_GLOBAL,
	PF_ADDR_NON_CANONICAL,	/* none that this processor can have */
	PF_ADDR_CONTROLLED,	/* by its bytes no address but data: text, or
				 * one byte throughout */
	PF_ADDR_WILD		/* any other */
};

#define PF_NEAR_NULL	0x10000

/* What a stack shows. */
enum pf_stack_kind {
	PF_STACK_CRASH,		/* where it happened */
	PF_STACK_FREE,		/* where the memory had been freed */
	PF_STACK_ALLOC,		/* where it, or what leaked, was allocated */
	PF_STACK_OTHER		/* another thread, origin of a value ... */
};

/* How much of the truth a report is, of what may follow it in the text. */
enum pf_hold {
	PF_HOLD_FIRM,		/* all of it: what follows is not looked at */
	PF_HOLD_ABORT,		/* why a program aborts: the report of that
				 * abort gives the stack if this has none; any
				 * other that follows is not looked at */
	PF_HOLD_REMARK,		/* what may have ended it or not: an abort may
				 * be its own, as is the signal of a division
				 * at that place; any other report that follows
				 * is of what did */
	PF_HOLD_WEAK		/* that it died: any report says more */
};

/* Strings are never NULL; "" and 0 are what is not known. */
struct pf_frame {
	const char	*name;		/* normalised, see pf_frame_name() */
	const char	*file;		/* as the tool gave it */
	const char	*module;	/* path of program or library */
	uint32_t	 line, column;
	uint64_t	 pc;
	uint64_t	 offset;	/* in the module */
	bool		 inlined;	/* into the frame that follows */
	bool		 local;		/* what has no name is around it: some
					 * compilers leave out what else is */
	bool		 ignored;	/* set by state.c: never the culprit */
};

struct pf_stack {
	enum pf_stack_kind	 kind;
	uint16_t		 first, n;	/* in frames[] */
	uint32_t		 dropped;	/* frames that had no room */
};

#define PF_LEAK_TOP	3	/* frames of its place that are told */

struct pf_leak {
	bool		 indirect;
	uint16_t	 stack;		/* PF_REPORT_STACKS: none */
	int64_t		 bytes, count;
	int64_t		 through;	/* bytes lost through it, as it says;
					 * they may be leaks of their own */
	/* Set by state.c. */
	char		 place[33];	/* a hash of all frames that count,
					 * "": none does */
	const char	*top[PF_LEAK_TOP];	/* the first, NULL: no more */
};

struct pf_report {
	char		 tool[16];	/* asan hwasan lsan ubsan msan tsan
					 * libfuzzer afl valgrind gdb glibc
					 * musl libc glib glog cxx rust go
					 * signal; "": nothing recognised */
	char		 type[PF_TYPE_TEXT];	/* ClusterFuzz's vocabulary:
					 * Heap-buffer-overflow */
	char		 coarse[PF_TYPE_TEXT];	/* one word for lists and
					 * selections: segfault, timeout */
	enum pf_hold	 hold;
	enum pf_access	 access;
	int64_t		 size;		/* of the access; -1: not told */
	bool		 has_addr;
	uint64_t	 addr;
	enum pf_addr	 addr_class;
	int		 signal;	/* 0: none told */
	const char	*message;	/* what was said: the expression of an
					 * assertion, the words of a panic */
	const char	*token;		/* DEDUP_TOKEN */
	struct pf_frame	 place;		/* where, so far as it was said apart
					 * from all stacks: of an assertion,
					 * a runtime error */
	struct pf_leak	 leaks[PF_REPORT_LEAKS];
	size_t		 nleaks, leaks_dropped;
	/* Sums over all of them, also those that had no room. */
	int64_t		 direct_bytes, direct_count;
	int64_t		 indirect_bytes, indirect_count;
	int64_t		 through_bytes;	/* lost through direct ones, as those
					 * tell; they may be among the
					 * indirect ones too */
	struct pf_frame	 frames[PF_REPORT_FRAMES];
	size_t		 nframes;
	struct pf_stack	 stacks[PF_REPORT_STACKS];
	size_t		 nstacks;
	bool		 cut;		/* something had no room */
	struct pf_frame	 spare;		/* where frames go that have no room */
	int		 phase;		/* of the reader that is at work; 0
					 * when it begins */
	/* The strings. */
	char		*text;
	size_t		 used, room;
};

/* Makes it empty; text is room bytes for its strings, at least one. */
void	pf_report_init(struct pf_report *, char *text, size_t room);

/*
 * What happened, in both vocabularies.  A type that types.c does not know
 * keeps the word given (its first letter made large) and has it as the coarse
 * one too, so far as it has letters, digits, -, _ and blanks; "unknown" if
 * there is none.  of bytes of word count.
 */
void	pf_report_type(struct pf_report *, const char *word, size_t of);
/* The same from a signal: UNKNOWN, Abrt, Floating-point-exception ... */
void	pf_report_signal(struct pf_report *, int signal);
/* What is known without a report: who told it, a signal (0: none), a word. */
void	pf_report_told(struct pf_report *, const char *tool, int64_t signal,
	    const char *type);
/* The word of a death by signal in the coarse vocabulary. */
const char *pf_signal_coarse(int signal);
/* SIGSEGV for "SIGSEGV" and for "SEGV"; 0 if it is no signal's name. */
int	pf_signal_find(const char *, size_t n);

/*
 * The address, and what it is so far as the number tells; a reader that knows
 * better (stack, heap, global) says so in addr_class afterwards.  A null
 * address turns the type UNKNOWN into Null-dereference.
 */
void	pf_report_addr(struct pf_report *, uint64_t);

/* n bytes kept for good; "" when there is no more room. */
const char *pf_report_text(struct pf_report *, const char *, size_t n);

/*
 * Begins a stack; frames are added to the one that was begun last.  False
 * (and cut) if there is no room: then its frames are not kept either.
 */
bool	pf_report_stack(struct pf_report *, enum pf_stack_kind);

/*
 * A new frame at the outer end of the stack, all empty; never NULL: what has
 * no room is written to a frame that is thrown away.
 */
struct pf_frame *pf_report_frame(struct pf_report *);

/*
 * Its function, n bytes as the tool printed it.  Kept is: no arguments and
 * what follows them, template arguments folded to <>, anonymous namespaces as
 * (anonymous), lambdas as {lambda}, closures of Rust as {{closure}}, no suffix
 * of a clone (.part.0 .isra.1 .cold .constprop.0 .llvm.123), no version
 * (@@GLIBC_2.2.5), for Rust no hash.  One that is still mangled (_Z, _R) is
 * demangled before.
 */
void	pf_frame_name(struct pf_report *, struct pf_frame *, const char *,
	    size_t n);
/* The same, from "file.c:12:3", "file.c:12" or "file.c". */
void	pf_frame_place(struct pf_report *, struct pf_frame *, const char *,
	    size_t n);
/* The same, from "/lib/x.so+0x12", with or without the offset. */
void	pf_frame_module(struct pf_report *, struct pf_frame *, const char *,
	    size_t n);

/* A leak, its stack being begun with it (as PF_STACK_ALLOC). */
void	pf_report_leak(struct pf_report *, bool indirect, int64_t bytes,
	    int64_t count, int64_t through);

/* The bytes that leaked indirectly, told by themselves or not. */
int64_t	pf_report_indirect(const struct pf_report *);
/* All bytes that leaked, INT64_MAX if they are more; -1 if nothing did. */
int64_t	pf_report_leaked(const struct pf_report *);

/* The stack that tells what happened, or NULL: the crash's, else that of the
 * first direct leak that has one (of any leak if none is direct), else the
 * first one with frames.  Which leak is the first state.h decides. */
const struct pf_stack *pf_report_main(const struct pf_report *);

/* The type in one line: "Heap-buffer-overflow READ 4".  A size that is not
 * that of one access of the processor, or in a frame that is ignored, is
 * {*}. */
#define PF_TITLE_TEXT	(PF_TYPE_TEXT + 24)
void	pf_report_title(char out[PF_TITLE_TEXT], const struct pf_report *);

/* Words for output: "read", "near-null", "alloc"; "" for NONE. */
const char *pf_access_word(enum pf_access);
const char *pf_addr_word(enum pf_addr);
const char *pf_stack_word(enum pf_stack_kind);

#endif
