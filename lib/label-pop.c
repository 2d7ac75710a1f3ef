/* SPDX-License-Identifier: Apache-2.0 */

#include "label-pop.h"

#include "inner-packet.h"
#include "label-stack.h"
#include "wire.h"

/* The entries that were passed. */
struct popped {
    size_t size;                /* Bytes. */
    bool bottom;                /* The last was the bottom of the stack. */
    uint8_t ttl;                /* Of the last that is a label of its own. */
};

/* Passes one entry.  The TTL of an entropy label, which stands below its
 * indicator, is always 0 (RFC 6790 section 4.2) and means nothing.  That of
 * the indicator was that of the label above it, which each hop has lowered
 * since, and counts only where that label is gone. */
static enum mplsudp_drop
pass_entry(const uint8_t *stack, size_t size, bool *is_entropy,
           struct popped *popped)
{
    uint32_t lse, label;

    if (size - popped->size < LSE_SIZE) {
        return MPLSUDP_DROP_STACK_TRUNCATED;
    }
    lse = wire_get32(stack + popped->size);
    label = lse_label(lse);
    if (*is_entropy) {
        *is_entropy = false;
        if (label < LABEL_UNRESERVED_MIN) {
            return MPLSUDP_DROP_SPECIAL_LABEL;
        }
    } else {
        *is_entropy = label == LABEL_ENTROPY_INDICATOR;
        if (label == LABEL_IMPLICIT_NULL
            || (*is_entropy && lse_bottom(lse))) {
            return MPLSUDP_DROP_SPECIAL_LABEL;
        }
        if (!lse_ttl(lse)) {
            return MPLSUDP_DROP_TTL_EXPIRED;
        }
        if (!*is_entropy || !popped->size) {
            popped->ttl = lse_ttl(lse);
        }
    }
    popped->size += LSE_SIZE;
    popped->bottom = lse_bottom(lse);
    return MPLSUDP_PASS;
}

static bool
indicator_is_next(const uint8_t *stack, size_t size, size_t ofs)
{
    return size - ofs >= LSE_SIZE
           && lse_label(wire_get32(stack + ofs)) == LABEL_ENTROPY_INDICATOR;
}

static enum mplsudp_drop
pass_entries(const struct label_pop *pop, const uint8_t *stack, size_t size,
             struct popped *popped)
{
    bool all = label_pop_is_all(pop);
    bool is_entropy = false;

    popped->size = 0;
    popped->bottom = false;
    for (unsigned int i = 0; all ? !popped->bottom : i < pop->count; i++) {
        enum mplsudp_drop verdict;

        if (popped->bottom) {
            return MPLSUDP_DROP_STACK_LENGTH;
        }
        verdict = pass_entry(stack, size, &is_entropy, popped);
        if (verdict) {
            return verdict;
        }
    }
    while (!popped->bottom
           && (is_entropy || indicator_is_next(stack, size, popped->size))) {
        enum mplsudp_drop verdict = pass_entry(stack, size, &is_entropy,
                                               popped);

        if (verdict) {
            return verdict;
        }
    }
    return MPLSUDP_PASS;
}

static enum mplsudp_drop
expose_mpls(const struct label_pop *pop, const struct popped *popped,
            uint8_t *next, size_t size, struct label_exposed *exposed)
{
    if (popped->bottom) {
        return MPLSUDP_DROP_STACK_LENGTH;
    }
    if (size < LSE_SIZE) {
        return MPLSUDP_DROP_STACK_TRUNCATED;
    }
    exposed->type = ETHERTYPE_MPLS;
    if (pop->ttl_copy) {
        uint8_t *ttl = next + LSE_SIZE - 1;

        if (!*ttl) {
            return MPLSUDP_DROP_TTL_EXPIRED;
        }
        *ttl = popped->ttl < *ttl ? popped->ttl : *ttl;
    }
    return MPLSUDP_PASS;
}

static enum mplsudp_drop
copy_ttl(uint8_t *ip, uint8_t version, uint8_t ttl)
{
    if (!inner_ip_ttl(ip, version)) {
        return MPLSUDP_DROP_TTL_EXPIRED;
    }
    inner_ttl_lower(ip, version, ttl);
    return MPLSUDP_PASS;
}

static enum mplsudp_drop
expose_ip(const struct label_pop *pop, const struct popped *popped,
          uint8_t *ip, size_t size, struct label_exposed *exposed)
{
    uint8_t version = inner_ip_version(ip, size);

    if (!version) {
        return MPLSUDP_DROP_PAYLOAD;
    }
    exposed->type = version == 4 ? ETHERTYPE_IPV4 : ETHERTYPE_IPV6;
    return pop->ttl_copy ? copy_ttl(ip, version, popped->ttl) : MPLSUDP_PASS;
}

static enum mplsudp_drop
expose_ethernet(const struct label_pop *pop, const struct popped *popped,
                uint8_t *frame, size_t size, struct label_exposed *exposed)
{
    struct inner_packet inner;

    if (size < ETHERNET_SIZE) {
        return MPLSUDP_DROP_PAYLOAD;
    }
    exposed->type = 0;
    return pop->ttl_copy && inner_packet_read(frame, size, 0, &inner)
           && inner.ip_version
           ? copy_ttl(frame + inner.l3_ofs, inner.ip_version, popped->ttl)
           : MPLSUDP_PASS;
}

/* Finds what is below the bottom of the stack.  A first nibble of 0 is that of
 * a control word (RFC 4385 section 2), which the payload "auto" takes off with
 * or without having been told. */
static enum mplsudp_drop
expose_body(const struct label_pop *pop, const struct popped *popped,
            uint8_t *body, size_t size, struct label_exposed *exposed)
{
    enum mplsudp_payload payload = label_pop_payload(pop);
    bool control_word = pop->control_word;

    if (!popped->bottom) {
        return MPLSUDP_DROP_STACK_LENGTH;
    }
    if (payload == MPLSUDP_PAYLOAD_AUTO) {
        bool is_ip = !control_word && size && body[0] >> 4;

        payload = is_ip ? MPLSUDP_PAYLOAD_IP : MPLSUDP_PAYLOAD_ETHERNET;
        control_word = !is_ip;
    }
    if (control_word) {
        if (size < CONTROL_WORD_SIZE || body[0] >> 4) {
            return MPLSUDP_DROP_CONTROL_WORD;
        }
        exposed->ofs += CONTROL_WORD_SIZE;
        body += CONTROL_WORD_SIZE;
        size -= CONTROL_WORD_SIZE;
    }
    return payload == MPLSUDP_PAYLOAD_IP
           ? expose_ip(pop, popped, body, size, exposed)
           : expose_ethernet(pop, popped, body, size, exposed);
}

enum mplsudp_drop
label_pop_read(const struct label_pop *pop, uint8_t *stack, size_t size,
               struct label_exposed *exposed)
{
    struct popped popped;
    enum mplsudp_drop verdict = pass_entries(pop, stack, size, &popped);

    if (verdict) {
        return verdict;
    }
    exposed->ofs = popped.size;
    return label_pop_payload(pop) == MPLSUDP_PAYLOAD_MPLS
           ? expose_mpls(pop, &popped, stack + popped.size,
                         size - popped.size, exposed)
           : expose_body(pop, &popped, stack + popped.size,
                         size - popped.size, exposed);
}
