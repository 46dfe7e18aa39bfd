/*
 * How bad a crash may be; see severity.h.
 */
#include <string.h>

#include "codec/report/ignore.h"
#include "codec/report/severity.h"

#define ANY	(-1)
#define FAR	(-2)	/* any address that is not near null */
#define DATA	(-3)	/* one that can only be made of data */

#define EXPLOITABLE	"EXPLOITABLE"
#define PROBABLY	"PROBABLY_EXPLOITABLE"
#define NOT		"NOT_EXPLOITABLE"

/* A glob for the type, what was done, what the address is. */
static const struct {
	const char		*type;
	int			 access, addr;
	struct pf_severity	 is;
} rules[] = {
	{ "Null-dereference", PF_ACCESS_EXEC, ANY,
	    { "medium", PROBABLY, "exec-null",
	    "a call through a pointer that is null" } },
	{ "*", PF_ACCESS_EXEC, ANY,
	    { "critical", EXPLOITABLE, "exec",
	    "it jumped where there is no code" } },
	{ "Null-dereference", ANY, ANY,
	    { "low", NOT, "null", "a pointer that is null or close to it" } },
	{ "Heap-use-after-free", PF_ACCESS_WRITE, ANY,
	    { "critical", EXPLOITABLE, "write-freed",
	    "memory was written that had been freed" } },
	{ "Heap-use-after-free", ANY, ANY,
	    { "high", PROBABLY, "read-freed",
	    "memory was read that had been freed" } },
	{ "*-buffer-overflow", PF_ACCESS_WRITE, ANY,
	    { "critical", EXPLOITABLE, "write-overflow",
	    "memory was written beyond its bounds" } },
	{ "*-buffer-underflow", PF_ACCESS_WRITE, ANY,
	    { "critical", EXPLOITABLE, "write-overflow",
	    "memory was written before its bounds" } },
	{ "Container-overflow", PF_ACCESS_WRITE, ANY,
	    { "high", EXPLOITABLE, "write-container",
	    "memory was written beyond a container's elements" } },
	{ "Stack-use-after-*", PF_ACCESS_WRITE, ANY,
	    { "high", EXPLOITABLE, "write-stale-stack",
	    "a variable was written that is no more" } },
	{ "*-param-overlap", ANY, ANY,
	    { "low", NOT, "overlap", "memory was copied onto itself" } },
	{ "*-buffer-overflow", PF_ACCESS_READ, ANY,
	    { "medium", NOT, "read-overflow",
	    "memory was read beyond its bounds" } },
	{ "*-buffer-underflow", PF_ACCESS_READ, ANY,
	    { "medium", NOT, "read-overflow",
	    "memory was read before its bounds" } },
	{ "Container-overflow", ANY, ANY,
	    { "medium", NOT, "read-container",
	    "memory was read beyond a container's elements" } },
	{ "Stack-use-after-*", ANY, ANY,
	    { "medium", PROBABLY, "read-stale-stack",
	    "a variable was read that is no more" } },
	{ "Use-after-poison", PF_ACCESS_WRITE, ANY,
	    { "high", EXPLOITABLE, "write-poisoned",
	    "memory was written that nobody may touch" } },
	{ "Use-after-poison", ANY, ANY,
	    { "medium", PROBABLY, "read-poisoned",
	    "memory was read that nobody may touch" } },
	/* ASan's word for what it cannot name. */
	{ "Unknown-crash", PF_ACCESS_WRITE, ANY,
	    { "high", EXPLOITABLE, "write-poisoned",
	    "memory was written that nobody may touch" } },
	{ "Unknown-crash", ANY, ANY,
	    { "medium", PROBABLY, "read-poisoned",
	    "memory was read that nobody may touch" } },
	/* glibc does not tell whether it was written; it was. */
	{ "Stack-buffer-overflow", ANY, ANY,
	    { "high", EXPLOITABLE, "stack-smashed",
	    "the stack was overwritten" } },
	{ "Buffer-overflow", ANY, ANY,
	    { "medium", NOT, "overflow-caught",
	    "an overflow was seen before it happened" } },
	{ "Heap-double-free", ANY, ANY,
	    { "high", EXPLOITABLE, "double-free",
	    "memory was freed twice" } },
	{ "Bad-free", ANY, ANY,
	    { "high", EXPLOITABLE, "bad-free",
	    "what was freed had not been allocated" } },
	{ "Heap-corruption", ANY, ANY,
	    { "high", EXPLOITABLE, "heap-corrupted",
	    "the heap was overwritten" } },
	{ "Bad-cast", ANY, ANY,
	    { "high", PROBABLY, "bad-cast",
	    "an object was taken for one of another class" } },
	{ "Incorrect-function-pointer-type", ANY, ANY,
	    { "medium", PROBABLY, "bad-call",
	    "a function was called as one of another type" } },
	{ "Alloc-dealloc-mismatch", ANY, ANY,
	    { "low", NOT, "wrong-free",
	    "memory was freed by the wrong function" } },
	{ "New-delete-type-mismatch", ANY, ANY,
	    { "low", NOT, "wrong-free",
	    "memory was freed as of another size" } },
	{ "Odr-violation", ANY, ANY,
	    { "low", NOT, "undefined", "one name is defined twice" } },
	{ "Initialization-order-fiasco", ANY, ANY,
	    { "low", NOT, "undefined",
	    "a variable was used before it was made" } },
	{ "Intra-object-overflow", PF_ACCESS_WRITE, ANY,
	    { "high", EXPLOITABLE, "write-overflow",
	    "memory was written beyond its bounds" } },
	{ "Intra-object-overflow", ANY, ANY,
	    { "medium", NOT, "read-overflow",
	    "memory was read beyond its bounds" } },
	{ "Tag-mismatch", PF_ACCESS_WRITE, ANY,
	    { "high", EXPLOITABLE, "write-poisoned",
	    "memory was written that nobody may touch" } },
	{ "Tag-mismatch", ANY, ANY,
	    { "medium", PROBABLY, "read-poisoned",
	    "memory was read that nobody may touch" } },
	{ "Fortify-failure", ANY, ANY,
	    { "medium", NOT, "overflow-caught",
	    "an overflow was seen before it happened" } },
	{ "Overwrites-const-input", ANY, ANY,
	    { "low", NOT, "const-input", "it changed its input" } },
	{ "Realloc-of-nothing", ANY, ANY,
	    { "low", NOT, "undefined", "what the language leaves open" } },
	{ "Bad-syscall-argument", ANY, ANY,
	    { "medium", PROBABLY, "bad-pointer",
	    "the kernel was given what is not the program's" } },
	{ "Check-failure", ANY, ANY,
	    { "low", NOT, "checker",
	    "the checker itself found its memory in disorder" } },
	{ "Negative-size-param", ANY, ANY,
	    { "medium", PROBABLY, "negative-size",
	    "a size was negative" } },
	{ "UNKNOWN", PF_ACCESS_WRITE, DATA,
	    { "critical", EXPLOITABLE, "write-controlled",
	    "it wrote to an address that is no address but data" } },
	{ "UNKNOWN", PF_ACCESS_READ, DATA,
	    { "high", PROBABLY, "read-controlled",
	    "it read from an address that is no address but data" } },
	{ "UNKNOWN", ANY, DATA,
	    { "high", PROBABLY, "controlled",
	    "it used an address that is no address but data" } },
	{ "UNKNOWN", PF_ACCESS_WRITE, FAR,
	    { "high", EXPLOITABLE, "write-wild",
	    "it wrote to an address that is not mapped" } },
	{ "UNKNOWN", PF_ACCESS_READ, FAR,
	    { "medium", PROBABLY, "read-wild",
	    "it read from an address that is not mapped" } },
	{ "UNKNOWN", ANY, ANY,
	    { "medium", PROBABLY, "segfault",
	    "an access that is not told further" } },
	{ "Bus-error", ANY, ANY,
	    { "medium", PROBABLY, "bus-error", "an access that cannot be" } },
	{ "Illegal-instruction", ANY, ANY,
	    { "medium", PROBABLY, "illegal-instruction",
	    "it ran what is no code, or meant to stop" } },
	{ "Index-out-of-bounds", ANY, ANY,
	    { "medium", PROBABLY, "index",
	    "an index was beyond its array" } },
	{ "Object-size", ANY, ANY,
	    { "medium", PROBABLY, "object-size",
	    "an object was larger than its memory" } },
	{ "Use-of-uninitialized-value", ANY, ANY,
	    { "medium", NOT, "uninitialized",
	    "it decided by a value that nobody had set" } },
	{ "Invalid-read", ANY, FAR,
	    { "medium", PROBABLY, "read-invalid",
	    "memory was read that is not the program's" } },
	{ "Invalid-write", ANY, FAR,
	    { "high", EXPLOITABLE, "write-invalid",
	    "memory was written that is not the program's" } },
	{ "Data-race*", ANY, ANY,
	    { "medium", PROBABLY, "race",
	    "two threads used one thing at a time" } },
	{ "Stack-overflow", ANY, ANY,
	    { "low", NOT, "stack-exhausted", "it recursed too deeply" } },
	{ "ASSERT", ANY, ANY,
	    { "low", NOT, "assertion", "it ended itself" } },
	{ "Abrt", ANY, ANY, { "low", NOT, "abort", "it ended itself" } },
	{ "Fatal-error", ANY, ANY,
	    { "low", NOT, "abort", "it ended itself" } },
	{ "Bad-system-call", ANY, ANY,
	    { "low", NOT, "system-call", "it did what it may not" } },
	{ "Trap", ANY, ANY, { "low", NOT, "trap", "it ended itself" } },
	{ "Terminate", ANY, ANY, { "low", NOT, "abort", "it ended itself" } },
	{ "Pure-virtual-call", ANY, ANY,
	    { "medium", PROBABLY, "bad-call",
	    "an object was used before or after its life" } },
	{ "Unexpected-exit", ANY, ANY,
	    { "info", NOT, "exit", "it ended itself, by no signal" } },
	{ "Bad-usable-size", ANY, ANY,
	    { "medium", PROBABLY, "bad-pointer",
	    "what it asked the size of had not been allocated" } },
	{ "Slice-out-of-bounds", ANY, ANY,
	    { "low", NOT, "panic", "it ended itself" } },
	{ "Panic", ANY, ANY, { "low", NOT, "panic", "it ended itself" } },
	{ "Uncaught-exception", ANY, ANY,
	    { "low", NOT, "uncaught", "it ended itself" } },
	{ "Floating-point-exception", ANY, ANY,
	    { "low", NOT, "arithmetic", "a division that cannot be" } },
	{ "Divide-by-zero", ANY, ANY,
	    { "low", NOT, "arithmetic", "a division that cannot be" } },
	{ "*nteger-overflow", ANY, ANY,
	    { "low", NOT, "arithmetic", "a result that has no room" } },
	{ "Implicit-conversion", ANY, ANY,
	    { "low", NOT, "arithmetic", "a result that has no room" } },
	{ "*-cast-overflow", ANY, ANY,
	    { "low", NOT, "arithmetic", "a result that has no room" } },
	{ "Pointer-overflow", ANY, ANY,
	    { "medium", PROBABLY, "pointer",
	    "a pointer was moved out of its object" } },
	{ "Undefined-*", ANY, ANY,
	    { "low", NOT, "undefined", "what the language leaves open" } },
	{ "Invalid-*", ANY, ANY,
	    { "low", NOT, "undefined", "what the language leaves open" } },
	{ "Misaligned-address", ANY, ANY,
	    { "low", NOT, "undefined", "what the language leaves open" } },
	{ "No-return-value", ANY, ANY,
	    { "low", NOT, "undefined", "what the language leaves open" } },
	{ "Unreachable*", ANY, ANY,
	    { "low", NOT, "undefined", "what the language leaves open" } },
	{ "Non-positive-vla-bound-value", ANY, ANY,
	    { "medium", PROBABLY, "array-size",
	    "an array on the stack had no or a negative size" } },
	{ "Thread-leak", ANY, ANY,
	    { "low", NOT, "thread-leak", "nobody waits for a thread" } },
	{ "Lock-order-inversion", ANY, ANY,
	    { "low", NOT, "locking", "two threads may wait for one another" } },
	{ "Deadlock", ANY, ANY,
	    { "low", NOT, "locking", "threads wait for one another" } },
	{ "Bad-unlock", ANY, ANY,
	    { "low", NOT, "locking", "a lock was used in a wrong way" } },
	{ "*-mutex*", ANY, ANY,
	    { "low", NOT, "locking", "a lock was used in a wrong way" } },
	{ "Mutex-destroy-locked", ANY, ANY,
	    { "low", NOT, "locking", "a lock was used in a wrong way" } },
	{ "*lock-of-*", ANY, ANY,
	    { "low", NOT, "locking", "a lock was used in a wrong way" } },
	{ "Signal-*", ANY, ANY,
	    { "low", NOT, "in-signal",
	    "a handler of signals did what it may not" } },
	{ "*-leak", ANY, ANY,
	    { "low", NOT, "leak", "memory was never freed" } },
	{ "Timeout", ANY, ANY,
	    { "low", NOT, "hang", "it did not end in time" } },
	{ "Out-of-memory", ANY, ANY,
	    { "low", NOT, "memory", "it wanted more memory than there is" } },
	{ "*alloc*-overflow", ANY, ANY,
	    { "low", NOT, "memory", "it wanted more memory than there is" } },
	{ "Bad-*", ANY, ANY,
	    { "medium", PROBABLY, "bad-pointer",
	    "what it was asked of had not been allocated" } },
	{ "Killed", ANY, ANY,
	    { "info", NOT, "killed", "somebody else ended it" } },
	{ "*", ANY, ANY,
	    { "info", NOT, "unknown", "there is no rule for it" } },
};

static bool
fits(int want, const struct pf_report *r)
{
	if (want == ANY)
		return true;
	if (want == DATA)
		return r->addr_class == PF_ADDR_CONTROLLED ||
		    r->addr_class == PF_ADDR_NON_CANONICAL;
	if (want != FAR)
		return (int)r->addr_class == want;
	return r->addr_class != PF_ADDR_NULL &&
	    r->addr_class != PF_ADDR_NEAR_NULL;
}

const struct pf_severity *
pf_severity_of(const struct pf_report *r)
{
	size_t i = 0;

	/* The last rule fits everything. */
	while (!pf_glob(rules[i].type, r->type) ||
	    (rules[i].access != ANY && rules[i].access != (int)r->access) ||
	    !fits(rules[i].addr, r))
		i++;
	return &rules[i].is;
}

const char *
pf_severity_below(const char *severity)
{
	static const char *const words[] = { "critical", "high", "medium",
	    "low", "info" };
	size_t i;

	for (i = 0; i < 4; i++)
		if (strcmp(words[i], severity) == 0)
			return words[i + 1];
	return words[4];
}
