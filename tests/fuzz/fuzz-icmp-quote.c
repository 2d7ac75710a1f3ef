/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz-icmp-quote: reads ICMP errors about the path MTU (lib/icmp-quote.h).
 *
 * Input: an IP packet.  Its checksums are made right first, as far as lengths
 * allow: a forger does that, too, and no fuzzer finds them by chance. */

#include "icmp-quote.h"

#include "fuzz.h"
#include "inet-sum.h"

/* Stores a right checksum at 'field' for the 'size' bytes at 'data' that hold
 * it, and for 'sum'. */
static void
set_sum(uint8_t *field, uint64_t sum, const uint8_t *data, size_t size)
{
    uint16_t value;

    memset(field, 0, sizeof value);
    value = inet_sum_finish(inet_sum_add(sum, data, size));
    memcpy(field, &value, sizeof value);
}

/* Makes the checksums of the 'size' bytes at 'data' right.  Returns the offset
 * of the ICMP checksum, or 0 if there is none. */
static size_t
mend_sums(uint8_t *data, size_t size)
{
    size_t header_size = size ? (data[0] & 0xf) * 4u : 0;
    uint64_t sum = 0;
    struct outer_ip ip;

    if (size >= IPV4_SIZE && data[0] >> 4 == 4 && header_size >= IPV4_SIZE
        && size >= header_size) {
        set_sum(data + 10, 0, data, header_size);
    }
    if (outer_ip_read(data, size, true, &ip) || ip.body_size < 4) {
        return 0;
    }
    if (ip.ipv6) {
        uint8_t rest[8] = { 0, 0, (uint8_t) (ip.body_size >> 8),
                            (uint8_t) ip.body_size, 0, 0, 0, 58 };

        sum = inet_sum_add(inet_sum_add(0, data + 8, 32), rest, sizeof rest);
    }
    set_sum(data + (ip.body - data) + 2, sum, ip.body, ip.body_size);
    return (size_t) (ip.body - data) + 2;
}

/* What holds for every error that is believed. */
static void
check_quote(const struct icmp_quote *quote, const struct outer_ip *ip)
{
    FUZZ_CHECK(ip->protocol == (ip->ipv6 ? 58 : 1));
    FUZZ_CHECK(ip->body_size >= 8 + (ip->ipv6 ? 48 : 28));
    FUZZ_CHECK(!memcmp(quote->src, ip->dst, sizeof quote->src));
    FUZZ_CHECK(quote->mtu >= (ip->ipv6 ? 1280 : 576));
    FUZZ_CHECK(quote->mtu < quote->size);
    if (quote->type == MPLSUDP_TYPE_UDP) {
        FUZZ_CHECK(quote->src_port >= 49152);
    } else {
        FUZZ_CHECK(!quote->src_port && !quote->dst_port);
        FUZZ_CHECK(!quote->has_udp_sum);
    }
}

/* Bytes behind the packet's own end do not matter. */
static void
check_padding(const uint8_t *packet, size_t size, size_t ip_size,
              enum icmp_quote_verdict verdict)
{
    uint8_t *cut = fuzz_copy(packet, ip_size);
    struct icmp_quote quote;

    FUZZ_CHECK(ip_size <= size);
    FUZZ_CHECK(icmp_quote_read(cut, ip_size, &quote) == verdict);
    free(cut);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *packet = fuzz_copy(data, size);
    size_t sum_ofs = mend_sums(packet, size);
    enum icmp_quote_verdict verdict;
    struct icmp_quote quote;
    struct outer_ip ip;

    verdict = icmp_quote_read(packet, size, &quote);
    FUZZ_CHECK(verdict < ICMP_QUOTE_N_VERDICTS);
    if (verdict == ICMP_QUOTE_PASS) {
        FUZZ_CHECK(!outer_ip_read(packet, size, true, &ip));
        check_quote(&quote, &ip);
        check_padding(packet, size,
                      (size_t) (ip.body - packet) + ip.body_size, verdict);

        FUZZ_CHECK(sum_ofs != 0);
        packet[sum_ofs] ^= 1;
        FUZZ_CHECK(icmp_quote_read(packet, size, &quote)
                   == ICMP_QUOTE_CHECKSUM);
    }
    free(packet);
    return 0;
}
