/* SPDX-License-Identifier: Apache-2.0
 *
 * key-filter: which keys the ports of one source take.
 *
 * OVS looks for the port of a received packet by outer source and key, and, if
 * no port has both, by the key alone.  So a packet with a key that no port of
 * its source takes would come to a port that does not name the source, or
 * whose 'peers' leave it out.  mplsudp-decap.c refuses it first.
 *
 * Filled by vport-mplsudp-sources.c in the main thread, and never changed once
 * packets are received by it. */

#ifndef KEY_FILTER_H
#define KEY_FILTER_H 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "option-value.h"

/* What one port takes. */
struct key_filter_entry {
    uint64_t key;               /* Only if not 'any_key'. */
    bool any_key;
    bool any_local;
    uint8_t local[OUTER_ADDRESS_SIZE];  /* Only if not 'any_local'. */
};

struct key_filter {
    size_t n_any;               /* Entries with 'any_key': they come first,
                                 * the others in the order of their keys. */
    size_t n;
    struct key_filter_entry entries[];
};

/* Returns the bytes that a filter of 'n' entries needs. */
static inline size_t
key_filter_size(size_t n)
{
    return sizeof(struct key_filter) + n * sizeof(struct key_filter_entry);
}

/* Returns the entry for a port with 'in_key', whose packets have keys only if
 * 'has_key', and 'local_ip'. */
struct key_filter_entry
key_filter_entry(const struct mplsudp_key *in_key, bool has_key,
                 const struct mplsudp_address *local_ip);

/* Brings the 'n' entries of '*filter' into order.  Must be called before
 * key_filter_takes(). */
void key_filter_sort(struct key_filter *filter);

/* Returns true if a port takes packets with 'key' to the own address 'local',
 * IPv4 mapped. */
bool key_filter_takes(const struct key_filter *filter, uint64_t key,
                      const uint8_t local[OUTER_ADDRESS_SIZE]);

#endif /* key-filter.h */
