/* SPDX-License-Identifier: Apache-2.0 */

#include <config.h>
#include "flows-pipeline.h"

#include "switch.h"

ofp_port_t
pipeline_port(const struct pipeline *p, const struct port *port)
{
    return switch_port_by_name(p->hv->sw, port->interface);
}

static bool
has_endpoint_of_family(const struct hypervisor *hv, bool ipv4)
{
    for (size_t i = 0; i < hv->n_endpoints; i++) {
        if (address_is_ipv4(&hv->endpoints[i]) == ipv4) {
            return true;
        }
    }
    return false;
}

static bool
find_path(const struct pipeline *p, const struct overlay_encaps *encaps,
          const struct in6_addr *endpoints, size_t n_endpoints,
          struct flows_path *path)
{
    path->port = OFPP_NONE;
    for (size_t i = 0; i < encaps->n && path->port == OFPP_NONE; i++) {
        path->port = p->tunnels[encaps->e[i]];
    }
    if (path->port == OFPP_NONE) {
        return false;
    }
    for (size_t i = 0; i < n_endpoints; i++) {
        if (has_endpoint_of_family(p->hv, address_is_ipv4(&endpoints[i]))) {
            path->remote = endpoints[i];
            return true;
        }
    }
    return false;
}

bool
pipeline_path(const struct pipeline *p, const struct hypervisor *to,
              struct flows_path *path)
{
    return find_path(p, &to->encaps, to->endpoints, to->n_endpoints, path);
}

bool
pipeline_peer_path(const struct pipeline *p, const struct peer *to,
                   struct flows_path *path)
{
    struct overlay_encaps encaps = { .e = { to->encap }, .n = 1 };

    return find_path(p, &encaps, &to->address, 1, path);
}

void
writer_set_network(struct flow_writer *w, const struct network *network)
{
    writer_set_uuid(w, XXREG_NETWORK, &network->object.uuid);
    if (network->tenant) {
        writer_set_uuid(w, XXREG_TENANT, &network->tenant->object.uuid);
    }
}

void
writer_send(struct flow_writer *w, const struct flows_path *path,
            uint32_t label)
{
    ovs_be64 tun_id = htonll(label);
    ovs_be32 ipv4 = in6_addr_get_mapped_ipv4(&path->remote);

    /* An IPv4 destination hides one of IPv6: clear that of a copy before. */
    writer_set(w, MFF_TUN_ID, &tun_id);
    writer_set(w, MFF_TUN_DST, &ipv4);
    if (!ipv4) {
        writer_set(w, MFF_TUN_IPV6_DST, &path->remote);
    }
    writer_output(w, path->port);
}

void
match_set_flags(struct match *match, uint32_t flags, uint32_t mask)
{
    match_set_reg_masked(match, REG_FLAGS, flags, mask);
}

void
match_set_ip_src(struct match *match, const struct overlay_prefix *prefix)
{
    bool ipv4 = address_is_ipv4(&prefix->addr);

    match_set_dl_type(match, ETH_TYPE_OF(ipv4));
    if (ipv4) {
        match_set_nw_src_masked(match, in6_addr_get_mapped_ipv4(&prefix->addr),
                                be32_prefix_mask(prefix->plen - 96));
    } else {
        struct in6_addr mask = ipv6_create_mask(prefix->plen);
        match_set_ipv6_src_masked(match, &prefix->addr, &mask);
    }
}

void
match_set_ip_dst(struct match *match, const struct overlay_prefix *prefix)
{
    bool ipv4 = address_is_ipv4(&prefix->addr);

    match_set_dl_type(match, ETH_TYPE_OF(ipv4));
    if (ipv4) {
        match_set_nw_dst_masked(match, in6_addr_get_mapped_ipv4(&prefix->addr),
                                be32_prefix_mask(prefix->plen - 96));
    } else {
        struct in6_addr mask = ipv6_create_mask(prefix->plen);
        match_set_ipv6_dst_masked(match, &prefix->addr, &mask);
    }
}

void
match_set_group(struct match *match)
{
    static const struct eth_addr group = ETH_ADDR_C(01,00,00,00,00,00);

    match_set_dl_dst_masked(match, group, group);
}

void
match_set_icmp6(struct match *match, uint8_t type)
{
    match_set_dl_type(match, htons(ETH_TYPE_IPV6));
    match_set_nw_proto(match, IPPROTO_ICMPV6);
    match_set_icmp_type(match, type);
}

void
match_set_nd(struct match *match, uint8_t type)
{
    match_set_icmp6(match, type);
    match_set_icmp_code(match, 0);
}

struct overlay_prefix
prefix_of_address(const struct in6_addr *addr)
{
    return (struct overlay_prefix) { .addr = *addr, .plen = 128 };
}
