/* SPDX-License-Identifier: Apache-2.0
 *
 * Tunnel MTUs: what the route's device lets through, the option 'tunnel_mtu',
 * and what vport-mplsudp-pmtu.c has learned (RFC 4023 section 5.1).
 *
 * A template holds the MTU that its device had when it was built, and OVS does
 * not translate flows again when a device's MTU changes.  So the first MTU
 * read from each device is remembered, and when ofproto notices that the
 * device changed, vport_mplsudp_mtu_changed() compares and has everything
 * revalidated. */

#include <config.h>

#include "vport-mplsudp-private.h"

#include "ovs-router.h"
#include "ovs-thread.h"
#include "simap.h"

/* MTU of each device that a template was built for, by name. */
static struct ovs_mutex mtus_mutex = OVS_MUTEX_INITIALIZER;
static struct simap mtus OVS_GUARDED_BY(mtus_mutex)
    = SIMAP_INITIALIZER(&mtus);

/* Returns the MTU of the device named 'name', or UINT16_MAX. */
static int
device_mtu(const char *name)
{
    struct netdev *netdev = netdev_from_name(name);
    int mtu = UINT16_MAX;

    if (netdev) {
        if (!netdev_get_mtu(netdev, &mtu)) {
            ovs_mutex_lock(&mtus_mutex);
            if (!simap_contains(&mtus, name)) {
                simap_put(&mtus, name, mtu);
            }
            ovs_mutex_unlock(&mtus_mutex);
        }
        netdev_close(netdev);
    }
    return mtu;
}

/* Returns the largest outer IP packet, in bytes, that a port with '*config'
 * may send to 'dst': the least of the MTU of the device that the route leaves
 * by, if known, the option 'tunnel_mtu', and the path MTU, if learned. */
uint16_t
vport_mplsudp_tunnel_mtu(const struct mplsudp_config *config,
                         uint32_t pkt_mark, const struct in6_addr *dst)
{
    int mtu = vport_mplsudp_learned_mtu(dst);
    char device[IFNAMSIZ];
    struct in6_addr gw;

    if (config->tunnel_mtu) {
        mtu = MIN(mtu, config->tunnel_mtu);
    }
    if (ovs_router_lookup(pkt_mark, dst, device, NULL, &gw)) {
        mtu = MIN(mtu, device_mtu(device));
    }
    return mtu;
}

/* Returns true if 'netdev', which changed in some way, has another MTU than
 * templates were built with.  Main thread only. */
bool
vport_mplsudp_mtu_changed(const struct netdev *netdev)
{
    const char *name = netdev_get_name(netdev);
    bool changed = false;
    int mtu;

    ovs_mutex_lock(&mtus_mutex);
    if (simap_contains(&mtus, name) && !netdev_get_mtu(netdev, &mtu)
        && simap_get(&mtus, name) != mtu) {
        simap_put(&mtus, name, mtu);
        changed = true;
    }
    ovs_mutex_unlock(&mtus_mutex);
    return changed;
}
