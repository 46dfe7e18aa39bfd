/*
 * SHA-256 by libcrypto; see hash.h.  Must not know what is hashed.
 */
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <string.h>

#include "base/err.h"
#include "codec/hash.h"

/* The state is the library's own; the struct is never defined. */
static EVP_MD_CTX *
ctx_of(struct pf_hash *h)
{
	return (EVP_MD_CTX *)(void *)h;
}

static void
hex(char out[PF_SHA_TEXT], const unsigned char *md)
{
	static const char digits[] = "0123456789abcdef";
	int i;

	for (i = 0; i < 32; i++) {
		out[2 * i] = digits[md[i] >> 4];
		out[2 * i + 1] = digits[md[i] & 15];
	}
	out[64] = '\0';
}

struct pf_hash *
pf_hash_begin(void)
{
	static _Thread_local EVP_MD *md;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	/*
	 * Fetching is the dear part: once a thread.  It crashes where libcrypto
	 * found no memory for its own beginning.
	 */
	if (ctx != NULL && md == NULL &&
	    OSSL_LIB_CTX_get0_global_default() != NULL)
		md = EVP_MD_fetch(NULL, "SHA256", NULL);
	if (ctx == NULL || md == NULL || EVP_DigestInit_ex2(ctx, md, NULL) != 1)
		pf_die("libcrypto has no SHA-256");
	return (struct pf_hash *)(void *)ctx;
}

void
pf_hash_add(struct pf_hash *h, const void *p, size_t n)
{
	if (EVP_DigestUpdate(ctx_of(h), p, n) != 1)
		pf_die("libcrypto cannot hash");
}

void
pf_hash_end(struct pf_hash *h, char out[PF_SHA_TEXT])
{
	unsigned char md[EVP_MAX_MD_SIZE];
	unsigned int n;

	if (EVP_DigestFinal_ex(ctx_of(h), md, &n) != 1 || n != 32)
		pf_die("libcrypto cannot hash");
	EVP_MD_CTX_free(ctx_of(h));
	hex(out, md);
}

void
pf_hash_abort(struct pf_hash *h)
{
	EVP_MD_CTX_free(ctx_of(h));
}

void
pf_sha256(char out[PF_SHA_TEXT], const void *p, size_t n)
{
	struct pf_hash *h = pf_hash_begin();

	pf_hash_add(h, p, n);
	pf_hash_end(h, out);
}

bool
pf_sha_same(const char a[PF_SHA_TEXT], const char b[PF_SHA_TEXT])
{
	return CRYPTO_memcmp(a, b, PF_SHA_TEXT) == 0;
}
