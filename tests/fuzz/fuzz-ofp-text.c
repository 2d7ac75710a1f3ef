/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz-ofp-text: parses the text of OpenFlow actions, among them push_labels
 * and pop_labels (ofproto/ofp-label-actions.h).
 *
 * Input: the text. */

#include "ofps.h"

#include "util.h"

/* Actions of Open vSwitch that can be parsed, can be sent and printed. */
static void
check_sent(const struct ofpbuf *ofpacts, enum ofputil_protocol usable)
{
    enum ofp_version version
        = usable & OFPUTIL_P_OF15_OXM ? OFP15_VERSION
          : usable & OFPUTIL_P_OF13_OXM ? OFP13_VERSION : OFP10_VERSION;
    struct ofpbuf bytes, decoded;

    free(ofps_format(ofpacts));
    if (usable & ofputil_protocols_from_ofp_version(version)) {
        ofps_encode(ofpacts, version, &bytes);
        if (!ofps_decode(bytes.data, bytes.size, version, &decoded)) {
            free(ofps_format(&decoded));
        }
        ofpbuf_uninit(&decoded);
        ofpbuf_uninit(&bytes);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = xmemdup0((const char *) data, size);
    enum ofputil_protocol usable;
    struct ofpbuf ofpacts;

    ofps_init();
    usable = ofps_parse(text, &ofpacts);
    if (usable) {
        if (ofps_are_ours(ofpacts.data, ofpacts.size)) {
            ofps_check_same(&ofpacts);
        } else {
            check_sent(&ofpacts, usable);
        }
    }
    ofpbuf_uninit(&ofpacts);
    free(text);
    return 0;
}
