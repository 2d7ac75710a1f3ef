/* SPDX-License-Identifier: Apache-2.0
 *
 * vport-mplsudp-private: what the files of datapath-ext/ share among
 * themselves.  vport-mplsudp.h has the overview. */

#ifndef VPORT_MPLSUDP_PRIVATE_H
#define VPORT_MPLSUDP_PRIVATE_H 1

#include "cmap.h"
#include "compat.h"
#include "icmp-quote.h"
#include "mplsudp-config.h"
#include "mplsudp-decap.h"
#include "mplsudp-drop.h"
#include "netdev-provider.h"
#include "openvswitch/list.h"
#include "ovs-atomic.h"
#include "ovs-rcu.h"
#include "vport-mplsudp.h"

/* What was being done to a packet that was refused. */
enum vport_mplsudp_way {
    VPORT_MPLSUDP_RECEIVE,
    VPORT_MPLSUDP_TRANSMIT,
    VPORT_MPLSUDP_PUSH_LABELS,
    VPORT_MPLSUDP_POP_LABELS
};

/* Packets refused, by enum mplsudp_drop. */
struct vport_mplsudp_drops {
    atomic_uint64_t n[MPLSUDP_N_VERDICTS];
};

/* One of our netdevs.  Destroyed under RCU. */
struct vport_mplsudp {
    struct cmap_node id_node;   /* In the table of vport-mplsudp-count.c. */
    uint32_t id;                /* Names this port in templates. */
    uint16_t fixed_src_port;    /* UDP source port with entropy=false. */
    char *name;
    enum mplsudp_type type;

    /* Null in a datapath port and in a user port without valid options.
     * Replaced only in the main thread. */
    OVSRCU_TYPE(const struct mplsudp_config *) config;

    /* User port: refused to send.  Datapath port: refused in all. */
    struct vport_mplsudp_drops drops;

    /* Where packets for this port come from; null if not published.  Main
     * thread only, but read under the lock of vport-mplsudp-sources.c. */
    struct vport_mplsudp_source *source;
    struct ovs_list source_node;        /* In 'source->ports'. */
};

/* One outer source that is accepted, and how; see vport-mplsudp-sources.c. */
struct vport_mplsudp_source {
    struct cmap_node node;
    struct in6_addr remote;     /* All-zero: any address. */
    enum mplsudp_type type;
    uint16_t dst_port;          /* 0 if the type has none. */
    OVSRCU_TYPE(const struct mplsudp_receive *) receive;
    struct vport_mplsudp_drops drops;
    struct ovs_list ports;      /* User ports, by 'source_node'. */
    OVSRCU_TYPE(const char *) name;     /* Of the first of these. */
    unsigned int n_removals;    /* Postponed calls that would remove it. */
};

static inline bool
vport_mplsudp_is_class(const struct netdev *netdev)
{
    return netdev->netdev_class->push_header == vport_mplsudp_push_header;
}

static inline struct vport_mplsudp *
vport_mplsudp_cast(const struct netdev *netdev)
{
    return netdev_vport_cast(netdev)->mplsudp;
}

static inline const struct mplsudp_config *
vport_mplsudp_get(const struct vport_mplsudp *port)
{
    return ovsrcu_get(const struct mplsudp_config *, &port->config);
}

/* vport-mplsudp-count.c. */
void vport_mplsudp_register_id(struct vport_mplsudp *);
void vport_mplsudp_unregister_id(struct vport_mplsudp *);
struct vport_mplsudp *vport_mplsudp_from_id(uint32_t id);
void vport_mplsudp_count(enum mplsudp_drop,
                         struct vport_mplsudp_drops *datapath,
                         struct vport_mplsudp_drops *user);
uint64_t vport_mplsudp_n_drops(const struct vport_mplsudp_drops *,
                               enum mplsudp_drop);

/* vport-mplsudp-drops.c. */
void vport_mplsudp_drops_init(void);
void vport_mplsudp_record(enum mplsudp_drop, enum vport_mplsudp_way,
                          const char *datapath_port, const char *port,
                          const struct dp_packet *);

/* vport-mplsudp-sources.c. */
struct vport_mplsudp_source *
vport_mplsudp_source_lookup(enum mplsudp_type type, uint16_t dst_port,
                            const struct in6_addr *remote);
const struct mplsudp_receive *
vport_mplsudp_receive_lookup(enum mplsudp_type type, uint16_t dst_port,
                             const struct in6_addr *remote);
bool vport_mplsudp_have_sources(void);
uint32_t vport_mplsudp_sources_version(void);
const struct vport_mplsudp **
vport_mplsudp_senders(enum mplsudp_type type, uint16_t dst_port,
                      const struct in6_addr *remote, size_t *n);

/* vport-mplsudp-conflict.c. */
char *vport_mplsudp_find_conflict(const struct netdev *,
                                  const struct mplsudp_config *);

/* vport-mplsudp-mtu.c. */
uint16_t vport_mplsudp_tunnel_mtu(const struct mplsudp_config *,
                                  uint32_t pkt_mark, const struct in6_addr *);

/* vport-mplsudp-pmtu.c. */
struct vport_mplsudp_pmtu {
    struct in6_addr peer;
    uint16_t mtu;               /* Largest outer IP packet, bytes. */
    long long int expires;      /* As time_msec(). */
};

void vport_mplsudp_pmtu_init(void);
void vport_mplsudp_note_far_end(const struct in6_addr *);
uint16_t vport_mplsudp_learned_mtu(const struct in6_addr *peer);
struct vport_mplsudp_pmtu *vport_mplsudp_learned(size_t *n);
uint64_t vport_mplsudp_n_icmp(enum icmp_quote_verdict);

/* vport-mplsudp-show.c. */
void vport_mplsudp_show_init(void);
void vport_mplsudp_show_drops(struct ds *, const char *title,
                              const struct vport_mplsudp_drops *);

#endif /* vport-mplsudp-private.h */
