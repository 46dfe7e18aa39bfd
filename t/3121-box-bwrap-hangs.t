#!/bin/sh
# A bubblewrap that works when it is tried and hangs later, as behind a file
# system that does not answer: the job goes back, and the bot goes on.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
need clang sqlite3 bwrap

bwrap --unshare-all --ro-bind / / true 2>/dev/null || skip_all 'bwrap starts nothing here'
run_master
build_quiet
mkdir "$T/bin"
cat >"$T/bin/bwrap" <<END
#!/bin/sh
case "\$*" in
# Once: the bot may come again before somebody has seen that.
*--info-fd*)	! rm "$T/hang" 2>/dev/null || exec sleep 1000 ;;
esac
exec $(command -v bwrap) "\$@"
END
chmod 755 "$T/bin/bwrap"
: >"$T/hang"
submit quiet libfuzzer "$T/quiet" -d 10m
PATH=$T/bin:$PATH pf-run -l -m "$url" >"$T/bot.out" 2>"$T/bot.err" &
bot=$!
at_end "kill $bot 2>/dev/null"
said() { grep -q "$1" "$T/bot.err"; }
ok 'it is given up' until_true 90 said 'bubblewrap started nothing'
fuzzes() { grep -q INITED "$T/w/slot-0/jobs/$job/own/engine.log"; }
ok 'and the job is begun again when it works' until_true 90 fuzzes
kill "$bot"
status=0
wait "$bot" || status=$?
ran 0 'it ends as told'
done_testing
