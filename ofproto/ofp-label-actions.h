/* SPDX-License-Identifier: Apache-2.0
 *
 * ofp-label-actions: the actions push_labels and pop_labels in OpenFlow
 * messages.
 *
 * Both are Nicira extension actions of OpenFlow 1.3 and later.  Their subtypes
 * stand with all others in lib/ofp-actions.c, where build-aux/
 * extract-ofp-actions reads them, and so do the functions of
 * ofp-label-actions.inc, which that program's output calls and which hand on
 * to those declared here. */

#ifndef OFP_LABEL_ACTIONS_H
#define OFP_LABEL_ACTIONS_H 1

#include "label-action.h"
#include "openvswitch/ofp-actions.h"
#include "openvswitch/ofp-errors.h"

/* Bits of 'flags'.  Others must be zero. */
enum {
    NX_PUSH_LABELS_F_CONTROL_WORD = 1 << 0,
    NX_PUSH_LABELS_F_TC = 1 << 1,           /* 'tc' is given. */
    NX_PUSH_LABELS_F_TC_INHERIT = 1 << 2,
    NX_PUSH_LABELS_F_TTL = 1 << 3,          /* 'ttl' is given. */
    NX_PUSH_LABELS_F_TTL_INHERIT = 1 << 4,

    NX_POP_LABELS_F_CONTROL_WORD = 1 << 0,
    NX_POP_LABELS_F_TTL_COPY = 1 << 1
};

/* NXAST_PUSH_LABELS. */
struct nx_action_push_labels {
    ovs_be16 type;              /* OFPAT_VENDOR. */
    ovs_be16 len;               /* 16, and 4 for each label, padded to 8. */
    ovs_be32 vendor;            /* NX_VENDOR_ID. */
    ovs_be16 subtype;           /* NXAST_PUSH_LABELS. */
    uint8_t flags;              /* NX_PUSH_LABELS_F_*. */
    uint8_t n_labels;           /* 1-16. */
    uint8_t tc;                 /* 0-7; 0 unless given. */
    uint8_t ttl;                /* 1-255; 0 unless given. */
    uint8_t zero[2];
    /* Followed by:
     * - 'n_labels' labels, top first, each an ovs_be32 of 0-0xfffff but 3.
     * - Zeros to a multiple of 8 bytes. */
};
BUILD_ASSERT_DECL(sizeof(struct nx_action_push_labels) == 16);

/* NXAST_POP_LABELS.  'count' and 'payload' are those of struct label_pop. */
struct nx_action_pop_labels {
    ovs_be16 type;              /* OFPAT_VENDOR. */
    ovs_be16 len;               /* 16. */
    ovs_be32 vendor;            /* NX_VENDOR_ID. */
    ovs_be16 subtype;           /* NXAST_POP_LABELS. */
    uint8_t flags;              /* NX_POP_LABELS_F_*. */
    uint8_t count;              /* 1-16, 0 or 254 or 255 for all. */
    uint8_t payload;            /* 0 mpls, 1 ethernet, 2 ip, 3 auto, 4 not
                                 * given. */
    uint8_t zero[3];
};
BUILD_ASSERT_DECL(sizeof(struct nx_action_pop_labels) == 16);

/* An ofpact to what lib/ takes. */
void ofp_push_labels_get(const struct ofpact_push_labels *,
                         struct label_push *);
void ofp_pop_labels_get(const struct ofpact_pop_labels *, struct label_pop *);

/* Decode a message's action of 'nx->len' bytes.  Return 0 or an OFPERR_*. */
enum ofperr ofp_push_labels_decode(const struct nx_action_push_labels *nx,
                                   struct ofpact_push_labels *);
enum ofperr ofp_pop_labels_decode(const struct nx_action_pop_labels *nx,
                                  struct ofpact_pop_labels *);

/* Fill in what lies between subtype and labels, in zeroed memory. */
void ofp_push_labels_encode(const struct ofpact_push_labels *,
                            struct nx_action_push_labels *nx);
void ofp_pop_labels_encode(const struct ofpact_pop_labels *,
                           struct nx_action_pop_labels *nx);

/* Parse what stands between the parentheses.  Return null, or an error message
 * that the caller must free. */
char *ofp_push_labels_parse(const char *text, struct ofpact_push_labels *);
char *ofp_pop_labels_parse(const char *text, struct ofpact_pop_labels *);

/* Append the action to 'ds', as "ovs-ofctl dump-flows" prints it. */
void ofp_push_labels_format(const struct ofpact_push_labels *, struct ds *ds);
void ofp_pop_labels_format(const struct ofpact_pop_labels *, struct ds *ds);

#endif /* ofp-label-actions.h */
