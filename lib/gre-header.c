/* SPDX-License-Identifier: Apache-2.0 */

#include "gre-header.h"

#include "inet-sum.h"
#include "inner-packet.h"
#include "wire.h"

enum {
    GRE_SIZE = 4,
    GRE_CHECKSUM_SIZE = 4,      /* With the two reserved bytes behind it. */
    GRE_CHECKSUM_PRESENT = 0x8000,
    GRE_REFUSED = 0x7c00,       /* Bits 1-5: RFC 2784 section 2.3. */
    GRE_VERSION = 0x0007
};

enum mplsudp_drop
gre_header_read(const uint8_t *data, size_t size, bool multicast,
                struct gre_header *gre)
{
    uint16_t flags;

    if (size < GRE_SIZE) {
        return MPLSUDP_DROP_OUTER_TRUNCATED;
    }
    flags = wire_get16(data);
    if (flags & (GRE_REFUSED | GRE_VERSION)) {
        return MPLSUDP_DROP_GRE_FLAGS;
    }
    gre->protocol = wire_get16(data + 2);
    gre->size = GRE_SIZE;
    if (flags & GRE_CHECKSUM_PRESENT) {
        gre->size += GRE_CHECKSUM_SIZE;
        if (size < gre->size) {
            return MPLSUDP_DROP_OUTER_TRUNCATED;
        }
        if (inet_sum_finish(inet_sum_add(0, data, size))) {
            return MPLSUDP_DROP_GRE_CHECKSUM;
        }
    }
    return gre->protocol == ETHERTYPE_MPLS
           || (gre->protocol == ETHERTYPE_MPLS_UPSTREAM && multicast)
           ? MPLSUDP_PASS : MPLSUDP_DROP_GRE_PROTOCOL;
}

void
gre_header_write(uint8_t *out)
{
    wire_put16(out, 0);
    wire_put16(out + 2, ETHERTYPE_MPLS);
}
