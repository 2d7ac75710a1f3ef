/* SPDX-License-Identifier: Apache-2.0
 *
 * mplsudp-test: the unit tests of lib/.
 *
 *     mplsudp-test [SUITE...]      runs all suites, or those named
 *     mplsudp-test --log FILE      runs all, and writes each case with its
 *                                  result to FILE
 *     mplsudp-test --list          prints their names
 *
 * Prints one line for each case that fails and ends with "N passed, N failed";
 * exit status 1 if any failed.  Names of cases carry the rules of the RFCs
 * that they test (U-02, T-09, ...).  The packets of the suite "vectors" come
 * from the files in the folder that the environment variable MPLSUDP_VECTORS
 * names. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

static const struct {
    const char *name;
    void (*run)(void);
} suites[] = {
    { "wire", test_wire },
    { "inet-sum", test_inet_sum },
    { "label-stack", test_label_stack },
    { "inner-packet", test_inner_packet },
    { "stack-body", test_stack_body },
    { "stack-memo", test_stack_memo },
    { "label-entropy", test_label_entropy },
    { "label-spread", test_label_spread },
    { "outer-header", test_outer_header },
    { "gre-header", test_gre_header },
    { "icmp-quote", test_icmp_quote },
    { "mplsudp-config", test_mplsudp_config },
    { "option-lists", test_option_lists },
    { "mplsudp-template", test_mplsudp_template },
    { "mplsudp-encap", test_mplsudp_encap },
    { "mplsudp-inherit", test_mplsudp_inherit },
    { "mplsudp-labels", test_mplsudp_labels },
    { "mplsudp-refuse", test_mplsudp_refuse },
    { "receive-options", test_receive_options },
    { "key-filter", test_key_filter },
    { "mplsudp-decap", test_mplsudp_decap },
    { "mplsudp-ecn", test_mplsudp_ecn },
    { "mplsudp-ttl", test_mplsudp_ttl },
    { "receive-layout", test_receive_layout },
    { "round-trip", test_round_trip },
    { "label-action", test_label_action },
    { "label-action-errors", test_label_action_errors },
    { "label-push", test_label_push },
    { "label-push-read", test_label_push_read },
    { "label-pop", test_label_pop },
    { "label-pop-ttl", test_label_pop_ttl },
    { "label-round-trip", test_label_round_trip },
    { "vectors", test_vectors },
    { "mplsudp-drop", test_mplsudp_drop },   /* Last: looks at the others. */
};
enum { N_SUITES = sizeof suites / sizeof suites[0] };

/* Returns the index of the suite named 'name', or N_SUITES. */
static int
suite_find(const char *name)
{
    int i;

    for (i = 0; i < N_SUITES && strcmp(name, suites[i].name); i++) {
        continue;
    }
    return i;
}

static void
print_suites(void)
{
    for (int i = 0; i < N_SUITES; i++) {
        printf("%s\n", suites[i].name);
    }
}

static void
run_all(void)
{
    unit_runs_all = true;
    for (int i = 0; i < N_SUITES; i++) {
        unit_suite(suites[i].name, suites[i].run);
    }
}

/* Runs all suites with a log in 'file'.  Returns the exit status. */
static int
run_with_log(const char *file)
{
    int status;

    unit_log = fopen(file, "w");
    if (!unit_log) {
        perror(file);
        return 2;
    }
    run_all();
    status = unit_totals();
    if (fclose(unit_log)) {
        perror(file);
        return 2;
    }
    return status;
}

int
main(int argc, char *argv[])
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc == 2 && !strcmp(argv[1], "--list")) {
        print_suites();
        return EXIT_SUCCESS;
    }
    if (argc == 3 && !strcmp(argv[1], "--log")) {
        return run_with_log(argv[2]);
    }
    for (int i = 1; i < argc; i++) {
        if (suite_find(argv[i]) == N_SUITES) {
            fprintf(stderr, "%s: no suite \"%s\"; --list names them\n",
                    argv[0], argv[i]);
            return 2;
        }
    }

    if (argc == 1) {
        run_all();
    }
    for (int i = 1; i < argc; i++) {
        int found = suite_find(argv[i]);

        unit_suite(suites[found].name, suites[found].run);
    }
    return unit_totals();
}
