/* SPDX-License-Identifier: Apache-2.0
 *
 * sFlow: what a sampled packet's sample says of the tunnel that it leaves by.
 *
 * Called by ofproto/ofproto-dpif-sflow.c for each sampled packet, in any
 * thread.  What is said of the tunnel that a packet came by needs nothing of
 * ours: that is in the packet's metadata. */

#include <config.h>

#include "vport-mplsudp-private.h"

#include "byte-order.h"
#include "flow.h"
#include "mplsudp-template.h"
#include "netlink.h"
#include "odp-netlink.h"
#include "wire.h"

/* Returns the key whose labels end the stack that '*push' has at 'stack', or 0
 * if it has none.  Above them may be the port's transport labels; if the port
 * is gone, only the bottom label is known to be of the key. */
static uint64_t
stack_key(const struct mplsudp_push *push, const uint8_t *stack)
{
    const struct vport_mplsudp *port = vport_mplsudp_from_id(push->port_id);
    const struct mplsudp_config *config = port ? vport_mplsudp_get(port)
                                               : NULL;
    size_t depth = push->stack_size / LSE_SIZE;
    size_t n_transport = 0, n_key = 1;
    uint64_t key = 0;

    if (config) {
        n_transport = config->labels.n
                      + (push->flags & MPLSUDP_PUSH_ENTROPY_LABEL ? 2 : 0);
        n_key = LABEL_KEY_DEPTH;
    }
    if (depth > n_key) {
        n_transport = MAX(n_transport, depth - n_key);
    }
    for (size_t i = n_transport; i < depth; i++) {
        key = key << 20 | lse_label(wire_get32(stack + i * LSE_SIZE));
    }
    return key;
}

/* Returns the outer TOS of a packet of 'flow', which may be null, whose
 * template has 'tos'.  'top' is the entry on top of the packet's own label
 * stack, or null. */
static uint8_t
outer_tos(const struct mplsudp_push *push, uint8_t tos,
          const struct flow *flow, const uint32_t *top)
{
    bool inherit = push->flags & MPLSUDP_PUSH_TOS_INHERIT;
    uint8_t inner_tos = flow && is_ip_any(flow) ? flow->nw_tos : 0;

    if (inherit) {
        tos = top ? lse_tc(*top) << 5 : inner_tos & ~ECN_MASK;
    }
    return tos | (inner_tos & ECN_MASK);
}

/* If 'attr', a tnl_push action, is one of ours, completes '*tunnel' by what it
 * makes of a packet of 'flow' (which may be null): addresses are there
 * already.  The packet has 'depth' label stack entries of its own, in host
 * byte order and bottom first at 'lses'.
 *
 * Sets '*error', which ends all that the sample says of tunnels, if the
 * template is over IPv6, since sFlow's tunnel structure has IPv4 addresses. */
void
vport_mplsudp_sflow(const struct nlattr *attr, const struct flow *flow,
                    const uint32_t *lses, uint32_t depth,
                    struct flow_tnl *tunnel, bool *error)
{
    const struct ovs_action_push_tnl *data = nl_attr_get(attr);
    const uint8_t *template = (const uint8_t *) data->header;
    struct mplsudp_push push;

    if (!vport_mplsudp_owns_action(attr)) {
        return;
    }
    if (!mplsudp_template_push(template, data->header_len, &push)
        || push.flags & MPLSUDP_PUSH_IPV6) {
        *error = true;
        return;
    }
    tunnel->ip_tos = outer_tos(&push,
                               inner_ip_tos(template + ETHERNET_SIZE, 4),
                               flow, depth ? &lses[depth - 1] : NULL);
    if (push.type == MPLSUDP_TYPE_UDP) {
        const uint8_t *udp = template + push.outer_size - OUTER_UDP_SIZE;

        /* Differs from packet to packet, and so is 0, as for VXLAN. */
        tunnel->tp_src = push.flags & MPLSUDP_PUSH_ENTROPY
                         ? 0 : htons(push.entropy);
        tunnel->tp_dst = htons(wire_get16(udp + 2));
    }
    if (!depth) {
        tunnel->tun_id = htonll(stack_key(&push, template + push.outer_size));
    }
}
