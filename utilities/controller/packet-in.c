/* SPDX-License-Identifier: Apache-2.0 */

#include <config.h>
#include "packet-in.h"

#include <netinet/icmp6.h>
#include <netinet/ip.h>

#include "coverage.h"
#include "csum.h"
#include "dp-packet.h"
#include "flows-pipeline.h"
#include "openvswitch/ofp-packet.h"
#include "switch.h"
#include "unaligned.h"

COVERAGE_DEFINE(packet_in_claim);
COVERAGE_DEFINE(packet_in_icmp_error);
COVERAGE_DEFINE(packet_in_no_icmp_error);
COVERAGE_DEFINE(packet_in_must_fragment);
COVERAGE_DEFINE(packet_in_unknown);

#define ERROR_TTL 64
/* Most bytes of an error, with its IP header. */
#define ICMP4_ERROR_MAX 576     /* RFC 1812 section 4.3.2.3. */
#define ICMP6_ERROR_MAX 1280    /* RFC 4443 section 2.4 (c). */

/* An error to be sent about a packet. */
struct icmp_error {
    enum flows_reason reason;
    uint16_t mtu;               /* For REASON_TOO_BIG. */
    struct in6_addr gateway;    /* Source of the error, IPv4 mapped. */
    const struct flow *flow;    /* The packet's. */
    const void *l3;             /* The packet from its IP header on. */
    size_t l3_len;              /* In bytes. */
};

/* Returns true if an error may be sent about a packet: RFC 1812 section
 * 4.3.2.7, RFC 4443 section 2.4 (e).  Its addresses are those of hosts, or it
 * would have been dropped before. */
static bool
error_is_due(const struct flow *flow)
{
    uint16_t type = ntohs(flow->tp_src);

    if (eth_addr_is_multicast(flow->dl_dst)) {
        return false;
    } else if (flow->dl_type == htons(ETH_TYPE_IP)) {
        return (!(flow->nw_frag & FLOW_NW_FRAG_LATER)
                && (flow->nw_proto != IPPROTO_ICMP
                    || (type != ICMP4_DST_UNREACH
                        && type != ICMP4_SOURCEQUENCH
                        && type != ICMP4_REDIRECT
                        && type != ICMP4_TIME_EXCEEDED
                        && type != ICMP4_PARAM_PROB)));
    } else {
        return (flow->nw_proto != IPPROTO_ICMPV6
                || (type & ICMP6_INFOMSG_MASK && type != ND_REDIRECT));
    }
}

/* Finds in 'network' the gateway's address that an error comes from: of the
 * packet's family, and one that routers forward if there is one. */
static bool
find_gateway(const struct network *network, bool ipv4,
             struct in6_addr *gateway)
{
    bool found = false;

    for (size_t i = 0; i < network->n_gateways; i++) {
        struct in6_addr addr = network->gateways[i];

        if (address_is_ipv4(&addr) == ipv4
            && (!found || in6_is_lla(gateway))) {
            *gateway = addr;
            found = true;
        }
    }
    return found;
}

/* Puts an ICMP error (RFC 792, RFC 1191 section 4) into 'packet'. */
static void
compose_icmp4(struct dp_packet *packet, const struct icmp_error *e)
{
    size_t quote = MIN(e->l3_len,
                       ICMP4_ERROR_MAX - IP_HEADER_LEN - ICMP_HEADER_LEN);
    bool too_big = e->reason == REASON_TOO_BIG;

    struct ip_header *ip = eth_compose(packet, e->flow->dl_src, GATEWAY_MAC,
                                       ETH_TYPE_IP,
                                       IP_HEADER_LEN + ICMP_HEADER_LEN
                                       + quote);
    ip->ip_ihl_ver = IP_IHL_VER(5, 4);
    ip->ip_tos = IP_DSCP_CS6; /* RFC 1812 section 4.3.2.5. */
    ip->ip_tot_len = htons(IP_HEADER_LEN + ICMP_HEADER_LEN + quote);
    ip->ip_id = 0;
    ip->ip_frag_off = htons(IP_DF);
    ip->ip_ttl = ERROR_TTL;
    ip->ip_proto = IPPROTO_ICMP;
    ip->ip_csum = 0;
    put_16aligned_be32(&ip->ip_src, in6_addr_get_mapped_ipv4(&e->gateway));
    put_16aligned_be32(&ip->ip_dst, e->flow->nw_src);
    ip->ip_csum = csum(ip, IP_HEADER_LEN);

    struct icmp_header *icmp = (struct icmp_header *) (ip + 1);
    memset(icmp, 0, sizeof *icmp);
    icmp->icmp_type = too_big ? ICMP4_DST_UNREACH : ICMP4_TIME_EXCEEDED;
    icmp->icmp_code = too_big ? 4 /* Fragmentation needed. */ : 0;
    if (too_big) {
        icmp->icmp_fields.frag.mtu = htons(e->mtu);
    }
    memcpy(icmp + 1, e->l3, quote);
    icmp->icmp_csum = csum(icmp, ICMP_HEADER_LEN + quote);
}

/* Puts an ICMPv6 error (RFC 4443 sections 3.2 and 3.3) into 'packet'. */
static void
compose_icmp6(struct dp_packet *packet, const struct icmp_error *e)
{
    size_t quote = MIN(e->l3_len, ICMP6_ERROR_MAX - IPV6_HEADER_LEN
                                  - ICMP6_DATA_HEADER_LEN);
    size_t len = ICMP6_DATA_HEADER_LEN + quote;
    bool too_big = e->reason == REASON_TOO_BIG;

    eth_compose(packet, e->flow->dl_src, GATEWAY_MAC, ETH_TYPE_IPV6,
                IPV6_HEADER_LEN);

    struct icmp6_data_header *icmp
        = compose_ipv6(packet, IPPROTO_ICMPV6, &e->gateway,
                       &e->flow->ipv6_src, IP_DSCP_CS6, 0, ERROR_TTL, len);
    icmp->icmp6_base.icmp6_type = too_big ? ICMP6_PACKET_TOO_BIG
                                          : ICMP6_TIME_EXCEEDED;
    icmp->icmp6_base.icmp6_code = 0;
    icmp->icmp6_base.icmp6_cksum = 0;
    put_16aligned_be32(icmp->icmp6_data.be32, htonl(too_big ? e->mtu : 0));
    memcpy(icmp + 1, e->l3, quote);

    uint32_t partial = packet_csum_pseudoheader6(dp_packet_l3(packet));
    icmp->icmp6_base.icmp6_cksum = csum_finish(csum_continue(partial, icmp,
                                                             len));
}

/* Sets 'e' to where the packet's IP header begins and to the length that it
 * gives, without padding behind it.  Returns false if it is damaged. */
static bool
find_ip(const struct dp_packet *packet, struct icmp_error *e)
{
    size_t size = dp_packet_l3_size(packet);

    e->l3 = dp_packet_l3(packet);
    if (e->flow->dl_type == htons(ETH_TYPE_IP)) {
        const struct ip_header *ip = e->l3;

        e->l3_len = size >= sizeof *ip ? ntohs(ip->ip_tot_len) : SIZE_MAX;
    } else {
        const struct ovs_16aligned_ip6_hdr *ip6 = e->l3;

        e->l3_len = (size >= sizeof *ip6
                     ? sizeof *ip6 + ntohs(ip6->ip6_plen) : SIZE_MAX);
    }
    return e->l3 && e->l3_len <= size;
}

/* Returns true if 'packet' is one that its sender lets routers fragment. */
static bool
may_fragment(const struct icmp_error *e)
{
    const struct ip_header *ip = e->l3;

    return (e->flow->dl_type == htons(ETH_TYPE_IP)
            && !(ip->ip_frag_off & htons(IP_DF)));
}

/* Answers 'pin' by an ICMP error, if one is due.  IPv4 packets that would have
 * to be fragmented are only counted. */
static void
report(const struct overlay *overlay, const struct hypervisor *hv,
       const struct ofputil_packet_in *pin, enum flows_reason reason)
{
    const struct flow *metadata = &pin->flow_metadata.flow;
    struct icmp_error e = { .reason = reason, .mtu = metadata->regs[REG_MTU] };
    struct dp_packet packet, reply;
    struct object *network;
    struct uuid uuid;
    struct flow flow;

    memcpy(uuid.parts, &metadata->regs[XXREG_NETWORK * 4], sizeof uuid.parts);
    network = object_find(&overlay->networks, &uuid);

    dp_packet_use_const(&packet, pin->packet, pin->packet_len);
    flow_extract(&packet, &flow);
    e.flow = &flow;
    if (!network || !dl_type_is_ip_any(flow.dl_type) || !find_ip(&packet, &e)
        || !error_is_due(&flow)
        || !find_gateway(CONTAINER_OF(network, struct network, object),
                         flow.dl_type == htons(ETH_TYPE_IP), &e.gateway)) {
        COVERAGE_INC(packet_in_no_icmp_error);
        return;
    }
    if (reason == REASON_TOO_BIG && may_fragment(&e)) {
        COVERAGE_INC(packet_in_must_fragment);
        return;
    }

    COVERAGE_INC(packet_in_icmp_error);
    dp_packet_init(&reply, ICMP6_ERROR_MAX + ETH_HEADER_LEN);
    if (flow.dl_type == htons(ETH_TYPE_IP)) {
        compose_icmp4(&reply, &e);
    } else {
        compose_icmp6(&reply, &e);
    }
    switch_send_packet(hv->sw, &reply, metadata->in_port.ofp_port);
    dp_packet_uninit(&reply);
}

/* Returns the port whose flow sent 'pin', by its cookie. */
static struct port *
find_claimant(const struct overlay *overlay,
              const struct ofputil_packet_in *pin)
{
    uint64_t cookie = ntohll(pin->cookie);
    struct port *port;

    HMAP_FOR_EACH_WITH_HASH (port, object.hmap_node, cookie >> 32,
                             &overlay->ports) {
        if (port->object.uuid.parts[0] == cookie >> 32
            && port->object.uuid.parts[1] == (uint32_t) cookie) {
            return port;
        }
    }
    return NULL;
}

struct port *
packet_in_handle(const struct overlay *overlay, const struct hypervisor *hv,
                 const struct ofputil_packet_in *pin)
{
    switch (pin->userdata_len == 1 ? pin->userdata[0] : 0) {
    case REASON_CLAIM:
        COVERAGE_INC(packet_in_claim);
        return find_claimant(overlay, pin);
    case REASON_TTL_EXCEEDED:
    case REASON_TOO_BIG:
        report(overlay, hv, pin, pin->userdata[0]);
        return NULL;
    default:
        COVERAGE_INC(packet_in_unknown);
        return NULL;
    }
}
