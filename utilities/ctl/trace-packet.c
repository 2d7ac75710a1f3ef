/* SPDX-License-Identifier: Apache-2.0 */

#include <config.h>
#include "trace-packet.h"
#include "flows.h"
#include "openvswitch/dynamic-string.h"
#include "overlay-words.h"
#include "packets.h"
#include "util.h"

/* Returns the first of 'n' addresses that is of the family, or NULL. */
static const char *
first_of_family(char *const *addresses, size_t n, bool ipv6)
{
    for (size_t i = 0; i < n; i++) {
        if (!strchr(addresses[i], ':') == !ipv6) {
            return addresses[i];
        }
    }
    return NULL;
}

const char *
trace_endpoint(const struct mplsrec_hypervisor *hypervisor, bool ipv6)
{
    const char *endpoint = first_of_family(hypervisor->endpoints,
                                           hypervisor->n_endpoints, ipv6);
    return endpoint ? endpoint : "";
}

static bool
has_address(char *const *addresses, size_t n, const struct in6_addr *ip)
{
    for (size_t i = 0; i < n; i++) {
        struct in6_addr other;
        char *error = overlay_parse_address(addresses[i], &other);

        if (!error && ipv6_addr_equals(&other, ip)) {
            return true;
        }
        free(error);
    }
    return false;
}

const struct mplsrec_port *
trace_find_destination(struct ovsdb_idl *idl,
                       const struct mplsrec_network *network, const char *dst)
{
    const struct mplsrec_port *port;
    struct in6_addr ip;
    char *error = overlay_parse_address(dst, &ip);
    bool is_ip = !error;

    free(error);
    MPLSREC_PORT_FOR_EACH (port, idl) {
        if (port->network == network
            && (is_ip ? has_address(port->addresses, port->n_addresses, &ip)
                : !strcasecmp(port->mac, dst))) {
            return port;
        }
    }
    return NULL;
}

static bool
has_field(char **proto, size_t n, const char *field)
{
    for (size_t i = 0; i < n; i++) {
        if (strstr(proto[i], field)) {
            return true;
        }
    }
    return false;
}

static bool
is_own_subnet(const struct mplsrec_network *network, const struct in6_addr *ip)
{
    for (size_t i = 0; i < network->n_subnets; i++) {
        struct overlay_prefix subnet;
        char *error = overlay_parse_prefix(network->subnets[i], &subnet);

        if (!error && overlay_prefix_contains(&subnet, ip)) {
            return true;
        }
        free(error);
    }
    return false;
}

/* Finds the MAC address to which 'port' sends a packet to 'ip': that of the
 * port in its network that has it, or that of its gateway. */
static char *
find_mac(struct ovsdb_idl *idl, const struct mplsrec_port *port,
         const char *dst, const struct in6_addr *ip, struct eth_addr *mac)
{
    const struct eth_addr gateway_mac = GATEWAY_MAC;
    const struct mplsrec_network *network = port->network;
    const struct mplsrec_port *other
        = trace_find_destination(idl, network, dst);

    if (other) {
        return overlay_parse_mac(other->mac, mac);
    }
    if (is_own_subnet(network, ip)
        && !has_address(network->gateways, network->n_gateways, ip)) {
        return xasprintf("address %s: no port of network \"%s\" has it, so "
                         "that ARP or ND would not find it; give a MAC "
                         "address", dst, network->name);
    }
    if (!network->n_gateways) {
        return xasprintf("address %s: no port of network \"%s\" has it, and "
                         "the network has no gateway", dst, network->name);
    }
    *mac = gateway_mac;
    return NULL;
}

/* Appends an ARP request from 'port' for 'dst'. */
static void
put_arp(struct ds *ds, const struct mplsrec_port *port, const char *dst,
        const char *src)
{
    ds_put_format(ds, "dl_src=%s,dl_dst=ff:ff:ff:ff:ff:ff,arp,arp_op=1,"
                  "arp_sha=%s,arp_spa=%s,arp_tpa=%s", port->mac, port->mac,
                  src, dst);
}

static char *
ip_packet(struct ovsdb_idl *idl, const struct mplsrec_port *port,
          const char *dst, const struct in6_addr *ip, char **proto, size_t n,
          struct ds *ds)
{
    bool ipv6 = !IN6_IS_ADDR_V4MAPPED(ip);
    const char *field = ipv6 ? "ipv6_src" : "nw_src";
    const char *src = first_of_family(port->addresses, port->n_addresses,
                                      ipv6);
    struct eth_addr mac;

    if (!src && !has_field(proto, n, field)) {
        return xasprintf("port \"%s\": has no %s address; give %s=ADDRESS",
                         port->name, ipv6 ? "IPv6" : "IPv4", field);
    }
    if (n && !strcmp(proto[0], "arp") && src && !ipv6) {
        put_arp(ds, port, dst, src);
        return NULL;
    }

    char *error = find_mac(idl, port, dst, ip, &mac);
    if (error) {
        return error;
    }
    ds_put_format(ds, "dl_src=%s,dl_dst="ETH_ADDR_FMT, port->mac,
                  ETH_ADDR_ARGS(mac));
    if (!n || strchr(proto[0], '=')) {
        ds_put_cstr(ds, (ipv6 ? ",icmp6,icmpv6_type=128,icmpv6_code=0"
                         : ",icmp,icmp_type=8,icmp_code=0"));
    }
    for (size_t i = 0; i < n; i++) {
        ds_put_format(ds, ",%s", proto[i]);
    }
    if (src && !has_field(proto, n, field)) {
        ds_put_format(ds, ",%s=%s", field, src);
    }
    ds_put_format(ds, ",%s=%s", ipv6 ? "ipv6_dst" : "nw_dst", dst);
    if (!has_field(proto, n, "nw_ttl")) {
        ds_put_cstr(ds, ",nw_ttl=64");
    }
    return NULL;
}

char *
trace_packet(struct ovsdb_idl *idl, const struct mplsrec_port *port,
             const char *dst, char **proto, size_t n, char **packet)
{
    struct ds ds = DS_EMPTY_INITIALIZER;
    char *error = NULL;
    struct in6_addr ip;
    struct eth_addr mac;

    if (eth_addr_from_string(dst, &mac)) {
        ds_put_format(&ds, "dl_src=%s,dl_dst="ETH_ADDR_FMT, port->mac,
                      ETH_ADDR_ARGS(mac));
        for (size_t i = 0; i < n; i++) {
            ds_put_format(&ds, ",%s", proto[i]);
        }
        if (!n) {
            ds_put_format(&ds, ",dl_type=%#x", 0x88b5); /* IEEE Std 802. */
        }
    } else {
        error = overlay_parse_address(dst, &ip);
        if (!error) {
            error = ip_packet(idl, port, dst, &ip, proto, n, &ds);
        } else {
            free(error);
            error = xasprintf("\"%s\": give a MAC address, an IPv4 or an IPv6 "
                              "address", dst);
        }
    }
    *packet = ds_steal_cstr(&ds);
    if (error) {
        free(*packet);
        *packet = NULL;
    }
    return error;
}
