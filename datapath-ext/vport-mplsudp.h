/* SPDX-License-Identifier: Apache-2.0
 *
 * vport-mplsudp: the tunnel port types "mplsudp", "mplsgre" and "mplsip" for
 * OVS's userspace datapath.
 *
 * This is the seam: every function that a hook in vswitchd-patches/ calls or
 * names for the sake of ports is declared here, and nothing else is.  Actions
 * have label-actions.h.
 *
 * Two kinds of netdev have one of the types.  A "user port" is what an
 * operator adds to a bridge; it has options.  All user ports of type mplsudp
 * with one UDP destination port share a "datapath port", mudp_sys_PORT, which
 * dpif-netdev opens under that name; it has none.  All of type mplsgre share
 * mgre_sys, all of type mplsip mip_sys.
 *
 * Configuration: ovs-vsctl's options reach vport_mplsudp_set_config(), become
 * a struct mplsudp_config of lib/, and, once the bridge has taken the port
 * (vport_mplsudp_publish()), receive options in the table of
 * vport-mplsudp-sources.c.
 *
 * Transmit: for each translated flow OVS calls vport_mplsudp_build_header() on
 * the user port, in any thread; the template that it makes travels in the
 * tnl_push action to vport_mplsudp_push() on the datapath port, which is where
 * packets are, in PMD threads.
 *
 * Receive: vport_mplsudp_pop() on the datapath port looks up the packet's
 * outer source in the table, without locks, and hands on an Ethernet frame.
 *
 * Main thread: configuration, publishing, show.  Any thread: build, push, pop;
 * they read configuration and tables under RCU and count with atomics. */

#ifndef VPORT_MPLSUDP_H
#define VPORT_MPLSUDP_H 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dp_packet;
struct dp_packet_batch;
struct ds;
struct flow;
struct flow_tnl;
struct flow_wildcards;
struct netdev;
struct netdev_tnl_build_header_params;
struct netdev_tunnel_config;
struct netdev_vport;
struct nlattr;
struct ovs_action_push_tnl;
struct smap;

/* What lib/netdev-vport.c keeps for us in each of our ports. */
struct vport_mplsudp;

/* Hooks in lib/netdev-vport.c. */
void vport_mplsudp_init(void);
void vport_mplsudp_construct(struct netdev *);
void vport_mplsudp_destruct(struct netdev *);
int vport_mplsudp_set_config(struct netdev *, const struct smap *,
                             char **errp);
int vport_mplsudp_get_config(const struct netdev *, struct smap *);
bool vport_mplsudp_needs_dst_port(const char *type);
int vport_mplsudp_check_stock_config(const struct netdev *,
                                     const struct netdev_tunnel_config *,
                                     struct ds *errors);
bool tunnel_check_status_change__(struct netdev_vport *);
void vport_mplsudp_pmtu_run(void);
void vport_mplsudp_pmtu_wait(void);

/* Rows of the netdev class. */
int vport_mplsudp_build_header(const struct netdev *,
                               struct ovs_action_push_tnl *,
                               const struct netdev_tnl_build_header_params *);
#ifdef HAVE_PUSH_HEADER_INGRESS
void vport_mplsudp_push_header(const struct netdev *, const struct netdev *,
                               struct dp_packet *,
                               const struct ovs_action_push_tnl *);
#else
void vport_mplsudp_push_header(const struct netdev *, struct dp_packet *,
                               const struct ovs_action_push_tnl *);
#endif
struct dp_packet *vport_mplsudp_pop_header(struct dp_packet *);

/* The row of one of our types in the table of lib/netdev-vport.c, where the
 * functions are that this names and does not declare. */
#define VPORT_MPLSUDP_CLASS(TYPE)                               \
    {                                                           \
        VPORT_FUNCTIONS_COMMON,                                 \
        .type = TYPE,                                           \
        .get_config = vport_mplsudp_get_config,                 \
        .set_config = vport_mplsudp_set_config,                 \
        .get_tunnel_config = get_netdev_tunnel_config,          \
        .get_status = tunnel_get_status,                        \
        .build_header = vport_mplsudp_build_header,             \
        .push_header = vport_mplsudp_push_header,               \
        .pop_header = vport_mplsudp_pop_header,                 \
        .get_ifindex = NETDEV_VPORT_GET_IFINDEX,                \
    }

/* Hooks in lib/netdev.c: return false if 'netdev' is not ours. */
bool vport_mplsudp_push(const struct netdev *, struct dp_packet_batch *,
                        const struct ovs_action_push_tnl *);
bool vport_mplsudp_pop(const struct netdev *, struct dp_packet_batch *);

/* Hooks in lib/tnl-ports.c. */
uint8_t vport_mplsudp_nw_proto(const char *type);
uint8_t vport_mplsudp_nw_frag_mask(const char *name);

/* Hooks in lib/odp-util.c. */
void vport_mplsudp_format(struct ds *, const struct ovs_action_push_tnl *);
size_t vport_mplsudp_parse(const char *s, int *n, bool has_udp,
                           struct ovs_action_push_tnl *);

/* Hooks in ofproto/tunnel.c. */
void vport_mplsudp_publish(const struct netdev *);
void vport_mplsudp_withdraw(const struct netdev *);
bool vport_mplsudp_copies_ecn(const struct netdev *);

/* Hook in ofproto/ofproto-dpif.c. */
bool vport_mplsudp_mtu_changed(const struct netdev *);

/* Hook in lib/netdev-offload-dpdk.c. */
bool vport_mplsudp_owns_action(const struct nlattr *);

/* Hooks in ofproto/ofproto-dpif-xlate.c. */
uint8_t vport_mplsudp_push_nw_proto(const struct ovs_action_push_tnl *);
size_t vport_mplsudp_header_size(const struct ovs_action_push_tnl *,
                                 const struct flow *);
bool vport_mplsudp_snoop_icmp(const struct flow *, struct flow_wildcards *,
                              const struct netdev *, const struct dp_packet *);

/* Hook in ofproto/ofproto-dpif-sflow.c. */
void vport_mplsudp_sflow(const struct nlattr *, const struct flow *,
                         const uint32_t *lses, uint32_t depth,
                         struct flow_tnl *, bool *error);

/* Hook in vswitchd/bridge.c. */
int vport_mplsudp_check_datapath(const struct netdev *,
                                 const char *datapath_type, char **errp);

#endif /* vport-mplsudp.h */
