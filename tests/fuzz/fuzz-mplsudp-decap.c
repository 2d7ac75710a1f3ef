/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz-mplsudp-decap: receives packets (lib/mplsudp-decap.h).
 *
 * Input: one byte of receive options, then the packet from the outer IP header
 * on.  Bits 0-1 are the payload, then control word, zero checksum accepted at
 * the packet's own destination, IPv4 and UDP checksum known to be good, TTLs
 * inherited; the type is that of the packet. */

#include "mplsudp-decap.h"

#include "fuzz.h"
#include "inner-packet.h"
#include "label-stack.h"

/* Returns true if 'inner' may come from a port with 'receive'. */
static bool
inner_ok(const struct mplsudp_inner *inner,
         const struct mplsudp_receive *receive)
{
    size_t least = inner->type == ETHERTYPE_MPLS ? LSE_SIZE
                   : inner->type == ETHERTYPE_IPV4 ? IPV4_SIZE
                   : inner->type == ETHERTYPE_IPV6 ? IPV6_SIZE
                   : ETHERNET_SIZE;
    bool ip = inner->type == ETHERTYPE_IPV4 || inner->type == ETHERTYPE_IPV6;

    if (inner->type == ETHERTYPE_MPLS_UPSTREAM) {
        return inner->size >= LSE_SIZE
               && receive->payload == MPLSUDP_PAYLOAD_MPLS;
    }
    if (inner->size < least) {
        return false;
    }
    switch (receive->payload) {
    case MPLSUDP_PAYLOAD_MPLS:
        return inner->type == ETHERTYPE_MPLS && !inner->has_key;
    case MPLSUDP_PAYLOAD_ETHERNET:
        return !inner->type && inner->has_key;
    case MPLSUDP_PAYLOAD_IP:
        return ip && inner->has_key;
    default:
        return (ip || !inner->type) && inner->has_key;
    }
}

/* Receiving once more gives the same: congestion marks were merged, and
 * nothing before the payload has changed. */
static void
check_again(const struct mplsudp_outer *outer,
            const struct mplsudp_receive *receive,
            const struct mplsudp_inner *inner)
{
    size_t size = inner->ofs + inner->size;
    uint8_t *before = fuzz_copy(outer->ip.body, size);
    struct mplsudp_inner again;

    FUZZ_CHECK(mplsudp_decap(outer, receive, false, &again) == MPLSUDP_PASS);
    FUZZ_CHECK(again.ofs == inner->ofs && again.size == inner->size
               && again.type == inner->type
               && again.has_key == inner->has_key
               && (!again.has_key || again.key == inner->key));
    FUZZ_CHECK(!memcmp(before, outer->ip.body, size));
    free(before);
}

/* Returns the type of tunnel that the IP packet at 'data' could be from. */
static enum mplsudp_type
type_of(const uint8_t *data, size_t size)
{
    uint8_t protocol = size < 10 ? 0 : data[0] >> 4 == 4 ? data[9] : data[6];

    return protocol == 47 ? MPLSUDP_TYPE_GRE
           : protocol == 137 ? MPLSUDP_TYPE_IP : MPLSUDP_TYPE_UDP;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mplsudp_receive receive;
    struct mplsudp_outer outer;
    struct mplsudp_inner inner;
    struct mplsudp_config config;
    uint8_t *packet, options;
    size_t header_size;

    if (!size) {
        return 0;
    }
    options = *data++;
    packet = fuzz_copy(data, --size);
    mplsudp_config_init(&config, type_of(packet, size));
    config.payload = options & 3;
    if (options & 64) {
        config.ttl = config.label_ttl = MPLSUDP_INHERIT;
    }
    config.control_word = options & 4;
    config.zero_csum6_rx = options & 8;
    mplsudp_receive_init(&config, &receive);

    if (mplsudp_outer_read(config.type, packet, size, !(options & 16), &outer)
        == MPLSUDP_PASS) {
        header_size = (size_t) (outer.ip.body - packet);
        FUZZ_CHECK(header_size + outer.ip.body_size <= size);
        memcpy(receive.local, outer.ip.dst, sizeof receive.local);
        if (mplsudp_decap(&outer, &receive, !(options & 32), &inner)
            == MPLSUDP_PASS) {
            FUZZ_CHECK(inner.ofs + inner.size
                       == (config.type == MPLSUDP_TYPE_UDP
                           ? outer.udp.size : outer.ip.body_size));
            FUZZ_CHECK(outer.udp.size <= outer.ip.body_size);
            FUZZ_CHECK(inner_ok(&inner, &receive));
            FUZZ_CHECK(!memcmp(packet, data, header_size + inner.ofs));
            check_again(&outer, &receive, &inner);
        } else {
            FUZZ_CHECK(!memcmp(packet, data, size));
        }
    }
    free(packet);
    return 0;
}
