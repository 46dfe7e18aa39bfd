/*
 * The schema as SQL text, made strings by scripts/mkschema:
 * lib/store/schema.sql is version 1, schema-N.sql brings N-1 to N.
 */
#ifndef PF_STORE_SCHEMA_H
#define PF_STORE_SCHEMA_H

extern const char pf_schema_sql[];
extern const char pf_schema_2_sql[];
extern const char pf_schema_3_sql[];
extern const char pf_schema_4_sql[];
extern const char pf_schema_5_sql[];
extern const char pf_schema_6_sql[];
extern const char pf_schema_7_sql[];
extern const char pf_schema_8_sql[];
extern const char pf_schema_9_sql[];
extern const char pf_schema_10_sql[];
extern const char pf_schema_11_sql[];
extern const char pf_schema_12_sql[];
extern const char pf_schema_13_sql[];
extern const char pf_schema_14_sql[];
extern const char pf_schema_15_sql[];
extern const char pf_schema_16_sql[];
extern const char pf_schema_17_sql[];
extern const char pf_schema_18_sql[];
extern const char pf_schema_19_sql[];

#endif
