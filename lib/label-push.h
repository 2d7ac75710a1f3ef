/* SPDX-License-Identifier: Apache-2.0
 *
 * label-push: puts a label stack before packets (RFC 3032).
 *
 * A push_labels() action and what it is pushed onto make a header, the bytes
 * that every packet gets; what a packet inherits is filled in as it is
 * copied.  So neither the depth of the stack nor what packets carry costs more
 * than one action and one flow.
 *
 * The header is made by ofproto/xlate-labels.h when a flow is translated, and
 * written by datapath-ext/label-actions.c. */

#ifndef LABEL_PUSH_H
#define LABEL_PUSH_H 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "label-action.h"
#include "label-stack.h"

/* What a packet fills in, in each entry. */
enum {
    LABEL_PUSH_TTL = 1,
    LABEL_PUSH_TC = 2
};

enum {
    LABEL_PUSH_BYTES = LABEL_ACTION_MAX * LSE_SIZE + CONTROL_WORD_SIZE,
    LABEL_PUSH_HEAD = 4         /* Bytes of a header before its 'bytes'. */
};

/* A datapath action: bytes without padding, of which the last, behind 'size',
 * need not be there. */
struct label_push_header {
    uint8_t size;               /* Of 'bytes', that is, of what is pushed. */
    uint8_t n;                  /* Label stack entries, 1-16. */
    uint8_t inherits;           /* LABEL_PUSH_*. */
    uint8_t zero;
    uint8_t bytes[LABEL_PUSH_BYTES];
};

/* What packets that 'push' is pushed onto are. */
enum label_push_onto {
    LABEL_PUSH_ONTO_ETHERNET,
    LABEL_PUSH_ONTO_MPLS,       /* A stack: entries go on top, S is 0. */
    LABEL_PUSH_ONTO_OTHER       /* IP, or another network layer packet. */
};

/* Makes the header of 'push', which passed label_push_check(), for packets
 * like 'onto'.  No control word goes onto a stack: RFC 4385 section 2. */
void label_push_build(const struct label_push *push, enum label_push_onto onto,
                      struct label_push_header *header);

/* The reverse: the action that makes 'header', with nothing left to default,
 * and in '*onto_mpls' whether S is 0.  Returns false if 'header', of which
 * 'size' bytes are there, is not one that label_push_build() makes. */
bool label_push_read(const struct label_push_header *header, size_t size,
                     struct label_push *push, bool *onto_mpls);

/* Writes the 'header->size' bytes that go before a packet to 'out', with TTL
 * and TC of the header at 'source', of which 'size' bytes are there: one of
 * IPv4, IPv6 or an MPLS label stack, as the Ethertype 'type' says (in host
 * byte order).  Another, or one that is damaged, has nothing to inherit (TTL
 * 255, TC 0).  'out' may end where 'source' starts.
 *
 * Returns MPLSUDP_PASS, or TTL_EXPIRED if the inherited TTL is 0 (RFC 3032
 * section 2.4), and then 'out' is undefined. */
enum mplsudp_drop label_push_write(const struct label_push_header *header,
                                   const uint8_t *source, size_t size,
                                   uint16_t type, uint8_t *out);

#endif /* label-push.h */
