/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz-vport-labels: parses, prints and executes the datapath actions
 * push_labels and pop_labels (datapath-ext/label-actions.h).
 *
 * Input: the text of actions, commas between them, and a null; then a batch of
 * packets as vports.h reads them.  Bits 0-1 of a packet's flags say what it
 * is: an Ethernet frame, an IP packet, an MPLS packet, or one of type 0x8848;
 * bits 2-7 are its headroom, in steps of 4 bytes. */

#include "vports.h"

#include "label-actions.h"
#include "label-pop.h"
#include "label-push.h"
#include "netlink.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/ofpbuf.h"
#include "util.h"
#include "wire.h"

enum { N_PACKETS = 8 };

/* Parses 'text' into 'actions'.  Returns true if it is right to the end. */
static bool
parse(const char *text, struct ofpbuf *actions)
{
    const char *end = strchr(text, '\0');

    while (text < end) {
        uint32_t before = actions->size;
        int n = label_actions_parse(text, actions);

        FUZZ_CHECK(n <= end - text);
        FUZZ_CHECK((n > 0) == (actions->size > before));
        if (n <= 0) {
            return false;
        }
        text += n;
        if (*text == ',') {
            text++;
        }
    }
    return true;
}

/* Each action is printed to what is parsed to the same. */
static void
check_text(const struct ofpbuf *actions)
{
    const struct nlattr *a;
    size_t left;

    NL_ATTR_FOR_EACH (a, left, actions->data, actions->size) {
        struct ds text = DS_EMPTY_INITIALIZER;
        struct ofpbuf again;

        ofpbuf_init(&again, 0);
        label_actions_format(&text, a);
        FUZZ_CHECK(parse(ds_cstr(&text), &again));
        FUZZ_CHECK(again.size == NLA_ALIGN(a->nla_len));
        FUZZ_CHECK(!memcmp(again.data, a, a->nla_len));
        ofpbuf_uninit(&again);
        ds_destroy(&text);
    }
}

/* Makes the packets of the 'size' bytes at 'data', of which each has its
 * number as priority. */
static void
read_packets(const uint8_t *data, size_t size, struct dp_packet_batch *batch)
{
    struct vports_input input;
    struct flow flow;

    dp_packet_batch_init(batch);
    while (dp_packet_batch_size(batch) < N_PACKETS
           && vports_read_input(&data, &size, &input)) {
        const ovs_be32 types[] = {
            htonl(PT_ETH),
            input.data[0] >> 4 == 6 ? htonl(PT_IPV6) : htonl(PT_IPV4),
            htonl(PT_MPLS), htonl(PT_MPLS_MC)
        };
        ovs_be32 type = types[input.flags & 3];
        struct dp_packet *packet;

        if (type == htonl(PT_ETH) && input.size < ETH_HEADER_LEN) {
            continue;           /* The datapath takes none. */
        }
        packet = vports_packet(input.data, input.size, input.flags & 0xfc,
                               type);
        packet->md.skb_priority = dp_packet_batch_size(batch);
        vports_extract(packet, &flow);
        dp_packet_batch_add(batch, packet);
    }
}

/* Finds the label stack of 'packet'.  Returns SIZE_MAX if there is none. */
static size_t
find_stack(const struct dp_packet *packet)
{
    const uint8_t *data = dp_packet_data(packet);
    size_t size = dp_packet_size(packet), ofs = 12;

    if (packet->packet_type == htonl(PT_MPLS)
        || packet->packet_type == htonl(PT_MPLS_MC)) {
        return 0;
    }
    if (packet->packet_type != htonl(PT_ETH)) {
        return SIZE_MAX;
    }
    for (int i = 0; i < 4 && size >= ofs + 6
                    && (wire_get16(data + ofs) == ETH_TYPE_VLAN_8021Q
                        || wire_get16(data + ofs) == ETH_TYPE_VLAN_8021AD);
         i++) {
        ofs += 4;
    }
    return wire_get16(data + ofs) == ETH_TYPE_MPLS
           || wire_get16(data + ofs) == ETH_TYPE_MPLS_MCAST
           ? ofs + 2 : SIZE_MAX;
}

/* What flow extraction says of 'packet', which a copy is made of. */
static void
extract_copy(const struct dp_packet *packet, struct flow *flow)
{
    struct dp_packet *copy = dp_packet_clone(packet);

    vports_extract(copy, flow);
    dp_packet_delete(copy);
}

/* 'after' is 'before' with the labels of 'a' on top.  What was not, for null,
 * could not inherit a TTL. */
static void
check_pushed(const struct nlattr *a, const struct dp_packet *before,
             const struct dp_packet *after)
{
    const struct label_push_header *header = nl_attr_get(a);
    const uint8_t *stack = after ? dp_packet_data(after) : NULL;
    size_t size = dp_packet_size(before)
                  - (before->packet_type != htonl(PT_ETH)
                     ? dp_packet_l2_pad_size(before) : 0);
    struct flow flow;

    if (!after) {
        FUZZ_CHECK(header->inherits & LABEL_PUSH_TTL);
        return;
    }
    FUZZ_CHECK(after->packet_type == htonl(PT_MPLS));
    FUZZ_CHECK(dp_packet_size(after) == header->size + size);
    FUZZ_CHECK(!memcmp(stack + header->size, dp_packet_data(before), size));
    for (size_t i = 0; i < header->n; i++) {
        uint32_t lse = wire_get32(stack + i * LSE_SIZE);
        uint32_t wanted = wire_get32(header->bytes + i * LSE_SIZE);

        FUZZ_CHECK(lse_ttl(lse));
        FUZZ_CHECK(!((lse ^ wanted)
                     & lse_make(LABEL_MAX,
                                header->inherits & LABEL_PUSH_TC ? 0 : 7,
                                true,
                                header->inherits & LABEL_PUSH_TTL ? 0
                                                                  : 255)));
    }
    FUZZ_CHECK(after->l2_5_ofs == 0 && after->l3_ofs == header->size);
    extract_copy(after, &flow);
    FUZZ_CHECK(ntohl(flow.mpls_lse[0]) == wire_get32(stack));
}

/* 'after' is what 'a' exposes in 'before', or null if that is nothing. */
static void
check_popped(const struct nlattr *a, const struct dp_packet *before,
             const struct dp_packet *after)
{
    size_t ofs = find_stack(before), size = dp_packet_size(before);
    uint8_t *copy = fuzz_copy(dp_packet_data(before), size);
    uint8_t expected[ETH_HEADER_LEN] = { 0 };
    struct label_exposed exposed = { .ofs = 0 };
    const uint8_t *data;
    struct flow flow;
    size_t added;

    if (ofs == SIZE_MAX
        || label_pop_read(nl_attr_get(a), copy + ofs, size - ofs, &exposed)) {
        FUZZ_CHECK(!after);
        free(copy);
        return;
    }
    FUZZ_CHECK(after && after->packet_type == htonl(PT_ETH));
    ofs += exposed.ofs;
    added = exposed.type ? ETH_HEADER_LEN : 0;
    data = dp_packet_data(after);
    wire_put16(expected + ETH_HEADER_LEN - 2, exposed.type);
    FUZZ_CHECK(dp_packet_size(after) == added + size - ofs);
    FUZZ_CHECK(!memcmp(data, expected, added));
    FUZZ_CHECK(!memcmp(data + added, copy + ofs, size - ofs));
    extract_copy(after, &flow);
    FUZZ_CHECK(!exposed.type || flow.dl_type == htons(exposed.type));
    free(copy);
}

/* Executes 'a', and looks what became of each packet. */
static bool
execute(const struct nlattr *a, struct dp_packet_batch *batch)
{
    bool is_push = nl_attr_type(a) == OVS_ACTION_ATTR_PUSH_LABELS;
    struct dp_packet *before[N_PACKETS], *after[N_PACKETS] = { NULL };
    struct dp_packet *packet;
    size_t n = 0;
    bool left;

    DP_PACKET_BATCH_FOR_EACH (i, packet, batch) {
        before[n++] = dp_packet_clone(packet);
    }
    left = is_push ? label_actions_push(batch, a)
                   : label_actions_pop(batch, a);
    FUZZ_CHECK(left == !dp_packet_batch_is_empty(batch));
    DP_PACKET_BATCH_FOR_EACH (i, packet, batch) {
        FUZZ_CHECK(packet->md.skb_priority < N_PACKETS);
        FUZZ_CHECK(!after[packet->md.skb_priority]);
        after[packet->md.skb_priority] = packet;
    }
    for (size_t i = 0; i < n; i++) {
        const struct dp_packet *now = after[before[i]->md.skb_priority];

        if (is_push) {
            check_pushed(a, before[i], now);
        } else {
            check_popped(a, before[i], now);
        }
        dp_packet_delete(before[i]);
    }
    return left;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *end = size ? memchr(data, '\0', size) : NULL;
    size_t length = end ? end - data : size, left;
    char *text = xmemdup0((const char *) data, length);
    struct dp_packet_batch batch;
    const struct nlattr *a;
    struct ofpbuf actions;

    vports_init();
    ofpbuf_init(&actions, 0);
    if (parse(text, &actions) && end) {
        read_packets(end + 1, size - length - 1, &batch);
        NL_ATTR_FOR_EACH (a, left, actions.data, actions.size) {
            if (dp_packet_batch_is_empty(&batch) || !execute(a, &batch)) {
                break;
            }
        }
        dp_packet_delete_batch(&batch, true);
    }
    check_text(&actions);
    ofpbuf_uninit(&actions);
    free(text);
    return 0;
}
