# PandaFuzz.  "make demo" shows it at work, "make check" proves it; both do
# all set-up.  Lists, not wildcards: a file that is not named is not built.

VERSION =	0.1
PREFIX =	/usr/local
DESTDIR =
CC =		gcc
O =		.build
B =		bin
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

PROGS =	pf-sched pf-registry pf-reaper pf-ingest pf-run pf-report pf-httpd

# The library, a line a layer or two.
BASE =	err mem buf num name time retry breaker hist
OS =	fs clock lock sock guard proc stop notify sandbox user
CODEC =	hash json jw conf rec unpack op aflstat fuzzlog trace table \
		bucket header gzip prom recfield base64 wire tar
STORE =	conffile db steps schema rowjson blob spool spoolfile spoolbad \
		writer joblog token scratch spoolblob
NET =	http
VIEW =	known shared view lists detail cursor page pick logread \
		loglines logtail find show overdue explain progress metrics \
		metrics_writer audit audit_line audit_sums crash inputs \
		crashes coverage campaigns rows
LIB =	$(BASE:%=base/%) $(OS:%=os/%) $(CODEC:%=codec/%) \
	$(STORE:%=store/%) $(NET:%=net/%) $(VIEW:%=view/%)

# What only the writer links.
MODEL =	system tally bot job campaign assignment result upload crash corpus \
	coverage event mend
ACT =	act common register heartbeat claim complete submit cancel tick expire \
		recover rows crashrow blob refused hook campaign ears sweep counts stats
WRITER = store/dbw $(MODEL:%=model/%) $(ACT:%=act/%)

# The programs' rooms.
SCHED =		pf-sched writer serve client apply init submit cancel campaign recover \
		snapshot backup remake reload rebuild
REGISTRY =	pf-registry ops
REAPER =	pf-reaper
INGEST =	pf-ingest batch crew check place report ledger rows watch dry bad \
		joblog room hook errand blob fsck fsck_ledger fsck_rows \
		fsck_meta fsck_spool fsck_report mend mend_rows thin stay refuse keep
RUN =		pf-run slots slot fuzz job fetch state master outbox sweep engine \
		engine_afl engine_libfuzzer finds share joblog rerun env argv
REPORT =	pf-report crash status explain log
TABLE =	bots jobs results system live openapi schema shapes push crashes \
		corpus campaigns
API =	bots list claim jobs newjob feed_upload results feed_results \
		shared lists logs stats system push pushed form stash \
		files push_log read_crashes read_campaigns read_corpus \
		archive campaigns
LIVE =	api live events job peers
HTTPD =	pf-httpd box serve request route shape meter reply settle pool db \
		commit ear access watch framing loop ops body \
		$(TABLE:%=table/%) $(API:%=api/%) $(LIVE:%=live/%)

# Tests in C, fuzz targets.
UNIT = history err buf num name time sock sandbox user spool writer retry \
		breaker proc states moves json rec unpack conf trace table \
		header cursor wire tar
HELPERS = mkpack storm proxy sender
PRELOAD = mf short
FUZZ =	json rec conf aflstat fuzzlog trace unpack wire request self

MAN1 =	pf-registry pf-run pf-report
MAN5 =	pandafuzz.conf pf-ops pf-spool pf-db
MAN7 =	pandafuzz pf-api pf-internals pf-recovery pf-style pf-test
MAN8 =	pf-sched pf-reaper pf-ingest pf-httpd
ETC =	pandafuzz.conf crontab.sample inetd.conf.sample pf-httpd.service \
	pf-httpd.socket

include scripts/rules.mk
