/* SPDX-License-Identifier: Apache-2.0
 *
 * mplsudp-template: the header that a tunnel port puts before its packets,
 * made once for each translated flow.
 *
 * A template is the outer Ethernet and IP headers, UDP, GRE or nothing, the
 * label stack, a control word if the port uses them, and behind that a struct
 * mplsudp_push, which tells mplsudp-encap.c what to change for each packet.
 * It travels as the header of OVS's tnl_push action, so it knows nothing of
 * pointers.
 *
 * The label stack is, top first, the transport labels and the labels of the
 * key, with an entropy label pair under the first of all.
 *
 * Built in vport-mplsudp-transmit.c, printed and parsed in
 * vport-mplsudp-text.c, used up in mplsudp-encap.c. */

#ifndef MPLSUDP_TEMPLATE_H
#define MPLSUDP_TEMPLATE_H 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "inner-packet.h"
#include "label-stack.h"
#include "mplsudp-config.h"
#include "outer-header.h"

enum mplsudp_push_flags {
    MPLSUDP_PUSH_IPV6 = 1 << 0,
    MPLSUDP_PUSH_CONTROL_WORD = 1 << 1, /* Before Ethernet payloads. */
    MPLSUDP_PUSH_CSUM = 1 << 2,
    MPLSUDP_PUSH_ENTROPY = 1 << 3,      /* In source port, flow label. */
    MPLSUDP_PUSH_TOS_INHERIT = 1 << 4,
    MPLSUDP_PUSH_TTL_INHERIT = 1 << 5,
    MPLSUDP_PUSH_LABEL_TC_INHERIT = 1 << 6,
    MPLSUDP_PUSH_IP_TTL_INHERIT = 1 << 7,   /* Into labels over IP. */
    MPLSUDP_PUSH_ETH_TTL_INHERIT = 1 << 8,  /* Into labels over Ethernet. */
    MPLSUDP_PUSH_ENTROPY_LABEL = 1 << 9,    /* Third entry of the stack. */
    MPLSUDP_PUSH_FLAGS_MASK = (1 << 10) - 1
};

/* What stands behind the bytes of a template. */
struct mplsudp_push {
    uint32_t port_id;           /* The sending port, for its drop counters. */
    uint32_t entropy;           /* Basis of the flow hash; the UDP source port
                                 * itself without MPLSUDP_PUSH_ENTROPY. */
    uint16_t flags;             /* MPLSUDP_PUSH_*. */
    uint16_t mtu;               /* Largest outer IP packet, bytes. */
    uint8_t type;               /* enum mplsudp_type. */
    uint8_t zero[3];            /* Templates are compared byte by byte. */
    uint8_t outer_size;         /* All before the label stack, bytes. */
    uint8_t stack_size;         /* Label stack, bytes; may be 0. */
    uint8_t payload;            /* enum mplsudp_payload. */
    uint8_t key_verdict;        /* Why packets that need the stack are dropped
                                 * (enum mplsudp_drop), or MPLSUDP_PASS. */
};

enum {
    MPLSUDP_OUTER_MAX = ETHERNET_SIZE + IPV6_SIZE + OUTER_UDP_SIZE,
    MPLSUDP_STACK_DEPTH_MAX = MPLSUDP_LABELS_MAX + 2 + LABEL_KEY_DEPTH,
    MPLSUDP_STACK_MAX = MPLSUDP_STACK_DEPTH_MAX * LSE_SIZE,
    MPLSUDP_ENTROPY_LABEL_OFS = 2 * LSE_SIZE,   /* Within the stack. */
    MPLSUDP_HEADER_MAX = MPLSUDP_OUTER_MAX + MPLSUDP_STACK_MAX
                         + CONTROL_WORD_SIZE,
    MPLSUDP_TEMPLATE_MAX = MPLSUDP_HEADER_MAX + sizeof(struct mplsudp_push)
};

/* OVS cannot make more room before a packet in DPDK's buffers than this. */
_Static_assert(MPLSUDP_HEADER_MAX <= 128, "header exceeds DPDK's headroom");

/* What a template needs beside the port's configuration. */
struct mplsudp_template_params {
    struct outer_params outer;  /* 'protocol' is filled in here. */
    uint64_t key;               /* As label-stack.h packs it. */
    uint32_t port_id;
    uint16_t mtu;               /* Largest outer IP packet, bytes. */
    uint16_t fixed_src_port;    /* UDP only, used if 'entropy' is false. */
};

/* Returns the bytes of the headers before the label stack. */
static inline size_t
mplsudp_outer_size(enum mplsudp_type type, bool ipv6)
{
    return (size_t) ETHERNET_SIZE + (ipv6 ? IPV6_SIZE : IPV4_SIZE)
           + mplsudp_types[type].header_size;
}

/* Writes the template for 'config' and 'params' to 'out' and returns its size
 * in bytes.  A key that cannot be sent gives a template that refuses the
 * packets that would need it. */
size_t mplsudp_template_build(const struct mplsudp_config *config,
                              const struct mplsudp_template_params *params,
                              uint8_t out[MPLSUDP_TEMPLATE_MAX]);

/* Reads the struct mplsudp_push behind the template of 'size' bytes at
 * 'template'.  Returns false, and leaves '*push' undefined, if the sizes in it
 * do not add up to 'size'. */
bool mplsudp_template_push(const uint8_t *template, size_t size,
                           struct mplsudp_push *push);

/* Returns the number of bytes of a template that can go on the wire, all
 * headers from the outer Ethernet header to the control word. */
static inline size_t
mplsudp_push_header_size(const struct mplsudp_push *push)
{
    return push->outer_size + push->stack_size
           + (push->flags & MPLSUDP_PUSH_CONTROL_WORD ? CONTROL_WORD_SIZE : 0);
}

#endif /* mplsudp-template.h */
