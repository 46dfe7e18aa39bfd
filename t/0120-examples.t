#!/bin/sh
# Every command in the EXAMPLES of the manual is run, page by page, on a
# master of its own; pf-style(7) tells how they are written.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/tree.sh
. "$PF_ROOT/t/lib/tree.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# Programs that are scripts lie there, whatever was built where.
PATH=$PATH:$PF_ROOT/bin

# commands PAGE: "$ " begins a command, "> " goes on with it; after each one
# its status is noted.  A block after .\" not run is for other places.
commands()
{
	section "$1" EXAMPLES | awk '
	function note()
	{
		if (open)
			print "echo \"$? " n "\" >&3"
		open = 0
	}
	function plain(s)
	{
		gsub(/\\e/, "\\", s)
		gsub(/\\-/, "-", s)
		gsub(/\\&/, "", s)
		gsub(/\\\(aq/, "\047", s)
		gsub(/\\\(dq/, "\"", s)
		return s
	}
	/^\.\\" not run/ { skip = 1 }
	/^\.Bd -literal/ { block = 1; next }
	/^\.Ed/ { note(); block = skip = 0; next }
	/^\.Dl \$ / && !skip {
		note()
		sub(/^\.Dl \$ /, "")
		print plain($0)
		open = 1
		n++
		note()
		next
	}
	/^\.Dl / { skip = 0 }
	!block || skip { next }
	/^\$ / {
		note()
		print plain(substr($0, 3))
		open = 1
		n++
		next
	}
	/^> / && open { print plain(substr($0, 3)); next }
	{ note() }'
}

# What an example may count on: in the directory it runs in lie a target,
# seeds and a dictionary, and one job waits.
prepare()
{
	mkdir "$T/x"
	printf '#!/bin/sh\nexit 0\n' >"$T/x/target"
	chmod +x "$T/x/target"
	mkdir "$T/x/seeds"
	echo seed >"$T/x/seeds/1"
	echo 'word="seed"' >"$T/x/words.dict"
	(cd "$T/x" && pf-sched submit -N first -e libfuzzer -t target \
	    -s seeds >/dev/null)
}

for m in $(var MANS); do
	commands "man/$m" >"$T/commands" || exit 1
	[ -s "$T/commands" ] || {
		case $m in
		*.[18])	fail "$m: has examples that run" ;;
		esac
		continue
	}
	master_new
	master_start httpd
	ok "$m: the master is ready" prepare
	printf '[bot]\nmaster_url = %s\nwork_directory = %s\n' "$url" \
	    "$T/work" >>"$PF_CONF"
	(cd "$T/x" && timeout 60 sh "$T/commands") \
	    >"$T/out" 2>"$T/err" 3>"$T/notes" </dev/null
	want=$(grep -c '^echo "$? [0-9]*" >&3$' "$T/commands")
	is "$(wc -l <"$T/notes" | tr -d ' ')" "$want" \
	    "$m: $want examples came to an end"
	awk '$1 != 0 { print "example " $2 ": status " $1 }' "$T/notes" \
	    >"$T/bad"
	if [ -s "$T/bad" ]; then
		cat "$T/err" >>"$T/bad"
	fi
	empty "$T/bad" "$m: each with status 0"
	master_stop
	rm -rf "$T/m" "$T/x" "$T/work"
done
done_testing
