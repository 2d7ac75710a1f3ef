/* SPDX-License-Identifier: Apache-2.0
 *
 * test-mplsudp-drop: the list of drop reasons (lib/mplsudp-drop.h), and that
 * the other suites reached each of them. */

#include "mplsudp-drop.h"

#include <string.h>

#include "unit.h"

/* Reasons that only the adapter to Open vSwitch gives. */
static const enum mplsudp_drop adapter_reasons[] = {
    MPLSUDP_DROP_UNKNOWN_SOURCE,    /* No port has the outer source. */
    MPLSUDP_DROP_NOT_MPLS,          /* It knows what a packet is. */
    MPLSUDP_DROP_OFFLOAD,           /* lib/ sees bytes, not offload flags. */
    MPLSUDP_DROP_TEMPLATE,          /* mplsudp_template_push() returned false,
                                     * see test-mplsudp-template.c. */
};

/* Reasons that only actions give. */
static const enum mplsudp_drop action_reasons[] = {
    MPLSUDP_DROP_NOT_MPLS,
    MPLSUDP_DROP_STACK_LENGTH,
};

/* Returns true if 'reason' is one of the 'n' at 'reasons'. */
static bool
is_among(enum mplsudp_drop reason, const enum mplsudp_drop *reasons, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (reasons[i] == reason) {
            return true;
        }
    }
    return false;
}

static bool
is_adapter_reason(enum mplsudp_drop reason)
{
    return is_among(reason, adapter_reasons,
                    sizeof adapter_reasons / sizeof adapter_reasons[0]);
}

static bool
is_action_reason(enum mplsudp_drop reason)
{
    return is_among(reason, action_reasons,
                    sizeof action_reasons / sizeof action_reasons[0]);
}

static void
test_names(void)
{
    for (int i = 0; i < MPLSUDP_N_VERDICTS; i++) {
        const char *name = mplsudp_drop_name(i);

        unit_case("name and text of %s", name);
        unit_true("name is for counters",
                  *name && !name[strspn(name, "abcdefghijklmnopqrstuvwxyz_")]);
        unit_true("text is one line", *mplsudp_drop_text(i)
                                      && !strchr(mplsudp_drop_text(i), '\n'));
        for (int j = 0; j < i; j++) {
            unit_true("name is its own", strcmp(name, mplsudp_drop_name(j)));
        }
    }
    unit_case("each reason belongs to receive, transmit or both, or actions");
    for (int i = MPLSUDP_PASS + 1; i < MPLSUDP_N_VERDICTS; i++) {
        unit_number(mplsudp_drop_name(i), !is_action_reason(i),
                    mplsudp_drop_on_receive(i)
                    || mplsudp_drop_on_transmit(i));
    }
    unit_true("payload on receive",
              mplsudp_drop_on_receive(MPLSUDP_DROP_PAYLOAD));
    unit_true("payload on transmit",
              mplsudp_drop_on_transmit(MPLSUDP_DROP_PAYLOAD));
    unit_true("ecn not on transmit",
              !mplsudp_drop_on_transmit(MPLSUDP_DROP_ECN));
    unit_true("too_big not on receive",
              !mplsudp_drop_on_receive(MPLSUDP_DROP_TOO_BIG));
    unit_true("pass neither", !mplsudp_drop_on_receive(MPLSUDP_PASS)
                              && !mplsudp_drop_on_transmit(MPLSUDP_PASS));
    unit_case("name of pass");
    unit_text("name", "pass", mplsudp_drop_name(MPLSUDP_PASS));
    unit_case("names of values that are no verdict");
    unit_text("after the last", "unknown",
              mplsudp_drop_name(MPLSUDP_N_VERDICTS));
    unit_text("negative", "unknown",
              mplsudp_drop_name((enum mplsudp_drop) -1));
    unit_text("text after the last", "unknown reason",
              mplsudp_drop_text(MPLSUDP_N_VERDICTS));
}

static void
test_reached(void)
{
    for (int i = 0; unit_runs_all && i < MPLSUDP_N_VERDICTS; i++) {
        if (!is_adapter_reason(i)) {
            unit_case("a test reaches %s", mplsudp_drop_name(i));
            unit_true("reached", unit_verdict_reached(i));
        }
    }
}

void
test_mplsudp_drop(void)
{
    test_names();
    test_reached();
}
