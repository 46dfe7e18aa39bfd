#!/bin/sh
# What a program may do shows in what it links: only pf-run speaks HTTP as a
# client and it holds no database, only pf-sched can open one for writing.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/tree.sh
. "$PF_ROOT/t/lib/tree.sh"
whole
need ldd nm objdump

# with LIBRARY: the programs that load it themselves
with()
{
	for p in $(var PROGS); do
		if objdump -p "$PF_BIN/$p" | grep -q "NEEDED  *$1\\."; then
			printf '%s ' "$p"
		fi
	done
}

# holding SYMBOL: the programs with that function of ours
holding()
{
	for p in $(var PROGS); do
		if nm "$PF_BIN/$p" | grep -q " [Tt] $1\$"; then
			printf '%s ' "$p"
		fi
	done
}

for p in $(var PROGS); do
	check "$p is a program" 0 '~libc\.so' - ldd "$PF_BIN/$p"
	ok "$p finds its libraries" sh -c "! grep -q 'not found' '$T/out'"
done
is "$(with libcurl)" 'pf-run ' 'only pf-run links curl'
is "$(with libmicrohttpd)" 'pf-httpd ' 'only pf-httpd links microhttpd'
is "$(with libz)" 'pf-httpd ' 'and zlib'
is "$(holding pf_dbw_open)" 'pf-sched ' \
    'only pf-sched opens the database for writing'
is "$(holding pf_act_line)" 'pf-sched ' 'only pf-sched acts on ops'
is "$(with libsqlite3)" \
    'pf-sched pf-registry pf-reaper pf-ingest pf-report pf-httpd ' \
    'all but pf-run know the database'

# Of two functions of one name an archive gives the one it comes to first.
nm -g --defined-only "$PF_OBJ/libpf.a" "$PF_OBJ/libpfw.a" |
    sed -n 's/.* [TDBR] \(pf_\)/\1/p' | sort >"$T/symbols"
ok 'the library has symbols' test "$(wc -l <"$T/symbols")" -gt 100
uniq -d "$T/symbols" >"$T/twice"
empty "$T/twice" 'and each of them once'
done_testing
