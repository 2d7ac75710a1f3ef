/* SPDX-License-Identifier: Apache-2.0 */

#include "flows.h"

#include <stdlib.h>

#include "label-entropy.h"
#include "unit.h"

uint32_t
flow_hash(const struct ref_packet *p, uint16_t type, uint32_t basis)
{
    uint8_t *copy = unit_copy(p->bytes, p->size);
    struct inner_packet inner;
    uint32_t hash = 0;

    if (inner_packet_read(copy, p->size, type, &inner)) {
        hash = label_entropy_hash(&inner, basis);
    }
    free(copy);
    return hash;
}

const struct ref_ip flow4 = {
    .version = 4, .ttl = 64, .protocol = 6, .src = 0x0a000001,
    .dst = 0x0a000002, .src_port = 1024, .dst_port = 80, .body_size = 40
};
const struct ref_ip flow6 = {
    .version = 6, .ttl = 64, .protocol = 17, .src = 1, .dst = 2,
    .src_port = 1024, .dst_port = 80, .body_size = 40
};
