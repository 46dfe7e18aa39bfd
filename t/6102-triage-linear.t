#!/bin/sh
# However long a text is and whatever is in it, pf-triage takes time as it has
# bytes, and no more memory: time of the processor for one and for ten times
# as much of it.  PF_MB names how many megabytes the larger one has.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
need python3
whole
large=${PF_MB:-40}

# make KIND BYTES: so much of it, on stdout
cat >"$T/make" <<'EOT2'
import os, random, sys
kind, left = sys.argv[1], int(sys.argv[2])
out = sys.stdout.buffer
asan = "==1==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x6"
heads = {
    "report": asan + " at pc 0x1 bp 0x2 sp 0x3\nREAD of size 1 at 0x6\n",
    "blocks": "==1== Memcheck, a memory error detector\n",
    "leaks": "==1==ERROR: LeakSanitizer: detected memory leaks\n\n",
    "line": asan, "half": "", "rubbish": "", "words": "",
    "recursion": asan.replace("heap-buffer-overflow", "stack-overflow") + "\n",
}
def part(kind, i):
    if kind == "rubbish":
        return os.urandom(1 << 16)
    if kind == "words":
        pick = ["==", "ERROR: ", "#0 ", "0x", "in ", "\n", "(", ")", "<", " ",
            "panic: ", "Thread ", "{", "\0", "at ", ":1", "SUMMARY", "\t"]
        return "".join(random.choice(pick) for k in range(4096)).encode()
    if kind == "line":
        return b"(<a0x1:" * 4096
    text = {
        "report": "    #%d 0x%x in f%d<int> /b/x.c:%d:1\n",
        "recursion": "    #%d 0x%x in dive%d /b/x.c:%d:1\n",
        "blocks": "==1== Invalid read of size 1\n==1==    at 0x%X: f%d (x.c:%d)"
            "\n==1==    by 0x%X: g (y.c:1)\n==1== \n",
        "leaks": "Direct leak of %d byte(s) in %d object(s) allocated from:\n"
            "    #0 0x%x in malloc\n    #1 0x%x in f\n\n",
        # A report that begins again and again, and never comes to a stack.
        "half": asan + "%d at pc %d bp %d\n==%d==ABORTING\n",
    }[kind]
    return "".join(text % (k, k, k % 7 if kind == "recursion" else k, k)
        for k in range(i, i + 500)).encode()
random.seed(1)
b, i = heads[kind].encode(), 1
while left > 0:
    b = b[:left]
    out.write(b)
    left -= len(b)
    b, i = part(kind, i), i + 500
EOT2
# What a run took: time of the processor in ms, memory in KiB.
cat >"$T/took" <<'EOT2'
import resource, subprocess, sys
with open(sys.argv[1], "rb") as f:
    r = subprocess.run(["pf-triage"], stdin=f, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL)
u = resource.getrusage(resource.RUSAGE_CHILDREN)
print(r.returncode, round(1000 * (u.ru_utime + u.ru_stime)), u.ru_maxrss)
EOT2

for kind in rubbish words line report recursion blocks leaks half; do
	for mb in $((large / 10)) "$large"; do
		python3 "$T/make" $kind $((mb * 1000000)) >"$T/text"
		python3 "$T/took" "$T/text" >"$T/took.$mb"
	done
	read -r rc1 ms1 kb1 <"$T/took.$((large / 10))"
	read -r rc2 ms2 kb2 <"$T/took.$large"
	echo "# $kind: $((large / 10)) MB $ms1 ms $kb1 KiB," \
	    "$large MB $ms2 ms $kb2 KiB"
	ok "$kind: ends as it should" test "$rc1$rc2" -le 11
	# Below some ms it is all start and chance.
	ok "$kind: ten times as much takes 14 times as long at most" \
	    test "$ms2" -le $((14 * (ms1 + 10)))
	ok "$kind: in the same memory" test "$kb2" -le $((kb1 + 4096))
done
done_testing
