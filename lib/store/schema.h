/*
 * The schema as SQL text: lib/store/schema.sql, made a string by
 * scripts/mkschema.
 */
#ifndef PF_STORE_SCHEMA_H
#define PF_STORE_SCHEMA_H

extern const char pf_schema_sql[];

#endif
