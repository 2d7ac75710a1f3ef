/* SPDX-License-Identifier: Apache-2.0
 *
 * Tunnel ports that cannot work side by side are refused by name, whichever
 * comes first: OVS itself would let one of them silently take the other's
 * packets. */

#include <config.h>

#include "vport-mplsudp-private.h"

#include <errno.h>

#include "netdev-vport.h"
#include "openvswitch/dynamic-string.h"
#include "util.h"

/* The first receive option in which two ports differ, or null. */
static const char *
differing_option(const struct mplsudp_receive *a,
                 const struct mplsudp_receive *b)
{
    return (a->payload != b->payload ? "payload"
            : a->control_word != b->control_word ? "control_word"
            : a->zero_csum6_rx != b->zero_csum6_rx ? "zero_csum6_rx"
            : memcmp(a->local, b->local, sizeof a->local) ? "local_ip"
            : a->ip_ttl_down != b->ip_ttl_down
              || a->ethernet_ttl_down != b->ethernet_ttl_down ? "label_ttl"
            : a->outer_ttl_down != b->outer_ttl_down ? "ttl"
            : memcmp(&a->peers, &b->peers, sizeof a->peers) ? "peers"
            : NULL);
}

static bool
addresses_equal(const struct mplsudp_address *a,
                const struct mplsudp_address *b)
{
    return a->flow == b->flow && !memcmp(a->bytes, b->bytes, sizeof a->bytes);
}

/* True if a received packet's key cannot tell 'a' from 'b'.  With payload=mpls
 * packets have no key. */
static bool
keys_match_alike(const struct mplsudp_config *a,
                 const struct mplsudp_config *b)
{
    return a->in_key.flow == b->in_key.flow
           && (a->payload == MPLSUDP_PAYLOAD_MPLS
               || a->in_key.value == b->in_key.value);
}

/* True if a port with '*a' would take packets from one with '*b': OVS looks
 * for a port with the packet's key before it looks for one with its source. */
static bool
takes_keys_of(const struct mplsudp_config *a, const struct mplsudp_config *b)
{
    return a->remote_ip.flow && !b->remote_ip.flow
           && a->payload != MPLSUDP_PAYLOAD_MPLS && !a->in_key.flow
           && (b->payload == MPLSUDP_PAYLOAD_MPLS || b->in_key.flow);
}

/* Compares 'config', for 'port', to that of our published port 'other'.
 *
 * Equal ports are not complained of while 'port' is published: one transaction
 * may be exchanging their options, and ofproto/tunnel.c sorts that out.  If it
 * was not, mplsudp/show names the other. */
static char *
conflict_with_ours(const struct vport_mplsudp *port,
                   const struct mplsudp_config *config,
                   const struct vport_mplsudp *other)
{
    const struct mplsudp_config *theirs = vport_mplsudp_get(other);
    const char *dst_port = config->dst_port ? " and 'dst_port'" : "";
    struct mplsudp_receive a, b;
    const char *option;

    if (!other->source || config->type != theirs->type
        || config->dst_port != theirs->dst_port) {
        return NULL;
    }
    if (takes_keys_of(config, theirs)) {
        return xasprintf("with 'remote_ip=flow' it would take packets of port "
                         "'%s', which takes every key: give it 'key=flow'",
                         other->name);
    }
    if (takes_keys_of(theirs, config)) {
        return xasprintf("port '%s', which has 'remote_ip=flow' and a key, "
                         "would take its packets: give that port 'key=flow'",
                         other->name);
    }
    if (!addresses_equal(&config->remote_ip, &theirs->remote_ip)) {
        return NULL;
    }
    mplsudp_receive_init(config, &a);
    mplsudp_receive_init(theirs, &b);
    option = differing_option(&a, &b);
    if (option) {
        return xasprintf("option '%s' differs from that of port '%s', which "
                         "has the same 'remote_ip'%s",
                         option, other->name, dst_port);
    }
    if (!port->source
        && addresses_equal(&config->local_ip, &theirs->local_ip)
        && keys_match_alike(config, theirs)) {
        return xasprintf("port '%s' has the same 'remote_ip', 'local_ip'%s%s",
                         other->name,
                         config->payload == MPLSUDP_PAYLOAD_MPLS
                         ? "" : ", 'key'", dst_port);
    }
    return NULL;
}

/* Returns true if stock tunnel 'netdev' with configuration 'cfg' receives in
 * userspace the packets of ports of 'type' with 'dst_port'. */
static bool
stock_port_clashes(const struct netdev *netdev,
                   const struct netdev_tunnel_config *cfg,
                   enum mplsudp_type type, uint16_t dst_port)
{
    const char *name = netdev_get_type(netdev);

    switch (type) {
    case MPLSUDP_TYPE_UDP:
        return cfg && ntohs(cfg->dst_port) == dst_port
               && (!strcmp(name, "vxlan") || !strcmp(name, "geneve")
                   || !strcmp(name, "gtpu"));
    case MPLSUDP_TYPE_GRE:
        return !strcmp(name, "gre") || !strcmp(name, "ip6gre")
               || !strcmp(name, "erspan") || !strcmp(name, "ip6erspan");
    case MPLSUDP_TYPE_IP:
    default:
        return false;
    }
}

/* Returns a sentence that says with which port there is a clash, and why; the
 * caller must free it. */
static char *
clash_text(const char *name, const char *type, uint16_t dst_port)
{
    return dst_port
           ? xasprintf("port '%s' of type %s has the same 'dst_port' %u",
                       name, type, dst_port)
           : xasprintf("port '%s' of type %s takes all packets of IP protocol "
                       "47 (GRE)", name, type);
}

/* True if 'netdev' is a user port, not the datapath port that a type's user
 * ports share. */
static bool
is_user_port(const struct netdev *netdev)
{
    char namebuf[NETDEV_VPORT_NAME_BUFSIZE];

    return strcmp(netdev_get_name(netdev),
                  netdev_vport_get_dpif_port(netdev, namebuf,
                                             sizeof namebuf));
}

/* True if the kernel receives for 'netdev', not this process. */
static bool
is_kernel_port(const struct netdev *netdev)
{
    const char *type = netdev_get_dpif_type(netdev);

    return type && !strcmp(type, "system");
}

static char *
conflict_with_stock(const struct mplsudp_config *config,
                    const struct netdev *other)
{
    return stock_port_clashes(other, netdev_get_tunnel_config(other),
                              config->type, config->dst_port)
           && is_user_port(other) && !is_kernel_port(other)
           ? clash_text(netdev_get_name(other), netdev_get_type(other),
                        config->dst_port) : NULL;
}

/* Returns a sentence about the existing port that port 'netdev' with '*config'
 * cannot stand beside, which the caller must free, or null.  Main thread
 * only. */
char *
vport_mplsudp_find_conflict(const struct netdev *netdev,
                            const struct mplsudp_config *config)
{
    char *conflict = NULL;
    struct netdev **vports;
    size_t n;

    vports = netdev_get_vports(&n);
    for (size_t i = 0; i < n; i++) {
        if (!conflict && vports[i] != netdev) {
            conflict = vport_mplsudp_is_class(vports[i])
                       ? conflict_with_ours(vport_mplsudp_cast(netdev), config,
                                            vport_mplsudp_cast(vports[i]))
                       : conflict_with_stock(config, vports[i]);
        }
        netdev_close(vports[i]);
    }
    free(vports);
    return conflict;
}

/* Checks the new configuration '*cfg' of stock tunnel 'netdev' against our
 * ports.  Returns 0, or an errno value with a line added to 'errors'. */
int
vport_mplsudp_check_stock_config(const struct netdev *netdev,
                                 const struct netdev_tunnel_config *cfg,
                                 struct ds *errors)
{
    struct netdev **vports;
    int error = 0;
    size_t n;

    if (is_kernel_port(netdev) || !vport_mplsudp_have_sources()) {
        return 0;
    }
    vports = netdev_get_vports(&n);
    for (size_t i = 0; i < n; i++) {
        const struct vport_mplsudp *port
            = (vport_mplsudp_is_class(vports[i])
               ? vport_mplsudp_cast(vports[i]) : NULL);
        const struct mplsudp_config *config
            = port && port->source ? vport_mplsudp_get(port) : NULL;

        if (!error && config
            && stock_port_clashes(netdev, cfg, config->type,
                                  config->dst_port)) {
            char *text = clash_text(port->name, netdev_get_type(vports[i]),
                                    config->dst_port);

            ds_put_format(errors, "%s: %s\n", netdev_get_name(netdev), text);
            free(text);
            error = EEXIST;
        }
        netdev_close(vports[i]);
    }
    free(vports);
    return error;
}
