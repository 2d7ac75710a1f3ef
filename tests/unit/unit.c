/* SPDX-License-Identifier: Apache-2.0 */

#include "unit.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN_BYTES = 16 };          /* Of each side of a difference. */

bool unit_runs_all;
FILE *unit_log;

static const char *suite_name;
static char case_name[128];
static bool case_open, case_failed;
static unsigned int n_passed, n_failed;
static bool reached[MPLSUDP_N_VERDICTS];
static uint64_t random_state;

static void
case_end(void)
{
    if (case_open) {
        n_passed += !case_failed;
        n_failed += case_failed;
        if (unit_log) {
            fprintf(unit_log, "%s: %s: %s\n", case_failed ? "FAILED" : "ok",
                    suite_name, case_name);
        }
    }
    case_open = case_failed = false;
}

void
unit_suite(const char *name, void (*run)(void))
{
    suite_name = name;
    random_state = UINT64_C(0x2545f4914f6cdd1d);
    run();
    case_end();
}

int
unit_totals(void)
{
    printf("%u passed, %u failed\n", n_passed, n_failed);
    if (unit_log) {
        fprintf(unit_log, "%u passed, %u failed\n", n_passed, n_failed);
    }
    return n_failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

void
unit_case(const char *format, ...)
{
    va_list args;

    case_end();
    case_open = true;
    va_start(args, format);
    vsnprintf(case_name, sizeof case_name, format, args);
    va_end(args);
}

/* Counts a failure.  Returns true if it is to be printed, after the line's
 * beginning that this function prints. */
static bool
fail(const char *what)
{
    bool first = !case_failed;

    case_failed = true;
    if (first) {
        printf("FAILED: %s: %s: %s: ", suite_name, case_name, what);
    }
    return first;
}

bool
unit_true(const char *what, bool ok)
{
    if (!ok && fail(what)) {
        printf("expected true, got false\n");
    }
    return ok;
}

bool
unit_number(const char *what, uint64_t expected, uint64_t got)
{
    if (expected != got && fail(what)) {
        printf("expected %"PRIu64" (0x%"PRIx64"), got %"PRIu64
               " (0x%"PRIx64")\n", expected, expected, got, got);
    }
    return expected == got;
}

bool
unit_text(const char *what, const char *expected, const char *got)
{
    bool ok = expected && got ? !strcmp(expected, got) : expected == got;

    if (!ok && fail(what)) {
        printf("expected \"%s\", got \"%s\"\n",
               expected ? expected : "(null)", got ? got : "(null)");
    }
    return ok;
}

static void
print_bytes(const uint8_t *data, size_t size)
{
    for (size_t i = 0; i < size && i < SHOWN_BYTES; i++) {
        printf("%02x", data[i]);
    }
}

bool
unit_bytes(const char *what, const void *expected_, const void *got_,
           size_t size)
{
    const uint8_t *expected = expected_, *got = got_;
    size_t ofs = 0;

    while (ofs < size && expected[ofs] == got[ofs]) {
        ofs++;
    }
    if (ofs < size && fail(what)) {
        printf("at byte %zu of %zu expected ", ofs, size);
        print_bytes(expected + ofs, size - ofs);
        printf(", got ");
        print_bytes(got + ofs, size - ofs);
        printf("\n");
    }
    return ofs == size;
}

bool
unit_verdict(const char *what, enum mplsudp_drop expected,
             enum mplsudp_drop got)
{
    if (expected == got) {
        reached[got] = true;
    } else if (fail(what)) {
        printf("expected %s, got %s\n", mplsudp_drop_name(expected),
               mplsudp_drop_name(got));
    }
    return expected == got;
}

bool
unit_verdict_reached(enum mplsudp_drop verdict)
{
    return reached[verdict];
}

uint8_t *
unit_copy(const void *data, size_t size)
{
    uint8_t *copy = malloc(size);

    if (!copy && size) {
        abort();
    }
    if (size) {
        memcpy(copy, data, size);
    }
    return copy;
}

/* Marsaglia's xorshift64*. */
uint32_t
unit_random(void)
{
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return (uint32_t) (random_state * UINT64_C(0x9e3779b97f4a7c15) >> 32);
}

void
unit_random_bytes(void *out, size_t size)
{
    uint8_t *p = out;

    for (size_t i = 0; i < size; i++) {
        p[i] = (uint8_t) (unit_random() >> 8);
    }
}
