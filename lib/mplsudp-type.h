/* SPDX-License-Identifier: Apache-2.0
 *
 * mplsudp-type: the three encapsulations, and in what they differ.
 *
 *     mplsudp   IP / UDP, destination port 6635   RFC 7510
 *     mplsgre   IP / GRE, protocol 0x8847         RFC 4023 section 3.2
 *     mplsip    IP, protocol 137                  RFC 4023 section 3.1
 *
 * Used all over lib/ and datapath-ext/. */

#ifndef MPLSUDP_TYPE_H
#define MPLSUDP_TYPE_H 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum mplsudp_type {
    MPLSUDP_TYPE_UDP,
    MPLSUDP_TYPE_GRE,
    MPLSUDP_TYPE_IP
};

enum {
    MPLSUDP_N_TYPES = MPLSUDP_TYPE_IP + 1,
    MPLSUDP_PORT = 6635,        /* RFC 7510 section 7. */
    MPLSUDP_DTLS_PORT = 6636    /* MPLS in UDP with DTLS, and nothing else. */
};

/* What is the same for all packets of a type. */
struct mplsudp_type_info {
    const char *name;           /* As "ovs-vsctl set interface" has it. */
    uint8_t protocol;           /* IP protocol or next header number. */
    uint8_t header_size;        /* Bytes that are sent between the outer IP
                                 * header and the label stack. */
};

extern const struct mplsudp_type_info mplsudp_types[MPLSUDP_N_TYPES];

/* Stores in '*type' the type named 'name'.  Returns false, and leaves it as it
 * was, if there is none. */
bool mplsudp_type_find(const char *name, enum mplsudp_type *type);

#endif /* mplsudp-type.h */
