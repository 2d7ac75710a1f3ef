/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of outer sources: from whom packets are accepted, and how.
 *
 * All user ports of one type and destination port share a datapath port, so
 * what they want of received packets cannot hang on that.  Instead each user
 * port, once ofproto/tunnel.c has taken it, adds its (type, destination port,
 * remote_ip) here, or (type, destination port, any) with remote_ip=flow.
 * Ports that differ only in local_ip or key share one entry;
 * vport-mplsudp-conflict.c has made sure that they agree.
 *
 * vport-mplsudp-receive.c looks sources up for each packet, without locks. */

#include <config.h>

#include "vport-mplsudp-private.h"

#include "hash.h"
#include "ovs-thread.h"

static struct ovs_mutex sources_mutex = OVS_MUTEX_INITIALIZER;
static struct cmap sources = CMAP_INITIALIZER;

/* Changes whenever packets of any source may be received otherwise than
 * before. */
static atomic_uint32_t version;

/* Called after each such change. */
static void
count_change(void)
{
    uint32_t old;

    atomic_add_explicit(&version, 1, &old, memory_order_release);
}

/* Returns a number that is another one if packets may be received by other
 * options than when it was returned last. */
uint32_t
vport_mplsudp_sources_version(void)
{
    uint32_t now;

    atomic_read_explicit(&version, &now, memory_order_acquire);
    return now;
}

static uint32_t
hash_source(enum mplsudp_type type, uint16_t dst_port,
            const struct in6_addr *remote)
{
    return hash_bytes(remote, sizeof *remote, type << 16 | dst_port);
}

static struct vport_mplsudp_source *
find_source(enum mplsudp_type type, uint16_t dst_port,
            const struct in6_addr *remote)
{
    struct vport_mplsudp_source *source;

    CMAP_FOR_EACH_WITH_HASH (source, node, hash_source(type, dst_port, remote),
                             &sources) {
        if (source->type == type && source->dst_port == dst_port
            && !memcmp(&source->remote, remote, sizeof *remote)) {
            return source;
        }
    }
    return NULL;
}

/* Returns true if 'source', which has no address of its own, takes packets
 * from 'remote'. */
static bool
has_peer(const struct vport_mplsudp_source *source,
         const struct in6_addr *remote)
{
    const struct mplsudp_receive *receive
        = ovsrcu_get(const struct mplsudp_receive *, &source->receive);

    return !receive->peers.n
           || option_peers_include(&receive->peers, remote->s6_addr);
}

/* Returns the entry for packets of 'type' to 'dst_port' from 'remote': the one
 * with that address, else the one with any, if its peers include the address,
 * else null.  Valid until the caller quiesces. */
struct vport_mplsudp_source *
vport_mplsudp_source_lookup(enum mplsudp_type type, uint16_t dst_port,
                            const struct in6_addr *remote)
{
    struct vport_mplsudp_source *source = find_source(type, dst_port, remote);

    if (!source) {
        source = find_source(type, dst_port, &in6addr_any);
        if (source && !has_peer(source, remote)) {
            source = NULL;
        }
    }
    return source;
}

/* Returns how packets of 'type' to 'dst_port' from 'remote' are received, or
 * null if nobody takes them.  Valid until the caller quiesces. */
const struct mplsudp_receive *
vport_mplsudp_receive_lookup(enum mplsudp_type type, uint16_t dst_port,
                             const struct in6_addr *remote)
{
    const struct vport_mplsudp_source *source
        = vport_mplsudp_source_lookup(type, dst_port, remote);

    return source ? ovsrcu_get(const struct mplsudp_receive *,
                               &source->receive) : NULL;
}

/* Returns true if any port accepts packets from anywhere. */
bool
vport_mplsudp_have_sources(void)
{
    return !cmap_is_empty(&sources);
}

/* Appends to 'ports', which has '*n' entries, those of 'source'. */
static const struct vport_mplsudp **
append_ports(const struct vport_mplsudp_source *source,
             const struct vport_mplsudp **ports, size_t *n)
    OVS_REQUIRES(sources_mutex)
{
    const struct vport_mplsudp *port;

    ports = xrealloc(ports, (*n + ovs_list_size(&source->ports))
                            * sizeof *ports);
    LIST_FOR_EACH (port, source_node, &source->ports) {
        ports[(*n)++] = port;
    }
    return ports;
}

/* Returns all ports that may send packets of 'type' and 'dst_port' to
 * 'remote', and stores their number in '*n'.  The caller frees the array; the
 * ports are valid until it quiesces.
 *
 * The ports are not for use under the lock: vport_mplsudp_withdraw() takes it
 * when netdev's lock is held already. */
const struct vport_mplsudp **
vport_mplsudp_senders(enum mplsudp_type type, uint16_t dst_port,
                      const struct in6_addr *remote, size_t *n)
{
    const struct vport_mplsudp_source *one, *any;
    const struct vport_mplsudp **ports = NULL;

    *n = 0;
    ovs_mutex_lock(&sources_mutex);
    one = find_source(type, dst_port, remote);
    if (one) {
        ports = append_ports(one, ports, n);
    }
    any = find_source(type, dst_port, &in6addr_any);
    if (any && any != one && has_peer(any, remote)) {
        ports = append_ports(any, ports, n);
    }
    ovs_mutex_unlock(&sources_mutex);
    return ports;
}

static struct vport_mplsudp_source *
create_source(enum mplsudp_type type, uint16_t dst_port,
              const struct in6_addr *remote)
{
    struct vport_mplsudp_source *source = xzalloc(sizeof *source);

    source->remote = *remote;
    source->type = type;
    source->dst_port = dst_port;
    ovs_list_init(&source->ports);
    return source;
}

/* Returns which keys the ports of 'source' take, or null if there is one that
 * takes all. */
static struct key_filter *
make_filter(const struct vport_mplsudp_source *source)
{
    size_t n = ovs_list_size(&source->ports);
    struct key_filter *filter = xzalloc(key_filter_size(n));
    const struct vport_mplsudp *port;

    LIST_FOR_EACH (port, source_node, &source->ports) {
        const struct mplsudp_config *config = vport_mplsudp_get(port);
        struct key_filter_entry entry
            = key_filter_entry(&config->in_key,
                               config->payload != MPLSUDP_PAYLOAD_MPLS,
                               &config->local_ip);

        if (entry.any_key && entry.any_local) {
            free(filter);
            return NULL;
        }
        filter->entries[filter->n++] = entry;
    }
    key_filter_sort(filter);
    return filter;
}

static void
free_receive(struct mplsudp_receive *receive)
{
    if (receive) {
        free(CONST_CAST(struct key_filter *, receive->keys));
        free(receive);
    }
}

/* Has packets from 'source' received by '*receive' and by its ports' keys. */
static void
set_receive(struct vport_mplsudp_source *source,
            const struct mplsudp_receive *receive)
{
    const struct mplsudp_receive *old
        = ovsrcu_get_protected(const struct mplsudp_receive *,
                               &source->receive);
    struct mplsudp_receive *new = xmemdup(receive, sizeof *receive);

    new->keys = make_filter(source);
    ovsrcu_set(&source->receive, new);
    count_change();
    ovsrcu_postpone(free_receive, CONST_CAST(struct mplsudp_receive *, old));
}

/* Names 'source' after the first of its ports.  Without any it keeps the name:
 * the port may only be reconfigured. */
static void
set_name(struct vport_mplsudp_source *source)
{
    const char *old = ovsrcu_get_protected(const char *, &source->name);
    const struct vport_mplsudp *port;

    LIST_FOR_EACH (port, source_node, &source->ports) {
        if (!old || strcmp(old, port->name)) {
            ovsrcu_set(&source->name, xstrdup(port->name));
            ovsrcu_postpone(free, CONST_CAST(char *, old));
        }
        return;
    }
}

static void
free_source(struct vport_mplsudp_source *source)
{
    /* No reader is left. */
    free(CONST_CAST(char *, ovsrcu_get_protected(const char *,
                                                 &source->name)));
    free_receive(CONST_CAST(struct mplsudp_receive *,
                            ovsrcu_get_protected(
                                const struct mplsudp_receive *,
                                &source->receive)));
    free(source);
}

/* Removes 'source' if no port has taken it over meanwhile. */
static void
remove_if_unused(struct vport_mplsudp_source *source)
{
    ovs_mutex_lock(&sources_mutex);
    if (!--source->n_removals && ovs_list_is_empty(&source->ports)) {
        cmap_remove(&sources, &source->node,
                    hash_source(source->type, source->dst_port,
                                &source->remote));
        count_change();
        ovsrcu_postpone(free_source, source);
    }
    ovs_mutex_unlock(&sources_mutex);
}

/* Starts to accept packets for user port 'netdev', if it is one of ours. */
void
vport_mplsudp_publish(const struct netdev *netdev)
{
    struct vport_mplsudp *port;
    const struct mplsudp_config *config;
    struct mplsudp_receive receive;
    struct in6_addr remote;

    if (!vport_mplsudp_is_class(netdev)) {
        return;
    }
    port = vport_mplsudp_cast(netdev);
    config = vport_mplsudp_get(port);
    if (!config) {
        return;
    }
    mplsudp_receive_init(config, &receive);
    memcpy(&remote, config->remote_ip.bytes, sizeof remote);

    ovs_mutex_lock(&sources_mutex);
    port->source = find_source(port->type, config->dst_port, &remote);
    if (port->source) {
        ovs_list_push_back(&port->source->ports, &port->source_node);
        set_receive(port->source, &receive);
    } else {
        port->source = create_source(port->type, config->dst_port, &remote);
        ovs_list_push_back(&port->source->ports, &port->source_node);
        set_receive(port->source, &receive);
        cmap_insert(&sources, &port->source->node,
                    hash_source(port->type, config->dst_port, &remote));
        count_change();
    }
    set_name(port->source);
    ovs_mutex_unlock(&sources_mutex);
}

/* Ends what vport_mplsudp_publish() started.  ofproto/tunnel.c reconfigures a
 * port by taking it out and putting it in again, and neither packets nor
 * counters may get lost in between: so the source is removed only after a
 * grace period. */
void
vport_mplsudp_withdraw(const struct netdev *netdev)
{
    struct vport_mplsudp_source *source;
    struct vport_mplsudp *port;

    if (!vport_mplsudp_is_class(netdev)) {
        return;
    }
    port = vport_mplsudp_cast(netdev);

    ovs_mutex_lock(&sources_mutex);
    source = port->source;
    if (source) {
        port->source = NULL;
        ovs_list_remove(&port->source_node);
        if (ovs_list_is_empty(&source->ports)) {
            source->n_removals++;
            ovsrcu_postpone(remove_if_unused, source);
        } else {
            set_name(source);
            set_receive(source, ovsrcu_get(const struct mplsudp_receive *,
                                           &source->receive));
        }
    }
    ovs_mutex_unlock(&sources_mutex);
}
