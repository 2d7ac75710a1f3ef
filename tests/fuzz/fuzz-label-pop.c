/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz-label-pop: takes label stacks off and puts them before packets
 * (lib/label-pop.h, lib/label-push.h).
 *
 * Input: four bytes of a pop_labels action, two of a push_labels action, and a
 * packet with a label stack.  What is below that is what labels are pushed
 * onto again. */

#include "label-pop.h"

#include "fuzz.h"
#include "inet-sum.h"
#include "inner-packet.h"
#include "label-push.h"
#include "wire.h"

enum { HEADER_SIZE = 6 };

/* Reads an action that is in range.  Returns false if its parts do not go
 * together. */
static bool
read_pop(const uint8_t *data, struct label_pop *pop)
{
    uint8_t count = data[0] % (LABEL_ACTION_MAX + 3);
    char error[LABEL_ACTION_TEXT_SIZE];

    pop->count = count == LABEL_ACTION_MAX + 1 ? LABEL_POP_ALL
                 : count == LABEL_ACTION_MAX + 2 ? LABEL_POP_COUNT_ALL : count;
    pop->payload = data[1] % (LABEL_POP_PAYLOAD_DEFAULT + 1);
    pop->ttl_copy = data[2] & 1;
    pop->control_word = data[3] & 1;
    return label_pop_check(pop, error);
}

/* The stack that was taken off, 'end' bytes, with a control word in it or not,
 * is one: no label 3 in it, no TTL 0 but in entropy labels, and a bottom only
 * where it ends.  Returns the number of entries. */
static unsigned int
check_entries(const uint8_t *stack, size_t end, bool bottom)
{
    bool is_entropy = false;

    FUZZ_CHECK(end && end % LSE_SIZE == 0);
    for (size_t ofs = 0; ofs < end; ofs += LSE_SIZE) {
        uint32_t lse = wire_get32(stack + ofs);

        FUZZ_CHECK(lse_bottom(lse) == (bottom && ofs == end - LSE_SIZE));
        if (is_entropy) {
            FUZZ_CHECK(lse_label(lse) >= LABEL_UNRESERVED_MIN);
            is_entropy = false;
        } else {
            FUZZ_CHECK(lse_label(lse) != LABEL_IMPLICIT_NULL);
            FUZZ_CHECK(lse_ttl(lse));
            is_entropy = lse_label(lse) == LABEL_ENTROPY_INDICATOR;
        }
    }
    FUZZ_CHECK(!is_entropy);
    return (unsigned int) (end / LSE_SIZE);
}

static void
check_stack(const struct label_pop *pop, const uint8_t *stack,
            const struct label_exposed *exposed)
{
    bool bottom = exposed->type != ETHERTYPE_MPLS;
    size_t end = 0;
    unsigned int n;

    /* Without a control word the last entry is at the end, else above. */
    while (bottom && !lse_bottom(wire_get32(stack + end))) {
        end += LSE_SIZE;
        FUZZ_CHECK(end < exposed->ofs);
    }
    end = bottom ? end + LSE_SIZE : exposed->ofs;
    FUZZ_CHECK(end == exposed->ofs
               || (end + CONTROL_WORD_SIZE == exposed->ofs
                   && stack[end] >> 4 == 0));
    n = check_entries(stack, end, bottom);
    FUZZ_CHECK(label_pop_is_all(pop) || n >= pop->count);
}

/* What is exposed is what the action says, and whole as far as it goes. */
static void
check_type(const struct label_pop *pop, const uint8_t *body, size_t size,
           uint16_t type)
{
    enum mplsudp_payload payload = label_pop_payload(pop);
    bool is_ip = type == ETHERTYPE_IPV4 || type == ETHERTYPE_IPV6;

    FUZZ_CHECK((type == ETHERTYPE_MPLS) == (payload == MPLSUDP_PAYLOAD_MPLS));
    FUZZ_CHECK(payload != MPLSUDP_PAYLOAD_IP || is_ip);
    FUZZ_CHECK(payload != MPLSUDP_PAYLOAD_ETHERNET || !type);
    if (is_ip) {
        FUZZ_CHECK(inner_ip_version(body, size)
                   == (type == ETHERTYPE_IPV4 ? 4 : 6));
    } else {
        FUZZ_CHECK(type == ETHERTYPE_MPLS ? size >= LSE_SIZE
                   : !type && size >= ETHERNET_SIZE);
    }
}

static bool
sum_is_right(const uint8_t *ip)
{
    return !inet_sum_finish(inet_sum_add(0, ip, (ip[0] & 0xf) * 4));
}

/* Nothing of the packet has changed but a TTL, which has become lower, and the
 * checksum with it. */
static void
check_bytes(const struct label_pop *pop, const uint8_t *before,
            const uint8_t *after, size_t size,
            const struct label_exposed *exposed)
{
    const uint8_t *body = before + exposed->ofs;
    size_t ttl = exposed->ofs + LSE_SIZE - 1, sum = 0;

    if (exposed->type != ETHERTYPE_MPLS) {
        struct inner_packet inner;

        FUZZ_CHECK(inner_packet_read(body, size - exposed->ofs, exposed->type,
                                     &inner));
        ttl = !inner.ip_version ? 0
              : exposed->ofs + inner.l3_ofs + (inner.ip_version == 4 ? 8 : 7);
        sum = inner.ip_version == 4 ? ttl + 2 : 0;
        if (sum && sum_is_right(body + inner.l3_ofs)) {
            FUZZ_CHECK(sum_is_right(after + exposed->ofs + inner.l3_ofs));
        }
    }
    for (size_t i = 0; i < size; i++) {
        if (before[i] != after[i]) {
            FUZZ_CHECK(pop->ttl_copy && ttl);
            FUZZ_CHECK(i == ttl || (sum && (i == sum || i == sum + 1)));
        }
    }
    FUZZ_CHECK(!pop->ttl_copy || !ttl
               || (after[ttl] && after[ttl] <= before[ttl]));
}

/* Makes an action of 'data', and in '*pop' what undoes it for packets like
 * 'type'. */
static void
make_push(const uint8_t *data, uint16_t type, struct label_push *push,
          struct label_pop *pop)
{
    memset(push, 0, sizeof *push);
    memset(pop, 0, sizeof *pop);
    push->n = data[0] % LABEL_ACTION_MAX + 1;
    push->tc = data[0] & 0x10 ? MPLSUDP_INHERIT : MPLSUDP_DEFAULT;
    push->ttl = data[0] & 0x20 ? MPLSUDP_INHERIT : data[0] & 0x40
                ? MPLSUDP_DEFAULT : 9;
    push->control_word = data[0] & 0x80 && type != ETHERTYPE_MPLS;
    for (unsigned int i = 0; i < push->n; i++) {
        push->labels[i] = LABEL_UNRESERVED_MIN + data[1] * 257u * (i + 1);
    }
    pop->count = data[1] & 1 || type == ETHERTYPE_MPLS ? push->n : 0;
    pop->payload = type == ETHERTYPE_MPLS ? MPLSUDP_PAYLOAD_MPLS
                   : type ? MPLSUDP_PAYLOAD_IP : MPLSUDP_PAYLOAD_ETHERNET;
    pop->control_word = push->control_word;
}

/* Labels that are pushed onto the 'size' bytes of 'type' at 'body' and taken
 * off again leave just these. */
static void
check_push(const uint8_t *data, const uint8_t *body, size_t size,
           uint16_t type)
{
    uint8_t *out = fuzz_zeros(LABEL_PUSH_BYTES + size);
    uint8_t *in = out + LABEL_PUSH_BYTES, *start;
    struct label_push_header header;
    struct label_exposed exposed;
    struct label_push push;
    struct label_pop pop;
    enum mplsudp_drop verdict;

    make_push(data, type, &push, &pop);
    label_push_build(&push, type == ETHERTYPE_MPLS ? LABEL_PUSH_ONTO_MPLS
                     : type ? LABEL_PUSH_ONTO_OTHER
                     : LABEL_PUSH_ONTO_ETHERNET, &header);
    memcpy(in, body, size);
    start = in - header.size;
    verdict = label_push_write(&header, in, size, type, start);
    FUZZ_CHECK(!memcmp(in, body, size));
    if (verdict) {
        FUZZ_CHECK(verdict == MPLSUDP_DROP_TTL_EXPIRED && type);
    } else {
        FUZZ_CHECK(label_pop_read(&pop, start, header.size + size, &exposed)
                   == MPLSUDP_PASS);
        FUZZ_CHECK(exposed.ofs == header.size && exposed.type == type);
        FUZZ_CHECK(!memcmp(in, body, size));
    }
    free(out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct label_exposed exposed, again;
    const uint8_t *before = data + HEADER_SIZE;
    struct label_pop pop;
    uint8_t *packet;

    if (size < HEADER_SIZE || !read_pop(data, &pop)) {
        return 0;
    }
    size -= HEADER_SIZE;
    packet = fuzz_copy(before, size);
    if (label_pop_read(&pop, packet, size, &exposed)) {
        FUZZ_CHECK(!size || !memcmp(packet, before, size));
    } else {
        size_t left = size - exposed.ofs;

        FUZZ_CHECK(exposed.ofs <= size);
        check_stack(&pop, packet, &exposed);
        check_type(&pop, packet + exposed.ofs, left, exposed.type);
        check_bytes(&pop, before, packet, size, &exposed);
        FUZZ_CHECK(label_pop_read(&pop, packet, size, &again)
                   == MPLSUDP_PASS);
        FUZZ_CHECK(again.ofs == exposed.ofs && again.type == exposed.type);
        if (exposed.type != ETHERTYPE_MPLS
            || lse_label(wire_get32(packet + exposed.ofs))
               != LABEL_ENTROPY_INDICATOR) {
            check_push(data + 4, packet + exposed.ofs, left, exposed.type);
        }
    }
    free(packet);
    return 0;
}
