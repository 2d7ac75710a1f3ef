/* SPDX-License-Identifier: Apache-2.0
 *
 * Table 4: what a VM sends to the gateway's MAC is routed to the tenant's
 * other networks and peers, on this hypervisor (RFC 1812, RFC 8200).  Steps:
 *
 *   0  bridged, or for a gateway: its echo, or to be routed
 *   1  prefix: the network (with its MTU), or the peer
 *   2  host: the port; packets from route labels begin here
 */

#include <config.h>
#include "flows-pipeline.h"

#include "hmapx.h"
#include "label-ready.h"

/* Step 0. */
#define PRIORITY_ECHO 90
#define PRIORITY_OWN 80
#define PRIORITY_ENTER 70
#define PRIORITY_GATEWAY 60
#define PRIORITY_BRIDGE 0
/* Step 1. */
#define PRIORITY_MARTIAN 400
#define PRIORITY_TTL 300
#define PRIORITY_PREFIX 100     /* Plus the prefix's length. */
/* Step 2. */
#define PRIORITY_TOO_BIG 300
#define PRIORITY_HOST 100

#define ECHO_TTL 64

static struct match *
begin(struct pipeline *p, uint32_t step, uint16_t priority,
      const struct uuid *row)
{
    writer_begin(&p->w, TABLE_ROUTE, priority, row);
    match_set_reg(&p->w.match, REG_STEP, step);
    return &p->w.match;
}

/* A network routes the families that it has gateways of. */
static bool
network_routes(const struct network *network, bool ipv4)
{
    for (size_t i = 0; i < network->n_gateways; i++) {
        if (address_is_ipv4(&network->gateways[i]) == ipv4) {
            return true;
        }
    }
    return false;
}

static bool
network_contains(const struct network *network, const struct in6_addr *addr)
{
    for (size_t i = 0; i < network->n_subnets; i++) {
        if (overlay_prefix_contains(&network->subnets[i], addr)) {
            return true;
        }
    }
    return false;
}

/* Step 0: a packet for the network that it comes from is not routed. */
static void
drop_own(struct pipeline *p, const struct network *network,
         const struct overlay_prefix *prefix)
{
    struct match *match = begin(p, 0, PRIORITY_OWN, &network->object.uuid);

    match_set_uuid(match, XXREG_NETWORK, &network->object.uuid);
    match_set_dl_dst(match, GATEWAY_MAC);
    match_set_ip_dst(match, prefix);
    writer_end(&p->w);
}

static void
enter(struct pipeline *p, const struct network *network, bool ipv4)
{
    struct match *match = begin(p, 0, PRIORITY_ENTER, &network->object.uuid);

    match_set_uuid(match, XXREG_NETWORK, &network->object.uuid);
    match_set_dl_dst(match, GATEWAY_MAC);
    match_set_dl_type(match, ETH_TYPE_OF(ipv4));
    writer_set_reg(&p->w, REG_FLAGS, FLAG_ROUTED);
    writer_set_reg(&p->w, REG_STEP, 1);
    writer_resubmit(&p->w, TABLE_ROUTE);
    writer_end(&p->w);
}

/* Calls 'cb' for what belongs to 'network': its subnets, and addresses of
 * ports outside of them. */
static void
for_each_prefix(struct pipeline *p, const struct network *network,
                void (*cb)(struct pipeline *, const struct network *,
                           const struct overlay_prefix *))
{
    const struct site *site;
    const struct port *port;

    for (size_t i = 0; i < network->n_subnets; i++) {
        cb(p, network, &network->subnets[i]);
    }
    LIST_FOR_EACH (site, in_network, &network->sites) {
        LIST_FOR_EACH (port, in_site, &site->ports) {
            for (size_t i = 0; i < port->n_addresses; i++) {
                if (!network_contains(network, &port->addresses[i])) {
                    struct overlay_prefix prefix
                        = prefix_of_address(&port->addresses[i]);
                    cb(p, network, &prefix);
                }
            }
        }
    }
}

static void
route_from(struct pipeline *p, const struct network *network)
{
    for (int ipv4 = 0; ipv4 < 2; ipv4++) {
        if (network_routes(network, ipv4)) {
            enter(p, network, ipv4);
        }
    }
    for_each_prefix(p, network, drop_own);
}

/* Step 0: answers pings of 'gateway' (RFC 792, RFC 4443 section 4.2). */
static void
answer_echo(struct pipeline *p, const struct network *network,
            const struct in6_addr *gateway)
{
    struct match *match = begin(p, 0, PRIORITY_ECHO, &network->object.uuid);
    struct overlay_prefix prefix = prefix_of_address(gateway);
    bool ipv4 = address_is_ipv4(gateway);
    struct flow_writer *w = &p->w;
    ovs_be32 address = in6_addr_get_mapped_ipv4(gateway);

    match_set_uuid(match, XXREG_TENANT, &network->tenant->object.uuid);
    match_set_dl_dst(match, GATEWAY_MAC);
    match_set_ip_dst(match, &prefix);
    match_set_nw_proto(match, ipv4 ? IPPROTO_ICMP : IPPROTO_ICMPV6);
    match_set_icmp_type(match, ipv4 ? ICMP4_ECHO_REQUEST
                                    : ICMP6_ECHO_REQUEST);
    match_set_icmp_code(match, 0);
    match_set_nw_frag(match, 0);

    writer_move(w, MFF_ETH_DST, MFF_ETH_SRC);
    writer_set(w, MFF_ETH_SRC, &GATEWAY_MAC);
    writer_move(w, ipv4 ? MFF_IPV4_DST : MFF_IPV6_DST,
                ipv4 ? MFF_IPV4_SRC : MFF_IPV6_SRC);
    if (ipv4) {
        writer_set(w, MFF_IPV4_SRC, &address);
        writer_set_u8(w, MFF_ICMPV4_TYPE, ICMP4_ECHO_REPLY);
    } else {
        writer_set(w, MFF_IPV6_SRC, gateway);
        writer_set_u8(w, MFF_ICMPV6_TYPE, ICMP6_ECHO_REPLY);
    }
    writer_set_u8(w, MFF_IP_TTL, ECHO_TTL);
    writer_output(w, OFPP_IN_PORT);
    writer_end(w);
}

/* Step 1 for what no router forwards, as source or as destination (RFC 1812
 * section 5.3.7, RFC 4291 section 2.5). */
static void
drop_martians(struct pipeline *p)
{
    static const char *const martians[] = {
        "0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3",
        "::/127", "fe80::/10", "ff00::/8",
    };

    for (size_t i = 0; i < ARRAY_SIZE(martians); i++) {
        struct overlay_prefix prefix;

        free(overlay_parse_prefix(martians[i], &prefix));
        match_set_ip_src(begin(p, 1, PRIORITY_MARTIAN, &p->hv->object.uuid),
                         &prefix);
        writer_end(&p->w);
        match_set_ip_dst(begin(p, 1, PRIORITY_MARTIAN, &p->hv->object.uuid),
                         &prefix);
        writer_end(&p->w);
    }
}

/* Step 1 for packets whose TTL ends here. */
static void
report_ttl(struct pipeline *p, bool ipv4, uint8_t ttl)
{
    struct match *match = begin(p, 1, PRIORITY_TTL, &p->hv->object.uuid);

    match_set_dl_type(match, ETH_TYPE_OF(ipv4));
    match_set_nw_ttl(match, ttl);
    writer_controller(&p->w, CONTROLLER_METER, REASON_TTL_EXCEEDED);
    writer_end(&p->w);
}

static void
route_for_all(struct pipeline *p)
{
    match_set_dl_dst(begin(p, 0, PRIORITY_GATEWAY, &p->hv->object.uuid),
                     GATEWAY_MAC);
    writer_end(&p->w);

    drop_martians(p);
    for (int ipv4 = 0; ipv4 < 2; ipv4++) {
        report_ttl(p, ipv4, 0);
        report_ttl(p, ipv4, 1);
    }

    match_set_flags(begin(p, 2, PRIORITY_TOO_BIG, &p->hv->object.uuid),
                    FLAG_TOO_BIG, FLAG_TOO_BIG);
    writer_controller(&p->w, CONTROLLER_METER, REASON_TOO_BIG);
    writer_end(&p->w);
}

static struct match *
begin_prefix(struct pipeline *p, const struct tenant *tenant,
             const struct overlay_prefix *prefix, const struct uuid *row)
{
    struct match *match = begin(p, 1, PRIORITY_PREFIX + prefix->plen, row);

    match_set_uuid(match, XXREG_TENANT, &tenant->object.uuid);
    match_set_ip_dst(match, prefix);
    return match;
}

/* Step 1: 'prefix' is in 'network'. */
static void
route_prefix(struct pipeline *p, const struct network *network,
             const struct overlay_prefix *prefix)
{
    struct flow_writer *w = &p->w;

    if (!network_routes(network, address_is_ipv4(&prefix->addr))) {
        return;
    }
    begin_prefix(p, network->tenant, prefix, &network->object.uuid);
    writer_dec_ttl(w);
    if (network->mtu && network->mtu <= UINT16_MAX - ETH_HEADER_LEN) {
        writer_set_reg(w, REG_MTU, network->mtu);
        writer_check_larger(w, network->mtu + ETH_HEADER_LEN, REG_FLAGS,
                            FLAG_TOO_BIG_BIT);
    }
    writer_set_reg(w, REG_STEP, 2);
    writer_resubmit(w, TABLE_ROUTE);
    writer_end(w);
}

/* Sends an IP packet, without MAC addresses and so without Ethernet header. */
static void
send_ip(struct flow_writer *w, const struct flows_path *path, uint32_t label)
{
    writer_set(w, MFF_ETH_SRC, &eth_addr_zero);
    writer_set(w, MFF_ETH_DST, &eth_addr_zero);
    writer_send(w, path, label);
}

/* Step 1: what 'peer' has. */
static void
route_peer(struct pipeline *p, const struct tenant *tenant,
           const struct peer *peer)
{
    struct flows_path path;
    bool reachable = pipeline_peer_path(p, peer, &path);

    for (size_t i = 0; i < peer->n_routes; i++) {
        begin_prefix(p, tenant, &peer->routes[i].prefix, &peer->object.uuid);
        if (reachable) {
            writer_dec_ttl(&p->w);
            send_ip(&p->w, &path, peer->routes[i].label);
        }
        writer_end(&p->w);
    }
}

/* Step 2: 'address' is that of 'port'. */
static void
begin_host(struct pipeline *p, const struct port *port,
           const struct in6_addr *address)
{
    struct match *match = begin(p, 2, PRIORITY_HOST, &port->object.uuid);
    struct overlay_prefix prefix = prefix_of_address(address);

    match_set_uuid(match, XXREG_TENANT, &port->network->tenant->object.uuid);
    match_set_ip_dst(match, &prefix);
}

static void
route_local(struct pipeline *p, const struct port *port,
            const struct in6_addr *address)
{
    ofp_port_t ofport = pipeline_port(p, port);
    struct flow_writer *w = &p->w;

    if (ofport == OFPP_NONE) {
        return;
    }
    begin_host(p, port, address);
    writer_set(w, MFF_ETH_SRC, &GATEWAY_MAC);
    writer_set(w, MFF_ETH_DST, &port->mac);
    writer_set_uuid(w, XXREG_NETWORK, &port->network->object.uuid);
    writer_set_reg(w, REG_ROLE, ROLE_PROMISCUOUS);
    writer_set_reg(w, REG_PORT, ofp_to_u16(ofport));
    writer_goto(w, TABLE_DELIVER);
    writer_end(w);
}

static void
route_remote(struct pipeline *p, const struct port *port,
             const struct in6_addr *address, const struct flows_path *path,
             uint32_t label)
{
    begin_host(p, port, address);
    match_set_flags(&p->w.match, 0, FLAG_TUNNEL);
    send_ip(&p->w, path, label);
    writer_end(&p->w);
}

/* Step 2 for the ports of 'site'. */
static void
route_site(struct pipeline *p, const struct site *site)
{
    const struct network *network = site->network;
    const struct hypervisor *hv = site->hypervisor;
    const struct label *label = NULL;
    const struct port *port;
    struct flows_path path;

    if (hv != p->hv) {
        label = label_usable(p->hv, hv, LABEL_ROUTE,
                             &network->tenant->object.uuid, ROLE_PROMISCUOUS);
        if (!label || !pipeline_path(p, hv, &path)) {
            return;
        }
    }
    LIST_FOR_EACH (port, in_site, &site->ports) {
        for (size_t i = 0; i < port->n_addresses; i++) {
            const struct in6_addr *address = &port->addresses[i];

            if (!network_routes(network, address_is_ipv4(address))) {
                continue;
            } else if (label) {
                route_remote(p, port, address, &path, label->value);
            } else {
                route_local(p, port, address);
            }
        }
    }
}

static void
route_tenant(struct pipeline *p, const struct tenant *tenant)
{
    const struct network *network;
    const struct site *site;
    const struct peer *peer;

    LIST_FOR_EACH (network, in_tenant, &tenant->networks) {
        for (size_t i = 0; i < network->n_gateways; i++) {
            answer_echo(p, network, &network->gateways[i]);
        }
        if (network_is_routed(network)) {
            for_each_prefix(p, network, route_prefix);
            LIST_FOR_EACH (site, in_network, &network->sites) {
                route_site(p, site);
            }
        }
    }
    LIST_FOR_EACH (peer, in_tenant, &tenant->peers) {
        route_peer(p, tenant, peer);
    }
}

void
flows_route(struct pipeline *p)
{
    struct hmapx tenants = HMAPX_INITIALIZER(&tenants);
    const struct hmapx_node *node;
    const struct site *site;

    begin(p, 0, PRIORITY_BRIDGE, &p->hv->object.uuid);
    writer_goto(&p->w, TABLE_FORWARD);
    writer_end(&p->w);

    LIST_FOR_EACH (site, in_hypervisor, &p->hv->sites) {
        if (site->network->tenant && network_is_routed(site->network)) {
            route_from(p, site->network);
            hmapx_add(&tenants, site->network->tenant);
        }
    }
    if (!hmapx_is_empty(&tenants)) {
        route_for_all(p);
    }
    HMAPX_FOR_EACH (node, &tenants) {
        route_tenant(p, node->data);
    }
    hmapx_destroy(&tenants);
}
