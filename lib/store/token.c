/*
 * Reads a token; see token.h.
 */
#include <sys/stat.h>

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "os/fs.h"
#include "store/token.h"

#define WHITE		" \t\r\n"
#define FILE_MAX	4096

/* What HTTP takes as a token after "Bearer". */
static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "abcdefghijklmnopqrstuvwxyz0123456789-._~+/=";

static const struct pf_err *
read_file(struct pf_buf *b, int fd, const char *path)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return pf_errno("token file %s", path);
	if (!S_ISREG(st.st_mode))
		return pf_err(PF_CONFIG, "token file %s: not a file", path);
	if ((st.st_mode & 07) != 0)
		return pf_err(PF_CONFIG, "token file %s: its mode lets "
		    "everybody at it: chmod o= it", path);
	return pf_read_all(b, fd, FILE_MAX, path);
}

/* Leaves the token alone in b. */
static const struct pf_err *
cut(struct pf_buf *b, const char *path)
{
	size_t at = strspn(b->data, WHITE);
	size_t n = strcspn(b->data + at, WHITE);
	size_t end = at + n + strspn(b->data + at + n, WHITE);

	if (end != b->len || strspn(b->data + at, letters) != n)
		return pf_err(PF_CONFIG, "token file %s: a token is one word "
		    "of letters, digits and -._~+/=", path);
	if (n < PF_TOKEN_MIN || n > PF_TOKEN_MAX)
		return pf_err(PF_CONFIG, "token file %s: a token has %d to %d "
		    "characters", path, PF_TOKEN_MIN, PF_TOKEN_MAX);
	memmove(b->data, b->data + at, n);
	explicit_bzero(b->data + n, b->len - n);
	b->len = n;
	return NULL;
}

const struct pf_err *
pf_token_read(struct pf_buf *b, const char *path)
{
	const struct pf_err *err;
	/* A symbolic link is how some machines keep secrets up to date. */
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd == -1)
		return pf_err(PF_CONFIG, "%s", pf_errno("token file %s",
		    path)->msg);
	pf_buf_reset(b);
	/* No growing afterwards, which would leave copies. */
	(void)pf_buf_room(b, FILE_MAX + 1);
	if ((err = read_file(b, fd, path)) == NULL)
		err = cut(b, path);
	else if (err->class == PF_DATA)
		err = pf_err(PF_CONFIG, "token file %s: larger than %d bytes",
		    path, FILE_MAX);
	close(fd);
	if (err != NULL)
		pf_token_free(b);
	return err;
}

void
pf_token_free(struct pf_buf *b)
{
	if (b->cap > 0)
		explicit_bzero(b->data, b->cap);
	pf_buf_free(b);
}
