#!/bin/sh
# pf-run and libFuzzer on parsers of real life, in libraries of the system:
# one without known bugs, and one with a bug in who calls it.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ways.sh
. "$PF_ROOT/t/lib/ways.sh"
need clang

run_master 'heartbeat_interval = 1s'

# JSON, as it comes, parsed and printed and parsed again.
cat >"$T/json.c" <<'END'
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

/* What is in the document, so that there is something to cover. */
static int
depth(const cJSON *j)
{
	int n = 0, k;

	for (; j != NULL; j = j->next) {
		if (cJSON_IsTrue(j) || cJSON_IsNull(j))
			continue;
		k = cJSON_IsArray(j) || cJSON_IsObject(j) ?
		    1 + depth(j->child) : cJSON_IsString(j);
		if (k > n)
			n = k;
	}
	return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cJSON *j = cJSON_ParseWithLength((const char *)data, size);
	char *text;

	if (j == NULL)
		return 0;
	if (depth(j) > 1 && (text = cJSON_Print(j)) != NULL) {
		cJSON_Delete(cJSON_Parse(text));
		free(text);
	}
	cJSON_Delete(j);
	return 0;
}
END
# zlib, whose caller believes what the first bytes say of the length.
cat >"$T/inflate.c" <<'END'
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

static volatile uint8_t first;

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *out, *copy;
	uLongf n = 4096;

	if (size < 4 || (out = malloc(4096)) == NULL)
		return 0;
	if (uncompress(out, &n, data + 2, size - 2) == Z_OK) {
		copy = malloc((size_t)data[0] + 1);
		if (copy != NULL) {
			memcpy(copy, out, n);
			first = copy[0];
		}
		free(copy);
	}
	free(out);
	return 0;
}
END
for p in 'json -lcjson' 'inflate -lz'; do
	# shellcheck disable=SC2086 # words
	clang -g -O1 -fsanitize=fuzzer,address,undefined -o "$T/${p% *}" \
	    "$T/${p% *}.c" ${p#* } 2>"$T/${p% *}.log" ||
	    skip_all "no library for ${p% *} here"
done

rm -rf "$T/seeds"
mkdir "$T/seeds"
printf '{"a":[1,2.5,"x",true,null],"b":{"c":-1e9}}' >"$T/seeds/1.json"
printf '"[]"\n"{}"\n"null"\n"\\\\u00"\n' >"$T/words"
submit json libfuzzer "$T/json" -d 10m -s "$T/seeds" -x "$T/words" -m 512M \
    -T 20s -o strategy=compare -o max_len=256
bot_start
found()
{
	[ "$(master_sql "SELECT count(*) FROM corpus WHERE job_id = '$job'")" \
	    -gt 10 ]
}
ok 'new inputs come from a parser of JSON' until_true 60 found
counted()
{
	[ "$(master_sql "SELECT max(executions) FROM job_stats
	    WHERE job_id = '$job'")" -gt 100 ]
}
ok 'with numbers' until_true 60 counted
bot_done
ok 'all is filed' until_true 20 spool_empty
is "$(crashes_of 'count(*)')" 0 'it does not crash'
like "$(master_sql "SELECT max(edges) FROM coverage
    WHERE job_id = '$job'")" '^[1-9]' 'edges are told'

# 300 times one letter are a few bytes, and more than the copy takes.
rm "$T/seeds"/*
perl -e 'use Compress::Zlib; print "\x10\0", compress("a" x 300)' \
    >"$T/seeds/bad"
perl -e 'use Compress::Zlib; print "\x10\0", compress("abc")' >"$T/seeds/good"
submit inflate libfuzzer "$T/inflate" -d 10m -s "$T/seeds" -T 20s
bot_start
one()
{
	[ "$(crashes_of 'count(*)')" -gt 0 ]
}
ok 'who calls zlib makes a mistake' until_true 60 one
bot_done
ok 'it is filed' until_true 20 spool_empty
is "$(crashes_of 'DISTINCT type')" heap-buffer-overflow 'what it is'
like "$(crashes_of 'DISTINCT stack')" '^LLVMFuzzerTestOneInput' 'where'
like "$(crashes_of output)" 'inflate\.c:[0-9]+' 'to the line'
done_testing
