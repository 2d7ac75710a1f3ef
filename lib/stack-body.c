/* SPDX-License-Identifier: Apache-2.0 */

#include "stack-body.h"

#include "inet-sum.h"
#include "label-stack.h"

static bool
is_proven(const uint8_t *ip, uint8_t version, size_t size)
{
    return version == 4
           ? !inet_sum_finish(inet_sum_add(0, ip, (ip[0] & 0xf) * 4))
           : inner_ip_size(ip, version, 0) == size;
}

static bool
read_ip(const uint8_t *body, size_t size, uint8_t version,
        struct inner_packet *inner)
{
    size_t ip_size = inner_ip_size(body, version, size);

    return ip_size <= size && ip_size >= IPV4_SIZE
           && is_proven(body, version, size)
           && inner_packet_read(body, size,
                                version == 4 ? ETHERTYPE_IPV4 : ETHERTYPE_IPV6,
                                inner);
}

/* Reads a frame behind a control word without flags and fragmentation (RFC
 * 4448 section 4.6). */
static bool
read_ethernet(const uint8_t *body, size_t size, struct inner_packet *inner)
{
    if (size <= CONTROL_WORD_SIZE || wire_get16(body)
        || !inner_packet_read(body + CONTROL_WORD_SIZE,
                              size - CONTROL_WORD_SIZE, 0, inner)
        || inner->outer_type < ETHERTYPE_MIN) {
        return false;
    }
    if (inner->ip_version
        && !is_proven(inner->data + inner->l3_ofs, inner->ip_version,
                      inner->size - inner->l3_ofs)) {
        inner->ip_version = 0;
    }
    return true;
}

bool
stack_body_read(const uint8_t *body, size_t size, struct inner_packet *inner)
{
    uint8_t version = inner_ip_version(body, size);

    return version ? read_ip(body, size, version, inner)
                   : read_ethernet(body, size, inner);
}

size_t
stack_body_ip(const uint8_t *stack, size_t size, uint8_t *version)
{
    size_t ofs = label_stack_size(stack, size);
    struct inner_packet inner;

    if (!ofs || !stack_body_read(stack + ofs, size - ofs, &inner)
        || !inner.ip_version) {
        return 0;
    }
    *version = inner.ip_version;
    return (size_t) (inner.data - stack) + inner.l3_ofs;
}
