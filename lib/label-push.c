/* SPDX-License-Identifier: Apache-2.0 */

#include "label-push.h"

#include <string.h>

#include "inner-packet.h"
#include "wire.h"

enum {
    TTL_DEFAULT = 255,          /* If there is nothing to inherit. */
    TC_DEFAULT = 0
};

void
label_push_build(const struct label_push *push, enum label_push_onto onto,
                 struct label_push_header *header)
{
    bool inherits_ttl = push->ttl == MPLSUDP_INHERIT
                        || (push->ttl == MPLSUDP_DEFAULT
                            && onto != LABEL_PUSH_ONTO_ETHERNET);
    bool inherits_tc = push->tc == MPLSUDP_INHERIT;
    uint8_t ttl = push->ttl > 0 ? (uint8_t) push->ttl : TTL_DEFAULT;
    uint8_t tc = push->tc > 0 ? (uint8_t) push->tc : TC_DEFAULT;
    uint8_t *out = header->bytes;

    memset(header, 0, sizeof *header);
    for (unsigned int i = 0; i < push->n; i++, out += LSE_SIZE) {
        bool bottom = i + 1 == push->n && onto != LABEL_PUSH_ONTO_MPLS;

        wire_put32(out, lse_make(push->labels[i], tc, bottom, ttl));
    }
    if (push->control_word && onto != LABEL_PUSH_ONTO_MPLS) {
        out += CONTROL_WORD_SIZE;       /* All zero: RFC 4448 section 4.6. */
    }
    header->n = push->n;
    header->size = (uint8_t) (out - header->bytes);
    header->inherits = (uint8_t) ((inherits_ttl ? LABEL_PUSH_TTL : 0)
                                  | (inherits_tc ? LABEL_PUSH_TC : 0));
}

bool
label_push_read(const struct label_push_header *header, size_t size,
                struct label_push *push, bool *onto_mpls)
{
    struct label_push_header again;
    uint32_t lse;
    char error[LABEL_ACTION_TEXT_SIZE];

    memset(push, 0, sizeof *push);
    if (size < LABEL_PUSH_HEAD || header->size > LABEL_PUSH_BYTES
        || size != LABEL_PUSH_HEAD + (size_t) header->size
        || !header->n || header->n > LABEL_ACTION_MAX
        || header->size < header->n * LSE_SIZE) {
        return false;
    }
    push->n = header->n;
    for (unsigned int i = 0; i < push->n; i++) {
        push->labels[i] = lse_label(wire_get32(header->bytes + i * LSE_SIZE));
    }
    lse = wire_get32(header->bytes + (push->n - 1) * LSE_SIZE);
    push->ttl = header->inherits & LABEL_PUSH_TTL ? MPLSUDP_INHERIT
                                                  : lse_ttl(lse);
    push->tc = header->inherits & LABEL_PUSH_TC ? MPLSUDP_INHERIT
                                                : lse_tc(lse);
    push->control_word = header->size > header->n * LSE_SIZE;
    *onto_mpls = !lse_bottom(lse);
    if (!label_push_check(push, error)) {
        return false;
    }
    label_push_build(push, *onto_mpls ? LABEL_PUSH_ONTO_MPLS
                                      : LABEL_PUSH_ONTO_OTHER, &again);
    return !memcmp(header, &again, size);
}

/* Reads TTL and TC of the header at 'source', as label_push_write() has it.
 * Returns false if there is nothing to inherit. */
static bool
read_source(const uint8_t *source, size_t size, uint16_t type,
            uint8_t *ttl, uint8_t *tc)
{
    if (type == ETHERTYPE_IPV4 || type == ETHERTYPE_IPV6) {
        uint8_t version = inner_ip_version(source, size);

        size_t ip_size;

        if (version != (type == ETHERTYPE_IPV4 ? 4 : 6)) {
            return false;
        }
        ip_size = inner_ip_size(source, version, size);
        if (ip_size > size || !inner_ip_version(source, ip_size)) {
            return false;
        }
        *ttl = inner_ip_ttl(source, version);
        *tc = inner_ip_tos(source, version) >> 5;
        return true;
    } else if ((type == ETHERTYPE_MPLS || type == ETHERTYPE_MPLS_UPSTREAM)
               && size >= LSE_SIZE) {
        uint32_t lse = wire_get32(source);

        *ttl = lse_ttl(lse);
        *tc = lse_tc(lse);
        return true;
    }
    return false;
}

/* Copies 'size' bytes, a multiple of 4.  A call of memcpy(), or the string
 * instruction that compilers make of it, takes longer for so few. */
static inline void
copy_entries(uint8_t *out, const uint8_t *entries, size_t size)
{
    size_t ofs = 0;

    for (; size - ofs >= 16; ofs += 16) {
        memcpy(out + ofs, entries + ofs, 16);
    }
    for (; ofs < size; ofs += LSE_SIZE) {
        memcpy(out + ofs, entries + ofs, LSE_SIZE);
    }
}

enum mplsudp_drop
label_push_write(const struct label_push_header *header,
                 const uint8_t *source, size_t size, uint16_t type,
                 uint8_t *out)
{
    uint32_t kept = UINT32_MAX, inherited = 0;
    uint8_t ttl, tc;

    copy_entries(out, header->bytes, header->size);
    if (!header->inherits || !read_source(source, size, type, &ttl, &tc)) {
        return MPLSUDP_PASS;
    }
    if (header->inherits & LABEL_PUSH_TTL) {
        if (!ttl) {
            return MPLSUDP_DROP_TTL_EXPIRED;
        }
        kept &= ~lse_make(0, 0, false, UINT8_MAX);
        inherited |= lse_make(0, 0, false, ttl);
    }
    if (header->inherits & LABEL_PUSH_TC) {
        kept &= ~lse_make(0, 7, false, 0);
        inherited |= lse_make(0, tc, false, 0);
    }
    for (size_t i = 0; i < header->n; i++) {
        uint32_t lse = wire_get32(header->bytes + i * LSE_SIZE);

        wire_put32(out + i * LSE_SIZE, (lse & kept) | inherited);
    }
    return MPLSUDP_PASS;
}
