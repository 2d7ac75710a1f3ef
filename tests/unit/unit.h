/* SPDX-License-Identifier: Apache-2.0
 *
 * unit: cases, checks and totals of the unit tests.
 *
 * A suite is a function that runs cases.  A case starts with unit_case(),
 * ends where the next one starts, and fails if one of the checks between them
 * does; only its first failure is printed.  Each check returns true if it
 * holds, for callers that cannot go on otherwise. */

#ifndef UNIT_H
#define UNIT_H 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "mplsudp-drop.h"

#if defined(__GNUC__)
#define UNIT_PRINTF __attribute__((format(printf, 1, 2)))
#else
#define UNIT_PRINTF
#endif

/* One test program's suites; mplsudp-test.c has the table. */
void test_wire(void);
void test_gre_header(void);
void test_inet_sum(void);
void test_key_filter(void);
void test_label_stack(void);
void test_inner_packet(void);
void test_stack_body(void);
void test_stack_memo(void);
void test_label_entropy(void);
void test_label_spread(void);
void test_outer_header(void);
void test_icmp_quote(void);
void test_mplsudp_config(void);
void test_option_lists(void);
void test_mplsudp_template(void);
void test_mplsudp_encap(void);
void test_mplsudp_inherit(void);
void test_mplsudp_labels(void);
void test_mplsudp_ecn(void);
void test_mplsudp_ttl(void);
void test_mplsudp_refuse(void);
void test_round_trip(void);
void test_receive_options(void);
void test_receive_layout(void);
void test_mplsudp_decap(void);
void test_label_action(void);
void test_label_action_errors(void);
void test_label_push(void);
void test_label_push_read(void);
void test_label_pop(void);
void test_label_pop_ttl(void);
void test_label_round_trip(void);
void test_vectors(void);
void test_mplsudp_drop(void);

/* Runs suite 'run' under 'name', which its failures are printed with. */
void unit_suite(const char *name, void (*run)(void));

/* If set, each case is written here with its result, "ok: SUITE: CASE" or
 * "FAILED: SUITE: CASE", and the totals behind them; tests/conformance/report
 * reads that. */
extern FILE *unit_log;

/* Prints the totals.  Returns the exit status: 1 if a case failed. */
int unit_totals(void);

/* Starts the next case. */
void unit_case(const char *format, ...) UNIT_PRINTF;

/* Checks, each of which names in 'what' the thing that is compared. */
bool unit_true(const char *what, bool ok);
bool unit_number(const char *what, uint64_t expected, uint64_t got);
bool unit_text(const char *what, const char *expected, const char *got);
bool unit_bytes(const char *what, const void *expected, const void *got,
                size_t size);

/* Checks a verdict, and remembers that tests reached it. */
bool unit_verdict(const char *what, enum mplsudp_drop expected,
                  enum mplsudp_drop got);

/* Returns true if unit_verdict() saw 'verdict' where it was expected. */
bool unit_verdict_reached(enum mplsudp_drop verdict);

/* Set if every suite runs, so that test-mplsudp-drop.c can tell whether all
 * reasons were reached. */
extern bool unit_runs_all;

/* Returns a copy of the 'size' bytes at 'data' that ends where its memory
 * ends, so that AddressSanitizer sees one byte read too many.  The caller
 * frees it. */
uint8_t *unit_copy(const void *data, size_t size);

/* Returns the next of a sequence of pseudorandom numbers that is the same in
 * every run; each suite starts it anew. */
uint32_t unit_random(void);

/* Fills the 'size' bytes at 'out' with pseudorandom bytes. */
void unit_random_bytes(void *out, size_t size);

#endif /* unit.h */
