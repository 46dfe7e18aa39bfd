/*
 * Shapes as the schemas of the OpenAPI document, in the JSON Schema of 2020.
 * What is written by schema_*() are members of an object that is open.
 */
#ifndef PF_HTTPD_OPENAPI_H
#define PF_HTTPD_OPENAPI_H

#include "httpd/shape.h"

/* Shapes met so far, each with the name of its schema. */
struct names {
	struct named	*of;
	size_t		 n;
};

/* Where the schema of a shape stands, which schemas_put() then writes; in
 * says that it is that of a request. */
void	names_ref(char *out, size_t size, struct names *, const struct shape *,
	    bool in);
void	names_free(struct names *);

/* A member for each shape met, and for each that it is made of. */
void	schemas_put(struct pf_buf *, struct names *);

void	schema_id(struct pf_buf *);
void	schema_sha256(struct pf_buf *);
void	schema_param(struct pf_buf *, const struct param *);

#endif
