/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz-vport-push: sends batches of packets by vport_mplsudp_build_header()
 * and vport_mplsudp_push(), and receives them by vport_mplsudp_pop()
 * (datapath-ext/vport-mplsudp.h), with the ports of vports.c.
 *
 * Input: a header and packets as vports.h reads them.  Flags of a packet: bits
 * 0-2 its type, bit 3 it waits for an offload, bits 4-7 headroom in words. */

#include "vports.h"

#include "csum.h"
#include "inner-packet.h"
#include "mplsudp-template.h"
#include "packets.h"
#include "wire.h"

enum {
    N_TYPES = 8,
    FLAG_OFFLOAD = 1 << 3,
    HEADROOM_SHIFT = 4
};

static const uint32_t packet_types[N_TYPES] = {
    PT_ETH, PT_MPLS, PT_IPV4, PT_IPV6, PT_MPLS_MC, PT_NSH,
    PACKET_TYPE(OFPHTN_ETHERTYPE, ETH_TYPE_ARP), PT_UNKNOWN
};

/* A packet of the input, and what became of it. */
struct sample {
    struct vports_input in;
    enum mplsudp_drop verdict;  /* When it was sent alone. */
    uint8_t *out;               /* If it passed. */
    size_t out_size;
};

static bool
is_template(const struct vports_header *header)
{
    struct mplsudp_push push;

    return mplsudp_template_push((const uint8_t *) header->action.header,
                                 header->action.header_len, &push);
}

/* Finds the user port for which packets that are refused count, if any.
 * Returns false if the template names a port that never sends. */
static bool
find_counting(const struct vports_header *header, struct vports_user **counts)
{
    struct mplsudp_push push;

    *counts = NULL;
    if (!mplsudp_template_push((const uint8_t *) header->action.header,
                               header->action.header_len, &push)) {
        return true;
    }
    for (size_t i = 0; i < vports_n_users; i++) {
        if (vports_users[i].port->id == push.port_id) {
            *counts = &vports_users[i];
        }
    }
    FUZZ_CHECK(!header->intact || *counts == header->user);
    return *counts || !vport_mplsudp_from_id(push.port_id);
}

static struct dp_packet *
make_packet(const struct sample *sample)
{
    uint32_t type = packet_types[sample->in.flags % N_TYPES];
    struct dp_packet *packet
        = vports_packet(sample->in.data, sample->in.size,
                        (sample->in.flags >> HEADROOM_SHIFT) * 4, htonl(type));
    struct flow flow;

    vports_extract(packet, &flow);
    if (sample->in.flags & FLAG_OFFLOAD) {
        *dp_packet_ol_flags_ptr(packet) |= DP_PACKET_OL_TX_TCP_CKSUM;
    }
    return packet;
}

/* 'packet' has the outer headers that '*header' asks for, as OVS reads them,
 * and offsets and metadata to match. */
static void
check_outer(const struct vports_header *header, struct dp_packet *packet)
{
    const struct mplsudp_config *config = header->user->config;
    const struct flow_tnl *tnl = &header->flow.tunnel;
    const uint8_t *ip = (uint8_t *) dp_packet_data(packet) + ETHERNET_SIZE;
    size_t ip_size = dp_packet_size(packet) - ETHERNET_SIZE;
    uint16_t l4_ofs = packet->l4_ofs;
    struct flow flow;

    FUZZ_CHECK(packet->packet_type == htonl(PT_ETH));
    FUZZ_CHECK(packet->l3_ofs == ETHERNET_SIZE);
    FUZZ_CHECK(packet->md.in_port.odp_port == u32_to_odp(7));
    FUZZ_CHECK(!flow_tnl_dst_is_set(&packet->md.tunnel));
    vports_extract(packet, &flow);
    FUZZ_CHECK(packet->l3_ofs == ETHERNET_SIZE && packet->l4_ofs == l4_ofs);
    FUZZ_CHECK(flow.nw_proto == mplsudp_types[config->type].protocol);
    FUZZ_CHECK(flow.nw_ttl && !flow.nw_frag);
    FUZZ_CHECK(!config->tunnel_mtu || ip_size <= config->tunnel_mtu);
    if (config->tos >= 0) {
        FUZZ_CHECK((flow.nw_tos & 0xfc) == tnl->ip_tos);
    }
    if (tnl->ip_dst) {
        FUZZ_CHECK(flow.dl_type == htons(ETH_TYPE_IP));
        FUZZ_CHECK(flow.nw_dst == tnl->ip_dst);
        FUZZ_CHECK(flow.nw_src == in6_addr_get_mapped_ipv4(&header->src));
        FUZZ_CHECK(wire_get16(ip + 2) == ip_size);
        FUZZ_CHECK(!csum(ip, IPV4_SIZE));
    } else {
        FUZZ_CHECK(flow.dl_type == htons(ETH_TYPE_IPV6));
        FUZZ_CHECK(ipv6_addr_equals(&flow.ipv6_dst, &tnl->ipv6_dst));
        FUZZ_CHECK(ipv6_addr_equals(&flow.ipv6_src, &header->src));
        FUZZ_CHECK(wire_get16(ip + 4) == ip_size - IPV6_SIZE);
    }
    if (config->type == MPLSUDP_TYPE_UDP) {
        FUZZ_CHECK(ntohs(flow.tp_dst) == config->dst_port);
        FUZZ_CHECK(ntohs(flow.tp_src) >= 49152);
    }
}

/* Returns the first Ethertype of '*sample', or 0. */
static uint16_t
sample_ethertype(const struct sample *sample)
{
    const struct vports_input *in = &sample->in;
    uint32_t type = packet_types[in->flags % N_TYPES];

    return type != PT_ETH ? (uint16_t) type
           : in->size >= ETHERNET_SIZE ? wire_get16(in->data + 12) : 0;
}

/* Returns the key that the receiver sees: a zero field ends what is sent. */
static uint64_t
received_key(const struct vports_header *header)
{
    uint64_t key = ntohll(header->flow.tunnel.tun_id);

    return key >> 20 & LABEL_MAX ? key : key & LABEL_MAX;
}

static bool
is_mpls(const struct sample *sample)
{
    uint16_t type = sample_ethertype(sample);

    return type == ETHERTYPE_MPLS || type == ETHERTYPE_MPLS_UPSTREAM;
}

/* Returns true if '*sample' is sent as IP, without an Ethernet header. */
static bool
is_sent_as_ip(const struct vports_header *header, const struct sample *sample)
{
    uint16_t type = sample_ethertype(sample);

    return (type == ETHERTYPE_IPV4 || type == ETHERTYPE_IPV6)
           && (header->user->config->payload == MPLSUDP_PAYLOAD_IP
               || packet_types[sample->in.flags % N_TYPES] != PT_ETH
               || is_all_zeros(sample->in.data, 12));
}

/* Returns true if '*sample' is of the kind that the port carries.  Others are
 * sent, too, but a port like it takes them for something else. */
static bool
is_carried(const struct vports_header *header, const struct sample *sample)
{
    enum mplsudp_payload payload = header->user->config->payload;

    return payload == (is_mpls(sample) ? MPLSUDP_PAYLOAD_MPLS
                       : is_sent_as_ip(header, sample) ? MPLSUDP_PAYLOAD_IP
                       : MPLSUDP_PAYLOAD_ETHERNET)
           || (payload == MPLSUDP_PAYLOAD_AUTO && !is_mpls(sample));
}

/* 'packet', which was '*sample', of a kind that the port carries, and went
 * through the tunnel and back to the port that had sent it, is what was
 * sent. */
static void
check_received(const struct vports_header *header, const struct sample *sample,
               const struct dp_packet *packet)
{
    const struct vports_input *in = &sample->in;
    const uint8_t *out = dp_packet_data(packet);
    size_t size = dp_packet_size(packet);
    bool framed = packet_types[in->flags % N_TYPES] == PT_ETH;
    uint16_t type = sample_ethertype(sample);
    size_t skip = framed ? ETHERNET_SIZE : 0;
    bool mpls = is_mpls(sample);

    if (mpls || is_sent_as_ip(header, sample)) {
        FUZZ_CHECK(size <= ETHERNET_SIZE + in->size - skip);
        FUZZ_CHECK(is_all_zeros(out, 12));
        if (mpls) {
            /* An entropy label pair on top is gone, and its TTL may have been
             * lower than that of the label below. */
            skip = in->size - (size - ETHERNET_SIZE);
            FUZZ_CHECK(out[ETHERNET_SIZE + 3] <= in->data[skip + 3]);
            FUZZ_CHECK(!memcmp(out + ETHERNET_SIZE, in->data + skip, 3));
        } else {
            FUZZ_CHECK(wire_get16(out + 12) == type);
            FUZZ_CHECK(size - ETHERNET_SIZE
                       == inner_ip_size(in->data + skip,
                                        type == ETHERTYPE_IPV4 ? 4 : 6,
                                        in->size - skip));
            FUZZ_CHECK(!memcmp(out + ETHERNET_SIZE, in->data + skip, 4));
        }
        FUZZ_CHECK(!memcmp(out + ETHERNET_SIZE + 4, in->data + skip + 4,
                           size - ETHERNET_SIZE - 4));
    } else {
        FUZZ_CHECK(size == in->size && !memcmp(out, in->data, size));
    }
    FUZZ_CHECK(mpls || header->user->config->labels.n
               || ntohll(packet->md.tunnel.tun_id) == received_key(header));
}

/* Receives 'packet', which was sent as '*header' says. */
static void
receive(const struct vports_header *header, const struct sample *sample,
        struct dp_packet *packet)
{
    struct vports_datapath *datapath
        = &vports_datapath[header->user->datapath];
    const struct mplsudp_config *config = header->user->config;
    struct vports_user *source = vports_find(config->type, config->dst_port,
                                             &header->src);
    struct dp_packet_batch batch;

    dp_packet_batch_init_packet(&batch, packet);
    FUZZ_CHECK(vport_mplsudp_pop(datapath->netdev, &batch));
    if (dp_packet_batch_is_empty(&batch)) {
        enum mplsudp_drop verdict = vports_take_drop(datapath);

        FUZZ_CHECK((verdict == MPLSUDP_DROP_UNKNOWN_SOURCE) == !source);
        if (source) {
            source->receive_drops[verdict]++;
        }
        /* The port itself takes what it carries, but for too many labels. */
        FUZZ_CHECK(source != header->user || is_mpls(sample)
                   || !is_carried(header, sample)
                   || verdict == MPLSUDP_DROP_STACK_DEPTH
                   || (verdict == MPLSUDP_DROP_UNKNOWN_KEY
                       && received_key(header) != config->in_key.value));
        return;
    }
    FUZZ_CHECK(source);
    if (source == header->user && is_carried(header, sample)) {
        check_received(header, sample, packet);
    }
    dp_packet_delete(packet);
}

/* Sends '*sample' in a batch of its own, and checks all about it. */
static void
send_alone(const struct vports_header *header, struct vports_user *counts,
           struct sample *sample)
{
    struct vports_datapath *datapath
        = &vports_datapath[header->user->datapath];
    struct dp_packet *packet = make_packet(sample);
    struct dp_packet_batch batch;

    dp_packet_batch_init_packet(&batch, packet);
    FUZZ_CHECK(vport_mplsudp_push(datapath->netdev, &batch, &header->action));
    if (dp_packet_batch_is_empty(&batch)) {
        sample->verdict = vports_take_drop(datapath);
        FUZZ_CHECK(mplsudp_drop_on_transmit(sample->verdict)
                   || !header->intact);
        if (counts) {
            counts->transmit_drops[sample->verdict]++;
        }
        return;
    }
    FUZZ_CHECK(dp_packet_batch_size(&batch) == 1
               && batch.packets[0] == packet);
    FUZZ_CHECK(is_template(header));
    sample->verdict = MPLSUDP_PASS;
    sample->out_size = dp_packet_size(packet);
    sample->out = fuzz_copy(dp_packet_data(packet), sample->out_size);
    if (header->intact) {
        check_outer(header, packet);
        receive(header, sample, packet);
    } else {
        dp_packet_delete(packet);
    }
}

/* Sends all 'n' samples in one batch: that gives the same. */
static void
send_together(const struct vports_header *header, struct vports_user *counts,
              const struct sample *samples, size_t n)
{
    struct vports_datapath *datapath
        = &vports_datapath[header->user->datapath];
    struct dp_packet_batch batch;
    size_t j = 0;

    dp_packet_batch_init(&batch);
    for (size_t i = 0; i < n; i++) {
        dp_packet_batch_add(&batch, make_packet(&samples[i]));
    }
    FUZZ_CHECK(vport_mplsudp_push(datapath->netdev, &batch, &header->action));
    for (size_t i = 0; i < n; i++) {
        const struct sample *sample = &samples[i];

        if (sample->verdict) {
            datapath->drops[sample->verdict]++;
            if (counts) {
                counts->transmit_drops[sample->verdict]++;
            }
        } else {
            struct dp_packet *packet = batch.packets[j++];

            FUZZ_CHECK(j <= dp_packet_batch_size(&batch));
            FUZZ_CHECK(dp_packet_size(packet) == sample->out_size);
            FUZZ_CHECK(!memcmp(dp_packet_data(packet), sample->out,
                               sample->out_size));
        }
    }
    FUZZ_CHECK(j == dp_packet_batch_size(&batch));
    dp_packet_delete_batch(&batch, true);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct sample samples[NETDEV_MAX_BURST];
    struct vports_header header;
    struct vports_user *counts;
    size_t n = 0;

    vports_init();
    if (size < VPORTS_HEADER_SIZE) {
        return 0;
    }
    vports_read_header(data, &header);
    if (!find_counting(&header, &counts)) {
        return 0;
    }
    data += VPORTS_HEADER_SIZE;
    size -= VPORTS_HEADER_SIZE;
    while (n < NETDEV_MAX_BURST
           && vports_read_input(&data, &size, &samples[n].in)) {
        samples[n].out = NULL;
        send_alone(&header, counts, &samples[n++]);
    }
    vports_check_counters();
    if (n > 1) {
        send_together(&header, counts, samples, n);
        vports_check_counters();
    }
    for (size_t i = 0; i < n; i++) {
        free(samples[i].out);
    }
    return 0;
}
