# How the lists of the Makefile become programs.  GNU make.

LIBPF =	$(O)/libpf.a
BINS =	$(PROGS:%=$(B)/%)
obj =	$(patsubst %,$(O)/src/$(1)/%.o,$(2))
OBJ_sched =	$(call obj,sched,$(SCHED)) $(WRITER:%=$(O)/lib/%.o)
OBJ_registry =	$(call obj,registry,$(REGISTRY))
OBJ_reaper =	$(call obj,reaper,$(REAPER))
OBJ_ingest =	$(call obj,ingest,$(INGEST))
OBJ_run =	$(call obj,run,$(RUN))
OBJ_blackbox =	$(call obj,blackbox,$(BLACKBOX))
OBJ_triage =	$(call obj,triage,$(TRIAGE))
OBJ_report =	$(call obj,report,$(REPORT))
OBJ_httpd =	$(call obj,httpd,$(HTTPD))
UNITS =	$(UNIT:%=$(O)/t/unit/%.t)
WRITERO = $(WRITER:%=$(O)/lib/%.o)
TOOLS =	$(HELPERS:%=$(O)/t/lib/%) $(PRELOAD:%=$(O)/t/lib/%.so)
FUZZERS = $(FUZZ:%=$(O)/fuzz/%)
SETUP =	sh scripts/setup

all: $(BINS)

# Nothing is kept that a rule made by the way, and nothing half-made.
.SECONDARY:
.DELETE_ON_ERROR:

$(O)/%.o: %.c
	@mkdir -p $(@D); echo "CC $<"
	@$(CC) $(CFLAGS) -MMD -MP -c -o $@ $<

$(O)/%.o: $(O)/%.c
	@mkdir -p $(@D); echo "CC $<"
	@$(CC) $(CFLAGS) -MMD -MP -c -o $@ $<

$(LIBPF): $(LIB:%=$(O)/lib/%.o)
	rm -f $@ && ar rcs $@ $^

# The schema is SQL to read and a string to link.
SQL =	lib/store/schema.sql lib/store/schema-2.sql lib/store/schema-3.sql \
	lib/store/schema-4.sql lib/store/schema-5.sql lib/store/schema-6.sql \
	lib/store/schema-7.sql lib/store/schema-8.sql lib/store/schema-9.sql \
	lib/store/schema-10.sql lib/store/schema-11.sql \
	lib/store/schema-12.sql lib/store/schema-13.sql \
	lib/store/schema-14.sql lib/store/schema-15.sql \
	lib/store/schema-16.sql lib/store/schema-17.sql \
	lib/store/schema-18.sql lib/store/schema-19.sql
$(O)/lib/store/schema.c: $(SQL) scripts/mkschema
	@mkdir -p $(@D); echo "SQL $(SQL)"
	@sh scripts/mkschema $(SQL) >$@

# What goes with a crash to another machine is text too.
REPRO =	src/report/repro.sh src/report/signature.awk
$(O)/src/report/repro.c: $(REPRO) scripts/mktext
	@mkdir -p $(@D); echo "TEXT $(REPRO)"
	@sh scripts/mktext $(REPRO) >$@

# --as-needed leaves each program just the libraries it calls; a test looks.
.SECONDEXPANSION:
$(BINS): $(B)/pf-%: $$(OBJ_$$*) $(LIBPF)
	@mkdir -p $(@D); echo "LD $@"
	@$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

# The writer's part of the library is not in the archive.
$(O)/libpfw.a: $(WRITERO)
	rm -f $@ && ar rcs $@ $^

$(O)/t/unit/%.t: $(O)/t/unit/%.o $(O)/libpfw.a $(LIBPF)
	@echo "LD $@"; $(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

$(O)/t/lib/%: $(O)/t/lib/%.o $(LIBPF)
	@echo "LD $@"; $(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

# Preloaded into a program of ours, so nothing of a sanitizer in it.
$(O)/t/lib/%.so: t/lib/%.c
	@mkdir -p $(@D); echo "CC $<"
	@$(CC) -std=c11 -D_GNU_SOURCE $(WARN) -O2 -fPIC -shared -o $@ $<

# A fuzz target over its corpus, without a fuzzer: part of make check.
$(O)/t/fuzz/%.t: $(O)/t/fuzz/%.o $(O)/t/fuzz/parsers.o \
    $(O)/t/fuzz/replay.o $(LIBPF)
	@echo "LD $@"; $(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

# That of requests is of pf-httpd, without what has threads or sockets.
SEAMS =	pf-httpd aside box serve request pool loop ops commit ear access watch meter \
	framing live/%
SEAMED = $(filter-out $(SEAMS),$(HTTPD))
$(O)/t/fuzz/request.t: $(O)/t/fuzz/request.o $(O)/t/fuzz/seams.o \
    $(O)/t/fuzz/looks.o $(O)/t/fuzz/replay.o $(call obj,httpd,$(SEAMED)) \
    $(O)/libpfw.a $(LIBPF)
	@echo "LD $@"; $(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

# The same under libFuzzer: make fuzz, or $(O)/fuzz/json t/fuzz/corpus/json.
PURE =	$(BASE:%=lib/base/%.c) $(CODEC:%=lib/codec/%.c)
$(O)/fuzz/%: t/fuzz/%.c t/fuzz/parsers.c $(PURE)
	@mkdir -p $(@D)
	clang -std=c11 -D_GNU_SOURCE -g -O1 -I. -Ilib \
	    -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
	    -o $@ $^ -lcjson -linih -lcrypto -lz -lm

$(O)/fuzz/request: t/fuzz/request.c t/fuzz/seams.c t/fuzz/looks.c \
    $(SEAMED:%=src/httpd/%.c) $(WRITER:%=lib/%.c) $(O)/lib/store/schema.c \
    $(filter-out lib/store/schema.c,$(LIB:%=lib/%.c))
	@mkdir -p $(@D)
	clang -std=c11 -D_GNU_SOURCE -DPF_VERSION='"$(VERSION)"' -g -O1 -I. \
	    -Ilib -Isrc -fsanitize=fuzzer,address,undefined \
	    -fno-sanitize-recover=all -o $@ $^ $(LIBS)

fuzz: $(FUZZERS)

# Each for so long; FUZZ='rules check' picks some.
SECONDS = 60
fuzz-run: fuzz
	sh scripts/fuzz-run $(O)/fuzz $(SECONDS) $(FUZZ)

print-PROGS:
	@echo $(PROGS)

-include $(shell find $(O) -name '*.d' 2>/dev/null)

# Tests.  "build" installs what it takes to compile, "check" what the tests
# take besides.
TESTENV = PF_BIN=$(abspath $(B)) PF_OBJ=$(abspath $(O)) PF_ROOT=$(CURDIR)
REPLAYS = $(FUZZ:%=$(O)/t/fuzz/%.t)

setup-build setup-demo setup-check setup-model setup-power:
	@$(SETUP) $(@:setup-%=%)

tests: all $(UNITS) $(TOOLS) $(REPLAYS)

# What takes longest begins first, so that nothing is left alone at the end.
LONG = t/3119-box-evil-engines.t t/9025-tool-faults.t t/0240-shellcheck.t \
	t/9047-away-mutants.t t/8010-two-engines.t t/9020-sched-faults.t \
	t/9022-serve-faults.t t/9030-sched-malloc.t t/9031-serve-malloc.t \
	t/9026-tool-malloc.t t/6110-triage-builds.t t/3033-afl-modes.t \
	t/3500-run-cores.t t/3405-engine-shipped.t

check: setup-check
	$(MAKE) -j2 tests
	$(TESTENV) sh scripts/prove $(JOBS) .build/proved $(LONG) t \
	    $(UNITS) $(REPLAYS)

ASAN =	-fsanitize=address,undefined -fno-sanitize-recover=all
SANENV = ASAN_OPTIONS=detect_leaks=1:abort_on_error=1 \
	UBSAN_OPTIONS=print_stacktrace=1:abort_on_error=1
check-asan: setup-check
	$(MAKE) -j2 O=.build/asan B=.build/asan/bin OPT='-O1 -g' \
	    EXTRA='$(ASAN)' tests
	$(SANENV) PF_FAST=1 PF_ROOT=$(CURDIR) \
	    PF_BIN=$(CURDIR)/.build/asan/bin PF_OBJ=$(CURDIR)/.build/asan \
	    sh scripts/prove $(JOBS) .build/asan/proved \
	    $(LONG) t $(UNITS:.build/%=.build/asan/%) \
	    $(REPLAYS:.build/%=.build/asan/%)

check-valgrind: setup-check
	$(MAKE) -j2 tests
	for t in $(UNITS) $(REPLAYS); do $(TESTENV) valgrind -q --error-exitcode=9 \
	    --leak-check=full --errors-for-leak-kinds=definite \
	    --trace-children=no $$t >/dev/null || exit 1; done

# A fault at every system call and allocation of who must lose nothing.  In
# memory: what survives a program's death does not need a disk for it.
FAULTS = t/9000-ingest-kill.t t/9001-accept-faults.t t/9002-outbox-faults.t \
	t/9003-tools-faults.t t/9005-ingest-faults.t t/9007-ingest-slices.t \
	t/9012-push-faults.t t/7065-httpd-large-faults.t \
	t/7207-httpd-upload-faults.t \
	t/3116-box-evil-least.t t/3830-away-chaos.t t/3832-away-packets.t \
	t/9015-run-kill.t t/9020-sched-faults.t t/9022-serve-faults.t \
	t/9025-tool-faults.t t/9026-tool-malloc.t t/9030-sched-malloc.t \
	t/9031-serve-malloc.t t/9009-corruption.t t/9060-paused-bot.t
check-faults: setup-check
	$(MAKE) -j2 tests
	@rm -f $(O)/faults; mkdir -p $(O)
	[ ! -w /dev/shm ] || export TMPDIR=/dev/shm; \
	PF_SWEEP=all PF_TOTALS=$(abspath $(O))/faults $(TESTENV) \
	    prove -j$(JOBS) --timer $(FAULTS); \
	rc=$$?; sort $(O)/faults; \
	awk -f t/lib/totals.awk $(O)/faults && exit $$rc

# Everything at work, and everything killed again and again.
MINUTES = 10
check-soak: setup-check
	$(MAKE) -j2 tests
	$(TESTENV) sh t/soak $(MINUTES)

# The power fails, some hundred times.
CUTS =	300
FS =	ext4 xfs btrfs
POWER =	$(O)/t/power/disk $(O)/t/power/cut
$(O)/t/power/disk: t/power/disk.c
	@mkdir -p $(@D); echo "LD $@"
	@$(CC) -std=c11 -O2 -Wall -Wextra -D_GNU_SOURCE \
	    -D_FILE_OFFSET_BITS=64 -o $@ $< $$(pkg-config --cflags --libs fuse3)
$(O)/t/power/cut: t/power/cut.c
	@mkdir -p $(@D); echo "LD $@"
	@$(CC) -std=c11 -O2 -Wall -Wextra -D_GNU_SOURCE -o $@ $<
check-power: setup-power
	$(MAKE) -j2 all $(O)/t/lib/mkpack $(POWER)
	for fs in $(FS); do sh t/power/check $$([ $$fs = ext4 ] && \
	    echo $(CUTS) || echo $$(($(CUTS) / 8 + 10))) 1 $$fs || exit 1; done
	sh t/power/errors 1000

# The lease, as a model: every order of events.
check-model: setup-model
	sh t/model/check

ALLSRC = $(filter-out lib/store/schema.c,$(LIB:%=lib/%.c)) \
	$(WRITER:%=lib/%.c) \
	$(SCHED:%=src/sched/%.c) $(REGISTRY:%=src/registry/%.c) \
	$(REAPER:%=src/reaper/%.c) $(INGEST:%=src/ingest/%.c) \
	$(RUN:%=src/run/%.c) $(BLACKBOX:%=src/blackbox/%.c) $(patsubst %,src/report/%.c,$(filter-out repro,$(REPORT))) \
	$(TRIAGE:%=src/triage/%.c) \
	$(HTTPD:%=src/httpd/%.c)
analyze: setup-check
	$(MAKE) -j2 O=.build/analyze B=.build/analyze/bin EXTRA='-fanalyzer' all
	clang-tidy --quiet $(ALLSRC) -- -std=c11 -D_GNU_SOURCE \
	    -DPF_VERSION='""' -I. -Ilib -Isrc
	cppcheck -q --error-exitcode=1 --std=c11 --inline-suppr \
	    --enable=warning,portability -I. -Ilib -Isrc $(ALLSRC)

demo: setup-demo
	$(MAKE) -j2 all
	DEMO_DIR='$(DEMO_DIR)' KEEP='$(KEEP)' exec sh scripts/demo/run

# Installation.
MANS =	$(MAN1:%=man1/%.1) $(MAN5:%=man5/%.5) $(MAN7:%=man7/%.7) \
	$(MAN8:%=man8/%.8)
IBIN =	$(DESTDIR)$(PREFIX)/bin
IMAN =	$(DESTDIR)$(PREFIX)/share/man
IETC =	$(DESTDIR)$(PREFIX)/share/pandafuzz
ILIB =	$(DESTDIR)$(PREFIX)/lib/pandafuzz

install: all
	install -d $(IBIN) $(IETC) $(ILIB)/engines.d
	install -m 755 $(BINS) $(SCRIPTS:%=bin/%) $(IBIN)
	for m in $(MANS); do \
	    install -D -m 644 man/$$m $(IMAN)/$$m || exit 1; done
	for f in $(ETC); do \
	    install -m 644 etc/$$f $(IETC)/$$f || exit 1; done
	for e in $(ENGINES); do install -m 755 etc/engines.d/$$e \
	    $(ILIB)/engines.d/$$e || exit 1; done

uninstall:
	for p in $(PROGS) $(SCRIPTS); do rm -f $(IBIN)/$$p; done
	for m in $(MANS); do rm -f $(IMAN)/$$m; done
	for f in $(ETC); do rm -f $(IETC)/$$f; done
	for e in $(ENGINES); do rm -f $(ILIB)/engines.d/$$e; done
	rmdir $(IETC) $(ILIB)/engines.d $(ILIB) 2>/dev/null || :

clean:
	rm -rf $(O) $(BINS)

dist:
	git archive --prefix=pandafuzz-$(VERSION)/ HEAD | \
	    gzip -9n >pandafuzz-$(VERSION).tar.gz

README: man/man7/pandafuzz.7
	sh scripts/readme >$@

.PHONY: all tests check check-faults check-soak check-model check-power check-asan check-valgrind \
	analyze fuzz fuzz-run demo install uninstall clean dist print-PROGS setup-build setup-demo setup-check
