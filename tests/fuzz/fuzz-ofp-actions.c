/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz-ofp-actions: decodes OpenFlow actions, among them push_labels and
 * pop_labels (ofproto/ofp-label-actions.h).
 *
 * Input: a byte, the version, and bit 3: flows match MPLS; then the bytes of
 * the actions. */

#include "ofps.h"

#include "ofp-label-actions.h"
#include "openvswitch/match.h"
#include "packets.h"
#include "wire.h"

enum { VENDOR_ACTION = 0xffff, NICIRA = 0x2320, PUSH = 240, POP = 241 };
enum { HEADER_SIZE = 16, LABELS_MAX = 16 };

static bool
is_zero(const uint8_t *p, size_t size)
{
    while (size > 0 && !p[size - 1]) {
        size--;
    }
    return !size;
}

/* Returns true if 'value' is right for a field which the bits 'given' and
 * 'inherited' of 'flags' are about. */
static bool
inherit_is_right(uint8_t flags, uint8_t given, uint8_t inherited,
                 uint8_t value, uint8_t min, uint8_t max)
{
    return flags & given
           ? !(flags & inherited) && value >= min && value <= max : !value;
}

/* Returns true if the 'size' bytes at 'a' are a right push_labels by the
 * words of ofp-label-actions.h. */
static bool
push_is_right(const uint8_t *a, size_t size)
{
    uint8_t flags = a[10], n = a[11];

    if (flags >> 5 || n < 1 || n > LABELS_MAX
        || size != HEADER_SIZE + (n + 1) / 2 * 8u
        || !inherit_is_right(flags, 2, 4, a[12], 0, 7)
        || !inherit_is_right(flags, 8, 16, a[13], 1, 255)
        || !is_zero(a + 14, 2)
        || !is_zero(a + HEADER_SIZE + 4 * n, size - HEADER_SIZE - 4u * n)) {
        return false;
    }
    for (unsigned int i = 0; i < n; i++) {
        uint32_t label = wire_get32(a + HEADER_SIZE + 4 * i);

        if (label > 0xfffff || label == 3) {
            return false;
        }
    }
    return true;
}

static bool
pop_is_right(const uint8_t *a, size_t size)
{
    uint8_t flags = a[10], count = a[11], payload = a[12];
    bool counts = count >= 1 && count <= LABELS_MAX;
    bool is_mpls = !payload || (payload == 4 && counts);

    return size == HEADER_SIZE && !(flags >> 2) && payload <= 4
           && is_zero(a + 13, 3) && (counts || !count || count >= 254)
           && (!is_mpls || (counts && !(flags & 1)));
}

/* Returns PUSH or POP if the 'size' bytes at 'data' are one action with that
 * header, else 0. */
static int
one_of_ours(const uint8_t *data, size_t size)
{
    bool ours = size >= HEADER_SIZE && size % 8 == 0
                && wire_get16(data) == VENDOR_ACTION
                && wire_get16(data + 2) == size
                && wire_get32(data + 4) == NICIRA;
    int subtype = ours ? wire_get16(data + 8) : 0;

    return subtype == PUSH || subtype == POP ? subtype : 0;
}

/* Returns true if flows that match MPLS, if 'is_mpls', may have 'ofpacts',
 * which are ours: labels are taken off MPLS only, and none are pushed with a
 * control word onto a stack that has no Ethernet header. */
static bool
is_consistent(const struct ofpbuf *ofpacts, bool is_mpls)
{
    const struct ofpact *a;
    bool is_bare = false;

    OFPACT_FOR_EACH (a, ofpacts->data, ofpacts->size) {
        if (a->type == OFPACT_PUSH_LABELS) {
            if (is_bare && is_mpls
                && ofpact_get_PUSH_LABELS(a)->control_word) {
                return false;
            }
            is_mpls = is_bare = true;
        } else if (a->type == OFPACT_POP_LABELS) {
            struct label_pop pop;

            if (!is_mpls) {
                return false;
            }
            ofp_pop_labels_get(ofpact_get_POP_LABELS(a), &pop);
            is_mpls = pop.payload == 0 || (pop.payload == 4 && pop.count >= 1
                                           && pop.count <= LABELS_MAX);
            is_bare = false;
        }
    }
    return true;
}

/* A flow that matches MPLS, or not, may have 'ofpacts', or not, as
 * is_consistent() says if they are ours. */
static void
check_match(const struct ofpbuf *ofpacts, enum ofp_version version,
            bool is_mpls)
{
    struct match match = MATCH_CATCHALL_INITIALIZER;
    struct ofpact_check_params params = {
        .match = &match, .max_ports = OFPP_MAX, .n_tables = 255
    };
    struct ofpbuf *copy = ofpbuf_clone(ofpacts);
    enum ofperr error;

    if (is_mpls) {
        match_set_dl_type(&match, htons(ETH_TYPE_MPLS));
    }
    error = ofpacts_check_consistency(
        copy->data, copy->size, ofputil_protocols_from_ofp_version(version),
        &params);
    if (ofps_are_ours(ofpacts->data, ofpacts->size)
        && !ofps_have_clone(ofpacts)) {
        FUZZ_CHECK(error == (is_consistent(ofpacts, is_mpls)
                             ? 0 : OFPERR_OFPBAC_MATCH_INCONSISTENT));
    }
    ofpbuf_delete(copy);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum ofp_version version;
    struct ofpbuf ofpacts;
    enum ofperr error;
    bool is_mpls;
    int ours;

    ofps_init();
    if (!size) {
        return 0;
    }
    version = OFP10_VERSION + (data[0] & 7) % 6;
    is_mpls = data[0] & 8;
    data++;
    size--;
    ours = one_of_ours(data, size);
    error = ofps_decode(data, size, version, &ofpacts);
    if (ours) {
        FUZZ_CHECK(!error == (version >= OFP13_VERSION
                              && (ours == PUSH ? push_is_right(data, size)
                                  : pop_is_right(data, size))));
    }
    if (!error) {
        free(ofps_format(&ofpacts));
        check_match(&ofpacts, version, is_mpls);
        if (ofps_are_ours(ofpacts.data, ofpacts.size)) {
            struct ofpbuf bytes;

            ofps_encode(&ofpacts, version, &bytes);
            FUZZ_CHECK(bytes.size == size);
            FUZZ_CHECK(ofps_have_clone(&ofpacts) || !size
                       || !memcmp(bytes.data, data, size));
            ofpbuf_uninit(&bytes);
            ofps_check_same(&ofpacts);
        }
    }
    ofpbuf_uninit(&ofpacts);
    return 0;
}
