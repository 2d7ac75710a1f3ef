/* SPDX-License-Identifier: Apache-2.0 */

#include <config.h>

#include "label-support.h"

#include "dpif.h"
#include "dpif-netdev.h"
#include "label-pop.h"
#include "label-push.h"
#include "netlink.h"
#include "odp-netlink.h"
#include "odp-util.h"
#include "openvswitch/ofp-actions.h"
#include "openvswitch/ofp-group.h"
#include "openvswitch/vlog.h"

VLOG_DEFINE_THIS_MODULE(label_support);

static void
put_both_actions(struct ofpbuf *actions)
{
    static const struct label_push push = {
        .labels = { 16 }, .n = 1, .tc = 0, .ttl = 1,
    };
    static const struct label_pop pop = {
        .payload = LABEL_POP_PAYLOAD_DEFAULT,
    };
    struct label_push_header header;

    label_push_build(&push, LABEL_PUSH_ONTO_ETHERNET, &header);
    nl_msg_put_unspec(actions, OVS_ACTION_ATTR_PUSH_LABELS, &header,
                      LABEL_PUSH_HEAD + header.size);
    nl_msg_put_unspec(actions, OVS_ACTION_ATTR_POP_LABELS, &pop, sizeof pop);
}

bool
label_support_probe(struct dpif *dpif)
{
    struct flow flow;
    struct odp_flow_key_parms parms = { .flow = &flow, .probe = true };
    struct odputil_keybuf keybuf;
    struct ofpbuf actions, key;
    bool supported;

    memset(&flow, 0, sizeof flow);
    ofpbuf_use_stack(&key, &keybuf, sizeof keybuf);
    odp_flow_key_from_flow(&parms, &key);
    ofpbuf_init(&actions, 128);
    put_both_actions(&actions);

    /* A later kernel may give the numbers of our actions to others. */
    supported = dpif_is_netdev(dpif)
                && dpif_probe_feature(dpif, "label_stacks", &key, &actions,
                                      NULL);
    ofpbuf_uninit(&actions);
    VLOG_INFO("%s: Datapath %s push_labels and pop_labels", dpif_name(dpif),
              supported ? "supports" : "does not support");
    return supported;
}

enum ofperr
label_support_check(const struct ofpact *ofpacts, size_t size, bool supported,
                    const struct dpif *dpif)
{
    static struct vlog_rate_limit rl = VLOG_RATE_LIMIT_INIT(1, 5);
    const struct ofpact *a;

    if (supported) {
        return 0;
    }
    OFPACT_FOR_EACH_FLATTENED (a, ofpacts, size) {
        if (a->type == OFPACT_PUSH_LABELS || a->type == OFPACT_POP_LABELS) {
            VLOG_WARN_RL(&rl, "%s: refused a flow or group with action %s: "
                         "the datapath does not support it; the userspace "
                         "datapath (datapath_type=netdev) does",
                         dpif_name(dpif), ofpact_name(a->type));
            return OFPERR_OFPBAC_BAD_TYPE;
        }
    }
    return 0;
}

enum ofperr
label_support_check_buckets(const struct ovs_list *buckets, bool supported,
                            const struct dpif *dpif)
{
    const struct ofputil_bucket *bucket;

    LIST_FOR_EACH (bucket, list_node, buckets) {
        enum ofperr error = label_support_check(bucket->ofpacts,
                                                bucket->ofpacts_len,
                                                supported, dpif);

        if (error) {
            return error;
        }
    }
    return 0;
}
