/* SPDX-License-Identifier: Apache-2.0
 *
 * label-pop: takes label stack entries off packets, and a control word with
 * them, and says what is below (RFC 3032, RFC 3443, RFC 4385).
 *
 * Called by datapath-ext/label-actions.c for each packet of a pop_labels()
 * action. */

#ifndef LABEL_POP_H
#define LABEL_POP_H 1

#include <stddef.h>
#include <stdint.h>

#include "label-action.h"
#include "mplsudp-drop.h"

/* What label_pop_read() finds below. */
struct label_exposed {
    size_t ofs;                 /* Where it begins, from the stack's start. */
    uint16_t type;              /* Ethertype; 0 for an Ethernet frame. */
};

/* Reads the label stack at the start of the 'size' bytes at 'stack' as 'pop',
 * which passed label_pop_check(), says, and stores in '*exposed' what is below
 * the entries that are to go.  An entropy label pair that would be left on top
 * goes with them (RFC 6790 section 4.1).  If 'pop' copies the TTL, lowers that
 * of what is below to that of the last entry (RFC 3443 section 3.1), which an
 * entropy label pair is not unless it comes on top.
 *
 * Returns MPLSUDP_PASS, or why the packet must be dropped: STACK_TRUNCATED;
 * STACK_LENGTH if the stack ends before 'count' entries, or not with the last
 * of them where the bottom should be; TTL_EXPIRED for a TTL of 0 in an entry
 * that goes, or in what is below if the TTL is copied; SPECIAL_LABEL;
 * CONTROL_WORD; PAYLOAD if what is below is not what 'pop' says. */
enum mplsudp_drop label_pop_read(const struct label_pop *pop, uint8_t *stack,
                                 size_t size, struct label_exposed *exposed);

#endif /* label-pop.h */
