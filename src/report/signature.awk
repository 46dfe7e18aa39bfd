# The signature of a crash report in plain form, for repro.sh: what happened,
# the frames that tell where, whether those have names (1) or not (0), and the
# signal that it amounts to, a line each.  The first file holds the rules of
# frames that do not count; "-" is what the report does not tell.
function regex(glob,	i, c, out)
{
	out = "^"
	for (i = 1; i <= length(glob); i++) {
		c = substr(glob, i, 1)
		if (c == "*")
			out = out ".*"
		else if (c == "?")
			out = out "."
		else if (c == "^" || c == "\\")
			out = out "\\" c
		else if (c ~ /[A-Za-z0-9_ <>:\/-]/)
			out = out c
		else
			out = out "[" c "]"
	}
	return out "$"
}
function base(path)
{
	sub(/^.*\//, "", path)
	return path
}
# The name without arguments and what compilers add to it.
function plain(name,	head)
{
	gsub(/\(anonymous namespace\)/, "{anonymous}", name)
	if (name ~ /operator\(\)/)
		sub(/operator\(\)/, "operator{}", name)
	# One compiler says in which function a lambda is, another does not.
	sub(/^.*([$]_[0-9]+|lambda[^:]*)::operator{}/, "operator{}", name)
	sub(/\(.*$/, "", name)
	while (name !~ /operator *[<>]/ && gsub(/<[^<>]*>/, "", name) > 0)
		;
	sub(/[.](part|isra|constprop|cold|llvm)([.].*)?$/, "", name)
	sub(/@.*$/, "", name)
	sub(/\[abi:.*$/, "", name)
	sub(/[ \t]+$/, "", name)
	sub(/operator{}/, "operator()", name)
	return name
}
function verdict(name, file, module,	i, v)
{
	v = "counts"
	for (i = 1; i <= nrules; i++)
		if ((of[i] == "module" && module ~ rule[i]) ||
		    (of[i] == "file" && file ~ rule[i]) ||
		    (of[i] != "module" && of[i] != "file" && name ~ rule[i]))
			v = keep[i] ? "counts" : \
			    (of[i] == "entry" ? "entry" : "ignored")
	return v
}
function frame(line,	name, file, module, at, both)
{
	sub(/^ *#[0-9]+ +/, "", line)
	# ThreadSanitizer has no addresses and no "in", but file and module.
	both = !sub(/^0x[0-9a-f]+ +/, "", line)
	if (both)
		line = "in " line
	sub(/^in <null> <null>/, "", line)
	sub(/ \(BuildId:.*$/, "", line)
	name = file = module = ""
	if (match(line, /\([^()]*\+0x[0-9a-f]+\)$/)) {
		module = substr(line, RSTART + 1, RLENGTH - 2)
		line = substr(line, 1, RSTART - 1)
	}
	sub(/[ \t]+$/, "", line)
	if (sub(/^in /, "", line)) {
		if ((both || module == "") && match(line, / [^ ]+$/)) {
			file = substr(line, RSTART + 1)
			line = substr(line, 1, RSTART - 1)
			sub(/:[0-9:]+$/, "", file)
		}
		name = plain(line)
	}
	if (name == "" && module == "")
		return
	at = module
	sub(/\+0x[0-9a-f]+$/, "", module)
	n++
	stack[n] = stacks
	called[n] = name != "" ? name : base(at)
	nameless[n] = name == ""
	judged[n] = verdict(name, file, base(module))
}
function happened(what)
{
	if (kind == "-")
		kind = what
}
# A runtime error did not end it, as what follows tells.
function overrule()
{
	if (remark) {
		kind = "-"
		place = ""
		announced = stacks = n = mute = 0
	}
	remark = 0
}
function announce(what)
{
	overrule()
	if (kind == "-") {
		kind = what
		announced = 1
	}
}
# Nothing more is to be learned; of a remark, before what may still end it.
function finish()
{
	if (remark)
		mute = 1
	else
		over = 1
}
# Sanitizers say it in the words that follow their name.
function sanitizer(line, tool,	w)
{
	split(line, w, /[ :]+/)
	if (w[1] == "attempting")
		w[1] = w[2]
	if (w[1] == "SEGV" && line ~ /0x0000000[0-9a-f]* /) {
		match(line, /0x[0-9a-f]+/)
		if (substr(line, RSTART, RLENGTH) ~ /^0x0*[0-9a-f]?[0-9a-f]?[0-9a-f]?[0-9a-f]?$/)
			w[1] = "SEGV near null"
	}
	if (w[1] ~ /^SEGV/)
		number = 11
	else if (w[1] ~ /^(ABRT|deadly)/)
		number = 6
	else if (w[1] == "FPE")
		number = 8
	else if (w[1] == "ILL")
		number = 4
	else if (w[1] == "BUS")
		number = 7
	if (number != 6)
		overrule()
	if (tool == "libFuzzer" && (w[1] == "timeout" || line ~ /timeout/))
		happened("timeout")
	# What announced this end says more of it.
	else if (kind == "-" || !announced)
		happened(tool " " w[1])
	firm = 1
	leaks = tool == "LeakSanitizer"
	race = tool == "ThreadSanitizer" && line ~ /^data race/
}
# The words of valgrind's memcheck that begin an error or a leak.
function memcheck(line)
{
	if (line ~ /^[0-9].* blocks are (definitely|indirectly|possibly) lost/) {
		match(line, /(definitely|indirectly|possibly) lost/)
		line = substr(line, RSTART, RLENGTH)
	} else if (line ~ /^Stack overflow in thread /)
		line = "stack-overflow"
	else if (line ~ /^Process terminating with default action of signal /) {
		number = line
		sub(/^.* signal /, "", number)
		sub(/[^0-9].*$/, "", number)
	} else if (line !~ /^(Invalid|Mismatched|Conditional jump|Use of uninit|Source and dest|Syscall param|Jump to the inv|Argument '|realloc\(\) with)/)
		return 0
	overrule()
	kind = "valgrind " line
	return firm = checked = 1
}
# Its frames, as sanitizers have them; a second stack tells of the block.
function checked_frame(line,	pc)
{
	if (line ~ /^ *at / && n > 0) {
		over = 1
		return
	}
	pc = tolower(line)
	sub(/^ *[ab][ty] /, "", pc)
	sub(/: .*$/, "", pc)
	sub(/^[^:]*: /, "", line)
	if (line ~ /^\(below main\)/)
		return
	if (match(line, / \(in [^()]*\)$/))
		line = substr(line, 1, RSTART) "(" \
		    substr(line, RSTART + 5, RLENGTH - 6) "+" pc ")"
	else if (match(line, / \([^()]*\)$/))
		line = substr(line, 1, RSTART) \
		    substr(line, RSTART + 2, RLENGTH - 3)
	frame("#0 " pc (sub(/^[?][?][?] */, " ", line) ? line : " in " line))
}
BEGIN { kind = number = "-" }
FNR == 1 { files++ }
files == 1 {
	if ($1 !~ /^(keep|function|file|module|entry)$/)
		next
	gsub(/^[ \t]+|[ \t\r]+$/, "")
	keep[++nrules] = $1 == "keep"
	sub(/^keep[ \t]+/, "")
	of[nrules] = $1
	sub(/^[a-z]+[ \t]+/, "")
	rule[nrules] = regex($0)
	next
}
over { next }
# Colours, and bytes that mean nothing.
{ gsub(/[\001-\010\013-\037\177]/, " ") }
/^==[0-9]+== / && (checked || !firm) {
	line = $0
	sub(/^==[0-9]+== /, "", line)
	if (!checked && memcheck(line))
		next
	if (checked && line ~ /^ *(at|by) 0x[0-9A-Fa-f]+: /)
		checked_frame(line)
	else if (checked && n > 0 && line ~ /^ *$/)
		over = 1
	if (checked)
		next
}
checked { next }
!firm && /ERROR: (AddressSanitizer|LeakSanitizer|libFuzzer|ThreadSanitizer|MemorySanitizer|UndefinedBehaviorSanitizer|HWAddressSanitizer): / ||
!firm && /WARNING: (ThreadSanitizer|MemorySanitizer): / {
	line = $0
	sub(/^.*(ERROR|WARNING): /, "", line)
	tool = line
	sub(/:.*$/, "", tool)
	sub(/^[^:]*: */, "", line)
	sanitizer(line, tool)
	next
}
!firm && /^==[0-9]+==[A-Za-z]+Sanitizer: hard rss limit exhausted/ {
	tool = $0
	sub(/^==[0-9]+==/, "", tool)
	sub(/:.*$/, "", tool)
	sanitizer("out-of-memory", tool)
	next
}
!firm && /^(==[0-9]+==)?[A-Za-z]+Sanitizer: CHECK failed: / {
	tool = $0
	sub(/^==[0-9]+==/, "", tool)
	sub(/:.*$/, "", tool)
	sanitizer("check-failure", tool)
	next
}
!firm && match($0, /Assertion .* failed/) {
	announce("assertion " substr($0, RSTART + 10, RLENGTH - 17))
	number = 6
	next
}
# Go: what, with no numbers in it, and then the stack of who did it.
!firm && !go && /^(panic|fatal error): / {
	line = $0
	gsub(/0x[0-9a-f]+|[0-9]+/, "N", line)
	announce("go " line)
	go = 1
	next
}
# Of other libraries, without the values that were compared.
!firm && /(Assertion failed|assertion failed|Check failed|_LIBCPP_ASSERT)/ {
	line = $0
	sub(/^.*(Assertion failed|assertion failed|Check failed|_LIBCPP_ASSERT)/,
	    "", line)
	sub(/\([^()]* vs\. .*$/, "", line)
	sub(/\): \(.*$/, "", line)
	announce("assertion" line)
	number = 6
	next
}
!firm && /: runtime error: / && !/^[ \t]*panic: / {
	line = $0
	sub(/^.*: runtime error: /, "", line)
	gsub(/0x[0-9a-f]+|-?[0-9]+/, "N", line)
	sub(/: .*$/, "", line)
	if (kind == "-") {
		kind = "undefined " line
		announced = remark = 1
	}
	if (place == "") {
		place = $0
		sub(/: runtime error: .*$/, "", place)
		if (place ~ /:[0-9]+:[0-9]+$/)
			sub(/:[0-9]+$/, "", place)
		place = base(place)
	}
	next
}
!firm && /terminate called after throwing an instance of / {
	line = $0
	sub(/^.*instance of /, "", line)
	sub(/^'Uninitialized bytes in .*/, "", line)
	announce("uncaught " line)
	number = 6
	next
}
# Rust tells the place in the line or, since 1.73, at its end before the words.
!firm && /panicked at / {
	announce("panic")
	if (place == "" && match($0, /[^ ,'"]+:[0-9]+:[0-9]+:?$/)) {
		place = substr($0, RSTART, RLENGTH)
		sub(/:[0-9]+:?$/, "", place)
		place = base(place)
	}
	next
}
go == 1 && /^goroutine [0-9]+ .*:$/ {
	go = 2
	stacks++
	next
}
go == 2 && /^$/ {
	over = 1
	next
}
go == 2 && /^[^ \t].*\)$/ {
	line = $0
	sub(/\([^()]*\)$/, "", line)
	sub(/\([^()]*[{].*\)$/, "", line)
	held = line
	next
}
go == 2 && /^\t/ {
	line = $1
	sub(/:[0-9]+$/, "", line)
	n++
	stack[n] = stacks
	called[n] = held
	nameless[n] = 0
	judged[n] = held ~ /^panic/ ? "ignored" : verdict(held, line, "")
	next
}
!firm && /(stack smashing detected|buffer overflow detected|double free|corrupted|invalid (pointer|size|next size))/ &&
    /^(\*\*\*|free|malloc|realloc|munmap|corrupted|double)/ {
	announce("glibc " $0)
	number = 6
	next
}
leaks && /^(Direct|Indirect) leak of / {
	indirect[stacks + 1] = $1 == "Indirect"
	next
}
leaks && /^SUMMARY: / { finish() }
kind != "-" && /^ *#[0-9]+ / {
	if ($1 == "#0" && n > 0 && !(race && stacks < 2) && !leaks)
		finish()
	if ($1 == "#0")
		stacks++
	if (!over && !mute && n < (leaks ? 4096 : 256))
		frame($0)
	next
}
kind != "-" && n > 0 && !race && !go && !leaks && /^ *$/ { finish() }
# Functions that recur are told once.
function pick(want,	i)
{
	for (i = 1; i <= n; i++)
		if (judged[i] == want && !(called[i] in seen)) {
			seen[called[i]] = 1
			state[++m] = i
		}
}
# In the order of their names.
function sort(	i, j, x)
{
	for (i = 2; i <= m; i++)
		for (j = i; j > 1 && called[state[j]] < called[state[j - 1]];
		    j--) {
			x = state[j]
			state[j] = state[j - 1]
			state[j - 1] = x
		}
}
# Of a stack that overflowed those that recur.
function recurring(	i)
{
	for (i = 1; i <= n; i++)
		if (judged[i] == "counts" && ++times[called[i]] == 3)
			state[++m] = i
	sort()
}
# Of two threads at one thing the place of each, whichever was seen first.
function places(	i)
{
	for (i = 1; i <= n; i++)
		if (judged[i] == "counts" && !(stack[i] in has)) {
			has[stack[i]] = 1
			state[++m] = i
		}
	sort()
	if (m == 2 && called[state[1]] == called[state[2]])
		m = 1
}
# Of several leaks that which is direct and has the least frames, in whichever
# order they stand; the others are as if they were not there.
function least(	i, best)
{
	for (i = 1; i <= n; i++)
		if (judged[i] == "counts")
			text[stack[i]] = text[stack[i]] called[i] "\001"
	for (i = 1; i <= stacks; i++) {
		if (text[i] == "")
			continue
		text[i] = (indirect[i] ? "i" : "d") text[i]
		if (best == 0 || text[i] < text[best])
			best = i
	}
	for (i = 1; i <= n; i++)
		if (stack[i] != (best == 0 ? 1 : best))
			judged[i] = "another"
}
END {
	if (leaks)
		least()
	if (kind ~ /stack-overflow/)
		recurring()
	else if (race)
		places()
	if (m == 0)
		pick("counts")
	if (m == 0)
		pick("entry")
	# Where a hang is caught is chance; but not in which target.
	while (kind == "timeout" && m > 1 &&
	    called[state[m]] == "LLVMFuzzerTestOneInput")
		m--
	first = kind == "timeout" && m > 0 ? m : 1
	last = m < 3 || kind == "timeout" ? m : 3
	where = ""
	named = 1
	for (i = first; i <= last; i++) {
		where = where (i > first ? " < " : "") called[state[i]]
		if (nameless[state[i]])
			named = 0
	}
	if (where == "")
		where = place == "" ? "-" : place
	print kind
	print where
	print named
	print number
}
