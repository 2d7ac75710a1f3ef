/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz-vport-receive: receives batches of packets by vport_mplsudp_pop()
 * (datapath-ext/vport-mplsudp.h), with the ports of vports.c.
 *
 * Input: a byte, the number of the datapath port; then packets as vports.h
 * reads them.  Flags of a packet: bits 0-1 IP and UDP checksum known to be
 * good, bit 2 no Ethernet header, bits 4-7 this many words are cut off behind
 * the back of flow extraction. */

#include "vports.h"

#include "inner-packet.h"
#include "label-stack.h"
#include "packets.h"
#include "wire.h"

enum {
    FLAG_IP_GOOD = 1 << 0,
    FLAG_L4_GOOD = 1 << 1,
    FLAG_NO_ETHERNET = 1 << 2,
    CUT_SHIFT = 4
};

/* A packet of the input, and what became of it. */
struct sample {
    struct vports_input in;
    struct flow flow;           /* As it arrived. */
    size_t l3_ofs;              /* Where its outer packet begins ... */
    size_t end;                 /* ... and ends. */
    struct vports_user *source; /* Who takes it; null if nobody. */

    enum mplsudp_drop verdict;  /* When it was received alone. */
    bool counted_for_source;
    uint8_t *out;               /* If it passed. */
    size_t out_size;
    struct flow_tnl tunnel;
};

static ovs_be32
packet_type(const struct sample *sample)
{
    return htonl(!(sample->in.flags & FLAG_NO_ETHERNET) ? PT_ETH
                 : sample->in.data[0] >> 4 == 6 ? PT_IPV6 : PT_IPV4);
}

/* Returns the number of bytes that are left of '*sample'. */
static size_t
kept_size(const struct sample *sample)
{
    size_t cut = (sample->in.flags >> CUT_SHIFT) * 4;

    return cut < sample->in.size ? sample->in.size - cut : sample->in.size;
}

/* Returns true if '*sample' is a fragment.  OVS takes the reserved bits of an
 * IPv6 fragment header for an offset; these are to be ignored (RFC 8200
 * section 4.5). */
static bool
is_fragment(const struct sample *sample)
{
    const uint8_t *p = sample->in.data + sample->l3_ofs;
    uint8_t next = p[6];

    if (sample->flow.dl_type != htons(ETH_TYPE_IPV6)
        || !sample->flow.nw_frag) {
        return sample->flow.nw_frag;
    }
    for (p += IPV6_SIZE; ; ) {
        bool fragment = next == IPPROTO_FRAGMENT;

        if (fragment && wire_get16(p + 2) & 0xfff9) {
            return true;
        } else if (!fragment && next != IPPROTO_HOPOPTS
                   && next != IPPROTO_ROUTING && next != IPPROTO_DSTOPTS) {
            return false;
        }
        next = p[0];
        p += fragment ? 8 : (p[1] + 1) * 8;
    }
}

/* Returns a new packet of '*sample', with its flow in 'sample->flow'. */
static struct dp_packet *
make_packet(struct sample *sample)
{
    const struct vports_input *in = &sample->in;
    struct dp_packet *packet = vports_packet(in->data, in->size, 0,
                                             packet_type(sample));

    if (in->flags & FLAG_IP_GOOD) {
        *dp_packet_ol_flags_ptr(packet) |= DP_PACKET_OL_RX_IP_CKSUM_GOOD;
    }
    if (in->flags & FLAG_L4_GOOD) {
        *dp_packet_ol_flags_ptr(packet) |= DP_PACKET_OL_RX_L4_CKSUM_GOOD;
    }
    vports_extract(packet, &sample->flow);
    sample->l3_ofs = packet->l3_ofs;
    sample->end = sample->in.size - packet->l2_pad_size;
    if (sample->flow.nw_proto == IPPROTO_UDP
        && packet->l4_ofs + UDP_HEADER_LEN <= in->size) {
        sample->end = packet->l4_ofs + wire_get16(in->data + packet->l4_ofs
                                                  + 4);
    }
    dp_packet_set_size(packet, kept_size(sample));
    return packet;
}

/* Returns the user port that takes '*sample', received for ports of 'type', by
 * its flow: OVS hands us what it takes for a tunnel packet itself. */
static struct vports_user *
find_source(const struct sample *sample, enum mplsudp_type type)
{
    const struct flow *flow = &sample->flow;
    uint16_t dst_port = type == MPLSUDP_TYPE_UDP ? ntohs(flow->tp_dst) : 0;
    struct in6_addr src;

    /* Of later IPv6 fragments it does not say the protocol. */
    if (flow->nw_proto != mplsudp_types[type].protocol
        && !(flow->nw_frag & FLOW_NW_FRAG_LATER)) {
        return NULL;
    } else if (flow->dl_type == htons(ETH_TYPE_IP)) {
        src = in6_addr_mapped_ipv4(flow->nw_src);
    } else if (flow->dl_type == htons(ETH_TYPE_IPV6)
               && !IN6_IS_ADDR_V4MAPPED(&flow->ipv6_src)) {
        src = flow->ipv6_src;
    } else {
        return NULL;
    }
    return vports_find(type, dst_port, &src);
}

static bool
has_fixed_key(const struct mplsudp_config *config)
{
    return config->payload != MPLSUDP_PAYLOAD_MPLS && !config->in_key.flow;
}

/* The tunnel metadata are those of the outer headers as OVS reads them. */
static void
check_tunnel(const struct sample *sample, const struct flow_tnl *tnl)
{
    const struct mplsudp_config *config = sample->source->config;
    const struct flow *flow = &sample->flow;
    bool udp = config->type == MPLSUDP_TYPE_UDP;
    bool key = config->payload != MPLSUDP_PAYLOAD_MPLS;

    if (flow->dl_type == htons(ETH_TYPE_IPV6)) {
        FUZZ_CHECK(ipv6_addr_equals(&tnl->ipv6_src, &flow->ipv6_src));
        FUZZ_CHECK(!IN6_IS_ADDR_V4MAPPED(&tnl->ipv6_src));
        FUZZ_CHECK(ipv6_addr_equals(&tnl->ipv6_dst, &flow->ipv6_dst));
        FUZZ_CHECK(!tnl->ip_src && !tnl->ip_dst);
    } else {
        FUZZ_CHECK(tnl->ip_src == flow->nw_src && tnl->ip_dst == flow->nw_dst);
        FUZZ_CHECK(!ipv6_addr_is_set(&tnl->ipv6_src)
                   && !ipv6_addr_is_set(&tnl->ipv6_dst));
    }
    FUZZ_CHECK(tnl->ip_ttl == flow->nw_ttl && !tnl->ip_tos);
    FUZZ_CHECK(!(tnl->flags & ~(FLOW_TNL_F_KEY | FLOW_TNL_F_CSUM)));
    FUZZ_CHECK(!(tnl->flags & FLOW_TNL_F_KEY) == !key);
    FUZZ_CHECK(ntohll(tnl->tun_id) >> 60 == 0 && (key || !tnl->tun_id));
    FUZZ_CHECK(!has_fixed_key(config)
               || ntohll(tnl->tun_id) == config->in_key.value);
    FUZZ_CHECK(tnl->tp_src == (udp ? flow->tp_src : 0));
    FUZZ_CHECK(tnl->tp_dst == (udp ? flow->tp_dst : 0));
    FUZZ_CHECK(udp || !(tnl->flags & FLOW_TNL_F_CSUM));
}

/* Returns the size of the Ethernet header that 'packet' was given, 0 or
 * ETHERNET_SIZE, after checking that it fits the port's payload. */
static size_t
check_ethernet(const struct sample *sample, const struct dp_packet *packet,
               const struct flow *flow)
{
    const uint8_t *data = dp_packet_data(packet);
    size_t size = dp_packet_size(packet);
    enum mplsudp_payload payload = sample->source->config->payload;
    uint16_t type = wire_get16(data + 12);
    int version = size > ETHERNET_SIZE ? data[ETHERNET_SIZE] >> 4 : 0;
    bool zero = eth_addr_is_zero(flow->dl_src)
                && eth_addr_is_zero(flow->dl_dst);
    bool ip = (type == ETHERTYPE_IPV4 && version == 4)
              || (type == ETHERTYPE_IPV6 && version == 6);

    if (payload == MPLSUDP_PAYLOAD_MPLS) {
        FUZZ_CHECK(zero && size >= ETHERNET_SIZE + LSE_SIZE);
        FUZZ_CHECK(type == ETHERTYPE_MPLS || type == ETHERTYPE_MPLS_UPSTREAM);
        FUZZ_CHECK(data[ETHERNET_SIZE + 3]);            /* TTL. */
    } else if (payload == MPLSUDP_PAYLOAD_IP) {
        FUZZ_CHECK(zero && ip && size >= ETHERNET_SIZE + IPV4_SIZE);
    } else if (payload == MPLSUDP_PAYLOAD_ETHERNET || !zero || !ip) {
        return 0;
    }
    return ETHERNET_SIZE;
}

/* 'packet', which was '*sample' and came out of its tunnel, is a whole frame
 * of the packet's own bytes, of which what tunnels merge has changed: TTL,
 * traffic class and IPv4 header checksum. */
static void
check_frame(const struct sample *sample, struct dp_packet *packet)
{
    const uint8_t *data = dp_packet_data(packet);
    size_t size = dp_packet_size(packet);
    size_t ofs = data - (const uint8_t *) dp_packet_base(packet);
    size_t n_changed = 0;
    struct flow flow;

    FUZZ_CHECK(size >= ETHERNET_SIZE);
    FUZZ_CHECK(ofs + size == sample->end && sample->end <= kept_size(sample));
    FUZZ_CHECK(packet->packet_type == htonl(PT_ETH));
    FUZZ_CHECK(packet->l2_5_ofs == UINT16_MAX && packet->l3_ofs == UINT16_MAX
               && packet->l4_ofs == UINT16_MAX && !packet->l2_pad_size);
    FUZZ_CHECK(!dp_packet_ip_checksum_valid(packet)
               && !dp_packet_l4_checksum_valid(packet));
    FUZZ_CHECK(!packet->md.recirc_id && !packet->md.ct_state
               && !packet->md.conn);

    vports_extract(packet, &flow);
    FUZZ_CHECK(flow_tnl_dst_is_set(&flow.tunnel)
               == flow_tnl_dst_is_set(&packet->md.tunnel));
    FUZZ_CHECK(packet->l3_ofs <= size || packet->l3_ofs == UINT16_MAX);
    for (size_t i = check_ethernet(sample, packet, &flow); i < size; i++) {
        n_changed += data[i] != sample->in.data[ofs + i];
    }
    FUZZ_CHECK(n_changed <= 6);
}

/* Receives '*sample' in a batch of its own, and checks all about it. */
static void
receive_alone(struct vports_datapath *datapath, struct sample *sample)
{
    enum mplsudp_type type = datapath->port->type;
    struct dp_packet *packet = make_packet(sample);
    struct dp_packet_batch batch;

    sample->source = find_source(sample, type);
    dp_packet_batch_init_packet(&batch, packet);
    FUZZ_CHECK(vport_mplsudp_pop(datapath->netdev, &batch));
    if (dp_packet_batch_is_empty(&batch)) {
        sample->verdict = vports_take_drop(datapath);
        FUZZ_CHECK(mplsudp_drop_on_receive(sample->verdict));
        if (sample->source) {
            uint64_t *n = &sample->source->receive_drops[sample->verdict];

            sample->counted_for_source
                = vport_mplsudp_n_drops(&sample->source->port->source->drops,
                                        sample->verdict) != *n;
            *n += sample->counted_for_source;
        }
        return;
    }
    FUZZ_CHECK(dp_packet_batch_size(&batch) == 1
               && batch.packets[0] == packet);
    FUZZ_CHECK(sample->source && !is_fragment(sample));
    sample->verdict = MPLSUDP_PASS;
    sample->tunnel = packet->md.tunnel;
    sample->out_size = dp_packet_size(packet);
    sample->out = fuzz_copy(dp_packet_data(packet), sample->out_size);
    check_tunnel(sample, &sample->tunnel);
    check_frame(sample, packet);
    dp_packet_delete(packet);
}

/* Returns true if packets refused for 'verdict' are refused before anyone
 * asks from whom they are. */
static bool
is_before_source(enum mplsudp_drop verdict)
{
    return verdict == MPLSUDP_DROP_OUTER_TRUNCATED
           || verdict == MPLSUDP_DROP_OUTER_PROTOCOL
           || verdict == MPLSUDP_DROP_OUTER_LENGTH
           || verdict == MPLSUDP_DROP_OUTER_FRAGMENT
           || verdict == MPLSUDP_DROP_IP_CHECKSUM;
}

/* A packet that was refused was counted for its source, if that has a port.
 * Checksums that are known to be good are not looked at. */
static void
check_verdict(const struct sample *sample)
{
    FUZZ_CHECK(!(sample->in.flags & FLAG_IP_GOOD)
               || sample->verdict != MPLSUDP_DROP_IP_CHECKSUM);
    FUZZ_CHECK(!(sample->in.flags & FLAG_L4_GOOD)
               || sample->verdict != MPLSUDP_DROP_UDP_CHECKSUM);
    if (sample->verdict == MPLSUDP_DROP_UNKNOWN_SOURCE) {
        FUZZ_CHECK(!sample->source);
    } else if (sample->verdict && !is_before_source(sample->verdict)) {
        FUZZ_CHECK(sample->source && sample->counted_for_source);
        FUZZ_CHECK(sample->verdict != MPLSUDP_DROP_UNKNOWN_KEY
                   || has_fixed_key(sample->source->config)
                   || sample->source->config->local_ip.set);
    }
}

/* Receives all 'n' samples in one batch: that gives the same. */
static void
receive_together(struct vports_datapath *datapath, struct sample *samples,
                 size_t n)
{
    struct dp_packet_batch batch;
    size_t j = 0;

    dp_packet_batch_init(&batch);
    for (size_t i = 0; i < n; i++) {
        dp_packet_batch_add(&batch, make_packet(&samples[i]));
    }
    FUZZ_CHECK(vport_mplsudp_pop(datapath->netdev, &batch));
    for (size_t i = 0; i < n; i++) {
        struct sample *sample = &samples[i];

        if (sample->verdict) {
            datapath->drops[sample->verdict]++;
            if (sample->counted_for_source) {
                sample->source->receive_drops[sample->verdict]++;
            }
        } else {
            struct dp_packet *packet = batch.packets[j++];

            FUZZ_CHECK(j <= dp_packet_batch_size(&batch));
            FUZZ_CHECK(dp_packet_size(packet) == sample->out_size);
            FUZZ_CHECK(!memcmp(dp_packet_data(packet), sample->out,
                               sample->out_size));
            FUZZ_CHECK(!memcmp(&packet->md.tunnel, &sample->tunnel,
                               offsetof(struct flow_tnl, metadata)));
        }
    }
    FUZZ_CHECK(j == dp_packet_batch_size(&batch));
    dp_packet_delete_batch(&batch, true);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct sample samples[NETDEV_MAX_BURST];
    struct vports_datapath *datapath;
    size_t n = 0;

    vports_init();
    if (!size) {
        return 0;
    }
    datapath = &vports_datapath[data[0] % VPORTS_N_DATAPATH];
    data++;
    size--;
    while (n < NETDEV_MAX_BURST
           && vports_read_input(&data, &size, &samples[n].in)) {
        samples[n].out = NULL;
        samples[n].counted_for_source = false;
        receive_alone(datapath, &samples[n]);
        check_verdict(&samples[n++]);
    }
    vports_check_counters();
    if (n > 1) {
        receive_together(datapath, samples, n);
        vports_check_counters();
    }
    for (size_t i = 0; i < n; i++) {
        free(samples[i].out);
    }
    return 0;
}
