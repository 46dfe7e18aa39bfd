/*
 * codec/elf: what programs need, and what broken ones do not do.
 */
#include <elf.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "../lib/tap.h"
#include "codec/elf.h"

struct bytes {
	unsigned char	*p;
	size_t		 n;
	long		 reads;
};

static ssize_t
at(void *arg, void *buf, size_t n, int64_t from)
{
	struct bytes *b = arg;

	b->reads++;
	if (from < 0 || (uint64_t)from >= b->n)
		return 0;
	if (n > b->n - (size_t)from)
		n = b->n - (size_t)from;
	memcpy(buf, b->p + from, n);
	return (ssize_t)n;
}

static bool
needs(const struct pf_elf *e, const char *name)
{
	size_t i;

	for (i = 0; i < e->n; i++)
		if (strcmp(e->needed[i], name) == 0)
			return true;
	return false;
}

/* This program itself. */
static void
slurp(struct bytes *b)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	off_t size = lseek(fd, 0, SEEK_END);

	*b = (struct bytes){ malloc((size_t)size), (size_t)size, 0 };
	ok(pread(fd, b->p, b->n, 0) == (ssize_t)b->n, "this program");
	close(fd);
}

static void
test_self(struct bytes *b)
{
	struct pf_elf e;
	char out[32];

	pf_elf_read(&e, at, b);
	ok(e.elf && e.program, "a program");
	is_int(e.bits, (int)sizeof(void *) * 8, "bits");
	ok(strstr(e.interp, "ld") != NULL, "its loader");
	ok(needs(&e, "libc.so.6"), "its library");
	ok(*pf_elf_machine(out, &e) != '\0', "its machine");
	e.machine = 9999;
	is_str(pf_elf_machine(out, &e), "machine 9999", "one without name");
}

static void
test_none(void)
{
	static const char *const t[] = { "", "#!/bin/sh\n", "\177ELF",
	    "\177ELF\2\1\1" };
	struct bytes b = { 0 };
	struct pf_elf e;
	size_t i;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		b.p = (unsigned char *)(uintptr_t)t[i];
		b.n = strlen(t[i]);
		pf_elf_read(&e, at, &b);
		ok(!e.program && e.n == 0 && e.interp[0] == '\0', "none");
	}
}

/* Any byte may be any other, and the file may end anywhere. */
static void
test_broken(struct bytes *b)
{
	unsigned char *was = malloc(b->n);
	size_t n = b->n, i;
	struct pf_elf e;
	long most = 0;
	unsigned k;

	memcpy(was, b->p, n);
	srand(1);
	for (i = 0; i < 4000; i++) {
		for (k = 0; k < 8; k++)
			b->p[(size_t)rand() % (i % 2 == 0 ? 1024 : n)] =
			    (unsigned char)rand();
		b->n = i % 5 == 0 ? (size_t)rand() % n : n;
		memcpy(b->p, ELFMAG, SELFMAG);
		b->reads = 0;
		pf_elf_read(&e, at, b);
		if (b->reads > most)
			most = b->reads;
		if (i % 50 == 49)
			memcpy(b->p, was, n);
	}
	ok(most < 10000, "a bounded number of reads");
	memcpy(b->p, was, n);
	b->n = n;
	/* Segments without end, each the dynamic section, each huge. */
	memset(b->p + 64, 0xff, n - 64 < 65536 ? n - 64 : 65536);
	b->p[56] = b->p[57] = 0xff;
	b->reads = 0;
	pf_elf_read(&e, at, b);
	ok(b->reads < 10000, "also of this one");
	free(was);
}

int
main(void)
{
	struct bytes b;

	slurp(&b);
	test_self(&b);
	test_none();
	test_broken(&b);
	free(b.p);
	return done_testing();
}
