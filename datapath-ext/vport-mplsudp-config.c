/* SPDX-License-Identifier: Apache-2.0
 *
 * A port's life and its options: ovs-vsctl's key=value pairs to a struct
 * mplsudp_config of lib/, and to what ofproto/tunnel.c wants to know. */

#include <config.h>

#include "vport-mplsudp-private.h"

#include <errno.h>

#include "byte-order.h"
#include "label-entropy.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/vlog.h"
#include "packets.h"
#include "random.h"
#include "smap.h"

VLOG_DEFINE_THIS_MODULE(vport_mplsudp);

BUILD_ASSERT_DECL(sizeof(struct in6_addr) == OUTER_ADDRESS_SIZE);

/* Returns true if ports of 'type' share a datapath port only with those of the
 * same destination port. */
bool
vport_mplsudp_needs_dst_port(const char *type)
{
    enum mplsudp_type t;

    return mplsudp_type_find(type, &t) && t == MPLSUDP_TYPE_UDP;
}

/* Returns the IP protocol of tunnels of 'type', or 0 if that is not ours. */
uint8_t
vport_mplsudp_nw_proto(const char *type)
{
    enum mplsudp_type t;

    return mplsudp_type_find(type, &t) ? mplsudp_types[t].protocol : 0;
}

/* Returns which fragments are handed to the datapath port named 'name', as a
 * mask of struct flow's 'nw_frag' that must be zero.  Ours get all that are
 * sure to be theirs, to count and drop them; of a UDP packet that is the first
 * one, which has the port numbers. */
uint8_t
vport_mplsudp_nw_frag_mask(const char *name)
{
    return !strncmp(name, "mudp_sys", 8) ? FLOW_NW_FRAG_LATER
           : !strncmp(name, "mgre_sys", 8) || !strncmp(name, "mip_sys", 7) ? 0
           : FLOW_NW_FRAG_MASK;
}

/* Called once in each process that knows netdev types. */
void
vport_mplsudp_init(void)
{
    vport_mplsudp_show_init();
    vport_mplsudp_pmtu_init();
    vport_mplsudp_drops_init();
}

void
vport_mplsudp_construct(struct netdev *netdev)
{
    struct vport_mplsudp *port;

    if (!vport_mplsudp_is_class(netdev)) {
        return;
    }
    port = xzalloc(sizeof *port);
    port->name = xstrdup(netdev_get_name(netdev));
    mplsudp_type_find(netdev_get_type(netdev), &port->type);
    port->fixed_src_port = label_entropy_port(random_uint32());
    vport_mplsudp_register_id(port);
    netdev_vport_cast(netdev)->mplsudp = port;
}

static void
free_port(struct vport_mplsudp *port)
{
    free(CONST_CAST(struct mplsudp_config *, vport_mplsudp_get(port)));
    free(port->name);
    free(port);
}

void
vport_mplsudp_destruct(struct netdev *netdev)
{
    struct vport_mplsudp *port = vport_mplsudp_cast(netdev);

    if (port) {
        vport_mplsudp_withdraw(netdev);
        vport_mplsudp_unregister_id(port);
        ovsrcu_postpone(free_port, port);
    }
}

/* Options that belong to others: ovs-monitor-ipsec reads these. */
static bool
is_foreign_option(const char *key)
{
    return !strcmp(key, "remote_cert") || !strcmp(key, "remote_name")
           || !strcmp(key, "psk");
}

static void
report_unknown_option(const struct netdev *netdev, const char *key,
                      enum mplsudp_type type, struct ds *errors)
{
    const struct mplsudp_option *option = NULL;

    ds_put_format(errors, "%s: unknown option '%s': type %s has",
                  netdev_get_name(netdev), key, netdev_get_type(netdev));
    while ((option = mplsudp_option_next(type, option)) != NULL) {
        ds_put_format(errors, " %s", option->name);
    }
    ds_put_char(errors, '\n');
}

static void
parse_option(const struct netdev *netdev, const char *key, const char *value,
             struct mplsudp_config *config, struct ds *errors)
{
    const struct mplsudp_option *option
        = mplsudp_option_find(config->type, key);

    if (!option) {
        if (!is_foreign_option(key)) {
            report_unknown_option(netdev, key, config->type, errors);
        }
    } else if (!option->parse(config, value)) {
        ds_put_format(errors, "%s: bad value '%s' for option '%s': "
                      "accepted is %s\n", netdev_get_name(netdev), value, key,
                      option->accepts);
    }
}

/* Parses 'args' into '*config' and appends a line to 'errors' for each thing
 * that is wrong. */
static void
parse_options(const struct netdev *netdev, const struct smap *args,
              struct mplsudp_config *config, struct ds *errors)
{
    const char *key = smap_get(args, "key");
    const struct smap_node *node;
    const char *complaint;
    char *conflict;

    mplsudp_config_init(config, vport_mplsudp_cast(netdev)->type);
    if (key) {                  /* First, since in_key and out_key override. */
        parse_option(netdev, "key", key, config, errors);
    }
    SMAP_FOR_EACH (node, args) {
        if (strcmp(node->key, "key")) {
            parse_option(netdev, node->key, node->value, config, errors);
        }
    }
    if (errors->length) {
        return;
    }

    complaint = mplsudp_config_check(config);
    if (complaint) {
        ds_put_format(errors, "%s: %s\n", netdev_get_name(netdev), complaint);
        return;
    }
    conflict = vport_mplsudp_find_conflict(netdev, config);
    if (conflict) {
        ds_put_format(errors, "%s: %s\n", netdev_get_name(netdev), conflict);
        free(conflict);
    }
}

/* Fills in what ofproto/tunnel.c reads.  What is inherited from the packet is
 * left out: we patch it in for each packet, where tunnel.c would install a
 * megaflow for each value. */
static void
fill_tunnel_config(const struct mplsudp_config *config,
                   struct netdev_tunnel_config *tnl)
{
    memset(tnl, 0, sizeof *tnl);
    if (config->payload != MPLSUDP_PAYLOAD_MPLS) {
        tnl->in_key = htonll(config->in_key.value);
        tnl->in_key_present = config->in_key.set;
        tnl->in_key_flow = config->in_key.flow;
    } else {
        tnl->in_key_flow = true;        /* Packets have no key to tell by. */
    }
    tnl->out_key = htonll(config->out_key.value);
    tnl->out_key_present = config->out_key.set || config->out_key.flow;
    tnl->out_key_flow = config->out_key.flow;
    tnl->dst_port = htons(config->dst_port);
    tnl->ip_src_flow = config->local_ip.flow;
    tnl->ip_dst_flow = config->remote_ip.flow;
    memcpy(&tnl->ipv6_src, config->local_ip.bytes, sizeof tnl->ipv6_src);
    memcpy(&tnl->ipv6_dst, config->remote_ip.bytes, sizeof tnl->ipv6_dst);
    tnl->egress_pkt_mark = config->egress_pkt_mark;
    tnl->set_egress_pkt_mark = config->has_egress_pkt_mark;
    tnl->ttl = config->ttl > 0 ? config->ttl : MPLSUDP_TTL_DEFAULT;
    tnl->tos = config->tos > 0 ? config->tos : 0;
    tnl->csum = config->csum;
    tnl->dont_fragment = config->df_default;
    tnl->pt_mode = NETDEV_PT_AWARE;
}

static void
commit_config(struct netdev *netdev, const struct mplsudp_config *config)
{
    struct netdev_vport *dev = netdev_vport_cast(netdev);
    const struct mplsudp_config *old = vport_mplsudp_get(dev->mplsudp);
    struct netdev_tunnel_config tnl_cfg;

    if (old && !memcmp(old, config, sizeof *old)) {
        return;
    }
    fill_tunnel_config(config, &tnl_cfg);
    ovs_mutex_lock(&dev->mutex);
    ovsrcu_set(&dev->mplsudp->config, xmemdup(config, sizeof *config));
    compat_set_tnl_cfg(dev, &tnl_cfg);
    tunnel_check_status_change__(dev);
    ovs_mutex_unlock(&dev->mutex);
    ovsrcu_postpone(free, CONST_CAST(struct mplsudp_config *, old));
    netdev_change_seq_changed(netdev);
}

int
vport_mplsudp_set_config(struct netdev *netdev, const struct smap *args,
                         char **errp)
{
    struct ds errors = DS_EMPTY_INITIALIZER;
    struct mplsudp_config config;
    int error = 0;

    parse_options(netdev, args, &config, &errors);
    if (errors.length) {
        ds_chomp(&errors, '\n');
        VLOG_WARN("%s", ds_cstr(&errors));
        *errp = ds_steal_cstr(&errors);
        error = EINVAL;
    } else {
        commit_config(netdev, &config);
    }
    ds_destroy(&errors);
    return error;
}

/* Adds the options that are not at their defaults to 'args'. */
int
vport_mplsudp_get_config(const struct netdev *netdev, struct smap *args)
{
    const struct mplsudp_config *config
        = vport_mplsudp_get(vport_mplsudp_cast(netdev));
    const struct mplsudp_option *option = NULL;
    struct mplsudp_config defaults;

    if (!config) {
        return 0;
    }
    mplsudp_config_init(&defaults, config->type);
    while ((option = mplsudp_option_next(config->type, option)) != NULL) {
        char text[OPTION_TEXT_SIZE];
        char default_text[OPTION_TEXT_SIZE];

        if (option->format(config, text)
            && (!option->format(&defaults, default_text)
                || strcmp(text, default_text))) {
            smap_add(args, option->name, text);
        }
    }
    return 0;
}

/* Refuses our ports on datapaths other than the userspace one: returns an
 * errno value and stores the reason in '*errp'. */
int
vport_mplsudp_check_datapath(const struct netdev *netdev,
                             const char *datapath_type, char **errp)
{
    if (vport_mplsudp_is_class(netdev) && !strcmp(datapath_type, "system")) {
        *errp = xasprintf("%s: type %s needs datapath_type=netdev, and the "
                          "bridge has datapath_type=system",
                          netdev_get_name(netdev), netdev_get_type(netdev));
        VLOG_WARN("%s", *errp);
        return EOPNOTSUPP;
    }
    return 0;
}

/* True if push copies ECN itself, so that ofproto/tunnel.c need not match on
 * it. */
bool
vport_mplsudp_copies_ecn(const struct netdev *netdev)
{
    return vport_mplsudp_is_class(netdev);
}
