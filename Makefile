# PandaFuzz.  "make demo" shows it at work, "make check" proves it; both do
# all set-up.  Lists, not wildcards: a file that is not named is not built.

VERSION =	0.1
PREFIX =	/usr/local
DESTDIR =
CC =		gcc
O =		.build
B =		bin
# Tests at once: most of them wait most of the time.
JOBS =		4

WARN =	-Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -Wold-style-definition -Wpointer-arith \
	-Wwrite-strings -Wcast-qual -Wformat=2 -Wvla -Wundef \
	-Wdeclaration-after-statement -Werror
HARDEN = -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fcf-protection \
	-fstack-clash-protection
OPT =	-O2 -g $(HARDEN)
CFLAGS = -std=c11 -D_GNU_SOURCE -DPF_VERSION='"$(VERSION)"' $(WARN) $(OPT) \
	-fno-common -fPIE -I. -Ilib -Isrc $(EXTRA)
LDFLAGS = -pie -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed $(EXTRA)
LIBS =	-lsqlite3 -lcurl -lmicrohttpd -lcjson -linih -lcrypto -lz -lpthread -lm

PROGS =	pf-sched pf-registry pf-reaper pf-ingest pf-run pf-report pf-httpd \
	pf-blackbox pf-triage

# What goes on PATH and is no program of ours to build.
SCRIPTS =	pf-engine-check

# The library, a line a layer or two.
BASE =	err mem buf num name time retry breaker rate hist
OS =	fs beneath clock lock sock guard proc kin ipc stop notify sandbox user
# Crash reports: the record, what follows from it, and the readers.
REPORTS = report types line place mangled mangled_in mangled_type mangled_rust \
		demangle prefix scan ignore builtin rules state severity \
		blind \
		san asan hwasan lsan msan tsan ubsan libfuzzer afl death \
		reader glibc check cxx rust go valgrind vgsay vgxml gdb
CODEC =	hash json jw conf rec unpack op aflstat fuzzlog trace table \
		bucket header gzip prom recfield base64 wire tar elfscan zip \
		verdict elf pairs engine sanopt cmdline xml sum check repro \
		ddmin odds vgblock \
		$(REPORTS:%=report/%)
STORE =	conffile db dberr dblost dbfunc steps schema rowjson placing blob \
		spool spoolfile spoolbad writer joblog token scratch spoolblob trials
NET =	http
VIEW =	known shared view lists detail cursor page pick logread \
		loglines logtail find show overdue explain progress metrics \
		metrics_writer audit audit_line audit_sums crash again inputs \
		crashes coverage campaigns rows health bugs checked \
		regressions place why rebucket leaks found sarif junit \
		inforce better origin states
LIB =	$(BASE:%=base/%) $(OS:%=os/%) $(CODEC:%=codec/%) \
	$(STORE:%=store/%) $(NET:%=net/%) $(VIEW:%=view/%)

# What only the writer links.
MODEL =	system tally bot job campaign assignment result upload hook corpus \
	coverage event mend check build
ACT =	act common register heartbeat claim complete submit cancel tick expire \
		recover rows crashrow checkrow build blob refused hook campaign \
		ears sweep counts stats health rules bucket place crash mendbucket \
		announce
WRITER = store/dbw $(MODEL:%=model/%) $(ACT:%=act/%)

# The programs' rooms.
SCHED =		pf-sched writer serve crowd client apply init submit cancel \
		campaign recover snapshot backup remake reload newest lost \
		beside remakerules rules keep hooked totals rebuild rebuilds \
		build whose
REGISTRY =	pf-registry ops
REAPER =	pf-reaper
INGEST =	pf-ingest batch items alone slice crew check place report \
		ledger rows watch dry bad joblog room hook tend errand blob \
		fsck fsck_ledger fsck_rows fsck_meta fsck_snap fsck_spool \
		fsck_small fsck_report fsck_file mend mend_rows thin stay \
		refuse keep small
MASTER =	master outbox refused trim fetch share pull wait
ENGINE =	engine afl afl_caps afl_options afl_cmd afl_sibling afl_node \
		afl_seeds afl_read afl_finds libfuzzer lf_options lf_log \
		lf_finds lf_counts lf_merge lf_watch extern extern_learn \
		extern_tray rerun env argv seen built sanitize
FIND =		finds joblog sent
CHECK =		trial apart queue check small later regress memcheck
HEALTH =	health judge target starve
BOX =		can start bwrap jail paths hide groups node home watch usage
LIFE =		settings board cores show progress screen
DOCTOR =	doctor machine engines workdir master
RUN =		pf-run slots slot fuzz job state sweep lease harvest heir warden \
		$(MASTER:%=master/%) $(ENGINE:%=engine/%) $(FIND:%=find/%) $(CHECK:%=check/%) \
		$(BOX:%=box/%) $(HEALTH:%=health/%) $(LIFE:%=life/%) \
		$(DOCTOR:%=doctor/%)
BLACKBOX =	pf-blackbox chance execute mutate pool words
TRIAGE =	pf-triage record explain
REPORT =	pf-report rebucket why crash bundle bundle_text repro status explain \
		log regressions leaks events
TABLE =	bots jobs results system live openapi schema shapes push crashes \
		corpus campaigns builds rules elsewhere
API =	bots list claim jobs newjob feed_upload results feed_results \
		shared lists logs stats system push pushed form stash \
		files push_log read_crashes read_campaigns read_corpus \
		archive campaigns builds rules explain found feed_blob
LIVE =	api live events job peers
HTTPD =	pf-httpd aside box serve request route shape meter reply settle pool db \
		commit ear access watch framing loop ops body \
		$(TABLE:%=table/%) $(API:%=api/%) $(LIVE:%=live/%)

# Tests in C, fuzz targets.
UNIT = history err buf num name time sock beneath sandbox user spool writer retry \
		breaker proc ipc db states moves json rec unpack conf trace table \
		header cursor wire tar elfscan sum zip \
		verdict judge elf names triage readers frames \
		cmdline xml checks repro rules mangled \
		ddmin odds vgblock
HELPERS = mkpack storm proxy sender
PRELOAD = mf short
FUZZ =	json rec conf aflstat fuzzlog trace unpack wire elfscan engine \
		request self elf verdict report check rules vgblock

MAN1 =	pf-blackbox pf-engine-check pf-registry pf-run pf-report pf-triage
MAN5 =	pandafuzz.conf pf-engine pf-ops pf-rules pf-spool pf-db
MAN7 =	pandafuzz pf-api pf-internals pf-recovery pf-style pf-test
MAN8 =	pf-sched pf-reaper pf-ingest pf-httpd
ETC =	pandafuzz.conf crontab.sample inetd.conf.sample pf-httpd.service \
	pf-httpd.socket pandafuzz-bot.service
ENGINES =	blackbox honggfuzz radamsa zzuf

include scripts/rules.mk
