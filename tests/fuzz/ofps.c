/* SPDX-License-Identifier: Apache-2.0 */

#include "ofps.h"

#include "openvswitch/dynamic-string.h"
#include "openvswitch/vlog.h"
#include "util.h"

void
ofps_init(void)
{
    static bool done;

    if (!done) {
        vlog_set_verbosity("off");
        done = true;
    }
}

enum ofperr
ofps_decode(const uint8_t *data, size_t size, enum ofp_version version,
            struct ofpbuf *ofpacts)
{
    uint8_t *copy = fuzz_copy(data, size);
    struct ofpbuf openflow;
    enum ofperr error;

    ofpbuf_use_const(&openflow, copy, size);
    ofpbuf_init(ofpacts, 0);
    error = ofpacts_pull_openflow_actions(&openflow, size, version, NULL, NULL,
                                          ofpacts);
    FUZZ_CHECK(!error || !ofpacts->size);
    free(copy);
    return error;
}

void
ofps_encode(const struct ofpbuf *ofpacts, enum ofp_version version,
            struct ofpbuf *bytes)
{
    size_t size;

    ofpbuf_init(bytes, 0);
    size = ofpacts_put_openflow_actions(ofpacts->data, ofpacts->size, bytes,
                                        version);
    FUZZ_CHECK(size == bytes->size && size % 8 == 0);
}

enum ofputil_protocol
ofps_parse(const char *text, struct ofpbuf *ofpacts)
{
    enum ofputil_protocol usable;
    struct ofpact_parse_params params = {
        .ofpacts = ofpacts, .usable_protocols = &usable
    };
    char *error;

    ofpbuf_init(ofpacts, 0);
    error = ofpacts_parse_actions(text, &params);
    FUZZ_CHECK(!error || *error);
    usable = error ? 0 : usable;
    free(error);
    return usable;
}

char *
ofps_format(const struct ofpbuf *ofpacts)
{
    struct ds text = DS_EMPTY_INITIALIZER;
    struct ofpact_format_params params = { .s = &text };

    ofpacts_format(ofpacts->data, ofpacts->size, &params);
    return ds_steal_cstr(&text);
}

bool
ofps_are_ours(const struct ofpact *ofpacts, size_t size)
{
    const struct ofpact *a;

    OFPACT_FOR_EACH (a, ofpacts, size) {
        if (a->type == OFPACT_CLONE) {
            const struct ofpact_nest *clone = ofpact_get_CLONE(a);

            if (!ofps_are_ours(clone->actions,
                               ofpact_nest_get_action_len(clone))) {
                return false;
            }
        } else if (a->type != OFPACT_PUSH_LABELS
                   && a->type != OFPACT_POP_LABELS) {
            return false;
        }
    }
    return true;
}

bool
ofps_have_clone(const struct ofpbuf *ofpacts)
{
    const struct ofpact *a;

    OFPACT_FOR_EACH (a, ofpacts->data, ofpacts->size) {
        if (a->type == OFPACT_CLONE) {
            return true;
        }
    }
    return false;
}

void
ofps_check_same(const struct ofpbuf *ofpacts)
{
    static const enum ofp_version versions[] = {
        OFP13_VERSION, OFP14_VERSION, OFP15_VERSION
    };
    char *text = ofps_format(ofpacts);

    for (size_t i = 0; i < ARRAY_SIZE(versions); i++) {
        struct ofpbuf bytes, decoded, parsed, again;
        enum ofputil_protocol usable;
        char *again_text;

        ofps_encode(ofpacts, versions[i], &bytes);
        FUZZ_CHECK(!ofps_decode(bytes.data, bytes.size, versions[i],
                                &decoded));
        again_text = ofps_format(&decoded);
        FUZZ_CHECK(!strcmp(text, again_text));

        usable = ofps_parse(text, &parsed);
        FUZZ_CHECK(usable & ofputil_protocols_from_ofp_version(versions[i]));
        FUZZ_CHECK(!ofpacts->size || ofps_have_clone(ofpacts)
                   || !(usable & ~OFPUTIL_P_OF13_UP));
        ofps_encode(&parsed, versions[i], &again);
        FUZZ_CHECK(ofpbuf_equal(&bytes, &again));

        free(again_text);
        ofpbuf_uninit(&again);
        ofpbuf_uninit(&parsed);
        ofpbuf_uninit(&decoded);
        ofpbuf_uninit(&bytes);
    }
    free(text);
}
