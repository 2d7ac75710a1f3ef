/* SPDX-License-Identifier: Apache-2.0
 *
 * vports: tunnel ports for the fuzz targets on datapath-ext/, and the counters
 * that they should show.
 *
 * Used by fuzz-vport-*.c, which are linked with Open vSwitch's library:
 * netdevs, packets and flow extraction are real. */

#ifndef VPORTS_H
#define VPORTS_H 1

#include <config.h>

#include "dp-packet.h"
#include "flow.h"
#include "fuzz.h"
#include "netdev.h"
#include "odp-netlink.h"
#include "vport-mplsudp-private.h"

enum { VPORTS_N_DATAPATH = 4 };     /* Two for UDP ports 6635 and 6637. */

/* A datapath port. */
struct vports_datapath {
    const struct netdev *netdev;
    struct vport_mplsudp *port;
    uint16_t dst_port;              /* 0 if the type has none. */
    uint64_t drops[MPLSUDP_N_VERDICTS];     /* What it should show. */
};

/* A user port, published. */
struct vports_user {
    struct netdev *netdev;
    struct vport_mplsudp *port;
    const struct mplsudp_config *config;
    unsigned int datapath;          /* Index of its datapath port. */
    uint64_t receive_drops[MPLSUDP_N_VERDICTS];
    uint64_t transmit_drops[MPLSUDP_N_VERDICTS];
};

extern struct vports_datapath vports_datapath[VPORTS_N_DATAPATH];
extern struct vports_user *vports_users;
extern size_t vports_n_users;

/* Makes the ports, in the first call. */
void vports_init(void);

/* Returns the user port that takes packets of 'type' to 'dst_port' from
 * 'remote' by the options that it was given, or null. */
struct vports_user *vports_find(enum mplsudp_type type, uint16_t dst_port,
                                const struct in6_addr *remote);

/* Counts a packet that is missing from datapath port 'datapath' in what that
 * should show, after its counters have: exactly one of them has grown, by one.
 * Returns the reason. */
enum mplsudp_drop vports_take_drop(struct vports_datapath *datapath);

/* Every counter of every port shows what it should. */
void vports_check_counters(void);

/* One packet of an input: a byte of flags, two bytes of size (if there is
 * less, what there is) and the packet, at least one byte. */
struct vports_input {
    const uint8_t *data;
    size_t size;
    uint8_t flags;
};

/* Reads a packet from the '*size' bytes at '*data', which it moves behind it.
 * Returns false if there is none. */
bool vports_read_input(const uint8_t **data, size_t *size,
                       struct vports_input *input);

/* How a flow outputs to a user port. */
struct vports_header {
    struct vports_user *user;
    struct flow flow;
    struct in6_addr src;        /* Of the outer header; also the remote of
                                 * 'user', so that it receives what it sent. */
    struct ovs_action_push_tnl action;
    bool intact;                /* The template is as it was built. */
};

enum { VPORTS_HEADER_SIZE = 16 };

/* Reads a header from the VPORTS_HEADER_SIZE bytes at 'data': the user port;
 * outer TTL; outer TOS, whose lowest bit is "don't fragment" instead; the last
 * byte of the remote of a port with remote_ip=flow; the key, 8 bytes; the
 * offset of a byte of the template, 2 bytes, and how it is changed; unused. */
void vports_read_header(const uint8_t *data, struct vports_header *header);

/* Returns a packet of the 'size' bytes, at least one, at 'data', with
 * 'headroom' before them, and nothing behind. */
struct dp_packet *vports_packet(const uint8_t *data, size_t size,
                                size_t headroom, ovs_be32 packet_type);

/* Extracts 'packet''s flow as dpif-netdev does, which sets its offsets. */
void vports_extract(struct dp_packet *packet, struct flow *flow);

#endif /* vports.h */
