# SPDX-License-Identifier: Apache-2.0
#
# Test targets.  Each ends with a line "N passed, N failed".
#
#   check            check-unit, check-fuzz-replay and check-at
#   check-unit       lib/ against tables of vectors
#   check-at         the grafted Open vSwitch on its dummy datapath
#   check-system     real daemons in network namespaces (as root)
#   check-oracle     the same with an unmodified Linux kernel as peer
#                    (user-mode Linux)
#   check-oracle-qemu  and with one in qemu, which sends MPLS in UDP as well
#   check-scale      mplsudp-controller with 20 hypervisors: what it must not
#                    touch (as root)
#   check-property   tenants' networks changed at random, and their isolation
#                    probed: PROPERTY_OPERATIONS for each of PROPERTY_SEEDS
#   check-property-long  the same, 10,000 for each of three
#   check-ovs        the parts of Open vSwitch's own suite that tunnels, MPLS,
#                    actions and groups touch
#   check-ovs-all    all of Open vSwitch's own suite
#   check-pure       lib/ needs nothing but a C11 compiler
#   check-sizes      files and lines are short enough
#   check-hooks      patches hold hooks and no logic
#   check-build      what make does again, a patch that does not apply, and
#                    what is installed where
#   check-fuzz-replay  the fuzz targets with their seeds, by any compiler
#   check-fuzz       the fuzz targets by clang's libFuzzer, FUZZ_SECONDS (60)
#                    in all
#   check-fuzz-long  the same with FUZZ_RUNS (10 million) inputs for each
#   check-sanitizers check-unit, check-fuzz-replay and check-at, by gcc and
#                    clang (SANITIZER_COMPILERS) with sanitizers
#   conformance      each rule of the RFCs with the tests that show it, from
#                    the logs of check-unit, check-at, check-system and
#                    check-oracle, which run if their logs are older than
#                    what they tested
#
# Benchmarks print tables, leave results in tests/logs, and pass or fail nothing
# by time:
#
#   bench            the packet path against VXLAN, Geneve and GRE, in a build
#                    of its own with DPDK; latency and TCP between hypervisors;
#                    and lib/ (as root, an hour on a machine with nothing else
#                    to do)
#   bench-quick      what tells most of it, in two minutes behind the build
#   bench-codec      each operation of lib/ alone
#   bench-controller  mplsudp-controller with HYPERVISORS (50) hypervisors
#
# TESTSUITEFLAGS goes to the Autotest suites: "-k WORD", "-j1", "5-9".

include tests/unit/sources.mk

TESTSUITEFLAGS =
ovs_autotest_folders = utilities vswitchd ovsdb vtep tests mplsudp/utilities \
	mplsudp/utilities/controller
ovs_autotest_path = $(subst $(eval) ,:,$(foreach folder, \
	$(ovs_autotest_folders),$(ovs_build)/$(folder) $(ovs_src)/$(folder)))
run_suite = $(SHELL) $(srcdir)/tests/run-suite

check-local: check-unit check-fuzz-replay check-at

# ---- lib/ -------------------------------------------------------------------

EXTRA_PROGRAMS = tests/mplsudp-test tests/bench/codec-bench
tests_mplsudp_test_SOURCES = $(mplsudp_unit_sources)
tests_mplsudp_test_LDADD = lib/libmplsudp.a
$(tests_mplsudp_test_OBJECTS): ovs-args

check-unit: tests/mplsudp-test
	@mkdir -p tests/logs
	@UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1:$$UBSAN_OPTIONS \
	  tests/mplsudp-test --log tests/logs/unit

tests_bench_codec_bench_SOURCES = \
	tests/bench/codec-bench.c \
	tests/bench/codec-bench.h \
	tests/bench/codec-labels.c \
	tests/bench/codec-ring.c \
	tests/bench/codec-tunnels.c \
	tests/unit/reference.c \
	tests/unit/reference.h
tests_bench_codec_bench_LDADD = lib/libmplsudp.a
$(tests_bench_codec_bench_OBJECTS): ovs-args

bench_run = $(SHELL) $(srcdir)/tests/bench/run '$(srcdir)' '$(OVS_SOURCE)' \
	'$(MAKE)'
bench:
	+@$(bench_run)
bench-quick:
	+@$(bench_run) --quick

bench-codec: tests/bench/codec-bench
	@mkdir -p tests/logs
	@tests/bench/codec-bench --json tests/logs/bench-codec.json

check-build: all
	@$(SHELL) $(srcdir)/tests/check-build '$(srcdir)' '$(OVS_SOURCE)' \
	  '$(OVS_SERIES)' '$(prefix)' '$(MAKE)'

FUZZ_SECONDS = 60
FUZZ_RUNS = 10000000
fuzz_run = MPLSUDP_BUILD='$(ovs_build)' $(srcdir)/tests/fuzz/run --jobs 2
check-fuzz: ovs-programs
	@$(fuzz_run) --total $(FUZZ_SECONDS)
check-fuzz-long: ovs-programs
	@$(fuzz_run) --runs $(FUZZ_RUNS)
check-fuzz-replay: ovs-programs
	@CC='$(CC)' CFLAGS='$(CFLAGS)' LDFLAGS='$(LDFLAGS)' $(fuzz_run) 0

check-pure:
	@$(SHELL) $(srcdir)/tests/check-pure '$(CC)' $(srcdir)/lib
check-sizes:
	@$(SHELL) $(srcdir)/tests/check-sizes $(srcdir)
check-hooks:
	@$(SHELL) $(srcdir)/tests/check-hooks $(srcdir)/vswitchd-patches

# ---- Our Autotest suite -----------------------------------------------------
#
# It uses the macros of Open vSwitch's suite, and its atlocal.  The folders in
# atconfig are Open vSwitch's, since its macros look there for schemas and
# Python modules; ours is in $mplsudp_srcdir.

tests/package.m4: Makefile
	@{ echo 'm4_define([AT_PACKAGE_NAME], [$(PACKAGE_NAME)])'; \
	   echo 'm4_define([AT_PACKAGE_TARNAME], [$(PACKAGE_TARNAME)])'; \
	   echo 'm4_define([AT_PACKAGE_VERSION], [$(PACKAGE_VERSION)])'; \
	   echo 'm4_define([AT_PACKAGE_STRING], [$(PACKAGE_STRING)])'; \
	   echo 'm4_define([AT_PACKAGE_BUGREPORT], [])'; } >$@

tests/atconfig: Makefile
	@{ echo "at_testdir='tests'"; \
	   echo "abs_builddir='$(abs_top_builddir)/tests'"; \
	   echo "at_srcdir='$(ovs_src)/tests'"; \
	   echo "abs_srcdir='$(ovs_src)/tests'"; \
	   echo "at_top_srcdir='$(ovs_src)'"; \
	   echo "abs_top_srcdir='$(ovs_src)'"; \
	   echo "at_top_build_prefix='$(ovs_build)/'"; \
	   echo "abs_top_builddir='$(ovs_build)'"; \
	   echo "at_top_builddir='$(ovs_build)/'"; \
	   echo "mplsudp_srcdir='$(abs_top_srcdir)'"; \
	   echo "export mplsudp_srcdir"; \
	   echo "EXEEXT='$(EXEEXT)'"; \
	   echo "AUTOTEST_PATH='$(ovs_autotest_path)'"; \
	   echo "SHELL='$(SHELL)'"; } >$@

tests/atlocal: ovs-programs
	@cp ovs-build/tests/atlocal $@

tests/testsuite: $(wildcard $(srcdir)/tests/*.at) tests/package.m4 \
		ovs-graft.stamp
	$(AM_V_GEN)$(AUTOM4TE) --language=autotest -I tests \
	  -I '$(srcdir)/tests' -I '$(srcdir)' -I ovs-src \
	  -o $@.tmp '$(srcdir)/tests/testsuite.at'
	$(AM_V_at)mv $@.tmp $@

check-at: tests/testsuite tests/atconfig tests/atlocal ovs-programs
	@$(run_suite) --sources '$(srcdir):$(ovs_src)' tests/logs/at -- \
	  tests/testsuite -C tests -- -j2 $(TESTSUITEFLAGS)

# ---- Open vSwitch's suite ---------------------------------------------------

ovs_suite = ovs-src/tests/testsuite -C ovs-build/tests \
	AUTOTEST_PATH=utilities:vswitchd:ovsdb:vtep:tests:ipsec
ovs_keywords = -k tunnel -k tunnel_push_pop -k tunnel_push_pop_ipv6 \
	-k MPLS -k ptap -k ofp-actions -k nsh -k group -k clone

# Open vSwitch's "check" makes the keys and scripts that its tests use, and
# asked for no more than its version, its suite runs nothing.
ovs-check-data: ovs-all
	+@ASAN_OPTIONS=detect_leaks=0 $(ovs_make) check \
	  TESTSUITEFLAGS=--version >/dev/null

check-ovs: ovs-check-data
	@odp=$$($(SHELL) ovs-src/tests/testsuite --list | \
	  sed -n 's/^ *\([0-9]*\): odp\.at:.*/\1/p') && test -n "$$odp" && \
	$(run_suite) --recheck --sources '$(ovs_src)' tests/logs/ovs -- \
	  $(ovs_suite) -- -j4 $(TESTSUITEFLAGS) $(ovs_keywords) $$odp

check-ovs-all: ovs-check-data
	@$(run_suite) --recheck --known $(srcdir)/tests/ovs-known-failures \
	  --sources '$(ovs_src)' tests/logs/ovs-all -- \
	  $(ovs_suite) -- -j3 $(TESTSUITEFLAGS)

# ---- Others -----------------------------------------------------------------

check-system: all
	@MPLSUDP_BUILD='$(ovs_build)' $(SHELL) $(srcdir)/tests/with-log \
	  tests/logs/system $(srcdir)/tests/system/run

check-oracle: all
	@MPLSUDP_BUILD='$(ovs_build)' $(SHELL) $(srcdir)/tests/with-log \
	  tests/logs/oracle $(srcdir)/tests/oracle/run uml
check-oracle-qemu: all
	@MPLSUDP_BUILD='$(ovs_build)' $(srcdir)/tests/oracle/run qemu

check-scale: all
	@MPLSUDP_BUILD='$(ovs_build)' $(SHELL) $(srcdir)/tests/with-log \
	  tests/logs/scale $(srcdir)/tests/bench/controller-check

HYPERVISORS = 50
bench-controller: all
	@mkdir -p tests/logs
	@MPLSUDP_BUILD='$(ovs_build)' $(srcdir)/tests/bench/controller-scale \
	  --json tests/logs/controller-scale.json $(HYPERVISORS)

PROPERTY_SEEDS = 1
PROPERTY_OPERATIONS = 500
check-property: all
	@MPLSUDP_BUILD='$(ovs_build)' $(SHELL) $(srcdir)/tests/with-log \
	  tests/logs/property $(srcdir)/tests/property/run \
	  --seed '$(PROPERTY_SEEDS)' --operations $(PROPERTY_OPERATIONS) \
	  --logs tests/logs/property-failures
check-property-long:
	@$(MAKE) check-property PROPERTY_SEEDS='1 2 3' \
	  PROPERTY_OPERATIONS=10000

SANITIZER_COMPILERS = gcc clang
SANITIZER_TESTS =
check-sanitizers:
	@DATAPATH_TESTS='$(SANITIZER_TESTS)' \
	  $(SHELL) $(srcdir)/tests/check-sanitizers '$(srcdir)' '$(OVS_SOURCE)' \
	  '$(MAKE)' $(SANITIZER_COMPILERS)

conformance: all tests/mplsudp-test tests/testsuite
	+@$(srcdir)/tests/conformance/run '$(srcdir)' '$(MAKE)'

.PHONY: check-unit check-at check-system check-oracle check-oracle-qemu \
	check-ovs check-ovs-all check-pure check-sizes check-hooks check-build \
	check-scale bench bench-quick bench-codec bench-controller \
	check-fuzz check-fuzz-long check-fuzz-replay check-sanitizers \
	check-property check-property-long conformance ovs-check-data

EXTRA_DIST += tests
CLEANFILES += tests/mplsudp-test tests/bench/codec-bench tests/testsuite \
	tests/testsuite.log tests/package.m4 tests/atconfig tests/atlocal
clean-local: clean-tests
clean-tests:
	rm -rf tests/testsuite.dir tests/logs
.PHONY: clean-tests
