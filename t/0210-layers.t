#!/bin/sh
# The layers of the source, and that the check would see a breach of them.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
whole
need tsort

check 'the tree keeps its layers' 0 - - "$PF_ROOT/scripts/layers"

# breach NAME ERE FILE INCLUDE ...: a small tree with those includes
breach()
{
	name=$1 why=$2
	shift 2
	rm -rf "$T/tree"
	mkdir -p "$T/tree/scripts" "$T/tree/lib" "$T/tree/src/run"
	cp "$PF_ROOT/scripts/layers" "$T/tree/scripts"
	cp "$PF_ROOT/lib/LAYERS" "$T/tree/lib"
	while [ $# -gt 1 ]; do
		mkdir -p "$T/tree/$(dirname "$1")"
		echo "#include \"$2\"" >>"$T/tree/$1"
		shift 2
	done
	check "$name" "$([ "$why" = - ] && echo 0 || echo 1)" '*' "$why" \
	    "$T/tree/scripts/layers"
}

breach 'downwards is fine' - lib/store/a.c base/err.h src/x/x.c x/own.h
breach 'upwards' '~lib/base/a.c: includes upwards: os/fs.h' \
    lib/base/a.c os/fs.h src/x/x.c base/err.h
breach 'a layer that is not listed' '~no layer.*: misc/a.h' \
    lib/base/a.c misc/a.h src/x/x.c base/err.h
breach 'one program in another' '~src/x/x.c: no layer.*: run/run.h' \
    lib/base/a.c base/a.h src/x/x.c run/run.h
breach 'a model in a model' '~lib/model/a.c: a model knows another' \
    lib/model/a.c model/b.h src/x/x.c base/err.h
breach 'a client in another program' '~src/x/x.c: only src/run speaks' \
    lib/base/a.c base/a.h src/x/x.c net/http.h
breach 'files in a codec' '~lib/codec/a.c: codec knows no files' \
    lib/codec/a.c os/fs.h src/x/x.c base/err.h
breach 'another writer' '~src/x/x.c: only src/sched writes' \
    lib/base/a.c base/a.h src/x/x.c store/dbw.h
breach 'another actor' '~src/x/x.c: only src/sched writes' \
    lib/base/a.c base/a.h src/x/x.c act/act.h
breach 'a cycle' '~tsort' lib/os/a.h os/b.h lib/os/b.h os/a.h \
    src/x/x.c base/err.h
done_testing
