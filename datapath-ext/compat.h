/* SPDX-License-Identifier: Apache-2.0
 *
 * compat: everything in which the OVS releases differ that this folder is
 * compiled with.
 *
 * ./configure looks into the OVS source and defines a HAVE_ macro in
 * mplsudp-features.h for each feature; nothing here asks for a version. */

#ifndef MPLSUDP_COMPAT_H
#define MPLSUDP_COMPAT_H 1

#include "mplsudp-features.h"

#include <net/if.h>

/* Its include guard names two macros, so it guards nothing: to be included
 * here and nowhere else. */
#include "netdev-vport-private.h"
#include "ovs-rcu.h"
#include "util.h"

/* Replaces the tunnel configuration that ofproto/tunnel.c reads from 'dev' by
 * '*tnl_cfg'.  Returns true if that changes it. */
static inline bool
compat_set_tnl_cfg(struct netdev_vport *dev,
                   const struct netdev_tunnel_config *tnl_cfg)
    OVS_REQUIRES(dev->mutex)
{
#ifdef HAVE_VPORT_TNL_CFG_RCU
    const struct netdev_tunnel_config *old
        = ovsrcu_get_protected(const struct netdev_tunnel_config *,
                               &dev->tnl_cfg);

    if (!memcmp(old, tnl_cfg, sizeof *tnl_cfg)) {
        return false;
    }
    ovsrcu_set(&dev->tnl_cfg, xmemdup(tnl_cfg, sizeof *tnl_cfg));
    ovsrcu_postpone(free, CONST_CAST(struct netdev_tunnel_config *, old));
    return true;
#else
    if (!memcmp(&dev->tnl_cfg, tnl_cfg, sizeof *tnl_cfg)) {
        return false;
    }
    dev->tnl_cfg = *tnl_cfg;
    return true;
#endif
}

/* The type of a netdev class's push_header() differs in its arguments.  It is
 * never called for our ports (see vport-mplsudp-transmit.c), so only the
 * declaration matters. */
#ifdef HAVE_PUSH_HEADER_INGRESS
#define COMPAT_PUSH_HEADER_ARGS                                 \
    const struct netdev *netdev OVS_UNUSED,                     \
    const struct netdev *ingress OVS_UNUSED,                    \
    struct dp_packet *packet OVS_UNUSED,                        \
    const struct ovs_action_push_tnl *data OVS_UNUSED
#else
#define COMPAT_PUSH_HEADER_ARGS                                 \
    const struct netdev *netdev OVS_UNUSED,                     \
    struct dp_packet *packet OVS_UNUSED,                        \
    const struct ovs_action_push_tnl *data OVS_UNUSED
#endif

#endif /* compat.h */
