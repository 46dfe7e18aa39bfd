/*
 * The toolkit's parsers as fuzz targets, one function each; it aborts when
 * something that must hold does not.
 */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

void	fuzz_json(const uint8_t *, size_t);
void	fuzz_rec(const uint8_t *, size_t);
void	fuzz_conf(const uint8_t *, size_t);
void	fuzz_aflstat(const uint8_t *, size_t);
void	fuzz_fuzzlog(const uint8_t *, size_t);
void	fuzz_trace(const uint8_t *, size_t);
void	fuzz_unpack(const uint8_t *, size_t);
void	fuzz_wire(const uint8_t *, size_t);
void	fuzz_elfscan(const uint8_t *, size_t);
void	fuzz_elf(const uint8_t *, size_t);
void	fuzz_verdict(const uint8_t *, size_t);
void	fuzz_vgblock(const uint8_t *, size_t);
void	fuzz_engine(const uint8_t *, size_t);

#endif
