/* SPDX-License-Identifier: Apache-2.0
 *
 * packet-room: room for headers before a packet.
 *
 * lib/dp-packet.c makes room itself, except before a packet in a buffer of
 * DPDK or AF_XDP, which cannot grow: there it aborts.  Such buffers have 128
 * bytes, and several pushes, or a tunnel after the deepest stack, need more.
 *
 * Called by vport-mplsudp-transmit.c and label-actions.c. */

#ifndef PACKET_ROOM_H
#define PACKET_ROOM_H 1

#include "dp-packet.h"

enum { PACKET_ROOM_MORE = 128 };        /* Of a copy: for what follows. */

/* Returns 'packet' with at least 'size' bytes of headroom: itself, or, if its
 * buffer cannot have that, a copy, and then 'packet' is freed. */
static inline struct dp_packet *
packet_with_room(struct dp_packet *packet, size_t size)
{
    struct dp_packet *copy;

    if (OVS_LIKELY(dp_packet_headroom(packet) >= size)) {
        return packet;
    }
    if (packet->source != DPBUF_DPDK && packet->source != DPBUF_AFXDP) {
        dp_packet_prealloc_headroom(packet, size);
        return packet;
    }
    copy = dp_packet_clone_with_headroom(packet, size + PACKET_ROOM_MORE);
    dp_packet_delete(packet);
    return copy;
}

/* Makes the 'size' bytes at 'head', in its buffer, all of 'packet'. */
static inline void
packet_set_bytes(struct dp_packet *packet, uint8_t *head, size_t size)
{
    dp_packet_set_data(packet, head);
    dp_packet_set_size(packet, size);
    dp_packet_reset_offsets(packet);
}

#endif /* packet-room.h */
