/*
 * Text for XML 1.0.  Bytes in, bytes out.
 */
#ifndef PF_CODEC_XML_H
#define PF_CODEC_XML_H

#include <stddef.h>

#include "base/buf.h"

/*
 * Appends n bytes as character data, which come out of a parser as they went
 * in.  What XML has no way to write
 * (control characters, U+FFFE, U+FFFF) and bytes that are not UTF-8 become
 * U+FFFD, so that the document is one whatever the text was.
 */
void	pf_xml_text(struct pf_buf *, const char *, size_t n);

/* The same as an attribute with the blank before it: name="value". */
void	pf_xml_attr(struct pf_buf *, const char *name, const char *value);

#endif
