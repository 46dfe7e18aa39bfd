/*
 * Headers of programs; see elf.h.
 */
#include <elf.h>
#include <stdio.h>
#include <string.h>

#include "codec/elf.h"

#define SEGMENTS	256	/* looked at */
#define ENTRIES		4096	/* of the dynamic section */

struct file {
	pf_elf_at	*at;
	void		*arg;
	struct pf_elf	*e;
};

/* A number of so many bytes in the file's byte order. */
static uint64_t
num(const struct pf_elf *e, const unsigned char *p, int bytes)
{
	uint64_t v = 0;
	int i;

	for (i = 0; i < bytes; i++)
		v = v << 8 | p[e->big ? i : bytes - 1 - i];
	return v;
}

static bool
get(const struct file *f, void *buf, size_t n, uint64_t at)
{
	return at <= INT64_MAX - 65536 &&
	    f->at(f->arg, buf, n, (int64_t)at) == (ssize_t)n;
}

/* A text that ends within its room, else none. */
static void
text(const struct file *f, char *out, size_t room, uint64_t at)
{
	ssize_t n = -1;

	if (at <= INT64_MAX - 65536)
		n = f->at(f->arg, out, room - 1, (int64_t)at);
	out[n > 0 ? n : 0] = '\0';
	if (n <= 0 || memchr(out, '\0', (size_t)n) == NULL)
		out[0] = '\0';
}

/* What is looked at of a program header. */
struct segment {
	uint32_t	 type;
	uint64_t	 offset, vaddr, filesz;
};

static bool
segment(const struct file *f, struct segment *s, uint64_t at)
{
	const struct pf_elf *e = f->e;
	unsigned char b[56];

	if (!get(f, b, e->bits == 64 ? 56 : 32, at))
		return false;
	s->type = (uint32_t)num(e, b, 4);
	if (e->bits == 64) {
		s->offset = num(e, b + 8, 8);
		s->vaddr = num(e, b + 16, 8);
		s->filesz = num(e, b + 32, 8);
	} else {
		s->offset = num(e, b + 4, 4);
		s->vaddr = num(e, b + 8, 4);
		s->filesz = num(e, b + 16, 4);
	}
	return true;
}

/* Where in the file a place in memory is, 0 if nowhere. */
static uint64_t
place(const struct segment *s, int n, uint64_t vaddr)
{
	int i;

	for (i = 0; i < n; i++)
		if (s[i].type == PT_LOAD && vaddr >= s[i].vaddr &&
		    vaddr - s[i].vaddr < s[i].filesz)
			return s[i].offset + (vaddr - s[i].vaddr);
	return 0;
}

static void
take_entry(const struct file *f, uint64_t tag, uint64_t names, uint64_t value)
{
	struct pf_elf *e = f->e;
	char *to;

	if (tag == DT_NEEDED && e->n < PF_ELF_LIBRARIES) {
		to = e->needed[e->n];
		text(f, to, PF_ELF_NAME, names + value);
		if (*to != '\0')
			e->n++;
	} else if (tag == DT_RUNPATH || (tag == DT_RPATH &&
	    e->path[0] == '\0'))
		text(f, e->path, sizeof(e->path), names + value);
}

/* The names come with the second walk: their table is an entry as well. */
static void
dynamic(const struct file *f, const struct segment *all, int n,
    const struct segment *d)
{
	const int word = f->e->bits / 8;
	uint64_t names = 0, tag, value, i, size = 2 * (uint64_t)word;
	unsigned char b[16];
	int walk;

	for (walk = 0; walk < 2; walk++) {
		for (i = 0; i < ENTRIES && (i + 1) * size <= d->filesz; i++) {
			if (!get(f, b, (size_t)size, d->offset + i * size))
				break;
			tag = num(f->e, b, word);
			value = num(f->e, b + word, word);
			if (tag == DT_NULL)
				break;
			if (walk == 1)
				take_entry(f, tag, names, value);
			else if (tag == DT_STRTAB)
				names = place(all, n, value);
		}
		if (names == 0)
			return;
	}
}

static void
segments(const struct file *f, uint64_t at, uint64_t size, uint64_t count)
{
	static const struct segment none;
	struct segment all[SEGMENTS], d = none;
	int i, n = 0;

	if (count > SEGMENTS)
		count = SEGMENTS;
	for (i = 0; i < (int)count; i++) {
		if (!segment(f, &all[n], at + (uint64_t)i * size))
			break;
		if (all[n].type == PT_INTERP)
			text(f, f->e->interp, sizeof(f->e->interp),
			    all[n].offset);
		else if (all[n].type == PT_DYNAMIC)
			d = all[n];
		n++;
	}
	if (d.type == PT_DYNAMIC)
		dynamic(f, all, n, &d);
}

void
pf_elf_read(struct pf_elf *e, pf_elf_at *at, void *arg)
{
	const struct file f = { at, arg, e };
	unsigned char h[64];
	int type;

	memset(e, 0, sizeof(*e));
	if (!get(&f, h, 16, 0) || memcmp(h, ELFMAG, SELFMAG) != 0)
		return;
	e->elf = true;
	if (h[EI_CLASS] == ELFCLASS64)
		e->bits = 64;
	else if (h[EI_CLASS] == ELFCLASS32)
		e->bits = 32;
	e->big = h[EI_DATA] == ELFDATA2MSB;
	if (e->bits == 0 || !get(&f, h, e->bits == 64 ? 64 : 52, 0))
		return;
	type = (int)num(e, h + 16, 2);
	e->program = type == ET_EXEC || type == ET_DYN;
	e->machine = (int)num(e, h + 18, 2);
	if (e->bits == 64)
		segments(&f, num(e, h + 32, 8), num(e, h + 54, 2),
		    num(e, h + 56, 2));
	else
		segments(&f, num(e, h + 28, 4), num(e, h + 42, 2),
		    num(e, h + 44, 2));
}

const char *
pf_elf_machine(char out[32], const struct pf_elf *e)
{
	static const struct { int machine; const char *name; } names[] = {
		{ EM_X86_64, "x86-64" }, { EM_386, "i386" },
		{ EM_AARCH64, "aarch64" }, { EM_ARM, "arm" },
		{ EM_RISCV, "riscv" }, { EM_PPC64, "ppc64" },
		{ EM_PPC, "ppc" }, { EM_S390, "s390" }, { EM_MIPS, "mips" },
		{ EM_SPARCV9, "sparc64" }, { EM_LOONGARCH, "loongarch" },
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].machine == e->machine)
			return names[i].name;
	snprintf(out, 32, "machine %d", e->machine);
	return out;
}
